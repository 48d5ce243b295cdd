"""Verdicts for build servers: one test case a recipient, in the XML of the check-up's report."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from wa_doctor.render.recipients._report import report
from wa_doctor.render.report import junit

if TYPE_CHECKING:
    from wa_doctor.recipients.document import Document
    from wa_doctor.render import Look


def render(document: Document, out: TextIO, look: Look) -> None:
    """Write the XML."""
    junit.render(report(document), out, look)
