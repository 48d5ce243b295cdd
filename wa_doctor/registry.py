"""
The checks there are: how one is declared, found and selected.

A check is a generator in `wa_doctor/checks/FAMILY.py`. It is found by being there; no list is kept.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wa_doctor.context import Context
    from wa_doctor.model import Finding

Look = Callable[["Context"], "Iterator[Finding]"]

# The order a person meets the links of the chain in; a family that is not named here comes last.
FAMILIES = ("config", "api", "platform", "token", "account", "number", "health", "webhook", "recipient")


@dataclass(frozen=True, slots=True)
class Check:
    """
    One question and who answers it.

    `summary` is what is true when it passes. `needs` are the checks that must not have failed before this
    one makes sense; they gate, they carry no data. With `after_doubt`, a need that is merely `unknown` does
    not gate: a functional read can still decide what introspection could not.
    """

    id: str
    summary: str
    look: Look
    needs: tuple[str, ...] = ()
    after_doubt: bool = False

    @property
    def family(self) -> str:
        """The first word of the id, which is also the module."""
        return self.id.partition("-")[0]

    @property
    def description(self) -> str:
        """What the check is about, for users."""
        return inspect.cleandoc(self.look.__doc__ or "")


class SelectionError(ValueError):
    """A selection that cannot be run: one sentence for a person."""


class UnknownCheck(SelectionError):
    """A name given to `--only` or `--skip` that is neither a check nor a family."""

    def __init__(self, name: str, known: Collection[str]) -> None:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
        hint = f"; did you mean {near[0]!r}?" if near else ";"
        super().__init__(f"no check or family is called {name!r}{hint} `wa-doctor checks` lists them.")


_declared: dict[str, Check] = {}


def check(id: str, summary: str, *, needs: Collection[str] = (), after_doubt: bool = False) -> Callable[[Look], Look]:
    """Declare a check; its docstring is printed to users."""

    def declare(look: Look) -> Look:
        _declared[id] = Check(id, summary, look, tuple(needs), after_doubt)
        return look

    return declare


@cache
def load() -> Mapping[str, Check]:
    """Import every family found in `wa_doctor.checks`; return all checks by id, families in `FAMILIES` order."""
    from wa_doctor import checks

    for module in pkgutil.iter_modules(checks.__path__):
        importlib.import_module(f"{checks.__name__}.{module.name}")
    rank = {family: position for position, family in enumerate(FAMILIES)}
    ids = sorted(_declared, key=lambda each: rank.get(_declared[each].family, len(rank)))
    return {each: _declared[each] for each in ids}


@dataclass(frozen=True, slots=True)
class Selection:
    """
    What to run.

    `brought` was not asked for but is needed by what was: it runs, and is shown only if it did not pass.
    """

    checks: Mapping[str, Check]
    brought: frozenset[str] = frozenset()


def select(checks: Mapping[str, Check], only: Collection[str] | None = None, skip: Collection[str] = ()) -> Selection:
    """
    Choose checks by id or family; `only` None means all of them.

    Raises:
        UnknownCheck: a name is neither; it names the nearest.

    """
    left_out = _resolve(checks, skip)
    asked = (set(checks) if only is None else _resolve(checks, only)) - left_out
    wanted = set(asked)
    pending = list(asked)
    while pending:
        for need in checks[pending.pop()].needs:
            if need in checks and need not in wanted and need not in left_out:
                wanted.add(need)
                pending.append(need)
    return Selection({id: each for id, each in checks.items() if id in wanted}, frozenset(wanted - asked))


def _resolve(checks: Mapping[str, Check], names: Collection[str]) -> set[str]:
    families = {each.family for each in checks.values()}
    found: set[str] = set()
    for name in names:
        matching = {name} if name in checks else {id for id, each in checks.items() if each.family == name}
        if not matching:
            raise UnknownCheck(name, [*checks, *families])
        found |= matching
    return found
