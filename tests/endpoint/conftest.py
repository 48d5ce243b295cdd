"""Webhook endpoints on loopback, good and bad, over http and TLS, and tests pointed at them."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from wa_doctor.endpoint.examination import Endpoint
from wa_doctor.network.stores import Store
from wa_doctor.redact import Secret

if TYPE_CHECKING:
    from wa_doctor.endpoint.steps import Examined, Step
    from wa_doctor.network.resolve import Lookup

TOKEN = "right_token-for-tests"
APP_SECRET = "9b1d7c5e3f2a48d6b0c4e8f1a2d3c4b5"
HOST = "hooks.shop.example"
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Asked:
    """One request as the endpoint saw it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of its query."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

    @property
    def challenge(self) -> bytes:
        """The challenge it carries."""
        return self.parameters.get("hub.challenge", "").encode()

    @property
    def token_is_right(self) -> bool:
        """Whether its verify token is the right one."""
        return self.parameters.get("hub.verify_token") == TOKEN

    def signed_over(self, body: bytes, secret: str = APP_SECRET) -> bool:
        """Whether its signature is that of a body."""
        wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(wanted, self.headers.get("x-hub-signature-256", ""))


Answer = tuple[int, bytes, dict[str, str]]
Behave = Callable[[Asked], "Answer | None"]


def handshake(asked: Asked) -> Answer:
    """Answer a handshake as it should be."""
    return (200, asked.challenge, {}) if asked.token_is_right else (403, b"", {})


def event(asked: Asked) -> Answer:
    """Answer an event as it should be."""
    return (200, b"", {}) if asked.signed_over(asked.body) else (401, b"", {})


def well(asked: Asked) -> Answer:
    """Behave as an endpoint should."""
    return handshake(asked) if asked.method == "GET" else event(asked)


@dataclass(eq=False)
class Hook:
    """A running endpoint; `behave` decides each answer, None hangs up without one."""

    behave: Behave
    tls: ssl.SSLContext | None = None
    address: str = "127.0.0.1"
    port: int = 0
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                named = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, self.path, named, self.rfile.read(length))
                hook.asked.append(asked)
                answer = hook.behave(asked)
                if answer is None:
                    self.close_connection = True
                    return
                status, body, headers = answer
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815 - the name http.server looks for

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        class Server(ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in self.address else socket.AF_INET

            def get_request(self) -> tuple[Any, Any]:
                sock, peer = super().get_request()
                if hook.tls is None:
                    return sock, peer
                return hook.tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False), peer

            def handle_error(self, *_: object) -> None:
                """Keep quiet: a client that turns away is what is tested."""

        self._server = Server((self.address, self.port), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        """Its callback URL."""
        host = HOST if self.tls else f"[{self.address}]" if ":" in self.address else self.address
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}/webhooks/whatsapp"

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


Serve = Callable[..., Hook]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that starts an endpoint, well-behaved unless told otherwise."""
    with contextlib.ExitStack() as stack:

        def start(behave: Behave = well, **options: Any) -> Hook:
            hook = Hook(behave, **options)
            stack.callback(hook.stop)
            return hook

        yield start


def known(*addresses: str) -> Lookup:
    """Make a lookup that leads every name to these addresses."""

    def lookup(_host: str, _port: int, family: socket.AddressFamily) -> Sequence[str]:
        found = [each for each in addresses if (":" in each) == (family == socket.AF_INET6)]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return found

    return lookup


class Authority:
    """A certificate authority that stands for the public ones."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA(organization_name="Example Trust", organization_unit_name="Example Root")
        self._folder = folder

    def server(self, *names: str, end: datetime | None = None, intermediate: bool = False) -> ssl.SSLContext:
        """Make a server for the names; with `intermediate`, by one whose certificate is not sent."""
        issuer = self._ca.create_child_ca() if intermediate else self._ca
        begin = end - timedelta(days=90) if end else None
        leaf = issuer.issue_cert(*(names or (HOST,)), not_before=begin, not_after=end)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        path = self._folder / f"leaf-{len(list(self._folder.iterdir()))}.pem"
        path.write_bytes(leaf.private_key_pem.bytes() + leaf.cert_chain_pems[0].bytes())
        context.load_cert_chain(path)
        return context

    def demanding(self, newest: ssl.TLSVersion) -> ssl.SSLContext:
        """Make a server that demands a certificate of this authority from its clients."""
        context = self.server()
        context.maximum_version = newest
        context.verify_mode = ssl.CERT_REQUIRED
        self._ca.configure_trust(context)
        return context

    def client(self) -> ssl.SSLContext:
        """Make a client that trusts this authority and no other."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._ca.configure_trust(context)
        return context


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Make the authority that stands in certifi's list."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def corporate(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Make an authority that this machine trusts and the world does not."""
    return Authority(tmp_path_factory.mktemp("corporate"))


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
        .not_valid_after(NOW + timedelta(days=90))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("self") / "self.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@dataclass(eq=False)
class Outcome:
    """What a test of an endpoint came to."""

    examined: Examined
    endpoint: Endpoint

    def step(self, name: str) -> Step:
        """Return the first step of a name."""
        return next(each for each in self.examined.steps if each.name == name)

    def statuses(self) -> dict[str, str]:
        """Return what became of each step; several of one name are joined."""
        found: dict[str, str] = {}
        for each in self.examined.steps:
            found[each.name] = f"{found[each.name]} {each.status}" if each.name in found else str(each.status)
        return found


Examine = Callable[..., Outcome]


@pytest.fixture
def examine(authority: Authority, corporate: Authority) -> Examine:
    """Return a function that tests an endpoint; names lead to 127.0.0.1, and the authority is all that is trusted."""

    def test(hook: Hook | str, *, addresses: Sequence[str] = ("127.0.0.1",), **changes: Any) -> Outcome:
        options: dict[str, Any] = {
            "url": hook if isinstance(hook, str) else hook.url,
            "verify_token": Secret(TOKEN),
            "app_secret": Secret(APP_SECRET),
            "post": False,
            "local": True,
            "timeout": 5.0,
            "remaining": lambda: 30.0,
            "now": lambda: NOW,
            "environ": {},
            "lookup": known(*addresses),
            "strict": Store("certifi", authority.client),
            "lenient": Store("system", corporate.client),
        }
        endpoint = Endpoint(**(options | changes))
        return Outcome(endpoint.examined(), endpoint)

    return test
