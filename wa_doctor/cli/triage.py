"""Read webhook logs and say what became of every message: verdict, cause, what to do first."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wa_doctor.cli import options as given

if TYPE_CHECKING:
    from wa_doctor.cli.progress import Progress
    from wa_doctor.webhooks.document import Triage

_SOURCES_SAID = 10  # that could not be read
_SIZES = {"": 1 << 20, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def command(
    names: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Logs, directories of logs, or - for stdin; .gz and .zst too."),
    ],
    message: Annotated[
        str, typer.Option("--message", metavar="ID", help="Show this one message, with its timeline.")
    ] = "",
    undelivered: Annotated[
        bool,
        typer.Option("--undelivered", help="Add the checklist to go through with a customer who receives nothing."),
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", min=0, help="How many messages to list, the worst first."),
    ] = None,
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="Leave out messages that began before, e.g. 2026-03-01.")
    ] = "",
    until: Annotated[
        str, typer.Option("--until", metavar="TIME", help="Leave out messages that began at or after this time.")
    ] = "",
    list_unreadable: Annotated[
        bool, typer.Option("--list-unreadable", help="Name every line that could not be read, and why.")
    ] = False,
    personal_data: Annotated[
        bool, typer.Option("--show-personal-data", help="Show whole phone numbers instead of masked ones.")
    ] = False,
    pseudonyms: Annotated[
        bool,
        typer.Option("--pseudonyms", help="Replace message ids and recipients by names that stay the same."),
    ] = False,
    memory: Annotated[
        str,
        typer.Option("--memory", metavar="SIZE", help="Go to disk when the messages need more, e.g. 200m or 4g."),
    ] = "1g",
    fail_on: given.FailOn = "error",
    format: Annotated[str, given.format_option("text, json, ndjson, csv, markdown or html")] = "text",
    report: given.Reports = None,
    facts: given.Facts = None,
    color: given.Color = "auto",
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show every row, and the timelines.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Show totals, causes and what to do first.")] = False,
) -> None:
    from wa_doctor.cli.output import deliver, destinations, spare
    from wa_doctor.cli.progress import Progress
    from wa_doctor.model import Severity
    from wa_doctor.webhooks.reading import sources
    from wa_doctor.webhooks.triage import Request, triage

    given.lay_over(facts)
    given.known_format(format, "triage")
    files = destinations(report, "triage")
    request = Request(
        names=tuple(names),
        message=message,
        undelivered=undelivered,
        limit=limit,
        since=_moment(since),
        until=_moment(until),
        fail_on=Severity(fail_on),
        personal_data=personal_data,
        pseudonyms=pseudonyms,
        list_unreadable=list_unreadable,
        memory=_bytes(memory),
    )
    if 0 < request.until <= request.since:
        raise typer.BadParameter(f"--since {since} is not before --until {until}")
    _exists(request.names)
    spare(chain(names, sources.expand(names)), files)
    look = given.look(color, verbose, quiet)
    progress = Progress(sys.stderr)
    if sys.stderr.isatty() and not quiet:
        progress.start()
    try:
        with triage(request, progress) as document:
            progress.write()
            if sys.stdout.isatty():
                progress.clear()
            if quiet or format != "text":
                _say_what_was_not_read(document, progress)
            ended = deliver("triage", document, format, look, files, document.exit_code)
    finally:
        progress.clear()
    raise ended


def _say_what_was_not_read(document: Triage, progress: Progress) -> None:
    from wa_doctor.cli.output import say

    found = [each for each in document.input.unreadable_list if not each.line]
    if found:
        progress.clear()
    shown = found if document.input.list_wanted else found[:_SOURCES_SAID]
    for each in shown:
        say(f"{each.file}: {each.reason}")
    if len(shown) < len(found):
        say(f"{len(found) - len(shown):,} more: --list-unreadable")


def _exists(names: tuple[str, ...]) -> None:
    missing = [name for name in names if name != "-" and not Path(name).exists()]
    if missing:
        raise typer.BadParameter(f"there is no {missing[0]}")


def _moment(text: str) -> int:
    from wa_doctor.webhooks.reading import moments

    if not text:
        return 0
    time = moments.seconds(f"{text}T00:00:00Z" if text.count("-") == 2 and "T" not in text else text)
    if time is None:
        raise typer.BadParameter(f"{text!r} is no time; write 2026-03-01, 2026-03-01T09:30:00Z or seconds since 1970")
    return time


def _bytes(text: str) -> int:
    number, unit = text.strip().lower().removesuffix("b"), ""
    if number[-1:] in _SIZES:
        number, unit = number[:-1], number[-1:]
    if not number.isdigit() or not int(number):
        raise typer.BadParameter(f"{text!r} is no size; write 200m or 4g")
    return int(number) * _SIZES[unit]
