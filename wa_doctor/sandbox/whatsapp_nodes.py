"""
The node types of WhatsApp: account, number, template.

The field names are those of Meta's references and of what public SDKs ask of live nodes (read 2026-06 to
2026-09).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wa_doctor.sandbox.exchange import no_field
from wa_doctor.sandbox.health import health
from wa_doctor.sandbox.nodes import Edge, Kind, Rows, View, attribute, constant

if TYPE_CHECKING:
    from wa_doctor.sandbox.accounts import Account, Number, Template
    from wa_doctor.sandbox.fields import Field


def _health(view: View, node: Account | Number | Template) -> dict[str, Any]:
    return health(view.world, view.app, node)


def _webhooks(view: View, number: Number) -> dict[str, str] | None:
    account = view.world.account_of(number)
    own = view.app.subscriptions.get("whatsapp_business_account")
    urls = {
        "phone_number": number.override_url,
        "whatsapp_business_account": account.overrides.get(view.world.alias_of(view.app), ""),
        "application": own.callback_url if own else "",
    }
    return {place: url for place, url in urls.items() if url} or None


def _profile(_view: View, number: Number, wanted: tuple[Field, ...]) -> Rows:
    profile = number.profile
    known: dict[str, Any] = {
        "about": profile.about,
        "address": profile.address,
        "description": profile.description,
        "email": profile.email,
        "profile_picture_url": "",
        "websites": list(profile.websites),
        "vertical": profile.vertical,
        "messaging_product": "whatsapp",
    }
    for each in wanted:
        if each.name not in known:
            raise no_field(each.name, "WhatsAppBusinessProfile")
    names = [each.name for each in wanted] or ["vertical"]
    return [{name: known[name] for name in (*names, "messaging_product") if known[name]}]


def _numbers(view: View, account: Account, wanted: tuple[Field, ...]) -> Rows:
    held = [each for each in view.world.numbers.values() if view.world.account_of(each) is account]
    return [NUMBER.read(view, each, wanted) for each in held]


def _templates(view: View, account: Account, wanted: tuple[Field, ...]) -> Rows:
    filters = {name: view.params[name] for name in ("name", "language", "status", "category") if name in view.params}
    return [
        TEMPLATE.read(view, each, wanted)
        for each in account.templates.values()
        if all(getattr(each, name) == value for name, value in filters.items())
    ]


def _subscribed_apps(view: View, account: Account, _wanted: tuple[Field, ...]) -> Rows:
    rows: Rows = []
    for alias in account.subscribed:
        app = view.world.apps[alias]
        shown = {
            "category": "Business",
            "link": f"https://www.facebook.com/games/?app_id={app.id}",
            "name": app.name,
            "id": app.id,
        }
        override = account.overrides.get(alias)
        rows.append({"whatsapp_business_api_data": shown} | ({"override_callback_uri": override} if override else {}))
    return rows


def _messaging_limit(view: View, account: Account) -> str:
    limits = [each.messaging_limit for each in view.world.numbers.values() if view.world.account_of(each) is account]
    return limits[0] if limits else ""


def _template_summary(view: View, account: Account) -> dict[str, Any]:
    verified = view.world.business_of(account).verification.lower() == "verified"
    return {
        "total_count": len(account.templates),
        "message_template_count": len(account.templates),
        "message_template_limit": 6000 if verified else 250,
        "are_translations_complete": True,
    }


def _components(_view: View, template: Template) -> Rows:
    body: dict[str, Any] = {"type": "BODY", "text": template.body}
    return [body | ({"example": {"body_text": [list(template.example)]}} if template.example else {})]


def _owner(view: View, account: Account) -> dict[str, str]:
    business = view.world.business_of(account)
    return {"name": business.name, "id": business.id}


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
        "id": attribute("id"),
        "display_phone_number": attribute("display"),
        "verified_name": attribute("verified_name"),
        "status": attribute("status"),
        "platform_type": attribute("platform_type"),
        "host_platform": attribute("platform_type"),
        "quality_rating": attribute("quality_rating"),
        "quality_score": lambda _, number: {"score": number.quality_rating},
        "name_status": attribute("name_status"),
        "new_name_status": constant("NONE"),
        "code_verification_status": attribute("code_verification_status"),
        "account_mode": attribute("account_mode"),
        "throughput": lambda _, number: {"level": number.throughput},
        "messaging_limit_tier": attribute("messaging_limit"),
        "whatsapp_business_manager_messaging_limit": attribute("messaging_limit"),
        "webhook_configuration": _webhooks,
        "health_status": _health,
        "country_code": attribute("country"),
        "country_dial_code": attribute("dial_code"),
        "last_onboarded_time": attribute("last_onboarded"),
        "is_pin_enabled": attribute("is_pin_enabled"),
        "is_official_business_account": attribute("is_official"),
        "official_business_account": constant({"oba_status": "NOT_STARTED"}),
        "is_on_biz_app": constant(False),
        "is_preverified_number": constant(False),
        "search_visibility": constant("NON_VISIBLE"),
        "eligibility_for_api_business_global_search": constant("NON_ELIGIBLE_VERIFIED_LEVEL"),
        "unified_cert_status": attribute("name_status"),
        "certificate": constant(None),
        "new_certificate": constant(None),
        "new_display_name": constant(None),
        "conversational_automation": constant(None),
        "username": constant(None),
    },
    {"whatsapp_business_profile": Edge(_profile, paged=False)},
)

TEMPLATE: Kind[Template] = Kind(
    "WhatsAppMessageTemplate",
    ("name", "parameter_format", "components", "language", "status", "category"),
    {
        "id": attribute("id"),
        "name": attribute("name"),
        "language": attribute("language"),
        "status": attribute("status"),
        "category": attribute("category"),
        "parameter_format": constant("POSITIONAL"),
        "components": _components,
        "health_status": _health,
        "quality_score": constant(None),
        "previous_category": constant(None),
        "rejected_reason": constant("NONE"),
        "sub_category": constant(None),
        "cta_url_link_tracking_opted_out": constant(None),
        "message_send_ttl_seconds": constant(None),
        "library_template_name": constant(None),
        "correct_category": constant(None),
        "degrees_of_freedom_spec": constant(None),
    },
)

ACCOUNT: Kind[Account] = Kind(
    "WhatsAppBusinessAccount",
    ("name", "timezone_id", "message_template_namespace"),
    {
        "id": attribute("id"),
        "name": attribute("name"),
        "timezone_id": attribute("timezone_id"),
        "message_template_namespace": attribute("template_namespace"),
        "account_review_status": attribute("review"),
        "business_verification_status": lambda view, account: view.world.business_of(account).verification,
        "country": attribute("country"),
        "primary_business_location": attribute("country"),
        "currency": attribute("currency"),
        "ownership_type": attribute("ownership"),
        "status": lambda _, account: "BANNED" if account.banned else "ACTIVE",
        "owner_business_info": _owner,
        "owner_business": _owner,
        "health_status": _health,
        "is_enabled_for_insights": constant(True),
        "marketing_messages_lite_api_status": constant("ELIGIBLE"),
        "marketing_messages_onboarding_status": constant("ELIGIBLE"),
        "disable_marketing_messages_on_cloud_api": constant(False),
        "on_behalf_of_business_info": constant(None),
        "is_shared_with_partners": constant(False),
        "template_auto_archival_enabled": constant(False),
        "whatsapp_business_manager_messaging_limit": _messaging_limit,
        "auth_international_rate_eligibility": constant(None),
        "linked_commerce_account": constant(None),
        "marketing_messages_ad_account": constant(None),
        "primary_funding_id": constant(None),
        "service_pricing_policy": constant(None),
        "purchase_order_number": constant(None),
        "creation_time": constant(None),
        "analytics": constant(None),
        "conversation_analytics": constant(None),
        "pricing_analytics": constant(None),
    },
    {
        "phone_numbers": Edge(_numbers),
        "message_templates": Edge(_templates, summary=_template_summary),
        "subscribed_apps": Edge(_subscribed_apps, paged=False),
    },
)
