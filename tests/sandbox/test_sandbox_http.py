"""The HTTP side: headers, versions, connections, and requests that cannot be read."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import struct
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from wa_doctor import sandbox
from wa_doctor.sandbox import PortInUse
from wa_doctor.sandbox.endpoints import respond

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client
    from wa_doctor.sandbox.access import Door
    from wa_doctor.sandbox.exchange import Answer, Request

Serve = Callable[..., "Client"]


def connect(client: Client) -> socket.socket:
    where = urlsplit(client.sandbox.base_url)
    return socket.create_connection((where.hostname or "", where.port or 0), timeout=20)


def exchange(client: Client, request: bytes) -> bytes:
    """Send raw bytes and return everything until the server closes."""
    with connect(client) as raw:
        raw.sendall(request)
        raw.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: raw.recv(65536), b""))


def reset(raw: socket.socket) -> None:
    """Hang up without a goodbye."""
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0))
    raw.close()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize("path", ["me", "118340927561042", "debug_token"])
def test_every_answer_carries_the_marks_of_meta(healthy: Client, path: str) -> None:
    headers = healthy.get(path).headers
    assert headers["content-type"] == "application/json; charset=UTF-8"
    assert headers["facebook-api-version"] == "v25.0"
    assert re.fullmatch(r"\d{10}", headers["x-fb-rev"])
    assert len(headers["x-fb-trace-id"]) == 11
    assert {"x-fb-debug", "x-fb-connection-quality", "date", "access-control-allow-origin"} <= set(headers)


def test_every_answer_says_that_it_is_a_sandbox(healthy: Client) -> None:
    assert healthy.get("me").headers["x-wa-doctor-sandbox"] == "healthy"


def test_an_error_repeats_its_trace_in_the_headers(healthy: Client) -> None:
    reply = healthy.get("1")
    assert reply.error["fbtrace_id"] == reply.headers["x-fb-request-id"]
    assert re.fullmatch(r"A[\w-]{22}", reply.error["fbtrace_id"])
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["www-authenticate"].startswith('OAuth "Facebook Platform" "invalid_request" "Unsupported get')
    assert "x-app-usage" in reply.headers


def test_no_two_errors_share_a_trace(healthy: Client) -> None:
    assert healthy.get("1").error["fbtrace_id"] != healthy.get("1").error["fbtrace_id"]


def test_a_dead_token_is_named_in_the_challenge(serve: Serve) -> None:
    assert '"invalid_token"' in serve("revoked-token").get("me").headers["www-authenticate"]


def test_a_success_carries_no_challenge(healthy: Client) -> None:
    headers = healthy.get("me").headers
    assert "www-authenticate" not in headers
    assert headers["cache-control"].startswith("private")


def test_nothing_from_a_request_can_add_a_header(healthy: Client) -> None:
    """An id with a line break in it stands in the challenge as one line."""
    reply = healthy.get("1%0d%0aSet-Cookie:%20a=b%22%c3%a9")
    assert reply.code == (100, 33)
    assert "set-cookie" not in reply.headers
    assert "'1 Set-Cookie: a=b'?'" in reply.headers["www-authenticate"]


@pytest.mark.parametrize(("asked", "served"), [("v25.0", "v25.0"), ("v22.0", "v22.0"), ("v26.0", "v26.0")])
def test_a_version_that_is_served_answers_as_itself(healthy: Client, asked: str, served: str) -> None:
    reply = healthy.send("GET", f"/{asked}/me")
    assert reply.headers["facebook-api-version"] == served
    assert "x-ad-api-version-warning" not in reply.headers


def test_an_older_version_is_upgraded_with_a_warning(healthy: Client) -> None:
    reply = healthy.send("GET", "/v19.0/me")
    assert reply.status == 200
    assert reply.headers["facebook-api-version"] == "v22.0"
    assert reply.headers["x-ad-api-version-warning"] == (
        "The call has been auto-upgraded to v22.0 as v19.0 has been deprecated."
    )


def test_no_version_is_answered_by_the_apps_default(healthy: Client) -> None:
    reply = healthy.send("GET", f"/{healthy.number}")
    assert reply.status == 200
    assert reply.headers["facebook-api-version"] == "v25.0"


@pytest.mark.parametrize("version", ["v27.0", "v999999.0"])
def test_a_version_that_does_not_exist_is_an_unknown_path(healthy: Client, version: str) -> None:
    assert healthy.send("GET", f"/{version}/me").code == (2500, None)


@pytest.mark.parametrize("version", ["v25", "25.0", "v25.x", "v²5.0"])
def test_what_only_looks_like_a_version_is_an_id(healthy: Client, version: str) -> None:
    path = "".join(each if each.isascii() else "%C2%B2" for each in version)
    assert healthy.send("GET", f"/{path}").status in (400, 404)


def test_a_head_is_a_get_without_its_body(healthy: Client) -> None:
    path = f"/v25.0/{healthy.number}"
    head, get = healthy.send("HEAD", path), healthy.send("GET", path)
    assert (head.status, head.raw) == (200, b"")
    assert head.headers["content-length"] == str(len(get.raw))


def test_many_requests_share_one_connection(healthy: Client) -> None:
    healthy.get("me")
    first = healthy.connection.sock
    for method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS", "PATCH"):
        healthy.send(method, f"/v25.0/{healthy.number}", b"{}" if method != "HEAD" else None)
    assert healthy.connection.sock is first


def test_many_clients_are_answered_at_once(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """No call is answered before all of them have arrived."""
    clients = [serve()]
    clients += [type(clients[0])(clients[0].sandbox) for _ in range(19)]
    gate = threading.Barrier(len(clients))

    def respond_together(door: Door, request: Request) -> Answer:
        gate.wait(20)
        return respond(door, request)

    monkeypatch.setattr("wa_doctor.sandbox.running.respond", respond_together)
    with ThreadPoolExecutor(len(clients)) as pool:
        assert [reply.status for reply in pool.map(lambda client: client.get("me"), clients)] == [200] * 20
    for client in clients:
        client.connection.close()


def test_a_target_may_be_a_whole_url(healthy: Client) -> None:
    """As a proxy would send it."""
    assert healthy.send("GET", "http://graph.facebook.com/v25.0/me").status == 200


def test_slashes_too_many_do_no_harm(healthy: Client) -> None:
    assert healthy.send("GET", f"//v25.0//{healthy.number}/").status == 200


def test_a_huge_query_is_refused(healthy: Client) -> None:
    assert status(exchange(healthy, b"GET /v25.0/me?x=" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n")) == 414


def test_too_many_parameters_are_refused(healthy: Client) -> None:
    query = "&".join(f"p{number}=1" for number in range(500))
    assert healthy.send("GET", f"/v25.0/me?{query}").status == 400


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"Content-Length: 99999999", 413),
        (b"Content-Length: many", 400),
        (b"Content-Length: -1", 400),
        (b"Transfer-Encoding: chunked", 411),
        (b"Content-Length: 10", 400),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(healthy: Client, head: bytes, expected: int) -> None:
    assert status(exchange(healthy, b"POST /v25.0/me HTTP/1.1\r\n" + head + b"\r\n\r\nabc")) == expected


def test_a_client_that_asks_before_it_sends_its_body_is_told_to_go_on(healthy: Client) -> None:
    """As curl does; without the go-ahead it would wait for a second."""
    with connect(healthy) as raw:
        raw.sendall(b"POST /v25.0/me HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert raw.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        raw.sendall(b"{}")
        assert raw.recv(65536).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("body", [b"{", b'"\xff"', b"[" * 100_000])
def test_json_that_is_none_is_refused(healthy: Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert healthy.send("POST", f"/v25.0/{healthy.number}/messages", body, headers).status == 400


@pytest.mark.parametrize("request_line", [b"nonsense", b"GET", b"BREW /pot HTTP/1.1", b"GET / HTTP/9.9"])
def test_what_is_no_request_is_refused_in_one_line(healthy: Client, request_line: bytes) -> None:
    answer = exchange(healthy, request_line + b"\r\n\r\n")
    assert b"Traceback" not in answer
    assert b"python" not in answer.lower()


def test_a_client_that_hangs_up_early_is_no_traceback(healthy: Client, capfd: pytest.CaptureFixture[str]) -> None:
    """A reset in the middle of a request, and one before the answer is read."""
    for half in (b"GET /v25.0/me HTT", b"POST /v25.0/me HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc"):
        raw = connect(healthy)
        raw.sendall(half)
        reset(raw)
    assert healthy.get("me").status == 200
    assert capfd.readouterr() == ("", "")


def test_an_answer_to_nobody_is_no_traceback(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The client is gone before the answer is written."""
    client = serve()
    arrived, gone = threading.Event(), threading.Event()

    def respond_late(door: Door, request: Request) -> Answer:
        arrived.set()
        assert gone.wait(20)
        return respond(door, request)

    monkeypatch.setattr("wa_doctor.sandbox.running.respond", respond_late)
    raw = connect(client)
    raw.sendall(b"GET /v25.0/me HTTP/1.1\r\nHost: x\r\n\r\n" * 50)
    assert arrived.wait(20)
    reset(raw)
    gone.set()
    assert client.get("me").status == 200
    client.sandbox.stop()
    assert capfd.readouterr() == ("", "")


