"""What stands between a caller and the API: an outage, a portal, garbage, slowness."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from wa_doctor.sandbox import scenarios

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client

Serve = Callable[..., "Client"]


@pytest.mark.parametrize("path", ["", "me", "1", "debug_token"])
def test_an_outage_is_metas_own_transient_error(serve: Serve, path: str) -> None:
    client = serve("api-down")
    for token in ("", client.token):
        reply = client.get(path, token=token)
        assert (reply.status, reply.code) == (503, (2, None))
        assert reply.error["is_transient"] is True
        assert reply.error["fbtrace_id"] == reply.headers["x-fb-request-id"]


def test_a_portal_leads_everything_to_its_page(serve: Serve) -> None:
    client = serve("captive-portal")
    reply = client.get("me")
    assert (reply.status, reply.raw) == (302, b"")
    place = reply.headers["location"]
    assert place.startswith(f"{client.sandbox.base_url}/")
    page = client.send("GET", place.removeprefix(client.sandbox.base_url))
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b"<html" in page.raw


def test_a_portal_bears_none_of_metas_marks(serve: Serve) -> None:
    assert not [name for name in serve("captive-portal").get("me").headers if "fb" in name or "facebook" in name]


@pytest.mark.parametrize(("path", "raw"), [("me", b""), ("118340927561042", b"<html><body>It works!</body></html>\n")])
def test_garbage_says_200_and_json_and_is_none(serve: Serve, path: str, raw: bytes) -> None:
    reply = serve("garbage-answers").get(path)
    assert (reply.status, reply.raw) == (200, raw)
    assert reply.headers["content-type"].startswith("application/json")


def test_truncated_garbage_begins_like_the_real_answer(serve: Serve) -> None:
    client = serve("garbage-answers")
    for reply in (client.debug(client.token), client.get(client.number)):
        assert reply.raw.startswith(b"{")
        with pytest.raises(json.JSONDecodeError):
            json.loads(reply.raw)


def test_garbage_spares_calls_without_a_token(serve: Serve) -> None:
    """So that the API itself is still recognised."""
    assert serve("garbage-answers").get("me", token="").code == (2500, None)


def test_a_slow_answer_waits_as_long_as_the_scenario_says(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    client = serve("healthy", faults={"delay_seconds": scenarios()["slow"].world.faults.delay_seconds})
    monkeypatch.setattr(client.sandbox._server.stopping, "wait", waited.append)
    assert client.get("me").status == 200
    assert waited == [1.2]
