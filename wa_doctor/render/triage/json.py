"""
The triage for programs: `wa-doctor/triage/v1`, described by `docs/schemas/triage-v1.json`.

The messages are written one by one, each on a line, and never held together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from wa_doctor.render.triage._fields import subject, whole
from wa_doctor.render.triage._writing import encoder
from wa_doctor.webhooks.document import rows

if TYPE_CHECKING:
    from wa_doctor.render import Look
    from wa_doctor.webhooks.document import Triage


def render(document: Triage, out: TextIO, look: Look) -> None:  # noqa: ARG001 - one shape, however it should look
    """Write one JSON document and a newline, in ASCII where `out` cannot encode what it may hold."""
    line = encoder(out)
    out.write(encoder(out, indent=2)(whole(document)).removesuffix("\n}"))
    out.write(',\n  "subjects": [')
    comma = ""
    for message in rows(document, "json"):
        out.write(f"{comma}\n    {line(subject(message))}")
        comma = ","
    out.write("\n  ]\n}\n" if comma else "]\n}\n")
