"""The order of the causes, and what each of them counts: it decides what somebody does first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wa_doctor.model import Severity
from wa_doctor.webhooks.document import Triage

Judge = Callable[..., Triage]

DAY = 86_400


def test_what_explains_most_comes_first(hook: Any, judged: Judge) -> None:
    lines = [hook.status(f"wamid.a{number}", "failed", code=131026) for number in range(3)]
    lines += [hook.status(f"wamid.b{number}", "failed", code=131049) for number in range(5)]
    document = judged(*lines)

    assert [(each.rank, each.code, each.share) for each in document.causes] == [(1, 131049, 0.625), (2, 131026, 0.375)]
    assert document.first_step == document.causes[0].fixes[0]


def test_a_rest_without_a_reason_comes_first_only_where_it_is_twice_as_much(hook: Any, judged: Judge) -> None:
    """Some phones are always off; but five hundred messages do not stand behind three."""
    failed = [hook.status(f"wamid.f{number}", "failed", hook.noon, code=131049) for number in range(6)]
    for waiting, codes in ((9, [131049, None]), (20, [None, 131049])):
        lines = [hook.status(f"wamid.s{number}", "sent", hook.noon - 9 * DAY) for number in range(waiting)]
        assert [each.code for each in judged(*failed, *lines).causes] == codes


def test_an_error_outside_of_a_status_has_no_share_of_the_messages(hook: Any, judged: Judge) -> None:
    """However often the API refused: what it refused never became a message."""
    refusal = {"error": {"message": "(#130429) Rate limit hit", "type": "OAuthException", "code": 130429}}
    document = judged(hook.status("wamid.A", "failed", code=131026), *[refusal] * 50)
    last = document.causes[-1]

    assert [each.code for each in document.causes] == [131026, 130429]
    assert (last.title, last.count, last.share) == ("Rate limit hit", 50, 0.0)


def test_an_event_of_a_template_comes_before_the_code_it_leads_to(hook: Any, judged: Judge) -> None:
    """Also where the code went on for longer than the day that counts for the event."""
    send = {"type": "template", "template": {"name": "offer", "language": {"code": "de"}}}
    paused = {"event": "PAUSED", "message_template_name": "offer", "message_template_language": "de"}
    lines: list[object] = [hook.of(paused, "message_template_status_update", hook.noon)]
    for number in range(30):
        time = hook.noon + 60 + number * 7200
        lines += [{"request": send, "response": hook.answer(f"wamid.{number}")}]
        lines += [hook.status(f"wamid.{number}", "failed", time, code=132015)]
    lines += [hook.status(f"wamid.ok{number}", "read", hook.noon + number) for number in range(60)]
    causes = judged(*lines).causes

    assert "offer" in causes[0].title
    assert causes[1].code == 132015
    assert causes[0].count < causes[1].count


def test_what_a_cause_says_is_not_said_again_as_a_finding(hook: Any, judged: Judge) -> None:
    """Messages without a status are counted among the messages; the health of the webhooks adds nothing to it."""
    lines: list[object] = [{"time": "2026-05-01T00:00:00Z", "r": hook.answer(f"wamid.{number}")} for number in range(9)]
    document = judged(*lines, hook.status("wamid.ok", "read"))

    assert [each.severity for each in document.webhooks.findings] == [Severity.WARNING]
    assert [(each.title, each.count) for each in document.causes] == [("accepted, and no status ever came", 9)]


def test_events_that_came_many_times_did_not_come_twice(hook: Any, judged: Judge) -> None:
    lines = [hook.status(f"wamid.{number}", "read") for number in range(10)]
    for times, words in ((2, "nearly every event came twice"), (30, "nearly every event came about 30 times")):
        assert judged(*lines * times).webhooks.findings[0].message.startswith(words)
