"""What the `api-*` checks say of real servers: what fails, what is unknown, and the sentence that names the cause."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.network.conftest import (
    GRAPH_BODY,
    GRAPH_HEADERS,
    Authority,
    HttpProxy,
    as_meta,
    known,
    reply,
    resetting,
    silent,
    trusting,
)
from wa_doctor.model import Result, Severity, Unverified
from wa_doctor.network.connect import Connection, Outcome
from wa_doctor.network.resolve import Address, Answer, Lookup, Resolution, Silence
from wa_doctor.network.survey import Survey
from wa_doctor.network.verdicts.addresses import judge_connections
from wa_doctor.network.verdicts.names import judge_resolution
from wa_doctor.registry import load
from wa_doctor.runner import run_one

if TYPE_CHECKING:
    from tests.network.conftest import Look, Serve
    from wa_doctor.context import Context


def _run(
    id: str, survey: Survey, *, version: str = "v25.0", sandbox: str = "", skew: timedelta = timedelta()
) -> Result:
    context = SimpleNamespace(
        survey=survey,
        survey_of=lambda _: survey,
        settings=SimpleNamespace(base_url="", api_version=version),
        sandbox=sandbox,
        now=lambda: datetime.now(UTC) + skew,
    )
    result = run_one(load()[id], cast("Context", context))
    for finding in result.findings:
        assert not finding.message.endswith("."), finding.message
        if finding.severity is not Severity.NOTICE:
            assert finding.fix is not None
            assert re.fullmatch(r"[A-Z].*\.", finding.fix.text), finding.fix.text
    return result


def _late(handle: Callable[[socket.socket], None]) -> Callable[[socket.socket], None]:
    def late(sock: socket.socket) -> None:
        sock.recv(65536)
        handle(sock)

    return late


def _said(result: Result) -> str:
    return " | ".join([result.reason, *(finding.message for finding in result.findings)])


def _expect(result: Result, status: str, *words: str) -> None:
    assert result.status == status, _said(result)
    for each in words:
        assert each in _said(result)


# Names


def _named(lookup: Lookup, timeout: float = 2.0, environ: Mapping[str, str] | None = None) -> Survey:
    return Survey(
        "https://graph.facebook.com",
        "/v25.0/me",
        timeout=timeout,
        samples=0,
        now=lambda: datetime.now(UTC),
        environ=environ or {},
        remaining=lambda: 10.0,
        lookup=lookup,
    )


def _failing(code: int, words: str) -> Lookup:
    def lookup(*_: object) -> Sequence[str]:
        raise socket.gaierror(code, words)

    return lookup


META = {"graph.facebook.com": ["157.240.1.19", "2a03:2880:f101:83:face:b00c:0:25de"]}


def test_dns_passes_with_public_addresses_of_both_families() -> None:
    """The addresses are shown."""
    _expect(_run("api-dns", _named(known(META))), "pass", "157.240.1.19", "2a03:2880")


@pytest.mark.parametrize(
    ("lookup", "status", "words"),
    [
        (_failing(socket.EAI_NONAME, "Name or service not known"), "fail", "does not exist"),
        (_failing(socket.EAI_NODATA, "No address"), "fail", "has no address"),
        (_failing(socket.EAI_AGAIN, "Temporary failure"), "unknown", "the name server failed"),
        (_failing(socket.EAI_FAIL, "Non-recoverable failure"), "unknown", "EAI_FAIL"),
        (known({"graph.facebook.com": ["192.168.4.2"]}), "fail", "192.168.4.2 (private)"),
        (known({"graph.facebook.com": ["127.0.0.1"]}), "fail", "the hosts file"),
        (known({"graph.facebook.com": ["0.0.0.0"]}), "fail", "Pi-hole"),  # noqa: S104 - an answer of a filter
        (known({"graph.facebook.com": ["157.240.1.19", "::"]}), "fail", ":: (unspecified)"),
        (known({"graph.facebook.com": ["192.0.2.1"]}), "fail", "documentation"),
        (known({"graph.facebook.com": ["198.18.0.7"]}), "warn", "VPN or proxy client"),
        (known({"graph.facebook.com": ["100.64.0.7"]}), "warn", "VPN or proxy client"),
    ],
)
def test_dns_says_what_is_wrong_with_the_name(lookup: Lookup, status: str, words: str) -> None:
    """Definite answers fail, silence is unknown, and an address that is not Meta's is called what it is."""
    _expect(_run("api-dns", _named(lookup)), status, words)


