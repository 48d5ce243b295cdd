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

from wa_doctor.cli.output import Destination, deliver, is_no_loss, say, spare, write_files, written

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


@dataclass(slots=True)
class _ToStdout:
    """Rows for stdout as long as they can be written there; `left` says that they no longer can."""

    output: Output
    left: bool = False
    is_loss: bool = False

    @property
    def sink(self) -> Sink:
        return self.output.sink

    def write(self, text: str) -> None:
        if self.left:
            return
        try:
            self.output.write(text)
        except OSError as exc:
            self.left = True
            self.is_loss = not is_no_loss(exc)


@dataclass(slots=True)
class _ToFile:
    """Rows for a file of `--report`, which is left alone until there are some."""

    destination: Destination
    sink: Sink
    stack: ExitStack
    output: Output | None = None

    def write(self, text: str) -> None:
        if self.output is None:
            self.output = self._opened()
        self.output.write(text)

    def _opened(self) -> Output:
        from wa_doctor.recipients.bulk import Output, Unwritable

        path = self.destination.path
        try:
            out = self.stack.enter_context(path.open("w", encoding="utf-8", newline=""))
        except OSError as exc:
            raise Unwritable(f"{path} could not be written: {exc.strerror or exc}") from exc
        if self.destination.format != "json":  # rows are right however many there are, half a document is none
            written(self.destination)
        return Output(self.sink, out, str(path))


def judge_list(given: List, format: str, look: Look, files: Sequence[Destination]) -> typer.Exit:
    """
    Judge a list and write it in every format; return the exit that the caller raises.

    A reader of stdout who has seen enough ends the run where there is no file to finish.

    Raises:
        typer.BadParameter: the list cannot be read, or its column of recipients cannot be told.
        OSError: a file cannot be written.

    """
    from wa_doctor.recipients.bulk import INTERRUPTED, Output, Unwritable
    from wa_doctor.recipients.intake import UnreadableList
    from wa_doctor.recipients.layout import UnclearList

    stdout = _ToStdout(Output(_sink(format), _exact(sys.stdout))) if _by_rows(format) else None
    rows = [each for each in files if _by_rows(each.format)]
    try:
        spare([given.path], files)
        with _opened(given.path) as stream:
            found = _run(given, stream, look, stdout, rows, to_its_end=bool(files))
    except (UnreadableList, UnclearList) as exc:
        raise typer.BadParameter(str(exc)) from exc
    except Unwritable as exc:
        raise OSError(str(exc)) from exc
    code = found.exit_code or (3 if stdout and stdout.is_loss else 0)
    if stdout and stdout.left and not files:
        return typer.Exit(code)
    if found.bulk and found.bulk.stopped == INTERRUPTED:
        say(INTERRUPTED)
    others = [each for each in files if each not in rows]
    if not stdout:
        return deliver(DOCUMENT, found, format, look, others, code)
    code = write_files(DOCUMENT, found, look, others, code)
    if format != "json":
        from wa_doctor.render.recipients.text import render_summary

        render_summary(found, sys.stderr, look)
    return typer.Exit(code)


def _run(
    given: List,
    stream: BinaryIO,
    look: Look,
    stdout: _ToStdout | None,
    files: Iterable[Destination],
    *,
    to_its_end: bool,
) -> Document:
    from wa_doctor.recipients.bulk import run

    progress = _progress(stream, look, rows_on_stdout=stdout is not None)
    with ExitStack() as stack:
        to_files = [_ToFile(each, _sink(each.format), stack) for each in files]
        try:
            found = run(
                stream,
                "stdin" if given.path == STDIN else given.path.name,
                [*([stdout] if stdout else []), *to_files],
                column=given.column,
                wa_id=given.wa_id,
                fail_on=given.fail_on,
                watcher=progress,
                enough=lambda: stdout is not None and stdout.left and not to_its_end,
            )
        finally:
            if progress:
                progress.clear()
    for each in to_files:
        written(each.destination)
    return found


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


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    from wa_doctor.recipients.intake import open_list

    if path == STDIN:
        yield sys.stdin.buffer
        return
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
