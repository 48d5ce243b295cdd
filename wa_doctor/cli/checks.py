"""List the checks: ids, what is true when they pass, and what they need."""

from __future__ import annotations

import typer

from wa_doctor.cli import options as given


def command(
    only: given.Only = None,
    skip: given.Skip = None,
    format: given.Format = "text",
    report: given.Reports = None,
    color: given.Color = "auto",
    verbose: given.Verbose = False,
) -> None:
    from wa_doctor.cli.output import deliver, destinations
    from wa_doctor.registry import UnknownCheck, load, select

    given.known_format(format, "checks")
    files = destinations(report, "checks")
    try:
        chosen = select(load(), only or None, skip or ())
    except UnknownCheck as exc:
        raise typer.BadParameter(str(exc)) from exc
    listed = tuple(check for id, check in chosen.checks.items() if id not in chosen.brought)
    raise deliver("checks", listed, format, given.look(color, verbose, False), files, 0)
