"""
Looks at the certificates a server presents when they cannot be verified. Nothing is sent but the handshake.

Up to TLS 1.2 a server sends its certificates in the clear, so they are read off the wire, all of them: `ssl`
gives the whole chain only from Python 3.13 on. A server that speaks nothing older than TLS 1.3 shows its leaf.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wa_doctor.network.certificate import Certificate, UnreadableCertificate, read_certificate
from wa_doctor.network.route import RouteClosed
from wa_doctor.network.stream import TlsStream

if TYPE_CHECKING:
    from wa_doctor.network.deadline import Deadline
    from wa_doctor.network.route import Route
    from wa_doctor.network.stream import Stream


@dataclass(frozen=True, slots=True)
class Presented:
    """
    What a server shows to somebody who trusts everybody.

    `chain` begins with the server's own certificate; it is empty if nothing could be read. `whole` says that
    it is all the server sent. `wants_client` says that the server asked for a certificate of ours.
    """

    chain: tuple[Certificate, ...] = ()
    whole: bool = False
    protocol: str = ""
    wants_client: bool = False


def look(route: Route, host: str, deadline: Deadline) -> Presented:
    """Read what the server presents, over a connection of its own. Never raises."""
    presented = _look(route, host, deadline, ssl.TLSVersion.TLSv1_2)
    return presented if presented.chain else _look(route, host, deadline, ssl.TLSVersion.MAXIMUM_SUPPORTED)


def _look(route: Route, host: str, deadline: Deadline, newest: ssl.TLSVersion) -> Presented:
    try:
        opened = route.open(deadline)
    except (OSError, RouteClosed):
        return Presented()
    recorder = _Recorder(opened.stream)
    try:
        stream = TlsStream(recorder, _indulgent(newest), host)
        with contextlib.suppress(OSError):
            stream.handshake()
        messages = list(_handshake_messages(bytes(recorder.heard)))
        sent = [der for kind, body in messages if kind == _CERTIFICATE for der in _certificates(body)]
        leaf = _leaf(stream)
        return Presented(
            chain=tuple(_readable(sent or ([leaf] if leaf else []))),
            whole=bool(sent),
            protocol=stream.tls.version() or "",
            wants_client=any(kind == _CERTIFICATE_REQUEST for kind, _ in messages),
        )
    finally:
        opened.stream.close()


def _indulgent(newest: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = newest
    with contextlib.suppress(ssl.SSLError):  # LibreSSL knows no security levels
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def _leaf(stream: TlsStream) -> bytes:
    try:
        return stream.tls.getpeercert(binary_form=True) or b""
    except ValueError:  # the handshake did not get that far
        return b""


def _readable(ders: list[bytes]) -> Iterator[Certificate]:
    for der in ders:
        with contextlib.suppress(UnreadableCertificate):
            yield read_certificate(der)


class _Recorder:
    """A stream that remembers the beginning of what it heard."""

    LIMIT = 256 * 1024

    def __init__(self, inner: Stream) -> None:
        self._inner = inner
        self.deadline = inner.deadline
        self.heard = bytearray()

    def receive(self, size: int) -> bytes:
        data = self._inner.receive(size)
        if len(self.heard) < self.LIMIT:
            self.heard += data
        return data

    def send(self, data: bytes) -> None:
        self._inner.send(data)

    def close(self) -> None:
        self._inner.close()


# RFC 5246, 6.2.1 and 7.4
_HANDSHAKE_RECORD, _CERTIFICATE, _CERTIFICATE_REQUEST = 22, 11, 13


def _handshake_messages(heard: bytes) -> Iterator[tuple[int, bytes]]:
    plain = bytearray()
    position = 0
    while position + 5 <= len(heard) and heard[position] == _HANDSHAKE_RECORD:
        length = int.from_bytes(heard[position + 3 : position + 5])
        plain += heard[position + 5 : position + 5 + length]
        position += 5 + length
    position = 0
    while position + 4 <= len(plain):
        length = int.from_bytes(plain[position + 1 : position + 4])
        body = bytes(plain[position + 4 : position + 4 + length])
        if len(body) < length:
            return
        yield plain[position], body
        position += 4 + length


def _certificates(body: bytes) -> Iterator[bytes]:
    position = 3
    while position + 3 <= len(body):
        length = int.from_bytes(body[position : position + 3])
        yield body[position + 3 : position + 3 + length]
        position += 3 + length
