"""Say how old the facts are: the day each was read, from what, and what you override."""

from __future__ import annotations

from typing import Annotated

import typer

from wa_doctor.cli import options as given


def command(
    max_age: Annotated[
        int, typer.Option("--max-age", metavar="DAYS", min=1, help="Warn about facts that were read longer ago.")
    ] = 180,
    fail_on: given.FailOn = "error",
    format: given.Format = "text",
    report: given.Reports = None,
    facts: given.Facts = None,
    color: given.Color = "auto",
    verbose: given.Verbose = False,
) -> None:
    from wa_doctor.cli.output import deliver, destinations
    from wa_doctor.context import utc_now
    from wa_doctor.knowledge.facts import InvalidFact
    from wa_doctor.knowledge.freshness import freshness

    given.known_format(format, "facts")
    given.lay_over(facts)
    files = destinations(report, "facts")
    try:
        found = freshness(utc_now().date(), max_age)
    except InvalidFact as exc:
        raise typer.BadParameter(str(exc)) from exc
    code = 1 if found.stale and fail_on == "warning" else 0
    raise deliver("facts", found, format, given.look(color, verbose, False), files, code)