def test_dns_that_is_silent_is_unknown() -> None:
    """A name server that drops questions has said nothing about the name."""
    over = threading.Event()

    def lookup(*_: object) -> Sequence[str]:
        over.wait(20)
        return ()

    result = _run("api-dns", _named(lookup, timeout=0.2))
    over.set()
    _expect(result, "unknown", "no name server answered for graph.facebook.com within")


def test_dns_that_answers_for_one_family_only_is_a_warning() -> None:
    """Clients that ask for both wait for the one that never comes."""

    def lookup(_host: str, _port: int, family: socket.AddressFamily) -> Sequence[str]:
        if family == socket.AF_INET6:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return ["157.240.1.19"]

    _expect(_run("api-dns", _named(lookup)), "warn", "does not answer for the AAAA record")


def test_dns_that_is_slow_is_a_warning() -> None:
    """A first name server that is dead costs five seconds on every lookup."""
    found = Resolution("graph.facebook.com", (Answer("IPv4", (Address("157.240.1.19"),)),), 5012.0)
    assert [each.severity for each in judge_resolution(found)] == [Severity.NOTICE, Severity.WARNING]


def test_dns_that_gave_up_after_seconds_had_no_answer_at_all() -> None:
    """The system gives the same error for a failure and for silence; the time tells them apart."""
    silence = Answer("IPv4", silence=Silence.TEMPORARY, detail="EAI_AGAIN: Temporary failure in name resolution")
    with pytest.raises(Unverified, match="no name server answered"):
        list(judge_resolution(Resolution("graph.facebook.com", (silence,), 10010.0)))


def test_dns_behind_a_proxy_is_only_mentioned() -> None:
    """The proxy resolves the name for us."""
    survey = _named(
        _failing(socket.EAI_NONAME, "Name or service not known"), environ={"HTTPS_PROXY": "http://proxy.example:3128"}
    )
    _expect(_run("api-dns", survey), "pass", "past the proxy http://proxy.example:3128", "does not exist")


def test_dns_of_a_gateway_in_the_own_network_is_a_warning(look: Look) -> None:
    """A base URL that is not Meta's may well be private."""
    _expect(_run("api-dns", look(443)), "warn", "a gateway inside your own network")


def test_a_base_url_without_a_host_is_left_to_config_host() -> None:
    """There is nothing to look at, and no crash."""
    survey = Survey(
        "graph", "/", timeout=1, samples=0, now=lambda: datetime.now(UTC), environ={}, remaining=lambda: 1.0
    )
    for id in ("api-dns", "api-connect", "api-tls", "api-graph"):
        result = _run(id, survey)
        assert (result.status, result.caused_by) == ("skip", "config-host")


# Connections


def test_connect_passes_when_every_address_accepts(serve: Serve, look: Look) -> None:
    """The number of addresses and the fastest time are shown."""
    _expect(_run("api-connect", look(serve(silent).port)), "pass", "1 address in")


def test_connect_fails_when_everybody_refuses(look: Look, refused: int) -> None:
    """A refusal is an answer."""
    _expect(_run("api-connect", look(refused)), "fail", "refuses every connection (ECONNREFUSED)")


def test_connect_is_unknown_when_nobody_answers(look: Look, black_hole: Callable[..., int]) -> None:
    """A firewall that drops looks like a network that is down."""
    _expect(_run("api-connect", look(black_hole(), timeout=0.3)), "unknown", "no address of graph.example on port")


