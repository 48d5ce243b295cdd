"""Where a token may stand, whom it stands for, and how a dead one is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client

Serve = Callable[..., "Client"]


def test_the_user_is_the_one_introspection_names(healthy: Client) -> None:
    me = healthy.get("me", fields="id,name").body
    assert me == {"id": healthy.debug(healthy.token).body["data"]["user_id"], "name": "crm-bot"}


def test_permissions_are_granted_or_declined(serve: Serve) -> None:
    client = serve(tokens={"bot": {"declined": ["business_management"]}})
    rows = {each["permission"]: each["status"] for each in client.get("me/permissions").body["data"]}
    assert rows["business_management"] == "declined"
    assert rows["whatsapp_business_messaging"] == "granted"


def test_no_token_and_an_app_token_have_no_user(healthy: Client) -> None:
    for token in ("", healthy.app_token):
        reply = healthy.get("me", token=token)
        assert (reply.status, reply.code) == (400, (2500, None))


def test_a_user_can_be_read_by_its_id_with_its_own_token(healthy: Client) -> None:
    assert healthy.get("122099416380527").body == healthy.get("me").body
    assert healthy.get("122107552904163").code == (100, 33)


def test_an_unknown_edge_is_a_nonexisting_field(healthy: Client) -> None:
    assert "nonexisting field (friends) on node type (User)" in healthy.get("me/friends").error["message"]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "OAuth"])
def test_the_token_may_stand_in_the_header(healthy: Client, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {healthy.token}"}
    assert healthy.send("GET", "/v25.0/me", headers=headers, token="").status == 200


def test_the_token_may_stand_in_the_query(healthy: Client) -> None:
    assert healthy.get("me", token="", access_token=healthy.token).status == 200


def test_another_scheme_is_no_token(healthy: Client) -> None:
    headers = {"Authorization": "Basic d2hvOndoYXQ="}
    assert healthy.send("GET", "/v25.0/me", headers=headers, token="").code == (2500, None)


def test_a_dead_token_is_401_on_a_whatsapp_node_and_400_elsewhere(serve: Serve) -> None:
    client = serve("expired-token")
    assert (client.get(client.number).status, client.get("me").status) == (401, 400)
    assert client.get(client.number).code == client.get("me").code == (190, 463)


def test_an_exhausted_app_is_limited(serve: Serve) -> None:
    reply = serve(apps={"crm": {"usage": {"call_count": 100}}}).get("me")
    assert reply.code == (4, None)
    assert reply.error["is_transient"] is True
    assert '"call_count":100' in reply.headers["x-app-usage"]
