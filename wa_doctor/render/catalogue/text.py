"""The catalogue for people: one line a code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from wa_doctor.render import terminal

if TYPE_CHECKING:
    from wa_doctor.explain.catalogue import Catalogue
    from wa_doctor.knowledge.errors import ErrorFact
    from wa_doctor.render import Look


def render(catalogue: Catalogue, out: TextIO, look: Look) -> None:
    """Write a line a code, titles shortened to the width there is."""
    columns = terminal.width(out, look.width)
    terminal.write(_lines(catalogue, columns, terminal.glyphs(out).ellipsis, look.quiet), out, look.color)


def _lines(catalogue: Catalogue, columns: int, ellipsis: str, quiet: bool) -> Iterator[terminal.Line]:
    widest = max(len(fact.category) for fact in catalogue.facts)
    room = columns - 9 - widest - 14
    for fact in catalogue.facts:
        title = terminal.pad(terminal.shorten(fact.title, room, ellipsis), room)
        style = "" if fact.status == "current" else "dim"
        yield [
            (code_of(fact).ljust(9), "bold"),
            (title + " ", style),
            (fact.category.ljust(widest) + " ", "dim"),
            (fact.status if fact.status != "current" else "", "dim"),
        ]
    if not quiet:
        of = f" of the category {catalogue.category}" if catalogue.category else ""
        yield []
        yield [(f"{len(catalogue.facts)} codes{of}; newest source of {catalogue.newest.isoformat()}", "dim")]


def code_of(fact: ErrorFact) -> str:
    """Return the code, or the range of codes, of a fact."""
    return f"{fact.code}-{fact.code_max}" if fact.code_max else str(fact.code)
