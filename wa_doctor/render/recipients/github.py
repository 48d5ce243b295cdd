"""Verdicts for GitHub Actions: annotations, the report in the log, the step summary, as a check-up writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from wa_doctor.render.recipients._report import report
from wa_doctor.render.report import github

if TYPE_CHECKING:
    from wa_doctor.recipients.document import Document
    from wa_doctor.render import Look


def render(document: Document, out: TextIO, look: Look) -> None:
    """Write the workflow commands."""
    github.render(report(document, limits=True), out, look)
