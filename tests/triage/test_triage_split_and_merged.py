"""
The judgement of a message is a fold that can be split and merged in any way.

Judgements are compared whole: verdict, timeline with its codes and repeats, recipient, number, category, template.
"""

from __future__ import annotations

import random
from functools import reduce
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from wa_doctor.webhooks.fold import Event, Judgement, fold, judge, merge
from wa_doctor.webhooks.marks import LONGEST
from wa_doctor.webhooks.message import Verdict

STATUSES = ("accepted", "held_for_quality_assessment", "paused", "sent", "delivered", "read", "played", "failed")
CODES = some.one_of(
    some.just(()),
    some.sampled_from((((131026, None),), ((131049, None), (130429, 2494055)), ((-1, None),))),
    some.lists(
        some.tuples(some.integers(-(2**31), 2**31 - 1), some.one_of(some.none(), some.integers(-(2**31), 2**31 - 1))),
        max_size=3,
    ).map(tuple),
)
EVENT = some.builds(
    Event,
    status=some.sampled_from((*STATUSES, "deleted", "warning", "teleported")),
    time=some.one_of(some.integers(0, 20), some.integers(0, 2**32 - 1)),
    recipient=some.sampled_from(("", "447700900123", "447700900999", "GB.13491208655", "0049", "9" * 30)),
    number=some.sampled_from(("", "109927745130846", "109927745130999", "a number")),
    category=some.sampled_from(("", "marketing", "utility", "authentication_international", "of another day")),
    template=some.sampled_from(("", "order_update", "spring_sale", "\u00fcber \U0001f600" * 40, "\udc00")),
    codes=CODES,
)
EVENTS = some.lists(EVENT, max_size=12)


def _state(events: list[Event]) -> bytes:
    return reduce(fold, events, b"")


def _judged_in_parts(events: list[Event], cuts: list[int], chance: random.Random) -> Judgement:
    """Judge events in another order, in parts that are merged two at a time, whichever are there."""
    events = chance.sample(events, len(events))
    edges = [0, *sorted(min(cut, len(events)) for cut in cuts), len(events)]
    parts = [_state(events[start:end]) for start, end in pairwise(edges)]
    while len(parts) > 1:
        chance.shuffle(parts)
        parts.append(merge(parts.pop(), parts.pop()))
    return judge(parts[0])


@given(EVENTS, some.lists(some.integers(0, 12), max_size=6), some.randoms(use_true_random=False))
def test_a_log_split_anywhere_and_merged_in_any_order_gives_the_same_judgement(
    events: list[Event], cuts: list[int], chance: random.Random
) -> None:
    """A cluster that reduces states comes to what one process comes to."""
    assert _judged_in_parts(events, cuts, chance) == judge(_state(events))


def test_states_too_long_to_keep_whole_merge_to_the_same_judgement() -> None:
    """A message that is told again and again, by different webhooks."""
    chance = random.Random(7)  # noqa: S311 - an order, no secret
    statuses = (*STATUSES, "teleported")
    codes: tuple[tuple[tuple[int, int | None], ...], ...] = ((), ((131026, None),), ((131049, 7),))
    events = [
        Event(status, chance.randrange(60), "447700900123", codes=chance.choice(codes) if status == "failed" else ())
        for status in chance.choices(statuses, k=3000)
    ]
    whole = _state(events)
    assert len(whole) <= LONGEST < 5 * len(events)
    expected = judge(whole)
    assert expected.repeats == len(events) - len(expected.timeline)
    for _ in range(20):
        assert _judged_in_parts(events, chance.choices(range(len(events)), k=9), chance) == expected


@given(EVENT, EVENTS)
def test_every_part_of_an_event_reaches_the_judgement(event: Event, others: list[Event]) -> None:
    """Recipient, number, category, template, status with time, codes: from whichever event tells them."""
    found = judge(_state([*others, event]))
    told = [*others, event]
    assert found.recipient in {each.recipient for each in told}
    assert bool(found.recipient) == any(each.recipient for each in told)
    assert bool(found.number) == any(each.number for each in told)
    assert bool(found.template) == any(each.template for each in told)
    assert bool(found.category) == any(
        each.category for each in told if each.status not in ("deleted", "warning", "teleported")
    )
    assert {code for each in told for code in each.codes} == set(found.codes)
    assert {each.time for each in told} == {each.time for each in found.timeline}
    assert found.repeats + len(found.timeline) == len(told)


@given(EVENTS, EVENTS, EVENTS)
def test_merging_is_associative_and_commutative_and_nothing_changes_nothing(
    one: list[Event], two: list[Event], three: list[Event]
) -> None:
    """What engines ask of a function that reduces."""
    a, b, c = map(_state, (one, two, three))
    assert judge(merge(a, b)) == judge(merge(b, a))
    assert judge(merge(merge(a, b), c)) == judge(merge(a, merge(b, c)))
    assert merge(a, b"") == merge(b"", a) == a


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
