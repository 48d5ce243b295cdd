"""Certificates as strict as Meta is, addresses one by one, and mutual TLS, which is no outage."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from wa_doctor.endpoint.callback import read
from wa_doctor.endpoint.reach import judge_connections, judge_resolution
from wa_doctor.model import Severity, Status, Unverified
from wa_doctor.network.connect import Connection, Outcome
from wa_doctor.network.resolve import Address, Answer, Resolution, Silence

if TYPE_CHECKING:
    from tests.endpoint.conftest import Authority, Examine, Serve

NOW = datetime.now(UTC)
HOST = "hooks.shop.example"


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_a_whole_chain_passes(serve: Serve, examine: Examine, authority: Authority) -> None:
    """It says who issued the certificate and how long it lasts."""
    outcome = examine(serve(tls=authority.server(end=NOW + timedelta(days=61, hours=1))))
    step = outcome.step("certificate")

    assert step.status is Status.PASS
    assert "ends in 61 days" in step.said
    assert outcome.step("challenge").status is Status.PASS
    (seen,) = outcome.examined.addresses
    assert seen.trusted_by == ("certifi",)
    assert seen.tls_ms is not None
    assert seen.protocol.startswith("TLSv1.")


def test_a_missing_intermediate_is_named_as_the_classic_it_is(
    serve: Serve, examine: Examine, authority: Authority
) -> None:
    """Browsers fetch what is missing, Meta does not; nothing is sent over a connection nobody trusts."""
    hook = serve(tls=authority.server(intermediate=True))
    outcome = examine(hook)
    (finding,) = outcome.step("certificate").findings

    assert finding.message.startswith(f"{HOST} sends its certificate alone, without that of its issuer (")
    assert finding.fix
    assert "fullchain.pem" in finding.fix.text
    assert finding.fix.command.startswith(f"openssl s_client -connect {HOST}:{hook.port} -servername {HOST}")
    assert "curl_errno = 60" in str(finding.evidence["meta_says"])
    assert hook.asked == []
    assert outcome.step("challenge").said == "needs a certificate that is trusted"


def test_a_self_signed_certificate_fails(serve: Serve, examine: Examine, self_signed: ssl.SSLContext) -> None:
    """Meta refuses it."""
    (finding,) = examine(serve(tls=self_signed)).step("certificate").findings

    assert finding.message == f"the certificate of {HOST} is self-signed, which Meta refuses"


def test_an_expired_certificate_fails_with_the_day(serve: Serve, examine: Examine, authority: Authority) -> None:
    """And with how long ago it was."""
    ended = NOW - timedelta(days=3, hours=1)
    (finding,) = examine(serve(tls=authority.server(end=ended))).step("certificate").findings

    assert finding.message == f"the certificate of {HOST} ended on {ended:%Y-%m-%d}, 3 days ago"


def test_a_certificate_that_ends_soon_is_a_warning(serve: Serve, examine: Examine, authority: Authority) -> None:
    """When it ends, every webhook does."""
    step = examine(serve(tls=authority.server(end=NOW + timedelta(days=5, hours=1)))).step("certificate")

    assert step.status is Status.WARN
    assert step.findings[0].message.startswith("the certificate ends in 5 days")


def test_the_default_host_of_a_server_is_recognised(serve: Serve, examine: Examine, authority: Authority) -> None:
    """Who asks for no name gets the same certificate, so the server has no host of this name."""
    (finding,) = examine(serve(tls=authority.server("other.shop.example"))).step("certificate").findings

    assert "is for other.shop.example, which is what the server shows to whoever names no host" in finding.message
    assert finding.fix
    assert "virtual host" in finding.fix.text


def test_a_wrong_name_of_its_own_is_not_the_default_host(serve: Serve, examine: Examine, authority: Authority) -> None:
    """With another certificate for whoever names no host, this one was chosen for the name."""
    server, chosen = authority.server("default.shop.example"), authority.server("wrong.shop.example")

    def choose(sock: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name:
            sock.context = chosen

    server.sni_callback = choose
    (finding,) = examine(serve(tls=server)).step("certificate").findings

    assert finding.message == f"the certificate shown for {HOST} is for wrong.shop.example"


def test_what_only_this_machine_trusts_fails_and_the_rest_is_tested(
    serve: Serve, examine: Examine, corporate: Authority
) -> None:
    """A company's own authority is none of Meta's; the handshake behind it can still be looked at."""
    outcome = examine(serve(tls=corporate.server()))
    (finding,) = outcome.step("certificate").findings

    assert finding.severity is Severity.ERROR
    assert finding.message.endswith("; this machine trusts it all the same, and so may browsers")
    assert outcome.step("challenge").status is Status.PASS
    assert outcome.examined.addresses[0].trusted_by == ("system",)


def test_plain_http_on_the_port_is_named(serve: Serve, examine: Examine) -> None:
    """An https URL that leads to a server without TLS."""
    url = serve().url.replace("http://127.0.0.1", f"https://{HOST}")
    (finding,) = examine(url).step("certificate").findings

    assert finding.message == f"{HOST} does not speak TLS on this port"
    assert "curl_errno = 35" in str(finding.evidence["meta_says"])


# Mutual TLS.


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_an_endpoint_that_demands_metas_certificate_is_not_down(
    serve: Serve, examine: Examine, authority: Authority, newest: ssl.TLSVersion
) -> None:
    """TLS 1.2 refuses within the handshake, TLS 1.3 after it; both say that only Meta can go further."""
    outcome = examine(serve(tls=authority.demanding(newest)))
    step = outcome.step("challenge")

    assert outcome.examined.mutual_tls
    assert outcome.step("certificate").status is Status.PASS
    assert step.status is Status.UNKNOWN
    assert "demands Meta's client certificate" in step.findings[0].message
    assert step.findings[0].fix
    assert "meta-outbound-api-ca-2025-12.pem" in step.findings[0].fix.text
    assert "since 2026-04-15" in step.findings[0].fix.text
    assert Status.FAIL not in {each.status for each in outcome.examined.steps}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, b"<html><head><title>400 No required SSL certificate was sent</title></head></html>"),
        (496, b""),
    ],
)
def test_a_proxy_that_says_so_in_http_is_understood(
    serve: Serve, examine: Examine, authority: Authority, status: int, body: bytes
) -> None:
    """As nginx does, with its usual page or a status of its own."""
    outcome = examine(serve(lambda _: (status, body, {}), tls=authority.server()))

    assert outcome.examined.mutual_tls
    assert outcome.step("challenge").status is Status.UNKNOWN
    assert outcome.step("events").status is Status.SKIP


def test_any_other_bad_request_is_one(serve: Serve, examine: Examine) -> None:
    """A 400 alone is no mutual TLS."""
    outcome = examine(serve(lambda _: (400, b"certificate? what certificate?", {})))

    assert not outcome.examined.mutual_tls
    assert outcome.step("challenge").status is Status.FAIL


# Addresses.


@pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6, not even for itself")
def test_both_families_are_tested_on_their_own(serve: Serve, examine: Examine) -> None:
    """An endpoint that is well over IPv4 can be another one over IPv6."""
    good = serve()
    serve(lambda _: (404, b"", {}), address="::1", port=good.port)
    url = f"http://{HOST}:{good.port}/webhooks/whatsapp"
    outcome = examine(url, addresses=("127.0.0.1", "::1"))
    steps = {each.title: each.status for each in outcome.examined.steps if each.name == "challenge"}

    assert steps == {
        "the challenge comes back over IPv4": Status.PASS,
        "the challenge comes back over IPv6": Status.FAIL,
    }
    assert {each.family: each.answer_ms is not None for each in outcome.examined.addresses} == {
        "IPv4": True,
        "IPv6": True,
    }


@pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6, not even for itself")
def test_an_address_that_refuses_beside_one_that_works_is_a_warning(serve: Serve, examine: Examine) -> None:
    """Meta may choose either."""
    url = f"http://{HOST}:{serve().port}/"
    step = examine(url, addresses=("127.0.0.1", "::1")).step("connect")

    assert step.status is Status.WARN
    assert "::1 accepts no connection (refused), and Meta may choose it" in {each.message for each in step.findings}


def test_a_loopback_address_is_an_error_and_is_tested_all_the_same(serve: Serve, examine: Examine) -> None:
    """Meta cannot reach it; what it would find there is worth knowing."""
    outcome = examine(serve(), local=False)
    findings = outcome.step("name").findings

    assert [(each.severity, each.message) for each in findings] == [
        (Severity.ERROR, "127.0.0.1 (loopback) is no address that Meta can reach")
    ]
    assert outcome.step("url").status is Status.FAIL
    assert outcome.step("challenge").status is Status.PASS


def test_nobody_there_fails_and_leaves_out_the_rest(examine: Examine) -> None:
    """A refusal is an answer."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    outcome = examine(f"http://127.0.0.1:{port}/")

    assert outcome.step("connect").status is Status.FAIL
    assert "curl_errno = 7" in outcome.step("connect").meta_says
    assert {outcome.statuses()[name] for name in ("challenge", "wrong-token", "events", "latency")} == {"skip"}
    assert outcome.step("challenge").said == "needs a connection"


def test_a_name_without_an_address_fails(examine: Examine) -> None:
    """Nobody can reach it, and Meta would say so."""
    outcome = examine(f"https://{HOST}/", addresses=())

    assert outcome.step("name").status is Status.FAIL
    assert "curl_errno = 6" in outcome.step("name").meta_says
    assert outcome.step("challenge").said == "needs an address"


# What the way there amounts to, where no loopback can show it.

CALLBACK = read(f"https://{HOST}/hook?key=value")


def _resolution(*ips: str, silence: Silence | None = None) -> Resolution:
    return Resolution(HOST, (Answer("IPv4", tuple(Address(ip) for ip in ips), silence),), 4.0)


def test_a_name_server_in_trouble_says_nothing_about_the_endpoint() -> None:
    """It may answer in a minute."""
    with pytest.raises(Unverified, match="could not be looked up from here"):
        list(judge_resolution(CALLBACK, _resolution(silence=Silence.TEMPORARY), local=False, proxy=""))


def test_behind_a_proxy_an_unknown_name_may_be_known_outside() -> None:
    """Some networks resolve nothing that is not their own."""
    with pytest.raises(Unverified, match="goes out through http://proxy:3128, and Meta does not"):
        list(
            judge_resolution(
                CALLBACK, _resolution(silence=Silence.NO_SUCH_HOST), local=False, proxy="http://proxy:3128"
            )
        )


