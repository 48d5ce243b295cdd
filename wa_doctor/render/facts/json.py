"""The age of the facts as the document `wa-doctor/facts/v1`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from wa_doctor.knowledge.freshness import Freshness
    from wa_doctor.render import Look


def render(freshness: Freshness, out: TextIO, look: Look) -> None:  # noqa: ARG001 - the shape never depends on it
    """Write one JSON document; days are ISO dates, null where a kind carries none."""
    rows = [
        {
            "name": file.name,
            "records": file.records,
            "files": file.files,
            "newest": file.newest.isoformat() if file.newest else None,
            "oldest": file.oldest.isoformat() if file.oldest else None,
            "stale": file.name in freshness.stale,
            "overridden": list(file.overridden),
            "sources": [
                {
                    "key": each.key,
                    "title": each.title,
                    "url": each.url,
                    "read": each.read.isoformat() if each.read else None,
                }
                for each in file.sources
            ],
        }
        for file in freshness.files
    ]
    document = {
        "schema": "wa-doctor/facts/v1",
        "today": freshness.today.isoformat(),
        "max_age_days": freshness.max_age_days,
        "facts": rows,
    }
    out.write(json.dumps(document, indent=2) + "\n")
