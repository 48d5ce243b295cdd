"""A client library that knows nothing of the sandbox reads it as it reads Meta."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from pywa.client import WhatsApp
from pywa.errors import WhatsAppError

from wa_doctor import sandbox


@pytest.fixture
def whatsapp() -> Iterator[WhatsApp]:
    """Return pywa, pointed at the sandbox by the base URL of the session that is its own."""
    with sandbox.start("healthy") as running, httpx.Client() as session:
        given = running.credentials
        client = WhatsApp(
            phone_id=given["phone_number_id"], waba_id=given["waba_id"], token=given["access_token"], session=session
        )
        session.base_url = httpx.URL(f"{running.base_url}/{given['api_version']}")
        yield client


def test_pywa_reads_the_phone_number(whatsapp: WhatsApp) -> None:
    number = whatsapp.get_business_phone_number()
    assert number.display_phone_number == "+44 20 7946 0321"
    assert (number.status, number.platform_type, number.account_mode) == ("CONNECTED", "CLOUD_API", "LIVE")


def test_pywa_reads_the_account_with_its_apps(whatsapp: WhatsApp) -> None:
    account = whatsapp.get_business_account()
    assert (account.name, account.country) == ("Tidewater Shop", "GB")
    assert [app.name for app in account.subscribed_apps or ()] == ["Tidewater CRM", "WA DevX Webhook Events 1P App"]


def test_pywa_reads_the_numbers_of_the_account_and_the_profile(whatsapp: WhatsApp) -> None:
    assert [each.verified_name for each in whatsapp.get_business_phone_numbers()] == ["Tidewater Shop"]
    assert whatsapp.get_business_profile().email == "shop@tidewater.example"


def test_pywa_reads_the_templates(whatsapp: WhatsApp) -> None:
    templates = whatsapp.get_templates()
    assert [each.name for each in templates] == ["order_sent", "spring_offer"]
    assert templates.total_count == 2


def test_pywa_sends_a_text(whatsapp: WhatsApp) -> None:
    assert whatsapp.send_message(to="447700900456", text="hello").id.startswith("wamid.")


def test_pywa_understands_an_error(whatsapp: WhatsApp) -> None:
    with pytest.raises(WhatsAppError) as caught:
        whatsapp.get_business_phone_number(phone_id="1")
    assert caught.value.code == 100
    assert caught.value.fbtrace_id
