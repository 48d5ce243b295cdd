"""Ranks what explains the messages that did not arrive; what explains most comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from wa_doctor.model import Fix, Severity
from wa_doctor.webhooks.document import AccountEvent, Cause, WebhookHealth
from wa_doctor.webhooks.story import reasons
from wa_doctor.webhooks.totals import ErrorTotal, GroupTotal, Incident, IncidentKind, MessageTotals

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEAST_AFTER = 3  # failures after an account event
_MORE_AFTER = 2  # times as many as before it
_MOST = 20


def causes(
    messages: MessageTotals,
    errors: Sequence[ErrorTotal],
    regions: Sequence[GroupTotal],
    incidents: Sequence[Incident],
    account: Sequence[AccountEvent],
    health: WebhookHealth,
) -> tuple[Cause, ...]:
    """Return the causes, ranked."""
    missing = messages.failed + messages.undelivered + messages.accepted - messages.in_flight
    # An account event comes before the code it leads to, as the code is only how it shows.
    weighed = [
        *_of_account(account, errors),
        *((float(cause.count), cause) for cause in _of_errors(errors, incidents)),
        *((_weight(cause), cause) for cause in _of_waiting(messages, regions)),
    ]
    weighed.sort(key=lambda each: -each[0])
    found = [replace(cause, share=min(1.0, cause.count / missing) if missing > 0 else 0.0) for _, cause in weighed]
    found += _of_refusals(errors)
    said = {fix for cause in found for fix in cause.fixes}
    found += (cause for cause in _of_health(health) if said.isdisjoint(cause.fixes))
    return tuple(replace(cause, rank=rank) for rank, cause in enumerate(found[:_MOST], start=1))


def _weight(cause: Cause) -> float:
    # Of what has no known reason a part needs no cure, such as a phone that is off; so it comes behind what has one
    # unless it is twice as much.
    return cause.count if cause.severity is Severity.ERROR else cause.count / 2


def _cause(
    severity: Severity, title: str, why: str, count: int, fixes: Iterable[Fix], code: int | None = None
) -> Cause:
    return Cause(0, severity, title, why, count, 0.0, code, tuple(fixes))


def _of_account(account: Sequence[AccountEvent], errors: Sequence[ErrorTotal]) -> Iterator[tuple[float, Cause]]:
    for event in account:
        more = event.failures_after >= max(_LEAST_AFTER, _MORE_AFTER * event.failures_before)
        if event.severity is Severity.ERROR and event.fix and more:
            about = f"{event.about}: " if event.about else ""
            why = f"{event.failures_after:,} messages failed in the 24 hours after it"
            why += f", {event.failures_before:,} in those before" if event.failures_before else ", none in those before"
            shown_by = (each.count for each in errors if any(at.name == event.about for at in each.concentrations))
            cause = _cause(Severity.ERROR, f"{about}{event.meaning}", why, event.failures_after, (event.fix,))
            yield float(max(event.failures_after, *shown_by, 0)), cause


def _of_errors(errors: Sequence[ErrorTotal], incidents: Sequence[Incident]) -> Iterator[Cause]:
    for error in errors:
        if not error.count:
            continue
        why = " ".join(filter(None, (error.cause, _incident(error, incidents))))
        fixes = error.fixes or (Fix("Look the code up in Meta's list; it is not in this catalogue.", url=_ERROR_CODES),)
        platform = next((each for each in incidents if each.code == error.code and each.fix), None)
        if platform and platform.fix and platform.kind is IncidentKind.PLATFORM:
            fixes = (platform.fix, *fixes)
        yield _cause(
            Severity.ERROR, error.title, why or "the catalogue does not know it", error.count, fixes, error.code
        )


_ERROR_CODES = "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes"


def _incident(error: ErrorTotal, incidents: Sequence[Incident]) -> str:
    of_code = [each for each in incidents if each.code == error.code]
    if not of_code:
        return ""
    largest = max(of_code, key=lambda each: each.count)
    return f"{largest.message[:1].upper()}{largest.message[1:]}."


def _of_refusals(errors: Sequence[ErrorTotal]) -> Iterator[Cause]:
    for error in errors:
        if error.elsewhere and not error.count and error.fixes:
            why = f"{error.cause} It stands {_times(error.elsewhere)} outside of the statuses of messages."
            yield _cause(Severity.WARNING, error.title, why, error.elsewhere, error.fixes, error.code)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _of_waiting(messages: MessageTotals, regions: Sequence[GroupTotal]) -> Iterator[Cause]:
    blocked = [region for region in regions if region.note and region.undelivered]
    for region in blocked:
        fix = Fix(f"Stop sending to {region.name}: Meta does not serve it.", "wa-doctor recipient NUMBER")
        yield _cause(Severity.ERROR, f"{region.name} is not served", region.note, region.undelivered, (fix,))
    elsewhere = sum(region.undelivered for region in blocked)
    waiting = messages.undelivered - elsewhere
    settled = messages.undelivered + messages.accepted - messages.in_flight
    if waiting > 0 and settled > 0:
        yield _cause(
            Severity.WARNING,
            "sent and never delivered",
            "Meta does not say why: the phone may be off, the number blocked, or the `delivered` not in this log.",
            min(waiting, settled),
            (reasons.first_fix(""),),
        )
    if messages.accepted and messages.accepted > messages.in_flight:
        fix = Fix(
            "Make sure that your app is subscribed to the account and its field messages.",
            "wa-doctor check --only webhook",
        )
        yield _cause(
            Severity.WARNING,
            "accepted, and no status ever came",
            "The API took them, and the log holds no webhook about them: they were held back, or webhooks are missing.",
            messages.accepted,
            (fix,),
        )


def _of_health(health: WebhookHealth) -> Iterator[Cause]:
    for finding in health.findings:
        if finding.severity is Severity.WARNING and finding.fix:
            yield _cause(Severity.WARNING, finding.message, "", 0, (finding.fix,))
