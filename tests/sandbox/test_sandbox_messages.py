"""`POST /{PHONE_NUMBER_ID}/messages`, and the calls that are not emulated."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client, Reply

Serve = Callable[..., "Client"]

TEXT = {"messaging_product": "whatsapp", "to": "+44 7700 900456", "type": "text", "text": {"body": "hello"}}
TEMPLATE = {"name": "order_sent", "language": {"code": "en_GB"}}


def send(client: Client, **changes: Any) -> Reply:
    return client.post(f"{client.number}/messages", {**TEXT, **changes})


def test_a_text_is_accepted(healthy: Client) -> None:
    reply = send(healthy)
    assert reply.status == 200
    assert reply.body["messaging_product"] == "whatsapp"
    assert reply.body["contacts"] == [{"input": "+44 7700 900456", "wa_id": "447700900456"}]
    assert reply.body["messages"][0]["id"].startswith("wamid.")
    (entry,) = json.loads(reply.headers["x-business-use-case-usage"])[healthy.account]
    assert entry["type"] == "whatsapp"


def test_no_two_messages_share_an_id(healthy: Client) -> None:
    assert send(healthy).body["messages"] != send(healthy).body["messages"]


def test_a_template_is_accepted_and_says_so(healthy: Client) -> None:
    assert send(healthy, type="template", template=TEMPLATE).body["messages"][0]["message_status"] == "accepted"


@pytest.mark.parametrize(
    "template",
    [
        {"name": "order_sent", "language": {"code": "de"}},
        {"name": "nothing", "language": {"code": "en_GB"}},
        {"name": "spring_offer", "language": {"code": "en_GB"}},
    ],
    ids=["language", "name", "not approved"],
)
def test_a_template_that_cannot_be_sent_does_not_exist(healthy: Client, template: dict[str, Any]) -> None:
    reply = send(healthy, type="template", template=template)
    assert (reply.status, reply.code) == (404, (132001, None))
    assert reply.error["error_data"]["messaging_product"] == "whatsapp"


def test_a_form_with_json_inside_is_understood(healthy: Client) -> None:
    """Meta's own SDKs send objects as JSON text in a form, and the token beside them."""
    form = {**TEXT, "text": json.dumps(TEXT["text"]), "access_token": healthy.token}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    path = f"/v25.0/{healthy.number}/messages"
    assert healthy.send("POST", path, urlencode(form).encode(), headers, token="").status == 200


def test_a_read_receipt_succeeds(healthy: Client) -> None:
    receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"}
    assert healthy.post(f"{healthy.number}/messages", receipt).body == {"success": True}
    assert healthy.post(f"{healthy.number}/messages", {**receipt, "message_id": ""}).code == (100, None)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"messaging_product": "sms"}, "messaging_product"),
        ({"to": ""}, "to"),
        ({"to": "somebody"}, "to"),
        ({"to": 447700900456}, "to"),
        ({"text": {}}, "text"),
        ({"text": "hello"}, "text"),
        ({"text": {"preview_url": True}}, "text['body']"),
        ({"type": "smoke"}, "type"),
        ({"type": "image"}, "image"),
        ({"type": "contacts", "contacts": {"name": "x"}}, "contacts"),
        ({"type": "template", "template": {"language": {"code": "en_GB"}}}, "template['name']"),
        ({"type": "template", "template": {"name": "order_sent", "language": "en_GB"}}, "template['language']"),
    ],
)
def test_a_malformed_message_names_the_parameter(healthy: Client, changes: dict[str, Any], named: str) -> None:
    reply = send(healthy, **changes)
    assert reply.code == (100, None)
    assert named in reply.error["message"]


def test_the_type_is_text_unless_said(healthy: Client) -> None:
    message = {name: value for name, value in TEXT.items() if name != "type"}
    assert healthy.post(f"{healthy.number}/messages", message).status == 200


def test_a_test_number_reaches_only_its_list(serve: Serve) -> None:
    client = serve("test-number")
    refused = send(client)
    assert refused.code == (131030, None)
    assert "allowed list" in refused.error["error_data"]["details"]
    assert send(client, to="447700900123").status == 200


def test_an_unregistered_number_cannot_send(serve: Serve) -> None:
    assert send(serve("unregistered-number")).code == (133010, None)


def test_without_messaging_nothing_can_be_sent(serve: Serve) -> None:
    reply = send(serve("missing-messaging"))
    assert (reply.status, reply.code) == (403, (200, None))
    assert "permissions to send messages" in reply.error["message"]


def test_without_management_messages_can_still_be_sent(serve: Serve) -> None:
    assert send(serve("missing-management")).status == 200


def test_an_account_out_of_reach_cannot_send(serve: Serve) -> None:
    assert send(serve("asset-not-assigned")).code == (100, 33)


def test_a_dead_token_cannot_send(serve: Serve) -> None:
    reply = send(serve("revoked-token"))
    assert (reply.status, reply.code) == (401, (190, 460))


@pytest.mark.parametrize(
    ("method", "edge"),
    [
        ("POST", "/register"),
        ("POST", "/deregister"),
        ("POST", ""),
        ("DELETE", ""),
        ("PUT", ""),
        ("DELETE", "/messages"),
        ("POST", "/whatsapp_business_profile"),
    ],
)
def test_what_would_change_something_is_not_supported(healthy: Client, method: str, edge: str) -> None:
    """The sandbox keeps no state; an operation it does not know is answered as Meta answers one."""
    reply = healthy.send(method, f"/v25.0/{healthy.number}{edge}", b"")
    assert (reply.status, reply.code) == (400, (100, 33))
    assert reply.error["message"].startswith(f"Unsupported {method.lower()} request")


def test_subscribing_changes_nothing(healthy: Client) -> None:
    path = f"{healthy.account}/subscribed_apps"
    before = healthy.get(path).body
    assert healthy.post(path, {}).code == (100, 33)
    assert healthy.get(path).body == before


@pytest.mark.parametrize(
    "path", ["me", "app", "520418830076214", "122099416380527", "debug_token", "", "1350772094416638"]
)
def test_nothing_else_takes_a_post(healthy: Client, path: str) -> None:
    assert healthy.post(path, {}).status in (400, 404)
