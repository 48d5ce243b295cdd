"""What a run says about recipients, complete: every format is written from this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wa_doctor.knowledge import regions
from wa_doctor.model import Severity
from wa_doctor.recipients.verdict import BLOCKED, INVALID, UNCERTAIN, VERDICTS, Verdict

if TYPE_CHECKING:
    from wa_doctor.knowledge.regions import ListFact
    from wa_doctor.recipients.outcomes import Tally


@dataclass(frozen=True, slots=True)
class Problem:
    """A row of a list that somebody should look at; rows count from 1, the header included."""

    row: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Bulk:
    """
    What only a list has.

    `source` is a file name or `stdin`, `column` the heading or number of the column that was read. `problems` are
    the first thousand; `tallies` count every row by verdict and place. `stopped` says why the list was not read to
    its end, and is empty if it was.
    """

    source: str
    column: str
    rows: int
    seconds: float
    tallies: tuple[Tally, ...]
    problems: tuple[Problem, ...]
    notices: tuple[str, ...] = ()
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """Verdicts, how many there are of each, the exit code, and the list they rest on."""

    results: tuple[Verdict, ...]
    counts: Mapping[str, int]
    exit_code: int
    bulk: Bulk | None = None
    listed: ListFact = field(default_factory=regions.list_fact)

    @property
    def total(self) -> int:
        """How many recipients were looked at."""
        return sum(self.counts.values())


def document(verdicts: Iterable[Verdict], fail_on: Severity = Severity.ERROR) -> Document:
    """Gather the verdicts about some recipients."""
    results = tuple(verdicts)
    counts = {verdict: sum(each.verdict == verdict for each in results) for verdict in VERDICTS}
    return Document(results, counts, exit_code(counts, fail_on))


def exit_code(counts: Mapping[str, int], fail_on: Severity = Severity.ERROR) -> int:
    """Return 1 for anything blocked or invalid (uncertain too, if warnings count), 3 for nothing at all, else 0."""
    if counts[BLOCKED] or counts[INVALID] or (fail_on is Severity.WARNING and counts[UNCERTAIN]):
        return 1
    return 0 if any(counts.values()) else 3
