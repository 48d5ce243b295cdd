"""What the catalogue of errors says about a code, in the words a triage shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from wa_doctor.knowledge import errors
from wa_doctor.model import Fix


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a code; everything but `title` is empty where the catalogue does not have it."""

    title: str
    known: bool
    cause: str = ""
    fixes: tuple[Fix, ...] = ()
    retry: str = ""
    who: tuple[str, ...] = ()
    docs_url: str = ""


@cache
def known(code: int, subcode: int | None) -> Known:
    """Return what the catalogue says about a code together with its subcode."""
    fact = errors.error(code)
    if fact is None:
        return Known("", known=False)
    special = fact.about(subcode) if subcode is not None else None
    steps = special.fix if special and special.fix else fact.fix
    return Known(
        title=special.title if special else fact.title,
        known=True,
        cause=special.cause if special else fact.cause,
        fixes=tuple(Fix(step.text, step.command, step.url or fact.docs_url) for step in steps),
        retry=_retry(fact.retry),
        who=fact.who,
        docs_url=fact.docs_url,
    )


def _retry(retry: errors.Retry) -> str:
    if retry.policy == "no":
        words = "do not send again before the fix"
    elif retry.policy == "backoff":
        words = "send again with growing pauses"
    elif retry.wait:
        words = f"send again after {retry.wait}"
    else:
        words = "send again when the answer says so"
    return f"{words}: {retry.note}" if retry.note else words
