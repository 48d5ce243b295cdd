"""The list of checks as the document `wa-doctor/checks/v1`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from wa_doctor.registry import Check
    from wa_doctor.render import Look


def render(checks: Sequence[Check], out: TextIO, look: Look) -> None:  # noqa: ARG001 - the shape never depends on it
    """Write one JSON document."""
    rows = [
        {
            "id": check.id,
            "family": check.family,
            "summary": check.summary,
            "needs": list(check.needs),
            "description": check.description,
        }
        for check in checks
    ]
    out.write(json.dumps({"schema": "wa-doctor/checks/v1", "checks": rows}, indent=2) + "\n")
