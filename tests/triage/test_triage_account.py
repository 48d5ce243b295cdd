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
        ("business_capability_update", {"max_daily_conversations_per_business": 250}, "LOWEST", Severity.WARNING),
        ("business_capability_update", {"max_daily_conversation_per_phone": "TIER_2K"}, "LIMIT", Severity.NOTICE),
        ("business_capability_update", {"max_daily_conversations_per_business": -1}, "LIMIT", Severity.NOTICE),
        (
            "account_update",
            {
                "event": "ACCOUNT_RESTRICTION",
                "restriction_info": [{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING"}],
            },
            "ACCOUNT_RESTRICTION/RESTRICTED_BIZ_INITIATED_MESSAGING",
            Severity.ERROR,
        ),
        (
            "account_update",
            {
                "event": "ACCOUNT_RESTRICTION",
                "restriction_info": [{"restriction_type": "RESTRICTED_USER_INITIATED_CALLING"}],
            },
            "ACCOUNT_RESTRICTION/RESTRICTED_USER_INITIATED_CALLING",
            Severity.WARNING,
        ),
        (
            "account_update",
            {"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": "RESTRICTED_ANEW"}]},
            "ACCOUNT_RESTRICTION/RESTRICTED_ANEW",
            Severity.ERROR,
        ),
        (
            "account_update",
            {"event": "PARTNER_REMOVED", "disconnection_info": {"reason": "CHANGE_NUMBER", "initiated_by": "USER"}},
            "PARTNER_REMOVED/CHANGE_NUMBER",
            Severity.ERROR,
        ),
        ("business_status_update", {"event": "COMPROMISED_NOTIFICATION"}, "COMPROMISED_NOTIFICATION", Severity.ERROR),
        (
            "partner_solutions",
            {"event": "SOLUTION_UPDATED", "solution_status": "DEACTIVATED"},
            "SOLUTION_UPDATED/DEACTIVATED",
            Severity.ERROR,
        ),
        ("payment_configuration_update", {"status": "Needs Testing"}, "Needs Testing", Severity.NOTICE),
        ("message_template_components_update", {"message_template_name": "x"}, "EDITED", Severity.WARNING),
        ("template_correct_category_detection", {"correct_category": "MARKETING"}, "MARKETING", Severity.WARNING),
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
        (
            "template_category_update",
            {"new_category": "UTILITY", "correct_category": "MARKETING"},
            "UTILITY/MARKETING",
            Severity.WARNING,
        ),
        ("security", {"event": "PIN_RESET_REQUEST"}, "PIN_RESET_REQUEST", Severity.WARNING),
        ("security", {"event": "PIN_CHANGED"}, "PIN_CHANGED", Severity.WARNING),
        (
            "flows",
            {"event": "FLOW_STATUS_CHANGE", "new_status": "BLOCKED"},
            "FLOW_STATUS_CHANGE/BLOCKED",
            Severity.ERROR,
        ),
        (
            "flows",
            {"event": "ENDPOINT_LATENCY", "alert_state": "DEACTIVATED"},
            "ENDPOINT_LATENCY/DEACTIVATED",
            Severity.NOTICE,
        ),
        ("business_username_updates", {"status": "deleted"}, "deleted", Severity.NOTICE),
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


def test_every_field_that_meta_lists_is_known() -> None:
    """As it lists them for an app to subscribe to."""
    listed = """
        account_alerts account_review_update account_settings_update account_update automatic_events
        business_capability_update business_status_update business_username_updates calls consumer_profile flows
        group_lifecycle_update group_participants_update group_settings_update group_status_update history
        message_echoes message_template_components_update message_template_quality_update
        message_template_status_update messages messaging_handovers partner_solutions payment_configuration_update
        phone_number_name_update phone_number_quality_update security smb_app_state_sync smb_message_echoes standby
        template_category_update template_correct_category_detection tracking_events user_id_update user_preferences
    """
    assert set(listed.split()) <= set(webhooks())


