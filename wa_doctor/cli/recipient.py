"""
Say whether recipients are somewhere the platform cannot serve. No network is used.

A recipient is a phone number, a wa_id, a business-scoped user ID, or the code or name of a country or region in
about 80 languages. A whole list is read with --from FILE, or from stdin with -.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wa_doctor.cli import options as given


def command(
    values: Annotated[
        list[str] | None,
        typer.Argument(metavar="[VALUE]...", help="Numbers, ids, codes or names; - reads a list from stdin."),
    ] = None,
    from_file: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Read a list: lines, or CSV with any delimiter.")
    ] = None,
    column: Annotated[
        str,
        typer.Option("--column", metavar="NAME", help="Heading or number of the column that holds the recipients."),
    ] = "",
    wa_id: Annotated[
        bool, typer.Option("--wa-id", help="Digits without a plus are wa_ids: they begin with a calling code.")
    ] = False,
    fail_on: given.FailOn = "error",
    format: Annotated[str, given.format_option("text, json, csv, ndjson, markdown, junit or github")] = "text",
    report: given.Reports = None,
    facts: given.Facts = None,
    color: given.Color = "auto",
    verbose: given.Verbose = False,
    quiet: given.Quiet = False,
) -> None:
    from wa_doctor.cli.lists import DOCUMENT, STDIN, List, judge_list
    from wa_doctor.cli.output import deliver, destinations
    from wa_doctor.knowledge.facts import InvalidFact
    from wa_doctor.model import Severity
    from wa_doctor.recipients import judge
    from wa_doctor.recipients.document import document

    given.lay_over(facts)
    given.known_format(format, DOCUMENT)
    named = list(values or ())
    if from_file and named:
        raise typer.BadParameter("give recipients or --from FILE, not both")
    if not from_file and not named:
        raise typer.BadParameter("no recipient was given; name some, or read a list with --from FILE or -")
    if named == ["-"]:
        from_file = STDIN
    if column and not from_file:
        raise typer.BadParameter("--column is for lists; give one with --from FILE or -")
    look = given.look(color, verbose, quiet)
    files = destinations(report, DOCUMENT)
    try:
        if from_file:
            raise judge_list(List(from_file, column, wa_id, Severity(fail_on)), format, look, files)
        found = document((judge(value, wa_id=wa_id) for value in named), Severity(fail_on))
    except InvalidFact as exc:
        raise typer.BadParameter(str(exc)) from exc
    raise deliver(DOCUMENT, found, format, look, files, found.exit_code)
