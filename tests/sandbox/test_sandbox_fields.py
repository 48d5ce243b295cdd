"""The `fields` parameter: default sets, unknown names, values that are not there, edges inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client


def test_a_node_answers_with_its_default_set(healthy: Client) -> None:
    assert set(healthy.get(healthy.account).body) == {"id", "name", "timezone_id", "message_template_namespace"}
    assert {"id", "display_phone_number", "verified_name", "quality_rating"} <= set(healthy.get(healthy.number).body)


def test_only_what_is_asked_and_the_id_come_back_in_that_order(healthy: Client) -> None:
    assert list(healthy.get(healthy.number, fields="status,platform_type").body) == [
        "status",
        "platform_type",
        "id",
    ]


def test_an_unknown_field_fails_the_whole_call(healthy: Client) -> None:
    reply = healthy.get(healthy.account, fields="name,colour")
    assert reply.code == (100, None)
    assert reply.error["message"] == (
        "(#100) Tried accessing nonexisting field (colour) on node type (WhatsAppBusinessAccount)"
    )


def test_a_known_field_without_a_value_is_left_out(healthy: Client) -> None:
    assert healthy.get(healthy.number, fields="certificate,status").body.keys() == {"status", "id"}


def test_a_value_that_is_false_is_not_left_out(healthy: Client) -> None:
    assert healthy.get(healthy.number, fields="is_official_business_account").body == {
        "is_official_business_account": False,
        "id": healthy.number,
    }


def test_fields_go_into_tables_and_lists(healthy: Client) -> None:
    asked = "health_status{entities{entity_type}},webhook_configuration{application}"
    body = healthy.get(healthy.number, fields=asked).body
    assert body["health_status"]["entities"][0] == {"entity_type": "PHONE_NUMBER", "id": healthy.number}
    assert list(body["webhook_configuration"]) == ["application"]


def test_an_edge_can_be_read_inside_the_fields_of_its_node(healthy: Client) -> None:
    body = healthy.get(healthy.account, fields="phone_numbers.limit(1){status},subscribed_apps").body
    assert body["phone_numbers"]["data"] == [{"status": "CONNECTED", "id": healthy.number}]
    assert body["subscribed_apps"] == healthy.get(f"{healthy.account}/subscribed_apps").body


@pytest.mark.parametrize("fields", ["name,", "name{", "name{id", "na-me", "a{b{c{d{e{f{g}}}}}}", "name}", "{"])
def test_a_syntax_error_is_told_with_its_place(healthy: Client, fields: str) -> None:
    reply = healthy.get(healthy.account, fields=fields)
    assert reply.code == (2500, None)
    assert "at character" in reply.error["message"]


def test_spaces_between_fields_do_no_harm(healthy: Client) -> None:
    assert set(healthy.get(healthy.account, fields=" name , country ").body) == {"name", "country", "id"}
