"""What a refusal of Meta amounts to: the catalogue's cause and fix become a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wa_doctor.knowledge import errors
from wa_doctor.model import Finding, Unverified, error

if TYPE_CHECKING:
    from wa_doctor.graph.refusal import ApiError
    from wa_doctor.knowledge.errors import ErrorFact


def unverified(refusal: ApiError) -> Unverified:
    """Say that Meta could not answer: a fault or a limit on its side, from which nothing follows for the set-up."""
    fact = errors.error(refusal.code)
    said = fact.title if fact else refusal.message
    if refusal.code in (2, 131016):
        return Unverified(
            f"Meta's API is down or being updated (error {refusal.label})",
            fix="Wait five minutes and try again: an update of the API can take that long.",
            command="wa-doctor check --wait 5m",
            url="https://metastatus.com/whatsapp-business-api",
            evidence=refusal.evidence,
        )
    step = fact.fix[0] if fact else None
    return Unverified(
        f"Meta did not answer the question: {said} (error {refusal.label})",
        fix=step.text if step else "Try again later.",
        command=step.command if step else "",
        url=fact.docs_url if fact else "",
        evidence=refusal.evidence,
    )


def finding_of(refusal: ApiError, message: str = "", *, subject: str = "") -> Finding:
    """Turn a refusal into an error with the cause and the first step of the catalogue."""
    fact = errors.error(refusal.code)
    if fact is None:
        return error(
            message or f"Meta refused with error {refusal.label}: {refusal.message}",
            fix="Give Meta's support the trace id; this code is not in the catalogue.",
            subject=subject,
            evidence=refusal.evidence,
        )
    about = fact.about(refusal.subcode)
    steps = about.fix if about and about.fix else fact.fix
    return error(
        message or f"{cause(fact, refusal)} (error {refusal.label})",
        fix=" ".join(step.text for step in steps[:2]),
        command=next((step.command for step in steps[:2] if step.command), ""),
        url=fact.docs_url,
        subject=subject,
        evidence=refusal.evidence,
    )


def cause(fact: ErrorFact, refusal: ApiError) -> str:
    """Return the cause without the full stop: that of the subcode where it is known, else that of the code."""
    about = fact.about(refusal.subcode)
    return (about.cause if about else fact.cause).rstrip(".")
