"""What each webhook field tells, and which events explain why messages do not arrive; the facts are one file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from wa_doctor.knowledge import facts
from wa_doctor.model import Severity

FILE = "webhooks/fields.toml"


@dataclass(frozen=True, slots=True)
class EventFact:
    """
    One event of a field: `word` is Meta's, `meaning` ours, `severity` says whether it explains trouble.

    `codes` are the errors that messages fail with because of it; empty: any.
    """

    word: str
    severity: str
    meaning: str
    fix: str = ""
    url: str = ""
    codes: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        known = [each.value for each in Severity]
        if self.severity not in known:
            raise ValueError(f"severity must be one of {', '.join(known)}, not {self.severity!r}")
        if self.severity == Severity.ERROR and not self.fix:
            raise ValueError(f"{self.word} is an error, so it needs a fix")


@dataclass(frozen=True, slots=True)
class FieldFact:
    """
    One field and its events.

    `word` are the keys whose values, joined by `/`, name the event, or it is `always` the same. With `each`, every
    element of that list is an event of its own. The first of `time` says when it was where the entry does not tell.
    `about`, of which the first counts whose values are there, says what it concerns, and `details` are worth quoting:
    `{key}` in them stands for the value, `{@key}` for a value that is a time. A key may be a path with dots.
    """

    tells: str
    word: tuple[str, ...] = ()
    always: str = ""
    each: str = ""
    about: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    event: tuple[EventFact, ...] = ()

    def find(self, word: str) -> EventFact | None:
        """Return what is known of an event: of its whole word, else of the most severe of its parts."""
        known = {each.word: each for each in self.event}
        if word in known:
            return known[word]
        parts = [known[part] for part in word.split("/") if part in known]
        return min(parts, key=lambda part: _ORDER.index(part.severity), default=None)


_ORDER = ("error", "warning", "notice")


@dataclass(frozen=True, slots=True)
class _File:
    checked: date
    sources: tuple[str, ...]
    field: Mapping[str, FieldFact]


def webhooks() -> Mapping[str, FieldFact]:
    """
    Return every known webhook field by Meta's name for it.

    Raises:
        InvalidFact: the file of facts cannot be used.

    """
    return _file().field


@cache
def _file() -> _File:
    path = facts.find(FILE)
    if path is None:
        raise facts.InvalidFact(f"{FILE} is missing")
    return facts.build(_File, facts.read(path), FILE)
