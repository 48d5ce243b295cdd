"""Notes what a structure tells besides its errors: deliveries, recipients, ids, and the state of tokens and nodes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wa_doctor.explain.reading.record import Record

META_TEST_APP = "2202427980234937"  # "WA DevX Webhook Events 1P App": Meta's own, never the customer's
STATUSES = frozenset(("sent", "delivered", "read", "failed", "played", "deleted", "warning", "accepted"))

_NUMBER_KEYS = {
    "to": "to",
    "recipient_id": "to",
    "recipient": "to",
    "wa_id": "wa_id",
    "input": "to",
    "from": "wa_id",
    "display_phone_number": "sender",
}
_NOT_DIGITS = re.compile(r"[\s()+\-.]")
_SCOPES = ("whatsapp_business_messaging", "whatsapp_business_management")


def note_payload(table: Mapping[str, Any], record: Record) -> None:
    """Note what one table of a payload shows."""
    _body(table, record)
    _numbers(table, record)
    _delivery(table, record)
    _template_request(table, record)
    _token(table, record)
    _subscriptions(table, record)
    _node(table, record)
    _events(table, record)


def _body(table: Mapping[str, Any], record: Record) -> None:
    if table.get("object") == "whatsapp_business_account" and "entry" in table:
        record.bodies["a webhook"] = None
    if "can_send_message" in table and "entities" in table:
        record.bodies["a health_status"] = None
    if table.get("is_valid") is True and "scopes" in table:
        record.bodies["an answer of debug_token about a valid token"] = None


def _numbers(table: Mapping[str, Any], record: Record) -> None:
    for name, role in _NUMBER_KEYS.items():
        value = table.get(name)
        if not isinstance(value, (str, int)) or isinstance(value, bool):
            continue
        digits = _NOT_DIGITS.sub("", str(value))
        if digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 15:
            record.number(digits, role)
            if role == "to" and str(value).strip().startswith("00"):
                record.sign("number-with-00", value)
    value = table.get("phone_number_id")
    if isinstance(value, (str, int)) and "display_phone_number" not in table:  # beside that it comes from Meta
        record.object_id(str(value), "phone_number_id")


def _delivery(table: Mapping[str, Any], record: Record) -> None:
    status, message = table.get("status"), table.get("id", table.get("message_id"))
    if isinstance(status, str) and status in STATUSES and isinstance(message, str) and "recipient_id" in table:
        record.delivery(message, status, str(table["recipient_id"]))
        record.sign(f"status-{status}", status)
    if isinstance(table.get("contacts"), list) and isinstance(table.get("messages"), list) and "statuses" not in table:
        sent = any(isinstance(each, Mapping) and "input" in each for each in table["contacts"])
        if sent:
            record.sign("send-accepted", "the answer holds a message id")
            record.bodies["the answer to an accepted message"] = None
    accepted = table.get("message_status")
    if isinstance(accepted, str):
        record.sign(f"message-status-{accepted.replace('_', '-')}", accepted)


def _template_request(table: Mapping[str, Any], record: Record) -> None:
    template = table.get("template")
    if isinstance(template, Mapping) and "language" in template:
        record.sign("request-template", template.get("name", ""))
    elif table.get("messaging_product") == "whatsapp" and isinstance(table.get("text"), Mapping) and "to" in table:
        record.sign("request-free-form", "text")


def _token(table: Mapping[str, Any], record: Record) -> None:
    if "is_valid" not in table:
        return
    if table["is_valid"] is False:
        record.sign("token-invalid", "is_valid: false")
        return
    scopes = table.get("scopes")
    if isinstance(scopes, list):
        for scope in _SCOPES:
            if scope not in scopes:
                record.sign("token-scope-missing", f"{scope} is not among the scopes")
    if table.get("type") == "APP":
        record.sign("token-is-app-token", "type: APP")
    if table.get("type") == "USER":
        record.sign("token-is-user-token", "type: USER")
    if table.get("type") == "PAGE":
        record.sign("token-is-page-token", "type: PAGE")


def _subscriptions(table: Mapping[str, Any], record: Record) -> None:
    app = table.get("whatsapp_business_api_data")
    if isinstance(app, Mapping):
        theirs = str(app.get("id")) == META_TEST_APP or "DevX" in str(app.get("name"))
        record.sign("subscribed-meta-test-app" if theirs else "subscribed-an-app", app.get("name", ""))


def _node(table: Mapping[str, Any], record: Record) -> None:
    platform, status = table.get("platform_type"), table.get("status")
    if platform in ("NOT_APPLICABLE", "ON_PREMISE"):
        record.sign("number-not-on-cloud-api", f"platform_type: {platform}")
    if ("verified_name" in table or platform) and status in ("PENDING", "DISCONNECTED", "UNVERIFIED", "MIGRATED"):
        record.sign("number-not-connected", f"status: {status}")
    if ("verified_name" in table or platform) and status in ("BANNED", "RESTRICTED", "FLAGGED"):
        record.sign("number-restricted", f"status: {status}")
    if table.get("name_status") in ("DECLINED", "PENDING_REVIEW", "EXPIRED"):
        record.sign("name-not-approved", f"name_status: {table['name_status']}")
    if table.get("account_mode") == "SANDBOX":
        record.sign("number-is-test-number", "account_mode: SANDBOX")
    if table.get("quality_rating") == "RED":
        record.sign("quality-red", "quality_rating: RED")
    if "components" in table and "language" in table and status in ("PENDING", "REJECTED", "PAUSED", "DISABLED"):
        record.sign(f"template-{str(status).lower()}", f"{table.get('name', 'template')}: {status}")
    elif "components" in table and "language" in table and status == "APPROVED":
        record.sign("template-approved", f"{table.get('name', 'template')}: {status}")


def _events(table: Mapping[str, Any], record: Record) -> None:
    event = table.get("event")
    if not isinstance(event, str):
        return
    if "message_template_id" in table or "message_template_name" in table:
        if event in ("PENDING", "REJECTED", "PAUSED", "DISABLED", "FLAGGED"):
            record.sign(f"template-{event.lower()}", f"{table.get('message_template_name', 'template')}: {event}")
    elif event in ("ACCOUNT_RESTRICTION", "ACCOUNT_VIOLATION", "DISABLED_UPDATE", "ACCOUNT_DELETED"):
        record.sign("account-restricted", f"event: {event}")
    elif event in ("PARTNER_REMOVED", "PARTNER_APP_UNINSTALLED", "ACCOUNT_OFFBOARDED"):
        record.sign("partner-removed", f"event: {event}")
    elif event in ("ENDPOINT_ERROR_RATE", "ENDPOINT_LATENCY", "ENDPOINT_AVAILABILITY", "CLIENT_ERROR_RATE"):
        record.sign("flow-endpoint-alert", f"event: {event}")
