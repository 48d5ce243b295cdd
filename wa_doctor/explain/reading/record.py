"""What was read in a text: errors, HTTP statuses, headers, calls, numbers, deliveries. All of it bounded."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field

from wa_doctor.explain.masking import excerpt
from wa_doctor.redact import plain

_TEXTS = ("where", "title", "message", "details", "type", "fbtrace_id", "user_title", "user_message", "solution")

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
            object.__setattr__(self, name, plain(getattr(self, name)))
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
    with the words that show it; `strangers` things that look like errors and are none we can read.
    """

    errors: dict[tuple[object, ...], ErrorSeen] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    objects: dict[str, str] = field(default_factory=dict)
    http: dict[int, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    calls: dict[Call, None] = field(default_factory=dict)
    signs: dict[str, str] = field(default_factory=dict)
    strangers: dict[str, None] = field(default_factory=dict)

    def add(self, seen: ErrorSeen) -> None:
        """Keep an error; the same one again only counts, and prose never repeats what a structure said."""
        key = (seen.code, seen.subcode, seen.details or seen.message, seen.family == "text")
        known = self.errors.get(key)
        if known:
            self.errors[key] = dataclasses.replace(known, count=known.count + 1)
        elif len(self.errors) < MOST:
            self.errors[key] = seen

    def sign(self, name: str, words: object = "") -> None:
        """Note that a payload shows something, with the words that show it."""
        if len(self.signs) < MOST:
            self.signs.setdefault(name, excerpt(str(words)))

    def number(self, digits: str, role: str) -> None:
        """Keep a phone number with its role; the role of a field outranks that of prose."""
        if digits in self.numbers:
            if self.numbers[digits] == "prose":
                self.numbers[digits] = role
        elif len(self.numbers) < MOST:
            self.numbers[digits] = role

    def object_id(self, id: str, role: str) -> None:
        """Keep what stood in the place of a node id."""
        if len(self.objects) < MOST:
            self.objects.setdefault(plain(id, 80), role)

    def status(self, code: int, words: str) -> None:
        """Keep an HTTP status with the words around it."""
        self.http.setdefault(code, excerpt(words))

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
        for seen in self.errors.values():
            if seen.family == "text" and (seen.code in full or (seen.subcode is None and seen.code in subcoded)):
                continue
            if seen.family == "text" and (seen.code, seen.subcode) in ((each.code, each.subcode) for each in chosen):
                continue
            chosen.append(seen)
        return tuple(chosen)

    def codes(self) -> Iterable[int]:
        """Return the codes that were seen."""
        return dict.fromkeys(seen.code for seen in self.settled())
