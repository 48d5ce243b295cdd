"""
The delivery of an event: a POST signed with the app secret over the raw bytes, and forgeries of it.

The event is one that no code has to act on: a field that Meta does not have, of an account that does not exist,
and no message in it. Its text holds what breaks signatures that are computed over anything but the raw bytes:
escaped letters, slashes and at signs, as Meta escapes them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wa_doctor.endpoint.certificates import WEBHOOKS
from wa_doctor.knowledge.webhook_delivery import delivery
from wa_doctor.model import Evidence, Finding, Unverified, error, notice

if TYPE_CHECKING:
    from wa_doctor.endpoint.conversation import Reply
    from wa_doctor.redact import Secret

SIGNATURE = "X-Hub-Signature-256"
FIELD = "wa_doctor_test"

ESCAPED = (
    rb'{"object":"whatsapp_business_account","entry":[{"id":"0","changes":[{"field":"wa_doctor_test","value":'
    rb'{"messaging_product":"whatsapp",'
    rb'"note":"caf\u00e9 \ud83d\ude42 https:\/\/example.com\/ test\u0040example.com"}}]}]}'
)
"""The event as Meta would write it; `docs/webhook.md` prints it."""


def _plain() -> dict[str, Any]:
    event: dict[str, Any] = json.loads(ESCAPED)
    event["entry"][0]["changes"][0]["value"]["note"] = "plain text"
    return event


COMPACT = json.dumps(_plain(), separators=(",", ":")).encode()
SPACED = json.dumps(_plain()).encode()
"""The same without escapes: parsing and writing it again changes nothing, in JavaScript or in Python."""

_RAW = (
    f"Compute {SIGNATURE} over the raw bytes of the request, before any body parser: escapes such as \\u00e9 and \\/"
    " are lost when JSON is written again."
)


def signature(body: bytes, app_secret: Secret) -> str:
    """Sign a body as Meta does: lower-case hex HMAC-SHA256 of the raw bytes, keyed with the app secret."""
    return "sha256=" + hmac.new(app_secret.octets, body, hashlib.sha256).hexdigest()


def forged(body: bytes) -> str:
    """Sign a body with a secret that nobody has."""
    return "sha256=" + hmac.new(secrets.token_bytes(32), body, hashlib.sha256).hexdigest()


def headers(signed: str = "") -> dict[str, str]:
    """Return the headers of a delivery."""
    return {"Content-Type": "application/json"} | ({SIGNATURE: signed} if signed else {})


def accepted(reply: Reply) -> bool:
    """Say whether Meta would call the event delivered."""
    return reply.answer is not None and reply.answer.status == 200


def judge_signed(reply: Reply, rewritten: bool) -> Iterator[Finding]:
    """
    Judge the answer to a signed event; `rewritten` says that a body which survives rewriting was accepted.

    Raises:
        Unverified: there was no answer.

    """
    answer = reply.answer
    if answer is None:
        raise Unverified("the signed event got no answer", fix="Try again.")
    again = f"so Meta sends it again for {delivery().retry_days} days"
    evidence: Evidence = {"status": answer.status, "field": FIELD}
    if answer.status == 200:
        yield notice("answered 200", evidence=evidence)
    elif rewritten:
        yield error(
            f"a signed event with escaped characters is answered HTTP {answer.status} and a plain one 200: the"
            " signature is computed over JSON that was written again",
            fix=_RAW,
            url=WEBHOOKS,
            evidence=evidence,
        )
    elif 200 < answer.status < 300:
        yield error(
            f"a signed event is answered HTTP {answer.status}, which is not 200, {again}",
            fix="Answer every event with status 200 and nothing else.",
            url=WEBHOOKS,
            evidence=evidence,
        )
    elif answer.status in (401, 403):
        yield error(
            f"the signature of a genuine event is refused (HTTP {answer.status}), {again}",
            fix=(
                "Give the endpoint the app secret of App Dashboard > App settings > Basic, not the verify token or an"
                f" access token. {_RAW}"
            ),
            url=WEBHOOKS,
            evidence=evidence,
        )
    elif answer.status >= 500:
        yield error(
            f"the endpoint breaks on an event it does not know (HTTP {answer.status}), {again}",
            fix="Answer 200 first and work afterwards, and pass over fields and kinds of message you do not know.",
            url=WEBHOOKS,
            evidence=evidence,
        )
    else:
        yield error(
            f"a signed event is answered HTTP {answer.status}, {again}",
            fix="Answer 200 to every event whose signature is right, those you have no use for included.",
            url=WEBHOOKS,
            evidence=evidence,
        )


def judge_forged(reply: Reply, what: str) -> Iterator[Finding]:
    """
    Judge the answer to an event that Meta did not sign; `what` names it.

    Raises:
        Unverified: there was no answer.

    """
    answer = reply.answer
    if answer is None:
        raise Unverified(f"{what} got no answer", fix="Try again.")
    evidence: Evidence = {"status": answer.status, "field": FIELD}
    if answer.status == 200:
        yield error(
            f"{what} is answered 200, so whoever knows the URL can send events in Meta's name",
            fix=f"Check {SIGNATURE} before anything else, and answer 401 where it is missing or wrong.",
            url=WEBHOOKS,
            evidence=evidence,
        )
    elif answer.status >= 500:
        yield notice(f"broke off with HTTP {answer.status}; 401 would be clearer", evidence=evidence)
    else:
        yield notice(f"refused with HTTP {answer.status}", evidence=evidence)
