"""Finds failures that belong together in time: bursts, incidents of the platform, what worked and began to fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from wa_doctor.model import Fix
from wa_doctor.redact import plain
from wa_doctor.webhooks.story import catalogue
from wa_doctor.webhooks.totals import Incident, IncidentKind

if TYPE_CHECKING:
    from wa_doctor.webhooks.counting.tallies import Code, Tallies

RATE_LIMITS = frozenset((4, 80007, 130429, 131048, 131056))
PLATFORM = frozenset((1, 2, 131000, 131016))  # "try again later": Meta's own trouble, often while it updates the API

_PIECE = 5  # minutes, in which failures are compared with the usual rate
_LEAST = 8  # failures in a piece
_LEAST_PLATFORM = 4
_TIMES = 6  # the usual rate
_SHORT = 24  # pieces, two hours
_APART = 2  # pieces without a pile that end one
_LEAST_ONSET = 5  # failures in a row with nothing that arrives between
_MOST = 50


def incidents(tallies: Tallies, number_name: Callable[[int | str], str]) -> tuple[Incident, ...]:
    """Return the incidents of a log, by time; the largest ones where there are many."""
    found = [*_piles(tallies), *_onsets(tallies, number_name)]
    found.sort(key=lambda each: -each.count)
    return tuple(sorted(found[:_MOST], key=lambda each: (each.start, each.end, each.title)))


def _piles(tallies: Tallies) -> Iterator[Incident]:
    span = max(1, (tallies.last - tallies.first) // (60 * _PIECE) + 1)
    for code, tally in sorted(tallies.errors.items(), key=lambda item: (item[0][0], item[0][1] or 0)):
        least = _LEAST_PLATFORM if code[0] in PLATFORM else _LEAST
        if tally.count < least:
            continue
        # A short log may hold little but the pile: there is no usual rate to compare those codes with.
        known_kind = code[0] in PLATFORM or code[0] in RATE_LIMITS
        usual = 0.0 if known_kind and span < _SHORT else tally.count / span
        pieces: Counter[int] = Counter()
        for minute, count in tally.minutes.items():
            pieces[minute // _PIECE] += count
        high = sorted(piece for piece, count in pieces.items() if count >= max(least, _TIMES * usual))
        for first, last in _runs(high):
            minutes = [minute for minute in tally.minutes if first <= minute // _PIECE <= last]
            count = sum(tally.minutes[minute] for minute in minutes)
            yield _pile(code, min(minutes) * 60, max(minutes) * 60 + 59, count, tallies)


def _runs(pieces: list[int]) -> Iterator[tuple[int, int]]:
    first = last = -1
    for piece in pieces:
        if last >= 0 and piece - last > _APART:
            yield first, last
            first = -1
        first = piece if first < 0 else first
        last = piece
    if last >= 0:
        yield first, last


def _pile(code: Code, start: int, end: int, count: int, tallies: Tallies) -> Incident:
    known = catalogue.known(*code)
    start, end = max(start, tallies.errors[code].first), min(end, tallies.errors[code].last)
    ended = tallies.last_good > end
    title = known.title or f"error {code[0]}"
    fix = known.fixes[0] if known.fixes else None
    if code[0] in RATE_LIMITS:
        kind = IncidentKind.RATE_LIMIT
        message = f"{_messages(count)} failed with {code[0]} because too much was sent at once"
    elif code[0] in PLATFORM:
        kind = IncidentKind.PLATFORM
        if ended:
            message = f"{_messages(count)} failed with {code[0]} and then it ended by itself: trouble at Meta"
            fix = Fix("Send these messages again; nothing has to be repaired on your side.")
        else:
            message = f"{_messages(count)} failed with {code[0]} and nothing arrived since: trouble at Meta"
            fix = Fix("See whether Meta reports an incident, and send again when it is over.", "wa-doctor status")
    else:
        kind = IncidentKind.BURST
        message = f"{_messages(count)} failed with {code[0]} in a short time"
    return Incident(kind, code[0], title, start, end, ended, count, "", message, fix)


def _onsets(tallies: Tallies, number_name: Callable[[int | str], str]) -> Iterator[Incident]:
    for template, minutes in sorted(tallies.failing_templates.items()):
        last_good = tallies.good_templates.get(template, 0)
        yield from _onset(IncidentKind.TEMPLATE, template, plain(template, 100), minutes, last_good, tallies)
    for number, minutes in sorted(tallies.failing_numbers.items(), key=lambda item: str(item[0])):
        if number:
            last_good = tallies.good_numbers.get(number, 0)
            yield from _onset(IncidentKind.NUMBER, number, number_name(number), minutes, last_good, tallies)


def _onset(
    kind: IncidentKind, key: int | str, subject: str, minutes: Mapping[int, int], last_good: int, tallies: Tallies
) -> Iterator[Incident]:
    later = [minute for minute in minutes if minute > last_good // 60]
    count = sum(minutes[minute] for minute in later)
    if not last_good or count < _LEAST_ONSET:
        return
    start, end = min(later) * 60, max(later) * 60 + 59
    code = _main_code("template" if kind is IncidentKind.TEMPLATE else "number", key, start, tallies)
    known = catalogue.known(code, None) if code is not None else None
    what = "template" if kind is IncidentKind.TEMPLATE else "number"
    yield Incident(
        kind=kind,
        code=code,
        title=f"{what} {subject} began to fail",
        start=start,
        end=min(end, tallies.last),
        ended=False,
        count=count,
        subject=subject,
        message=f"{what} {subject} worked before, and then {_messages(count)} failed and none arrived",
        fix=known.fixes[0] if known and known.fixes else None,
    )


def _main_code(place: str, key: int | str, start: int, tallies: Tallies) -> int | None:
    counts: Counter[int] = Counter()
    for (code, _), tally in tallies.errors.items():
        if place in tally.where and (there := tally.where[place][key]):
            later = sum(count for minute, count in tally.minutes.items() if minute * 60 >= start)
            counts[code] += min(there, later)
    return min(counts, key=lambda code: (-counts[code], code)) if counts else None


def _messages(count: int) -> str:
    return f"{count:,} message{'s' if count != 1 else ''}"
