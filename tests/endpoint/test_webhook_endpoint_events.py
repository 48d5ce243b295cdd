"""The signature of an event, and endpoints that check it well, badly or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wa_doctor.endpoint import delivery
from wa_doctor.model import Severity, Status
from wa_doctor.redact import Secret

if TYPE_CHECKING:
    from tests.endpoint.conftest import Answer, Asked, Examine, Serve

SECRET = "9b1d7c5e3f2a48d6b0c4e8f1a2d3c4b5"

# Made with `printf '%s' BODY | openssl dgst -sha256 -hmac SECRET`.
VECTORS = [
    (
        b'{"object":"whatsapp_business_account","entry":[]}',
        "sha256=c3c23b0d5740e7d69a2909197cc5f5324d2e369c4bc924376d501da1b0ad151d",
    ),
    (
        rb'{"text":"cr\u00e8me \/ \u0040"}',
        "sha256=f745a6772fda6b11646ecc5f77ca9af6442fa0a0cd9eeb488497fee9db62e554",
    ),
]


def echo(asked: Asked) -> Answer:
    """Answer the handshake as it should be."""
    right = asked.parameters.get("hub.verify_token") == "right_token-for-tests"
    return (200, asked.challenge, {}) if right else (403, b"", {})


def posting(status: int) -> object:
    """Make an endpoint that answers every event alike."""
    return lambda asked: echo(asked) if asked.method == "GET" else (status, b"", {})


@pytest.mark.parametrize(("body", "signed"), VECTORS)
def test_the_signature_is_over_the_raw_bytes(body: bytes, signed: str) -> None:
    """OpenSSL comes to the same."""
    assert delivery.signature(body, Secret(SECRET)) == signed


def test_the_event_is_harmless_and_hard_to_rewrite() -> None:
    """No message, no status, a field that does not exist; and escapes that no JSON library writes again."""
    event = json.loads(delivery.ESCAPED)
    (change,) = event["entry"][0]["changes"]

    assert change["field"] == "wa_doctor_test"
    assert not {"messages", "statuses", "contacts"} & change["value"].keys()
    for escape in (rb"\u00e9", rb"\ud83d\ude42", rb"\/", rb"\u0040"):
        assert escape in delivery.ESCAPED
    for separators in ((",", ":"), (", ", ": ")):
        for ascii_only in (True, False):
            again = json.dumps(event, separators=separators, ensure_ascii=ascii_only).encode()
            assert again != delivery.ESCAPED


def test_a_plain_event_survives_rewriting() -> None:
    """In the way of JavaScript and in that of Python."""
    assert json.dumps(json.loads(delivery.COMPACT), separators=(",", ":")).encode() == delivery.COMPACT
    assert json.dumps(json.loads(delivery.SPACED)).encode() == delivery.SPACED


def test_an_endpoint_that_checks_signatures_passes(serve: Serve, examine: Examine) -> None:
    """Signed is accepted, unsigned and forged are refused; three events, no more."""
    hook = serve()
    outcome = examine(hook, post=True)
    events = [asked for asked in hook.asked if asked.method == "POST"]

    assert {name: outcome.statuses()[name] for name in ("signed", "unsigned", "wrongly-signed")} == {
        "signed": "pass",
        "unsigned": "pass",
        "wrongly-signed": "pass",
    }
    assert [asked.body for asked in events] == [delivery.ESCAPED] * 3
    assert [asked.headers["content-type"] for asked in events] == ["application/json"] * 3
    assert [len(asked.headers.get("x-hub-signature-256", "")) for asked in events] == [71, 0, 71]
    assert "hub.mode" not in events[0].path


def test_nothing_is_posted_unless_it_was_asked_for(serve: Serve, examine: Examine) -> None:
    """A test without --post sends GETs."""
    hook = serve()
    examine(hook)

    assert {asked.method for asked in hook.asked} == {"GET"}


def test_without_the_app_secret_only_forgeries_are_sent(serve: Serve, examine: Examine) -> None:
    """They need none; what could not be tested says what it needs."""
    hook = serve()
    outcome = examine(hook, post=True, app_secret=None)

    assert outcome.step("signed").status is Status.SKIP
    assert "WA_APP_SECRET" in outcome.step("signed").said
    assert (outcome.step("unsigned").status, outcome.step("wrongly-signed").status) == (Status.PASS, Status.PASS)
    assert len([asked for asked in hook.asked if asked.method == "POST"]) == 2


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_a_signature_over_rewritten_json_is_found(serve: Serve, examine: Examine, separators: tuple[str, str]) -> None:
    """Plain events pass, so people do not notice until somebody writes an accent or an address."""

    def behave(asked: Asked) -> Answer:
        if asked.method == "GET":
            return echo(asked)
        again = json.dumps(json.loads(asked.body), separators=separators, ensure_ascii=separators == (", ", ": "))
        return (200, b"", {}) if asked.signed_over(again.encode()) else (401, b"", {})

    (finding,) = examine(serve(behave), post=True).step("signed").findings

    assert finding.severity is Severity.ERROR
    assert "computed over JSON that was written again" in finding.message
    assert finding.fix
    assert "raw bytes" in finding.fix.text


def test_a_wrong_app_secret_is_told_from_a_rewritten_body(serve: Serve, examine: Examine) -> None:
    """Not even a plain event passes."""

    def behave(asked: Asked) -> Answer:
        if asked.method == "GET":
            return echo(asked)
        return (200, b"", {}) if asked.signed_over(asked.body, "another secret") else (401, b"", {})

    (finding,) = examine(serve(behave), post=True).step("signed").findings

    assert finding.message.startswith("the signature of a genuine event is refused (HTTP 401)")
    assert finding.fix
    assert "app secret" in finding.fix.text


@pytest.mark.parametrize(
    ("status", "found"),
    [
        (204, "a signed event is answered HTTP 204, which is not 200, so Meta sends it again for 7 days"),
        (500, "the endpoint breaks on an event it does not know (HTTP 500), so Meta sends it again for 7 days"),
        (404, "a signed event is answered HTTP 404, so Meta sends it again for 7 days"),
    ],
)
def test_only_200_ends_a_delivery(serve: Serve, examine: Examine, status: int, found: str) -> None:
    """Anything else is tried again, and brings duplicates."""
    (finding,) = examine(serve(posting(status)), post=True).step("signed").findings

    assert (finding.severity, finding.message) == (Severity.ERROR, found)


def test_an_endpoint_that_takes_everything_fails_twice(serve: Serve, examine: Examine) -> None:
    """Whoever knows the URL could send events in Meta's name."""
    outcome = examine(serve(posting(200)), post=True)

    assert outcome.step("signed").status is Status.PASS
    for name, what in (("unsigned", "an unsigned event"), ("wrongly-signed", "a wrongly signed event")):
        (finding,) = outcome.step(name).findings
        assert finding.severity is Severity.ERROR
        assert finding.message.startswith(f"{what} is answered 200, so whoever knows the URL")


def test_a_crash_on_a_forgery_is_no_acceptance(serve: Serve, examine: Examine) -> None:
    """It is not what one should do, and nobody gets in."""
    outcome = examine(serve(posting(500)), post=True)

    assert outcome.step("unsigned").status is Status.PASS
    assert "401 would be clearer" in outcome.step("unsigned").said


def test_the_documentation_prints_the_event_that_is_sent() -> None:
    """Byte for byte: who reads it decides whether to let it through."""
    page = (Path(__file__).parents[2] / "docs" / "webhook.md").read_bytes()

    assert b"<!-- event -->\n```json\n" + delivery.ESCAPED + b"\n```" in page
