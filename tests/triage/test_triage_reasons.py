"""Why a message may have stayed at `sent`, weighed by what the log tells of its recipient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wa_doctor.webhooks.document import Triage
from wa_doctor.webhooks.message import Subject

Judge = Callable[..., Triage]
Messages = Callable[[Triage], dict[str, Subject]]

DAY = 86_400
OFFLINE = "the phone is off or without network"
BLOCKED = "the recipient blocked a number of the business"
LOST = "the `delivered` is not in this log"
TIME_TO_LIVE = "its time to live ended"
OLD = "terms not accepted, or an old app"


@pytest.fixture
def ranked(judged: Judge, messages: Messages) -> Callable[..., dict[str, str]]:
    """Return a function that gives the likelihood of each reason why the message `wamid.A` stays at `sent`."""

    def rank(*webhooks: object) -> dict[str, str]:
        subject = messages(judged(*webhooks))["wamid.A"]
        return {each.title: each.likelihood for each in subject.reasons}

    return rank


def test_reasons_start_with_a_region_that_is_not_served(hook: Any, judged: Judge, messages: Messages) -> None:
    subject = messages(judged(hook.status("wamid.A", "sent", to="989120000001")))["wamid.A"]
    assert subject.reasons[0].likelihood == "likely"
    assert "Iran" in subject.reasons[0].title
    assert subject.region == "IR"


def test_the_likeliest_reason_stands_in_the_sentence_and_decides_what_to_do(
    hook: Any, judged: Judge, messages: Messages
) -> None:
    end = hook.status("wamid.end", "read", hook.noon, to="15550100888")
    old = hook.noon - 2 * DAY
    found = messages(judged(end, hook.status("wamid.A", "sent", old, to="989120000001")))["wamid.A"]
    assert "likely Iran is not served" in found.why
    assert found.fix
    assert "Stop sending" in found.fix.text

    wrote = hook.incoming("wamid.in", hook.noon - DAY, sender=hook.person)
    found = messages(judged(end, wrote, hook.status("wamid.A", "sent", old)))["wamid.A"]
    assert f"likely {LOST}" in found.why
    assert found.fix
    assert found.fix.command == "wa-doctor check --only webhook"

    found = messages(judged(end, hook.status("wamid.A", "sent", old, to="123")))["wamid.A"]
    assert found.fix
    assert found.fix.text == "Correct the number of the recipient."


def test_a_region_that_explains_it_leaves_little_to_the_phone(hook: Any, ranked: Callable[..., dict[str, str]]) -> None:
    end = hook.status("wamid.end", "read", hook.noon, to="15550100888")
    sent = hook.noon - 2 * DAY
    assert ranked(end, hook.status("wamid.A", "sent", sent, to="5350000001"))[OFFLINE] == "possible"
    assert ranked(end, hook.status("wamid.A", "sent", sent))[OFFLINE] == "likely"


def test_a_one_time_password_ends_long_before_30_days(hook: Any, ranked: Callable[..., dict[str, str]]) -> None:
    end = hook.status("wamid.end", "read", hook.noon, to="15550100888")
    sent = hook.noon - 2 * DAY
    found = ranked(end, hook.status("wamid.A", "sent", sent, category="authentication"))
    assert next(iter(found)) == TIME_TO_LIVE
    assert TIME_TO_LIVE not in ranked(end, hook.status("wamid.A", "sent", sent, category="utility"))


def test_who_wrote_afterwards_has_not_blocked_the_business(hook: Any, ranked: Callable[..., dict[str, str]]) -> None:
    found = ranked(
        hook.status("wamid.A", "sent", hook.noon - DAY), hook.incoming("wamid.in", hook.noon, sender=hook.person)
    )
    assert (found[BLOCKED], found[OFFLINE], found[LOST]) == ("unlikely", "unlikely", "likely")


def test_who_received_before_and_nothing_since_may_have_blocked_the_business(
    hook: Any, ranked: Callable[..., dict[str, str]]
) -> None:
    waiting = [hook.status(f"wamid.{day}", "sent", hook.noon - day * DAY) for day in (8, 7)]
    found = ranked(
        hook.status("wamid.ok", "read", hook.noon - 20 * DAY),
        hook.status("wamid.A", "sent", hook.noon - 9 * DAY),
        *waiting,
        hook.status("z", "read", to="1555"),
    )
    assert found[BLOCKED] == "likely"


def test_a_recipient_of_whom_131026_was_said_may_have_an_old_app(
    hook: Any, ranked: Callable[..., dict[str, str]]
) -> None:
    sent = hook.status("wamid.A", "sent", hook.noon - DAY)
    end = hook.status("wamid.end", "read", hook.noon, to="15550100888")
    assert ranked(sent, end)[OLD] == "unlikely"
    assert ranked(sent, end, hook.status("wamid.B", "failed", hook.noon - 2 * DAY, code=131026))[OLD] == "possible"
