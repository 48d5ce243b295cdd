"""
The judgement of one message as a fold over its events, for any engine that can group and reduce.

    state = b""
    for event in events_of_one_message:
        state = fold(state, event)
    verdict = judge(state).verdict

A state is bytes, so it can be pickled, hashed, stored and sent. `merge` is associative and commutative with `b""` as
its neutral element, and the judgement does not depend on the order of the events, on how they were split before they
were merged, or on how often the same event came; the repeats are counted, not believed.
"""

from __future__ import annotations

from dataclasses import dataclass

from wa_doctor.webhooks import marks
from wa_doctor.webhooks.message import Verdict


@dataclass(frozen=True, slots=True)
class Event:
    """
    One thing a log says about one message.

    `status` is Meta's word: `sent`, `delivered`, `read`, `played`, `failed`; from an answer of the API `accepted`,
    `held_for_quality_assessment` or `paused`. `time` is in seconds since 1970 UTC and below 2**32, 0 where unknown.
    `recipient` and `number` are the wa_id (group id, business-scoped user id) and the phone number id as they stand
    in the webhook. `codes` are the `(code, subcode)` of its errors.
    """

    status: str
    time: int
    recipient: str = ""
    number: str = ""
    category: str = ""
    template: str = ""
    codes: tuple[tuple[int, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One event of a judged message and how often the same came again."""

    time: int
    status: str
    codes: tuple[tuple[int, int | None], ...]
    repeated: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """
    What became of a message, with its events in order: by time, events of one second by rank.

    The rank is failed < sent < delivered < read < played. `repeats` counts the events that came again.
    """

    verdict: Verdict
    timeline: tuple[Occurrence, ...]
    recipient: str
    number: str
    category: str
    template: str
    codes: tuple[tuple[int, int | None], ...]
    read: bool
    conflicting: bool
    repeats: int

    @property
    def began(self) -> int:
        """When it was sent or, where the log does not tell, when its first event happened; 0 where unknown."""
        return self.time_of("sent") or min((each.time for each in self.timeline if each.time), default=0)

    @property
    def arrived(self) -> int | None:
        """When it was delivered or, where the log does not have that, read or played."""
        return self.time_of("delivered") or self.time_of("read") or self.time_of("played")

    def time_of(self, *statuses: str) -> int | None:
        """Return when the first of these statuses happened."""
        return next((each.time for each in self.timeline if each.status in statuses and each.time), None)


def fold(state: bytes, event: Event) -> bytes:
    """
    Return the state with one more event.

    Raises:
        struct.error: the time or a code does not fit into 32 bits.

    """
    context, slots = marks.context_of(event.recipient, event.number)
    if event.template:
        slots += marks.text_slots(marks.TEMPLATE, event.template)
    slots += marks.pack_slot(marks.kind_of(event.status, event.category), event.time)
    for code, subcode in event.codes:
        slots += marks.code_slots(code, subcode)
    return marks.absorb(state, context, slots)


def merge(one: bytes, other: bytes) -> bytes:
    """Return the state of all events of both."""
    if not one or not other:
        return one or other
    return marks.absorb(one, other[: marks.CONTEXT], other[marks.CONTEXT :])


def verdict_of(kinds: set[int]) -> Verdict:
    """Return the verdict that the statuses of a message, as kinds without category, amount to."""
    if not kinds.isdisjoint((marks.DELIVERED, marks.READ, marks.PLAYED)):
        return Verdict.DELIVERED
    if marks.FAILED in kinds:
        return Verdict.FAILED
    return Verdict.UNDELIVERED if marks.SENT in kinds else Verdict.ACCEPTED


def judge(state: bytes) -> Judgement:
    """Return what became of the message whose events are in this state."""
    found = marks.contents(state)
    events = sorted(found.events, key=marks.sort_key)
    kinds = {kind for _, kind, _ in events}
    verdict = verdict_of(kinds)
    return Judgement(
        verdict=verdict,
        timeline=tuple(
            Occurrence(time, marks.WORDS[kind], details, found.events[time, kind, details] - 1)
            for time, kind, details in events
        ),
        recipient=found.texts.get(marks.RECIPIENT, "") if not found.recipient else str(found.recipient),
        number=found.texts.get(marks.NUMBER, "") if not found.number else str(found.number),
        category=marks.CATEGORIES[found.category],
        template=found.texts.get(marks.TEMPLATE, ""),
        codes=tuple(dict.fromkeys(code for _, _, details in events for code in details)),
        read=not kinds.isdisjoint((marks.READ, marks.PLAYED)),
        conflicting=verdict is Verdict.DELIVERED and marks.FAILED in kinds,
        repeats=found.more + sum(found.events.values()) - len(events),
    )
