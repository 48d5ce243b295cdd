"""The fast ways through the engine say the same as the plain ones."""

from __future__ import annotations

import json
from collections import Counter
from functools import reduce
from itertools import chain
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from wa_doctor.webhooks.counting.survey import Surveyor
from wa_doctor.webhooks.counting.tallies import VERDICTS
from wa_doctor.webhooks.fold import Event, fold, judge
from wa_doctor.webhooks.message import Verdict
from wa_doctor.webhooks.reading import by_hand, shapes
from wa_doctor.webhooks.reading.intake import Intake
from wa_doctor.webhooks.reading.ledger import Ledger
from wa_doctor.webhooks.store import MessageStore

NOON = 1_780_315_200
PEOPLE = ("4915550100777", "15550100888", "989120000001")
NUMBERS = ("209900112233445", "209900112233446")

statuses = st.fixed_dictionaries(
    {
        "id": st.sampled_from(("wamid.HBgLQQ==", "wamid.HBgLQR==", "plain", "ünïcode")),
        "status": st.sampled_from(("sent", "delivered", "read", "played", "failed")),
        "timestamp": st.integers(NOON, NOON + 3).map(str) | st.integers(NOON, NOON + 3),
        "recipient_id": st.sampled_from(PEOPLE),
    },
    optional={
        "pricing": st.sampled_from(("marketing", "utility", "service")).map(lambda name: {"category": name}),
        "errors": st.lists(
            st.fixed_dictionaries(
                {"code": st.sampled_from((131026, 131049, "131053", -5))},
                optional={
                    "title": st.just("Some title"),
                    "error_data": st.just({"details": "some details"}),
                    "details": st.just("as before v16"),
                    "error_subcode": st.sampled_from((33, 2494010)),
                },
            ),
            max_size=2,
        ),
    },
)
webhooks = st.lists(st.tuples(st.sampled_from(NUMBERS), st.lists(statuses, max_size=4)), max_size=12)


def _webhook(number: str, told: list[dict[str, Any]]) -> dict[str, Any]:
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": number}, "statuses": told}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }


def _event(number: str, status: dict[str, Any]) -> Event:
    codes = tuple((int(error["code"]), error.get("error_subcode")) for error in status.get("errors", ()))
    return Event(
        status["status"],
        int(status["timestamp"]),
        status["recipient_id"],
        number,
        category=status.get("pricing", {}).get("category", ""),
        codes=codes,
    )


@settings(deadline=None)
@given(webhooks)
def test_the_fast_loop_keeps_what_the_fold_would(told: list[tuple[str, list[dict[str, Any]]]]) -> None:
    """The loop that decodes typed webhooks does by hand what `fold` does in steps."""
    lines = "".join(json.dumps(_webhook(number, events)) + "\n" for number, events in told)
    with MessageStore(10) as store:
        Intake(store, Ledger()).take(shapes.decode_lines(lines.encode()))
        expected: dict[str, list[Event]] = {}
        for number, status in chain.from_iterable(((number, each) for each in events) for number, events in told):
            expected.setdefault(status["id"], []).append(_event(number, status))
        found = {id: judge(state) for id, state in store.items()}
    assert found == {id: judge(reduce(fold, events, b"")) for id, events in expected.items()}


@settings(deadline=None)
@given(webhooks)
def test_taken_apart_by_hand_a_webhook_says_the_same(told: list[tuple[str, list[dict[str, Any]]]]) -> None:
    """An odd piece sends a whole webhook the slow way; its other pieces may not suffer from it."""
    tables = [_webhook(number, events) for number, events in told]
    with MessageStore(10) as store, MessageStore(10) as other:
        fast, slow = Ledger(), Ledger()
        Intake(store, fast).take([shapes.webhook(table) for table in tables])
        for table in tables:
            by_hand.take(table, Intake(other, slow), None)
        assert {id: judge(state) for id, state in store.items()} == {id: judge(state) for id, state in other.items()}
    assert (fast.events, fast.titles, fast.details) == (slow.events, slow.titles, slow.details)


