"""The judgement of a message is a fold that can be split and merged in any way."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from wa_doctor.webhooks.fold import Event, fold, judge, merge
from wa_doctor.webhooks.message import Verdict

EVENTS = some.lists(
    some.builds(
        Event,
        status=some.sampled_from(("accepted", "sent", "delivered", "read", "played", "failed")),
        time=some.integers(0, 2**32 - 1),
        recipient=some.sampled_from(("", "447700900123")),
        number=some.sampled_from(("", "109927745130846")),
        codes=some.sampled_from(((), ((131026, None),), ((131049, None), (130429, 2494055)))),
    ),
    max_size=12,
)


def _state(events: list[Event]) -> bytes:
    return reduce(fold, events, b"")


@given(EVENTS, some.lists(some.integers(0, 12), max_size=4), some.randoms())
def test_a_log_split_anywhere_and_merged_in_any_order_gives_the_same_judgement(
    events: list[Event], cuts: list[int], chance: object
) -> None:
    """A cluster that reduces states comes to what one process comes to."""
    edges = [0, *sorted(min(cut, len(events)) for cut in cuts), len(events)]
    parts = [_state(events[start:end]) for start, end in pairwise(edges)]
    chance.shuffle(parts)  # type: ignore[attr-defined]

    assert judge(reduce(merge, parts, b"")) == judge(_state(events))


@given(EVENTS)
def test_the_order_of_events_changes_nothing(events: list[Event]) -> None:
    """Webhooks come out of order."""
    assert judge(_state(events)) == judge(_state(events[::-1]))


@given(EVENTS)
def test_an_event_that_comes_again_is_counted_and_not_believed(events: list[Event]) -> None:
    """Meta sends a webhook again until it is answered with 200."""
    once, twice = judge(_state(events)), judge(_state([*events, *events]))

    assert twice.verdict is once.verdict
    assert twice.repeats == once.repeats + len(events)


def test_one_delivery_outweighs_every_failure() -> None:
    """One of the customer's devices has the message."""
    events = [Event("sent", 10), Event("failed", 12, codes=((131026, None),)), Event("delivered", 11)]
    found = judge(_state(events))

    assert found.verdict is Verdict.DELIVERED
    assert found.conflicting
    assert [each.status for each in found.timeline] == ["sent", "delivered", "failed"]
