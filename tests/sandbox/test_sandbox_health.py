"""`health_status`, computed from everything a message depends on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client

Serve = Callable[..., "Client"]


def health_of(client: Client, id: str) -> tuple[str, dict[str, Any]]:
    health = client.get(id, fields="health_status").body["health_status"]
    return health["can_send_message"], {each["entity_type"]: each for each in health["entities"]}


def test_everything_can_send(healthy: Client) -> None:
    verdict, entities = health_of(healthy, healthy.number)
    assert verdict == "AVAILABLE"
    assert list(entities) == ["PHONE_NUMBER", "WABA", "BUSINESS", "APP"]
    assert entities["APP"]["id"] == healthy.given["app_id"]


def test_an_account_has_no_number_among_its_entities(healthy: Client) -> None:
    assert list(health_of(healthy, healthy.account)[1]) == ["WABA", "BUSINESS", "APP"]


@pytest.mark.parametrize(
    ("difference", "verdict", "entity", "code"),
    [
        ({"accounts": {"shop": {"payment_method": False}}}, "BLOCKED", "WABA", 141006),
        ({"accounts": {"shop": {"banned": True}}}, "BLOCKED", "WABA", 141014),
        ({"businesses": {"tidewater": {"verification": "not_verified"}}}, "LIMITED", "BUSINESS", 141010),
        ({"numbers": {"support": {"status": "PENDING"}}}, "BLOCKED", "PHONE_NUMBER", 133010),
    ],
)
def test_what_is_wrong_blocks_its_own_entity(
    serve: Serve, difference: dict[str, Any], verdict: str, entity: str, code: int
) -> None:
    client = serve(**difference)
    found, entities = health_of(client, client.number)
    assert found == entities[entity]["can_send_message"] == verdict
    assert entities[entity]["errors"][0]["error_code"] == code
    assert [name for name, each in entities.items() if each["can_send_message"] != "AVAILABLE"] == [entity]


def test_a_declined_name_limits_with_a_sentence_instead_of_an_error(serve: Serve) -> None:
    client = serve("name-declined")
    verdict, entities = health_of(client, client.number)
    assert verdict == "LIMITED"
    assert "errors" not in entities["PHONE_NUMBER"]
    assert "display name" in entities["PHONE_NUMBER"]["additional_info"][0]


def test_the_worst_entity_decides(serve: Serve) -> None:
    client = serve(accounts={"shop": {"payment_method": False}}, numbers={"support": {"name_status": "PENDING_REVIEW"}})
    assert health_of(client, client.number)[0] == "BLOCKED"


def test_a_template_that_is_not_approved_is_blocked(healthy: Client) -> None:
    verdict, entities = health_of(healthy, "1350772094416745")
    assert verdict == "BLOCKED"
    assert entities["MESSAGE_TEMPLATE"]["errors"][0]["error_code"] == 141002
