"""The catalogue of error codes: what each means, what to do, who must act. One file per code in `data/errors`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from wa_doctor.knowledge import facts
from wa_doctor.knowledge.facts import InvalidFact, Step

POLICIES = ("no", "backoff", "after")
STATES = ("current", "retired", "legacy", "undocumented")
CONFIDENCE = ("high", "medium", "low")
ACTORS = ("developer", "business_admin", "recipient", "meta")

_DURATION = re.compile(r"\d+[smhd]")
_UNITS = {"s": "second", "m": "minute", "h": "hour", "d": "day"}


@dataclass(frozen=True, slots=True)
class Retry:
    """
    Whether to send the same request again.

    `no`: it will fail again until the fix is done. `backoff`: at once with growing pauses. `after`: not before
    `after` has passed, a duration such as `5m`, `24h`, or empty where the answer itself says how long.
    """

    policy: str
    after: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.policy not in POLICIES:
            raise ValueError(f"retry.policy must be one of {', '.join(POLICIES)}, not {self.policy!r}")
        if self.after and not _DURATION.fullmatch(self.after):
            raise ValueError(f"retry.after must be a duration such as 30s, 5m, 24h or 3d, not {self.after!r}")

    @property
    def wait(self) -> str:
        """`after` in words, such as `5 minutes`; empty where there is none."""
        if not self.after:
            return ""
        count = int(self.after[:-1])
        return f"{count} {_UNITS[self.after[-1]]}{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Subcode:
    """What the `error_subcode` beside a code adds. Without a fix of its own the fix of the code holds."""

    subcode: int
    title: str
    cause: str
    fix: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """What a code means when its message holds `contains` (in English, any case): Meta gives these no subcode."""

    contains: str
    cause: str
    fix: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ErrorFact:
    """
    One error code (or a range of them, up to `code_max`).

    `title_official` is false where the wording is ours or an SDK's. `http_status` holds the documented status
    first and then the others that were seen. `appears_in` names the places an answer or webhook carries it.
    `details_seen` are texts seen in `error_data.details`. `subcode_of` is the code it normally arrives under.
    `status`: current, retired (dropped, or the product ended), legacy (an old number still seen), undocumented.
    `checked` is the day (of the version) of the newest source that was read.
    """

    code: int
    title: str
    category: str
    cause: str
    fix: tuple[Step, ...]
    retry: Retry
    who: tuple[str, ...]
    appears_in: tuple[str, ...]
    docs_url: str
    status: str
    confidence: str
    sources: tuple[str, ...]
    checked: date
    code_max: int | None = None
    subcode_of: int | None = None
    title_official: bool = True
    other_titles: tuple[str, ...] = ()
    http_status: tuple[int, ...] = ()
    details_seen: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    notes: str = ""
    subcode: tuple[Subcode, ...] = ()
    wording: tuple[Wording, ...] = ()

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("status", self.status, STATES),
            ("confidence", self.confidence, CONFIDENCE),
            *(("who", each, ACTORS) for each in self.who),
        ):
            if value not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
        for name in ("title", "category", "cause", "fix", "who", "sources", "docs_url"):
            if not getattr(self, name):
                raise ValueError(f"{name} must not be empty")
        if [each.subcode for each in self.subcode] != sorted({each.subcode for each in self.subcode}):
            raise ValueError("subcodes must be sorted and stand once each")

    def worded(self, message: str) -> Wording | None:
        """Return what is known of this code with such a message."""
        lower = message.lower()
        return next((each for each in self.wording if each.contains.lower() in lower), None)

    def about(self, subcode: int | None) -> Subcode | None:
        """Return what is known of this code together with that subcode."""
        return next((each for each in self.subcode if each.subcode == subcode), None)


def error(code: int) -> ErrorFact | None:
    """Return what is known of a code, reading only its file; a code inside a documented range finds the range."""
    path = facts.find(f"errors/{code}.toml")
    if path:
        return _load(path)
    for low, high, ranged in _ranges():
        if low <= code <= high:
            return _load(ranged)
    return None


def errors() -> Iterator[ErrorFact]:
    """Yield the whole catalogue, sorted by code."""
    yield from sorted((_load(path) for path in facts.files("errors/*.toml")), key=lambda fact: fact.code)


def _ranges() -> Iterator[tuple[int, int, Path]]:
    for path in facts.files("errors/*-*.toml"):
        low, _, high = path.stem.partition("-")
        if low.isdigit() and high.isdigit():
            yield int(low), int(high), path


@facts.remembered
def _load(path: Path) -> ErrorFact:
    fact = facts.build(ErrorFact, facts.read(path), path.name)
    name = f"{fact.code}-{fact.code_max}" if fact.code_max else str(fact.code)
    if path.stem != name:
        raise InvalidFact(f"{path.name}: a file is named after its code, this one should be {name}.toml")
    return fact
