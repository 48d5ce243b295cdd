"""Servers on loopback that behave well or badly, certificates good and bad, and surveys pointed at them."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from wa_doctor.network.stores import Store
from wa_doctor.network.survey import Survey

if TYPE_CHECKING:
    from wa_doctor.network.resolve import Lookup

HOST = "graph.example"
NOW = datetime.now(UTC)

Handle = Callable[[socket.socket], None]


@dataclass(eq=False)
class Server:
    """A listening socket whose connections are each handed to `handle` in a thread; it forgets nobody's failures."""

    handle: Handle
    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    port: int = 0
    heard: list[bytes] = field(default_factory=list)
    _open: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.socket(family, socket.SOCK_STREAM)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((self.host, self.port))
        self._listener.listen(16)
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
                self._open.append(sock)
            self.handle(sock)
        with contextlib.suppress(OSError):
            sock.close()

    def close(self) -> None:
        """Hang up on everybody, and wait for the threads to notice."""
        for sock in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                sock.close()
        for thread in self._threads:
            thread.join(10)


Serve = Callable[..., Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that starts a server: `serve(handle, tls=context)`; all are closed after the test."""
    servers: list[Server] = []

    def start(handle: Handle, **options: object) -> Server:
        servers.append(Server(handle, **options))  # type: ignore[arg-type]
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def refused() -> Iterator[int]:
    """Reserve a port of 127.0.0.1 that nobody listens on and nobody else can take."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


@pytest.fixture
def black_hole() -> Iterator[Callable[..., int]]:
    """Return a function that makes a port of loopback swallow every connection, as a firewall that drops does."""
    with contextlib.ExitStack() as stack:

        def dig(host: str = "127.0.0.1", port: int = 0) -> int:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            listener = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
            listener.bind((host, port))
            listener.listen(0)
            port = listener.getsockname()[1]
            for _ in range(4):  # a full queue of connections that nobody accepts: Linux drops what comes after
                filler = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
                filler.setblocking(False)
                filler.connect_ex((host, port))
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.settimeout(0.2)
                try:
                    probe.connect((host, port))
                except TimeoutError:
                    return int(port)
            pytest.skip("this system does not drop connections to a full queue")

        yield dig


def silent(sock: socket.socket) -> None:
    """Accept, and say nothing for ever."""
    while sock.recv(65536):
        pass


def resetting(sock: socket.socket) -> None:
    """Reset the connection."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def asked(sock: socket.socket) -> bytes:
    """Read one request head; empty when there is none."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = sock.recv(65536)
        if not piece:
            return b""
        head += piece
    return head


def reply(status: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Write a whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


TRACE = "AqZx0b3kUnittestTrace"
GRAPH_HEADERS = {
    "Content-Type": "application/json; charset=UTF-8",
    "facebook-api-version": "v25.0",
    "x-fb-request-id": TRACE,
    "x-fb-rev": "1030000001",
    "x-fb-trace-id": "BunitTrace0",
    "x-fb-connection-quality": "EXCELLENT; q=0.9, rtt=23, rtx=0, c=10, mss=1380",
}
GRAPH_BODY = (
    b'{"error":{"message":"An active access token must be used.","type":"OAuthException","code":2500,'
    b'"fbtrace_id":"%s"}}' % TRACE.encode()
)


def http_date(moment: datetime) -> str:
    """Write a moment as the `Date` header does."""
    return moment.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


def answering(*replies: bytes) -> Handle:
    """Give these answers in turn, the last one for ever, on a connection that stays open."""

    def handle(sock: socket.socket) -> None:
        position = 0
        while asked(sock):
            sock.sendall(replies[min(position, len(replies) - 1)])
            position += 1

    return handle


def as_meta(**headers: str) -> Handle:
    """Answer as the Graph API answers a call without a token; keywords change or (if empty) remove headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def handle(sock: socket.socket) -> None:
        while asked(sock):
            all_headers = {"Date": http_date(datetime.now(UTC)), **GRAPH_HEADERS, **named}
            kept = {name: value for name, value in all_headers.items() if value}
            sock.sendall(reply("400 Bad Request", kept, GRAPH_BODY))

    return handle


class Authority:
    """A certificate authority for tests, and what can go wrong with what it issues."""

    def __init__(self, folder: Path, organization: str = "Example Trust", unit: str = "Example Root") -> None:
        self._ca = trustme.CA(organization_name=organization, organization_unit_name=unit)
        self._folder = folder

    def server(
        self,
        *names: str,
        begin: datetime | None = None,
        end: datetime | None = None,
        chain: bool = True,
        intermediate: bool = False,
    ) -> ssl.SSLContext:
        """Make a server context for the names; without `chain` the intermediate certificate is not sent."""
        issuer = self._ca.create_child_ca() if intermediate else self._ca
        leaf = issuer.issue_cert(*(names or (HOST,)), not_before=begin, not_after=end)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if chain:
            leaf.configure_cert(context)
        else:
            self._folder.mkdir(exist_ok=True)
            path = self._folder / "leaf.pem"
            path.write_bytes(leaf.private_key_pem.bytes() + leaf.cert_chain_pems[0].bytes())
            context.load_cert_chain(path)
        return context

    def client(self) -> ssl.SSLContext:
        """Make a client context that trusts this authority and no other."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._ca.configure_trust(context)
        return context

    def demand(self, server: ssl.SSLContext) -> ssl.SSLContext:
        """Make a server demand a certificate of this authority from its clients."""
        server.verify_mode = ssl.CERT_REQUIRED
        self._ca.configure_trust(server)
        return server


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Make the authority that the stores of a survey trust."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Make an authority that nobody trusts, as that of a product that inspects TLS."""
    return Authority(tmp_path_factory.mktemp("stranger"), "Zscaler Inc.", "Zscaler Root CA")


@pytest.fixture(scope="session")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """Make a server that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("self") / "self.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def known(addresses: Mapping[str, Sequence[str]]) -> Lookup:
    """Make a lookup that knows these names; a name has no address of a family it was given none of."""

    def lookup(host: str, _port: int, family: socket.AddressFamily) -> Sequence[str]:
        if host not in addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        found = [each for each in addresses[host] if (":" in each) == (family == socket.AF_INET6)]
        if not found:
            raise socket.gaierror(socket.EAI_NODATA, "No address associated with hostname")
        return found

    return lookup


def trusting(system: Authority, certifi: Authority | None = None) -> tuple[Store, Store]:
    """Make the two stores, each trusting one authority."""
    return Store("system", system.client), Store("certifi", (certifi or system).client)


Look = Callable[..., Survey]


@pytest.fixture
def look(authority: Authority) -> Look:
    """Return a function that surveys a port of loopback under the name `HOST`, in little time."""

    def survey(
        port: int,
        *,
        scheme: str = "https",
        addresses: Sequence[str] = ("127.0.0.1",),
        path: str = "/v25.0/me",
        stores: tuple[Store, ...] | None = None,
        timeout: float = 2.0,
        seconds: float = 10.0,
        samples: int = 2,
        environ: Mapping[str, str] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        lookup: Lookup | None = None,
    ) -> Survey:
        return Survey(
            f"{scheme}://{HOST}:{port}",
            path,
            timeout=timeout,
            samples=samples,
            now=now,
            environ=environ or {},
            remaining=lambda: seconds,
            lookup=lookup or known({HOST: addresses, "proxy.example": ["127.0.0.1"]}),
            stores=stores or trusting(authority),
        )

    return survey


@dataclass(eq=False)
class HttpProxy:
    """An HTTP proxy that takes every name for this machine; `heads` are the requests it got."""

    credentials: str = ""
    heads: list[bytes] = field(default_factory=list)

    def __call__(self, sock: socket.socket) -> None:
        """Serve one client: CONNECT, or a GET of a whole URL."""
        head = asked(sock)
        self.heads.append(head)
        if self.credentials and f"Proxy-Authorization: Basic {self.credentials}".encode() not in head:
            realm = {"Proxy-Authenticate": 'Basic realm="acme"', "Server": "squid/6.6"}
            sock.sendall(reply("407 Proxy Authentication Required", realm, b"<html>who are you?</html>"))
            return
        method, what, _ = head.split(b" ", 2)
        authority = what if method == b"CONNECT" else what.split(b"/")[2]
        upstream = socket.create_connection(("127.0.0.1", int(authority.rpartition(b":")[2])))
        with upstream:
            if method == b"CONNECT":
                sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = b"/" + what.split(b"/", 3)[3]
                upstream.sendall(head.replace(what, path, 1))
            _pump(sock, upstream)


def _pump(one: socket.socket, other: socket.socket) -> None:
    while True:
        pending = isinstance(one, ssl.SSLSocket) and one.pending()
        readable = [one] if pending else select.select([one, other], [], [], 10)[0]
        for source in readable:
            data = source.recv(65536)
            if not data:
                return
            (other if source is one else one).sendall(data)
