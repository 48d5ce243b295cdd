"""Say how old the facts are: the day each was read, from what, and what you override."""

from __future__ import annotations

from typing import Annotated, TextIO

import typer

from wa_doctor.cli import options as given

MAX_AGE_DAYS = 180


def command(
    max_age: Annotated[
        int, typer.Option("--max-age", metavar="DAYS", min=1, help="Warn about facts that were read longer ago.")
    ] = MAX_AGE_DAYS,
    fail_on: given.FailOn = "error",
    format: given.Format = "text",
    facts: given.Facts = None,
    color: given.Color = "auto",
    verbose: given.Verbose = False,
) -> None:
    from wa_doctor.cli.output import with_pipe
    from wa_doctor.context import utc_now
    from wa_doctor.knowledge.facts import InvalidFact
    from wa_doctor.knowledge.freshness import fact_files, stale, validate

    given.one_of(format, ("text", "json"), "format")
    given.lay_over(facts)
    today = utc_now().date()
    try:
        validate()
        files = fact_files()
    except InvalidFact as exc:
        raise typer.BadParameter(str(exc)) from exc
    old = tuple(file.name for file in files if stale(file, today, max_age))

    def write(out: TextIO) -> None:
        if format == "json":
            out.write(document(files, old, today, max_age))
        else:
            text(files, old, today, max_age, out, color, verbose)

    with_pipe(write)
    raise typer.Exit(1 if old and fail_on == "warning" else 0)
