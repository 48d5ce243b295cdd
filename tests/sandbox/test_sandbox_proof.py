"""`appsecret_proof`: demanded, plain, timed, stale, wrong."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client

Serve = Callable[..., "Client"]


@pytest.fixture
def client(serve: Serve) -> Client:
    return serve(apps={"crm": {"requires_proof": True}})


def sign(client: Client, text: str) -> str:
    return hmac.new(client.given["app_secret"].encode(), text.encode(), hashlib.sha256).hexdigest()


def test_a_call_without_proof_is_refused(client: Client) -> None:
    reply = client.get("me")
    assert reply.status == 400
    assert reply.error["type"] == "GraphMethodException"
    assert reply.error["message"] == "API calls from the server require an appsecret_proof argument"


def test_introspection_by_the_token_itself_needs_one_too(client: Client) -> None:
    assert "require an appsecret_proof" in client.debug(client.token, by=client.token).error["message"]


def test_an_app_token_needs_none(client: Client) -> None:
    assert client.debug(client.token).status == 200


def test_the_plain_form_signs_the_token(client: Client) -> None:
    assert client.get("me", appsecret_proof=sign(client, client.token)).status == 200


def test_the_timed_form_signs_token_and_seconds(client: Client) -> None:
    now = str(int(time.time()))
    proof = sign(client, f"{client.token}|{now}")
    assert client.get("me", appsecret_proof=proof, appsecret_time=now).status == 200


@pytest.mark.parametrize("age", [-400, 400])
def test_a_timed_proof_is_stale_after_five_minutes(client: Client, age: int) -> None:
    then = str(int(time.time()) - age)
    proof = sign(client, f"{client.token}|{then}")
    reply = client.get("me", appsecret_proof=proof, appsecret_time=then)
    assert reply.error["message"] == "Invalid appsecret_proof provided in the API argument"


@pytest.mark.parametrize("seconds", ["1.5", "now", "²", "-1"])
def test_seconds_are_an_integer(client: Client, seconds: str) -> None:
    proof = sign(client, f"{client.token}|{seconds}")
    assert client.get("me", appsecret_proof=proof, appsecret_time=seconds).code == (100, None)


@pytest.mark.parametrize("proof", ["0" * 64, "é", "x"])
def test_a_wrong_proof_is_refused_even_where_none_is_demanded(healthy: Client, proof: str) -> None:
    assert "Invalid appsecret_proof" in healthy.get("me", appsecret_proof=proof).error["message"]


def test_a_proof_of_another_app_is_refused(client: Client) -> None:
    other = hmac.new(b"of another app", client.token.encode(), hashlib.sha256).hexdigest()
    assert "Invalid appsecret_proof" in client.get("me", appsecret_proof=other).error["message"]
