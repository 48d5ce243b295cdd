"""
The ways to a host: straight to its addresses, or through an HTTP proxy.

A route can be opened as often as wanted; each time it gives a fresh stream to the host, not yet secured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from wa_doctor.network.connect import NoneConnected, first_to_connect
from wa_doctor.network.deadline import Stopwatch
from wa_doctor.network.exchange import NotHttp, ask, get, request
from wa_doctor.network.proxies import SocksUnsupported
from wa_doctor.network.stream import SocketStream, TlsStream

if TYPE_CHECKING:
    from wa_doctor.network.connect import Connection
    from wa_doctor.network.deadline import Deadline
    from wa_doctor.network.exchange import Answer
    from wa_doctor.network.proxies import Proxy
    from wa_doctor.network.resolve import Address, Resolution
    from wa_doctor.network.stores import Store
    from wa_doctor.network.stream import Stream
    from wa_doctor.network.target import Target


class Stage(StrEnum):
    """Where on the way something ended."""

    NAME = "resolving the name"
    CONNECT = "connecting"
    PROXY_NAME = "resolving the name of the proxy"
    PROXY_CONNECT = "connecting to the proxy"
    PROXY_TLS = "the TLS handshake with the proxy"
    PROXY_ANSWER = "asking the proxy for a tunnel"
    TLS = "the TLS handshake"
    ANSWER = "the HTTP exchange"


@dataclass(frozen=True, slots=True)
class Opened:
    """An open stream to the host; whose address it was that connected, and the milliseconds of each stage."""

    stream: Stream
    address: Address
    dns_ms: float | None
    connect_ms: float
    tunnel_ms: float | None = None


class RouteClosed(Exception):
    """
    The way to the host ends before a request could be sent.

    The proof is in `resolution`, in `connections`, in `refusal` (what a proxy answered to CONNECT) or in
    `cause` (the error of a socket, of TLS, or of what should have been HTTP), whichever the stage is about.
    """

    def __init__(
        self,
        stage: Stage,
        *,
        resolution: Resolution | None = None,
        connections: tuple[Connection, ...] = (),
        refusal: Answer | None = None,
        cause: Exception | None = None,
    ) -> None:
        super().__init__(f"{stage} failed")
        self.stage = stage
        self.resolution = resolution
        self.connections = connections
        self.refusal = refusal
        self.cause = cause


class Route(Protocol):
    """A way to the host. `via` is "direct" or the proxy without its credentials."""

    @property
    def via(self) -> str:
        """What to call it."""
        ...

    def open(self, deadline: Deadline) -> Opened:
        """Open a fresh stream that ends by the deadline, or raise RouteClosed."""
        ...

    def question(self, target: Target, headers: Mapping[str, str]) -> bytes:
        """Write the GET for the target as the other end of this route wants it."""
        ...


@dataclass(frozen=True, slots=True)
class Direct:
    """Straight to whichever of the addresses of the host accepts first."""

    resolution: Resolution
    addresses: tuple[Address, ...]
    port: int

    @property
    def via(self) -> str:
        """No proxy."""
        return "direct"

    def open(self, deadline: Deadline) -> Opened:
        """
        Connect.

        Raises:
            RouteClosed: the name has no address, or none of them accepted.

        """
        return _reach(self.resolution, self.addresses, self.port, deadline, Stage.NAME, Stage.CONNECT)

    def question(self, target: Target, headers: Mapping[str, str]) -> bytes:
        """Write the GET as a server wants it: the path alone."""
        return get(target, headers)


@dataclass(frozen=True, slots=True)
class Proxied:
    """
    Through an HTTP proxy: by CONNECT for a target over TLS, otherwise up to the proxy, which reads the whole URL.

    `store` is what a proxy that itself speaks TLS is verified against.
    """

    proxy: Proxy
    resolution: Resolution
    target: Target
    store: Store
    now: Callable[[], datetime]

    @property
    def via(self) -> str:
        """The proxy, without credentials."""
        return self.proxy.shown

    def open(self, deadline: Deadline) -> Opened:
        """
        Connect to the proxy and have it connect to the target.

        Raises:
            RouteClosed: the proxy cannot be reached, or does not let us through.

        """
        if self.proxy.speaks_socks:
            raise RouteClosed(Stage.PROXY_ANSWER, cause=SocksUnsupported(self.proxy.shown))
        opened = _reach(
            self.resolution,
            self.resolution.addresses,
            self.proxy.port,
            deadline,
            Stage.PROXY_NAME,
            Stage.PROXY_CONNECT,
        )
        try:
            watch = Stopwatch()
            stream = self._secured(opened.stream)
            if self.target.secure:
                self._tunnel(stream)
        except BaseException:
            opened.stream.close()
            raise
        tunnel_ms = watch.lap() if self.target.secure else None
        return Opened(stream, opened.address, opened.dns_ms, opened.connect_ms, tunnel_ms)

    def question(self, target: Target, headers: Mapping[str, str]) -> bytes:
        """Write the GET: through a tunnel as for the server itself, else the whole URL, for the proxy to forward."""
        if target.secure:
            return get(target, headers)
        return get(target, {**headers, **self._credentials}, absolute=True)

    @property
    def _credentials(self) -> dict[str, str]:
        return {"Proxy-Authorization": self.proxy.authorization} if self.proxy.authorization else {}

    def _secured(self, stream: Stream) -> Stream:
        if self.proxy.scheme != "https":
            return stream
        secured = TlsStream(stream, self.store.context(), self.proxy.host)
        try:
            secured.handshake()
        except OSError as exc:
            raise RouteClosed(Stage.PROXY_TLS, cause=exc) from exc
        return secured

    def _tunnel(self, stream: Stream) -> None:
        headers = {"Host": self.target.authority, **self._credentials}
        try:
            answer = ask(stream, request("CONNECT", self.target.authority, headers), self.now)
        except (OSError, NotHttp) as exc:
            raise RouteClosed(Stage.PROXY_ANSWER, cause=exc) from exc
        if not 200 <= answer.status < 300:
            raise RouteClosed(Stage.PROXY_ANSWER, refusal=answer)


def _reach(
    resolution: Resolution,
    addresses: tuple[Address, ...],
    port: int,
    deadline: Deadline,
    naming: Stage,
    connecting: Stage,
) -> Opened:
    if not addresses:
        raise RouteClosed(naming, resolution=resolution)
    try:
        connection, sock = first_to_connect(addresses, port, deadline)
    except NoneConnected as exc:
        raise RouteClosed(connecting, connections=exc.connections) from exc
    return Opened(SocketStream(sock, deadline), connection.address, resolution.ms, connection.ms)
