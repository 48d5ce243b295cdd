"""
The regions that the platform cannot serve, and what else holds for a country: dated data, never code.

`data/regions/verdicts` holds one file per region that has something to say; every other country is allowed
because the list does not name it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from wa_doctor.knowledge import facts
from wa_doctor.knowledge.facts import InvalidFact, Source

VERDICTS = ("blocked", "allowed", "uncertain")
CONFIDENCE = ("certain", "high", "medium", "low")

_RANGE = re.compile(r"(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class ListFact:
    """
    The list that decides.

    `updated` is the day of the version, `checked` the day somebody last read it. `assigned` and `silence` are
    the two things that hold for every answer.
    """

    title: str
    url: str
    updated: date
    checked: date
    assigned: str
    silence: str


@dataclass(frozen=True, slots=True)
class PrefixFact:
    """
    Numbers that begin alike: `digits` with the calling code, each narrowed by the `ranges` behind it, if any.

    What is not said here (verdict, fix) is that of the region. `place` is the name to show where it is not the
    region's own; `since` is a date or a year.
    """

    digits: tuple[str, ...]
    reason: str
    confidence: str
    sources: tuple[str, ...]
    verdict: str = ""
    ranges: tuple[str, ...] = ()
    place: str = ""
    fix: str = ""
    line: str = ""
    since: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _known("confidence", self.confidence, CONFIDENCE)
        if self.verdict:
            _known("verdict", self.verdict, VERDICTS)
        if not self.digits or not all(each.isascii() and each.isdecimal() for each in self.digits):
            raise ValueError(f"digits must be calling codes and what follows them, not {self.digits!r}")
        if not self.sources:
            raise ValueError("sources must not be empty")
        for each in self.ranges:
            found = _RANGE.fullmatch(each)
            if not found or len(found[1]) != len(found[2]) or found[1] > found[2]:
                raise ValueError(f"a range must be two numbers of the same length, such as 2000-2999, not {each!r}")

    @property
    def spans(self) -> tuple[str, ...]:
        """Every prefix that this row covers; a range `15-29` behind `7978` is taken apart: 797815 ... 797819, 79782."""
        return tuple(
            digits + rest
            for digits in self.digits
            for rest in ([part for each in self.ranges for part in _parts(each)] if self.ranges else [""])
        )


@dataclass(frozen=True, slots=True)
class RegionFact:
    """
    What holds for a region as a whole, and for the numbers that begin with its prefixes.

    `code` is ISO 3166-1 alpha-2 or ISO 3166-2. `checked` is the day the list was last read for it.
    """

    code: str
    name: str
    verdict: str
    reason: str
    confidence: str
    sources: tuple[str, ...]
    checked: date
    parent: str = ""
    fix: str = ""
    notes: tuple[str, ...] = ()
    prefix: tuple[PrefixFact, ...] = ()

    def __post_init__(self) -> None:
        _known("verdict", self.verdict, VERDICTS)
        _known("confidence", self.confidence, CONFIDENCE)
        if self.verdict != "allowed" and not self.fix:
            raise ValueError(f"a region that is {self.verdict} needs a fix")
        if not self.sources:
            raise ValueError("sources must not be empty")


@dataclass(frozen=True, slots=True)
class Rule:
    """What else holds for some countries; said beside a verdict, never one. `error` is the code it shows as."""

    regions: tuple[str, ...]
    note: str
    confidence: str
    sources: tuple[str, ...]
    error: int | None = None
    since: str = ""

    def __post_init__(self) -> None:
        _known("confidence", self.confidence, CONFIDENCE)


@dataclass(frozen=True, slots=True)
class Names:
    """
    Names that CLDR and ISO do not have, written by hand.

    `names` and `codes` stand for one region, `groups` for all of several, `ambiguous` for one of several,
    `acronyms` for a region or for something else. `historic` names are answered with a suggestion only.
    """

    names: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ambiguous: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    acronyms: Mapping[str, str] = field(default_factory=dict)
    historic: Mapping[str, str] = field(default_factory=dict)


def _known(what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{what} must be one of {', '.join(allowed)}, not {value!r}")


def _parts(span: str) -> Iterator[str]:
    """Take a range of equally long numbers apart into the shortest prefixes that cover it and nothing else."""
    low, high = span.split("-")
    length = len(low)
    position, end = int(low), int(high)
    while position <= end:
        zeros = 0
        while position % 10 ** (zeros + 1) == 0 and zeros < length and position + 10 ** (zeros + 1) - 1 <= end:
            zeros += 1
        yield f"{position:0{length}d}"[: length - zeros]
        position += 10**zeros


@facts.remembered
def list_fact() -> ListFact:
    """Return the list that decides, with its dates."""
    return facts.build(ListFact, facts.read(_file("list.toml")), "regions/list.toml")


@facts.remembered
def regions() -> Mapping[str, RegionFact]:
    """
    Return every region that has a file of its own, by its code.

    Raises:
        InvalidFact: a file is not named after its region, or cannot be used.

    """
    found = {}
    for path in facts.files("regions/verdicts/*.toml"):
        fact = facts.build(RegionFact, facts.read(path), path.name)
        if path.stem != fact.code:
            raise InvalidFact(f"{path}: a file is named after its region, this one should be {fact.code}.toml")
        found[fact.code] = fact
    return found


@facts.remembered
def rules() -> Mapping[str, Rule]:
    """Return the rules that hold beside the list, by their name."""
    path = _file("rules.toml")
    return {key: facts.build(Rule, table, f"{path.name}: {key}") for key, table in facts.read(path).items()}


@facts.remembered
def rules_for(code: str) -> tuple[Rule, ...]:
    """Return the rules of a country."""
    return tuple(rule for rule in rules().values() if code in rule.regions)


@facts.remembered
def names() -> Names:
    """Return the names written by hand."""
    return facts.build(Names, facts.read(_file("aliases.toml")), "regions/aliases.toml")


@facts.remembered
def sources() -> Mapping[str, Source]:
    """Return where the facts about regions were read, by the key they cite."""
    path = _file("sources.toml")
    return {key: facts.build(Source, table, f"{path.name}: {key}") for key, table in facts.read(path).items()}


def url_of(key: str) -> str:
    """Return the address of a source, or its title where it has none; a key that is not listed is one itself."""
    source = sources().get(key)
    return source.url or source.title if source else key


def checked() -> date:
    """Return the day the list was last read."""
    return list_fact().checked


def _file(name: str) -> Path:
    path = facts.find(f"regions/{name}")
    if path is None:
        raise InvalidFact(f"regions/{name} is missing")
    return path
