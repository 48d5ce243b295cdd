"""
One HTTP/1.1 question and answer over an open stream, bounded in time and size. Redirects are never followed.

Nothing here knows what is asked or what the answer means.
"""

from __future__ import annotations

import http.client
import io
import socket
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from wa_doctor.network.deadline import Stopwatch

if TYPE_CHECKING:
    from wa_doctor.network.stream import Stream
    from wa_doctor.network.target import Target

LIMIT = 256 * 1024  # bytes of a body, before and after decompression; what Graph says to nobody has 250
_PIECE = 65536


class Cut(StrEnum):
    """Why a body is not all there."""

    NOT = ""
    SIZE = "too long"
    TIME = "too slow"
    CLOSED = "cut off"


class NotHttp(Exception):
    """What came back is not HTTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """
    One HTTP answer. Header names are lower case; a header that came twice is joined by a comma.

    `body` is decompressed and at most `LIMIT` bytes; `cut` says if it was longer, or ended before its end.
    `asked` is the local time at which the request was sent; `server_ms` runs from there to the end of the
    headers, `transfer_ms` from there to the end of the body.
    """

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes
    cut: Cut
    asked: datetime
    server_ms: float
    transfer_ms: float
    keeps_open: bool

    @property
    def ms(self) -> float:
        """From the request to the end of the answer."""
        return self.server_ms + self.transfer_ms


class _Reader(io.RawIOBase):
    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.receive(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _AsSocket:
    """As much of a socket as `http.client.HTTPResponse` uses."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def makefile(self, *_: object) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._stream))


def get(target: Target, headers: Mapping[str, str], *, absolute: bool = False) -> bytes:
    """Write a GET for the target; `absolute` as a proxy for plain http wants it."""
    return request("GET", target.url if absolute else target.path, {"Host": target.host_header, **headers})


def request(method: str, what: str, headers: Mapping[str, str]) -> bytes:
    """Write the head of an HTTP/1.1 request without a body."""
    lines = [f"{method} {what} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def ask(stream: Stream, question: bytes, now: Callable[[], datetime]) -> Answer:
    """
    Send a request and read its answer; it ends by the stream's deadline.

    The answer to a CONNECT that succeeded has no body: what follows belongs to whoever goes through it.

    Raises:
        NotHttp: something came back that is not HTTP.
        OSError: the connection failed before the headers were complete (`TimeoutError` at the deadline).

    """
    method = question.partition(b" ")[0].decode()
    asked = now()
    watch = Stopwatch()
    stream.send(question)
    response = http.client.HTTPResponse(cast("socket.socket", _AsSocket(stream)), method=method)
    try:
        response.begin()
    except http.client.RemoteDisconnected as exc:
        raise ConnectionResetError("the connection was closed without an answer") from exc
    except (http.client.HTTPException, ValueError) as exc:
        raise NotHttp(f"{type(exc).__name__}: {exc}") from exc
    server_ms = watch.lap()
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    tunnel = method == "CONNECT" and 200 <= response.status < 300
    body, cut = (b"", Cut.NOT) if tunnel else _body(response)
    if cut is Cut.NOT or cut is Cut.SIZE:
        body, cut = _decompressed(body, cut, headers.get("content-encoding", ""))
    return Answer(
        status=response.status,
        reason=response.reason,
        headers=headers,
        body=body[:LIMIT],
        cut=cut,
        asked=asked,
        server_ms=server_ms,
        transfer_ms=watch.lap(),
        keeps_open=tunnel or (cut is Cut.NOT and not response.will_close),
    )


def _body(response: http.client.HTTPResponse) -> tuple[bytes, Cut]:
    pieces = bytearray()
    try:
        while len(pieces) <= LIMIT:
            piece = response.read1(min(_PIECE, LIMIT + 1 - len(pieces)))
            if not piece:
                return bytes(pieces), Cut.CLOSED if response.length else Cut.NOT
            pieces += piece
    except TimeoutError:
        return bytes(pieces), Cut.TIME
    except (OSError, http.client.HTTPException, ValueError):
        return bytes(pieces), Cut.CLOSED
    return bytes(pieces), Cut.SIZE


def _decompressed(body: bytes, cut: Cut, encoding: str) -> tuple[bytes, Cut]:
    if encoding.strip().lower() not in {"gzip", "x-gzip", "deflate"}:
        return body, cut
    try:
        plain = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(body, LIMIT + 1)
    except zlib.error:
        return body, cut
    return plain, Cut.SIZE if len(plain) > LIMIT else cut
