"""What happened besides, in the order of time: account events, piles of failures and gaps in one list."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wa_doctor.model import Severity
from wa_doctor.render.triage import _wording as wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wa_doctor.model import Fix
    from wa_doctor.webhooks.document import AccountEvent, Gap, Triage
    from wa_doctor.webhooks.totals import Incident


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One thing that happened. `kind` is `account`, `failures` or `gap`; `end` is None for what is a moment.

    `text` is a sentence, `asides` are figures and Meta's own words for it.
    """

    kind: str
    time: int | None
    end: int | None
    severity: Severity
    text: str
    asides: tuple[str, ...] = ()
    fix: Fix | None = None

    @property
    def when(self) -> str:
        """Its time for people, in UTC."""
        return wording.period(self.time, self.time if self.end is None else self.end)


def story(document: Triage) -> tuple[Entry, ...]:
    """Return all that happened; what has no time comes first."""
    return tuple(
        heapq.merge(
            (_account(each) for each in document.account),
            (_incident(each) for each in document.incidents),
            (_gap(each) for each in document.webhooks.gaps),
            key=lambda entry: (entry.time is not None, entry.time or 0),
        )
    )


def _account(event: AccountEvent) -> Entry:
    said = f"{event.about}: {event.meaning}" if event.about and event.about not in event.meaning else event.meaning
    return Entry("account", event.time, None, event.severity, said, tuple(_around(event)), event.fix)


def _around(event: AccountEvent) -> Iterator[str]:
    yield f"{event.field} {event.event}".strip()
    if event.failures_before or event.failures_after:
        yield f"failures in the 24 h before: {event.failures_before:,}, in the 24 h after: {event.failures_after:,}"


def _incident(incident: Incident) -> Entry:
    lasted = wording.lasting(incident.end - incident.start)
    asides = (
        f"{wording.count(incident.count, 'failure')} within {lasted}",
        "ended: messages went out again" if incident.ended else "no message went out after it",
    )
    severity = Severity.WARNING if incident.ended else Severity.ERROR
    return Entry("failures", incident.start, incident.end, severity, incident.message, asides, incident.fix)


def _gap(gap: Gap) -> Entry:
    text = f"no event for {wording.lasting(gap.end - gap.start)}"
    return Entry("gap", gap.start, gap.end, Severity.NOTICE, text)
