"""
Who calls, and what the call may see: tokens, `appsecret_proof`, permissions, assets, rate limits.

The order is Meta's as far as it is known: the token first, then the proof, then what was asked for.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from wa_doctor.sandbox.exchange import Refusal, Request, denied, no_object
from wa_doctor.sandbox.world import App, Token, World

if TYPE_CHECKING:
    from wa_doctor.sandbox.accounts import Account, Usage
    from wa_doctor.sandbox.keys import Keys

_PROOF_LIFE = 300  # seconds
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SESSIONS = {
    458: "Error validating access token: The user has not authorized application {app}.",
    459: "Error validating access token: You cannot access the app till you log in to www.facebook.com and follow "
    "the instructions given.",
    460: "Error validating access token: The session has been invalidated because the user changed their password "
    "or Facebook has changed the session for security reasons.",
    464: "Error validating access token: Sessions for the user are not allowed because the user is not a confirmed "
    "user.",
    467: "Error validating access token: The session is invalid because the user logged out.",
    492: "Error validating access token: Session does not match current stored session.",
}
_OTHERWISE_DEAD = "Error validating access token: The session is invalid."


@dataclass(frozen=True, slots=True)
class Caller:
    """Who stands behind a call: an app as itself (`token` None), or a user through a token of an app."""

    app: App
    token: Token | None
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a token is refused, as introspection shows it and as a call with it is answered (code 190)."""

    message: str
    subcode: int | None = None

    def refusal(self, status: int = 400) -> Refusal:
        """Return the error of a call."""
        return Refusal(190, self.message, status=status, subcode=self.subcode, oauth="invalid_token")


@dataclass(frozen=True, slots=True)
class Door:
    """Knows the tokens of a world. `opened` is the moment the relative times count from."""

    world: World
    keys: Keys
    opened: datetime

    def at(self, days: float | None) -> int:
        """Return a relative time as unix seconds; never is 0."""
        return 0 if days is None else int((self.opened + timedelta(days=days)).timestamp())

    def recognise(self, text: str) -> Caller | Fault | None:
        """
        Say who a token belongs to, or why it is none.

        None means that the call counts as one without a token. A dead token is still recognised.
        """
        if not text:
            return None
        if "|" in text:
            return self._app(text)
        token = self.keys.holder(text)
        if token:
            return Caller(self.world.apps[token.app], token, text)
        if text.startswith("EA") and text.isalnum():
            return Fault("The access token could not be decrypted")
        return Fault("Invalid OAuth access token - Cannot parse access token")

    def _app(self, text: str) -> Caller | Fault | None:
        id, _, secret = text.partition("|")
        app = self.world.find(id)
        if not isinstance(app, App):
            return Fault("Error validating application. Cannot get application info due to a system error.")
        if not hmac.compare_digest(self.keys.secret(app).encode(), secret.encode()):
            return Fault("Invalid OAuth access token signature.")
        return None if app.native else Caller(app, None, text)

    def death(self, caller: Caller, now: datetime) -> Fault | None:
        """Say what a token died of, if it did."""
        token = caller.token
        if token is None:
            return None
        if token.dead_by:
            said = _SESSIONS.get(token.dead_by, _OTHERWISE_DEAD)
            return Fault(said.format(app=caller.app.id), token.dead_by)
        if token.expires_in_days is not None and self.at(token.expires_in_days) <= now.timestamp():
            end = datetime.fromtimestamp(self.at(token.expires_in_days), now.tzinfo)
            return Fault(
                f"Error validating access token: Session has expired on {_pacific(end)}. "
                f"The current time is {_pacific(now)}.",
                463,
            )
        return None

    def admit(self, request: Request, now: datetime, *, status: int = 400) -> Caller | None:
        """
        Let a caller in whose token lives and whose proof is right; None is a call without a token.

        Raises:
            Refusal: the token (190, with the given HTTP status), the proof (100) or the app's limit (4).

        """
        caller = self.recognise(request.token)
        if caller is None:
            return None
        if isinstance(caller, Fault):
            raise caller.refusal(status)
        if caller.token and caller.token.debug_only:
            raise Fault("Invalid OAuth access token - Debug only access token").refusal(status)
        if fault := self.death(caller, now):
            raise fault.refusal(status)
        self.check_proof(request, caller, now)
        if caller.app.usage.exhausted:
            raise Refusal(
                4,
                "(#4) Application request limit reached",
                is_transient=True,
                headers={"x-app-usage": json.dumps(_figures(caller.app.usage), separators=(",", ":"))},
            )
        return caller

    def check_proof(self, request: Request, caller: Caller, now: datetime) -> None:
        """
        Hold an `appsecret_proof` against the app secret, in the timed form or the plain one.

        An app access token carries the secret itself, so none is demanded of it; a wrong one is refused all
        the same.

        Raises:
            Refusal: it is missing though the app demands it, wrong, or older than five minutes (100).

        """
        proof, seconds = request.text("appsecret_proof"), request.text("appsecret_time")
        if not proof:
            if caller.app.requires_proof and caller.token:
                raise _proof("API calls from the server require an appsecret_proof argument")
            return
        signed = f"{caller.text}|{seconds}" if seconds else caller.text
        right = hmac.new(self.keys.secret(caller.app).encode(), signed.encode(), hashlib.sha256).hexdigest()
        fresh = not seconds or (seconds.isdecimal() and abs(now.timestamp() - int(seconds)) <= _PROOF_LIFE)
        if not (fresh and hmac.compare_digest(right.encode(), proof.encode())):
            raise _proof("Invalid appsecret_proof provided in the API argument")