def test_connect_warns_of_a_black_holed_family(serve: Serve, look: Look, black_hole: Callable[..., int]) -> None:
    """IPv4 works, IPv6 swallows connections: some clients hang, and the address and the cure are named."""
    port = serve(silent).port
    black_hole("::1", port)
    result = _run("api-connect", look(port, addresses=("127.0.0.1", "::1"), timeout=0.3))
    _expect(result, "warn", "::1 swallows connections", "while IPv4 works", "hang")
    fixes = [finding.fix.text for finding in result.findings if finding.fix]
    assert any("network-family-autoselection-attempt-timeout" in fix for fix in fixes)


def _connection(ip: str, outcome: Outcome, ms: float = 5.0, detail: str = "") -> Connection:
    return Connection(Address(ip), outcome, ms, detail)


@pytest.mark.parametrize(
    ("connections", "severity", "words"),
    [
        ([_connection("192.0.2.1", Outcome.REFUSED)], "error", "refuses every connection"),
        (
            [_connection("192.0.2.1", Outcome.REFUSED), _connection("2001:db8::1", Outcome.UNREACHABLE)],
            "error",
            "refuses every connection",
        ),
        (
            [_connection("192.0.2.1", Outcome.PROHIBITED, detail="EPERM: Operation not permitted")],
            "error",
            "this machine forbids",
        ),
        (
            [_connection("192.0.2.1", Outcome.TIMED_OUT, 4000.0), _connection("192.0.2.2", Outcome.REFUSED)],
            "unknown",
            "within 4000 ms",
        ),
        (
            [_connection("192.0.2.1", Outcome.UNREACHABLE, detail="EHOSTUNREACH: No route to host")],
            "unknown",
            "there is no route",
        ),
        ([_connection("192.0.2.1", Outcome.RESET, detail="ECONNRESET: reset")], "unknown", "ECONNRESET"),
        (
            [_connection("192.0.2.1", Outcome.CONNECTED), _connection("192.0.2.2", Outcome.REFUSED)],
            "warning",
            "192.0.2.2 refuses connections",
        ),
        (
            [_connection("192.0.2.1", Outcome.CONNECTED), _connection("2001:db8::1", Outcome.UNREACHABLE)],
            "notice",
            "this machine has no IPv6",
        ),
        (
            [_connection("2001:db8::1", Outcome.CONNECTED), _connection("192.0.2.1", Outcome.RESET)],
            "warning",
            "192.0.2.1 resets connections (ECONNRESET) while IPv6 works",
        ),
    ],
)
def test_connections_are_judged_by_what_they_share(connections: list[Connection], severity: str, words: str) -> None:
    """A definite no fails, silence is unknown, one that works makes the others a warning; no IPv6 is no fault."""
    if severity == "unknown":
        with pytest.raises(Unverified, match=words):
            list(judge_connections("graph.example", 443, connections))
    else:
        worst = list(judge_connections("graph.example", 443, connections))[-1]
        assert worst.severity == severity
        assert words in worst.message


def test_connect_names_a_proxy_setting_that_is_none(serve: Serve, look: Look) -> None:
    """Both the check of the connection and that of the answer say so, and neither crashes."""
    survey = look(serve(silent).port, environ={"HTTPS_PROXY": "http://crm:pass-word-9@:3128"})
    for id in ("api-connect", "api-graph"):
        result = _run(id, survey)
        _expect(result, "fail", "no client can use this proxy: HTTPS_PROXY")
        assert "pass-word-9" not in repr(result)


def test_connect_says_which_exception_spares_the_proxy(serve: Serve, look: Look) -> None:
    """A NO_PROXY that is forgotten explains a great deal."""
    environ = {"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": ".example"}
    _expect(_run("api-connect", look(serve(silent).port, environ=environ)), "pass", "NO_PROXY exempts", "(.example)")


def test_connect_fails_when_the_proxy_refuses(look: Look, refused: int, black_hole: Callable[..., int]) -> None:
    """The host itself may be out of reach then; it is the proxy that matters."""
    result = _run("api-connect", look(refused, environ={"HTTPS_PROXY": f"http://127.0.0.1:{refused}"}))
    _expect(result, "fail", f"127.0.0.1 on port {refused} refuses every connection", "past the proxy")
    result = _run("api-connect", look(refused, environ={"HTTPS_PROXY": "http://nowhere.example:3128"}))
    _expect(result, "fail", "nowhere.example does not exist")
    hole = black_hole()
    result = _run("api-connect", look(refused, timeout=0.3, environ={"HTTPS_PROXY": f"http://127.0.0.1:{hole}"}))
    _expect(result, "unknown", "no address of 127.0.0.1 on port")


