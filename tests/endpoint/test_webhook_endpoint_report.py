"""How the test of an endpoint reads, byte for byte, on a page of 80 columns and in a ticket."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from wa_doctor.endpoint.meta_words import for_curl, for_status
from wa_doctor.endpoint.steps import AddressSeen, Examined, left_out, taken, undecided
from wa_doctor.model import Report, Result, Status, Target, error, notice, summarise, warning
from wa_doctor.render import Look, render

NASTY = "a | pipe, <b>, `ticks`, @octocat and \x1b[31mred"

EXAMINED = Examined(
    "https://hooks.shop.example/webhooks/whatsapp?[hidden]",
    local=False,
    posted=True,
    mutual_tls=False,
    steps=(
        taken("url", "the URL has the right form", [notice("231 characters, too long for an override (200)")]),
        taken("name", "the name is public", [notice("203.0.113.7, 2001:db8::7")]),
        taken(
            "connect",
            "every address connects",
            [
                notice("IPv4 in 24 ms"),
                warning(
                    "2001:db8::7 accepts no connection (timed out), and Meta may choose it",
                    fix="Have the server answer at 2001:db8::7 too, or take the AAAA record away.",
                    command="curl -v --connect-timeout 10 https://[2001:db8::7]/",
                    evidence={"203.0.113.7": "connected after 24 ms", **for_curl(28)},
                ),
            ],
        ),
        taken("certificate", "the certificate is trusted", [notice("TLSv1.3, issued by E7, ends in 61 days")]),
        taken(
            "challenge",
            "the challenge comes back over IPv4",
            [
                error(
                    "there is nothing at this path (HTTP 404)",
                    fix="Correct the path, or have the proxy before the endpoint pass it on.",
                    url="https://developers.facebook.example/webhooks",
                    evidence={"status": 404, "title": NASTY, **for_status(404)},
                )
            ],
            ms=83.1,
            address="203.0.113.7",
        ),
        left_out("wrong-token", "a wrong token is refused", "means nothing while the right one is not accepted"),
        taken("characters", "URL and token arrive unchanged", [], said="no special characters"),
        left_out("signed", "a signed event is accepted", "needs the app secret (WA_APP_SECRET)"),
        undecided("unsigned", "an unsigned event is refused", warning("it got no answer", fix="Try again.")),
        taken("wrongly-signed", "a forged event is refused", [notice("refused with HTTP 401")], ms=31.0),
        taken("latency", "answers are fast", [notice("median 83 ms, slowest 83 ms")]),
    ),
    addresses=(
        AddressSeen("203.0.113.7", "IPv4", "public", "connected", 24.2, 51.6, "TLSv1.3", "CN=E7", ("certifi",), 83.1),
        AddressSeen("2001:db8::7", "IPv6", "documentation", "timed out"),
    ),
    answers_ms=(83.1,),
)
FINDINGS = tuple(finding for step in EXAMINED.steps for finding in step.findings)
RESULTS = (
    Result("webhook-endpoint", "webhook", "the endpoint answers Meta's handshake", Status.FAIL, findings=FINDINGS),
)
REPORT = Report(
    command="webhook",
    version="1.2.3",
    started=datetime(2026, 11, 22, 9, 41, 7, tzinfo=UTC),
    duration_ms=4310,
    target=Target(),
    summary=summarise(RESULTS),
    results=RESULTS,
    endpoint=EXAMINED,
)


def written(format: str, look: Look) -> str:
    """Return what a format writes."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n")
    render("report", format, REPORT, out, look)
    out.seek(0)
    return out.read()


@pytest.mark.parametrize(
    ("name", "format", "look"),
    [
        ("report-webhook.txt", "text", Look(width=80)),
        ("report-webhook-verbose.txt", "text", Look(width=80, verbose=True)),
        ("report-webhook-quiet.txt", "text", Look(width=80, quiet=True)),
        ("report-webhook.json", "json", Look()),
        ("report-webhook.markdown.md", "markdown", Look()),
    ],
)
def test_golden(name: str, format: str, look: Look, golden: Callable[[str, str], None]) -> None:
    """A format writes what somebody has read and found good."""
    golden(name, written(format, look))


@pytest.mark.parametrize("format", ["text", "json", "markdown", "junit", "github"])
def test_nothing_of_the_endpoint_gets_through_that_is_no_text(format: str) -> None:
    """A title of a web page colours no terminal and starts no mention."""
    text = written(format, Look(verbose=True))

    assert "\x1b" not in text
    if format == "markdown":
        assert "<b>" not in text
        assert "@octocat" not in text
