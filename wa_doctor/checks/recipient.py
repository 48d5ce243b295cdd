"""`recipient-*`: whether those who were named with `--to` can be reached at all; nothing is sent to find out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wa_doctor.knowledge import regions
from wa_doctor.model import Evidence, Finding, Skip, error, notice, warning
from wa_doctor.recipients import Verdict, judge
from wa_doctor.recipients.verdict import ALLOWED, BLOCKED, INVALID
from wa_doctor.registry import check

if TYPE_CHECKING:
    from wa_doctor.context import Context

_NEVER_DELIVERED = 131049
_ANOTHER_CATEGORY = (
    "Leave US numbers out of marketing templates, or send a utility template if the content is one; there is no"
    " setting that opens this."
)


@check("recipient-format", "the recipients are well-formed")
def format(ctx: Context) -> Iterator[Finding]:
    """
    Reads each recipient as a phone number, business-scoped user ID, code or name of a region.

    Numbers are not tested against the plans of operators: real WhatsApp numbers fail such tests.
    """
    for verdict in _verdicts(ctx):
        if verdict.verdict == INVALID:
            yield error(f"{verdict.input}: {verdict.reason}", fix=verdict.fix, subject=verdict.input)
        elif verdict.digits and verdict.digits != verdict.input.lstrip("+"):
            yield notice(f"{verdict.input} is read as +{verdict.digits}", subject=verdict.input)


@check("recipient-region", "the recipients are where the platform may send")
def region(ctx: Context) -> Iterator[Finding]:
    """
    Compares each recipient with Meta's list of regions that the platform cannot serve.

    A number shows where it was assigned, not where its user is, and no error of the API will ever confirm the
    verdict: such a message may be accepted, and never delivered.
    """
    readable = [verdict for verdict in _verdicts(ctx) if verdict.verdict != INVALID]
    if not readable:
        raise Skip("none of the recipients could be read")
    for verdict in readable:
        message = f"{verdict.input} is {verdict.verdict}: {verdict.reason}"
        if verdict.verdict == ALLOWED:
            yield notice(message, subject=verdict.input, url=verdict.source, evidence=_evidence(verdict))
            continue
        say = error if verdict.verdict == BLOCKED else warning
        yield say(message, fix=verdict.fix, url=verdict.source, subject=verdict.input, evidence=_evidence(verdict))


@check("recipient-marketing", "marketing messages reach the recipients")
def marketing(ctx: Context) -> Iterator[Finding]:
    """
    Looks for US numbers, to which Meta delivers no marketing template since 2025-04-01 (error 131049).

    Canada and the Caribbean, which share +1, are not affected. Say `--marketing` when marketing is meant.
    """
    rules = [rule for rule in regions.rules().values() if rule.error == _NEVER_DELIVERED]
    verdicts = [verdict for verdict in _verdicts(ctx) if verdict.verdict != INVALID]
    if not verdicts:
        raise Skip("no recipient can be read", caused_by="recipient-format")
    if not ctx.marketing:
        raise Skip("no marketing is meant (--marketing)")
    for verdict in verdicts:
        for rule in rules:
            if verdict.region.code not in rule.regions:
                continue
            message = f"{verdict.input} is {verdict.region}: {rule.note}"
            url = regions.url_of(rule.sources[0])
            if rule.confidence == "high" and verdict.kind == "phone":
                yield error(message, fix=_ANOTHER_CATEGORY, url=url, subject=verdict.input)
            else:
                yield warning(message, fix=_ANOTHER_CATEGORY, url=url, subject=verdict.input)


def _verdicts(ctx: Context) -> tuple[Verdict, ...]:
    if not ctx.recipients:
        raise Skip("no recipient was given (--to)")
    return tuple(judge(recipient) for recipient in ctx.recipients)


def _evidence(verdict: Verdict) -> Evidence:
    listed = regions.list_fact()
    return {
        "region": verdict.region.code,
        "confidence": verdict.confidence,
        "notes": verdict.notes,
        "list_read": str(listed.checked),
        "limits": (listed.assigned, listed.silence),
    }