events = st.builds(
    Event,
    status=st.sampled_from(("sent", "sent", "delivered", "read", "failed", "accepted", "deleted")),
    time=st.integers(NOON, NOON + 200),
    recipient=st.just(PEOPLE[0]),
    number=st.sampled_from(NUMBERS),
    category=st.sampled_from(("", "utility")),
    codes=st.sampled_from(((), ((131026, None),), ((131049, None),), ((131026, 33),))),
)
# What failed once or twice, with one code each time, is a usual course of its own.
usual = st.builds(
    Event,
    status=st.sampled_from(("sent", "delivered", "read")),
    time=st.integers(NOON, NOON + 200),
    recipient=st.just(PEOPLE[0]),
    number=st.just(NUMBERS[0]),
)
failures = st.builds(
    Event,
    status=st.just("failed"),
    time=st.integers(NOON, NOON + 3),
    recipient=st.just(PEOPLE[0]),
    number=st.just(NUMBERS[0]),
    codes=st.sampled_from((((131026, None),), ((131049, None),))),
)
told = st.lists(events, min_size=1, max_size=5) | st.lists(usual | failures, min_size=1, max_size=4)
states = st.lists(told.map(lambda told: reduce(fold, told, b"")), max_size=30)


@settings(deadline=None)
@given(states, st.sampled_from(((0, 0), (NOON + 50, 0), (NOON + 20, NOON + 120))))
def test_counting_many_at_once_gives_what_judging_each_gives(found: list[bytes], period: tuple[int, int]) -> None:
    """Messages of a usual course are never judged one by one, and are counted all the same."""
    since, until = period
    surveyor = Surveyor(since, until)
    surveyor.count([([str(at)], [state]) for at, state in enumerate(found[:2])])
    surveyor.count([(list(map(str, range(2, len(found)))), found[2:])])
    tallies = surveyor.tallies
    judged = [
        each
        for each in map(judge, found)
        if since <= (each.time_of("sent") or min(one.time for one in each.timeline)) < (until or NOON * 2)
    ]
    verdicts = Counter(each.verdict for each in judged)
    failed = [each for each in judged if each.verdict is Verdict.FAILED]
    assert tallies.totals == [verdicts[verdict] for verdict in VERDICTS]
    assert tallies.read == sum(each.read for each in judged)
    assert tallies.conflicting == sum(each.conflicting for each in judged)
    assert tallies.repeats == sum(each.repeats for each in judged)
    assert {code: tally.count for code, tally in tallies.errors.items() if tally.count} == Counter(
        code for each in failed for code in each.codes
    )
    assert {code: tally.conflicting for code, tally in tallies.errors.items() if tally.conflicting} == Counter(
        code for each in judged if each.conflicting for code in each.codes
    )
    assert sum(sum(counter.values()) for counter in tallies.spans) == len(judged)
    assert sum(tallies.delays.values()) == sum(
        each.verdict is Verdict.DELIVERED and each.time_of("sent") is not None for each in judged
    )
    assert tallies.last == max((one.time for each in judged for one in each.timeline), default=0)
    for verdict, name in enumerate(VERDICTS):
        categories = Counter(each.category for each in judged if each.verdict is name)
        assert +tallies.categories[verdict] == categories


def test_a_recipient_in_trouble_is_remembered_with_what_arrived() -> None:
    """What a person received, and when that person wrote, tells why a message stays at `sent`."""
    found = [
        ("waiting", fold(b"", Event("sent", NOON, PEOPLE[0], NUMBERS[0]))),
        ("failed", fold(b"", Event("failed", NOON + 5, PEOPLE[0], NUMBERS[0], codes=((131026, None),)))),
        ("arrived", fold(fold(b"", Event("sent", NOON, PEOPLE[0])), Event("delivered", NOON + 60, PEOPLE[0]))),
        ("other", fold(b"", Event("delivered", NOON, PEOPLE[1]))),
    ]
    surveyor = Surveyor()
    blocks = [([id for id, _ in found], [state for _, state in found])]
    surveyor.count(blocks)
    people = surveyor.acquaint(
        blocks, [(int(PEOPLE[0]), NOON + 90), (int(PEOPLE[1]), NOON)], {int(PEOPLE[0]): NOON + 30}
    )
    (known,) = people.values()
    assert (known.waiting, known.failed, known.delivered) == (1, 1, 1)
    assert (known.last_delivered, known.last_wrote, known.moved) == (NOON + 60, NOON + 90, NOON + 30)
    assert known.codes == (131026,)
