"""The parts of a report beside its checks: token, timings, platform, endpoint. Each is there if it was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wa_doctor.model import Result, Status, Unverified

if TYPE_CHECKING:
    from wa_doctor.context import Context
    from wa_doctor.endpoint.steps import Examined
    from wa_doctor.graph.description import TokenDescription
    from wa_doctor.network.timings import Timings
    from wa_doctor.platform.board import Board


def token(context: Context, results: Sequence[Result]) -> TokenDescription | None:
    """Return what Meta says about the token, with what the checks proved of it."""
    token = context.settings.access_token
    asked = any(result.family == "token" and result.status is not Status.SKIP for result in results)
    if token is None or not asked:
        return None

    from wa_doctor.graph.refusal import ApiError
    from wa_doctor.graph.token import Introspection, describe, introspect

    try:
        known = introspect(context.graph)
    except (ApiError, Unverified):
        known = Introspection()
    proof = {
        result.summary: _outcome(result) for result in results if result.check in ("account-access", "number-access")
    }
    return describe(
        known, fingerprint=token.fingerprint, source=context.settings.source("access_token"), functional=proof
    )


def _outcome(result: Result) -> str:
    if result.status in (Status.PASS, Status.WARN):
        return "ok"
    why = result.reason or (result.worst.message if result.worst else "")
    return f"refused: {why}" if result.status is Status.FAIL else f"not checked: {why}"


def timings(context: Context, results: Sequence[Result]) -> Timings | None:
    """Return where the time of the first exchange with the API went."""
    asked = any(result.check == "api-graph" and result.status is not Status.SKIP for result in results)
    return context.survey.timings() if asked else None


def endpoint(context: Context) -> Examined | None:
    """Return what the test of the callback URL came to, if it was made."""
    return context.endpoint.seen if context.endpoint else None


def platform(context: Context) -> Board | None:
    """Return what the status page said, if it was read."""
    return context.status_page.seen if context.status_page else None
