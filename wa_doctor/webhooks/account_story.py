"""The events of account, numbers and templates as a story, with the failures around them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from itertools import accumulate
from typing import TYPE_CHECKING

from wa_doctor.knowledge.webhooks import EventFact, webhooks
from wa_doctor.model import Fix, Severity
from wa_doctor.webhooks.document import AccountEvent

if TYPE_CHECKING:
    from wa_doctor.webhooks.ledger import AccountSeen, Ledger
    from wa_doctor.webhooks.naming import Naming
    from wa_doctor.webhooks.tallies import Tallies

_AROUND = 86_400  # seconds in which failures are compared


def account_events(
    tallies: Tallies, ledger: Ledger, naming: Naming, since: int, until: int
) -> tuple[AccountEvent, ...]:
    """Return what happened to account, numbers and templates, by time."""
    around = _Failures(tallies, ledger.displays)
    found = [
        _event(seen, around, naming)
        for seen in ledger.account
        if not seen.time or (since <= seen.time and (not until or seen.time < until))
    ]
    found.sort(key=lambda event: (event.time or 0, event.field, event.event, event.about))
    return tuple(found)


def _event(seen: AccountSeen, around: _Failures, naming: Naming) -> AccountEvent:
    fact = webhooks()[seen.field].find(seen.event) or _unknown(seen)
    details = ", ".join(seen.details)
    before, after = around.of(seen) if fact.severity != Severity.NOTICE else (0, 0)
    return AccountEvent(
        time=seen.time or None,
        field=seen.field,
        event=seen.event,
        about=seen.about or (f"account {seen.account}" if seen.account else ""),
        severity=Severity(fact.severity),
        meaning=naming.text(f"{fact.meaning} ({details})" if details else fact.meaning),
        fix=Fix(fact.fix, url=fact.url) if fact.fix else None,
        failures_before=before,
        failures_after=after,
    )


def _unknown(seen: AccountSeen) -> EventFact:
    return EventFact(seen.event, Severity.NOTICE, webhooks()[seen.field].tells)


class _Failures:
    """How many messages failed before and after a moment: all, those of a number, or those of a template."""

    def __init__(self, tallies: Tallies, displays: Mapping[int, str]) -> None:
        self._tallies = tallies
        self._ids = {_digits(display): id for id, display in displays.items() if _digits(display)}
        self._series: dict[str, tuple[list[int], list[int]]] = {}

    def of(self, seen: AccountSeen) -> tuple[int, int]:
        """Return the failures in the day before and in the day after an event, of what it concerns."""
        if not seen.time:
            return 0, 0
        if seen.template:
            minutes: Mapping[int, int] = self._tallies.failing_templates.get(seen.template, {})
            key = f"template {seen.template}"
        elif number := self._ids.get(_digits(seen.display)):
            minutes = self._tallies.failing_numbers.get(number, {})
            key = f"number {number}"
        else:
            minutes = _all(self._tallies) if "all" not in self._series else {}
            key = "all"
        if key not in self._series:
            ordered = sorted(minutes)
            self._series[key] = ordered, [0, *accumulate(minutes[minute] for minute in ordered)]
        ordered, sums = self._series[key]
        start, middle, end = (bisect_left(ordered, (seen.time + offset) // 60) for offset in (-_AROUND, 0, _AROUND))
        return sums[middle] - sums[start], sums[end] - sums[middle]


def _all(tallies: Tallies) -> Mapping[int, int]:
    total: Counter[int] = Counter()
    for minutes in tallies.failing_numbers.values():
        total.update(minutes)
    return total


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdigit())
