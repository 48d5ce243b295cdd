"""What several formats say in the same words: counts, the list and its dates, the limits of every answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wa_doctor.knowledge import regions
from wa_doctor.recipients.verdict import ALLOWED, BLOCKED, INVALID, UNCERTAIN

if TYPE_CHECKING:
    from wa_doctor.recipients.document import Bulk, Document
    from wa_doctor.recipients.outcomes import Tally
    from wa_doctor.recipients.verdict import Verdict

STYLES = {BLOCKED: "fail", UNCERTAIN: "warn", INVALID: "fail", ALLOWED: "pass"}


def counts(document: Document) -> Iterator[tuple[str, str]]:
    """Yield every verdict that occurred with how often it did, in words."""
    for verdict, count in document.counts.items():
        if count:
            yield verdict, f"{count:,} {verdict}"


def extent(bulk: Bulk) -> str:
    """Say how much was looked at, and how fast."""
    rows = f"{bulk.rows:,} row{'' if bulk.rows == 1 else 's'} of {bulk.source}"
    speed = f", {bulk.rows / bulk.seconds:,.0f} rows a second" if bulk.seconds >= 1 else ""
    return f"{rows} in {bulk.seconds:.1f} s{speed}"


def places(bulk: Bulk) -> Iterator[Tally]:
    """Yield what was counted by verdict and place: all that is not allowed, then the allowed, most frequent first."""
    order = list(STYLES)
    yield from sorted((each for each in bulk.tallies if each.count), key=lambda each: order.index(each.verdict))


def list_line(document: Document) -> str:
    """Name the list, the day of its version and the day it was read."""
    listed = document.listed
    return f"List: {listed.title} (version of {listed.updated}, read {listed.checked})"


def limits(document: Document) -> str:
    """Say what no answer can know."""
    return f"{document.listed.assigned} {document.listed.silence}"


def source_lines(verdict: Verdict) -> Iterator[str]:
    """Yield each source with the day it was read."""
    for key in verdict.sources:
        known = regions.sources().get(key)
        yield f"{known.title}, read {known.read}" if known else key
