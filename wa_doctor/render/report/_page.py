"""The page a text report is laid out on: its columns, its marks, and the shapes of its lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from wa_doctor.model import Finding, Severity, Status
from wa_doctor.render import Look, terminal

_INDENT = "  "
_DETAIL = " " * 6
_GAP = 2
_LONGEST = 48  # a value beyond this says no more at a glance


@dataclass(frozen=True, slots=True)
class Page:
    """How wide the page is, what can be drawn on it and how much of the report is wanted."""

    columns: int
    glyphs: terminal.Glyphs
    verbose: bool = False
    quiet: bool = False

    @classmethod
    def of(cls, out: TextIO, look: Look) -> Page:
        """Take the measures of `out`."""
        return cls(terminal.width(out, look.width), terminal.glyphs(out), look.verbose, look.quiet)

    def mark(self, status: Status) -> tuple[str, str]:
        """Return the mark of a status and its style."""
        return {
            Status.PASS: (self.glyphs.passed, "pass"),
            Status.WARN: (self.glyphs.warned, "warn"),
            Status.FAIL: (self.glyphs.failed, "fail"),
            Status.SKIP: (self.glyphs.skipped, "dim"),
            Status.UNKNOWN: (self.glyphs.unknown, "unknown"),
            Status.CRASH: (self.glyphs.unknown, "unknown"),
        }[status]

    def finding_mark(self, finding: Finding) -> tuple[str, str]:
        """Return the mark of one finding among several, and the style of its message."""
        return {
            Severity.ERROR: (self.glyphs.failed, ""),
            Severity.WARNING: (self.glyphs.warned, ""),
            Severity.NOTICE: (self.glyphs.bullet, "dim"),
        }[finding.severity]

    def column(self, summaries: Iterable[str]) -> int:
        """Return where notes begin: behind the longest summary, but in the left half of the page."""
        longest = max((terminal.cells(each) for each in summaries), default=0)
        return min(len(_INDENT) + 2 + longest + _GAP, self.columns // 2 + 6)

    def entry(self, status: Status, summary: str, note: str, column: int, aside: str = "") -> Iterator[terminal.Line]:
        """Yield the line of a check, its note at `column` if there is room for it, else below."""
        glyph, style = self.mark(status)
        muted = "dim" if status is Status.SKIP else ""
        note_style = "dim" if status in (Status.PASS, Status.SKIP) else ""
        tail = f" {aside}" if aside else ""
        line: list[terminal.Span] = [(_INDENT, ""), (glyph, style), (" ", "")]
        start = max(column, terminal.cells(summary) + len(_INDENT) + 2 + _GAP)
        if note and start + terminal.cells(note + tail) <= self.columns:
            padded = terminal.pad(summary, start - len(_INDENT) - 2)
            yield [*line, (padded, muted), (note, note_style), (tail, "dim")]
            return
        if len(_INDENT) + 2 + terminal.cells(summary + tail) <= self.columns:
            yield [*line, (summary, muted), (tail, "dim")]
        else:
            yield [*line, (summary, muted)]
            yield from self.paragraph(aside, _DETAIL, style="dim")
        if note:
            yield from self.paragraph(note, _DETAIL, style=note_style)

    def paragraph(
        self, text: str, indent: str = "", *, hang: str | None = None, style: str = ""
    ) -> Iterator[terminal.Line]:
        """Yield `text` wrapped, the lines after the first hanging behind what `indent` begins with."""
        rest = " " * terminal.cells(indent) if hang is None else hang
        for line in terminal.wrap(text, self.columns, indent, rest):
            yield [(line, style)]

    def joined(self, parts: Sequence[str], style: str = "") -> Iterator[terminal.Line]:
        """Yield the parts on one line, three spaces apart, and on more where they do not fit."""
        yield from self._flow([(part, style, "   ") for part in parts])

    def counts(self, counts: Sequence[terminal.Span], asides: Sequence[str]) -> Iterator[terminal.Line]:
        """Yield the counts with commas between them and the asides behind, on as many lines as they need."""
        commas = [(text, style, " ") for text, style in counts]
        for index, (text, style, gap) in enumerate(commas[:-1]):
            commas[index] = (f"{text},", style, gap)
        yield from self._flow([*commas, *((text, "dim", "   ") for text in asides)])

    def _flow(self, parts: Sequence[tuple[str, str, str]]) -> Iterator[terminal.Line]:
        line: list[terminal.Span] = []
        filled = 0
        for text, style, gap in parts:
            if line and filled + len(gap) + terminal.cells(text) > self.columns:
                yield line
                line, filled = [], 0
            line += [(gap, ""), (text, style)] if line else [(text, style)]
            filled = sum(terminal.cells(span) for span, _ in line)
        yield line

    def table(self, rows: Sequence[tuple[str, str, str]]) -> Iterator[terminal.Line]:
        """Yield a name, a value and its source a line; a long value is shortened unless all is wanted."""
        names = max(terminal.cells(name) for name, _, _ in rows)
        sources = max(terminal.cells(source) for _, _, source in rows)
        room = max(16, self.columns - len(_INDENT) - names - sources - 2 * _GAP)
        values = min(room, _LONGEST, max(terminal.cells(value) for _, value, _ in rows))
        for name, value, source in rows:
            shown = value if self.verbose else terminal.shorten(value, values, self.glyphs.ellipsis)
            head = f"{_INDENT}{terminal.pad(name, names)}{' ' * _GAP}{terminal.pad(shown, values)}"
            tail = f"{' ' * _GAP}{source}"
            if terminal.cells(head + tail) <= self.columns:
                yield [(head, ""), (tail, "dim")]
            else:
                yield [(head, "")]
                yield from self.paragraph(source, " " * (len(_INDENT) + names + _GAP), style="dim")
