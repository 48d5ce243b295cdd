"""
Scenarios: one TOML file each beside this module, found by being there, laid over the healthy world.

A file says what is wrong (`summary`), what `wa-doctor check` must say about it (`expect`), and the difference.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from wa_doctor.knowledge import facts
from wa_doctor.sandbox.world import World

HERE = Path(__file__).parent
FOLDER = HERE / "scenarios"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What `wa-doctor check` says in a scenario: its exit code, and the ids of the checks that do not pass."""

    exit_code: int
    fail: tuple[str, ...] = ()
    warn: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named world and what is wrong in it."""

    name: str
    summary: str
    expect: Expectation
    world: World


class UnknownScenario(ValueError):
    """A name that no scenario has; the message names the nearest."""

    def __init__(self, name: str) -> None:
        near = difflib.get_close_matches(name, names(), n=1, cutoff=0.4)
        hint = f"; did you mean {near[0]!r}?" if near else ";"
        super().__init__(f"no scenario is called {name!r}{hint} `wa-doctor sandbox --list` lists them")


def names() -> tuple[str, ...]:
    """Return the names of all scenarios, `healthy` first, without reading them."""
    return tuple(sorted((path.stem for path in FOLDER.glob("*.toml")), key=lambda name: (name != "healthy", name)))


def scenario(name: str) -> Scenario:
    """
    Read one scenario.

    Raises:
        UnknownScenario: there is none of that name.
        InvalidFact: its file is wrong; the message names the file and the key.

    """
    if name not in names():
        raise UnknownScenario(name)
    return _read(FOLDER / f"{name}.toml")


class _Scenarios(Mapping[str, Scenario]):
    def __getitem__(self, name: str) -> Scenario:
        try:
            return scenario(name)
        except UnknownScenario as exc:
            raise KeyError(name) from exc

    def __iter__(self) -> Iterator[str]:
        return iter(names())

    def __len__(self) -> int:
        return len(names())


def scenarios() -> Mapping[str, Scenario]:
    """Return all scenarios by name; each is read when it is looked at."""
    return _Scenarios()


@cache
def _read(path: Path) -> Scenario:
    return compose(path.stem, facts.read(path))


def compose(name: str, table: Mapping[str, Any]) -> Scenario:
    """
    Make a scenario of its table: `summary`, `expect`, and the difference from the healthy world.

    Raises:
        InvalidFact: a key is unknown, missing or of the wrong type, or an alias names nothing.

    """
    difference = dict(table)
    summary, expect = difference.pop("summary", ""), difference.pop("expect", None)
    if not (isinstance(summary, str) and summary):
        raise facts.InvalidFact(f"{name}: a scenario needs a summary")
    if not isinstance(expect, dict):
        raise facts.InvalidFact(f"{name}: a scenario needs an [expect] table")
    world = facts.build(World, merge(facts.read(HERE / "world.toml"), difference), name)
    return Scenario(name, summary, facts.build(Expectation, expect, f"{name}: expect"), world)


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one table over another: tables are merged key by key, everything else (arrays too) is replaced."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged
