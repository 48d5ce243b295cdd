"""
Judges a list of any length in flat memory: reads, decides and writes batch by batch.

What is written is complete rows, whenever it ends: by the end of the list, by Ctrl-C, or because all readers have
seen enough.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from time import monotonic
from types import FrameType
from typing import BinaryIO, Protocol, TextIO

from wa_doctor.model import Severity
from wa_doctor.recipients import intake
from wa_doctor.recipients.document import Bulk, Document, Problem, exit_code
from wa_doctor.recipients.judge import judge
from wa_doctor.recipients.layout import Layout, find_layout
from wa_doctor.recipients.outcomes import Outcome, Outcomes, is_problem
from wa_doctor.recipients.records import Records, Rows
from wa_doctor.recipients.verdict import INVALID, VERDICTS, Verdict

_SAMPLE = 50  # lines that the layout is found from
_PROBLEMS = 1000  # kept for the formats that are no list of rows; the rest is only counted

INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Judged:
    """A batch of rows with their outcomes, in order; `records` takes the text of a row apart into its columns."""

    layout: Layout
    rows: Rows
    outcomes: Sequence[Outcome]
    records: Records
    wa_id: bool

    def verdict(self, index: int) -> Verdict:
        """Return all that is known about one row."""
        if reason := self.rows.bad.get(index):
            fix = "Correct this row in the list."
            shown = self.records.fields(self.rows.texts[index])[0]
            return Verdict(shown, "name", INVALID, reason, fix=fix, confidence="certain")
        return judge(self.rows.values[index], wa_id=self.wa_id, suggest=False)


class Sink(Protocol):
    """A format that writes row by row. Each method returns text; what it returns is complete rows."""

    def begin(self, layout: Layout, newline: str) -> str:
        """Return what stands in front of the rows."""

    def rows(self, judged: Judged) -> str:
        """Return the rows of a batch."""

    def end(self, document: Document) -> str:
        """Return what stands behind the rows."""


class Unwritable(Exception):
    """A report file that could not be written; the message names it."""


class Destination(Protocol):
    """Where the rows of a format go."""

    @property
    def sink(self) -> Sink:
        """The format."""

    def write(self, text: str) -> None:
        """Write complete rows."""


@dataclass(frozen=True, slots=True)
class Output:
    """A stream as a destination. `name` is that of a file; without one, trouble in writing is the caller's."""

    sink: Sink
    out: TextIO
    name: str = ""

    def write(self, text: str) -> None:
        """Write complete rows."""
        if not text:
            return
        try:
            self.out.write(text)
            self.out.flush()
        except OSError as exc:
            if not self.name:
                raise
            raise Unwritable(f"{self.name} could not be written: {exc.strerror or exc}") from exc


class Watcher(Protocol):
    """Is told after every batch how far the run is."""

    def __call__(self, rows: int, position: int) -> None:
        """Take note of the rows that were judged and the bytes that were read."""


def run(
    stream: BinaryIO,
    source: str,
    outputs: Sequence[Destination],
    *,
    column: str = "",
    wa_id: bool = False,
    fail_on: Severity = Severity.ERROR,
    watcher: Watcher | None = None,
    enough: Callable[[], bool] = lambda: False,
) -> Document:
    """
    Judge every row of a list, write it to the outputs, and return the summary.

    `enough` is asked after every batch whether to go on.

    Raises:
        wa_doctor.recipients.intake.UnreadableList: the list cannot be read from its beginning.
        wa_doctor.recipients.layout.UnclearList: the column of recipients cannot be told.
        Unwritable: a file cannot be written.
        OSError: an output without a name cannot be written.

    """
    started = monotonic()
    notices = intake.Notices()
    batches = intake.batches(stream, notices)
    first = next(batches, [])
    layout = find_layout(first[:_SAMPLE], column)
    wa_id = wa_id or layout.wa_id
    outcomes = Outcomes(wa_id=wa_id)
    problems: list[Problem] = []
    rows = 0
    stopped = ""
    try:
        with _uninterrupted():
            _write(outputs, [each.sink.begin(layout, notices.newline) for each in outputs])
        for judged in _judged(chain((first,), batches), layout, outcomes, wa_id=wa_id):
            texts = [each.sink.rows(judged) for each in outputs]
            with _uninterrupted():
                _write(outputs, texts)
                outcomes.count(judged.outcomes)
                if len(problems) < _PROBLEMS:
                    problems += islice(_problems(judged, rows), _PROBLEMS - len(problems))
                rows += len(judged.outcomes)
            if watcher:
                watcher(rows, notices.position)
            if enough():
                break
    except KeyboardInterrupt:
        stopped = INTERRUPTED
    except intake.UnreadableList as exc:
        stopped = str(exc)
    tallies = tuple(outcomes.tallies())
    counts = {verdict: sum(each.count for each in tallies if each.verdict == verdict) for verdict in VERDICTS}
    said = notices.sentences()
    if layout.wa_id:
        said = (*said, f"the column {layout.column_name!r} was taken to hold wa_ids, calling code included")
    found = Bulk(source, layout.column_name, rows, monotonic() - started, tallies, tuple(problems), said, stopped)
    document = Document(tuple(each.verdict for each in problems), counts, _exit_code(counts, fail_on, stopped), found)
    with _uninterrupted():
        _write(outputs, [each.sink.end(document) for each in outputs])
    return document


def _exit_code(counts: Mapping[str, int], fail_on: Severity, stopped: str) -> int:
    if stopped == INTERRUPTED:
        return 130
    code = exit_code(counts, fail_on)
    return 3 if stopped and code == 0 else code


def _judged(batches: Iterator[list[str]], layout: Layout, outcomes: Outcomes, *, wa_id: bool) -> Iterator[Judged]:
    records = Records(layout)

    def judged(rows: Rows) -> Judged:
        found = list(map(outcomes.of, rows.values))
        for index, reason in rows.bad.items():
            found[index] = outcomes.malformed(reason)
        return Judged(layout, rows, found, records, wa_id)

    for index, lines in enumerate(batches):
        yield judged(records.take(_without_header(lines) if index == 0 and layout.header else lines))
    yield judged(records.rest())


def _without_header(lines: list[str]) -> list[str]:
    return lines[next(index for index, line in enumerate(lines) if line.strip()) + 1 :]


def _problems(judged: Judged, before: int) -> Iterator[Problem]:
    header = 1 if judged.layout.header else 0
    for index, outcome in enumerate(judged.outcomes):
        if is_problem(outcome):
            yield Problem(before + index + 1 + header, judged.verdict(index))


def _write(outputs: Sequence[Destination], texts: Sequence[str]) -> None:
    for output, text in zip(outputs, texts, strict=True):
        output.write(text)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let a first Ctrl-C wait until the rows are written; a second one does not wait."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    wanted = False

    def later(number: int, frame: FrameType | None) -> None:
        nonlocal wanted
        if wanted:
            signal.default_int_handler(number, frame)
        wanted = True

    before = signal.signal(signal.SIGINT, later)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if wanted:
        raise KeyboardInterrupt
