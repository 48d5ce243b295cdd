"""The life of the Graph API versions, and the day the On-Premises API ended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from wa_doctor.knowledge import facts
from wa_doctor.knowledge.facts import InvalidFact

ENDING = timedelta(days=90)

State = Literal["current", "ending", "expired", "newer-than-known", "unknown"]

_VERSION = re.compile(r"[vV]?(\d{1,3})\.(\d{1,3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class VersionFact:
    """A version of the Graph API such as `v25.0`; `expires` is the first day without it, None if none is announced."""

    name: str
    released: date
    sources: tuple[str, ...]
    checked: date
    expires: date | None = None

    def __post_init__(self) -> None:
        major, minor = parse(self.name)
        if self.name != f"v{major}.{minor}":
            raise ValueError(f"a version is written v{major}.{minor}, not {self.name!r}")
        if self.expires and self.expires <= self.released:
            raise ValueError(f"{self.name} ends before it begins")


@dataclass(frozen=True, slots=True)
class OnPremisesFact:
    """The day after which the On-Premises API carried no message any more."""

    ended: date
    sources: tuple[str, ...]
    checked: date


@dataclass(frozen=True, slots=True)
class _File:
    checked: date
    default: str
    on_premises: OnPremisesFact
    version: tuple[VersionFact, ...]

    def __post_init__(self) -> None:
        names = [each.name for each in self.version]
        if len(set(names)) < len(names):
            raise ValueError("a version stands there twice")
        if self.default not in names:
            raise ValueError(f"the default {self.default!r} is none of the versions")


def parse(name: str) -> tuple[int, int]:
    """
    Turn `v25.0`, `V25.0` or `25.0` into a pair that sorts: (25, 0).

    Raises:
        ValueError: it is anything else.

    """
    match = _VERSION.fullmatch(name)
    if not match:
        raise ValueError(f"a version looks like v25.0, not {name!r}")
    return int(match[1]), int(match[2])


def versions() -> tuple[VersionFact, ...]:
    """Return the versions there is a fact about, newest first."""
    return tuple(sorted(_file().version, key=lambda each: parse(each.name), reverse=True))


def version(name: str) -> VersionFact | None:
    """
    Return what is known of a version.

    Raises:
        ValueError: the name is not that of a version.

    """
    wanted = parse(name)
    return next((each for each in versions() if parse(each.name) == wanted), None)


def newest() -> VersionFact:
    """Return the newest version this build knows."""
    return versions()[0]


def default_version() -> str:
    """Return the version to ask for where none was given, such as `v25.0`."""
    return _file().default


def on_premises_sunset() -> date:
    """Return the day the On-Premises API ended."""
    return _file().on_premises.ended


def state(name: str, today: date) -> State:
    """
    Say where a version is in its life on that day.

    `ending`: it ends within 90 days. `newer-than-known`: it came out after these facts were read. `unknown`: it is
    older than the facts reach back, or was never released.

    Raises:
        ValueError: the name is not that of a version.

    """
    fact = version(name)
    if fact is None:
        return "newer-than-known" if parse(name) > parse(newest().name) else "unknown"
    if fact.expires is None or today < fact.expires - ENDING:
        return "current"
    return "ending" if today < fact.expires else "expired"


def _file() -> _File:
    path = facts.find("versions.toml")
    if path is None:
        raise InvalidFact("versions.toml is missing")
    return facts.build(_File, facts.read(path), path.name)
