"""A survey finds each thing out once, for however many ask, by the way that applies, and ends in time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.network.conftest import (
    GRAPH_BODY,
    GRAPH_HEADERS,
    HOST,
    HttpProxy,
    answering,
    as_meta,
    http_date,
    reply,
    silent,
)
from wa_doctor.network.connect import Outcome
from wa_doctor.network.proxies import InvalidProxy
from wa_doctor.network.resolve import Silence
from wa_doctor.network.route import RouteClosed, Stage
from wa_doctor.network.survey import Survey
from wa_doctor.network.target import InvalidTarget
from wa_doctor.network.tls import Failure, Handshake

if TYPE_CHECKING:
    from tests.network.conftest import Authority, Look, Serve


def test_an_exchange_is_measured_stage_by_stage(serve: Serve, look: Look, authority: Authority) -> None:
    """The first exchange has all its stages, and the samples come after it on the same connection."""
    heads: list[bytes] = []
    inner = as_meta()

    def handle(sock: socket.socket) -> None:
        heads.append(b"connection")
        inner(sock)

    survey = look(serve(handle, tls=authority.server()).port, samples=3)
    timings = survey.timings()
    assert timings is not None
    assert [stage.name for stage in timings.stages] == ["dns", "connect", "tls", "server", "transfer"]
    assert (timings.via, timings.address, len(timings.samples)) == ("direct", "127.0.0.1", 3)
    assert timings.minimum <= timings.median <= timings.maximum
    assert survey.samples() == timings.samples
    assert heads == [b"connection"]


def test_no_token_and_no_more_than_the_questions_is_sent(serve: Serve, look: Look) -> None:
    """The first question and the samples are the same: a GET that says who asks and carries no credentials."""
    heads: list[bytes] = []

    def handle(sock: socket.socket) -> None:
        while head := sock.recv(65536):
            heads.append(head)
            sock.sendall(reply("400 Bad Request", GRAPH_HEADERS, GRAPH_BODY))

    server = serve(handle)
    look(server.port, scheme="http", samples=2).exchange()
    assert len(heads) == 3
    assert len(set(heads)) == 1
    lines = heads[0].decode().split("\r\n")
    assert lines[0] == "GET /v25.0/me HTTP/1.1"
    assert lines[1] == f"Host: {HOST}:{server.port}"
    assert not any("authorization" in line.lower() for line in lines)


def test_plain_http_has_no_tls_stage(serve: Serve, look: Look) -> None:
    """As in the sandbox."""
    timings = look(serve(as_meta()).port, scheme="http").timings()
    assert timings is not None
    assert timings.tls is None


def test_a_connection_that_is_closed_after_the_first_answer_is_one_sample(serve: Serve, look: Look) -> None:
    """Where the other side hangs up, the first exchange stands for all."""
    timings = look(serve(as_meta(Connection="close")).port, scheme="http", samples=5).timings()
    assert timings is not None
    assert timings.samples == (timings.server + timings.transfer,)


def test_a_stranger_is_not_sampled(serve: Serve, look: Look) -> None:
    """Only Meta's answers are worth measuring."""
    asked: list[bytes] = []

    def handle(sock: socket.socket) -> None:
        while head := sock.recv(65536):
            asked.append(head)
            sock.sendall(reply("200 OK", {"Content-Type": "text/html"}, b"<html>"))

    look(serve(handle).port, scheme="http", samples=5).exchange()
    assert len(asked) == 1


def test_a_sample_that_breaks_off_leaves_the_others(serve: Serve, look: Look) -> None:
    """A connection lost in the middle of sampling is not a failure of the exchange."""
    count = 0

    def handle(sock: socket.socket) -> None:
        nonlocal count
        while sock.recv(65536):
            count += 1
            if count == 3:
                return
            sock.sendall(reply("400 Bad Request", GRAPH_HEADERS, GRAPH_BODY))

    visit = look(serve(handle).port, scheme="http", samples=5).exchange()
    assert visit.ended is None
    assert visit.timings is not None
    assert len(visit.timings.samples) == 1


def test_many_who_ask_at_once_cause_one_lookup_and_one_connection(serve: Serve, look: Look) -> None:
    """Checks run side by side and share the survey."""
    asked: list[str] = []
    gate = threading.Barrier(8)

    def lookup(host: str, _port: int, family: socket.AddressFamily) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if family == socket.AF_INET else []

    accepted: list[int] = []
    inner = as_meta()

    def handle(sock: socket.socket) -> None:
        accepted.append(1)
        inner(sock)

    survey = look(serve(handle).port, scheme="http", lookup=lookup)

    def ask(_: int) -> object:
        gate.wait(10)
        return survey.exchange()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))
    assert len({id(answer) for answer in answers}) == 1
    assert asked == [HOST, HOST]
    assert len(accepted) == 1


