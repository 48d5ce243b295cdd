"""What servers do with a request that they have read: answer it as they should, or in one of many other ways."""

from __future__ import annotations

import functools
import http.client
import itertools
import json
import re
import select
import socket
import struct
import threading
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.network.conftest import GRAPH_HEADERS, TRACE, Handle, asked, http_date, reply

HTML = {"Content-Type": "text/html; charset=utf-8"}


def always(reaction: Handle) -> Handle:
    """Serve a connection: react so to every request on it."""

    def handle(sock: socket.socket) -> None:
        while asked(sock):
            reaction(sock)

    return handle


def forwarding(port: int, *, with_a_token: Handle | None = None, without: bytes = b"") -> Handle:
    """
    Serve a connection by asking a server on loopback.

    What carries a token is reacted to in another way; a header can be taken out of the requests.
    """

    def handle(sock: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as upstream:
            while head := asked(sock):
                if with_a_token and b"\r\nauthorization:" in head.lower():
                    with_a_token(sock)
                    continue
                upstream.sendall(re.sub(rb"(?i)\r\n%s:[^\r]*" % without, b"", head) if without else head)
                sock.sendall(_whole(upstream))

    return handle


def passing_on(port: int) -> Handle:
    """Serve a connection by passing its bytes on to a server on loopback, and back, whatever they are."""

    def handle(sock: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as upstream:
            other = {sock: upstream, upstream: sock}
            while True:
                for source in select.select([*other], [], [])[0]:
                    data = source.recv(65536)
                    if not data:
                        return
                    other[source].sendall(data)

    return handle


def _whole(upstream: socket.socket) -> bytes:
    response = http.client.HTTPResponse(upstream)
    response.begin()
    headers = {name: value for name, value in response.getheaders() if name.lower() != "content-length"}
    return reply(f"{response.status} {response.reason}", headers, response.read())


def static(bodies: Mapping[str, bytes]) -> Handle:
    """Serve documents by their paths; every other path does not exist."""

    def handle(sock: socket.socket) -> None:
        while head := asked(sock):
            body = bodies.get(head.split(b" ", 2)[1].decode().partition("?")[0])
            sock.sendall(reply("404 Not Found", HTML, b"") if body is None else reply("200 OK", {}, body))

    return handle


def saying(status: str, headers: Mapping[str, str], body: bytes = b"") -> Handle:
    """Answer so."""
    return lambda sock: sock.sendall(reply(status, {"Date": http_date(datetime.now(UTC)), **headers}, body))


def graph_error(status: str, code: int, message: str, *, headers: Mapping[str, str] | None = None) -> Handle:
    """Answer with an error of the Graph API, as Meta itself does."""
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": TRACE}
    return saying(status, {**GRAPH_HEADERS, **(headers or {})}, json.dumps({"error": error}).encode())


def broken_off(sock: socket.socket) -> None:
    """Accept a connection, and reset it at the first word."""
    sock.recv(65536)
    reset(sock)


def held_up(seconds: float, handle: Handle) -> Handle:
    """Serve a connection as `handle` does, but let each request wait for some seconds first."""

    def handle_slowly(sock: socket.socket) -> None:
        near, far = socket.socketpair()
        server = threading.Thread(target=handle, args=(far,))
        server.start()
        try:
            while head := asked(sock):
                if select.select([sock], [], [], seconds)[0]:  # the client hung up
                    return
                near.sendall(head)
                sock.sendall(_whole(near))
        finally:
            near.close()
            server.join()
            far.close()

    return handle_slowly


def silence(sock: socket.socket) -> None:
    """Never answer, until the client hangs up."""
    while sock.recv(65536):
        pass


def reset(sock: socket.socket) -> None:
    """Break the connection off."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def hang_up(sock: socket.socket) -> None:
    """Close the connection once something was asked."""
    sock.recv(65536)
    sock.close()


def dripping(sock: socket.socket) -> None:
    """Answer with one byte of JSON after the other, for ever."""
    _endless(sock, itertools.repeat(b" "), pause=0.1)


def flooding(sock: socket.socket) -> None:
    """Answer with JSON that has no end, as fast as it is read."""
    _endless(sock, itertools.repeat(b" " * 65536), pause=0.0)


def _endless(sock: socket.socket, pieces: Iterator[bytes], *, pause: float) -> None:
    head = ["HTTP/1.1 200 OK", *(f"{name}: {value}" for name, value in GRAPH_HEADERS.items())]
    sock.sendall("\r\n".join([*head, "Transfer-Encoding: chunked", "", ""]).encode() + b"1\r\n{\r\n")
    for piece in pieces:
        if select.select([sock], [], [], pause)[0]:
            return
        sock.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))


def exploding(sock: socket.socket) -> None:
    """Answer with JSON of 2 GiB that gzip has made small."""
    sock.sendall(reply("200 OK", {**GRAPH_HEADERS, "Content-Encoding": "gzip"}, _bomb(mebibytes=2048)))


@functools.cache
def _bomb(mebibytes: int) -> bytes:
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    begin = packer.compress(b"{") + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush nothing refers to what came before, so the same bytes stand for another 16 MiB each time.
    piece = packer.compress(b" " * (16 * 1024 * 1024)) + packer.flush(zlib.Z_FULL_FLUSH)
    return begin + piece * (mebibytes // 16)
