"""The profiles as the document `wa-doctor/profiles/v1`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from wa_doctor.render import Look

Profiles = tuple[Mapping[str, Mapping[str, str]], Mapping[str, tuple[str, ...]]]


def render(profiles: Profiles, out: TextIO, look: Look) -> None:  # noqa: ARG001 - the shape never depends on it
    """Write one JSON document; `secrets` is null where the keyring could not be asked."""
    stored, held = profiles
    rows = [
        {"name": name, "values": dict(values), "secrets": list(held[name]) if name in held else None}
        for name, values in stored.items()
    ]
    out.write(json.dumps({"schema": "wa-doctor/profiles/v1", "profiles": rows}, indent=2) + "\n")
