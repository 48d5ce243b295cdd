"""The judgement of one message is a fold that can be split and merged in any way."""

from __future__ import annotations

import random
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wa_doctor.webhooks.fold import Event, Judgement, fold, judge, merge
from wa_doctor.webhooks.marks import STATUSES, began
from wa_doctor.webhooks.message import Verdict

NOON = 1_780_315_200

codes = st.lists(
    st.tuples(st.sampled_from((131026, 131049, -1, 2)), st.sampled_from((None, 33, 2494010))), max_size=2
).map(tuple)
events = st.lists(
    st.builds(
        Event,
        status=st.sampled_from((*STATUSES, "invented")),
        time=st.integers(NOON, NOON + 5) | st.just(0),
        recipient=st.sampled_from(("", "4915550100777", "15550100888", "US.1349120865", "007")),
        number=st.sampled_from(("", "209900112233445", "PHONE_NUMBER_ID")),
        category=st.sampled_from(("", "marketing", "utility", "authentication-international", "invented")),
        template=st.sampled_from(("", "order_update", "größe")),
        codes=codes,
    ),
    max_size=40,
)


def folded(told: list[Event]) -> bytes:
    return reduce(fold, told, b"")


def judgement(*statuses: tuple[str, int]) -> Judgement:
    return judge(folded([Event(status, NOON + seconds) for status, seconds in statuses]))


@given(events, st.randoms(use_true_random=False), st.integers(1, 6))
def test_split_and_merged_in_any_order_it_is_the_same(told: list[Event], chance: random.Random, parts: int) -> None:
    """What a cluster does: events anywhere, in any order, partial states merged as they come."""
    whole = judge(folded(told))
    shuffled = chance.sample(told, len(told))
    states = [folded(shuffled[part::parts]) for part in range(parts)]
    chance.shuffle(states)
    while len(states) > 1:
        states.append(merge(states.pop(chance.randrange(len(states))), states.pop(chance.randrange(len(states)))))
    assert judge(states[0]) == whole


@settings(max_examples=20, deadline=None)
@given(events)
def test_many_events_are_bounded_and_merge_the_same(told: list[Event]) -> None:
    """A state of a message that is told thousands of times stays small, and where it was cut does not show."""
    many = [
        Event(each.status, each.time + shift if each.time else 0, each.recipient, each.number, codes=each.codes)
        for shift in range(0, 200, 7)
        for each in told
    ]
    state = folded(many)
    half = merge(folded(many[1::2]), folded(many[::2]))
    assert judge(state) == judge(half)
    assert max(len(state), len(half)) < 20_000
    assert judge(state).repeats + len(judge(state).timeline) == len(many)


@given(events)
def test_when_it_began_is_known_without_judging_it(told: list[Event]) -> None:
    """A log of a million messages is put in order by it."""
    assert began(folded(told)) == judge(folded(told)).began


@given(events)
def test_events_told_twice_change_nothing_but_the_repeats(told: list[Event]) -> None:
    once, twice = judge(folded(told)), judge(folded(told + told))
    assert once.verdict == twice.verdict
    assert [each.time for each in once.timeline] == [each.time for each in twice.timeline]
    assert twice.repeats == once.repeats + len(told)


def test_the_empty_state_is_neutral() -> None:
    state = folded([Event("sent", NOON)])
    assert merge(b"", state) == merge(state, b"") == state


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ([("sent", 0), ("delivered", 1)], Verdict.DELIVERED),
        ([("sent", 0), ("read", 1)], Verdict.DELIVERED),
        ([("played", 0)], Verdict.DELIVERED),
        ([("sent", 0), ("failed", 1)], Verdict.FAILED),
        ([("accepted", 0), ("sent", 1)], Verdict.UNDELIVERED),
        ([("accepted", 0)], Verdict.ACCEPTED),
        ([("held_for_quality_assessment", 0)], Verdict.ACCEPTED),
        ([("warning", 0)], Verdict.ACCEPTED),
    ],
)
def test_the_verdict_follows_from_the_statuses(statuses: list[tuple[str, int]], verdict: Verdict) -> None:
    assert judgement(*statuses).verdict is verdict
    assert judgement(*reversed(statuses)).verdict is verdict


def test_delivered_wins_over_failed_and_the_conflict_is_kept() -> None:
    """One device has it, another failed: whatever came first."""
    told = [Event("failed", NOON, codes=((131026, None),)), Event("delivered", NOON + 9)]
    for order in (told, told[::-1]):
        found = judge(folded(order))
        assert (found.verdict, found.conflicting, found.codes) == (Verdict.DELIVERED, True, ((131026, None),))


def test_events_of_one_second_stand_by_rank() -> None:
    found = judgement(("played", 0), ("read", 0), ("delivered", 0), ("sent", 0), ("failed", 0), ("accepted", 0))
    assert [each.status for each in found.timeline] == ["accepted", "failed", "sent", "delivered", "read", "played"]


def test_a_failure_told_with_and_without_its_code_is_one_failure() -> None:
    told = [Event("failed", NOON), Event("failed", NOON, codes=((131049, None),))]
    for order in (told, told[::-1]):
        found = judge(folded(order))
        assert [(each.status, each.codes) for each in found.timeline] == [("failed", ((131049, None),))]
        assert found.repeats == 1


def test_what_is_no_number_is_kept_as_it_is() -> None:
    """Groups, business-scoped users, and placeholders from documentation."""
    found = judge(folded([Event("sent", NOON, recipient="US.134912", number="PHONE_NUMBER_ID", template="größe")]))
    assert (found.recipient, found.number, found.template) == ("US.134912", "PHONE_NUMBER_ID", "größe")


def test_a_number_is_preferred_to_a_user_id() -> None:
    told = [Event("sent", NOON, recipient="US.134912"), Event("delivered", NOON, recipient="15550100888")]
    assert judge(folded(told)).recipient == judge(folded(told[::-1])).recipient == "15550100888"


def test_negative_codes_and_subcodes_survive() -> None:
    found = judge(folded([Event("failed", NOON, codes=((-1, 2494010), (131026, None)))]))
    assert found.codes == ((-1, 2494010), (131026, None))
