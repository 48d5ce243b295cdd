"""The explanation for GitHub Actions, written as the report of a check-up is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from wa_doctor.render.explain._report import report
from wa_doctor.render.report import github

if TYPE_CHECKING:
    from wa_doctor.explain.explanation import Explanation
    from wa_doctor.render import Look


def render(explanation: Explanation, out: TextIO, look: Look) -> None:
    """Write it."""
    github.render(report(explanation), out, look)
