"""Brings a list of recipients to its outputs: rows as they are judged, the rest when the list has ended."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

import typer

from wa_doctor.cli.output import Destination, deliver, say, with_pipe
from wa_doctor.render import render

if TYPE_CHECKING:
    from wa_doctor.model import Severity
    from wa_doctor.recipients.bulk import Output, Sink
    from wa_doctor.recipients.document import Document
    from wa_doctor.recipients.progress import Progress
    from wa_doctor.render import Look

DOCUMENT = "recipients"
STDIN = Path("-")


@dataclass(frozen=True, slots=True)
class List:
    """A list to judge, and how: its file (or `STDIN`), the column that was asked for, whether digits are wa_ids."""

    path: Path
    column: str
    wa_id: bool
    fail_on: Severity


def judge_list(given: List, format: str, look: Look, files: Sequence[Destination]) -> typer.Exit:
    """
    Judge a list and write it in every format; return the exit that the caller raises.

    Raises:
        typer.BadParameter: the list cannot be read, or its column of recipients cannot be told.

    """
    from wa_doctor.recipients.bulk import INTERRUPTED, Unwritable
    from wa_doctor.recipients.intake import UnreadableList
    from wa_doctor.recipients.layout import UnclearList

    rows = [each for each in files if _by_rows(each.format)]
    try:
        with _opened(given.path, files) as stream:
            found = _run(given, stream, format, look, rows)
    except (UnreadableList, UnclearList) as exc:
        raise typer.BadParameter(str(exc)) from exc
    except Unwritable as exc:
        say(str(exc))
        return typer.Exit(3)
    if found is None:
        return typer.Exit(0)  # whoever read stdout had seen enough
    if found.bulk and found.bulk.stopped == INTERRUPTED:
        say(INTERRUPTED)
    others = [each for each in files if each not in rows]
    if not _by_rows(format):
        return deliver(DOCUMENT, found, format, look, others, found.exit_code)
    _write_files(found, look, others)
    if format != "json":
        from wa_doctor.render.recipients.text import render_summary

        render_summary(found, sys.stderr, look)
    return typer.Exit(found.exit_code)


def _run(given: List, stream: BinaryIO, format: str, look: Look, files: Iterable[Destination]) -> Document | None:
    from wa_doctor.recipients.bulk import Output, run

    found: list[Document] = []
    with ExitStack() as stack:
        outputs = [_file(each, stack) for each in files]
        progress = _progress(stream, look, rows_on_stdout=_by_rows(format))

        def write(out: TextIO) -> None:
            to_stdout = [Output(_sink(format), _exact(out))] if _by_rows(format) else []
            source = "stdin" if given.path == STDIN else given.path.name
            found.append(
                run(
                    stream,
                    source,
                    [*to_stdout, *outputs],
                    column=given.column,
                    wa_id=given.wa_id,
                    fail_on=given.fail_on,
                    watcher=progress,
                )
            )

        try:
            with_pipe(write)
        finally:
            if progress:
                progress.clear()
    return found[0] if found else None


def _file(destination: Destination, stack: ExitStack) -> Output:
    from wa_doctor.recipients.bulk import Output

    out = stack.enter_context(destination.path.open("w", encoding="utf-8", newline=""))
    return Output(_sink(destination.format), out, str(destination.path))


def _by_rows(format: str) -> bool:
    return hasattr(import_module(f"wa_doctor.render.{DOCUMENT}.{format}"), "Rows")


def _sink(format: str) -> Sink:
    sink: Sink = import_module(f"wa_doctor.render.{DOCUMENT}.{format}").Rows()
    return sink


def _exact(out: TextIO) -> TextIO:
    # The line ends and the characters of a list are its own, whatever the terminal would like.
    if hasattr(out, "reconfigure"):
        out.reconfigure(encoding="utf-8", newline="")
    return out


def _write_files(found: Document, look: Look, files: Iterable[Destination]) -> None:
    for destination in files:
        with destination.path.open("w", encoding="utf-8", newline="\n") as out:
            render(DOCUMENT, destination.format, found, out, look)


@contextmanager
def _opened(path: Path, files: Iterable[Destination]) -> Iterator[BinaryIO]:
    from wa_doctor.recipients.intake import open_list

    if path == STDIN:
        yield sys.stdin.buffer
        return
    for each in files:
        if each.path.exists() and path.exists() and each.path.samefile(path):
            raise typer.BadParameter(f"--report would write over the list itself, {path}")
    with open_list(path) as stream:
        yield stream


def _progress(stream: BinaryIO, look: Look, *, rows_on_stdout: bool) -> Progress | None:
    if look.quiet or not sys.stderr.isatty() or (rows_on_stdout and sys.stdout.isatty()):
        return None

    from wa_doctor.recipients.progress import Progress

    try:
        found = os.fstat(stream.fileno())
    except OSError:
        return Progress(sys.stderr)
    return Progress(sys.stderr, found.st_size if stat.S_ISREG(found.st_mode) else 0)
