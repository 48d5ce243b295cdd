"""
The nodes and edges a check-up reads: what is asked of each, and how a refused field is dropped.

One unknown field makes a whole request fail, and a known one without a value is left out of the answer, so a
refused field is dropped and the rest asked again (seen in replies recorded in public repositories, 2026).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from wa_doctor.graph.refusal import ApiError, Unreachable

if TYPE_CHECKING:
    from pydantic import BaseModel

    from wa_doctor.graph.answers import Me, Permission, PhoneNumber, SubscribedAppRow, Subscription, Waba
    from wa_doctor.graph.client import Graph

Shape = TypeVar("Shape", bound="BaseModel")

NUMBER_FIELDS = (
    "id",
    "display_phone_number",
    "verified_name",
    "quality_rating",
    "status",
    "platform_type",
    "name_status",
    "code_verification_status",
    "account_mode",
    "throughput",
    "webhook_configuration",
    "health_status",
)
WABA_FIELDS = (
    "id",
    "name",
    "account_review_status",
    "business_verification_status",
    "country",
    "primary_business_location",
)

_NO_SUCH_FIELD = re.compile(r"nonexisting field \((\w+)\) on node type \((\w+)\)")


def phone_number(graph: Graph, id: str) -> PhoneNumber:
    """Read a business phone number by its id."""
    from wa_doctor.graph.answers import PhoneNumber

    return _node(graph, id, PhoneNumber, NUMBER_FIELDS, must=("display_phone_number",))


def waba(graph: Graph, id: str) -> Waba:
    """Read a WhatsApp Business Account."""
    from wa_doctor.graph.answers import Waba

    return _node(graph, id, Waba, WABA_FIELDS, must=("account_review_status",))


def _node(graph: Graph, id: str, shape: type[Shape], fields: tuple[str, ...], must: tuple[str, ...]) -> Shape:
    while True:
        try:
            node = graph.node(id, shape, fields=fields)
        except ApiError as refusal:
            found = _NO_SUCH_FIELD.search(refusal.message)
            if refusal.code != 100 or not found or found[1] not in fields or found[1] in must:
                raise
            fields = tuple(each for each in fields if each != found[1])
            continue
        if getattr(node, "id", "") != id:
            raise Unreachable(
                "the answer names no node, or another than was asked for",
                fix="Try again; if it stays so, find out what answers in Meta's place.",
                command="wa-doctor probe",
            )
        return node


def node_type(refusal: ApiError) -> str:
    """Return the type of node that Meta names when a field does not belong to it, or an empty string."""
    found = _NO_SUCH_FIELD.search(refusal.message)
    return found[2] if found else ""


def numbers_of(graph: Graph, waba_id: str) -> tuple[PhoneNumber, ...]:
    """List the phone numbers of an account (`GET /{WABA_ID}/phone_numbers`)."""
    from wa_doctor.graph.answers import PhoneNumber

    return graph.rows(f"{waba_id}/phone_numbers", PhoneNumber)


def subscribed_apps(graph: Graph, waba_id: str) -> tuple[SubscribedAppRow, ...]:
    """List the apps that get the webhooks of an account."""
    from wa_doctor.graph.answers import SubscribedAppRow

    return graph.rows(f"{waba_id}/subscribed_apps", SubscribedAppRow)


def subscriptions(graph: Graph, app_id: str) -> tuple[Subscription, ...]:
    """List the webhook objects and fields an app subscribes to; Meta answers the app itself only."""
    from wa_doctor.graph.answers import Subscription

    return graph.rows(f"{app_id}/subscriptions", Subscription, as_app=True)


def me(graph: Graph) -> Me:
    """Ask whose token it is; any live token gets an answer."""
    from wa_doctor.graph.answers import Me

    return graph.node("me", Me, fields=("id", "name"))


def permissions(graph: Graph) -> tuple[Permission, ...]:
    """List the permissions the token's user granted, for the case that introspection is refused."""
    from wa_doctor.graph.answers import Permission

    return graph.rows("me/permissions", Permission)