def test_each_restriction_of_a_webhook_is_an_event_with_its_end(hook: Any, judged: Judge) -> None:
    kinds = ("RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_ADD_PHONE_NUMBER_ACTION")
    info = [{"restriction_type": kind, "expiration": hook.noon + 86_400 * days} for days, kind in enumerate(kinds, 1)]
    value = {"event": "ACCOUNT_RESTRICTION", "restriction_info": info}
    added, begun = judged(hook.of(value, "account_update", hook.noon)).account
    assert (added.severity, begun.severity) == (Severity.WARNING, Severity.ERROR)
    assert "until 2026-06-03 12:00 UTC" in added.meaning
    assert "until 2026-06-02 12:00 UTC" in begun.meaning


def test_the_time_of_an_event_is_found_where_its_field_has_it(hook: Any, judged: Judge) -> None:
    groups = [{"type": "group_suspend", "group_id": "g", "timestamp": str(hook.noon)}]
    settings = {"type": "phone_number_settings", "timestamp": hook.noon + 1}
    document = judged(hook.of({"groups": groups}, "group_status_update"), hook.of(settings, "account_settings_update"))
    assert [(each.event, each.time) for each in document.account] == [
        ("group_suspend", hook.noon),
        ("phone_number_settings", hook.noon + 1),
    ]


def test_what_came_before_is_called_so(event: Callable[..., AccountEvent]) -> None:
    found = event("message_template_quality_update", {"new_quality_score": "RED", "previous_quality_score": "GREEN"})
    assert found.meaning.endswith("(before: GREEN)")


@pytest.mark.parametrize(
    ("field", "value", "about"),
    [
        ("account_alerts", {"entity_type": "BUSINESS", "entity_id": 506, "alert_type": "OBA_REJECTED"}, "BUSINESS 506"),
        ("account_alerts", {"entity_type": "BUSINESS", "alert_type": "OBA_REJECTED"}, "account 118822334455667"),
        ("flows", {"event": "FLOW_STATUS_CHANGE", "flow_id": "69"}, "Flow 69"),
        ("account_update", {"event": "ACCOUNT_DELETED"}, "account 118822334455667"),
        ("security", {"event": "PIN_CHANGED", "display_phone_number": "15550142200"}, "15550142200"),
    ],
)
def test_what_an_event_is_about_is_named(
    field: str, value: dict[str, Any], about: str, event: Callable[..., AccountEvent]
) -> None:
    assert event(field, value).about == about


def test_an_event_that_nobody_knows_is_said_to_be_unknown(event: Callable[..., AccountEvent]) -> None:
    found = event("account_update", {"event": "SOMETHING_NEW"})
    assert found.meaning == "SOMETHING_NEW, which this version does not know"


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


@pytest.mark.parametrize("prefix", ["", "2026-06-01T12:00:00Z INFO webhook "])
def test_a_change_without_its_webhook_is_recognised_at_the_time_of_its_line(prefix: str, log: Any, judged: Any) -> None:
    """Some platforms pass on the change alone."""
    change = '{"field": "account_update", "value": {"event": "DISABLED_UPDATE"}}'
    document = judged(log(f"{prefix}{change}\n"))
    assert [each.field for each in document.account] == ["account_update"]
    if prefix:
        assert document.account[0].time == 1_780_315_200


@pytest.mark.parametrize("odd", [False, True], ids=["usual", "by hand"])
def test_an_account_is_not_blamed_for_the_failures_of_another(odd: bool, hook: Any, judged: Any) -> None:
    """The log of a partner holds many accounts."""
    told = [hook.status(f"wamid.{index}", "failed", hook.noon + index, code=131031) for index in range(6)]
    for index, each in enumerate(told):
        if index < 4:
            each["entry"][0]["id"] = "200000000000001"
            each["entry"][0]["changes"][0]["value"]["metadata"] |= {"phone_number_id": "7", "display_phone_number": "1"}
        if odd:
            each["entry"][0]["changes"][0]["value"]["statuses"][0]["timestamp"] = hook.noon * 1000
    restricted = hook.of({"event": "DISABLED_UPDATE"}, "account_update", hook.noon - 60)
    other = hook.of({"event": "DISABLED_UPDATE"}, "account_update", hook.noon - 50)
    other["entry"][0]["id"] = "200000000000001"
    events = judged(*told, restricted, other).account
    assert [each.failures_after for each in events] == [2, 4]
