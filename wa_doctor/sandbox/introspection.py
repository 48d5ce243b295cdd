"""
`GET /debug_token`: who may ask, and what is said about a token.

An error at the top level speaks about the caller, one inside `data.error` about the inspected token
(https://developers.facebook.com/docs/graph-api/reference/v25.0/debug_token, read 2026-03-30).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wa_doctor.sandbox.access import Caller, Door, Fault
from wa_doctor.sandbox.exchange import Answer, Refusal, Request, ok

_WITHOUT_TARGETS = ("public_profile", "email")


def debug_token(door: Door, request: Request, now: datetime) -> Answer:
    """
    Answer an introspection.

    Raises:
        Refusal: the caller may not ask (100), or is itself no good (190).

    """
    caller = _caller(door, request, now)
    text = request.text("input_token")
    if not text:
        raise Refusal(100, "(#100) The parameter input_token is required")
    found = door.recognise(text)
    if found is None or isinstance(found, Fault):
        fault = found or Fault("Invalid OAuth access token - Cannot parse access token")
        return ok({"data": {"error": _error(fault), "is_valid": False, "scopes": []}})
    if found.app is not caller.app:
        raise Refusal(100, "(#100) The App_id in the input_token did not match the Viewing App")
    return ok({"data": _describe(door, found, now)})


def _caller(door: Door, request: Request, now: datetime) -> Caller:
    caller = door.recognise(request.token)
    if isinstance(caller, Caller) and caller.token and request.token == request.text("input_token"):
        if caller.token.debug_only:
            raise Fault("Invalid OAuth access token - Debug only access token").refusal()
        door.check_proof(request, caller, now)  # a dead token may still ask about itself, a proof is due all the same
    else:
        caller = door.admit(request, now)
    if caller is None or (caller.token and not caller.token.introspects_itself):
        raise Refusal(
            100,
            "(#100) You must provide an app access token, or a user access token that is an owner or developer of the "
            "app",
        )
    return caller


def _error(fault: Fault) -> dict[str, Any]:
    return {"code": 190, "message": fault.message} | ({"subcode": fault.subcode} if fault.subcode else {})


def _describe(door: Door, found: Caller, now: datetime) -> dict[str, Any]:
    token, app = found.token, found.app
    if token is None:
        return {"app_id": app.id, "type": "APP", "application": app.name, "is_valid": True, "scopes": []}
    fault = door.death(found, now)
    scopes = [scope for scope in token.scopes if scope not in token.declined]
    data: dict[str, Any] = {
        "app_id": app.id,
        "type": token.kind,
        "application": app.name,
        "data_access_expires_at": door.at(token.data_access_ends_in_days),
    }
    if fault:
        data["error"] = _error(fault)
    data["expires_at"] = 0 if token.dead_by else door.at(token.expires_in_days)
    data["is_valid"] = fault is None
    if token.issued_days_ago:
        data["issued_at"] = door.at(-token.issued_days_ago)
    data["scopes"] = scopes
    granular = [_granular(door, scope, token.targets.get(scope)) for scope in scopes if scope not in _WITHOUT_TARGETS]
    if granular:
        data["granular_scopes"] = granular
    data["user_id"] = token.user_id
    return data


def _granular(door: Door, scope: str, targets: tuple[str, ...] | None) -> dict[str, Any]:
    if targets is None:
        return {"scope": scope}
    return {"scope": scope, "target_ids": [door.world.accounts[each].id for each in targets]}
