"""
`POST /{PHONE_NUMBER_ID}/messages`: accepted or refused as far as it can be told at once, and sent nowhere.

What Meta only says later, by webhook (payment, 24-hour window, an unreachable recipient), is accepted here
too: accepted is not delivered.
"""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Any

from wa_doctor.sandbox.access import Caller, business_usage
from wa_doctor.sandbox.exchange import Answer, Refusal, Request, ok
from wa_doctor.sandbox.world import MESSAGING

if TYPE_CHECKING:
    from wa_doctor.sandbox.accounts import Account, Number, Template

TYPES = (
    *("text", "template", "image", "audio", "video", "document", "sticker", "location", "contacts"),
    *("interactive", "reaction"),
)


def send(request: Request, caller: Caller, number: Number, account: Account) -> Answer:
    """
    Take a message, or a read receipt.

    Raises:
        Refusal: it could not be sent from here, or not in this form.

    """
    if not (caller.token and MESSAGING in caller.token.scopes and MESSAGING not in caller.token.declined):
        raise Refusal(
            200,
            "(#200) You do not have the necessary permissions to send messages on behalf of this WhatsApp Business "
            "Account",
            status=403,
            oauth="access_denied",
        )
    if request.text("messaging_product") != "whatsapp":
        raise _parameter("messaging_product")
    if not number.registered:
        raise Refusal(
            133010, "(#133010) Account not registered", details="Account does not exist in Cloud API, register it."
        )
    if request.text("status") == "read":
        if not request.text("message_id"):
            raise _parameter("message_id")
        return ok({"success": True}, business_usage(account, "whatsapp"))
    return ok(_accept(request, number, account), business_usage(account, "whatsapp"))


def _accept(request: Request, number: Number, account: Account) -> dict[str, Any]:
    to = request.text("to")
    digits = "".join(each for each in to if each.isascii() and each.isdecimal())
    if not digits:
        raise _parameter("to")
    kind = request.text("type") or "text"
    if kind not in TYPES:
        raise Refusal(100, f"(#100) Param type must be one of {{{', '.join(each.upper() for each in TYPES)}}}")
    _check_content(kind, request.params.get(kind), account)
    if number.account_mode == "SANDBOX" and digits not in number.allowed_recipients:
        raise Refusal(
            131030,
            "(#131030) Recipient phone number not in allowed list",
            details="Recipient phone number not in allowed list: Add recipient phone number to recipient list and try "
            "again.",
        )
    message = {"id": _message_id(digits)} | ({"message_status": "accepted"} if kind == "template" else {})
    return {"messaging_product": "whatsapp", "contacts": [{"input": to, "wa_id": digits}], "messages": [message]}


def _check_content(kind: str, content: object, account: Account) -> None:
    if not content or not isinstance(content, list if kind == "contacts" else dict):
        raise _parameter(kind)
    if isinstance(content, dict):
        if kind == "text" and not content.get("body"):
            raise _parameter("text['body']")
        if kind == "template":
            _check_template(content, account)


def _check_template(content: dict[str, Any], account: Account) -> None:
    name, language = content.get("name"), content.get("language")
    code = language.get("code") if isinstance(language, dict) else None
    for parameter, value in (("template['name']", name), ("template['language']['code']", code)):
        if not (isinstance(value, str) and value):
            raise _parameter(parameter)
    if _find(account, name, code) is None:
        raise Refusal(
            132001,
            "(#132001) Template name does not exist in the translation",
            status=404,
            details=f"template name ({name}) does not exist in {code}",
        )


def _find(account: Account, name: object, language: object) -> Template | None:
    for each in account.templates.values():
        if (each.name, each.language, each.status) == (name, language, "APPROVED"):
            return each
    return None


def _parameter(name: str) -> Refusal:
    return Refusal(100, f"(#100) The parameter {name} is required.")


def _message_id(digits: str) -> str:
    number = digits.encode()
    raw = b"\x1c\x18" + bytes([len(number) % 256]) + number + b"\x15\x02\x00\x11\x18" + secrets.token_hex(10).encode()
    return "wamid." + base64.b64encode(raw + b"\x00").decode()
