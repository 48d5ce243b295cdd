"""
Shakes hands with a server and says what is wrong with it when that fails.

Nothing is pinned: whom to trust is the store's business, and Meta changes its certificate authority at will.
"""

from __future__ import annotations

import contextlib
import ipaddress
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from wa_doctor.network.certificate import Certificate, UnreadableCertificate, read_certificate
from wa_doctor.network.chain import look
from wa_doctor.network.connect import Outcome, named, outcome_of
from wa_doctor.network.deadline import Stopwatch
from wa_doctor.network.interceptors import product_in
from wa_doctor.network.stream import TlsStream

if TYPE_CHECKING:
    from wa_doctor.network.chain import Presented
    from wa_doctor.network.deadline import Deadline
    from wa_doctor.network.route import Opened, Route
    from wa_doctor.network.stores import Store


class Failure(StrEnum):
    """Why a handshake failed."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    SELF_SIGNED = "self-signed"
    UNKNOWN_ISSUER = "unknown issuer"
    INCOMPLETE_CHAIN = "incomplete chain"
    WRONG_NAME = "wrong host name"
    REVOKED = "revoked"
    UNTRUSTED = "not trusted"
    OLD_PROTOCOL = "protocol too old"
    CLIENT_CERTIFICATE = "client certificate demanded"
    NOT_TLS = "not TLS"
    REJECTED = "rejected by the server"
    RESET = "connection closed"
    TIMED_OUT = "timed out"
    OTHER = "failed"

    @property
    def of_trust(self) -> bool:
        """Whether the handshake failed because the certificate was not to be trusted."""
        return self in _OF_TRUST


_OF_TRUST = frozenset(
    {
        Failure.EXPIRED,
        Failure.NOT_YET_VALID,
        Failure.SELF_SIGNED,
        Failure.UNKNOWN_ISSUER,
        Failure.INCOMPLETE_CHAIN,
        Failure.WRONG_NAME,
        Failure.REVOKED,
        Failure.UNTRUSTED,
    }
)


@dataclass(frozen=True, slots=True)
class Handshake:
    """
    One handshake with one address against one store.

    `certificate` is the server's own, `chain` all it presented (known only where the handshake failed), and
    `detail` what the TLS library said. `product` names the software that gives itself away in the issuer.
    """

    address: str
    store: str
    ms: float
    failure: Failure | None = None
    detail: str = ""
    protocol: str = ""
    cipher: str = ""
    chain: tuple[Certificate, ...] = ()

    @property
    def certificate(self) -> Certificate | None:
        """The server's own certificate, if it could be read."""
        return self.chain[0] if self.chain else None

    @property
    def issuer(self) -> str:
        """Who vouches for it: the issuer in the chain that gives a product away, otherwise the nearest."""
        told = next((each.issuer for each in self.chain if product_in(each.issuer)), "")
        return told or (self.chain[0].issuer if self.chain else "an unknown issuer")

    @property
    def product(self) -> str:
        """The intercepting product that the issuer's name gives away, if any."""
        return product_in(self.issuer)


def secure(opened: Opened, host: str, store: Store) -> tuple[Handshake, TlsStream]:
    """
    Shake hands over an open stream; return how it went, and the stream to go on with if it went well.

    Never raises; the kind of failure is as good as one handshake can tell.
    """
    watch = Stopwatch()
    stream = TlsStream(opened.stream, store.context(), host)
    try:
        stream.handshake()
    except OSError as exc:
        return Handshake(opened.address.ip, store.name, watch.lap(), failure_of(exc), _detail(exc)), stream
    ms = watch.lap()
    cipher = stream.tls.cipher()
    chain: tuple[Certificate, ...] = ()
    with contextlib.suppress(UnreadableCertificate):
        chain = (read_certificate(stream.tls.getpeercert(binary_form=True) or b""),)
    handshake = Handshake(
        opened.address.ip,
        store.name,
        ms,
        protocol=stream.tls.version() or "",
        cipher=cipher[0] if cipher else "",
        chain=chain,
    )
    return handshake, stream


def examine(route: Route, host: str, store: Store, now: Callable[[], datetime], deadline: Deadline) -> Handshake:
    """
    Shake hands over a fresh connection; on failure look at the certificates and name the cause as well as it gets.

    Raises:
        RouteClosed: there was no connection to shake hands over.

    """
    opened = route.open(deadline)
    try:
        handshake, _ = secure(opened, host, store)
    finally:
        opened.stream.close()
    failure = handshake.failure
    if failure is None or not (failure.of_trust or failure in (Failure.OLD_PROTOCOL, Failure.REJECTED)):
        return handshake
    presented = look(route, host, deadline)
    return Handshake(
        handshake.address,
        store.name,
        handshake.ms,
        _refined(failure, presented, host, now()),
        handshake.detail,
        presented.protocol,
        chain=presented.chain,
    )


