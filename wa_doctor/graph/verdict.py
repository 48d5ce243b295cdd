"""What a refusal of Meta amounts to: the catalogue's cause and fix become a finding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wa_doctor.knowledge import errors
from wa_doctor.model import Finding, Unverified, error

if TYPE_CHECKING:
    from wa_doctor.graph.refusal import ApiError


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
    about = fact.about(refusal.subcode) or fact.worded(refusal.message)
    step = (about.fix if about and about.fix else fact.fix)[0]
    return error(
        message or f"{_sentence(about.cause if about else fact.cause)} (error {refusal.label})",
        fix=step.text,
        command=step.command if step.command not in _RUNNING else f"wa-doctor explain {refusal.label}",
        url=fact.docs_url,
        subject=subject,
        evidence=refusal.evidence,
    )


# A check-up that advises a check-up sends its reader in a circle.
_RUNNING = ("", "wa-doctor token", "wa-doctor check", "wa-doctor check --only token")
_OPENINGS = frozenset(("A", "An", "Either", "It", "No", "Nobody", "Nothing", "One", "Something", "That", "The", "This"))


def _sentence(cause: str) -> str:
    first = re.split(r"(?<=[a-z0-9)])\.\s", cause)[0].rstrip(".")
    opening = first.partition(" ")[0]
    return first[0].lower() + first[1:] if opening in _OPENINGS else first
