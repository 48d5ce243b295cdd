"""Tickets as people write them: the true cause comes first."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from wa_doctor.explain.diagnosis import diagnose
from wa_doctor.knowledge.causes import causes

TICKETS = tomllib.loads((Path(__file__).parent / "tickets.toml").read_text(encoding="utf-8"))["ticket"]


@pytest.mark.parametrize("ticket", TICKETS, ids=lambda ticket: str(ticket["title"]))
def test_the_cause_of_a_ticket_comes_first(ticket: dict[str, Any]) -> None:
    """What a person told, and what they pasted, is weighed as somebody who knows the platform would."""
    found = diagnose([f"# {ticket['title']}\n\nSymptom:\n{ticket['symptom']}"])
    assert found.causes, "no cause was named"
    assert found.causes[0].id in ticket["expect"], [cause.id for cause in found.causes]


def test_every_expected_cause_exists() -> None:
    """A misspelt id would fail for the wrong reason."""
    known = {cause.id for cause in causes()}
    assert {id for ticket in TICKETS for id in ticket["expect"]} <= known


def test_every_ticket_is_another_one() -> None:
    """Two tickets with one title would hide each other."""
    titles = [ticket["title"] for ticket in TICKETS]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []
