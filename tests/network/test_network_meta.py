"""What counts as proof that Meta answered, and whom an answer of somebody else gives away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from wa_doctor.network.exchange import Answer, Cut
from wa_doctor.network.interceptors import product_in
from wa_doctor.network.meta import Verdict, identify, is_html, redirected_to, skew, title_of

HOST = "graph.facebook.com"
TRACE = "AkT0unit3trace9mm"
MARKS = {"facebook-api-version": "v25.0", "x-fb-rev": "1030000001", "x-fb-trace-id": "Bt1"}
HTML = {"content-type": "text/html"}
ASKED = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)


def _answer(status: int, body: object, headers: Mapping[str, str], server_ms: float = 0.0) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, "", headers, raw, Cut.NOT, ASKED, server_ms, 0.0, True)


ERROR = {"error": {"message": "no", "type": "OAuthException", "code": 2500, "fbtrace_id": TRACE}}


def test_a_trace_id_that_equals_its_header_is_metas() -> None:
    """The strongest mark needs no other."""
    found = identify(_answer(400, ERROR, {"x-fb-request-id": TRACE}), HOST)
    assert (found.verdict, found.code, found.fbtrace_id) == (Verdict.REACHED, 2500, TRACE)


@pytest.mark.parametrize("missing", MARKS)
def test_a_trace_id_and_two_headers_are_metas(missing: str) -> None:
    """Any two of the three will do."""
    marks = {name: value for name, value in MARKS.items() if name != missing}
    assert identify(_answer(400, ERROR, marks), HOST).verdict is Verdict.REACHED


@pytest.mark.parametrize(
    "answer",
    [
        _answer(400, ERROR, {}),
        _answer(400, ERROR, {"x-fb-request-id": "another"}),
        _answer(400, ERROR, {"x-fb-rev": "1"}),
        _answer(400, {"error": "no token"}, MARKS),
        _answer(400, b"{", MARKS),
        _answer(400, b"[" * 100000, MARKS),
        _answer(400, {"error": {"code": 2500, "fbtrace_id": 7}}, {"x-fb-request-id": "7"}),
        _answer(200, {"id": "1"}, {"x-fb-rev": "1", "x-fb-trace-id": "2"}),
        _answer(200, b"", {}),
    ],
)
def test_less_than_that_is_not_known(answer: Answer) -> None:
    """An imitation, a fragment or another API proves nothing, and accuses nobody."""
    assert identify(answer, HOST).verdict is Verdict.UNKNOWN


def test_a_relay_with_a_token_of_its_own_is_metas_by_all_headers() -> None:
    """It gets no error, so there is no trace id in the body."""
    assert identify(_answer(200, {"id": "1"}, MARKS), HOST).verdict is Verdict.REACHED


@pytest.mark.parametrize(
    ("answer", "verdict", "reason"),
    [
        (
            _answer(302, b"", {"location": "https://login.hotel.example/x"}),
            Verdict.PORTAL,
            "sends us to login.hotel.example",
        ),
        (_answer(511, b"<html>", HTML), Verdict.PORTAL, "511"),
        (
            _answer(200, b"<html><title> Guest\n WiFi </title>", HTML),
            Verdict.PORTAL,
            "'Guest WiFi'",
        ),
        (_answer(200, b"  <!DOCTYPE html><p>hi", {}), Verdict.PORTAL, "web page"),
        (_answer(407, b"", {}), Verdict.PROXY, "407"),
        (_answer(403, b"<html>", {**HTML, "server": "squid/5.7"}), Verdict.PROXY, "web page"),
        (_answer(403, b"blocked", {"via": "1.1 fw (FortiGate)"}), Verdict.PROXY, "Fortinet"),
    ],
)
def test_those_who_answer_in_metas_place_are_recognised(answer: Answer, verdict: Verdict, reason: str) -> None:
    """By redirect, status, web page or the name they give."""
    found = identify(answer, HOST)
    assert found.verdict is verdict
    assert reason in found.reasons[0]


def test_a_web_page_of_metas_own_is_no_portal() -> None:
    """Its headers say that it is Meta's edge, though not the Graph API."""
    assert identify(_answer(400, b"<html>", {**HTML, **MARKS}), HOST).verdict is Verdict.UNKNOWN


def test_a_proxy_that_passes_metas_answer_on_is_mentioned() -> None:
    """Meta was reached, by way of it."""
    found = identify(_answer(400, ERROR, {"via": "1.1 cache (squid/5.7)", "x-fb-request-id": TRACE}), HOST)
    assert (found.verdict, found.product) == (Verdict.REACHED, "Squid")


@pytest.mark.parametrize(
    ("location", "elsewhere"),
    [("https://graph.facebook.com/x", ""), ("/login", ""), ("//other.example/", "other.example"), ("http://[", "")],
)
def test_only_another_host_is_elsewhere(location: str, elsewhere: str) -> None:
    """Relative and broken locations lead nowhere else."""
    assert redirected_to(_answer(301, b"", {"location": location}), HOST) == elsewhere


def test_pages_and_titles() -> None:
    """JSON that mentions HTML is no page; a page without a title has none."""
    assert not is_html(_answer(200, {"a": "<html>"}, {"content-type": "application/json"}))
    assert title_of(_answer(200, b"<html><body>", {})) == ""


@pytest.mark.parametrize(
    ("date", "server_ms", "seconds"),
    [
        ("Sun, 22 Nov 2026 10:00:00 GMT", 1000.0, 0.0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 1000.0, 3600.0),
        ("Sun, 22 Nov 2026 10:01:00 GMT", 3000.0, -59.0),
    ],
)
def test_the_clock_is_compared_half_way_through(date: str, server_ms: float, seconds: float) -> None:
    """Half the round trip is taken off, and half of the second that the header cuts off."""
    assert skew(_answer(400, b"", {"date": date}, server_ms)) == timedelta(seconds=seconds)


@pytest.mark.parametrize("date", ["", "yesterday", "Sun, 22 Nov 2026 10:00:00 -0000"])
def test_without_a_date_there_is_no_skew(date: str) -> None:
    """A date that is missing, unreadable or of no zone compares with nothing."""
    assert skew(_answer(400, b"", {"date": date})) is None


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("CN=Zscaler Intermediate Root CA (zscalertwo.net), O=Zscaler Inc., C=US", "Zscaler"),
        ("CN=ca.acme.goskope.com, O=Acme", "Netskope"),
        ("CN=FG100E4Q17001234, O=Fortinet, OU=Certificate Authority", "Fortinet FortiGate"),
        ("CN=Kaspersky Anti-Virus Personal Root Certificate", "Kaspersky"),
        ("CN=ESET SSL Filter CA", "ESET"),
        ("CN=mitmproxy, O=mitmproxy", "mitmproxy"),
        ("CN=Cisco Umbrella Primary SubCA, O=Cisco", "Cisco Umbrella"),
        ("1.1 proxy1.acme.example:3128 (squid/6.6)", "Squid"),
        ("CN=DigiCert Global G2 TLS RSA SHA256 2020 CA1, O=DigiCert Inc, C=US", ""),
        ("CN=E7, O=Let's Encrypt, C=US", ""),
        ("CN=GTS CA 1C3, O=Google Trust Services LLC, C=US", ""),
        ("CN=Reset Systems, O=Acme", ""),
        ("proxygen-bolt", ""),
    ],
)
def test_products_are_recognised_and_public_authorities_are_not(text: str, product: str) -> None:
    """A word of a product inside another word is no sign of it."""
    assert product_in(text) == product
