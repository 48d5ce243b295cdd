"""The age of the facts for a person: a line a kind; `-v` names every source."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from wa_doctor.render.terminal import Line, glyphs, width, wrap, write

if TYPE_CHECKING:
    from wa_doctor.knowledge.freshness import FactFile, Freshness
    from wa_doctor.render import Look


def render(freshness: Freshness, out: TextIO, look: Look) -> None:
    """Write the lines."""
    marks = glyphs(out)
    columns = width(out, look.width)
    lines: list[Line] = []
    for file in freshness.files:
        old = file.name in freshness.stale
        mark, style = (marks.warned, "warn") if old else (marks.passed, "pass")
        lines.append([(f"{mark} ", style), (f"{file.name:<10}", "bold"), (f" {_described(file)}", "")])
        lines += [[(f"    yours: {name}", "warn")] for name in file.overridden]
        if look.verbose:
            for each in file.sources:
                day = f"{each.read.isoformat()}  " if each.read else ""
                lines += [[(line, "dim")] for line in wrap(f"{day}{each.title or each.key}", columns, " " * 6)]
                lines += [[(" " * 6, ""), (each.url, "link")]] if each.url else []
    lines.append([])
    if freshness.stale:
        advice = (
            f"Read more than {freshness.max_age_days} days before {freshness.today.isoformat()}:"
            f" {', '.join(freshness.stale)}. Update wa-doctor, or lay newer files over them with --facts DIR."
        )
        lines += [[(line, "warn")] for line in wrap(advice, columns)]
    else:
        lines.append([(f"All were read within {freshness.max_age_days} days of {freshness.today.isoformat()}.", "")])
    write(lines, out, look.color)


def _described(file: FactFile) -> str:
    noun = "record" if file.records == 1 else "records"
    if not (file.newest and file.oldest):
        return f"{file.records} {noun}"
    days = file.newest.isoformat()
    if file.oldest != file.newest:
        days = f"{file.oldest.isoformat()} to {days}"
    return f"{file.records} {noun}, read {days}"
