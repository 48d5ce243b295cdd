"""What several formats of an explanation say in the same words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wa_doctor.explain.explanation import Match
    from wa_doctor.knowledge.errors import Retry

LOOKED_FOR = (
    'error codes such as 190, 190/463, (#131030) or "code": 131047',
    "answers of the Graph API, webhooks, and what providers and programming languages make of them",
    "what programs print when DNS, TLS, a proxy or a connection fails",
    "HTTP statuses and headers, ids of checks, and a person's account of what happens",
)
PASTE = (
    "the whole answer of the API, as JSON, with error_data.details",
    "the webhook with statuses[].errors[], or the line of your log that holds it",
    "the request as curl -v shows it, without the token",
)

_WHO = {
    "developer": "the developer",
    "business_admin": "an admin of the business",
    "recipient": "the recipient",
    "meta": "Meta",
}
_STATUS = {
    "retired": "retired: no longer sent by the Cloud API",
    "legacy": "legacy: an old number that is still seen",
    "undocumented": "undocumented: seen, but not in Meta's documentation",
    "unknown": "not in the catalogue",
}


def name(match: Match) -> str:
    """Return the code with its subcode, or the id of what was recognised."""
    if match.code is not None:
        return f"{match.code}/{match.subcode}" if match.subcode is not None else str(match.code)
    return match.id


def label(match: Match) -> str:
    """Return what a person would call it by: the code or the id of a check, and nothing for the rest."""
    return name(match) if match.code is not None or match.kind == "check" else ""


def retry(policy: Retry) -> str:
    """Say in a sentence whether to send the same again."""
    if policy.policy == "no":
        said = "Do not retry before the cause is removed: the same request will fail again."
    elif policy.policy == "backoff":
        said = "Retry with growing pauses."
    elif policy.wait:
        said = f"Retry after {policy.wait}, not before."
    else:
        said = "Retry once the condition has passed."
    return f"{said} {policy.note}".strip()


def who(actors: Sequence[str]) -> str:
    """Name those who can act."""
    return ", ".join(_WHO[actor] for actor in actors)


def state(match: Match) -> str:
    """Say what a status other than current means; empty for a current fact."""
    return _STATUS.get(match.status, "")


def dated(match: Match) -> str:
    """Say how sure a fact is and of which day its newest source."""
    day = f", source of {match.checked.isoformat()}" if match.checked else ""
    return f"confidence {match.confidence}{day}"