def test_a_fault_of_ours_shows_itself_without_the_token(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    client = serve("healthy", tokens={"bot": {"kind": "USER"}})

    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("wa_doctor.sandbox.running.respond", broken)
    with pytest.raises(http.client.RemoteDisconnected):
        client.get("me")
    told = capfd.readouterr().err
    assert "ZeroDivisionError" in told
    assert client.token not in told


def test_nothing_is_logged_by_default(serve: Serve, capfd: pytest.CaptureFixture[str]) -> None:
    client = serve()
    client.get("me")
    client.get("1")
    assert capfd.readouterr() == ("", "")


def test_verbose_names_method_path_and_status_and_no_query(capfd: pytest.CaptureFixture[str]) -> None:
    with sandbox.start("healthy", verbose=True) as running:
        where = urlsplit(running.base_url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
        token = running.credentials["access_token"]
        connection.request("GET", f"/v25.0/debug_token?input_token={token}&access_token={token}")
        connection.getresponse().read()
        connection.request("HEAD", f"/{token}%1b[31m")
        connection.getresponse().read()
        connection.close()
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err.splitlines()[0] == "GET /v25.0/debug_token 200"
    assert len(told.err.splitlines()) == 2
    assert token not in told.err
    assert "\x1b" not in told.err


def test_a_port_in_use_is_named(healthy: Client) -> None:
    port = urlsplit(healthy.sandbox.base_url).port or 0
    with pytest.raises(PortInUse, match=f"cannot serve at 127.0.0.1 port {port}: "):
        sandbox.start("healthy", port=port)


@pytest.mark.parametrize(("host", "port"), [("", 0), ("127.0.0.1", 70_000), ("192.0.2.1", 0)])
def test_an_address_that_cannot_be_bound_is_named(host: str, port: int) -> None:
    with pytest.raises(PortInUse, match="cannot serve at"):
        sandbox.start("healthy", host=host, port=port)


def test_stopping_frees_the_port_and_ends_idle_connections() -> None:
    running = sandbox.start("healthy")
    where = urlsplit(running.base_url)
    idle = socket.create_connection((where.hostname or "", where.port or 0), timeout=20)
    idle.sendall(b"GET /v25.0/me HTTP/1.1\r\nHost: x\r\n\r\n")
    assert idle.recv(65536).startswith(b"HTTP/1.1 400")
    running.stop()
    running.stop()
    running.wait()
    assert idle.recv(1) == b""
    idle.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((where.hostname or "", where.port or 0), timeout=20)


def test_stopping_does_not_wait_for_a_slow_answer(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    client = serve("healthy", faults={"delay_seconds": 3600.0})
    stopping, arrived = client.sandbox._server.stopping, threading.Event()
    wait = stopping.wait

    def wait_noticed(seconds: float) -> bool:
        arrived.set()
        return wait(seconds)

    monkeypatch.setattr(stopping, "wait", wait_noticed)
    with connect(client) as waiting:
        waiting.sendall(b"GET /v25.0/me HTTP/1.1\r\nHost: x\r\n\r\n")
        assert arrived.wait(20)
        client.sandbox.stop()
        assert waiting.recv(65536)[:8] in (b"", b"HTTP/1.1")


def test_an_ipv6_address_stands_in_brackets() -> None:
    try:
        running = sandbox.start("healthy", host="::1")
    except PortInUse:
        pytest.skip("this machine has no IPv6 loopback")
    with running:
        assert re.fullmatch(r"http://\[::1\]:\d+", running.base_url)


def test_every_interface_is_reached_by_loopback() -> None:
    with sandbox.start("healthy", host="0.0.0.0") as running:  # noqa: S104 - for the moment of this test
        assert running.base_url.startswith("http://127.0.0.1:")


def test_bodies_are_written_as_meta_writes_them(healthy: Client) -> None:
    """Compact, ASCII, with slashes escaped: a signature or a comparison over raw bytes meets the real thing."""
    raw = healthy.get(f"{healthy.account}/subscribed_apps").raw
    assert rb"https:\/\/" in raw
    assert b": " not in raw
    assert raw.isascii()
    assert json.loads(raw)
