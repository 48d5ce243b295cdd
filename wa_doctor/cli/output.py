"""
Brings a document to stdout and to the files of `--report`. A closed pipe is not an error.

A file of `--report` never looks like the report of a run that came to none. Whether it can be written is tried
before anything runs, and changes nothing. A run that is interrupted or crashes leaves the error document in a JSON
file, and takes away every other one that it did not write: an old report would pass for a new one, and an empty one
says nothing. A usage error leaves all files as they were.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
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


_unwritten: list[Destination] = []  # of this process, which is one run


def destinations(reports: Iterable[str] | None, document: str) -> tuple[Destination, ...]:
    """
    Read `FORMAT=PATH` options and make sure, before anything runs, that the files can be written.

    Raises:
        typer.BadParameter: the form, the format or the path is wrong, or two reports would go to one file.

    """
    found: list[Destination] = []
    for report in reports or ():
        format, equals, path = report.partition("=")
        if not equals or not path:
            raise typer.BadParameter(f"--report takes FORMAT=PATH, such as json=report.json, not {report!r}")
        if path == "-":
            raise typer.BadParameter(f"--report writes a file; for stdout there is --format {format}")
        destination = Destination(known_format(format, document), Path(path))
        try:
            _try(destination.path)
        except OSError as exc:
            raise typer.BadParameter(f"{path} cannot be written: {exc.strerror or exc}") from exc
        if any(_same_file(destination.path, other.path) for other in found):
            raise typer.BadParameter(f"two reports would be written to {path}")
        found.append(destination)
    _unwritten[:] = found
    return tuple(found)


def _try(path: Path) -> None:
    target = Path(os.path.realpath(path))
    if _is_device(target):  # nothing is there yet, and a pipe may have no reader yet
        return
    is_new = not target.exists()
    with target.open("ab"):
        pass
    if is_new:
        target.unlink()


def _same_file(one: Path, other: Path) -> bool:
    first, second = (os.path.normcase(os.path.realpath(path)) for path in (one, other))
    return first == second and not _is_device(one)


def spare(inputs: Iterable[str | Path], files: Iterable[Destination]) -> None:
    """
    Make sure, before anything is read, that no output would be written over an input, whatever it is called.

    `inputs` are files, directories of which all is read, or `-`. A link to a file is that file, and so is what the
    shell opened as stdin or stdout.

    Raises:
        typer.BadParameter: a report, or stdout, would go to what is read.

    """
    paths = [Path(os.path.realpath(each.path)) for each in files]
    outputs = [("--report", found) for path in paths if (found := _regular(path))]
    if redirected := _regular(sys.stdout):
        outputs.append(("stdout", redirected))
    if not outputs and not paths:
        return  # without looking through a directory for nothing
    for name in map(str, inputs):
        read = _regular(sys.stdin if name == "-" else Path(name))
        for output, found in outputs:
            if read and os.path.samestat(read, found):
                what = "the file that stdin is" if name == "-" else f"{name}, which is read"
                raise typer.BadParameter(f"{output} would write over {what}")
        folder = Path(os.path.realpath(name))
        for path in paths if folder.is_dir() else ():
            if _would_be_read(path, folder):
                raise typer.BadParameter(f"--report would write {path.name} among what is read, in {name}")


def _would_be_read(path: Path, folder: Path) -> bool:
    # The next run would take the report of this one for a log. What is hidden is not read.
    return path.is_relative_to(folder) and not any(part.startswith(".") for part in path.relative_to(folder).parts)


def _regular(file: Path | TextIO) -> os.stat_result | None:
    # OSError: not there, or no file at all behind a stream. A device or a pipe is not lost by being written to.
    with contextlib.suppress(OSError, ValueError):
        found = file.stat() if isinstance(file, Path) else os.fstat(file.fileno())
        return found if stat.S_ISREG(found.st_mode) else None
    return None


def _is_device(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()


def deliver(
    document: str, value: Any, format: str, look: Look, files: Sequence[Destination], exit_code: int
) -> typer.Exit:
    """Write to stdout and to every file; return the exit that the caller raises."""
    exit_code = write_files(document, value, look, files, exit_code)
    if not with_pipe(lambda out: render(document, format, value, out, look)):
        exit_code = exit_code or 3
    return typer.Exit(exit_code)


def write_files(document: str, value: Any, look: Look, files: Iterable[Destination], exit_code: int) -> int:
    """Write to every file; return the exit code, which is no longer 0 where one could not be written."""
    for destination in files:
        try:
            with destination.path.open("w", encoding="utf-8", newline="\n") as out:
                render(document, destination.format, value, out, look)
        except OSError as exc:
            say(f"{destination.path} could not be written: {exc.strerror or exc}")
            exit_code = exit_code or 3
            _take_away(destination)
        written(destination)
    return exit_code


def written(destination: Destination) -> None:
    """Take note that a file holds what this run found, or will not."""
    if destination in _unwritten:
        _unwritten.remove(destination)


def withdraw(error: str) -> None:
    """Leave nothing that looks like a report where there is none; `error` is the JSON document that says why."""
    while _unwritten:
        destination = _unwritten.pop()
        if destination.format == "json" and not _is_device(destination.path):
            try:
                destination.path.write_text(error, encoding="utf-8", newline="\n")
            except OSError as exc:
                say(f"{destination.path} could not be written: {exc.strerror or exc}")
        else:
            _take_away(destination)


def _take_away(destination: Destination) -> None:
    target = Path(os.path.realpath(destination.path))
    if not target.is_file():
        return
    try:
        target.unlink()
    except OSError as exc:
        say(f"{destination.path} is no report of this run and could not be removed: {exc.strerror or exc}")


def with_pipe(write: Callable[[TextIO], object]) -> bool:
    """
    Call `write(sys.stdout)`; return False, and say why, when it could not all be written.

    A reader who does not read to the end has what they want, and is no fault.
    """
    try:
        write(sys.stdout)
        sys.stdout.flush()
    except OSError as exc:
        return is_no_loss(exc)
    return True


def is_no_loss(exc: OSError) -> bool:
    """
    Let stdout go, which could not be written; return whether somebody had merely read enough.

    Where it was something else, it is said.
    """
    _discard(sys.stdout)
    if exc.errno in _NOBODY_READS:
        return True
    say(f"stdout could not be written: {exc.strerror or exc}")
    return False


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
