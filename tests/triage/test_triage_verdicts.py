"""What a message is said to be, and why, from the webhooks that tell it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wa_doctor.webhooks.document import Triage
from wa_doctor.webhooks.message import Subject, Verdict

Judge = Callable[..., Triage]
Messages = Callable[[Triage], dict[str, Subject]]

DAY = 86_400


@pytest.fixture
def one(judged: Judge, messages: Messages) -> Callable[..., Subject]:
    """Return a function that judges the one message of some webhooks."""

    def judge(*webhooks: object, **asked: Any) -> Subject:
        (subject,) = messages(judged(*webhooks, **asked)).values()
        return subject

    return judge


def test_a_timeline_is_put_right_and_repeats_are_folded(hook: Any, one: Callable[..., Subject]) -> None:
    noon = hook.noon
    subject = one(
        hook.status("wamid.A", "read", noon + 9),
        hook.status("wamid.A", "sent", noon),
        hook.status("wamid.A", "delivered", noon + 2),
        hook.status("wamid.A", "sent", noon),
        hook.status("wamid.A", "sent", noon),
    )
    timeline = [(each.time, each.status, each.repeated) for each in subject.timeline]
    assert timeline == [(noon, "sent", 2), (noon + 2, "delivered", 0), (noon + 9, "read", 0)]
    assert (subject.verdict, subject.read, subject.latency, subject.repeats) == (Verdict.DELIVERED, True, 2, 2)


def test_delivered_and_failed_is_delivered_with_a_word_about_devices(hook: Any, one: Callable[..., Subject]) -> None:
    subject = one(
        hook.status("wamid.A", "delivered", hook.noon), hook.status("wamid.A", "failed", hook.noon + 1, code=131026)
    )
    assert (subject.verdict, subject.conflicting) == (Verdict.DELIVERED, True)
    assert "one of the recipient's devices has it" in subject.why
    assert [each.note for each in subject.timeline] == ["", "on another of the recipient's devices"]
    assert subject.fix is None


def test_a_failure_has_cause_and_fix_of_the_catalogue(hook: Any, one: Callable[..., Subject]) -> None:
    subject = one(hook.status("wamid.A", "failed", code=131049, category="marketing"))
    assert subject.titles == ("Meta chose not to deliver",)
    assert "131049" in subject.why
    assert subject.fix
    assert subject.category == "marketing"


def test_read_after_delivered_says_when_it_arrived(hook: Any, one: Callable[..., Subject]) -> None:
    """Not that it was read so soon."""
    words = (("sent", 0), ("delivered", 2), ("read", 9000))
    subject = one(*(hook.status("wamid.A", word, hook.noon + time) for word, time in words))
    assert subject.why == "read; arrived 2 seconds after it was sent"


def test_who_stopped_marketing_is_said_to_have_done_so_and_when(hook: Any, one: Callable[..., Subject]) -> None:
    stop = {"wa_id": hook.person, "category": "marketing_messages", "value": "stop", "timestamp": hook.noon - 60}
    lines = [
        hook.of({"user_preferences": [stop]}, "user_preferences"),
        hook.status("wamid.A", "failed", code=131050, category="marketing"),
    ]
    assert one(*lines).why.endswith("the customer switched them off on 2026-06-01 11:59 UTC")

    resumed = hook.of({"user_preferences": [{**stop, "value": "resume", "timestamp": hook.noon}]}, "user_preferences")
    assert "switched them off on" not in one(*lines, resumed).why


def test_a_code_that_nobody_knows_keeps_the_words_of_the_log(hook: Any, one: Callable[..., Subject]) -> None:
    subject = one(hook.status("wamid.A", "failed", code=199999))
    assert subject.titles == ("Title of 199999",)
    assert (subject.verdict, subject.fix) == (Verdict.FAILED, None)


@pytest.mark.parametrize(
    "error",
    [
        {"code": 131026, "title": "Message Undeliverable."},
        {"code": "131026", "title": "a long sentence of a time before v16", "href": "https://example.com"},
        {"code": 131026, "details": "top-level details"},
        {"code": 131026, "title": "x", "message": "x", "error_data": {"details": "more"}, "error_subcode": None},
        {"code": 131026, "title": None, "error_data": "a string"},
    ],
)
def test_errors_of_every_age_are_understood(error: object, hook: Any, one: Callable[..., Subject]) -> None:
    assert one(hook.status("wamid.A", "failed", errors=[error])).codes == ((131026, None),)


@pytest.mark.parametrize("time", [1_780_315_200_000, "1780315200000", "2026-06-01T12:00:00Z", 1_780_315_200.5])
def test_times_in_other_notations_are_understood(time: object, hook: Any, one: Callable[..., Subject]) -> None:
    assert one(hook.status("wamid.A", "sent", timestamp=time)).timeline[0].time == hook.noon


@pytest.mark.parametrize(
    "wrong",
    [
        {"timestamp": "yesterday"},
        {"timestamp": None},
        {"timestamp": 7},
        {"timestamp": True},
        {"timestamp": 10**40},
        {"timestamp": [1]},
        {"id": 7},
        {"id": ""},
        {"id": None},
        {"status": None},
        {"status": {"a": 1}},
    ],
)
def test_a_status_of_the_wrong_type_costs_only_itself(wrong: dict[str, Any], hook: Any, judged: Judge) -> None:
    """The same webhook holds another status, which is judged."""
    table = hook.status("wamid.A", "sent")
    statuses = table["entry"][0]["changes"][0]["value"]["statuses"]
    statuses.append({**statuses[0], "id": "wamid.B", "status": "read"})
    statuses[0].update(wrong)
    document = judged(table)
    assert (document.messages.total, document.messages.read, document.input.unreadable) == (1, 1, 1)


@pytest.mark.parametrize("to", ["120363041234567890", "US.13491208655", "+49 155 50100777", "", "9" * 30])
def test_recipients_that_are_no_plain_number_are_kept(to: str, hook: Any, one: Callable[..., Subject]) -> None:
    subject = one(hook.status("wamid.A", "delivered", to=to), personal_data=True)
    assert subject.recipient == to.removeprefix("+")


def test_a_user_without_a_number_is_called_by_the_user_id(hook: Any, one: Callable[..., Subject]) -> None:
    table = hook.status("wamid.A", "delivered", recipient_user_id="US.13491208655")
    del table["entry"][0]["changes"][0]["value"]["statuses"][0]["recipient_id"]
    subject = one(table, personal_data=True)
    assert (subject.recipient, subject.region) == ("US.13491208655", "US")


def test_a_message_that_failed_with_two_codes_has_both(hook: Any, one: Callable[..., Subject]) -> None:
    subject = one(
        hook.status("wamid.A", "failed", hook.noon, code=131026),
        hook.status("wamid.A", "failed", hook.noon + 5, code=131049),
    )
    assert subject.verdict is Verdict.FAILED
    assert subject.codes == ((131026, None), (131049, None))


def test_unknown_words_are_events_and_no_errors(hook: Any, one: Callable[..., Subject]) -> None:
    subject = one(hook.status("wamid.A", "sent"), hook.status("wamid.A", "teleported", hook.noon + 1))
    assert [each.status for each in subject.timeline] == ["sent", "other"]
    assert subject.verdict is Verdict.UNDELIVERED


def test_statuses_of_payments_and_calls_are_no_deliveries(hook: Any, judged: Judge) -> None:
    document = judged(
        hook.status("wamid.A", "failed", type="payment"),
        hook.status("wamid.B", "captured", type="payment"),
        hook.status("wacid.C", "RINGING", type="call"),
    )
    assert document.messages.total == 0
    assert any(note.endswith("1 of type call, 2 of type payment") for note in document.notes)


def test_a_group_has_one_status_for_each_participant_and_none_is_a_repeat(hook: Any, judged: Judge) -> None:
    group = "Y2FwaV9ncm91cDo"
    told = [
        hook.status("wamid.A", word, hook.noon + after, group, recipient_type="group", recipient_participant_id=who)
        for word, after in (("sent", 0), ("delivered", 2))
        for who in ("4915550100777", "15550100888", "5215550100999")
    ]
    (message,) = judged(*told).subjects.in_time()
    assert (message.verdict, message.repeats) == (Verdict.DELIVERED, 0)


@pytest.mark.parametrize("odd", [{}, {"timestamp": "soon"}], ids=["usual", "by hand"])
def test_a_customer_who_changed_the_number_is_told(odd: dict[str, str], hook: Any, judged: Judge) -> None:
    system = {"type": "user_changed_number", "wa_id": "15550100888", "body": "User A changed from 1 to 2"}
    moved = hook.incoming("wamid.in", hook.noon - 60, type="system", system=system)
    if odd:
        moved["entry"][0]["changes"][0]["value"]["messages"].append({"id": "wamid.x", "from": "1", **odd})
    document = judged(moved, hook.status("wamid.A", "sent"), hook.status("wamid.B", "delivered", hook.noon + 7200, "1"))
    (waiting,) = (each for each in document.subjects.worst(None) if each.id == "wamid.A")
    assert waiting.reasons[0].title == "the customer changed to another number"
    assert "2026-06-01" in waiting.reasons[0].why
    assert waiting.fix
    assert waiting.fix.text.startswith("Send to the new number")


def test_only_accepted_is_a_verdict_of_its_own(hook: Any, one: Callable[..., Subject]) -> None:
    subject = one({"time": "2026-06-01T12:00:00Z", "response": hook.answer("wamid.A")})
    assert subject.verdict is Verdict.ACCEPTED
    assert "no status webhook" in subject.why


def test_what_stays_accepted_is_a_matter_of_the_webhooks(hook: Any, judged: Judge, messages: Messages) -> None:
    """And no question for the customer."""
    answered = {"time": "2026-06-01T10:00:00Z", "response": hook.answer("wamid.A")}
    subject = messages(judged(answered, hook.status("wamid.end", "read", to="15550100888")))["wamid.A"]
    assert subject.fix
    assert subject.fix.command == "wa-doctor check --only webhook"


def test_a_held_message_is_said_to_be_held(hook: Any, one: Callable[..., Subject]) -> None:
    subject = one(hook.answer("wamid.A", "held_for_quality_assessment"))
    assert "holds it back" in subject.why
    assert subject.timeline[0].time is None
    assert subject.fix
    assert "132015" in subject.fix.text


def test_how_long_a_message_waits_is_counted_to_the_end_of_the_log(
    hook: Any, judged: Judge, messages: Messages
) -> None:
    """Not to the clock: the same log gives the same answer next year."""
    document = judged(
        hook.status("wamid.old", "sent", hook.noon - 31 * DAY),
        hook.status("wamid.new", "sent", hook.noon - 3 * DAY),
        hook.status("wamid.now", "sent", hook.noon - 600),
        hook.status("wamid.end", "read", hook.noon, to="15550100888"),
    )
    found = messages(document)
    assert document.as_of == hook.noon
    assert [found[f"wamid.{name}"].waiting for name in ("old", "new", "now")] == [31 * DAY, 3 * DAY, 600]
    assert "dropped" in found["wamid.old"].why
    assert "27 days longer" in found["wamid.new"].why
    assert "likely" not in found["wamid.new"].why
    assert [each.in_flight for each in found.values()] == [False, False, True, False]
    assert (document.messages.undelivered, document.messages.in_flight) == (3, 1)


def test_messages_outside_of_the_period_do_not_count(hook: Any, judged: Judge, messages: Messages) -> None:
    """The time at which a message began decides, and all its events stay with it."""
    lines = [hook.status(f"wamid.{hour}", "sent", hook.noon + hour * 3600) for hour in range(4)]
    lines += [hook.status(f"wamid.{hour}", "failed", hook.noon + 9 * 3600, code=131026) for hour in range(4)]
    document = judged(*lines, since=hook.noon + 3600, until=hook.noon + 3 * 3600)
    assert document.messages.failed == document.messages.total == 2
    assert list(messages(document)) == ["wamid.1", "wamid.2"]


def test_the_worst_come_first_and_the_newest_of_them(hook: Any, judged: Judge) -> None:
    document = judged(
        hook.status("wamid.ok", "read", hook.noon + 50),
        hook.status("wamid.f1", "failed", hook.noon, code=131026),
        hook.status("wamid.f2", "failed", hook.noon + 1, code=131026),
        hook.status("wamid.s", "sent", hook.noon + 2),
        hook.answer("wamid.a"),
    )
    order = ["wamid.f2", "wamid.f1", "wamid.s", "wamid.a", "wamid.ok"]
    assert [each.id for each in document.subjects.worst(None)] == order
    assert [each.id for each in document.subjects.worst(3)] == order[:3]
    assert len(document.subjects) == 5


def test_webhooks_of_which_no_event_can_be_read_are_nothing_read(hook: Any, judged: Judge) -> None:
    document = judged(*(hook.status(f"wamid.{index}", "sent", time="soon") for index in range(6)))
    assert (document.exit_code, document.input.unreadable) == (3, 6)


def test_an_unknown_message_gets_no_advice_about_others(hook: Any, judged: Judge) -> None:
    document = judged(hook.status("wamid.A", "failed", code=131026), message="wamid.B")
    assert (document.exit_code, document.first_step, len(document.subjects)) == (3, None, 0)
