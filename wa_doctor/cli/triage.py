"""Read webhook logs and say what became of every message: verdict, cause, what to do first."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from wa_doctor.cli import choices
from wa_doctor.cli import options as given

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
    format: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            autocompletion=choices.format_names,
            help="How to write to stdout: text, json, ndjson, csv, markdown or html.",
        ),
    ] = "text",
    report: given.Reports = None,
    facts: given.Facts = None,
    color: given.Color = "auto",
    verbose: given.Verbose = False,
    quiet: given.Quiet = False,
) -> None:
    from wa_doctor.cli.output import deliver, destinations, say
    from wa_doctor.model import Severity
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
    _exists(request.names)
    progress = _Progress()
    try:
        with triage(request, progress.show) as document:
            progress.clear()
            for place in document.input.unreadable_list:
                if not place.line:
                    say(f"{place.file}: {place.reason}")
            ended = deliver("triage", document, format, given.look(color, verbose, quiet), files, document.exit_code)
    finally:
        progress.clear()
    raise ended


def _exists(names: tuple[str, ...]) -> None:
    missing = [name for name in names if name != "-" and not Path(name).exists()]
    if missing:
        raise typer.BadParameter(f"there is no {missing[0]}")


def _moment(text: str) -> int:
    from wa_doctor.webhooks import moments

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


class _Progress:
    """One line on stderr that says how far the reading is, how fast, and how long it takes; only for a terminal."""

    _PAUSE = 0.2  # seconds between two lines

    def __init__(self) -> None:
        import time

        self._clock = time.monotonic
        self._on = sys.stderr.isatty()
        self._started = self._last = self._clock()
        self._shown = False

    def show(self, done: int, size: int) -> None:
        """Say how many bytes of how many are read."""
        if not self._on:
            return
        now = self._clock()
        if now - self._last < self._PAUSE:
            return
        self._last = now
        rate = done / (now - self._started)
        line = f"{done / 1e6:,.0f} MB read, {rate / 1e6:,.0f} MB/s"
        if size > done:
            line = f"{done / size:.0%}, {line}, {(size - done) / rate:,.0f} s left" if rate else line
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False
