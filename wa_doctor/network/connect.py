"""
Opens TCP connections to single addresses and says what became of each.

Clients differ in which address they try and how long they wait, so every address is tried on its own: one
that swallows packets is found even though some client would get round it.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from wa_doctor.network.deadline import Deadline, Stopwatch
from wa_doctor.network.side_by_side import all_of, as_they_end

if TYPE_CHECKING:
    from wa_doctor.network.resolve import Address

# A lost SYN is sent again after 1 s and after 3 s: who is silent for longer than this is not there.
PATIENCE = 4.0


class Outcome(StrEnum):
    """What became of one attempt to connect, or of a connection while it was used."""

    CONNECTED = "connected"
    REFUSED = "refused"
    RESET = "reset"
    TIMED_OUT = "timed out"
    UNREACHABLE = "unreachable"
    PROHIBITED = "prohibited"
    OTHER = "failed"


@dataclass(frozen=True, slots=True)
class Connection:
    """One attempt to connect: to whom, what became of it after how many milliseconds, the system's words."""

    address: Address
    outcome: Outcome
    ms: float
    detail: str = ""


_UNREACHABLE = {
    getattr(errno, name)
    for name in ("ENETUNREACH", "EHOSTUNREACH", "ENETDOWN", "EHOSTDOWN", "EADDRNOTAVAIL", "EAFNOSUPPORT")
    if hasattr(errno, name)
}


def outcome_of(exc: OSError) -> Outcome:
    """Tell the failures of a socket apart by type and errno, never by their text."""
    if isinstance(exc, TimeoutError):
        return Outcome.TIMED_OUT
    if isinstance(exc, ConnectionRefusedError):
        return Outcome.REFUSED
    if isinstance(exc, ConnectionError):
        return Outcome.RESET
    if isinstance(exc, PermissionError):
        return Outcome.PROHIBITED
    return Outcome.UNREACHABLE if exc.errno in _UNREACHABLE else Outcome.OTHER


def named(exc: OSError) -> str:
    """Return an error of the system as `ECONNREFUSED: Connection refused`; the text alone without a number."""
    name = errno.errorcode.get(exc.errno, "") if exc.errno else ""
    return f"{name}: {exc.strerror}" if name else str(exc)


def dial(address: Address, port: int, deadline: Deadline) -> socket.socket:
    """
    Connect to one address.

    Raises:
        OSError: it did not work; `outcome_of` says how.

    """
    family = socket.AF_INET6 if address.family == "IPv6" else socket.AF_INET
    # Only this gives an IPv6 address with a zone ("fe80::1%eth0") the form that connect() takes; it asks nobody.
    (*_, target), *_ = socket.getaddrinfo(address.ip, port, family, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(deadline.left())
        _connect(sock, target, deadline)
        with contextlib.suppress(OSError):  # macOS refuses it on a connection that was reset meanwhile
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        sock.close()
        raise
    return sock


def _connect(sock: socket.socket, target: object, deadline: Deadline) -> None:
    try:
        sock.connect(target)  # type: ignore[arg-type]
    except TimeoutError as exc:
        if exc.errno:  # the system gave up, not we
            raise
        raise deadline.missed() from None


def connect(address: Address, port: int, deadline: Deadline) -> Connection:
    """Connect to one address and hang up. Never raises."""
    watch = Stopwatch()
    try:
        dial(address, port, deadline).close()
    except OSError as exc:
        return Connection(address, outcome_of(exc), watch.lap(), named(exc))
    return Connection(address, Outcome.CONNECTED, watch.lap())


def connect_to_each(addresses: Sequence[Address], port: int, deadline: Deadline) -> tuple[Connection, ...]:
    """Connect to all addresses at the same time, each with `PATIENCE`; return what became of them in that order."""
    until = deadline.within(PATIENCE)
    return tuple(all_of([partial(connect, address, port, until) for address in addresses]))


class NoneConnected(Exception):
    """Raised when not one of the addresses accepted a connection; `connections` says what became of each."""

    def __init__(self, connections: tuple[Connection, ...]) -> None:
        super().__init__("no address accepted a connection")
        self.connections = connections


def first_to_connect(addresses: Sequence[Address], port: int, deadline: Deadline) -> tuple[Connection, socket.socket]:
    """
    Race for a connection among all addresses; return the winner and its open socket.

    Raises:
        NoneConnected: every address refused, or none answered by the deadline.

    """
    until = deadline.within(PATIENCE)
    turn = threading.Lock()
    over = False
    won: list[tuple[Connection, socket.socket]] = []

    def attempt(address: Address) -> Connection:
        watch = Stopwatch()
        try:
            sock = dial(address, port, until)
        except OSError as exc:
            return Connection(address, outcome_of(exc), watch.lap(), named(exc))
        connection = Connection(address, Outcome.CONNECTED, watch.lap())
        with turn:
            if over or won:
                sock.close()
            else:
                won.append((connection, sock))
        return connection

    failed: dict[Address, Connection] = {}
    for _, connection in as_they_end([partial(attempt, each) for each in addresses], until):
        if won:
            break
        failed[connection.address] = connection
    with turn:
        over = True
    if won:
        return won[0]
    silent = f"no answer within {round(until.seconds * 1000)} ms"
    raise NoneConnected(
        tuple(
            failed.get(each) or Connection(each, Outcome.TIMED_OUT, until.seconds * 1000, silent) for each in addresses
        )
    )