# Certificates


def _tls(serve: Serve, look: Look, context: ssl.SSLContext, **options: Any) -> Result:
    return _run("api-tls", look(serve(silent, tls=context).port, **options))


def test_tls_passes_and_shows_version_and_issuer(serve: Serve, look: Look, authority: Authority) -> None:
    """What was agreed on, and who vouches for it."""
    _expect(_tls(serve, look, authority.server()), "pass", "TLSv1.3, issued by O=Example Trust, OU=Example Root")


def test_tls_fails_on_an_expired_certificate(serve: Serve, look: Look, authority: Authority) -> None:
    """The day is named, and the clock of this machine."""
    end = datetime.now(UTC) - timedelta(days=3)
    result = _tls(serve, look, authority.server(begin=end - timedelta(days=9), end=end))
    _expect(result, "fail", f"the certificate of graph.example expired on {end:%Y-%m-%d}")
    assert "Set the clock" in str(result.worst and result.worst.fix)


def test_tls_fails_on_a_certificate_of_tomorrow(serve: Serve, look: Look, authority: Authority) -> None:
    """The clock is the first suspect."""
    begin = datetime.now(UTC) + timedelta(days=3)
    result = _tls(serve, look, authority.server(begin=begin, end=begin + timedelta(days=9)))
    _expect(result, "fail", f"is not valid before {begin:%Y-%m-%d}", "the clock of this machine reads")


def test_tls_fails_on_interception_and_names_it(serve: Serve, look: Look, stranger: Authority) -> None:
    """The product and the issuer are in the sentence, the ways out in the fix."""
    for server in (stranger.server(), stranger.server(intermediate=True)):
        result = _tls(serve, look, server)
        _expect(result, "fail", "Zscaler opens TLS on the way", "O=Zscaler Inc.")
        assert "NODE_EXTRA_CA_CERTS" in str(result.worst and result.worst.fix)
        assert len([each for each in result.findings if each.severity is Severity.ERROR]) == 1


def test_tls_fails_on_a_wrong_name_a_self_signed_one_and_an_incomplete_chain(
    serve: Serve, look: Look, authority: Authority, self_signed: ssl.SSLContext
) -> None:
    """Each has a sentence of its own."""
    _expect(_tls(serve, look, authority.server("x.portal.example")), "fail", "is for x.portal.example, not for")
    _expect(_tls(serve, look, self_signed), "fail", "that it signed itself")
    incomplete = authority.server(chain=False, intermediate=True)
    _expect(_tls(serve, look, incomplete), "fail", "the chain is incomplete")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
def test_tls_fails_on_old_protocols(serve: Serve, look: Look, authority: Authority) -> None:
    """TLS 1.0 only."""
    context = authority.server()
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    _expect(_tls(serve, look, context), "fail", "speaks only TLSv1")


def test_tls_fails_where_a_client_certificate_is_demanded(serve: Serve, look: Look, authority: Authority) -> None:
    """Meta never asks for one."""
    context = authority.demand(authority.server())
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    _expect(_tls(serve, look, context), "fail", "demands a client certificate")


def test_tls_warns_when_only_the_system_trusts(
    serve: Serve, look: Look, authority: Authority, stranger: Authority
) -> None:
    """The company's root was installed, and clients that bring their own roots do not know it."""
    stores = trusting(stranger, authority)
    result = _tls(serve, look, stranger.server(), stores=stores)
    _expect(result, "warn", "not by certifi's", "by Zscaler", "Python requests, Python httpx, Node and Java")
    given = {"SSL_CERT_FILE": "/x", "REQUESTS_CA_BUNDLE": "/x", "NODE_EXTRA_CA_CERTS": "/x"}
    _expect(_tls(serve, look, stranger.server(), stores=stores, environ=given), "pass", "variables")


def test_tls_warns_when_only_certifi_trusts(
    serve: Serve, look: Look, authority: Authority, stranger: Authority
) -> None:
    """A container without CA certificates, or a variable that replaces them."""
    stores = trusting(stranger, authority)
    result = _tls(serve, look, authority.server(), stores=stores)
    _expect(result, "warn", "not by the system store", "curl, Go, PHP")
    replaced = _tls(serve, look, authority.server(), stores=stores, environ={"SSL_CERT_FILE": "/x"})
    assert any("unset SSL_CERT_FILE" in each.fix.text for each in replaced.findings if each.fix)


@pytest.mark.parametrize(("handle", "words"), [(resetting, "connection closed"), (silent, "timed out")])
def test_tls_that_breaks_off_is_unknown(
    serve: Serve, look: Look, handle: Callable[[socket.socket], None], words: str
) -> None:
    """A reset or silence after the connection says nothing about certificates."""
    survey = look(serve(_late(handle)).port, timeout=0.4)
    _expect(_run("api-tls", survey), "unknown", "TLS breaks off", words)


def test_tls_that_breaks_off_at_one_address_is_a_warning(serve: Serve, look: Look, authority: Authority) -> None:
    """The other family works."""
    port = serve(silent, tls=authority.server()).port
    serve(_late(resetting), host="::1", port=port)
    result = _run("api-tls", look(port, addresses=("127.0.0.1", "::1")))
    _expect(result, "warn", "(::1)", "TLS breaks off")


def test_tls_on_a_port_of_plain_http_fails(serve: Serve, look: Look) -> None:
    """Something else answers on this port."""

    def loud(sock: socket.socket) -> None:
        sock.recv(65536)
        sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    survey = look(serve(loud).port)
    _expect(_run("api-tls", survey), "fail", "does not speak TLS")


def test_tls_through_a_proxy_is_what_counts(
    serve: Serve, look: Look, authority: Authority, stranger: Authority
) -> None:
    """A proxy that intercepts fails although the direct way is clean; a clean one passes although that is not."""
    intercepted = serve(silent, tls=stranger.server()).port
    clean = serve(silent, tls=authority.server()).port

    def redirecting(to: int) -> Callable[[socket.socket], None]:
        proxy = HttpProxy()

        class Bent:
            def __init__(self, sock: socket.socket) -> None:
                self._sock = sock

            def recv(self, size: int) -> bytes:
                data = self._sock.recv(size)
                return re.sub(rb"^CONNECT (\S+):\d+", rb"CONNECT \1:%d" % to, data)

            def __getattr__(self, name: str) -> object:
                return getattr(self._sock, name)

        return lambda sock: proxy(cast("socket.socket", Bent(sock)))

    environ = {"HTTPS_PROXY": f"http://proxy.example:{serve(redirecting(intercepted)).port}"}
    _expect(_run("api-tls", look(clean, environ=environ)), "fail", "Zscaler opens TLS on the way")
    environ = {"HTTPS_PROXY": f"http://proxy.example:{serve(redirecting(clean)).port}"}
    _expect(_run("api-tls", look(intercepted, environ=environ)), "pass", "past the proxy")


def test_tls_is_skipped_over_plain_http(serve: Serve, look: Look) -> None:
    """There is nothing to shake hands over."""
    survey = look(serve(silent).port, scheme="http")
    _expect(_run("api-tls", survey), "skip", "the base URL is plain http")
    _expect(_run("api-tls", survey, sandbox="healthy"), "skip", "the sandbox is plain http on this machine")


# Answers


def _graph(serve: Serve, look: Look, handle: Callable[[socket.socket], None], **options: Any) -> Result:
    return _run("api-graph", look(serve(handle).port, scheme="http", **options))


def test_graph_passes_with_the_marks_of_meta(serve: Serve, look: Look) -> None:
    """The evidence is what a support ticket wants."""
    result = _graph(serve, look, as_meta(), samples=2)
    _expect(result, "pass", "Meta answered (HTTP 400, code 2500)")
    evidence = result.findings[0].evidence
    assert evidence["address"] == "127.0.0.1"
    assert evidence["fbtrace_id"] == GRAPH_HEADERS["x-fb-request-id"]
    assert evidence["x-fb-rev"] == "1030000001"
    assert evidence["meta_rtt_ms"] == 23
    assert evidence["samples"] == 2


