"""Every message of the log as one line of JSON, by time: a `subject` of `docs/schemas/triage-v1.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from wa_doctor.render.triage._fields import subject
from wa_doctor.render.triage._writing import encoder
from wa_doctor.webhooks.document import rows

if TYPE_CHECKING:
    from wa_doctor.render import Look
    from wa_doctor.webhooks.document import Triage


def render(document: Triage, out: TextIO, look: Look) -> None:  # noqa: ARG001 - one shape, however it should look
    """Write the messages as they come; nothing but a line is held."""
    line = encoder(out)
    out.writelines(f"{line(subject(message))}\n" for message in rows(document, "ndjson"))
