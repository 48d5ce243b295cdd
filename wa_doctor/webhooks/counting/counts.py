"""Makes the totals of the document from the tallies: errors, groups, hours, latency."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from wa_doctor.redact import plain
from wa_doctor.webhooks.counting import places
from wa_doctor.webhooks.counting.tallies import (
    ACCEPTED,
    DELIVERED,
    FAILED,
    FLIGHT,
    HOUR,
    SPAN,
    UNDELIVERED,
    VERDICTS,
    Code,
    ErrorTally,
    Tallies,
)
from wa_doctor.webhooks.story import catalogue
from wa_doctor.webhooks.totals import (
    Concentration,
    ErrorTotal,
    GroupTotal,
    Hour,
    Latency,
    LatencyBucket,
    MessageTotals,
)

if TYPE_CHECKING:
    from wa_doctor.webhooks.reading.ledger import Ledger
    from wa_doctor.webhooks.story.naming import Naming

_BUCKETS = (
    (1, "up to 1 second"),
    (5, "up to 5 seconds"),
    (30, "up to 30 seconds"),
    (60, "up to 1 minute"),
    (300, "up to 5 minutes"),
    (3600, "up to 1 hour"),
    (86_400, "up to 1 day"),
    (None, "longer"),
)
_LEAST_CONCENTRATED = 3  # failures
_CONCENTRATED = 0.5  # of the failures with a code
_ABOVE_USUAL = 1.5  # times its share of all messages
_MOST_GROUPS = 200


def message_totals(tallies: Tallies, ledger: Ledger, as_of: int) -> MessageTotals:
    """Return the messages by verdict; `as_of` is the end of the log."""
    totals = tallies.totals
    return MessageTotals(
        total=sum(totals),
        delivered=totals[DELIVERED],
        read=tallies.read,
        failed=totals[FAILED],
        undelivered=totals[UNDELIVERED],
        accepted=totals[ACCEPTED],
        conflicting=tallies.conflicting,
        in_flight=sum(count for minute, count in tallies.waiting.items() if in_flight(minute * 60, as_of)),
        incoming=ledger.incoming - ledger.repeated_incoming,
    )


def in_flight(sent: int, as_of: int) -> bool:
    """Say whether a message that was sent then may simply be on its way where the log ends."""
    return as_of // 60 - sent // 60 < FLIGHT


class Places:
    """Names what a tally is grouped by."""

    def __init__(self, ledger: Ledger) -> None:
        self._displays = ledger.displays
        self._numbers: dict[int | str, str] = {}

    def number(self, number: int | str) -> str:
        """Return what to call a business number."""
        known = self._numbers.get(number)
        if known is None:
            known = self._numbers[number] = places.number_name(number, self._displays)
        return known

    def name(self, kind: str, place: int | str) -> str:
        """Return what to call a place of a kind that `ErrorTally.where` counts by."""
        if kind == "number":
            return self.number(place)
        if kind == "block":
            return places.of_block(int(place)).name
        if kind == "user":
            return places.of_user(str(place)).name
        return plain(place, 100)


def error_totals(tallies: Tallies, ledger: Ledger, naming: Naming, named: Places) -> tuple[ErrorTotal, ...]:
    """Return every error code of the log, the most frequent first."""
    failed = tallies.totals[FAILED]
    usual = _Usual(tallies, named)
    codes: set[Code] = {*tallies.errors, *ledger.elsewhere}
    totals = []
    for code, subcode in codes:
        tally = tallies.errors.get((code, subcode)) or ErrorTally()
        known = catalogue.known(code, subcode)
        details = (naming.text(words) for words in sorted(ledger.details.get(code, ())))
        totals.append(
            ErrorTotal(
                code=code,
                subcode=subcode,
                title=known.title or naming.text(ledger.titles.get(code, "")) or f"error {code}",
                known=known.known,
                count=tally.count,
                conflicting=tally.conflicting,
                elsewhere=ledger.elsewhere.get((code, subcode), 0),
                share=tally.count / failed if failed else 0.0,
                first=tally.first or None,
                last=tally.last or None,
                cause=known.cause,
                fix=known.fixes[0] if known.fixes else None,
                fixes=known.fixes,
                retry=known.retry,
                who=known.who,
                docs_url=known.docs_url,
                details=tuple(details),
                concentrations=tuple(usual.concentrations(tally)),
            )
        )
    totals.sort(key=lambda each: (-each.count, -each.conflicting, -each.elsewhere, each.code, each.subcode or 0))
    return tuple(totals)


class _Usual:
    """Which share of all messages a place has, to tell where failures pile up from where the traffic is."""

    def __init__(self, tallies: Tallies, named: Places) -> None:
        self._named = named
        self._total = sum(tallies.totals)
        regions: Counter[str] = Counter()
        for kind, counters in (("block", tallies.blocks), ("user", tallies.users)):
            for counter in counters:
                for place, count in counter.items():
                    regions[named.name(kind, place)] += count
        self._counts: dict[str, Counter[str]] = {
            "number": self._sum(tallies.numbers, "number"),
            "template": self._sum(tallies.templates, "template"),
            "category": self._sum(tallies.categories, "category"),
            "region": regions,
        }

    def _sum(self, counters: Iterable[Mapping[int | str, int] | Mapping[str, int]], kind: str) -> Counter[str]:
        total: Counter[str] = Counter()
        for counter in counters:
            for place, count in counter.items():
                total[self._named.name(kind, place)] += count
        return total

    def concentrations(self, tally: ErrorTally) -> Iterator[Concentration]:
        by_kind: dict[str, Counter[str]] = defaultdict(Counter)
        for kind, counter in tally.where.items():
            for place, count in counter.items():
                by_kind["region" if kind in ("block", "user") else kind][self._named.name(kind, place)] += count
        for kind in ("number", "template", "region", "category"):
            counter_of_kind = by_kind.get(kind)
            if not counter_of_kind:
                continue
            name, count = min(counter_of_kind.items(), key=lambda item: (-item[1], item[0]))
            share, usual = count / tally.count, self._counts[kind][name] / self._total
            piled = count >= _LEAST_CONCENTRATED and share >= _CONCENTRATED and share >= usual * _ABOVE_USUAL
            if piled and name not in ("", places.UNKNOWN):
                yield Concentration(kind, name, count, share, usual)


def regions(tallies: Tallies) -> tuple[GroupTotal, ...]:
    """Return the messages by region of the recipient."""
    found: dict[str, places.Region] = {}
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for verdict in range(len(VERDICTS)):
        of_verdict = [(places.of_block(block), count) for block, count in tallies.blocks[verdict].items()]
        of_verdict += [(places.of_user(user), count) for user, count in tallies.users[verdict].items()]
        for region, count in of_verdict:
            counts[region.code][verdict] += count
            known = found.setdefault(region.code, region)
            if known.verdict == "allowed" and region.verdict != "allowed":
                found[region.code] = region
    return _groups(
        (code, found[code].name, count, found[code].reason if found[code].verdict == "blocked" else "")
        for code, count in counts.items()
    )


def groups(
    counters: Iterable[Mapping[int | str, int] | Mapping[str, int]], name: Callable[[int | str], str]
) -> tuple[GroupTotal, ...]:
    """Return the messages by number, template or category; what is not known is left out."""
    counts: dict[int | str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for verdict, counter in enumerate(counters):
        for place, count in counter.items():
            counts[place][verdict] += count
    return _groups((plain(place, 100), name(place), count, "") for place, count in counts.items() if place)


def _groups(rows: Iterable[tuple[str, str, list[int], str]]) -> tuple[GroupTotal, ...]:
    totals = [
        GroupTotal(
            code=code,
            name=name,
            total=sum(count),
            delivered=count[DELIVERED],
            failed=count[FAILED],
            undelivered=count[UNDELIVERED],
            accepted=count[ACCEPTED],
            note=note,
        )
        for code, name, count, note in rows
    ]
    totals.sort(key=lambda each: (-each.failed, -each.total, each.name))
    return tuple(totals[:_MOST_GROUPS])


def hours(tallies: Tallies) -> tuple[Hour, ...]:
    """Return messages and failures by hour."""
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    codes: dict[int, Counter[int]] = defaultdict(Counter)
    for verdict, spans in enumerate(tallies.spans):
        for span, count in spans.items():
            counts[span * SPAN // HOUR][verdict] += count
    for (code, _), tally in tallies.errors.items():
        for minute, count in tally.minutes.items():
            codes[minute * 60 // HOUR][code] += count
    return tuple(
        Hour(
            start=hour * HOUR,
            total=sum(counts[hour]),
            delivered=counts[hour][DELIVERED],
            failed=counts[hour][FAILED],
            undelivered=counts[hour][UNDELIVERED],
            accepted=counts[hour][ACCEPTED],
            failures=sum(codes[hour].values()),
            codes=dict(sorted(codes[hour].items())),
        )
        for hour in sorted({*counts, *codes})
    )


def latency(tallies: Tallies) -> Latency | None:
    """Return how long messages took from `sent` to `delivered`; events with a wrong order of times count as 0."""
    delays = Counter[int]()
    for delay, count in tallies.delays.items():
        delays[max(0, delay)] += count
    total = delays.total()
    if not total:
        return None
    ordered = sorted(delays.items())
    return Latency(
        count=total,
        median=quantile(ordered, total, 0.5),
        p90=quantile(ordered, total, 0.9),
        p99=quantile(ordered, total, 0.99),
        longest=ordered[-1][0],
        buckets=tuple(_buckets(ordered)),
    )


def quantile(ordered: Iterable[tuple[int, int]], total: int, part: float) -> int:
    """Return the value that this part of `(value, count)` pairs, in order of value, does not exceed."""
    seen = highest = 0
    for value, count in ordered:
        seen, highest = seen + count, value
        if seen >= part * total:
            break
    return highest


def _buckets(ordered: Iterable[tuple[int, int]]) -> Iterator[LatencyBucket]:
    counts: Counter[int] = Counter()
    for value, count in ordered:
        counts[next(index for index, (upto, _) in enumerate(_BUCKETS) if upto is None or value <= upto)] += count
    for index, (upto, label) in enumerate(_BUCKETS):
        yield LatencyBucket(upto, label, counts[index])
