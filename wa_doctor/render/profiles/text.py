"""The profiles for a person: ids in full, secrets by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from wa_doctor.redact import plain
from wa_doctor.render.terminal import Line, write

if TYPE_CHECKING:
    from wa_doctor.render import Look
    from wa_doctor.render.profiles.json import Profiles


def render(profiles: Profiles, out: TextIO, look: Look) -> None:
    """Write a block for each profile."""
    stored, held = profiles
    lines: list[Line] = []
    for name, values in stored.items():
        lines.append([(plain(name), "heading")])
        lines += [[(f"  {key:<16} ", "dim"), (plain(value), "")] for key, value in values.items()]
        if name in held:
            lines.append([("  in the keyring   ", "dim"), (", ".join(held[name]) or "nothing", "")])
    write(lines or [[("No profile is stored; `wa-doctor auth login` makes one.", "")]], out, look.color)
