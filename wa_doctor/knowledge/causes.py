"""
The causes of trouble, and what speaks for each: the rules that turn evidence into a ranked list.

A rule holds where everything it names was found. `codes` are error codes (any of them), narrowed by `subcodes` and
by a `details` pattern on what the error itself says; `all`, `any` and `none` name signs: ids of symptoms and
circumstances, and the signs that `explain.reasoning` computes. Rules of one cause support each other; a rule with a
negative weight speaks against it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from wa_doctor.knowledge import facts
from wa_doctor.knowledge.errors import ACTORS
from wa_doctor.knowledge.facts import InvalidFact, Step


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One reason for (or, with a negative `weight`, against) a cause.

    `weight` is how sure it alone makes the cause, in percent. `why` is the sentence shown; `{code}` in it becomes
    the code that was found. A rule against a cause has no `why`, for what is not shown needs no reason.
    """

    weight: int
    why: str = ""
    codes: tuple[int, ...] = ()
    subcodes: tuple[int, ...] = ()
    details: str = ""
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not -100 <= self.weight <= 99 or self.weight == 0:
            raise ValueError("weight must be from -100 to 99 and not 0")
        if self.weight > 0 and not self.why:
            raise ValueError("a rule for a cause must say why")
        if not (self.codes or self.all or self.any):
            raise ValueError("a rule must name codes, all or any")
        if (self.subcodes or self.details) and not self.codes:
            raise ValueError("subcodes and details narrow codes, and there are none")
        re.compile(self.details)


@dataclass(frozen=True, slots=True)
class Cause:
    """
    One thing that is wrong: what it is, how to make sure (a command), what to do, who can, what speaks for it.

    `heard` are the words in which people tell of it; a text that is told in them resembles the cause.
    """

    id: str
    title: str
    family: str
    explanation: str
    fix: tuple[Step, ...]
    who: tuple[str, ...]
    checked: date
    sources: tuple[str, ...]
    confirm: str = ""
    docs_url: str = ""
    heard: tuple[str, ...] = ()
    when: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        for name in ("title", "family", "explanation", "fix", "who", "sources"):
            if not getattr(self, name):
                raise ValueError(f"{name} must not be empty")
        for each in self.who:
            if each not in ACTORS:
                raise ValueError(f"who must be one of {', '.join(ACTORS)}, not {each!r}")


@cache
def causes() -> tuple[Cause, ...]:
    """Return every cause, sorted by id."""
    found: dict[str, Cause] = {}
    for path in facts.files("causes/*.toml"):
        for table in facts.read(path).get("cause", ()):
            cause = facts.build(Cause, table, f"{path.name}: {table.get('id', 'cause')}")
            if cause.id in found:
                raise InvalidFact(f"{path.name}: the id {cause.id!r} stands twice")
            found[cause.id] = cause
    return tuple(sorted(found.values(), key=lambda each: each.id))
