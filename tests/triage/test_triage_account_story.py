"""What happened to account, numbers and templates is held against the failures around it, and against what was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wa_doctor.webhooks.document import Triage

Judge = Callable[..., Triage]


def _failing(hook: Any, count: int, start: int, code: int, **more: Any) -> list[dict[str, Any]]:
    """Return so many messages that failed with a code, one a minute."""
    return [
        hook.status(f"wamid.{code}.{start}.{index}", "failed", hook.noon + start + 60 * index, code=code, **more)
        for index in range(count)
    ]


def test_failures_around_an_event_are_those_of_what_it_concerns(hook: Any, judged: Judge) -> None:
    """The number that was flagged, and not the other one."""
    flagged = {"event": "FLAGGED", "display_phone_number": "+1 555 014-2200"}
    lines = [hook.of({"event": "DISABLED_UPDATE"}, "account_update", hook.noon)]
    lines += [hook.of(flagged, "phone_number_quality_update", hook.noon)]
    lines += _failing(hook, 2, -600, 131031) + _failing(hook, 8, 60, 131031)
    lines += _failing(hook, 5, 90, 131031, number="209900112233999")
    lines += _failing(hook, 4, 120, 131048) + _failing(hook, 3, 150, 131048, number="209900112233999")
    found = {each.field: (each.failures_before, each.failures_after) for each in judged(*lines).account}
    assert found == {"account_update": (2, 13), "phone_number_quality_update": (0, 7)}


def test_an_event_about_a_number_that_sends_nothing_explains_no_failure(hook: Any, judged: Judge) -> None:
    flagged = {"event": "FLAGGED", "display_phone_number": "15550149999"}
    lines = [hook.of(flagged, "phone_number_quality_update", hook.noon), *_failing(hook, 9, 60, 131048)]
    (event,) = judged(*lines).account
    assert (event.failures_before, event.failures_after) == (0, 0)


def test_an_event_that_explains_the_failures_comes_before_their_code(hook: Any, judged: Judge) -> None:
    lines = [hook.of({"event": "DISABLED_UPDATE"}, "account_update", hook.noon), *_failing(hook, 8, 60, 131031)]
    document = judged(*lines)
    assert "disabled" in document.causes[0].title
    assert document.first_step == document.causes[0].fixes[0]


def test_an_event_is_not_blamed_for_failures_of_another_kind(hook: Any, judged: Judge) -> None:
    """The limit was lowered, and then the credit card ended."""
    lines = [
        hook.of({"max_daily_conversations_per_business": limit}, "business_capability_update", hook.noon + time)
        for time, limit in ((-600, 2000), (0, 250))
    ]
    document = judged(*lines, *_failing(hook, 8, 60, 131042))
    assert document.account[-1].event == "LIMIT_LOWERED"
    assert document.account[-1].failures_after == 0
    assert [cause.code for cause in document.causes] == [131042]


def test_a_paused_template_explains_its_code_in_a_log_that_names_no_template(hook: Any, judged: Judge) -> None:
    """Webhooks do not say which template a message was made from."""
    paused = {"event": "PAUSED", "message_template_name": "spring_sale", "other_info": {"title": "FIRST_PAUSE"}}
    document = judged(
        hook.of(paused, "message_template_status_update", hook.noon),
        *_failing(hook, 8, 60, 132015),
        *_failing(hook, 3, 60, 131026),
    )
    assert document.account[0].failures_after == 8
    assert document.causes[0].title.startswith("spring_sale")


def test_limits_are_compared_with_what_they_were_before(hook: Any, judged: Judge) -> None:
    """Of each account by itself, in the order of time and not of the log."""
    lines = [
        hook.of({"max_daily_conversations_per_business": limit}, "business_capability_update", hook.noon + time)
        for time, limit in ((30, 250), (10, 2000), (20, "TIER_UNLIMITED"), (40, 250))
    ]
    other = hook.of({"max_daily_conversations_per_business": 10_000}, "business_capability_update", hook.noon + 15)
    other["entry"][0]["id"] = "118822334455999"
    events = judged(*lines, other).account
    assert [each.event for each in events] == ["LIMIT", "LIMIT", "LIMIT_RAISED", "LIMIT_LOWERED", "LOWEST"]
    assert "now no limit, before: 2,000 people a day" in events[2].meaning
    assert "now 250 people a day, before: no limit" in events[3].meaning