def test_the_exchange_does_not_wait_for_a_dead_family(
    serve: Serve, look: Look, black_hole: Callable[..., int], authority: Authority
) -> None:
    """Black-holed IPv6 is a finding about connections, and no reason to know nothing else."""
    port = serve(as_meta(), tls=authority.server()).port
    black_hole("::1", port)
    survey = look(port, addresses=("::1", "127.0.0.1"), timeout=0.5)
    assert survey.exchange().address == "127.0.0.1"
    assert [each.outcome for each in survey.connections()] == [Outcome.CONNECTED, Outcome.TIMED_OUT]
    assert {each.address for each in survey.handshakes()} == {"127.0.0.1"}


def test_the_address_that_answers_is_known_afterwards(
    serve: Serve, look: Look, authority: Authority, black_hole: Callable[..., int]
) -> None:
    """Through a proxy, or where nobody answers, there is none."""
    port = black_hole("::1")
    serve(as_meta(), tls=authority.server(), port=port)
    assert look(port, addresses=["::1", "127.0.0.1"]).answering_address() == "127.0.0.1"
    assert look(port, addresses=["::1"], timeout=0.5).answering_address() == ""
    proxied = {"HTTPS_PROXY": f"http://proxy.example:{serve(HttpProxy()).port}"}
    assert look(port, environ=proxied).answering_address() == ""


def test_the_skew_of_the_clocks_is_known_afterwards(serve: Serve, look: Look, refused: int) -> None:
    """Where nobody answered, the clocks count as agreeing."""
    an_hour_ago = http_date(datetime.now(UTC) - timedelta(hours=1))
    port = serve(as_meta(Date=an_hour_ago)).port
    assert round(look(port, scheme="http").skew() / timedelta(minutes=1)) == 60
    assert look(refused, scheme="http").skew() == timedelta()


def test_every_stage_ends_when_the_run_does(serve: Serve, look: Look) -> None:
    """The seconds left in the run bound a stage whose own limit is longer."""
    visit = look(serve(silent).port, scheme="http", timeout=60, seconds=0.2).exchange()
    assert visit.ended is Stage.ANSWER
    assert isinstance(visit.cause, TimeoutError)


def test_nothing_is_begun_after_the_run_is_over(look: Look, refused: int) -> None:
    """With no time left there is an answer nevertheless."""
    survey = look(refused, seconds=-1.0)
    assert survey.resolution().silence is Silence.TIMED_OUT
    assert survey.exchange().ended is Stage.NAME
    assert survey.timings() is None


def test_a_handshake_goes_to_every_address_and_store(serve: Serve, look: Look, authority: Authority) -> None:
    """Two stores, one address: two handshakes, each named."""
    found = look(serve(silent, tls=authority.server()).port).handshakes()
    assert [(each.address, each.store, each.failure) for each in found] == [
        ("127.0.0.1", "system", None),
        ("127.0.0.1", "certifi", None),
    ]


def test_tls_that_fails_ends_the_exchange_before_anything_is_asked(
    serve: Serve, look: Look, stranger: Authority
) -> None:
    """The system store decides whom to talk to."""
    visit = look(serve(as_meta(), tls=stranger.server()).port).exchange()
    assert visit.ended is Stage.TLS
    assert visit.handshake is not None
    assert visit.handshake.failure is Failure.UNKNOWN_ISSUER


def test_a_client_certificate_demanded_after_the_handshake_is_noticed(
    serve: Serve, look: Look, authority: Authority
) -> None:
    """TLS 1.3 completes the handshake first and complains when something is asked."""
    visit = look(serve(as_meta(), tls=authority.demand(authority.server())).port).exchange()
    assert visit.ended is Stage.ANSWER
    assert visit.demands_certificate


