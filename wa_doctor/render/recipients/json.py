"""
Verdicts for programs: `wa-doctor/recipients/v1`, described by `docs/schemas/recipients-v1.json`.

Every field is spelt out here. Fields are only ever added, and the shape does not depend on any option.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TextIO

from wa_doctor.knowledge import regions

if TYPE_CHECKING:
    from wa_doctor.knowledge.regions import ListFact
    from wa_doctor.recipients.bulk import Judged
    from wa_doctor.recipients.document import Bulk, Document
    from wa_doctor.recipients.layout import Layout
    from wa_doctor.recipients.verdict import Verdict
    from wa_doctor.render import Look

SCHEMA = "wa-doctor/recipients/v1"


def render(document: Document, out: TextIO, look: Look) -> None:  # noqa: ARG001 - one shape, however it should look
    """Write one JSON document and a newline."""
    out.write(_head(document.listed))
    out.write(",".join("\n  " + _text(_result(verdict)) for verdict in document.results))
    out.write(_tail(document))


class Rows:
    """Writes the document of a list as its rows come, so that no number of them fills the memory."""

    def begin(self, layout: Layout, newline: str) -> str:  # noqa: ARG002 - the same for every list
        """Return the document up to its first result."""
        self._first = True
        return _head(regions.list_fact())

    def rows(self, judged: Judged) -> str:
        """Return the results of a batch."""
        parts = []
        for index in range(len(judged.outcomes)):
            parts.append(("\n  " if self._first else ",\n  ") + _text(_result(judged.verdict(index))))
            self._first = False
        return "".join(parts)

    def end(self, document: Document) -> str:
        """Return the document from behind its last result to its end."""
        return _tail(document)


def _head(listed: ListFact) -> str:
    opening = {
        "schema": SCHEMA,
        "list": {
            "checked": listed.checked.isoformat(),
            "updated": listed.updated.isoformat(),
            "title": listed.title,
            "source": listed.url,
        },
        "limits": [listed.assigned, listed.silence],
    }
    return _text(opening)[:-1] + ', "results": ['


def _tail(document: Document) -> str:
    closing: dict[str, Any] = {"summary": {**document.counts, "exit_code": document.exit_code}}
    if document.bulk is not None:
        closing["input"] = _input(document.bulk)
        closing["regions"] = [
            {"verdict": each.verdict, "code": each.place.code, "name": each.place.name, "count": each.count}
            for each in document.bulk.tallies
            if each.count
        ]
    return "\n], " + _text(closing)[1:] + "\n"


def _input(bulk: Bulk) -> dict[str, Any]:
    return {
        "source": bulk.source,
        "column": bulk.column,
        "rows": bulk.rows,
        "duration_ms": round(bulk.seconds * 1000),
        "notices": list(bulk.notices),
        "stopped": bulk.stopped or None,
    }


def _result(verdict: Verdict) -> dict[str, Any]:
    return {
        "input": verdict.input,
        "kind": verdict.kind,
        "verdict": verdict.verdict,
        "region": {"code": verdict.region.code, "name": verdict.region.name},
        "digits": verdict.digits or None,
        "reason": verdict.reason,
        "confidence": verdict.confidence,
        "notes": list(verdict.notes),
        "fix": verdict.fix,
        "source": verdict.source,
        "sources": [_source(key) for key in verdict.sources],
    }


def _source(key: str) -> dict[str, Any]:
    known = regions.sources().get(key)
    if known is None:
        return {"key": key, "title": key, "url": None, "read": None}
    return {"key": key, "title": known.title, "url": known.url or None, "read": known.read.isoformat()}


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value)
