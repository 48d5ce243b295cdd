"""What was read in a text: errors, HTTP statuses, headers, calls, numbers, deliveries. All of it bounded."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass, field

from wa_doctor.explain.masking import excerpt
from wa_doctor.redact import plain

_TEXTS = ("where", "title", "message", "details", "type", "fbtrace_id", "user_title", "user_message", "solution")

Key = tuple[int, int | None, str, bool]
"""What makes an error another one: code, subcode, the beginning of its words as sent, and whether it stood in prose."""

MENTIONS = 6  # mentions of a code in prose that are looked at; the first ones tell what there is to tell
MOST = 300  # different things of one kind; a log of gigabytes repeats itself


@dataclass(frozen=True, slots=True)
class ErrorSeen:
    """
    One error as it was sent or printed.

    `where` is its path in a structure (`statuses[0].errors[0]`), `text` where it stood in prose, or `argument`.
    `solution` is the advice that came with it. `family` is `graph`, `webhook`, `health`, `onprem` or `text`. `aside`
    means that a person named the code without saying that it happened ("a wrong number gives 131030").
    """

    code: int
    subcode: int | None = None
    where: str = "text"
    text: str = ""
    title: str = ""
    message: str = ""
    details: str = ""
    type: str = ""
    fbtrace_id: str = ""
    user_title: str = ""
    user_message: str = ""
    solution: str = ""
    http_status: int | None = None
    transient: bool = False
    family: str = "text"
    count: int = 1
    aside: bool = False

    def __post_init__(self) -> None:
        for name in _TEXTS:
            if value := getattr(self, name):
                object.__setattr__(self, name, plain(value))
        object.__setattr__(self, "text", excerpt(self.text))

    @property
    def words(self) -> str:
        """Everything it says that does not depend on somebody's language, for patterns to look at."""
        return " ".join(part for part in (self.message, self.title, self.details) if part)


@dataclass(frozen=True, slots=True)
class Call:
    """A request that the text shows: verb (empty where none stands), host, version such as `v25.0`, path behind it."""

    verb: str
    host: str
    version: str
    path: tuple[str, ...]


@dataclass(slots=True)
class Delivery:
    """The statuses seen for one message id."""

    recipient: str = ""
    statuses: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Record:
    """
    Everything read so far.

    `numbers` are phone numbers in digits with the role they had (`to`, `wa_id`, `prose`); `objects` the ids that
    stood where a node id belongs; `http` the HTTP statuses with an excerpt; `signs` names of what a payload shows,
    with the words that show it; `strangers` things that look like errors and are none we can read; `bodies` the kinds
    of bodies that were read. `counts` and `mentions` say how often an error, or a code in prose, was met.
    """

    errors: dict[Key, ErrorSeen] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    objects: dict[str, str] = field(default_factory=dict)
    http: dict[int, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    calls: dict[Call, None] = field(default_factory=dict)
    signs: dict[str, str] = field(default_factory=dict)
    strangers: dict[str, None] = field(default_factory=dict)
    bodies: dict[str, None] = field(default_factory=dict)
    counts: Counter[Key] = field(default_factory=Counter)
    mentions: Counter[int] = field(default_factory=Counter)

    def repeated(self, key: Key) -> bool:
        """Count an error by what makes it one; say whether it is kept already, or there are too many."""
        self.counts[key] += 1
        return self.counts[key] > 1 or len(self.errors) >= MOST

    def mentioned(self, code: int) -> bool:
        """Count a code in prose; say whether it was mentioned often enough to look no further at it."""
        self.mentions[code] += 1
        return self.mentions[code] > MENTIONS

    def keep(self, key: Key, seen: ErrorSeen) -> None:
        """Keep an error that was not `repeated`."""
        self.errors.setdefault(key, seen)

    def sign(self, name: str, words: object = "") -> None:
        """Note that a payload shows something, with the words that show it."""
        if name not in self.signs and len(self.signs) < MOST:
            self.signs[name] = excerpt(str(words))

    def number(self, digits: str, role: str) -> None:
        """Keep a phone number with its role; the role of a field outranks that of prose."""
        if digits in self.numbers:
            if {self.numbers[digits], role} == {"sender", "to"}:
                self.sign("recipient-equals-sender", digits)
            if self.numbers[digits] == "prose":
                self.numbers[digits] = role
        elif len(self.numbers) < MOST:
            self.numbers[digits] = role

    def object_id(self, id: str, role: str) -> None:
        """Keep what stood in the place of a node id."""
        if id not in self.objects and len(self.objects) < MOST:
            self.objects.setdefault(plain(id, 80), role)

    def status(self, code: int, words: str) -> None:
        """Keep an HTTP status with the words around it."""
        if code not in self.http:
            self.http[code] = excerpt(words)

    def call(self, call: Call) -> None:
        """Keep a request."""
        if len(self.calls) < MOST:
            self.calls.setdefault(call, None)

    def delivery(self, message: str, status: str, recipient: str) -> None:
        """Keep a status of a message."""
        if message not in self.deliveries and len(self.deliveries) >= MOST:
            return
        entry = self.deliveries.setdefault(message, Delivery())
        entry.statuses.add(status)
        entry.recipient = entry.recipient or recipient

    def settled(self) -> tuple[ErrorSeen, ...]:
        """
        Return the errors, most telling first in the order they were read.

        A bare code in prose is left out where a structure, or a fuller mention, gave the same code.
        """
        full = {seen.code for seen in self.errors.values() if seen.family != "text"}
        subcoded = {seen.code for seen in self.errors.values() if seen.subcode is not None}
        chosen: list[ErrorSeen] = []
        for key, seen in self.errors.items():
            if seen.family == "text" and (seen.code in full or (seen.subcode is None and seen.code in subcoded)):
                continue
            if seen.family == "text" and (seen.code, seen.subcode) in ((each.code, each.subcode) for each in chosen):
                continue
            count = self.mentions[seen.code] if seen.family == "text" else self.counts[key]
            chosen.append(dataclasses.replace(seen, count=max(count, 1)))
        return tuple(chosen)
