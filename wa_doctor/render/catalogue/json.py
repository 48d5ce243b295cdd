"""The catalogue for programs: `wa-doctor/errors/v1`, described by `docs/schemas/errors-v1.json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from wa_doctor.explain.catalogue import Catalogue
    from wa_doctor.knowledge.errors import ErrorFact
    from wa_doctor.render import Look

SCHEMA = "wa-doctor/errors/v1"


def render(catalogue: Catalogue, out: TextIO, look: Look) -> None:  # noqa: ARG001 - the shape never depends on it
    """Write one JSON document."""
    document = {
        "schema": SCHEMA,
        "category": catalogue.category,
        "newest": catalogue.newest.isoformat(),
        "overrides": list(catalogue.overrides),
        "errors": [_row(fact) for fact in catalogue.facts],
    }
    out.write(json.dumps(document, indent=2) + "\n")


def _row(fact: ErrorFact) -> dict[str, Any]:
    return {
        "code": fact.code,
        "code_max": fact.code_max,
        "title": fact.title,
        "category": fact.category,
        "status": fact.status,
        "subcode_of": fact.subcode_of,
        "subcodes": [{"subcode": each.subcode, "title": each.title} for each in fact.subcode],
        "cause": fact.cause,
        "retry": {"policy": fact.retry.policy, "after": fact.retry.after, "note": fact.retry.note},
        "who": list(fact.who),
        "http_status": list(fact.http_status),
        "docs_url": fact.docs_url,
        "confidence": fact.confidence,
        "checked": fact.checked.isoformat(),
    }
