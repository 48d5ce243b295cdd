"""The list of checks for a person, a family at a time; `-v` adds what each is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from wa_doctor.render.terminal import Line, width, wrap, write

if TYPE_CHECKING:
    from wa_doctor.registry import Check
    from wa_doctor.render import Look


def render(checks: Sequence[Check], out: TextIO, look: Look) -> None:
    """Write the list."""
    lines: list[Line] = []
    family = ""
    for check in checks:
        if check.family != family:
            family = check.family
            lines += [[]] if lines else []
            lines.append([(family, "heading")])
        lines.append([(f"  {check.id:<20}", "bold"), (f" {check.summary}", "")])
        if look.verbose:
            words = " ".join(check.description.split())
            lines += [[(line, "dim")] for line in wrap(words, width(out, look.width), " " * 6)]
    write(lines, out, look.color)
