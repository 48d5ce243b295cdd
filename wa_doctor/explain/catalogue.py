"""The catalogue of error codes as a list: all of it, or one category."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from wa_doctor.knowledge import errors, facts

if TYPE_CHECKING:
    from wa_doctor.knowledge.errors import ErrorFact


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The codes of one category, or of all (`category` is empty), and the day of the newest source."""

    facts: tuple[ErrorFact, ...]
    category: str
    newest: date
    overrides: tuple[str, ...] = ()


class UnknownCategory(ValueError):
    """There is no such category; the message names the nearest, or all of them."""


def catalogue(category: str = "") -> Catalogue:
    """
    Return the codes of a category, sorted by code; without one, of all.

    Raises:
        UnknownCategory: no code is of that category.

    """
    every = tuple(errors.errors())
    known = sorted({fact.category for fact in every})
    if category and category not in known:
        near = difflib.get_close_matches(category, known, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known)}"
        raise UnknownCategory(f"no code is of the category {category!r}{hint}")
    chosen = tuple(fact for fact in every if not category or fact.category == category)
    return Catalogue(chosen, category, max(fact.checked for fact in every), facts.overrides())
