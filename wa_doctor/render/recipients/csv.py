"""
Verdicts as CSV: the columns of the list as they were, and behind them verdict, region and reason.

The delimiter and the line ends are those of the list. No cell of ours begins with a character that a spreadsheet
takes for a formula.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from wa_doctor.render.recipients._rows import APPENDED, Suffixes, appended_to

if TYPE_CHECKING:
    from wa_doctor.recipients.bulk import Judged
    from wa_doctor.recipients.document import Document
    from wa_doctor.recipients.layout import Layout
    from wa_doctor.recipients.outcomes import Outcome
    from wa_doctor.render import Look


def render(document: Document, out: TextIO, look: Look) -> None:  # noqa: ARG001 - one shape, however it should look
    """Write a header and one row a recipient."""
    out.write(_joined(("input", *APPENDED), ",") + "\n")
    out.writelines(
        _joined((each.input, each.verdict, each.region.code, each.reason), ",") + "\n" for each in document.results
    )


class Rows:
    """Writes the rows of a list as they come."""

    def begin(self, layout: Layout, newline: str) -> str:
        """Return the header, none for a list with several columns that had none."""
        delimiter = layout.delimiter or ","
        self._newline, self._delimiter = newline, delimiter
        self._suffixes = Suffixes(self._suffix)
        if layout.delimiter and not layout.header:
            return ""
        header = layout.header or ("input",)
        return _joined((*header, *appended_to(header)), delimiter) + newline

    def rows(self, judged: Judged) -> str:
        """Return the rows of a batch."""
        texts: Iterable[str] = judged.rows.texts
        if not judged.layout.delimiter:
            texts = [_quoted(text, self._delimiter) for text in texts]
        suffixes = self._suffixes
        lines = [text + suffixes[outcome] for text, outcome in zip(texts, judged.outcomes, strict=True)]
        return self._newline.join([*lines, ""]) if lines else ""

    def end(self, document: Document) -> str:  # noqa: ARG002 - a table has no end
        """Return nothing."""
        return ""

    def _suffix(self, outcome: Outcome) -> str:
        return self._delimiter + _joined((outcome.verdict, outcome.place.code, outcome.reason), self._delimiter)


def _joined(fields: Iterable[str], delimiter: str) -> str:
    return delimiter.join(_quoted(field, delimiter) for field in fields)


def _quoted(field: str, delimiter: str) -> str:
    if delimiter in field or '"' in field or "\n" in field or "\r" in field:
        return '"' + field.replace('"', '""') + '"'
    return field
