"""Verdicts as lines of JSON: the columns of the list by their headings, and behind them verdict, region and reason."""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, TextIO

from wa_doctor.render.recipients._rows import Suffixes, appended_to

if TYPE_CHECKING:
    from wa_doctor.recipients.bulk import Judged
    from wa_doctor.recipients.document import Document
    from wa_doctor.recipients.layout import Layout
    from wa_doctor.recipients.outcomes import Outcome
    from wa_doctor.render import Look


def render(document: Document, out: TextIO, look: Look) -> None:  # noqa: ARG001 - one shape, however it should look
    """Write one object a recipient."""
    for each in document.results:
        row = {"input": each.input, "verdict": each.verdict, "region": each.region.code, "reason": each.reason}
        out.write(json.dumps(row, ensure_ascii=False) + "\n")


class Rows:
    """Writes the rows of a list as they come; every value is text, as it stood in the list."""

    def begin(self, layout: Layout, newline: str) -> str:  # noqa: ARG002 - lines of JSON end in \n
        """Return nothing: a line of JSON names its own columns."""
        names = layout.header or (
            tuple(f"column_{number}" for number in range(1, layout.width + 1)) if layout.delimiter else ("input",)
        )
        unique = [name if name not in names[:index] else f"{name}_{index + 1}" for index, name in enumerate(names)]
        self._names = appended_to(unique)
        self._row = "{" + ", ".join(f"{encode_basestring(name).replace('%', '%%')}: %s" for name in unique)
        self._suffixes = Suffixes(self._suffix)
        return ""

    def rows(self, judged: Judged) -> str:
        """Return the rows of a batch."""
        row, suffixes, fields = self._row, self._suffixes, judged.records.fields
        return "".join(
            [
                row % tuple(map(encode_basestring, fields(text))) + suffixes[outcome]
                for text, outcome in zip(judged.rows.texts, judged.outcomes, strict=True)
            ]
        )

    def end(self, document: Document) -> str:  # noqa: ARG002 - a list of lines has no end
        """Return nothing."""
        return ""

    def _suffix(self, outcome: Outcome) -> str:
        values = (outcome.verdict, outcome.place.code, outcome.reason)
        appended = dict(zip(self._names, values, strict=True))
        return ", " + json.dumps(appended, ensure_ascii=False)[1:] + "\n"
