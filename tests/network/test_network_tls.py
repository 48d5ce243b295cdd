"""Real handshakes with servers whose certificates are good or bad: the cause is named, and nothing is sent."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from wa_doctor.network.deadline import Deadline
from wa_doctor.network.resolve import Address, Answer, Resolution
from wa_doctor.network.route import Direct
from wa_doctor.network.stores import CERTIFI, SYSTEM, Store
from wa_doctor.network.tls import Failure, Handshake, covers, examine, failure_of

if TYPE_CHECKING:
    from tests.network.conftest import Authority, Serve

HOST = "graph.example"
LOCAL = Address("127.0.0.1")


def _now() -> datetime:
    return datetime.now(UTC)


def _route(port: int) -> Direct:
    return Direct(Resolution(HOST, (Answer("IPv4", (LOCAL,)),), 1.0), (LOCAL,), port)


def _silent(sock: socket.socket) -> None:
    while sock.recv(65536):
        pass


def _examined(serve: Serve, tls: ssl.SSLContext, authority: Authority, host: str = HOST) -> Handshake:
    return examine(_route(serve(_silent, tls=tls).port), host, Store("system", authority.client), _now, Deadline(5))


def test_a_good_chain_is_described(serve: Serve, authority: Authority) -> None:
    """Protocol, cipher, issuer and names of the certificate are there."""
    found = _examined(serve, authority.server(HOST, "*.media.example", intermediate=True), authority)
    assert found.failure is None
    assert found.protocol == "TLSv1.3"
    assert found.cipher
    assert found.certificate is not None
    assert found.certificate.names == (HOST, "*.media.example")


def test_an_expired_certificate(serve: Serve, authority: Authority) -> None:
    """The day it ended is read although it was not trusted."""
    end = _now().replace(microsecond=0) - timedelta(days=2)
    found = _examined(serve, authority.server(begin=end - timedelta(days=90), end=end), authority)
    assert found.failure is Failure.EXPIRED
    assert found.certificate is not None
    assert found.certificate.not_after == end


def test_a_certificate_of_tomorrow(serve: Serve, authority: Authority) -> None:
    """A clock that is behind looks like this."""
    begin = _now() + timedelta(days=1)
    found = _examined(serve, authority.server(begin=begin, end=begin + timedelta(days=90)), authority)
    assert found.failure is Failure.NOT_YET_VALID


def test_a_certificate_for_another_name(serve: Serve, authority: Authority) -> None:
    """The names it is good for are read."""
    found = _examined(serve, authority.server("portal.example"), authority)
    assert found.failure is Failure.WRONG_NAME
    assert found.certificate is not None
    assert found.certificate.names == ("portal.example",)


def test_a_self_signed_certificate(serve: Serve, authority: Authority, self_signed: ssl.SSLContext) -> None:
    """A server that vouches for itself is not taken for interception."""
    found = _examined(serve, self_signed, authority)
    assert found.failure is Failure.SELF_SIGNED
    assert found.certificate is not None
    assert found.certificate.issuer == f"CN={HOST}"


def test_interception_is_named_by_its_issuer(serve: Serve, authority: Authority, stranger: Authority) -> None:
    """The product gives itself away in the issuer; a leaf sent alone by it is no incomplete chain."""
    found = _examined(serve, stranger.server(), authority)
    assert found.failure is Failure.UNKNOWN_ISSUER
    assert found.product == "Zscaler"
    assert found.certificate is not None
    assert "Zscaler Inc." in found.certificate.issuer


def test_a_chain_of_strangers_is_read_whole(serve: Serve, authority: Authority, stranger: Authority) -> None:
    """All certificates that were sent are read, also on Pythons that do not give them."""
    found = _examined(serve, stranger.server(intermediate=True), authority)
    assert found.failure is Failure.UNKNOWN_ISSUER
    assert len(found.chain) == 2


def test_a_missing_intermediate_is_an_incomplete_chain(serve: Serve, authority: Authority) -> None:
    """Only what was really sent tells this from an unknown issuer."""
    found = _examined(serve, authority.server(chain=False, intermediate=True), authority)
    assert found.failure is Failure.INCOMPLETE_CHAIN
    assert len(found.chain) == 1


def test_a_server_without_tls_1_2_shows_its_own_certificate(
    serve: Serve, authority: Authority, stranger: Authority
) -> None:
    """Where the certificates are encrypted, the leaf is still read."""
    context = stranger.server()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    found = _examined(serve, context, authority)
    assert found.failure is Failure.UNKNOWN_ISSUER
    assert found.product == "Zscaler"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
def test_a_server_that_speaks_only_tls_1_0(serve: Serve, authority: Authority) -> None:
    """The version it does speak is found out."""
    context = authority.server()
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    found = _examined(serve, context, authority)
    assert found.failure is Failure.OLD_PROTOCOL
    assert found.protocol == "TLSv1"


def test_a_server_that_demands_a_client_certificate(serve: Serve, authority: Authority) -> None:
    """Up to TLS 1.2 the demand comes in the handshake, and what fails is named after it."""
    context = authority.demand(authority.server())
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert _examined(serve, context, authority).failure is Failure.CLIENT_CERTIFICATE


def _plain_http(sock: socket.socket) -> None:
    sock.recv(65536)
    sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def _hang_up(sock: socket.socket) -> None:
    sock.recv(65536)


def test_a_server_that_speaks_no_tls(serve: Serve, authority: Authority) -> None:
    """Plain HTTP on the port of TLS is told from a broken connection."""
    store = Store("system", authority.client)
    found = examine(_route(serve(_plain_http).port), HOST, store, _now, Deadline(5))
    assert found.failure is Failure.NOT_TLS


def test_a_server_that_hangs_up_in_the_handshake(serve: Serve, authority: Authority) -> None:
    """A filter that reads the host name does this."""
    store = Store("system", authority.client)
    assert examine(_route(serve(_hang_up).port), HOST, store, _now, Deadline(5)).failure is Failure.RESET


def test_a_server_that_accepts_and_is_silent(serve: Serve, authority: Authority) -> None:
    """The handshake ends at the deadline."""
    store = Store("system", authority.client)
    assert examine(_route(serve(_silent).port), HOST, store, _now, Deadline(0.3)).failure is Failure.TIMED_OUT


def test_nothing_is_sent_to_a_server_that_is_not_trusted(
    serve: Serve, authority: Authority, stranger: Authority
) -> None:
    """Not one byte of application data reaches it, not even while its certificate is read."""
    heard: list[bytes] = []

    def listen(sock: socket.socket) -> None:
        while data := sock.recv(65536):
            heard.append(data)

    server = serve(listen, tls=stranger.server())
    examine(_route(server.port), HOST, Store("system", authority.client), _now, Deadline(5))
    server.close()
    assert heard == []


def test_verdicts_that_are_not_openssls_are_judged_by_what_is_seen(serve: Serve, authority: Authority) -> None:
    """The verifiers of macOS and Windows have numbers of their own."""

    class Foreign(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            error = ssl.SSLCertVerificationError("“graph.example” certificate is not standards compliant")
            error.verify_code, error.verify_message = -67843, "not standards compliant"
            raise error

    def context() -> ssl.SSLContext:
        made = authority.client()
        made.check_hostname = False
        made.sslobject_class = Foreign
        return made

    for server, failure in (
        (authority.server("portal.example"), Failure.WRONG_NAME),
        (authority.server(HOST), Failure.UNTRUSTED),
    ):
        port = serve(_silent, tls=server).port
        found = examine(_route(port), HOST, Store("system", context), _now, Deadline(5))
        assert found.failure is failure


@pytest.mark.parametrize(
    ("code", "failure"),
    [(10, Failure.EXPIRED), (9, Failure.NOT_YET_VALID), (23, Failure.REVOKED), (66, Failure.UNTRUSTED)],
)
def test_verification_results_of_openssl_are_told_apart(code: int, failure: Failure) -> None:
    """The number decides; one that is not known is at least a matter of trust."""
    error = ssl.SSLCertVerificationError("certificate verify failed")
    error.verify_code = code
    assert failure_of(error) is failure
    assert failure.of_trust


@pytest.mark.parametrize(
    ("name", "host", "good"),
    [
        ("graph.facebook.com", "graph.facebook.com", True),
        ("*.facebook.com", "graph.facebook.com", True),
        ("*.Facebook.com", "GRAPH.facebook.com", True),
        ("*.facebook.com", "facebook.com", False),
        ("*.facebook.com", "a.b.facebook.com", False),
        ("*.facebook.com", "graph-facebook.com", False),
        ("192.0.2.1", "192.0.2.1", True),
        ("*.2.1", "192.0.2.1", False),
    ],
)
def test_a_wildcard_stands_for_one_label(name: str, host: str, good: bool) -> None:
    """As RFC 6125 says."""
    assert covers(name, host) is good


@pytest.mark.parametrize("store", [SYSTEM, CERTIFI], ids=lambda store: store.name)
def test_the_stores_verify_chain_and_name(store: Store) -> None:
    """Neither of the two contexts that users get is lenient."""
    context = store.context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_a_stranger_is_trusted_by_neither_store(serve: Serve, authority: Authority) -> None:
    """The real stores, system and certifi, refuse an authority made for this test."""
    port = serve(_silent, tls=authority.server()).port
    for store in (SYSTEM, CERTIFI):
        found = examine(_route(port), HOST, store, _now, Deadline(5))
        assert found.failure is Failure.UNKNOWN_ISSUER or found.failure is Failure.INCOMPLETE_CHAIN
