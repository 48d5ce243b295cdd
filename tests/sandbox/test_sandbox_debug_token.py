"""What introspection says of a token, and to whom."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client

Serve = Callable[..., "Client"]


DAY = 86_400


def bot(**changes: Any) -> dict[str, Any]:
    return {"tokens": {"bot": changes}}


def description(client: Client, **options: Any) -> dict[str, Any]:
    reply = client.debug(client.token, **options)
    assert reply.status == 200
    data = reply.body["data"]
    assert isinstance(data, dict)
    return data


def test_a_system_user_token_that_never_ends(healthy: Client) -> None:
    data = description(healthy)
    assert data["is_valid"] is True
    assert data["type"] == "SYSTEM_USER"
    assert data["app_id"] == healthy.given["app_id"]
    assert data["expires_at"] == data["data_access_expires_at"] == 0
    assert data["issued_at"] < time.time()
    assert {"scope": "whatsapp_business_messaging"} in data["granular_scopes"]
    assert "error" not in data


def test_targets_are_ids_of_accounts(serve: Serve) -> None:
    client = serve(**bot(targets={"whatsapp_business_management": ["outlet"]}))
    granular = {each["scope"]: each.get("target_ids") for each in description(client)["granular_scopes"]}
    assert granular["whatsapp_business_management"] == ["118340927598817"]
    assert granular["whatsapp_business_messaging"] is None


def test_times_are_relative_to_now(serve: Serve) -> None:
    data = description(serve("token-expires-soon"))
    assert data["expires_at"] - time.time() == pytest.approx(3 * DAY, abs=60)
    assert data["expires_at"] - data["issued_at"] == 60 * DAY


def test_a_short_lived_user_token_has_no_time_of_issue(serve: Serve) -> None:
    data = description(serve("user-token"))
    assert data["type"] == "USER"
    assert "issued_at" not in data
    assert data["data_access_expires_at"] > data["expires_at"]
    assert "public_profile" in data["scopes"]
    assert "public_profile" not in [each["scope"] for each in data["granular_scopes"]]


def test_an_expired_token_keeps_its_data_beside_the_error(serve: Serve) -> None:
    data = description(serve("expired-token"))
    assert data["is_valid"] is False
    assert (data["error"]["code"], data["error"]["subcode"]) == (190, 463)
    assert "Session has expired on" in data["error"]["message"]
    assert 0 < data["expires_at"] < time.time()
    assert data["scopes"]


@pytest.mark.parametrize("subcode", [458, 459, 460, 464, 467, 492, 1234])
def test_a_dead_token_says_what_it_died_of_and_shows_no_expiry(serve: Serve, subcode: int) -> None:
    """A 0 in `expires_at` of a dead token does not mean that it never expires."""
    data = description(serve(**bot(dead_by=subcode)))
    assert data["is_valid"] is False
    assert data["error"]["subcode"] == subcode
    assert data["expires_at"] == 0


def test_a_missing_scope_is_just_absent(serve: Serve) -> None:
    data = description(serve("missing-messaging"))
    assert data["is_valid"] is True
    assert "whatsapp_business_messaging" not in data["scopes"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not-a-token", "Invalid OAuth access token - Cannot parse access token"),
        ("EAAZzz", "The access token could not be decrypted"),
        ("123|abc", "Error validating application. Cannot get application info due to a system error."),
        ("871204396655018|abc", "Invalid OAuth access token signature."),
    ],
)
def test_what_is_no_token_is_described_inside_the_data(healthy: Client, text: str, message: str) -> None:
    reply = healthy.debug(text)
    assert reply.status == 200
    assert reply.body == {
        "data": {"error": {"code": 190, "message": message}, "is_valid": False, "scopes": []},
    }


def test_a_token_that_lost_its_end_cannot_be_decrypted(serve: Serve) -> None:
    client = serve("malformed-token")
    assert description(client)["error"]["message"] == "The access token could not be decrypted"
    assert client.get("me").code == (190, None)


def test_an_app_token_is_described_without_user_or_times(healthy: Client) -> None:
    data = healthy.debug(healthy.app_token).body["data"]
    assert set(data) == {"app_id", "type", "application", "is_valid", "scopes"}
    assert data["type"] == "APP"


def test_a_token_may_ask_about_itself_even_when_it_is_dead(serve: Serve) -> None:
    client = serve("revoked-token")
    assert client.debug(client.token, by=client.token).body["data"]["is_valid"] is False


def test_a_caller_without_a_role_on_the_app_is_refused(serve: Serve) -> None:
    client = serve("introspection-refused")
    reply = client.debug(client.token, by=client.token)
    assert reply.status == 400
    assert reply.code == (100, None)
    assert reply.error["message"].startswith("(#100) You must provide an app access token")


def test_no_caller_at_all_is_refused(healthy: Client) -> None:
    assert healthy.debug(healthy.token, by="").error["message"].startswith("(#100) You must provide")


def test_a_bad_caller_is_refused_at_the_top_level(healthy: Client) -> None:
    """The error says something about the caller, nothing about the token that was asked about."""
    reply = healthy.debug(healthy.token, by=f"{healthy.given['app_id']}|wrong")
    assert (reply.status, reply.code) == (400, (190, None))
    assert "data" not in reply.body


def test_a_token_from_the_debugger_page_may_not_call(serve: Serve) -> None:
    client = serve(**bot(debug_only=True))
    assert client.debug(client.token, by=client.token).error["message"].endswith("Debug only access token")


def test_a_token_of_another_app_is_refused(serve: Serve) -> None:
    client = serve(given={"token": "courier"})
    reply = client.debug(client.token)
    assert (reply.status, reply.code) == (400, (100, None))
    assert "did not match the Viewing App" in reply.error["message"]


def test_the_app_token_of_a_native_app_counts_as_none(serve: Serve) -> None:
    client = serve(apps={"crm": {"native": True}})
    assert client.debug(client.token).error["message"].startswith("(#100) You must provide")


def test_nothing_to_inspect_is_an_error(healthy: Client) -> None:
    assert healthy.get("debug_token", token=healthy.app_token).code == (100, None)