HTML = {"Content-Type": "text/html"}


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (
            reply("302 Found", {"Location": "https://login.hotel.example/"}, b""),
            "fail",
            "sends us to login.hotel.example",
        ),
        (reply("200 OK", HTML, b"<html><title>Guest network</title>"), "fail", "entitled 'Guest network'"),
        (reply("511 Network Authentication Required", HTML, b"<html>"), "fail", "511"),
        (reply("407 Proxy Authentication Required", {"Via": "1.1 gw (squid/6)"}, b""), "fail", "Squid: HTTP 407"),
        (reply("403 Forbidden", {**HTML, "Server": "Zscaler/6.2"}, b"<html>"), "fail", "by Zscaler"),
        (
            reply("400 Bad Request", HTML, b"<h1>No required SSL certificate was sent</h1>"),
            "fail",
            "client certificate",
        ),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "fail", "does not speak HTTP"),
        (reply("502 Bad Gateway", HTML, b"<html>nginx"), "unknown", "HTTP 502"),
        (reply("503 Service Unavailable", {}, b""), "unknown", "HTTP 503"),
        (reply("500 Internal Server Error", {}, b"{}"), "unknown", "HTTP 500"),
        (reply("429 Too Many Requests", {}, b"slow down"), "unknown", "HTTP 429"),
        (reply("200 OK", {"Content-Type": "application/json"}, b'{"error":'), "unknown", "cannot be recognised"),
        (reply("200 OK", {}, b""), "unknown", "cannot be recognised"),
        (reply("200 OK", {"Content-Encoding": "gzip"}, gzip.compress(bytes(10**8))), "unknown", "more than 256 KiB"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", "unknown", "did not come to its end"),
        (reply("503 Service Unavailable", GRAPH_HEADERS, GRAPH_BODY), "warn", "up to 5 minutes"),
        (reply("429 Too Many Requests", GRAPH_HEADERS, GRAPH_BODY), "warn", "limits the rate"),
        (reply("400 Bad Request", {**GRAPH_HEADERS, "Via": "1.1 gw (squid/6)"}, GRAPH_BODY), "pass", "Squid passes"),
    ],
)
def test_graph_tells_meta_from_those_in_between(
    serve: Serve, look: Look, answer: bytes, status: str, words: str
) -> None:
    """Somebody else fails, a bad moment is unknown, Meta in trouble is a warning."""

    def once(sock: socket.socket) -> None:
        sock.recv(65536)
        sock.sendall(answer)

    _expect(_graph(serve, look, once, timeout=5.0), status, words)


@pytest.mark.parametrize(("handle", "words"), [(resetting, "ECONNRESET"), (silent, "no answer within")])
def test_graph_without_an_answer_is_unknown(
    serve: Serve, look: Look, handle: Callable[[socket.socket], None], words: str
) -> None:
    """The connection stands, and nothing comes back."""
    _expect(_graph(serve, look, _late(handle), timeout=0.4), "unknown", "did not answer", words)


def test_graph_with_a_body_that_never_ends_is_unknown(serve: Serve, look: Look) -> None:
    """A byte now and then, for ever."""

    def drip(sock: socket.socket) -> None:
        sock.recv(65536)
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        pause = threading.Event()
        while not pause.wait(0.02):
            sock.sendall(b" ")

    _expect(_graph(serve, look, drip, timeout=0.4), "unknown", "did not come to its end (too slow)")


def test_graph_is_unknown_where_an_earlier_link_is_broken(
    serve: Serve, look: Look, refused: int, stranger: Authority
) -> None:
    """The check of that link fails; this one could not ask."""
    _expect(_run("api-graph", look(refused)), "unknown", "accepts no connection (127.0.0.1 refused)")
    _expect(_run("api-graph", look(refused, addresses=())), "unknown", "does not resolve")
    intercepted = serve(silent, tls=stranger.server()).port
    _expect(_run("api-graph", look(intercepted)), "unknown", "TLS failed (unknown issuer")


def test_graph_that_is_slow_is_a_warning(serve: Serve, look: Look) -> None:
    """The median of the samples is what a call costs."""
    from dataclasses import replace

    from wa_doctor.network.verdicts.answers import judge_visit

    survey = look(serve(as_meta()).port, scheme="http")
    visit = survey.exchange()
    assert visit.timings is not None
    slow = replace(visit, timings=replace(visit.timings, samples=(900.0, 1300.0, 1200.0)))
    found = list(judge_visit(slow, survey.target, None))
    assert [each.severity for each in found] == [Severity.NOTICE, Severity.WARNING]
    assert "1200 ms" in found[1].message


PROXY_SAYS = [
    (reply("407 Proxy Authentication Required", {"Proxy-Authenticate": "Basic"}, b""), "fail", "demands credentials"),
    (reply("407 Proxy Authentication Required", {"Proxy-Authenticate": "NTLM"}, b""), "fail", "it wants NTLM"),
    (reply("401 Unauthorized", {"Server": "tinyproxy/1.11.1"}, b""), "fail", "demands credentials: HTTP 401"),
    (reply("403 Forbidden", {}, b"filtered"), "fail", "refuses the way to graph.example: HTTP 403"),
    (reply("302 Found", {"Location": "http://login.example"}, b""), "fail", "refuses the way"),
    (reply("503 Service Unavailable", {}, b""), "unknown", "cannot reach graph.example: HTTP 503"),
    (b"SSH-2.0-OpenSSH_9.2\r\n", "fail", "is no HTTP proxy"),
    (b"", "unknown", "broke off"),
]


@pytest.mark.parametrize(("answer", "status", "words"), PROXY_SAYS)
def test_graph_says_what_the_proxy_objects_to(
    serve: Serve, look: Look, refused: int, answer: bytes, status: str, words: str
) -> None:
    """A no of the proxy fails, its own trouble is unknown."""

    def once(sock: socket.socket) -> None:
        sock.recv(65536)
        sock.sendall(answer)

    survey = look(refused, environ={"HTTPS_PROXY": f"http://proxy.example:{serve(once).port}"})
    _expect(_run("api-graph", survey), status, words, "proxy.example")
    _expect(_run("api-media", survey), status, words.replace("graph.example", "lookaside.fbsbx.com"))
    _expect(_run("api-tls", survey), "skip", "does not let us through")


def test_graph_says_that_credentials_are_wrong(serve: Serve, look: Look, refused: int) -> None:
    """They were sent and not accepted; they are not in what is said."""
    port = serve(HttpProxy("another")).port
    result = _run("api-graph", look(refused, environ={"HTTPS_PROXY": f"http://crm:wrong-word-1@proxy.example:{port}"}))
    _expect(result, "fail", "does not accept the credentials")
    assert "wrong-word-1" not in repr(result)


def test_graph_says_that_a_proxy_speaks_no_tls(serve: Serve, look: Look, authority: Authority, refused: int) -> None:
    """HTTPS_PROXY=https://... is the usual slip."""

    def loud(sock: socket.socket) -> None:
        sock.recv(65536)
        sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    port = serve(loud).port
    result = _run("api-graph", look(refused, environ={"HTTPS_PROXY": f"https://proxy.example:{port}"}))
    _expect(result, "fail", "does not speak TLS itself")
    port = serve(silent, tls=authority.server("another.example")).port
    result = _run("api-graph", look(refused, environ={"HTTPS_PROXY": f"https://proxy.example:{port}"}))
    _expect(result, "fail", "the certificate of the proxy", "wrong host name")


def test_graph_does_not_know_about_socks(look: Look, refused: int) -> None:
    """It says that it cannot, and what can be done."""
    result = _run("api-graph", look(refused, environ={"ALL_PROXY": "socks5://proxy.example"}))
    _expect(result, "unknown", "is a SOCKS proxy")


# Agreement


