"""What a log says about the way its webhooks came: late, again, with gaps, without a beginning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from wa_doctor.model import Finding, notice, warning
from wa_doctor.webhooks.counting.counts import quantile
from wa_doctor.webhooks.counting.tallies import SPAN, Tallies
from wa_doctor.webhooks.document import Gap, WebhookHealth
from wa_doctor.webhooks.story.spans import spoken

if TYPE_CHECKING:
    from wa_doctor.webhooks.reading.ledger import Ledger
    from wa_doctor.webhooks.totals import MessageTotals

LATE = 60  # seconds

_ZONE = 900  # seconds; zones differ by quarters of an hour
_DAY = 86_400
_LEAST_SPANS = 36  # six hours of traffic, before silence says anything
_LEAST_GAP = 3600
_ABOVE_USUAL = 6  # times the length of the longer pauses
_DAYS_FOR_RHYTHM = 3
_MOST_GAPS = 20
_MANY_LATE = 0.01
_VERY_LATE = 600
_MANY_AGAIN = 0.05
_EVERY_TWICE = 0.45
_MANY_UNANNOUNCED = 0.02
_FEW = 5

_ENDPOINT = "https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview"


def health(tallies: Tallies, ledger: Ledger, messages: MessageTotals) -> WebhookHealth:
    """Return how the webhooks came, and what of it is worth a look."""
    delays = _delays(ledger)
    timed = delays.total()
    late = sum(count for delay, count in delays.items() if delay > LATE)
    found = gaps(tallies)
    longest = max(delays, default=None)
    return WebhookHealth(
        timed=timed,
        late=late,
        median_delay=quantile(sorted(delays.items()), timed, 0.5) if timed else None,
        longest_delay=longest,
        duplicates=tallies.repeats,
        retries=ledger.retries if timed else None,
        unannounced=tallies.unannounced,
        out_of_order=tallies.out_of_order,
        gaps=found,
        findings=tuple(_findings(tallies, ledger, messages, late, timed, longest or 0, found)),
    )


def _delays(ledger: Ledger) -> Counter[int]:
    """Return all delays; where arrivals have no zone, the median tells it, as most webhooks come at once."""
    delays = Counter(ledger.delays)
    local = ledger.local_delays
    if local:
        offset = round(quantile(sorted(local.items()), local.total(), 0.5) / _ZONE) * _ZONE
        for delay, count in local.items():
            delays[delay - offset] += count
    return delays


def gaps(tallies: Tallies) -> tuple[Gap, ...]:
    """Return the stretches without a message in a log that otherwise has them at those hours."""
    active = sorted({span for spans in tallies.spans for span in spans if span})
    if len(active) < _LEAST_SPANS:
        return ()
    pauses = sorted(later - earlier for earlier, later in pairwise(active))
    usual = pauses[int(len(pauses) * 0.95)]
    least = max(_LEAST_GAP // SPAN, usual * _ABOVE_USUAL)
    found = []
    busy = _busy_times(active)
    for earlier, later in pairwise(active):
        if later - earlier >= least and (busy is None or _is_odd(earlier, later, busy)):
            found.append(Gap((earlier + 1) * SPAN, later * SPAN))
    found.sort(key=lambda gap: gap.start - gap.end)
    return tuple(sorted(found[:_MOST_GAPS], key=lambda gap: gap.start))


def _busy_times(active: list[int]) -> dict[int, float] | None:
    """Return by time of day on which part of the days there is traffic, None for a log of few days."""
    days = (active[-1] - active[0]) * SPAN / _DAY
    if days < _DAYS_FOR_RHYTHM:
        return None
    times = Counter(span % (_DAY // SPAN) for span in active)
    return {time: count / days for time, count in times.items()}


def _is_odd(earlier: int, later: int, busy: dict[int, float]) -> bool:
    # A shop is silent every night; that is no gap.
    times = [span % (_DAY // SPAN) for span in range(earlier + 1, later)]
    return sum(busy.get(time, 0.0) for time in times) / len(times) >= 0.5


def _findings(
    tallies: Tallies,
    ledger: Ledger,
    messages: MessageTotals,
    late: int,
    timed: int,
    longest: int,
    found: tuple[Gap, ...],
) -> Iterator[Finding]:
    if found:
        longest_gap = max(found, key=lambda gap: gap.end - gap.start)
        many = f"{len(found)} times" if len(found) > 1 else "once"
        yield warning(
            f"the log has nothing {many}, the longest for {spoken(longest_gap.end - longest_gap.start)}",
            fix="Look at your endpoint at that time: Meta tries again for up to 7 days, later webhooks may be lost.",
            url=_ENDPOINT,
        )
    if timed and (late / timed >= _MANY_LATE or longest >= _VERY_LATE):
        yield warning(
            f"{late:,} of {timed:,} events arrived more than {LATE} seconds late, the latest after {spoken(longest)}",
            fix="Answer a webhook with 200 before you work on it, and look for errors of your endpoint at that time.",
            url=_ENDPOINT,
        )
    waiting = messages.accepted
    if waiting and messages.accepted >= messages.in_flight + _FEW:
        yield warning(
            f"of {waiting:,} messages that the API took no status ever came",
            fix="Make sure that your app is subscribed to the account and its field messages.",
            command="wa-doctor check --only webhook",
        )
    yield from _again(tallies, ledger)
    if tallies.unannounced > _FEW and tallies.unannounced >= _MANY_UNANNOUNCED * messages.total:
        yield notice(
            f"{tallies.unannounced:,} messages were delivered whose `sent` is not in the log: "
            "it begins too late, or webhooks were lost"
        )


def _again(tallies: Tallies, ledger: Ledger) -> Iterator[Finding]:
    share = tallies.repeats / ledger.events if ledger.events else 0.0
    if share >= _EVERY_TWICE:
        times = ledger.events / max(1, ledger.events - tallies.repeats)
        often = "twice" if times < 2.5 else f"about {times:,.0f} times"
        yield warning(
            f"nearly every event came {often} ({tallies.repeats:,} repeats)",
            fix="See whether two apps are subscribed to the account, or whether the log holds everything twice.",
            command="wa-doctor check --only webhook",
        )
    elif share >= _MANY_AGAIN and tallies.repeats > _FEW:
        yield warning(
            f"{tallies.repeats:,} events came again ({share:.0%})",
            fix="Answer a webhook with 200 at once, and remember message id and status to leave repeats out.",
            url=_ENDPOINT,
        )
    if ledger.repeated_incoming > _FEW:
        yield notice(f"{ledger.repeated_incoming:,} messages of customers came again")
