"""What a call may reach: ids, assets, scopes, rate limits."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client

Serve = Callable[..., "Client"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("", 100),
        ("me", 2500),
        ("118340927561042", 104),
        ("109927745130846/whatsapp_business_profile", 200),
        ("871204396655018/subscriptions", 104),
    ],
)
def test_no_token_has_its_own_error_by_path(healthy: Client, path: str, code: int) -> None:
    reply = healthy.get(path, token="")
    assert (reply.status, reply.code) == (400, (code, None))


@pytest.mark.parametrize("id", ["1", "99999999999", "%2B442079460321", "12_34", "4420%C2%B2"])
def test_an_id_that_nothing_has_is_100_33(healthy: Client, id: str) -> None:
    reply = healthy.get(id)
    assert (reply.status, reply.code) == (400, (100, 33))
    assert reply.error["type"] == "GraphMethodException"


def test_a_percent_encoded_id_is_decoded(healthy: Client) -> None:
    encoded = "".join(f"%{ord(each):02x}" for each in healthy.number)
    assert healthy.get(encoded).body["id"] == healthy.number


def test_a_word_is_an_alias_that_does_not_exist(healthy: Client) -> None:
    reply = healthy.get("whatsapp")
    assert (reply.status, reply.code) == (404, (803, None))


def test_an_account_that_is_not_assigned_cannot_be_told_from_a_wrong_id(serve: Serve) -> None:
    client = serve("asset-not-assigned")
    assert client.get(client.account).code == client.get(client.number).code == (100, 33)


def test_an_unassigned_account_may_also_be_answered_with_200(serve: Serve) -> None:
    client = serve(tokens={"bot": {"assets": [], "unassigned": "denied"}})
    reply = client.get(client.account)
    assert (reply.status, reply.code) == (403, (200, None))


def test_targets_of_a_scope_keep_others_out(serve: Serve) -> None:
    client = serve(tokens={"bot": {"targets": {"whatsapp_business_management": ["outlet"]}}})
    assert client.get(client.account).code == (100, 33)
    assert client.get("118340927598817").status == 200


def test_without_management_the_number_is_read_and_the_account_is_not(serve: Serve) -> None:
    client = serve("missing-management")
    assert client.get(client.account).code == (200, None)
    assert client.get(f"{client.account}/phone_numbers").code == (200, None)
    assert client.get(client.number).status == 200


def test_an_app_token_reaches_no_account(healthy: Client) -> None:
    assert healthy.get(healthy.account, token=healthy.app_token).code == (100, 33)


@pytest.mark.parametrize("edge", ["phone_numbers", "messages", "colour"])
def test_an_edge_of_another_node_is_a_nonexisting_field(healthy: Client, edge: str) -> None:
    assert "WhatsAppBusinessPhoneNumber" in healthy.get(f"{healthy.number}/{edge}").error["message"]


def test_a_path_that_is_too_long_is_unknown(healthy: Client) -> None:
    assert healthy.get(f"{healthy.number}/a/b").code == (2500, None)


def test_whatsapp_nodes_carry_their_accounts_usage(healthy: Client) -> None:
    for path in (healthy.account, healthy.number, f"{healthy.account}/phone_numbers"):
        usage = json.loads(healthy.get(path).headers["x-business-use-case-usage"])
        (entry,) = usage[healthy.account]
        assert entry["type"] == "whatsapp_business_management"
        assert entry["estimated_time_to_regain_access"] == 0


def test_other_answers_carry_none(healthy: Client) -> None:
    assert "x-business-use-case-usage" not in healthy.get("me").headers


def test_an_exhausted_account_is_limited_and_says_for_how_long(serve: Serve) -> None:
    client = serve("rate-limited")
    for path in (client.account, client.number):
        reply = client.get(path)
        assert (reply.status, reply.code) == (400, (80008, None))
        (entry,) = json.loads(reply.headers["x-business-use-case-usage"])[client.account]
        assert (entry["call_count"], entry["estimated_time_to_regain_access"]) == (100, 17)
    assert client.debug(client.token).status == 200