@pytest.mark.parametrize(
    ("ahead", "status", "words"),
    [
        (timedelta(), "pass", "within"),
        (timedelta(seconds=45), "warn", "45 s ahead of Meta's"),
        (timedelta(minutes=-10), "fail", "10 min behind Meta's"),
        (timedelta(hours=3), "fail", "3.0 h ahead of Meta's"),
    ],
)
def test_clock(serve: Serve, look: Look, ahead: timedelta, status: str, words: str) -> None:
    """Half a minute is a warning, five minutes are a fault."""
    survey = look(serve(as_meta()).port, scheme="http", now=lambda: datetime.now(UTC) + ahead)
    _expect(_run("api-clock", survey), status, words)


@pytest.mark.parametrize(
    ("headers", "asked", "status", "words"),
    [
        ({}, "v25.0", "pass", "v25.0 answered"),
        ({"facebook_api_version": "v31.0"}, "v31.0", "pass", "v31.0 answered"),
        (
            {
                "facebook_api_version": "v26.0",
                "x_ad_api_version_warning": "The call has been auto-upgraded to v26.0 as v21.0 has been deprecated.",
            },
            "v21.0",
            "warn",
            'v21.0 was asked for and v26.0 answered, a silent upgrade; Meta says "The call has been auto-upgraded',
        ),
        ({"x_ad_api_version_warning": "v25.0 will be deprecated."}, "v25.0", "warn", "about to end"),
        ({}, "v99.0", "warn", "the older v25.0 answered"),
        ({}, "", "pass", "no version was asked for, and v25.0 answered"),
        ({}, "latest", "pass", "latest is no version"),
        ({"facebook_api_version": "2"}, "v25.0", "unknown", "does not say which version"),
    ],
)
def test_version(serve: Serve, look: Look, headers: dict[str, str], asked: str, status: str, words: str) -> None:
    """The header decides; a version newer than this build knows is fine."""
    survey = look(serve(as_meta(**headers)).port, scheme="http")
    _expect(_run("api-version", survey, version=asked), status, words)


def test_clock_and_version_without_headers_are_unknown(serve: Serve, look: Look) -> None:
    """Something on the way removed them."""
    survey = look(serve(as_meta(Date="", facebook_api_version="")).port, scheme="http")
    _expect(_run("api-clock", survey), "unknown", "no Date header")
    _expect(_run("api-version", survey), "unknown", "does not say which version")


# The media host


def test_media_passes_without_a_request(serve: Serve, look: Look, authority: Authority) -> None:
    """The handshake is enough, and nothing is asked."""
    heard: list[bytes] = []

    def listen(sock: socket.socket) -> None:
        while data := sock.recv(65536):
            heard.append(data)

    _expect(_run("api-media", look(serve(listen, tls=authority.server()).port)), "pass", "TLSv1.3")
    assert heard == []


def test_media_says_what_is_wrong(
    serve: Serve, look: Look, stranger: Authority, refused: int, black_hole: Callable[..., int]
) -> None:
    """Whichever link is broken, from the name to the certificate."""
    _expect(_run("api-media", look(refused, lookup=known({}))), "fail", "does not exist")
    _expect(_run("api-media", look(refused)), "fail", "refuses every connection")
    _expect(_run("api-media", look(black_hole(), timeout=0.3)), "unknown", "answers within")
    _expect(_run("api-media", look(serve(silent, tls=stranger.server()).port)), "fail", "Zscaler")


def test_media_goes_through_the_proxy(serve: Serve, look: Look, authority: Authority, refused: int) -> None:
    """As every download does."""
    port = serve(silent, tls=authority.server()).port
    environ = {"HTTPS_PROXY": f"http://proxy.example:{serve(HttpProxy()).port}"}
    _expect(_run("api-media", look(port, addresses=(), environ=environ)), "pass", "TLSv1.3")
    dead = {"HTTPS_PROXY": f"http://proxy.example:{refused}"}
    _expect(_run("api-media", look(port, environ=dead)), "skip", "cannot be reached")


def test_the_sandbox_has_no_media_host(look: Look, refused: int) -> None:
    """The API is emulated, and so is nothing else."""
    _expect(_run("api-media", look(refused), sandbox="healthy"), "skip", "emulated on this machine")
