"""
A connection as bytes in and bytes out with a deadline: a socket, and TLS over anything that is itself a stream.

TLS runs over memory buffers, not over the socket, so that it also runs inside the TLS of a proxy.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from wa_doctor.network.deadline import Deadline

T = TypeVar("T")

_PIECE = 65536


class Stream(Protocol):
    """An open connection. Whatever is done with it ends by `deadline`, or raises `TimeoutError`."""

    deadline: Deadline

    def receive(self, size: int) -> bytes:
        """Return at most `size` bytes as soon as there are any; none at the end."""
        ...

    def send(self, data: bytes) -> None:
        """Send all of it."""
        ...

    def close(self) -> None:
        """Hang up. Never raises."""
        ...


class SocketStream:
    """A connected socket as a stream."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self.deadline = deadline

    def receive(self, size: int) -> bytes:
        """Return at most `size` bytes; none at the end. Raises OSError."""
        self._sock.settimeout(self.deadline.left())
        try:
            return self._sock.recv(size)
        except TimeoutError:
            raise self.deadline.missed() from None

    def send(self, data: bytes) -> None:
        """Send all of it. Raises OSError."""
        self._sock.settimeout(self.deadline.left())
        try:
            self._sock.sendall(data)
        except TimeoutError:
            raise self.deadline.missed() from None

    def close(self) -> None:
        """Hang up. Never raises."""
        with contextlib.suppress(OSError):
            self._sock.close()


class TlsStream:
    """
    TLS over another stream.

    What is verified is the context's business. Raises ssl.SSLError and OSError wherever bytes move.
    """

    def __init__(self, inner: Stream, context: ssl.SSLContext, host: str) -> None:
        self._inner = inner
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    @property
    def deadline(self) -> Deadline:
        """The deadline of the connection below."""
        return self._inner.deadline

    @deadline.setter
    def deadline(self, deadline: Deadline) -> None:
        self._inner.deadline = deadline

    def handshake(self) -> None:
        """Agree on keys and verify the other side, or raise ssl.SSLError or OSError."""
        self._run(self.tls.do_handshake)

    def receive(self, size: int) -> bytes:
        """Return at most `size` bytes; none at the end, be it announced or not."""
        try:
            return self._run(lambda: self.tls.read(size))
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            return b""

    def send(self, data: bytes) -> None:
        """Send all of it."""
        try:
            self._run(lambda: self.tls.write(data))
        except ConnectionError:
            # Who hung up may have said why: with TLS 1.3 that is when a missing client certificate is noticed.
            with contextlib.suppress(ConnectionError, TimeoutError):
                self.receive(1)
            raise

    def close(self) -> None:
        """Hang up below, without a farewell: nobody waits for one. Never raises."""
        self._inner.close()

    def _run(self, step: Callable[[], T]) -> T:
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._flush()
                if data := self._inner.receive(_PIECE):
                    self._incoming.write(data)
                else:
                    self._incoming.write_eof()
            except ssl.SSLError:
                with contextlib.suppress(OSError):
                    self._flush()  # the alert that tells the other side why
                raise
            else:
                self._flush()
                return result

    def _flush(self) -> None:
        if data := self._outgoing.read():
            self._inner.send(data)
