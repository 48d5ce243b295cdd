"""Brings a document to stdout and to the files of `--report`. A closed pipe is not an error."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import typer

from wa_doctor.cli.options import known_format
from wa_doctor.render import Look, render


@dataclass(frozen=True, slots=True)
class Destination:
    """A file that a report goes to."""

    format: str
    path: Path


def destinations(reports: Iterable[str] | None, document: str) -> tuple[Destination, ...]:
    """
    Read `FORMAT=PATH` options and make sure, before anything runs, that the files can be written.

    Raises:
        typer.BadParameter: the form, the format or the path is wrong.

    """
    found = []
    for report in reports or ():
        format, equals, path = report.partition("=")
        if not equals or not path:
            raise typer.BadParameter(f"--report takes FORMAT=PATH, such as json=report.json, not {report!r}")
        destination = Destination(known_format(format, document), Path(path))
        try:
            with destination.path.open("a", encoding="utf-8"):
                pass
        except OSError as exc:
            raise typer.BadParameter(f"{path} cannot be written: {exc.strerror or exc}") from exc
        found.append(destination)
    return tuple(found)


def deliver(
    document: str, value: Any, format: str, look: Look, files: Sequence[Destination], exit_code: int
) -> typer.Exit:
    """Write to stdout and to every file; return the exit that the caller raises."""
    for destination in files:
        try:
            with destination.path.open("w", encoding="utf-8", newline="\n") as out:
                render(document, destination.format, value, out, look)
        except OSError as exc:
            say(f"{destination.path} could not be written: {exc.strerror or exc}")
            exit_code = exit_code or 3
    with_pipe(lambda out: render(document, format, value, out, look))
    return typer.Exit(exit_code)


def with_pipe(write: Any) -> None:
    """Call `write(sys.stdout)` and end quietly when nobody reads it to the end."""
    try:
        write(sys.stdout)
        sys.stdout.flush()
    except OSError as exc:
        if exc.errno not in (errno.EPIPE, errno.EINVAL):
            raise
        # What is left in the buffer must not raise again when the interpreter closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(line: str, err: TextIO | None = None) -> None:
    """Tell the user something beside the report."""
    print(f"wa-doctor: {line}", file=err or sys.stderr)
