"""The triage to paste into a ticket."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wa_doctor.webhooks.document import Triage
    from wa_doctor.webhooks.message import Subjects

Write = Callable[..., str]


def test_no_cell_breaks_its_table(any_triage: Triage, write: Write) -> None:
    """A pipe in a message, a command or an address starts no column."""
    for table in re.findall(r"(?:^\|.*\|\n)+", write("markdown", any_triage), re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1, table


def test_nothing_from_the_log_mentions_refers_or_draws(triage: Triage, write: Write) -> None:
    """No colleague is called, no issue is linked and no tag is opened by a template's name."""
    text = write("markdown", triage)

    assert not re.search(r"@octocat|#7\b|:rocket:", text)
    assert not re.search(r"<(?!/?(?:details|summary|sub|br)\b|https://)", text.replace("&lt;", ""))


def test_it_stays_short(triage: Triage, write: Write, listed: Callable[..., Subjects]) -> None:
    """A ticket gets ten rows of a table, with how many there are, and the long ones folded."""
    many = listed([next(triage.subjects.worst(1))] * 500)
    text = write("markdown", replace(triage, subjects=many, templates=triage.templates * 40, causes=triage.causes * 9))

    assert len(text.splitlines()) < 150
    assert "<details><summary>Messages, the worst first (10 of 500)</summary>" in text
    assert "<details><summary>Templates (10 of 280)</summary>" in text
    assert text.count("<details>") == text.count("</details>")


def test_the_checklist_can_be_ticked(triage: Triage, write: Write) -> None:
    """Trackers make boxes of it."""
    assert "\n- [ ] Can you write to our number?\n" in write("markdown", triage)


def test_the_message_that_was_asked_for_has_its_timeline(triages: dict[str, Triage], write: Write) -> None:
    """With `--message` the ticket is about that one."""
    text = write("markdown", triages["one"])

    assert "| 2026-11-18 09:00:00 | sent |" in text
    assert "| likely | Meta does not serve the region |" in text
    assert "Cause" not in text
