"""
`health_status` of a node, computed from everything a message depends on.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/health-status (read 2026-06-17).
Codes and texts of the errors are the published ones, but for a number that is not registered, whose code on
this field no source tells: there the code of the send error (133010) stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wa_doctor.sandbox.accounts import Account, Business, Number, Template

if TYPE_CHECKING:
    from wa_doctor.sandbox.world import App, World

_WORST_FIRST = ("BLOCKED", "LIMITED", "AVAILABLE")


def health(world: World, app: App, node: Account | Number | Template) -> dict[str, Any]:
    """Return the field for a node as an app sees it; the aggregate is the worst of the entities."""
    account = world.account_of(node)
    entities = [_account(account), _business(world.business_of(account)), _entity("APP", app.id)]
    if isinstance(node, Number):
        entities.insert(0, _number(node))
    elif isinstance(node, Template):
        entities.insert(0, _template(node))
    worst = min((each["can_send_message"] for each in entities), key=_WORST_FIRST.index)
    return {"can_send_message": worst, "entities": entities}


def _entity(kind: str, id: str, can_send: str = "AVAILABLE", **more: Any) -> dict[str, Any]:
    return {"entity_type": kind, "id": id, "can_send_message": can_send, **more}


def _error(code: int, description: str, solution: str = "") -> dict[str, Any]:
    return {"error_code": code, "error_description": description} | (
        {"possible_solution": solution} if solution else {}
    )


def _number(number: Number) -> dict[str, Any]:
    if not number.registered:
        missing = _error(133010, "Account not registered", "Register the business phone number for the Cloud API.")
        return _entity("PHONE_NUMBER", number.id, "BLOCKED", errors=[missing])
    if number.name_status not in ("APPROVED", "AVAILABLE_WITHOUT_REVIEW"):
        told = (
            "Your display name has not been approved yet. "
            "Your message limit will increase after the display name is approved."
        )
        return _entity("PHONE_NUMBER", number.id, "LIMITED", additional_info=[told])
    return _entity("PHONE_NUMBER", number.id)


def _account(account: Account) -> dict[str, Any]:
    errors = []
    if not account.payment_method:
        errors.append(
            _error(
                141006,
                "There is an error with the payment method. This will block business initiated conversations.",
                "There was an error with your payment method. Please add a new payment method to the account.",
            )
        )
    if account.banned:
        errors.append(
            _error(
                141014,
                "The WABA is banned.",
                "Please visit Business Support Home for more details on how to appeal the ban.",
            )
        )
    return _entity("WABA", account.id, "BLOCKED", errors=errors) if errors else _entity("WABA", account.id)


def _business(business: Business) -> dict[str, Any]:
    if business.verification.lower() == "verified":
        return _entity("BUSINESS", business.id)
    unverified = _error(141010, "The Business has not passed business verification")
    return _entity("BUSINESS", business.id, "LIMITED", errors=[unverified])


def _template(template: Template) -> dict[str, Any]:
    if template.status == "APPROVED":
        return _entity("MESSAGE_TEMPLATE", template.id)
    refused = _error(
        141002,
        "Message templates can only be sent out if they are approved.",
        "Edit or appeal the message template review decision.",
    )
    return _entity("MESSAGE_TEMPLATE", template.id, "BLOCKED", errors=[refused])
