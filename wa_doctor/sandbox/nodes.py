"""
The node types: which fields each knows, which it answers with when none is asked for, and their values.

A field that is known and has no value is left out; one that is unknown fails the call. The field names are
those used against live nodes (Meta's references and public SDKs, read 2026-06 to 2026-09).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from wa_doctor.sandbox.exchange import no_field
from wa_doctor.sandbox.fields import Field, within
from wa_doctor.sandbox.health import health
from wa_doctor.sandbox.world import Account, App, Business, Number, Template, Token, World

Node = TypeVar("Node")


@dataclass(frozen=True, slots=True)
class View:
    """Who looks at the world: answers may depend on the app that asks. `token` is None for an app token."""

    world: World
    app: App
    token: Token | None = None


@dataclass(frozen=True, slots=True)
class Kind(Generic[Node]):
    """A node type. `fields` gives each known field and how its value is found; an empty value is left out."""

    name: str
    default: tuple[str, ...]
    fields: Mapping[str, Callable[[View, Node], Any]]

    def read(self, view: View, node: Node, wanted: tuple[Field, ...]) -> dict[str, Any]:
        """
        Answer a GET on one node; `id` comes along whatever is asked.

        Raises:
            Refusal: a field is unknown here (100).

        """
        answer: dict[str, Any] = {}
        for each in (*(wanted or tuple(map(Field, self.default))), Field("id")):
            if each.name not in self.fields:
                raise no_field(each.name, self.name)
            value = self.fields[each.name](view, node)
            if value not in ("", None):
                answer[each.name] = within(value, each.inside)
        return answer


def _no_value(_view: View, _node: object) -> None:
    return None


def _webhooks(view: View, node: Account | Number) -> dict[str, str] | None:
    account = view.world.account_of(node)
    own = view.app.subscriptions.get("whatsapp_business_account")
    alias = next((alias for alias, app in view.world.apps.items() if app is view.app), "")
    urls = {
        "phone_number": node.override_url if isinstance(node, Number) else "",
        "whatsapp_business_account": account.overrides.get(alias, ""),
        "application": own.callback_url if own else "",
    }
    return {place: url for place, url in urls.items() if url} or None


def _health(view: View, node: Account | Number | Template) -> dict[str, Any]:
    return health(view.world, view.app, node)


def _owner(view: View, account: Account) -> dict[str, str]:
    business = view.world.business_of(account)
    return {"name": business.name, "id": business.id}


def _is(name: str) -> Callable[[View, Any], Any]:
    return partial(_attribute, name)


def _attribute(name: str, _view: View, node: object) -> Any:
    return getattr(node, name)


NUMBER: Kind[Number] = Kind(
    "WhatsAppBusinessPhoneNumber",
    (
        "verified_name",
        "code_verification_status",
        "display_phone_number",
        "quality_rating",
        "platform_type",
        "throughput",
        "webhook_configuration",
        "last_onboarded_time",
    ),
    {
        "id": _is("id"),
        "display_phone_number": _is("display"),
        "verified_name": _is("verified_name"),
        "status": _is("status"),
        "platform_type": _is("platform_type"),
        "host_platform": _is("platform_type"),
        "quality_rating": _is("quality_rating"),
        "quality_score": lambda _, number: {"score": number.quality_rating},
        "name_status": _is("name_status"),
        "new_name_status": lambda *_: "NONE",
        "code_verification_status": _is("code_verification_status"),
        "account_mode": _is("account_mode"),
        "throughput": lambda _, number: {"level": number.throughput},
        "messaging_limit_tier": _is("messaging_limit"),
        "whatsapp_business_manager_messaging_limit": _is("messaging_limit"),
        "webhook_configuration": _webhooks,
        "health_status": _health,
        "country_code": _is("country"),
        "country_dial_code": _is("dial_code"),
        "last_onboarded_time": _is("last_onboarded"),
        "is_pin_enabled": _is("is_pin_enabled"),
        "is_official_business_account": _is("is_official"),
        "official_business_account": lambda *_: {"oba_status": "NOT_STARTED"},
        "is_on_biz_app": lambda *_: False,
        "is_preverified_number": lambda *_: False,
        "search_visibility": lambda *_: "NON_VISIBLE",
        "eligibility_for_api_business_global_search": lambda *_: "NON_ELIGIBLE_VERIFIED_LEVEL",
        "unified_cert_status": _is("name_status"),
        "certificate": _no_value,
        "new_certificate": _no_value,
        "new_display_name": _no_value,
        "conversational_automation": _no_value,
        "username": _no_value,
    },
)

ACCOUNT: Kind[Account] = Kind(
    "WhatsAppBusinessAccount",
    ("name", "timezone_id", "message_template_namespace"),
    {
        "id": _is("id"),
        "name": _is("name"),
        "timezone_id": _is("timezone_id"),
        "message_template_namespace": _is("template_namespace"),
        "account_review_status": _is("review"),
        "business_verification_status": lambda view, account: view.world.business_of(account).verification,
        "country": _is("country"),
        "primary_business_location": _is("country"),
        "currency": _is("currency"),
        "ownership_type": _is("ownership"),
        "status": lambda _, account: "BANNED" if account.banned else "ACTIVE",
        "owner_business_info": _owner,
        "health_status": _health,
        "is_enabled_for_insights": lambda *_: True,
        "marketing_messages_lite_api_status": lambda *_: "ELIGIBLE",
        "on_behalf_of_business_info": _no_value,
        "primary_funding_id": _no_value,
        "purchase_order_number": _no_value,
        "creation_time": _no_value,
        "analytics": _no_value,
        "conversation_analytics": _no_value,
        "pricing_analytics": _no_value,
    },
)

TEMPLATE: Kind[Template] = Kind(
    "WhatsAppMessageTemplate",
    ("name", "parameter_format", "components", "language", "status", "category"),
    {
        "id": _is("id"),
        "name": _is("name"),
        "language": _is("language"),
        "status": _is("status"),
        "category": _is("category"),
        "parameter_format": lambda *_: "POSITIONAL",
        "components": lambda _, template: [{"type": "BODY", "text": template.body}],
        "health_status": _health,
        "quality_score": lambda *_: {"score": "UNKNOWN"},
        "previous_category": _no_value,
        "rejected_reason": _no_value,
    },
)

APP: Kind[App] = Kind(
    "Application",
    ("link", "name"),
    {
        "id": _is("id"),
        "name": _is("name"),
        "link": lambda _, app: f"https://www.facebook.com/games/?app_id={app.id}",
        "category": lambda *_: "Business",
        "namespace": _no_value,
    },
)

BUSINESS: Kind[Business] = Kind(
    "Business",
    ("name",),
    {
        "id": _is("id"),
        "name": _is("name"),
        "verification_status": _is("verification"),
    },
)

USER: Kind[Token] = Kind(
    "User",
    ("name",),
    {
        "id": _is("user_id"),
        "name": _is("user_name"),
        "email": _no_value,
    },
)