def test_through_a_proxy_the_exchange_and_the_handshakes_go_through_it(
    serve: Serve, look: Look, authority: Authority
) -> None:
    """CONNECT with credentials, TLS inside it, and the proxy's own address in the timings."""
    proxy = HttpProxy("Y3JtOnNlY3JldC13b3Jk")
    port = serve(as_meta(), tls=authority.server()).port
    url = f"http://crm:secret-word@proxy.example:{serve(proxy).port}"
    survey = look(port, environ={"HTTPS_PROXY": url})
    timings = survey.timings()
    assert timings is not None
    assert timings.via == url.replace("crm:secret-word@", "")
    assert [stage.name for stage in timings.stages] == ["dns", "connect", "tunnel", "tls", "server", "transfer"]
    assert timings.other is not None
    assert timings.other.via == "direct"
    assert [each.failure for each in survey.proxied_handshakes() if isinstance(each, Handshake)] == [None, None]
    assert all(head.startswith(f"CONNECT {HOST}:{port} HTTP/1.1\r\n".encode()) for head in proxy.heads)
    assert [each.outcome for each in survey.proxy_connections()] == [Outcome.CONNECTED]


def test_a_name_that_only_the_proxy_knows_is_reached(serve: Serve, look: Look, authority: Authority) -> None:
    """Inside a company, names of the internet often do not resolve; there is nothing to compare with then."""
    port = serve(as_meta(), tls=authority.server()).port
    environ = {"https_proxy": f"http://127.0.0.1:{serve(HttpProxy()).port}"}
    survey = look(port, addresses=(), environ=environ)
    assert survey.exchange().answer is not None
    assert survey.comparison() is None


def test_a_proxy_that_speaks_tls_itself_is_gone_through(serve: Serve, look: Look, authority: Authority) -> None:
    """TLS to the host inside TLS to the proxy."""
    port = serve(as_meta(), tls=authority.server()).port
    proxy = serve(HttpProxy(), tls=authority.server("proxy.example"))
    visit = look(port, environ={"HTTPS_PROXY": f"https://proxy.example:{proxy.port}"}).exchange()
    assert visit.answer is not None
    assert visit.answer.status == 400


def test_a_proxy_for_plain_http_gets_the_whole_url(serve: Serve, look: Look) -> None:
    """There is no tunnel, and the credentials go with the question."""
    proxy = HttpProxy("Y3JtOnNlY3JldC13b3Jk")
    port = serve(as_meta()).port
    environ = {"http_proxy": f"http://crm:secret-word@127.0.0.1:{serve(proxy).port}"}
    visit = look(port, scheme="http", environ=environ, samples=0).exchange()
    assert visit.answer is not None
    assert visit.timings is not None
    assert visit.timings.tunnel is None
    assert proxy.heads[0].startswith(f"GET http://{HOST}:{port}/v25.0/me HTTP/1.1\r\n".encode())


@pytest.mark.parametrize(
    ("environ", "stage"),
    [
        ({"HTTPS_PROXY": "http://nowhere.example:3128"}, Stage.PROXY_NAME),
        ({"HTTPS_PROXY": "socks5://proxy.example:1080"}, Stage.PROXY_ANSWER),
    ],
)
def test_a_proxy_that_cannot_be_used_closes_the_way(
    look: Look, refused: int, environ: dict[str, str], stage: Stage
) -> None:
    """The stage says where it ended."""
    survey = look(refused, environ=environ)
    assert survey.exchange().ended is stage
    assert [each.stage for each in survey.proxied_handshakes() if isinstance(each, RouteClosed)] == [stage, stage]


def test_a_refused_tunnel_keeps_the_answer_of_the_proxy(serve: Serve, look: Look, refused: int) -> None:
    """It says what the proxy objects to."""
    denied = answering(reply("403 Forbidden", {"Server": "tinyproxy/1.11"}, b"<html>filtered</html>"))
    visit = look(refused, environ={"HTTPS_PROXY": f"http://proxy.example:{serve(denied).port}"}).exchange()
    assert visit.ended is Stage.PROXY_ANSWER
    assert visit.closed is not None
    assert visit.closed.refusal is not None
    assert visit.closed.refusal.status == 403


def test_settings_that_lead_nowhere_are_raised_where_they_are_needed() -> None:
    """The base URL and the proxy are somebody's typing; the timings, drawn at the end, never raise."""

    def survey(base_url: str, environ: dict[str, str]) -> Survey:
        return Survey(
            base_url,
            "/v25.0/me",
            timeout=1,
            samples=1,
            now=lambda: datetime.now(UTC),
            environ=environ,
            remaining=lambda: 1.0,
        )

    with pytest.raises(InvalidTarget):
        survey("graph", {}).resolution()
    with pytest.raises(InvalidProxy):
        survey("https://graph.example", {"HTTPS_PROXY": "http://"}).exchange()
    assert survey("graph", {}).timings() is None
    assert survey("https://graph.example", {"HTTPS_PROXY": "http://"}).timings() is None
