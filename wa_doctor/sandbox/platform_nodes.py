"""The node types that are not WhatsApp's own: the app, the business portfolio, the user behind a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wa_doctor.sandbox.nodes import Edge, Kind, Rows, View, attribute, constant
from wa_doctor.sandbox.whatsapp_nodes import ACCOUNT

if TYPE_CHECKING:
    from wa_doctor.sandbox.accounts import Business
    from wa_doctor.sandbox.fields import Field
    from wa_doctor.sandbox.world import App, Token


def _subscriptions(view: View, app: App, _wanted: tuple[Field, ...]) -> Rows:
    return [
        {
            "object": kind,
            "callback_url": each.callback_url,
            "active": each.active,
            "fields": [{"name": name, "version": view.world.versions.default} for name in each.fields],
        }
        for kind, each in app.subscriptions.items()
    ]


def _permissions(_view: View, token: Token, _wanted: tuple[Field, ...]) -> Rows:
    return [
        {"permission": scope, "status": "declined" if scope in token.declined else "granted"}
        for scope in dict.fromkeys((*token.scopes, *token.declined))
    ]


def _owned_accounts(view: View, business: Business, wanted: tuple[Field, ...]) -> Rows:
    reached = view.token.assets if view.token else ()
    return [
        ACCOUNT.read(view, account, wanted)
        for alias, account in view.world.accounts.items()
        if alias in reached and view.world.business_of(account) is business
    ]


APP: Kind[App] = Kind(
    "Application",
    ("category", "link", "name"),
    {
        "id": attribute("id"),
        "name": attribute("name"),
        "link": lambda _, app: f"https://www.facebook.com/games/?app_id={app.id}",
        "category": constant("Business"),
        "namespace": constant(None),
    },
    {"subscriptions": Edge(_subscriptions, paged=False)},
)

BUSINESS: Kind[Business] = Kind(
    "Business",
    ("name",),
    {
        "id": attribute("id"),
        "name": attribute("name"),
        "verification_status": attribute("verification"),
    },
    {"owned_whatsapp_business_accounts": Edge(_owned_accounts)},
)

USER: Kind[Token] = Kind(
    "User",
    ("name",),
    {
        "id": attribute("user_id"),
        "name": attribute("user_name"),
        "email": constant(None),
    },
    {"permissions": Edge(_permissions)},
)
