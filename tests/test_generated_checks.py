"""`docs/checks.md` is written by the program."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from wa_doctor.registry import load
from wa_doctor.render import render

PAGE = Path(__file__).parent.parent / "docs" / "checks.md"


def test_the_page_of_checks_is_what_the_program_says() -> None:
    """A check that changed its words changes the page."""
    out = StringIO()
    render("checks", "markdown", tuple(load().values()), out)

    assert PAGE.read_text(encoding="utf-8") == out.getvalue(), (
        "run `wa-doctor checks --format markdown > docs/checks.md`"
    )
