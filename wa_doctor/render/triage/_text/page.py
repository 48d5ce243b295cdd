"""The page a triage is laid out on: its columns, its marks, bars and sparks, paragraphs and fixes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from wa_doctor.model import Fix, Severity
from wa_doctor.render import Look, terminal
from wa_doctor.webhooks.message import Verdict


@dataclass(frozen=True, slots=True)
class Page:
    """
    How wide the page is, what can be drawn on it and how much is wanted.

    `advised` remembers the fixes that stand on it already: one is not written twice.
    """

    columns: int
    glyphs: terminal.Glyphs
    verbose: bool = False
    quiet: bool = False
    advised: set[Fix] = field(default_factory=set)

    @classmethod
    def of(cls, out: TextIO, look: Look) -> Page:
        """Take the measures of `out`."""
        return cls(terminal.width(out, look.width), terminal.glyphs(out), look.verbose, look.quiet)

    def verdict(self, verdict: Verdict) -> terminal.Span:
        """Return the mark of a verdict and its style."""
        return {
            Verdict.DELIVERED: (self.glyphs.passed, "pass"),
            Verdict.FAILED: (self.glyphs.failed, "fail"),
            Verdict.UNDELIVERED: (self.glyphs.warned, "warn"),
            Verdict.ACCEPTED: (self.glyphs.unknown, "unknown"),
        }[verdict]

    def severity(self, severity: Severity) -> terminal.Span:
        """Return the mark of a severity and its style."""
        return {
            Severity.ERROR: (self.glyphs.failed, "fail"),
            Severity.WARNING: (self.glyphs.warned, "warn"),
            Severity.NOTICE: (self.glyphs.bullet, "dim"),
        }[severity]

    def paragraph(
        self,
        text: str,
        indent: str = "",
        *,
        head: str = "",
        hang: str | None = None,
        style: str = "",
        mark: terminal.Span | None = None,
    ) -> Iterator[terminal.Line]:
        """
        Yield `text` wrapped, the first line behind `indent`, a `mark` and a `head` whose spaces are kept.

        The others hang behind `hang`, which is as wide as what the first begins with where it is not given.
        """
        lead = f"{indent}{mark[0]} {head}" if mark else indent + head
        lines = terminal.wrap(text, self.columns, lead, " " * terminal.cells(lead) if hang is None else hang)
        for number, line in enumerate(lines):
            if mark and number == 0:
                yield [(indent, ""), mark, (line[len(indent) + len(mark[0]) :], style)]
            else:
                yield [(line, style)]

    def listed(self, parts: Sequence[str], indent: str, *, style: str = "dim") -> Iterator[terminal.Line]:
        """Yield short parts behind one another, broken between them and not inside where that is possible."""
        line = ""
        for text in parts:
            longer = f"{line}   {text}" if line else text
            if line and terminal.cells(indent + longer) > self.columns:
                yield from self._row(line, indent, style)
                line = text
            else:
                line = longer
        if line:
            yield from self._row(line, indent, style)

    def _row(self, text: str, indent: str, style: str) -> Iterator[terminal.Line]:
        # Wrapping would make one space of the three between the parts.
        if terminal.cells(indent + text) <= self.columns:
            yield [(indent + text, style)]
        else:
            yield from self.paragraph(text, indent, style=style)

    def fix(self, fix: Fix | None, indent: str) -> Iterator[terminal.Line]:
        """Yield what to do, once on a page."""
        if fix is None or fix in self.advised:
            return
        self.advised.add(fix)
        lead = f"{indent}{self.glyphs.arrow} "
        yield from self.paragraph(fix.text, lead)
        yield from self.way(fix, " " * terminal.cells(lead))

    def way(self, fix: Fix, indent: str) -> Iterator[terminal.Line]:
        """Yield the command and the address of a fix, each unbroken on a line of its own."""
        if fix.command:
            yield [(indent, ""), (fix.command, "command")]
        if fix.url:
            yield [(indent, ""), (fix.url, "link")]

    def bar(self, amount: int, most: int, columns: int) -> str:
        """Return a bar as long as `amount` of `most`; something is never drawn as nothing."""
        if amount <= 0 or most <= 0:
            return ""
        return self.glyphs.bar * max(1, round(amount / most * columns))

    def sparks(self, amounts: Sequence[int]) -> str:
        """Return one sign for each amount, the highest for the largest; only zero is a space."""
        steps = self.glyphs.sparks
        most = max(amounts, default=0)
        return "".join(steps[-(-each * len(steps) // most) - 1] if each > 0 else " " for each in amounts)
