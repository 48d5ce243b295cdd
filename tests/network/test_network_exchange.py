"""One question, one answer, bounded in time and size, whatever the other side does."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from wa_doctor.network.deadline import Deadline
from wa_doctor.network.exchange import LIMIT, Answer, Cut, NotHttp, ask, get
from wa_doctor.network.stream import SocketStream
from wa_doctor.network.target import target_of

if TYPE_CHECKING:
    from tests.network.conftest import Serve

TARGET = target_of("http://graph.example", "/v25.0/me")
Ask = Callable[..., Answer]


@pytest.fixture
def asking(serve: Serve) -> Iterator[Ask]:
    """Return a function that asks a server which answers with these bytes, and gives up after some seconds."""
    streams: list[SocketStream] = []

    def run(handle: Callable[[socket.socket], None], seconds: float = 5.0) -> Answer:
        sock = socket.create_connection(("127.0.0.1", serve(handle).port))
        streams.append(SocketStream(sock, Deadline(seconds)))
        return ask(streams[-1], get(TARGET, {"Accept": "application/json"}), lambda: datetime.now(UTC))

    yield run
    for stream in streams:
        stream.close()


def _saying(*pieces: bytes) -> Callable[[socket.socket], None]:
    def handle(sock: socket.socket) -> None:
        sock.recv(65536)
        for piece in pieces:
            sock.sendall(piece)

    return handle


def test_headers_are_lower_case_and_joined(asking: Ask) -> None:
    """A header that comes twice is one value with a comma."""
    answer = asking(_saying(b"HTTP/1.1 400 Bad Request\r\nVia: a\r\nVIA: b\r\nContent-Length: 2\r\n\r\n{}"))
    assert (answer.status, answer.reason, answer.body) == (400, "Bad Request", b"{}")
    assert answer.headers["via"] == "a, b"
    assert answer.keeps_open
    assert answer.ms == answer.server_ms + answer.transfer_ms > 0


def test_a_chunked_answer_is_put_together(asking: Ask) -> None:
    """The chunks and their sizes are not part of the body."""
    answer = asking(_saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
    assert (answer.body, answer.cut, answer.keeps_open) == (b"abcde", Cut.NOT, True)


def test_an_answer_that_ends_with_the_connection_is_whole(asking: Ask) -> None:
    """HTTP/1.0 ends a body by hanging up."""
    answer = asking(_saying(b"HTTP/1.0 200 OK\r\n\r\nhello"))
    assert (answer.body, answer.cut, answer.keeps_open) == (b"hello", Cut.NOT, False)


def test_an_answer_that_ends_early_is_cut_off(asking: Ask) -> None:
    """Less than its Content-Length, or than its chunks promise."""
    assert asking(_saying(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")).cut is Cut.CLOSED
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"
    answer = asking(_saying(chunked))
    assert (answer.body, answer.cut) == (b"hel", Cut.CLOSED)


def test_a_body_that_never_ends_is_read_up_to_the_limit(asking: Ask) -> None:
    """A fast one is cut by its size."""

    def handle(sock: socket.socket) -> None:
        sock.recv(65536)
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sock.sendall(b"x" * 65536)

    answer = asking(handle)
    assert (len(answer.body), answer.cut, answer.keeps_open) == (LIMIT, Cut.SIZE, False)


def _dripping(head: bytes) -> Callable[[socket.socket], None]:
    def handle(sock: socket.socket) -> None:
        sock.recv(65536)
        sock.sendall(head)
        pause = threading.Event()
        while not pause.wait(0.02):
            sock.sendall(b"x")

    return handle


def test_a_body_that_drips_ends_at_the_deadline(asking: Ask) -> None:
    """Every byte comes in time, all of them never do; what came is kept."""
    answer = asking(_dripping(b"HTTP/1.1 200 OK\r\n\r\n"), 0.3)
    assert (answer.status, answer.cut) == (200, Cut.TIME)
    assert answer.body.strip(b"x") == b""


def test_headers_that_drip_end_at_the_deadline(asking: Ask) -> None:
    """A byte now and then does not start the time anew."""
    with pytest.raises(TimeoutError):
        asking(_dripping(b"HTTP/1.1 200 OK\r\nX-Slow: "), 0.3)


def test_silence_ends_at_the_deadline(asking: Ask) -> None:
    """A server that accepts and says nothing."""

    def handle(sock: socket.socket) -> None:
        while sock.recv(65536):
            pass

    with pytest.raises(TimeoutError):
        asking(handle, 0.2)


def test_a_connection_closed_without_an_answer_is_a_reset(asking: Ask) -> None:
    """Nothing at all came back."""
    with pytest.raises(ConnectionResetError):
        asking(_saying())


@pytest.mark.parametrize(
    "junk",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000,
    ],
)
def test_what_is_not_http_is_called_that(asking: Ask, junk: bytes) -> None:
    """Other protocols, and headers without measure."""
    with pytest.raises(NotHttp):
        asking(_saying(junk))


def _encoded(body: bytes, encoding: bytes = b"gzip") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (encoding, len(body))
    return head + body


def test_a_compressed_answer_is_read(asking: Ask) -> None:
    """Some proxies compress although nobody asked for it."""
    assert asking(_saying(_encoded(gzip.compress(b'{"error":{}}')))).body == b'{"error":{}}'


def test_a_gzip_bomb_goes_off_in_a_small_room(asking: Ask) -> None:
    """A few kilobytes that become a hundred megabytes are cut at the limit."""
    bomb = gzip.compress(bytes(100 * 1024 * 1024), 9)
    answer = asking(_saying(_encoded(bomb)))
    assert len(bomb) < LIMIT
    assert (len(answer.body), answer.cut) == (LIMIT, Cut.SIZE)


def test_a_body_that_claims_to_be_compressed_is_left_as_it_is(asking: Ask) -> None:
    """The label is wrong, the body is shown."""
    assert asking(_saying(_encoded(b"plain"))).body == b"plain"
    assert asking(_saying(_encoded(b"plain", b"br"))).body == b"plain"


def test_the_request_names_host_and_path() -> None:
    """The port is named unless the scheme implies it; a proxy gets the whole URL."""
    assert get(TARGET, {"A": "b"}) == b"GET /v25.0/me HTTP/1.1\r\nHost: graph.example\r\nA: b\r\n\r\n"
    other = target_of("http://[::1]:8080", "/x")
    assert get(other, {}, absolute=True) == b"GET http://[::1]:8080/x HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"
