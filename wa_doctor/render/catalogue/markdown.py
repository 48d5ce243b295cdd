"""The catalogue as a table to paste."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from wa_doctor.render.catalogue.text import code_of
from wa_doctor.render.report.markdown import escape

if TYPE_CHECKING:
    from wa_doctor.explain.catalogue import Catalogue
    from wa_doctor.render import Look


def render(catalogue: Catalogue, out: TextIO, look: Look) -> None:  # noqa: ARG001 - one shape, however it should look
    """Write the table; characters that `out` cannot encode become references."""
    rows = [f"| {code_of(fact)} | {escape(fact.title)} | {fact.category} | {fact.status} |" for fact in catalogue.facts]
    text = "\n".join(("| Code | Title | Category | Status |", "|---|---|---|---|", *rows)) + "\n"
    encoding = getattr(out, "encoding", None) or "utf-8"
    out.write(text.encode(encoding, "xmlcharrefreplace").decode(encoding))
