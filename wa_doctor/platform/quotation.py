"""Quotes an open incident where Meta's API itself said that it is down: error 1, 2 or 131016."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from wa_doctor.model import Fix, Result, Status, Summary
from wa_doctor.platform.judgement import quote

if TYPE_CHECKING:
    from wa_doctor.platform.board import Board

# The codes for which Meta's own documentation points to the status page.
DOWN = frozenset({"1", "2", "131016"})


def speaks_of_downtime(results: Iterable[Result]) -> bool:
    """Say whether any check was answered with one of the errors of an API that is down."""
    return any(_code(result) in DOWN for result in results if result.status in (Status.UNKNOWN, Status.WARN))


def _code(result: Result) -> str:
    for finding in result.findings:
        said = finding.evidence.get("error") or finding.evidence.get("code")
        if said is not None and (code := str(said).partition("/")[0]) in DOWN:
            return code
    return ""


def with_incident(summary: Summary, board: Board) -> Summary:
    """Add to what to do first that Meta itself reports an incident, and its last words about it."""
    if summary.first_step is None or not board.open:
        return summary
    incident = board.open[0]
    last = incident.posts[0].text.rstrip(".") if incident.posts else ""
    post = f': "{last}"' if last else ""
    step = summary.first_step
    told = Fix(f"{step.text} {quote(incident)}{post}.", step.command, step.url or board.url)
    return replace(summary, first_step=told)