# Verification results of OpenSSL (x509_vfy.h), which is what Python verifies with except on macOS and Windows.
_VERDICTS = {
    2: Failure.UNKNOWN_ISSUER,
    9: Failure.NOT_YET_VALID,
    10: Failure.EXPIRED,
    18: Failure.SELF_SIGNED,
    19: Failure.UNKNOWN_ISSUER,
    20: Failure.UNKNOWN_ISSUER,
    21: Failure.UNKNOWN_ISSUER,
    23: Failure.REVOKED,
    62: Failure.WRONG_NAME,
    64: Failure.WRONG_NAME,
}

_REASONS = {
    "UNSUPPORTED_PROTOCOL": Failure.OLD_PROTOCOL,
    "TLSV1_ALERT_PROTOCOL_VERSION": Failure.OLD_PROTOCOL,
    "NO_PROTOCOLS_AVAILABLE": Failure.OLD_PROTOCOL,
    "VERSION_TOO_LOW": Failure.OLD_PROTOCOL,
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": Failure.CLIENT_CERTIFICATE,
    "WRONG_VERSION_NUMBER": Failure.NOT_TLS,
    "HTTP_REQUEST": Failure.NOT_TLS,
    "PACKET_LENGTH_TOO_LONG": Failure.NOT_TLS,
    "RECORD_LAYER_FAILURE": Failure.NOT_TLS,
    "UNEXPECTED_EOF_WHILE_READING": Failure.RESET,
    "SSLV3_ALERT_HANDSHAKE_FAILURE": Failure.REJECTED,
    "SSL/TLS_ALERT_HANDSHAKE_FAILURE": Failure.REJECTED,
    "TLSV1_UNRECOGNIZED_NAME": Failure.REJECTED,
    "TLSV1_ALERT_ACCESS_DENIED": Failure.REJECTED,
    "TLSV1_ALERT_INTERNAL_ERROR": Failure.REJECTED,
}


def failure_of(exc: OSError) -> Failure:
    """Tell failed handshakes apart by type, verification result and OpenSSL's reason, never by their text."""
    if isinstance(exc, ssl.SSLCertVerificationError):
        return _VERDICTS.get(exc.verify_code, Failure.UNTRUSTED)
    if isinstance(exc, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return Failure.RESET
    if isinstance(exc, ssl.SSLError):
        return _REASONS.get(exc.reason or "", Failure.OTHER)
    return {Outcome.TIMED_OUT: Failure.TIMED_OUT, Outcome.RESET: Failure.RESET}.get(outcome_of(exc), Failure.OTHER)


def _detail(exc: OSError) -> str:
    if isinstance(exc, ssl.SSLCertVerificationError):
        return str(exc.verify_message)
    return str(exc.reason) if isinstance(exc, ssl.SSLError) and exc.reason else named(exc)


def _refined(failure: Failure, presented: Presented, host: str, now: datetime) -> Failure:
    if failure is Failure.REJECTED:
        return Failure.CLIENT_CERTIFICATE if presented.wants_client else failure
    if not presented.chain:
        return failure
    if failure is Failure.UNTRUSTED:
        # Not OpenSSL's verdict (macOS, Windows), or a rare one: judge by what can be seen.
        failure = _judged(presented.chain, host, now) or failure
    alone = presented.whole and len(presented.chain) == 1 and not presented.chain[0].self_issued
    if failure is Failure.UNKNOWN_ISSUER and alone and not product_in(presented.chain[0].issuer):
        return Failure.INCOMPLETE_CHAIN
    return failure


def _judged(chain: Sequence[Certificate], host: str, now: datetime) -> Failure | None:
    leaf = chain[0]
    if any(each.not_after < now for each in chain):
        return Failure.EXPIRED
    if any(each.not_before > now for each in chain):
        return Failure.NOT_YET_VALID
    if leaf.names and not any(covers(name, host) for name in leaf.names):
        return Failure.WRONG_NAME
    return Failure.SELF_SIGNED if leaf.self_issued else None


def covers(name: str, host: str) -> bool:
    """Say whether a name in a certificate is good for a host; `*` stands for exactly one label (RFC 6125)."""
    try:
        return ipaddress.ip_address(name) == ipaddress.ip_address(host)
    except ValueError:
        pass
    name, host = name.lower(), host.lower()
    return name == host or (name.startswith("*.") and name[1:] == host[host.find(".") :] and "." in host)
