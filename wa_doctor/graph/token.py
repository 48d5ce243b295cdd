"""
What Meta says about an access token, and who could be asked.

`GET /debug_token` answers for an app access token of the same app, or for a user with a role on the app.
An error at the top level of its answer speaks about the caller, one inside `data.error` about the inspected
token (https://developers.facebook.com/docs/graph-api/reference/v25.0/debug_token, read 2026-03-30).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wa_doctor.graph.description import TokenDescription
from wa_doctor.graph.refusal import ApiError

if TYPE_CHECKING:
    from wa_doctor.graph.answers import DebugToken
    from wa_doctor.graph.client import Graph

BY_APP = "the app (app id and secret)"
BY_ITSELF = "the token itself"


@dataclass(frozen=True, slots=True)
class Introspection:
    """
    The outcome of asking Meta about the token.

    Exactly one holds: `answer` (Meta described it), `rejected` (Meta refused the token itself when it was the
    caller), or neither (nobody was allowed to ask; `refusals` says who and why).
    """

    introspected_by: str = ""
    answer: DebugToken | None = None
    rejected: ApiError | None = None
    refusals: tuple[tuple[str, ApiError], ...] = ()

    def refused_for(self, text: str) -> ApiError | None:
        """Return the refusal whose message holds `text`."""
        return next((each for _, each in self.refusals if text.lower() in each.message.lower()), None)


def introspect(graph: Graph) -> Introspection:
    """
    Ask about the token: as the app when its id and secret are known, else, and when that is refused, as itself.

    Where the refusal shows that the secret is not that of the token's app, no proof is made with it any more.

    Raises:
        Unreachable: nobody answered.
        ApiError: Meta is down or limits the rate; nothing was said about the token.

    """
    refusals: list[tuple[str, ApiError]] = []
    if graph.has_app_credentials:
        try:
            return Introspection(BY_APP, graph.debug_token(as_app=True))
        except ApiError as refusal:
            if refusal.transient:
                raise
            refusals.append((BY_APP, refusal))
            if refusal.about_token or refusal.code == 101 or "did not match" in refusal.message:
                graph.send_no_proof()
    try:
        return Introspection(BY_ITSELF, graph.debug_token(as_app=False), refusals=tuple(refusals))
    except ApiError as refusal:
        if refusal.transient:
            raise
        if refusal.about_token:
            return Introspection(BY_ITSELF, rejected=refusal, refusals=tuple(refusals))
        refusals.append((BY_ITSELF, refusal))
    return Introspection(refusals=tuple(refusals))


def moment(seconds: int | None) -> datetime | None:
    """Turn Meta's unix time into a datetime in UTC; 0, absence and nonsense give None."""
    if not seconds or seconds < 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def describe(
    introspection: Introspection, *, fingerprint: str, source: str, functional: Mapping[str, str]
) -> TokenDescription:
    """Write down what is known, for the report."""
    proof = tuple(functional.items())
    answer = introspection.answer
    if answer is None:
        refused = introspection.rejected or (introspection.refusals[-1][1] if introspection.refusals else None)
        return TokenDescription(
            fingerprint,
            source,
            introspected_by=introspection.introspected_by,
            refused=refused.message if refused else "",
            valid=False if introspection.rejected else None,
            functional=proof,
        )
    return TokenDescription(
        fingerprint,
        source,
        introspected_by=introspection.introspected_by,
        valid=answer.is_valid,
        kind=answer.type,
        app_id=answer.app_id,
        application=answer.application,
        user_id=answer.user_id,
        issued_at=moment(answer.issued_at),
        expires_at=moment(answer.expires_at),
        never_expires=answer.never_expires,
        data_access_expires_at=moment(answer.data_access_expires_at),
        data_access_never_ends=answer.is_valid and answer.data_access_expires_at == 0,
        scopes=answer.scopes,
        granular_scopes=tuple((each.scope, each.target_ids) for each in answer.granular_scopes),
        functional=proof,
    )
