"""Verdicts for people: a block a recipient with the reason and what to do; of a list, the counts and first problems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from wa_doctor.recipients.verdict import ALLOWED, BLOCKED, INVALID, UNCERTAIN, VERDICTS
from wa_doctor.render import terminal
from wa_doctor.render.recipients import _words as words

if TYPE_CHECKING:
    from wa_doctor.recipients.document import Bulk, Document, Problem
    from wa_doctor.recipients.verdict import Verdict
    from wa_doctor.render import Look

_WORD = max(map(len, VERDICTS))
_WIDEST_INPUT = 30
_SHOWN = 10
_PLACES = 15
_DETAIL = " " * 4


def render(document: Document, out: TextIO, look: Look) -> None:
    """Write the verdicts; `-q` leaves out what is allowed, `-v` adds the sources and every place of a list."""
    terminal.write(_Page(out, look).lines(document), out, look.color)


def render_summary(document: Document, out: TextIO, look: Look) -> None:
    """Write what a list comes to, without its rows: beside a table that holds them."""
    terminal.write(_Page(out, look).summary(document), out, look.color)


class _Page:
    def __init__(self, out: TextIO, look: Look) -> None:
        self._columns = terminal.width(out, look.width)
        self._verbose, self._quiet = look.verbose, look.quiet
        glyphs = terminal.glyphs(out)
        self._glyphs = {
            BLOCKED: glyphs.failed,
            INVALID: glyphs.failed,
            UNCERTAIN: glyphs.warned,
            ALLOWED: glyphs.passed,
        }
        self._arrow, self._ellipsis = glyphs.arrow, glyphs.ellipsis

    def lines(self, document: Document) -> Iterator[terminal.Line]:
        if document.bulk:
            yield from self._problems(document.bulk)
            yield from self._bulk(document.bulk)
        else:
            yield from self._results([each for each in document.results if not self._hidden(each)])
        yield from self._footer(document)

    def summary(self, document: Document) -> Iterator[terminal.Line]:
        if document.bulk:
            yield from self._bulk(document.bulk)
        yield from self._footer(document)

    def _hidden(self, verdict: Verdict) -> bool:
        return self._quiet and verdict.verdict == ALLOWED

    def _results(self, results: Sequence[Verdict]) -> Iterator[terminal.Line]:
        widest = min(_WIDEST_INPUT, max((terminal.cells(each.input) for each in results), default=0))
        for verdict in results:
            yield self._headline(verdict, verdict.input, widest)
            yield from self._details(verdict)
            yield []

    def _headline(self, verdict: Verdict, shown: str, widest: int) -> terminal.Line:
        style = words.STYLES[verdict.verdict]
        name = terminal.pad(terminal.shorten(shown, max(widest, _WIDEST_INPUT), self._ellipsis), widest)
        return [
            (f"{self._glyphs[verdict.verdict]} ", style),
            (name, "bold"),
            (f"  {verdict.verdict:<{_WORD}}", style),
            (f"  {verdict.region}", ""),
        ]

    def _details(self, verdict: Verdict) -> Iterator[terminal.Line]:
        yield from self._paragraph(verdict.reason)
        if verdict.fix:
            yield from self._paragraph(verdict.fix, f"{_DETAIL}{self._arrow} ")
        for note in verdict.notes:
            yield from self._paragraph(note, f"{_DETAIL}- ", "dim")
        if self._verbose:
            yield from self._paragraph(f"read as {verdict.kind}, confidence {verdict.confidence}", style="dim")
            for line in words.source_lines(verdict):
                yield from self._paragraph(line, f"{_DETAIL}source: ", "dim")

    def _paragraph(self, text: str, indent: str = _DETAIL, style: str = "") -> Iterator[terminal.Line]:
        for line in terminal.wrap(text, self._columns, indent, " " * terminal.cells(indent)):
            yield [(line, style)]

    def _bulk(self, bulk: Bulk) -> Iterator[terminal.Line]:
        places = [each for each in words.places(bulk) if not (self._quiet and each.verdict == ALLOWED)]
        shown = places if self._verbose else places[:_PLACES]
        for each in shown:
            style = words.STYLES[each.verdict]
            place = str(each.place) or "no region known"
            yield [
                (f"{self._glyphs[each.verdict]} {each.count:>12,}  {each.verdict:<{_WORD}}", style),
                (f"  {place}", ""),
            ]
        if rest := places[len(shown) :]:
            total = sum(each.count for each in rest)
            yield [(f"  {total:>12,}  in {len(rest)} more places (-v shows them)", "dim")]
        if places:
            yield []
        for notice in bulk.notices:
            yield from self._paragraph(notice, "! ", "warn")
        if bulk.stopped:
            yield from self._paragraph(f"the list was not read to its end: {bulk.stopped}", "! ", "warn")

    def _problems(self, bulk: Bulk) -> Iterator[terminal.Line]:
        problems = sorted(bulk.problems, key=lambda each: VERDICTS.index(each.verdict.verdict))[:_SHOWN]
        problems.sort(key=lambda each: each.row)
        if not problems:
            return
        yield [("The first to look at", "heading")]
        for problem in problems:
            yield from self._problem(problem)
        yield []

    def _problem(self, problem: Problem) -> Iterator[terminal.Line]:
        widest = max(_WIDEST_INPUT - 10, 0)
        headline = self._headline(problem.verdict, problem.verdict.input, widest)
        yield [*headline[:1], (f"row {problem.row:<8} ", "dim"), *headline[1:]]
        yield from self._paragraph(problem.verdict.reason)

    def _footer(self, document: Document) -> Iterator[terminal.Line]:
        line: list[terminal.Span] = []
        for verdict, text in words.counts(document):
            line += [(", ", "")] if line else []
            line.append((text, words.STYLES[verdict]))
        if document.bulk:
            line.append((f"   {words.extent(document.bulk)}", "dim"))
        yield line or [("no recipient was found", "unknown")]
        if self._quiet:
            return
        yield from self._paragraph(words.list_line(document), "")
        yield [("  ", ""), (document.listed.url, "link")]
        yield from self._paragraph(words.limits(document), "", "dim")
