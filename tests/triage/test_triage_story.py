"""What is worth knowing across messages: codes, where they pile up, incidents, who never receives, what comes first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wa_doctor.model import Severity
from wa_doctor.webhooks.document import Triage
from wa_doctor.webhooks.totals import IncidentKind

Judge = Callable[..., Triage]

DAY = 86_400
OTHER_NUMBER = "209900112233446"


def _traffic(hook: Any, count: int, every: int = 60, start: int = 0) -> list[dict[str, Any]]:
    """Return messages that arrive, to different people, one every so many seconds."""
    return [
        hook.status(f"wamid.ok{start}-{index}", "delivered", hook.noon + start + index * every, f"49155501{index:05d}")
        for index in range(count)
    ]


def test_an_incident_is_seen_in_a_log_that_holds_little_else(hook: Any, judged: Judge) -> None:
    """A ticket comes with the half hour in which it went wrong, so there is no usual rate."""
    words = ["failed" if 60 <= index < 90 else "delivered" for index in range(150)]
    lines = [
        hook.status(f"wamid.{index}", word, hook.noon + 10 * index, code=2 if word == "failed" else None)
        for index, word in enumerate(words)
    ]
    (incident,) = judged(*lines).incidents
    assert (incident.kind, incident.code, incident.count, incident.ended) == (IncidentKind.PLATFORM, 2, 30, True)
    assert (incident.start, incident.end) == (hook.noon + 600, hook.noon + 890)


def test_codes_are_counted_with_first_and_last_time(hook: Any, judged: Judge) -> None:
    document = judged(
        hook.status("wamid.1", "failed", hook.noon + 60, code=131049),
        hook.status("wamid.2", "failed", hook.noon, code=131049),
        hook.status("wamid.3", "failed", hook.noon, code=131026),
        hook.status("wamid.4", "failed", hook.noon, code=131026),
        hook.status("wamid.4", "delivered", hook.noon + 1),
    )
    first, second = document.errors
    assert (first.code, first.count, first.first, first.last) == (131049, 2, hook.noon, hook.noon + 60)
    assert (second.code, second.count, second.conflicting) == (131026, 1, 1)
    assert round(first.share, 2) == 0.67


def test_where_failures_pile_up_is_said_and_where_the_traffic_is_is_not(hook: Any, judged: Judge) -> None:
    """All failures concern one number, which sends a third of the messages, and one region, to which all go."""
    lines = _traffic(hook, 20)
    lines += [
        hook.status(f"wamid.f{index}", "failed", hook.noon, f"49155502{index:05d}", code=131042, number=OTHER_NUMBER)
        for index in range(10)
    ]
    (error,) = judged(*lines).errors
    (place,) = error.concentrations
    assert (place.kind, place.count, place.share, round(place.usual, 2)) == ("number", 10, 1.0, 0.33)


def test_an_incident_of_minutes_that_ends_by_itself_is_metas(hook: Any, judged: Judge) -> None:
    lines = _traffic(hook, 600)
    lines += [
        hook.status(f"wamid.f{index}", "failed", hook.noon + 9000 + index * 20, "4915550100777", code=131016)
        for index in range(12)
    ]
    document = judged(*lines)
    (incident,) = document.incidents
    assert (incident.kind, incident.code, incident.count, incident.ended) == (IncidentKind.PLATFORM, 131016, 12, True)
    assert (incident.start, incident.end) == (hook.noon + 9000, hook.noon + 9220)
    assert document.first_step
    assert document.first_step.text.startswith("Send these messages again")


def test_trouble_of_meta_that_goes_on_sends_to_the_status_page(hook: Any, judged: Judge) -> None:
    lines = _traffic(hook, 100)
    lines += [
        hook.status(f"wamid.f{index}", "failed", hook.noon + 9000 + index, "4915550100777", code=2)
        for index in range(12)
    ]
    incidents = [each for each in judged(*lines).incidents if each.kind is IncidentKind.PLATFORM]
    assert [(each.ended, each.fix.command if each.fix else "") for each in incidents] == [(False, "wa-doctor status")]


def test_a_burst_of_a_rate_limit_is_the_senders(hook: Any, judged: Judge) -> None:
    lines = _traffic(hook, 400)
    lines += [
        hook.status(f"wamid.f{index}", "failed", hook.noon + 5000, f"49155502{index:05d}", code=130429)
        for index in range(30)
    ]
    (incident,) = judged(*lines).incidents
    assert (incident.kind, incident.count) == (IncidentKind.RATE_LIMIT, 30)


def test_failures_that_come_all_the_time_are_no_incident(hook: Any, judged: Judge) -> None:
    lines = _traffic(hook, 400)
    lines += [
        hook.status(f"wamid.f{index}", "failed", hook.noon + index * 120, f"49155502{index:05d}", code=131026)
        for index in range(200)
    ]
    assert judged(*lines).incidents == ()


def _templated(hook: Any, id: str, seconds: int, template: str) -> dict[str, Any]:
    request = {"type": "template", "template": {"name": template, "language": {"code": "en"}}}
    return {"ts": hook.noon + seconds, "request": request, "response": hook.answer(id)}


def test_a_template_that_began_to_fail_is_found_with_the_time(hook: Any, judged: Judge) -> None:
    lines: list[dict[str, Any]] = []
    for index in range(20):
        id, seconds = f"wamid.{index}", index * 600
        lines.append(_templated(hook, id, seconds, "reminder"))
        word, code = ("delivered", None) if index < 12 else ("failed", 132015)
        lines.append(hook.status(id, word, hook.noon + seconds + 2, f"49155502{index:05d}", code=code))
    lines += _traffic(hook, 300)
    document = judged(*lines)
    (incident,) = [each for each in document.incidents if each.kind is IncidentKind.TEMPLATE]
    assert (incident.subject, incident.count, incident.code) == ("reminder", 8, 132015)
    assert incident.start == hook.noon + 7200
    (group,) = document.templates
    assert (group.name, group.delivered, group.failed) == ("reminder", 12, 8)


def test_a_number_from_which_nothing_arrives_any_more_is_found(hook: Any, judged: Judge) -> None:
    lines = _traffic(hook, 50)
    lines += [
        hook.status(f"wamid.f{index}", "failed", hook.noon + 9000 + index * 300, f"49155502{index:05d}", code=131031)
        for index in range(9)
    ]
    (incident,) = [each for each in judged(*lines).incidents if each.kind is IncidentKind.NUMBER]
    assert (incident.subject, incident.count, incident.ended) == ("+15550142200", 9, False)


def test_who_never_receives_is_named(hook: Any, judged: Judge) -> None:
    lines = _traffic(hook, 5)
    lines += [
        hook.status(f"wamid.s{day}", "failed", hook.noon + day * DAY, "5511955500123", code=131026) for day in range(4)
    ]
    lines += [hook.status(f"wamid.t{day}", "sent", hook.noon + day * DAY, "5511955500124") for day in range(3)]
    lines += [hook.status("wamid.t9", "read", hook.noon, "5511955500124")]
    (silent,) = judged(*lines, personal_data=True).silent
    assert (silent.recipient, silent.messages, silent.failed, silent.codes) == ("5511955500123", 4, 4, (131026,))
    assert silent.region == "BR"


def test_the_cause_that_explains_most_comes_first(hook: Any, judged: Judge) -> None:
    lines = [hook.status(f"wamid.a{index}", "failed", code=131049) for index in range(9)]
    lines += [hook.status(f"wamid.b{index}", "failed", code=131026) for index in range(2)]
    document = judged(*lines)
    assert [(each.rank, each.code, each.count) for each in document.causes] == [(1, 131049, 9), (2, 131026, 2)]
    assert document.first_step == document.causes[0].fixes[0]


def test_every_cause_that_is_an_error_says_what_to_do(hook: Any, judged: Judge) -> None:
    lines = [hook.status(f"wamid.{code}", "failed", code=code) for code in (131049, 199999, 2, 0)]
    lines += [hook.status("wamid.ir", "sent", hook.noon - 9 * DAY, "989120000001"), hook.answer("wamid.a")]
    document = judged(*lines)
    assert len(document.causes) >= 5
    assert all(cause.fixes for cause in document.causes if cause.severity is not Severity.NOTICE)


def test_regions_that_are_not_served_are_a_cause(hook: Any, judged: Judge) -> None:
    lines = _traffic(hook, 3, start=9 * DAY)
    lines += [hook.status(f"wamid.{index}", "sent", hook.noon, f"5355500{index:03d}") for index in range(4)]
    document = judged(*lines)
    assert [(each.code, each.undelivered, bool(each.note)) for each in document.regions] == [
        ("CU", 4, True),
        ("DE", 0, False),
    ]
    assert "Cuba" in document.causes[0].title


def test_hours_count_messages_and_failures_where_they_happened(hook: Any, judged: Judge) -> None:
    document = judged(
        hook.status("wamid.A", "sent", hook.noon + 3500),
        hook.status("wamid.A", "failed", hook.noon + 3700, code=131026),
        hook.status("wamid.B", "read", hook.noon + 9 * 3600),
    )
    hours = {each.start - hook.noon: each for each in document.hours}
    assert list(hours) == [0, 3600, 9 * 3600]
    assert (hours[0].total, hours[0].failed, hours[0].failures) == (1, 1, 0)
    assert (hours[3600].total, hours[3600].failures, hours[3600].codes) == (0, 1, {131026: 1})


def test_latency_is_from_sent_to_delivered(hook: Any, judged: Judge) -> None:
    lines = []
    for index in range(10):
        lines += [
            hook.status(f"wamid.{index}", "sent", hook.noon),
            hook.status(f"wamid.{index}", "delivered", hook.noon + index),
        ]
    latency = judged(*lines, hook.status("wamid.x", "delivered", hook.noon)).latency
    assert latency
    assert (latency.count, latency.median, latency.p90, latency.longest) == (10, 4, 8, 9)
    assert [(each.upto, each.count) for each in latency.buckets[:3]] == [(1, 2), (5, 4), (30, 4)]


def test_an_empty_log_has_a_document(judged: Judge) -> None:
    document = judged("nothing here")
    assert (document.messages.total, document.hours, document.latency, document.as_of) == (0, (), None, None)
    assert document.exit_code == 3


def test_what_began_to_fail_is_told_with_its_own_code(hook: Any, judged: Judge) -> None:
    """And not with that of the other number, which fails more and has never worked."""
    lines = [hook.status("wamid.ok", "delivered", hook.noon, number=OTHER_NUMBER)]
    lines += [
        hook.status(f"wamid.o{index}", "failed", hook.noon + 60 + index, code=133010, number=OTHER_NUMBER)
        for index in range(6)
    ]
    lines += [hook.status(f"wamid.f{index}", "failed", hook.noon + 60 + index, code=131026) for index in range(9)]
    (onset,) = [each for each in judged(*lines).incidents if each.kind is IncidentKind.NUMBER]
    assert (onset.code, onset.count) == (133010, 6)


def test_an_incident_at_the_end_of_the_log_has_not_ended(hook: Any, judged: Judge) -> None:
    lines = _traffic(hook, 100, every=10)
    lines += [hook.status(f"wamid.f{index}", "failed", hook.noon + 1000 + index, code=131016) for index in range(9)]
    (incident,) = [each for each in judged(*lines).incidents if each.kind is IncidentKind.PLATFORM]
    assert not incident.ended
    assert "nothing arrived since" in incident.message
    assert incident.fix
    assert incident.fix.command == "wa-doctor status"
