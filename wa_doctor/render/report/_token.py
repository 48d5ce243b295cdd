"""The table of what Meta says about the access token, for `wa-doctor token`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from wa_doctor.render.report import _wording as wording

if TYPE_CHECKING:
    from wa_doctor.graph.description import TokenDescription
    from wa_doctor.render.report._page import Page
    from wa_doctor.render.terminal import Line


def token_table(token: TokenDescription, now: datetime, page: Page) -> Iterator[Line]:
    """Yield the table, moments with how far they are from `now`."""
    rows = list(wording.token_rows(token, now))
    labels = max(len(label) for label, _, _ in rows)
    yield [("What Meta says about the token", "heading")]
    for label, value, status in rows:
        glyph, style = page.mark(status) if status else (" ", "")
        head = f"  {label:<{labels}}  "
        first, *others = page.paragraph(value, " " * (len(head) + 2))
        yield [(head, "dim"), (glyph, style), (" ", ""), (first[0][0].lstrip(), "")]
        yield from others
    yield []
