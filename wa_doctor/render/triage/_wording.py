"""What several formats of a triage say in the same words: figures, shares, times, the verdict of the whole log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from wa_doctor.webhooks.message import Verdict

if TYPE_CHECKING:
    from wa_doctor.webhooks.document import Input, Triage, WebhookHealth
    from wa_doctor.webhooks.message import Moment
    from wa_doctor.webhooks.totals import Concentration, ErrorTotal, Latency, MessageTotals

VERDICTS = {
    Verdict.DELIVERED: "delivered",
    Verdict.FAILED: "failed",
    Verdict.UNDELIVERED: "undelivered",
    Verdict.ACCEPTED: "accepted only",
}
MEANINGS = {
    Verdict.DELIVERED: "at least one device of the recipient has it",
    Verdict.FAILED: "Meta said failed, and no device has it",
    Verdict.UNDELIVERED: "sent, and nothing after it",
    Verdict.ACCEPTED: "the API took it, and no webhook came",
}
ACTORS = {
    "developer": "the developer",
    "business_admin": "an admin of the business",
    "recipient": "the recipient",
    "meta": "Meta",
}
KINDS = {
    "number": "business number",
    "template": "template",
    "region": "region",
    "category": "category",
    "recipient": "recipient",
}

# `fromtimestamp` refuses times before 1970 on Windows. Beyond the limits `datetime` knows no year; a log may hold
# any number, and showing the nearest is better than dying of it.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST, _LATEST = -62_135_596_800, 253_402_300_799

# A name that a shell takes as it is; with a space, a quote or a dollar a pasted command would be another one.
_PLAIN_NAME = re.compile(r"[\w./][\w./-]*", re.ASCII)


def count(number: int, one: str, many: str = "") -> str:
    """Write a number of things: `1 message`, `12,000 messages`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """Write a share (0 to 1) so that neither a little becomes nothing nor nearly all becomes all."""
    if 0 < share < 0.001:
        return "<0.1%"
    if 0.999 < share < 1:
        return ">99.9%"
    return f"{share * 100:.1f}%"


def part(number: int, whole: int) -> str:
    """Write what part `number` is of `whole`; of nothing everything is none."""
    return percent(number / whole) if whole else percent(0)


def size(octets: int) -> str:
    """Write a number of bytes in the unit that a file manager would choose."""
    if octets < 1000:
        return f"{octets} B"
    amount, unit = octets / 1e3, "kB"
    for larger in ("MB", "GB", "TB"):
        if amount >= 999.5:
            amount, unit = amount / 1e3, larger
    return f"{amount:.1f} {unit}" if amount < 99.95 else f"{amount:.0f} {unit}"


def lasting(seconds: int) -> str:
    """Write a duration for people, in its two largest units: `12 s`, `7 min 5 s`, `3 days 4 h`."""
    if seconds < 0:
        return f"-{lasting(-seconds)}"
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    units = ((days, "day" if days == 1 else "days"), (hours, "h"), (minutes, "min"), (rest, "s"))
    first = next((index for index, (amount, _) in enumerate(units) if amount), 3)
    return " ".join(f"{amount} {unit}" for amount, unit in units[first : first + 2] if amount) or "0 s"


def iso(time: int | None) -> str | None:
    """Write a time for programs: ISO 8601 in UTC, to the second."""
    if time is None:
        return None
    moment = _EPOCH + timedelta(seconds=min(max(time, _EARLIEST), _LATEST))
    return f"{moment.isoformat()[:19]}Z"


def clock(time: int | None, *, seconds: bool = False) -> str:
    """Write a time for people, in UTC without saying so."""
    stamp = iso(time)
    return stamp.replace("T", " ")[: 19 if seconds else 16] if stamp else "time unknown"


def period(first: int | None, last: int | None) -> str:
    """Write from when to when; what both have in common is not written twice."""
    begin, end = clock(first), clock(last)
    if begin == end:
        return begin
    return f"{begin} to {end[11:] if begin[:10] == end[:10] else end}"


def since(begin: int | None, time: int | None) -> str:
    """Write how long after `begin` something came, behind a space; empty where that says nothing."""
    return f" (+{lasting(time - begin)})" if begin is not None and time is not None and time != begin else ""


def headline(document: Triage) -> str:
    """Say in a few words what became of the messages."""
    totals = document.messages
    if not totals.total:
        return "no outgoing message was found"
    lost = totals.undelivered + totals.accepted - totals.in_flight
    if totals.total == 1:
        words = "failed" if totals.failed else "was not delivered" if lost else "is still on the way"
        return f"the message {'was delivered' if totals.delivered else words}"
    found = [f"{totals.failed:,} failed"] if totals.failed else []
    found += [f"{lost:,} not delivered"] if lost else []
    found += [f"{totals.in_flight:,} still on the way"] if totals.in_flight else []
    if found:
        begin, last = found[:-1], found[-1]
        return f"{', '.join(begin)}{' and ' if begin else ''}{last} of {count(totals.total, 'message')}"
    return f"all {totals.total:,} messages were delivered"


def missing(totals: MessageTotals) -> int:
    """Return how many messages did not arrive, those left out that may be on their way."""
    return totals.failed + totals.undelivered + totals.accepted - totals.in_flight


def first(document: Triage) -> str:
    """Say in brackets, behind a space, what the first step is against; empty where the log does not say."""
    for cause in document.causes:
        if cause.count and not document.message and document.first_step in cause.fixes[:1]:
            number = [str(cause.code)] if cause.code is not None else []
            return f" ({', '.join([*number, count(cause.count, 'message' if cause.share else 'time')])})"
    return ""


def tally(totals: MessageTotals) -> tuple[tuple[Verdict, int], ...]:
    """Return how many messages have which verdict, in the order to show it in."""
    return (
        (Verdict.DELIVERED, totals.delivered),
        (Verdict.FAILED, totals.failed),
        (Verdict.UNDELIVERED, totals.undelivered),
        (Verdict.ACCEPTED, totals.accepted),
    )


def asides(totals: MessageTotals) -> Iterator[str]:
    """Yield what the four verdicts hide."""
    if totals.read:
        verb = "was" if totals.read == 1 else "were"
        yield f"{totals.read:,} of the delivered {verb} read ({part(totals.read, totals.delivered)})"
    if totals.conflicting:
        yield f"{totals.conflicting:,} of the delivered failed on another device of the same recipient"
    if totals.in_flight:
        are = "is" if totals.in_flight == 1 else "are"
        yield f"{totals.in_flight:,} of the others {are} younger than an hour where the log ends: nothing is wrong yet"
    if totals.incoming:
        yield f"{count(totals.incoming, 'incoming message')} of customers, not counted here"


def volume(read: Input) -> Iterator[str]:
    """Yield what was read, a few words each."""
    yield f"{count(read.files, 'file')}, {size(read.bytes)}"
    yield count(read.lines, "line")
    yield count(read.webhooks, "webhook")
    if read.answers:
        yield count(read.answers, "API answer")
    if read.unreadable:
        yield f"{read.unreadable:,} unreadable"


def code(number: int, subcode: int | None = None) -> str:
    """Write an error code, with its subcode where there is one."""
    return f"{number}/{subcode}" if subcode is not None else str(number)


def concentration(found: Concentration) -> str:
    """Say where cases pile up, and what would have been usual there."""
    kind = KINDS.get(found.kind, found.kind)
    return f"{percent(found.share)} concern {kind} {found.name}, which has {percent(found.usual)} of all messages"


def seen(error: ErrorTotal) -> Iterator[str]:
    """Yield where a code was seen beyond the messages that failed with it."""
    if error.conflicting:
        yield f"{count(error.conflicting, 'message')} with it {'was' if error.conflicting == 1 else 'were'} delivered"
    if error.elsewhere:
        yield f"{count(error.elsewhere, 'time')} outside of a message status"


def latency(found: Latency) -> str:
    """Say how long delivery took."""
    if found.longest == 0:
        return "all within the same second" if found.count > 1 else "within the same second"
    if found.longest == found.median:
        return lasting(found.longest)
    return (
        f"half within {lasting(found.median)}, 90% within {lasting(found.p90)}, "
        f"99% within {lasting(found.p99)}, the longest {lasting(found.longest)}"
    )


def health(found: WebhookHealth) -> Iterator[str]:
    """Yield what the log tells about the way the webhooks came, one figure each."""
    if found.timed:
        yield (
            f"{found.late:,} of {found.timed:,} arrived more than a minute late"
            f" (median delay {_known(found.median_delay)}, longest {_known(found.longest_delay)})"
        )
    else:
        yield "the log does not say when webhooks arrived, so delays are unknown"
    if found.duplicates:
        again = f", {count(found.retries, 'retry', 'retries')} among them" if found.retries is not None else ""
        yield f"{count(found.duplicates, 'duplicate event')}{again}"
    if found.out_of_order:
        yield f"{count(found.out_of_order, 'message')} whose events stood out of order"
    if found.unannounced:
        yield f"{count(found.unannounced, 'message')} whose beginning is not in the log"


def moment(event: Moment) -> str:
    """Write one event of a message, without its time."""
    parts = [event.status]
    if event.code is not None:
        parts.append(code(event.code, event.subcode))
    if event.repeated:
        parts.append(f"(came {event.repeated + 1} times)")
    if event.note:
        parts.append(f"- {event.note}")
    return " ".join(parts)


def privacy(document: Triage) -> str:
    """Say what of personal data is in what was written."""
    if not document.masked:
        return "phone numbers are shown in full: do not publish this"
    if document.pseudonyms:
        return "phone numbers are masked, message ids and recipients are pseudonyms"
    return "phone numbers are masked; message ids are Meta's own and have the recipient's number encoded in them"


def everything(document: Triage) -> str:
    """Return the command that writes every message of the same input."""
    given = " ".join(document.input.sources)
    if len(given) > 60 or not all(map(_PLAIN_NAME.fullmatch, document.input.sources)):
        given = "FILE..."
    return f"wa-doctor triage --format csv {given}"


def _known(seconds: int | None) -> str:
    return "unknown" if seconds is None else lasting(seconds)
