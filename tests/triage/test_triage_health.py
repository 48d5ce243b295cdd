"""What a log says about the way its webhooks came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wa_doctor.webhooks.document import Triage

Judge = Callable[..., Triage]


def _at(seconds: int, table: dict[str, Any], noon: int = 1_780_315_200) -> dict[str, Any]:
    """Return a line of a log that says when the webhook arrived."""
    return {"received_at": (noon + seconds) * 1000, "body": table}


def test_late_webhooks_are_counted_against_their_events(hook: Any, judged: Judge) -> None:
    lines = [_at(index, hook.status(f"wamid.{index}", "sent", hook.noon + index)) for index in range(9)]
    lines.append(_at(7200, hook.status("wamid.late", "sent", hook.noon)))
    health = judged(*lines).webhooks
    assert (health.timed, health.late, health.median_delay, health.longest_delay) == (10, 1, 0, 7200)
    assert any("late" in each.message for each in health.findings)


def test_times_without_a_zone_are_compared_all_the_same(hook: Any, judged: Judge) -> None:
    """A log in local time, seven hours ahead: most webhooks come at once, so the offset is the zone."""
    lines = [
        f"2026-06-01 19:{index:02d}:02 got {_json(hook.status(f'wamid.{index}', 'sent', hook.noon + index * 60))}"
        for index in range(20)
    ]
    lines.append(f"2026-06-01 20:00:00 got {_json(hook.status('wamid.late', 'sent', hook.noon))}")
    health = judged(*lines).webhooks
    assert (health.timed, health.late, health.median_delay, health.longest_delay) == (21, 1, 2, 3600)


def _json(table: dict[str, Any]) -> str:
    import json

    return json.dumps(table)


def test_retries_are_repeats_that_came_later(hook: Any, judged: Judge) -> None:
    """The same event at once is a second subscription; later it is Meta trying again."""
    table = hook.status("wamid.A", "sent")
    health = judged(_at(0, table), _at(1, table), _at(60, table), _at(3600, table)).webhooks
    assert (health.duplicates, health.retries) == (3, 2)


def test_retries_are_unknown_where_arrivals_are(hook: Any, judged: Judge) -> None:
    table = hook.status("wamid.A", "sent")
    health = judged(table, table).webhooks
    assert (health.duplicates, health.retries, health.timed, health.longest_delay) == (1, None, 0, None)


def test_a_log_that_holds_everything_twice_is_said_to(hook: Any, judged: Judge) -> None:
    tables = [hook.status(f"wamid.{index}", "sent", hook.noon + index) for index in range(20)]
    (finding,) = [each for each in judged(*tables, *tables).webhooks.findings if "twice" in each.message]
    assert finding.fix


def test_a_message_without_a_beginning_is_counted(hook: Any, judged: Judge) -> None:
    lines = [hook.status(f"wamid.{index}", "delivered", hook.noon) for index in range(9)]
    lines += [hook.status("wamid.x", "sent"), hook.status("wamid.x", "read")]
    health = judged(*lines).webhooks
    assert health.unannounced == 9
    assert any("begins too late" in each.message for each in health.findings)


def test_messages_out_of_order_are_counted(hook: Any, judged: Judge) -> None:
    lines = [hook.status("wamid.A", "delivered", hook.noon + 1), hook.status("wamid.A", "sent", hook.noon)]
    lines += [hook.status("wamid.B", "sent"), hook.status("wamid.B", "delivered")]
    assert judged(*lines).webhooks.out_of_order == 1


def test_a_silence_in_steady_traffic_is_a_gap(hook: Any, judged: Judge) -> None:
    begin = hook.noon - hook.noon % 600
    lines = [
        hook.status(f"wamid.{index}", "read", begin + index * 300)
        for index in range(400)
        if not 200 <= index < 300  # from 60,000 s to 90,000 s
    ]
    document = judged(*lines)
    (gap,) = document.webhooks.gaps
    assert (gap.start - begin, gap.end - begin) == (60_000, 90_000)
    assert any("nothing once" in each.message for each in document.webhooks.findings)


def test_quiet_nights_are_no_gaps(hook: Any, judged: Judge) -> None:
    midnight = hook.noon - hook.noon % 86_400
    lines = [
        hook.status(f"wamid.{day}-{index}", "read", midnight + day * 86_400 + 9 * 3600 + index * 600)
        for day in range(5)
        for index in range(48)
    ]
    assert judged(*lines).webhooks.gaps == ()


def test_a_few_messages_say_nothing_about_gaps(hook: Any, judged: Judge) -> None:
    lines = [hook.status(f"wamid.{day}", "read", hook.noon + day * 86_400) for day in range(20)]
    assert judged(*lines).webhooks.gaps == ()


def test_accepted_messages_without_any_status_point_at_the_subscription(hook: Any, judged: Judge) -> None:
    lines: list[object] = [{"ts": hook.noon, "response": hook.answer(f"wamid.{index}")} for index in range(9)]
    lines.append(hook.status("wamid.z", "read", hook.noon + 86_400))
    findings = judged(*lines).webhooks.findings
    assert any("no status ever came" in each.message and each.fix for each in findings)


def test_messages_of_customers_that_come_again_are_counted_once(hook: Any, judged: Judge) -> None:
    document = judged(*[hook.incoming(f"wamid.in{index % 7}") for index in range(21)])
    assert (document.messages.incoming, document.input.incoming) == (7, 21)
    assert any("customers came again" in each.message for each in document.webhooks.findings)


@pytest.mark.parametrize("apart", [1, 500, 1500, 4000])
def test_a_message_of_a_customer_that_comes_again_much_later_is_recognised(
    apart: int, hook: Any, judged: Judge
) -> None:
    """They are noted some hundred at a time, and only the last few thousand are remembered."""
    ids = [f"wamid.{index}" for index in range(6000)]
    for index in range(0, 2000, 100):
        ids.insert(index + apart, ids[index])
    document = judged(*[hook.incoming(id) for id in ids])
    assert document.input.incoming == 6020
    assert document.messages.incoming == 6000
