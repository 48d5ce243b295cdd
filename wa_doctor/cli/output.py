"""Brings a document to stdout and to the files of `--report`. A closed pipe is not an error."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import typer

from wa_doctor.cli.options import known_format
from wa_doctor.render import Look, render

_NOBODY_READS = (errno.EPIPE, errno.EINVAL)  # Windows gives the second for a closed pipe


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
    if not with_pipe(lambda out: render(document, format, value, out, look)):
        exit_code = exit_code or 3
    return typer.Exit(exit_code)


def with_pipe(write: Callable[[TextIO], object]) -> bool:
    """
    Call `write(sys.stdout)`; return False, and say why, when it could not all be written.

    A reader who does not read to the end has what they want, and is no fault.
    """
    try:
        write(sys.stdout)
        sys.stdout.flush()
    except OSError as exc:
        _discard(sys.stdout)
        if exc.errno in _NOBODY_READS:
            return True
        say(f"stdout could not be written: {exc.strerror or exc}")
        return False
    return True


def say(line: str) -> None:
    """Tell the user something beside the report."""
    try:
        sys.stderr.write(f"wa-doctor: {line}\n")
        sys.stderr.flush()
    except OSError:
        _discard(sys.stderr)


def open_streams() -> None:
    """Make sure that there is something to read and to write, and that no character is unwritable."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # the caller closed it: `>&-`
            nothing = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - for the rest of the process
            setattr(sys, name, nothing)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def settle_streams() -> None:
    """Write what is still held back, so that the end of the interpreter has nothing left to complain about."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            _discard(stream)


def _discard(stream: TextIO) -> None:
    # What is left in the buffer must not raise again when the interpreter closes the stream.
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
