"""What accounts, numbers, templates, businesses and apps say of themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client

Serve = Callable[..., "Client"]


def test_the_account_says_what_the_world_says(healthy: Client) -> None:
    asked = "account_review_status,business_verification_status,country,ownership_type,status,owner_business_info"
    assert healthy.get(healthy.account, fields=asked).body == {
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "country": "GB",
        "ownership_type": "SELF",
        "status": "ACTIVE",
        "owner_business_info": {"name": "Tidewater Trading Ltd", "id": "520418830076214"},
        "id": healthy.account,
    }


def test_the_healthy_number_is_connected_green_and_live(healthy: Client) -> None:
    asked = "status,platform_type,quality_rating,name_status,account_mode,throughput,webhook_configuration"
    body = healthy.get(healthy.number, fields=asked).body
    assert (body["status"], body["platform_type"], body["account_mode"]) == ("CONNECTED", "CLOUD_API", "LIVE")
    assert (body["quality_rating"], body["name_status"]) == ("GREEN", "APPROVED")
    assert body["throughput"] == {"level": "STANDARD"}
    assert body["webhook_configuration"] == {"application": "https://crm.tidewater.example/whatsapp/webhook"}


def test_overrides_of_number_and_account_stand_before_the_apps_url(serve: Serve) -> None:
    client = serve(
        numbers={"support": {"override_url": "https://number.example/"}},
        accounts={"shop": {"overrides": {"crm": "https://account.example/"}}},
    )
    body = client.get(client.number, fields="webhook_configuration").body["webhook_configuration"]
    assert list(body) == ["phone_number", "whatsapp_business_account", "application"]
    rows = client.get(f"{client.account}/subscribed_apps").body["data"]
    assert rows[0]["override_callback_uri"] == "https://account.example/"


def test_the_numbers_of_an_account_are_its_own(serve: Serve) -> None:
    client = serve("wrong-waba")
    ids = [each["id"] for each in client.get(f"{client.account}/phone_numbers", fields="id").body["data"]]
    assert ids
    assert client.number not in ids


def test_subscribed_apps_are_named_with_their_ids(serve: Serve) -> None:
    client = serve("not-subscribed")
    (row,) = client.get(f"{client.account}/subscribed_apps").body["data"]
    assert row["whatsapp_business_api_data"]["id"] == "2202427980234937"


def test_a_profile_gives_its_vertical_unless_more_is_asked(healthy: Client) -> None:
    path = f"{healthy.number}/whatsapp_business_profile"
    assert healthy.get(path).body == {"data": [{"vertical": "RETAIL", "messaging_product": "whatsapp"}]}
    (full,) = healthy.get(path, fields="about,websites,profile_picture_url").body["data"]
    assert full == {
        "about": "Boots, ropes and lamps",
        "websites": ["https://tidewater.example/"],
        "messaging_product": "whatsapp",
    }
    assert healthy.get(path, fields="motto").code == (100, None)


def test_templates_can_be_filtered_and_read(healthy: Client) -> None:
    path = f"{healthy.account}/message_templates"
    (row,) = healthy.get(path, status="PENDING").body["data"]
    assert row["name"] == "spring_offer"
    assert healthy.get(row["id"], fields="status").body == {"status": "PENDING", "id": row["id"]}
    assert healthy.get(path, name="nothing").body == {"data": []}


def test_a_business_lists_the_accounts_that_the_token_reaches(healthy: Client) -> None:
    path = "520418830076214/owned_whatsapp_business_accounts"
    assert len(healthy.get(path).body["data"]) == 2
    assert healthy.get("520418830076214").body["name"] == "Tidewater Trading Ltd"


def test_a_business_needs_business_management(serve: Serve) -> None:
    client = serve(tokens={"bot": {"scopes": ["whatsapp_business_management"]}})
    assert client.get("520418830076214").code == (200, None)


def test_subscriptions_need_the_app_token(healthy: Client) -> None:
    path = f"{healthy.given['app_id']}/subscriptions"
    assert healthy.get(path).code == (15, None)
    (row,) = healthy.get(path, token=healthy.app_token).body["data"]
    assert (row["object"], row["active"]) == ("whatsapp_business_account", True)
    assert {"name": "messages", "version": "v25.0"} in row["fields"]


def test_app_stands_for_the_app_of_the_token(healthy: Client) -> None:
    by_id = healthy.get(healthy.given["app_id"], fields="name").body
    assert by_id == healthy.get("app", fields="name").body
    assert by_id == {"name": "Tidewater CRM", "id": healthy.given["app_id"]}
    assert healthy.get("app", token="").code == (104, None)


def test_another_app_is_out_of_reach(healthy: Client) -> None:
    assert healthy.get("640015827733491", token=healthy.app_token).code == (100, 33)
