"""The events of account, numbers and templates as a story, with the failures around them."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from wa_doctor.knowledge.webhooks import EventFact, webhooks
from wa_doctor.model import Fix, Severity
from wa_doctor.webhooks.document import AccountEvent
from wa_doctor.webhooks.reading.account import LIMIT

if TYPE_CHECKING:
    from wa_doctor.webhooks.counting.tallies import Tallies
    from wa_doctor.webhooks.reading.ledger import AccountSeen, Ledger
    from wa_doctor.webhooks.story.naming import Naming

_AROUND = 86_400  # seconds in which failures are compared
_LOWEST_LIMIT = 250  # people a day that every business may write to


def account_events(
    tallies: Tallies, ledger: Ledger, naming: Naming, since: int, until: int
) -> tuple[AccountEvent, ...]:
    """Return what happened to account, numbers and templates, by time."""
    around = _Failures(tallies, ledger)
    found = [
        _event(seen, around, naming)
        for seen in _with_limits(ledger.account)
        if not seen.time or (since <= seen.time and (not until or seen.time < until))
    ]
    found.sort(key=lambda event: (event.time or 0, event.field, event.event, event.about))
    return tuple(found)


def _with_limits(events: Iterable[AccountSeen]) -> Iterator[AccountSeen]:
    """Say of an event that only tells the limit of a business what it was before: Meta does not."""
    before: dict[str, int] = {}
    for seen in sorted(events, key=lambda seen: seen.time):
        if not seen.event.startswith(LIMIT):
            yield seen
            continue
        limit = int(seen.event.removeprefix(LIMIT))
        limit = sys.maxsize if limit < 0 else limit
        known = before.get(seen.account, limit)
        before[seen.account] = limit
        if limit == known:
            word = "LOWEST" if limit <= _LOWEST_LIMIT else "LIMIT"
            yield replace(seen, event=word, details=(_people(limit),))
        else:
            word = "LIMIT_LOWERED" if limit < known else "LIMIT_RAISED"
            yield replace(seen, event=word, details=(f"now {_people(limit)}", f"before: {_people(known)}"))


def _people(limit: int) -> str:
    return "no limit" if limit == sys.maxsize else f"{limit:,} people a day"


def _event(seen: AccountSeen, around: _Failures, naming: Naming) -> AccountEvent:
    fact = webhooks()[seen.field].find(seen.event) or _unknown(seen)
    details = ", ".join(seen.details)
    before, after = around.of(seen, fact.codes) if fact.severity != Severity.NOTICE else (0, 0)
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
    return EventFact(seen.event, Severity.NOTICE, f"{seen.event}, which this version does not know")


class _Failures:
    """How many messages failed before and after a moment: all, or those of an account, a number or a template."""

    def __init__(self, tallies: Tallies, ledger: Ledger) -> None:
        self._tallies = tallies
        self._ids = {_digits(display): id for id, display in ledger.displays.items() if _digits(display)}
        self._numbers: dict[str, list[int]] = defaultdict(list)
        for number, account in ledger.accounts.items():
            self._numbers[account].append(number)
        self._series: dict[object, tuple[list[int], list[int]]] = {}

    def of(self, seen: AccountSeen, codes: tuple[int, ...]) -> tuple[int, int]:
        """
        Return the failures in the day before and in the day after an event, of what it concerns.

        They are counted by account, by number, by template and by code, not by two of these: of a number, at most as
        many as have one of the codes.
        """
        if not seen.time:
            return 0, 0
        counts = [self._count(seen.time, codes, lambda: _of_codes(self._tallies, codes))] if codes else []
        if seen.template and (not codes or any(self._tallies.templates)):  # a log of webhooks alone names no template
            template: Mapping[int, int] = self._tallies.failing_templates.get(seen.template, {})
            counts.append(self._count(seen.time, f"template {seen.template}", lambda: template))
        elif not seen.template and (number := self._ids.get(_digits(seen.display))):
            counts.append(self._count(seen.time, number, lambda: self._tallies.failing_numbers.get(number, {})))
        elif seen.display and not seen.field.startswith("account_"):
            return 0, 0  # of a number that sends nothing in this log
        elif numbers := self._numbers.get(seen.account) if len(self._numbers) > 1 else None:
            counts.append(self._count(seen.time, f"account {seen.account}", lambda: self._of_numbers(numbers)))
        elif not codes:
            counts.append(self._count(seen.time, (), lambda: _of_codes(self._tallies, ())))
        before, after = zip(*counts, strict=True)
        return min(before), min(after)

    def _of_numbers(self, numbers: Iterable[int]) -> Mapping[int, int]:
        total: Counter[int] = Counter()
        for number in numbers:
            total.update(self._tallies.failing_numbers.get(number, {}))
        return total

    def _count(self, time: int, key: object, load: Callable[[], Mapping[int, int]]) -> tuple[int, int]:
        if key not in self._series:
            minutes = load()
            ordered = sorted(minutes)
            self._series[key] = ordered, [0, *accumulate(minutes[minute] for minute in ordered)]
        ordered, sums = self._series[key]
        start, middle, end = (bisect_left(ordered, (time + offset) // 60) for offset in (-_AROUND, 0, _AROUND))
        return sums[middle] - sums[start], sums[end] - sums[middle]


def _of_codes(tallies: Tallies, codes: tuple[int, ...]) -> Mapping[int, int]:
    total: Counter[int] = Counter()
    for (code, _), tally in tallies.errors.items():
        if not codes or code in codes:
            total.update(tally.minutes)
    return total


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdigit())