def _proof(message: str) -> Refusal:
    return Refusal(100, message, kind="GraphMethodException")


def _pacific(moment: datetime) -> str:
    there = moment.astimezone(timezone(timedelta(hours=-8)))
    day, month = _DAYS[there.weekday()], _MONTHS[there.month - 1]
    return f"{day}, {there.day:02}-{month}-{there.year % 100:02} {there:%H:%M:%S} PST"


def reach(world: World, caller: Caller, account: Account, scopes: tuple[str, ...], request: Request, id: str) -> None:
    """
    Let a caller at an account, or at something in it, with any one of the given scopes.

    Raises:
        Refusal: the asset is out of reach (100/33, or 200 where the world says so), or the scopes are (200).

    """
    token = caller.token
    if token is None:
        raise no_object(request, id)
    alias = next(each for each, known in world.accounts.items() if known is account)
    granted = [scope for scope in scopes if scope in token.scopes and scope not in token.declined]
    targeted = [scope for scope in granted if alias in token.targets.get(scope, (alias,))]
    if alias not in token.assets or (granted and not targeted):
        if token.unassigned == "denied":
            raise Refusal(200, "(#200) Permissions error", status=403, oauth="access_denied")
        raise no_object(request, id)
    if not granted:
        raise denied(scopes[0])


def check_limit(account: Account) -> None:
    """
    Refuse a management call on an account whose hourly calls are used up.

    Raises:
        Refusal: they are (80008).

    """
    if account.usage.exhausted:
        raise Refusal(
            80008,
            "(#80008) There have been too many calls to this WhatsApp Business account. Wait a bit and try again. For "
            "more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
            headers=business_usage(account),
        )


def business_usage(account: Account, limit: str = "whatsapp_business_management") -> dict[str, str]:
    """Return the usage header of an account; it is keyed by the account's id."""
    entry = {
        "type": limit,
        **_figures(account.usage),
        "estimated_time_to_regain_access": account.usage.regain_minutes,
    }
    return {"x-business-use-case-usage": json.dumps({account.id: [entry]}, separators=(",", ":"))}


def _figures(usage: Usage) -> dict[str, int]:
    return {
        "call_count": usage.call_count,
        "total_cputime": usage.total_cputime,
        "total_time": usage.total_time,
    }
