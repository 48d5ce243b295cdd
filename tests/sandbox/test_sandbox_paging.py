"""Lists by the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client


def test_a_list_is_walked_by_its_cursors(healthy: Client) -> None:
    path = f"{healthy.account}/message_templates"
    first = healthy.get(path, limit="1").body
    after = first["paging"]["cursors"]["after"]
    second = healthy.get(path, limit="1", after=after).body
    assert [first["data"][0]["name"], second["data"][0]["name"]] == ["order_sent", "spring_offer"]
    assert "next" not in second["paging"]
    back = healthy.get(path, limit="1", before=second["paging"]["cursors"]["before"]).body
    assert back["data"] == first["data"]


def test_next_is_a_url_of_the_sandbox(healthy: Client) -> None:
    path = f"{healthy.account}/message_templates"
    url = healthy.get(path, limit="1").body["paging"]["next"]
    assert url.startswith(f"{healthy.sandbox.base_url}/v25.0/{path}?")
    assert healthy.send("GET", url.removeprefix(healthy.sandbox.base_url)).body["data"][0]["name"] == "spring_offer"


def test_next_carries_the_token_that_came_in_the_query(healthy: Client) -> None:
    """As with Meta: a client that prints the URL prints the token."""
    reply = healthy.get(f"{healthy.account}/message_templates", token="", access_token=healthy.token, limit="1")
    assert healthy.token in reply.body["paging"]["next"]


@pytest.mark.parametrize("params", [{"limit": "0"}, {"limit": "many"}, {"after": "???"}, {"before": "bm8gcm93"}])
def test_nonsense_is_refused(healthy: Client, params: dict[str, str]) -> None:
    assert healthy.get(f"{healthy.account}/phone_numbers", **params).code == (100, None)


def test_behind_the_end_there_is_nothing(healthy: Client) -> None:
    path = f"{healthy.account}/phone_numbers"
    after = healthy.get(path).body["paging"]["cursors"]["after"]
    assert healthy.get(path, after=after).body == {"data": []}
