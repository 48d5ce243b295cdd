"""The explanation for programs: `wa-doctor/explain/v1`, described by `docs/schemas/explain-v1.json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

from wa_doctor.render.explain import _wording as wording

if TYPE_CHECKING:
    from wa_doctor.explain.explanation import Explanation, Match, RankedCause
    from wa_doctor.knowledge.facts import Step
    from wa_doctor.render import Look

SCHEMA = "wa-doctor/explain/v1"


def render(explanation: Explanation, out: TextIO, look: Look) -> None:  # noqa: ARG001 - the shape never depends on it
    """Write one JSON document, in ASCII, so that no character of a paste can act on a terminal."""
    document = {
        "schema": SCHEMA,
        "matches": [_match(match) for match in explanation.matches],
        "causes": [_cause(cause) for cause in explanation.causes],
        "unmatched": list(explanation.unmatched),
        "recognised": explanation.recognised,
        "looked_for": [] if explanation.recognised else list(wording.LOOKED_FOR),
        "paste_instead": [] if explanation.recognised else list(wording.PASTE),
        "overrides": list(explanation.overrides),
        "exit_code": explanation.exit_code,
    }
    out.write(json.dumps(document, indent=2, allow_nan=False) + "\n")


def _match(match: Match) -> dict[str, Any]:
    evidence = match.evidence
    return {
        "kind": match.kind,
        "id": match.id,
        "code": match.code,
        "subcode": match.subcode,
        "title": match.title,
        "category": match.category,
        "cause": match.cause,
        "fix": _steps(match.fix),
        "retry": {"policy": match.retry.policy, "after": match.retry.after, "note": match.retry.note}
        if match.retry
        else None,
        "who": list(match.who),
        "docs_url": match.docs_url,
        "status": match.status,
        "confidence": match.confidence,
        "checked": match.checked.isoformat() if match.checked else None,
        "sources": list(match.sources),
        "count": match.count,
        "evidence": {
            "where": evidence.where,
            "text": evidence.text,
            "fbtrace_id": evidence.fbtrace_id,
            "details": evidence.details,
            "http_status": evidence.http_status,
            "user_title": evidence.user_title,
            "user_message": evidence.user_message,
        },
    }


def _cause(cause: RankedCause) -> dict[str, Any]:
    return {
        "rank": cause.rank,
        "id": cause.id,
        "title": cause.title,
        "why": " ".join(cause.why),
        "fix": _steps(cause.fix),
        "confirm": cause.confirm,
        "family": cause.family,
        "explanation": cause.explanation,
        "who": list(cause.who),
        "score": cause.score,
        "confidence": cause.confidence,
        "docs_url": cause.docs_url,
        "checked": cause.checked.isoformat() if cause.checked else None,
        "sources": list(cause.sources),
    }


def _steps(steps: Sequence[Step]) -> list[dict[str, str]]:
    return [{"text": step.text, "command": step.command, "url": step.url} for step in steps]
