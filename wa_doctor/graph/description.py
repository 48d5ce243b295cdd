"""What a report says of a token: data only, so that the model can name it without knowing how it was found out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TokenDescription:
    """
    A token as Meta describes it, never the token.

    `never_expires` is true only for a valid token whose `expires_at` is present and 0: a revoked token carries
    a 0 as well. `granular_scopes` pairs a scope with its target ids, or with None where it is not restricted.
    `introspected_by` names the caller, or is empty where Meta refused to introspect; then `refused` says why.
    `functional` pairs what was tried with what came of it: the proof beside the claim.
    """

    fingerprint: str
    source: str
    introspected_by: str = ""
    refused: str = ""
    valid: bool | None = None
    kind: str = ""
    app_id: str = ""
    application: str = ""
    user_id: str = ""
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    never_expires: bool = False
    data_access_expires_at: datetime | None = None
    data_access_never_ends: bool = False
    scopes: tuple[str, ...] = ()
    granular_scopes: tuple[tuple[str, tuple[str, ...] | None], ...] = ()
    functional: tuple[tuple[str, str], ...] = ()
