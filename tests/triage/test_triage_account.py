"""Every field is recognised, and what happened to the account enters the story at its time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wa_doctor.knowledge.webhooks import webhooks
from wa_doctor.model import Severity
from wa_doctor.webhooks.document import AccountEvent, Triage

Judge = Callable[..., Triage]


@pytest.fixture
def event(hook: Any, judged: Judge) -> Callable[..., AccountEvent]:
    """Return a function that gives the event that one webhook tells."""

    def tell(field: str, value: dict[str, Any]) -> AccountEvent:
        (found,) = judged(hook.of(value, field, hook.noon)).account
        return found

    return tell


@pytest.mark.parametrize(
    ("field", "value", "word", "severity"),
    [
        ("account_update", {"event": "ACCOUNT_RESTRICTION"}, "ACCOUNT_RESTRICTION", Severity.ERROR),
        (
            "account_update",
            {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}},
            "DISABLED_UPDATE/DISABLE",
            Severity.ERROR,
        ),
        (
            "account_update",
            {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}},
            "DISABLED_UPDATE/REINSTATE",
            Severity.NOTICE,
        ),
        ("account_update", {"event": "PARTNER_REMOVED"}, "PARTNER_REMOVED", Severity.ERROR),
        ("account_update", {"event": "ACCOUNT_OFFBOARDED"}, "ACCOUNT_OFFBOARDED", Severity.ERROR),
        ("account_update", {"event": "SOMETHING_NEW"}, "SOMETHING_NEW", Severity.NOTICE),
        ("account_review_update", {"decision": "REJECTED"}, "REJECTED", Severity.ERROR),
        (
            "account_alerts",
            {"entity_id": "7", "alert_info": {"alert_type": "INCREASED_CAPABILITIES_ELIGIBILITY_FAILED"}},
            "INCREASED_CAPABILITIES_ELIGIBILITY_FAILED",
            Severity.WARNING,
        ),
        ("phone_number_name_update", {"decision": "REJECTED"}, "REJECTED", Severity.ERROR),
        ("phone_number_quality_update", {"event": "FLAGGED"}, "FLAGGED", Severity.WARNING),
        (
            "phone_number_quality_update",
            {"event": "DOWNGRADE", "old_limit": "TIER_10K", "current_limit": "TIER_2K"},
            "DOWNGRADE/LIMIT_LOWERED",
            Severity.ERROR,
        ),
        (
            "business_capability_update",
            {"max_daily_conversations_per_business": 250},
            "LOWEST",
            Severity.WARNING,
        ),
        ("message_template_status_update", {"event": "PAUSED"}, "PAUSED", Severity.ERROR),
        (
            "message_template_status_update",
            {"event": "PAUSED", "other_info": {"title": "RATE_LIMITING_PAUSE"}},
            "PAUSED/RATE_LIMITING_PAUSE",
            Severity.ERROR,
        ),
        ("message_template_status_update", {"event": "DISABLED"}, "DISABLED", Severity.ERROR),
        ("message_template_status_update", {"new_quality_score": "RED"}, "RED", Severity.ERROR),
        ("message_template_quality_update", {"new_quality_score": "YELLOW"}, "YELLOW", Severity.WARNING),
        ("template_category_update", {"new_category": "MARKETING"}, "MARKETING", Severity.WARNING),
        ("security", {"event": "PIN_RESET_REQUEST"}, "PIN_RESET_REQUEST", Severity.WARNING),
        (
            "flows",
            {"event": "ENDPOINT_ERROR_RATE", "errors": [{"error_type": "X"}]},
            "ENDPOINT_ERROR_RATE",
            Severity.WARNING,
        ),
        ("group_status_update", {"groups": [{"type": "group_suspend"}]}, "group_suspend", Severity.WARNING),
    ],
)
def test_an_event_has_its_meaning(
    field: str, value: dict[str, Any], word: str, severity: Severity, event: Callable[..., AccountEvent], hook: Any
) -> None:
    found = event(field, value)
    assert (found.event, found.severity, found.time) == (word, severity, hook.noon)
    assert found.meaning
    assert found.fix or severity is not Severity.ERROR


@pytest.mark.parametrize("field", sorted(webhooks()))
def test_every_field_of_the_facts_is_known(field: str, hook: Any, judged: Judge) -> None:
    """Whatever its value is, it is counted by name and breaks nothing."""
    for value in ({}, {"event": 7}, {"errors": "none"}, {"statuses": [7]}):
        (counted,) = judged(hook.of(value, field)).input.fields
        assert (counted.name, counted.count, counted.known) == (field, 1, True)


def test_an_unknown_field_is_counted_by_name(hook: Any, judged: Judge) -> None:
    document = judged(hook.of({"event": "NEW"}, "something_new"), hook.of({}, "something_new"))
    assert [(each.name, each.count, each.known) for each in document.input.fields] == [("something_new", 2, False)]
    assert document.exit_code == 0


def test_failures_around_an_event_are_those_of_what_it_concerns(hook: Any, judged: Judge) -> None:
    """The number that was flagged, and not the other one."""
    lines = [hook.of({"event": "DISABLED_UPDATE"}, "account_update", hook.noon)]
    lines += [
        hook.of(
            {"event": "FLAGGED", "display_phone_number": "+1 555 014-2200"}, "phone_number_quality_update", hook.noon
        )
    ]
    lines += [hook.status(f"wamid.b{index}", "failed", hook.noon - 60, code=131031) for index in range(2)]
    lines += [hook.status(f"wamid.a{index}", "failed", hook.noon + 60, code=131031) for index in range(8)]
    lines += [
        hook.status(f"wamid.o{index}", "failed", hook.noon + 60, code=131031, number="209900112233999")
        for index in range(5)
    ]
    found = {each.field: (each.failures_before, each.failures_after) for each in judged(*lines).account}
    assert found == {"account_update": (2, 13), "phone_number_quality_update": (2, 8)}


def test_an_event_that_explains_the_failures_comes_before_their_code(hook: Any, judged: Judge) -> None:
    lines = [hook.of({"event": "DISABLED_UPDATE"}, "account_update", hook.noon)]
    lines += [hook.status(f"wamid.a{index}", "failed", hook.noon + 60, code=131031) for index in range(8)]
    document = judged(*lines)
    assert "disabled" in document.causes[0].title
    assert document.first_step == document.causes[0].fixes[0]


def test_an_event_that_is_told_twice_is_one_event(hook: Any, judged: Judge) -> None:
    line = hook.of({"event": "FLAGGED"}, "phone_number_quality_update", hook.noon)
    assert len(judged(line, line).account) == 1


def test_errors_outside_of_statuses_are_counted(hook: Any, judged: Judge) -> None:
    error = {"code": 131051, "title": "Message type unknown"}
    document = judged(
        hook.incoming("wamid.in", errors=[error]),
        hook.of({"metadata": {"phone_number_id": "1"}, "errors": [{"code": 130429, "title": "Rate limit hit"}]}),
        hook.of({"calls": [{"id": "x", "errors": [{"code": 138013, "message": "no"}]}]}, "calls"),
        hook.of({"history": [{"errors": [{"code": 2593109, "title": "x"}]}]}, "history"),
    )
    assert {each.code: each.elsewhere for each in document.errors} == {131051: 1, 130429: 1, 138013: 1, 2593109: 1}
    assert document.messages.incoming == 1
