"""
How a message's state is laid out in bytes, so that millions of them fit into memory.

A state begins with a context of 16 bytes: recipient and business number as integers, 0 where unknown. Slots of 5
bytes follow: a kind and a value of 32 bits. An event is a slot of its status whose value is its time; slots that
tell more about it (code, subcode, how often it came again) stand right behind. What is no integer is text, in a
slot with its length and as many slots of four characters as it takes. Adding an event is appending to the bytes,
and bringing two states together is appending the slots of one to the other: `canonical` puts them in order.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

CONTEXT = 16
SLOT = 5
LONGEST = 4096  # bytes of a state; a longer one is put in order, which makes it much shorter
KEPT = 16  # events of one status that a state keeps, the earliest; the others are only counted

(TEXT, ACCEPTED, HELD, PAUSED, FAILED, SENT, DELIVERED, READ, PLAYED, OTHER) = range(10)
(CODE, SUBCODE, MORE, TEMPLATE, RECIPIENT, NUMBER) = range(10, 16)
AGAIN = MORE | 1 << 4

# The order is the rank by which events of the same second stand in a timeline.
STATUSES = {
    "accepted": ACCEPTED,
    "held_for_quality_assessment": HELD,
    "paused": PAUSED,
    "failed": FAILED,
    "sent": SENT,
    "delivered": DELIVERED,
    "read": READ,
    "played": PLAYED,
    "deleted": OTHER | 1 << 4,
    "warning": OTHER | 2 << 4,
}
WORDS = {kind: word for word, kind in STATUSES.items()} | {OTHER: "other"}

# Of statuses the upper half of the kind holds the pricing category.
CATEGORIES = (
    "",
    "authentication",
    "authentication-international",
    "marketing",
    "marketing_lite",
    "referral_conversion",
    "service",
    "utility",
    "other",
)
CATEGORY_BITS = {name: index << 4 for index, name in enumerate(CATEGORIES)} | {"authentication_international": 2 << 4}

_LONGEST_TEXT = 200
_LARGEST = (1 << 64) - 1
_MODULUS = 1 << 32

pack_context = struct.Struct("<QQ").pack
pack_slot = struct.Struct("<BI").pack
_unpack_context = struct.Struct("<QQ").unpack_from
_iterate_slots = struct.Struct("<BI").iter_unpack

Details = tuple[tuple[int, int | None], ...]


@dataclass(slots=True)
class Contents:
    """A state taken apart. `events` counts how often each `(time, kind, codes)` came; `more` came beyond `KEPT`."""

    recipient: int = 0
    number: int = 0
    category: int = 0
    texts: dict[int, str] = field(default_factory=dict)
    events: dict[tuple[int, int, Details], int] = field(default_factory=lambda: defaultdict(int))
    more: int = 0


def kind_of(status: str, category: str = "") -> int:
    """Return the kind of a status of that pricing category; a word that nobody knows counts as other."""
    kind = STATUSES.get(status, OTHER)
    return kind if kind & 15 == OTHER else kind | CATEGORY_BITS.get(category, 8 << 4)


@lru_cache(1024)
def code_slots(code: int, subcode: int | None = None) -> bytes:
    """Return the slots of one error, which belong right behind the slot of their event."""
    slots = pack_slot(CODE, code % _MODULUS)
    return slots if subcode is None else slots + pack_slot(SUBCODE, subcode % _MODULUS)


def text_slots(kind: int, text: str) -> bytes:
    """Return the slots of a text, cut where it is longer than 200 bytes."""
    raw = text.encode("utf-8", "surrogatepass")[:_LONGEST_TEXT]
    pieces = [raw[at : at + 4].ljust(4, b"\0") for at in range(0, len(raw), 4)]
    return pack_slot(kind, len(raw)) + b"".join(bytes((TEXT,)) + piece for piece in pieces)


def context_of(recipient: str, number: str) -> tuple[bytes, bytes]:
    """Return the context for a recipient and a business number, and the text slots for what is no number."""
    slots = b""
    values = []
    for kind, text in ((RECIPIENT, recipient), (NUMBER, number)):
        digits = text.isascii() and text.isdigit() and not text.startswith("0") and int(text) <= _LARGEST
        values.append(int(text) if digits else 0)
        if text and not digits:
            slots += text_slots(kind, text)
    return pack_context(*values), slots


def absorb(state: bytes, context: bytes, slots: bytes) -> bytes:
    """Return the state with these slots added."""
    if not state:
        return context + slots
    if not state.startswith(context):
        state = _joined(state, context) + state[CONTEXT:]
    state += slots
    return state if len(state) <= LONGEST else canonical(state)


def _joined(state: bytes, context: bytes) -> bytes:
    pairs = zip(_unpack_context(state), _unpack_context(context), strict=True)
    return pack_context(*(min(filter(None, pair), default=0) for pair in pairs))


def contents(state: bytes) -> Contents:
    """Take a state apart; the order in which its events were added leaves no trace."""
    found = Contents()
    if not state:
        return found
    found.recipient, found.number = _unpack_context(state)
    categories = set()
    for kind, time, details, count in _events(state, found):
        plain_kind = kind
        if kind & 15 != OTHER:
            categories.add(kind >> 4)
            plain_kind &= 15
        found.events[time, plain_kind, details] += count
    found.category = min(filter(None, categories), default=0)
    _leave_out_bare(found)
    _bound(found)
    return found


def _events(state: bytes, found: Contents) -> Iterator[tuple[int, int, Details, int]]:
    slots = list(_iterate_slots(state[CONTEXT:]))
    at = 0
    while at < len(slots):
        kind, value = slots[at]
        at += 1
        if kind in (TEMPLATE, RECIPIENT, NUMBER):
            end = at + (value + 3) // 4
            text = _text(state[CONTEXT + at * SLOT : CONTEXT + end * SLOT], value)
            found.texts[kind] = min(text, found.texts.get(kind, text))
            at = end
        elif kind == MORE:
            found.more += value
        else:
            codes: list[tuple[int, int | None]] = []
            count = 1
            while at < len(slots) and slots[at][0] in (CODE, SUBCODE, AGAIN):
                detail, number = slots[at]
                if detail == CODE:
                    codes.append((signed(number), None))
                elif detail == SUBCODE and codes:
                    codes[-1] = (codes[-1][0], signed(number))
                else:
                    count += number
                at += 1
            yield kind, value, tuple(codes), count


def began(state: bytes) -> int:
    """Return when a message was sent, or its first event happened; 0 where the log does not tell."""
    sent = first = 0
    for kind, time in _iterate_slots(state[CONTEXT:]):
        status = kind & 15
        if status == SENT and time:
            sent = min(sent or time, time)
        elif ACCEPTED <= status <= OTHER and time:
            first = min(first or time, time)
    return sent or first


def _text(slots: bytes, length: int) -> str:
    raw = b"".join(slots[at + 1 : at + SLOT] for at in range(0, len(slots), SLOT))
    return raw[:length].decode("utf-8", "replace")


def signed(number: int) -> int:
    """Return a code as it was before it went into 32 bits."""
    return number - _MODULUS if number >= _MODULUS // 2 else number


def _leave_out_bare(found: Contents) -> None:
    # One webhook tells a failure with its code and another, older or shortened, without.
    told = {key[:2] for key in found.events if key[2]}
    for key in [key for key in found.events if not key[2] and key[:2] in told]:
        found.more += found.events.pop(key)


def _bound(found: Contents) -> None:
    if len(found.events) <= KEPT:
        return
    of_kind: dict[int, list[tuple[int, int, Details]]] = defaultdict(list)
    for key in sorted(found.events, key=sort_key):
        of_kind[key[1]].append(key)
    for keys in of_kind.values():
        for key in keys[KEPT:]:
            found.more += found.events.pop(key)


def sort_key(event: tuple[int, int, Details]) -> tuple[int, int, tuple[tuple[int, int], ...]]:
    """Return what puts events in order: time, then rank, then codes."""
    time, kind, details = event
    return time, kind, tuple((code, -1 if subcode is None else subcode) for code, subcode in details)


def canonical(state: bytes) -> bytes:
    """Return the one form of a state that all states with the same contents share."""
    found = contents(state)
    slots = [text_slots(kind, text) for kind, text in sorted(found.texts.items())]
    if found.more:
        slots.append(pack_slot(MORE, found.more % _MODULUS))
    for event in sorted(found.events, key=sort_key):
        time, kind, details = event
        slots.append(pack_slot(kind if kind & 15 == OTHER else kind | found.category << 4, time))
        slots.extend(code_slots(code, subcode) for code, subcode in details)
        if found.events[event] > 1:
            slots.append(pack_slot(AGAIN, (found.events[event] - 1) % _MODULUS))
    return pack_context(found.recipient, found.number) + b"".join(slots)