def test_a_private_address_may_be_so_from_here_only() -> None:
    """The fix says so, and how to find out."""
    (finding,) = judge_resolution(CALLBACK, _resolution("10.1.2.3"), local=False, proxy="")

    assert finding.message == f"{HOST} leads to 10.1.2.3 (private), and Meta not there"
    assert finding.fix
    assert finding.fix.command == f"nslookup {HOST} 1.1.1.1"
    assert "only your own network resolves the name so" in finding.fix.text


def test_silence_on_the_way_may_be_a_firewall_that_lets_meta_in() -> None:
    """A timeout from here proves nothing: endpoints may be open to Meta's networks alone."""
    silent = Connection(Address("203.0.113.9"), Outcome.TIMED_OUT, 4000.0)
    with pytest.raises(Unverified, match="cannot be reached from here") as caught:
        list(judge_connections(CALLBACK, [silent], proxy=""))

    assert caught.value.finding.fix
    assert "only Meta's networks" in caught.value.finding.fix.text


def test_a_family_that_this_machine_lacks_is_told_and_no_more() -> None:
    """It says nothing about the endpoint."""
    good = Connection(Address("203.0.113.9"), Outcome.CONNECTED, 12.0)
    lacking = Connection(Address("2001:db8::9"), Outcome.UNREACHABLE, 0.1)
    findings = list(judge_connections(CALLBACK, [good, lacking], proxy=""))

    assert {each.severity for each in findings} == {Severity.NOTICE}
    assert "2001:db8::9 was not tested: this machine has no IPv6" in {each.message for each in findings}


def test_an_ipv6_address_that_swallows_connections_is_a_warning() -> None:
    """Meta may try it first and wait."""
    good = Connection(Address("203.0.113.9"), Outcome.CONNECTED, 12.0)
    dead = Connection(Address("2001:db8::9"), Outcome.TIMED_OUT, 4000.0)
    findings = [each for each in judge_connections(CALLBACK, [good, dead], proxy="") if each.fix]

    assert [each.severity for each in findings] == [Severity.WARNING]
    assert findings[0].fix
    assert "take the AAAA record away" in findings[0].fix.text


def test_the_time_of_the_run_ends_the_test_and_not_the_report(serve: Serve, examine: Examine) -> None:
    """What was found before is kept; what is left is unknown."""
    left = iter([30.0, 30.0, 30.0, 0.1])
    outcome = examine(serve(), remaining=lambda: next(left, 0.1))

    assert outcome.step("connect").status is Status.PASS
    assert outcome.step("rest").status is Status.UNKNOWN


def test_nothing_is_asked_over_a_connection_that_is_not_trusted(
    serve: Serve, examine: Examine, authority: Authority
) -> None:
    """The verify token goes to nobody who cannot prove who he is."""
    hook = serve(tls=authority.server("other.shop.example"))
    examine(hook, post=True)

    assert hook.asked == []
