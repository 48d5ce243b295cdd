"""
Looks a name up the way applications do: the addresses, what is odd about them, or why there are none.

`getaddrinfo` is asked, not a name server: it is what every client uses, hosts file, search list and all.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from wa_doctor.network.deadline import Deadline, Stopwatch
from wa_doctor.network.side_by_side import as_they_end

GRACE = 3.0  # seconds one family may lag behind the other; resolvers wait 5 s before they ask again

Lookup = Callable[[str, int, socket.AddressFamily], Sequence[str]]


class Silence(StrEnum):
    """Why a lookup gave no address."""

    NO_SUCH_HOST = "no such host"
    NO_ADDRESS = "no address"
    TEMPORARY = "temporary failure"
    TIMED_OUT = "timed out"
    INVALID = "not a host name"
    OTHER = "failed"


class Kind(StrEnum):
    """What an address is for; Meta's are all `PUBLIC`."""

    PUBLIC = "public"
    UNSPECIFIED = "unspecified"
    LOOPBACK = "loopback"
    PRIVATE = "private"
    LINK_LOCAL = "link-local"
    SHARED = "shared (carrier-grade NAT, VPN clients)"
    BENCHMARK = "benchmark (fake addresses of proxy clients)"
    DOCUMENTATION = "documentation"
    OTHER = "reserved"


@dataclass(frozen=True, slots=True)
class Address:
    """One address that a name resolved to."""

    ip: str

    @property
    def family(self) -> str:
        """`IPv4` or `IPv6`."""
        return "IPv6" if ":" in self.ip else "IPv4"

    @property
    def kind(self) -> Kind:
        """What the address is for, by the IANA special-purpose registries."""
        return _kind(self.ip)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one family was answered: its addresses, or why there are none. `detail` names the error of the system."""

    family: str
    addresses: tuple[Address, ...] = ()
    silence: Silence | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """A name looked up in both families. `ms` is `None` for an address in place of a name: nothing was asked."""

    host: str
    answers: tuple[Answer, ...]
    ms: float | None

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Every address found, IPv4 first."""
        return tuple(address for answer in self.answers for address in answer.addresses)

    @property
    def silence(self) -> Silence | None:
        """Why there is no address at all; `None` if there is one. What may pass outranks what is definite."""
        if self.addresses:
            return None
        order = list(_LEAST_DEFINITE_FIRST)
        return min((each.silence for each in self.answers if each.silence), key=order.index, default=Silence.OTHER)

    @property
    def detail(self) -> str:
        """The system's own words for `silence`."""
        return next((each.detail for each in self.answers if each.silence is self.silence), "")


_LEAST_DEFINITE_FIRST = (
    Silence.TIMED_OUT,
    Silence.TEMPORARY,
    Silence.OTHER,
    Silence.INVALID,
    Silence.NO_ADDRESS,
    Silence.NO_SUCH_HOST,
)

_FAMILIES = (socket.AF_INET, socket.AF_INET6)
_FAMILY_NAMES = {socket.AF_INET: "IPv4", socket.AF_INET6: "IPv6"}


def getaddrinfo(host: str, port: int, family: socket.AddressFamily) -> Sequence[str]:
    """Ask the system for the addresses of one family, each once, in its order."""
    return list(dict.fromkeys(str(each[4][0]) for each in socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)))


def resolve(host: str, port: int, deadline: Deadline, lookup: Lookup = getaddrinfo) -> Resolution:
    """
    Look a name up in both families at the same time; an address in place of a name is returned as it is.

    Never raises; ends by the deadline, and `GRACE` seconds after one family was answered.
    """
    if literal := _literal(host):
        return Resolution(host, (Answer(literal.family, (literal,)),), None)
    watch = Stopwatch()
    until = deadline.within(deadline.seconds)
    calls = [partial(_ask, host, port, family, lookup) for family in _FAMILIES]
    answers: dict[str, Answer] = {}
    for _, answer in as_they_end(calls, until):
        answers[answer.family] = answer
        if answer.addresses:
            until.shorten(GRACE)
    ms = watch.lap()
    unanswered = f"no answer within {round(ms)} ms"
    families = (_FAMILY_NAMES[family] for family in _FAMILIES)
    return Resolution(
        host,
        tuple(answers.get(name) or Answer(name, silence=Silence.TIMED_OUT, detail=unanswered) for name in families),
        ms,
    )


def _ask(host: str, port: int, family: socket.AddressFamily, lookup: Lookup) -> Answer:
    name = _FAMILY_NAMES[family]
    try:
        found = tuple(Address(ip) for ip in lookup(host, port, family))
    except UnicodeError as exc:
        return Answer(name, silence=Silence.INVALID, detail=str(exc))
    except socket.gaierror as exc:
        return Answer(name, silence=_silence(exc), detail=_named(exc))
    except OSError as exc:
        return Answer(name, silence=Silence.OTHER, detail=str(exc))
    return Answer(name, found) if found else Answer(name, silence=Silence.NO_ADDRESS)


# macOS and Windows give EAI_NONAME for both "no such host" and "no address of this family"; `Resolution`
# only ever looks at the reason when neither family has an address, where the difference does not matter.
_SILENCES = {
    "EAI_NONAME": Silence.NO_SUCH_HOST,
    "EAI_NODATA": Silence.NO_ADDRESS,
    "EAI_ADDRFAMILY": Silence.NO_ADDRESS,
    "EAI_AGAIN": Silence.TEMPORARY,
}


def _silence(exc: socket.gaierror) -> Silence:
    codes = {getattr(socket, name): silence for name, silence in _SILENCES.items() if hasattr(socket, name)}
    return codes.get(exc.errno, Silence.OTHER) if exc.errno is not None else Silence.OTHER


def _named(exc: socket.gaierror) -> str:
    names = (name for name in dir(socket) if name.startswith("EAI_"))
    name = next((name for name in names if getattr(socket, name) == exc.errno), "")
    return f"{name}: {exc.strerror}" if name else str(exc)


def _literal(host: str) -> Address | None:
    try:
        return Address(str(ipaddress.ip_address(host.strip("[]"))))
    except ValueError:
        return None


_SPECIAL = tuple(
    (ipaddress.ip_network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", Kind.UNSPECIFIED),
        ("::/128", Kind.UNSPECIFIED),
        ("100.64.0.0/10", Kind.SHARED),
        ("198.18.0.0/15", Kind.BENCHMARK),
        ("192.0.2.0/24", Kind.DOCUMENTATION),
        ("198.51.100.0/24", Kind.DOCUMENTATION),
        ("203.0.113.0/24", Kind.DOCUMENTATION),
        ("2001:db8::/32", Kind.DOCUMENTATION),
        ("3fff::/20", Kind.DOCUMENTATION),
        ("64:ff9b::/96", Kind.PUBLIC),  # NAT64: a public IPv4 address in the clothes of the other family
    )
)


def _kind(ip: str) -> Kind:
    address = ipaddress.ip_address(ip)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    for network, kind in _SPECIAL:
        if address.version == network.version and address in network:
            return kind
    if address.is_loopback:
        return Kind.LOOPBACK
    if address.is_link_local:
        return Kind.LINK_LOCAL
    if address.is_private:
        return Kind.PRIVATE
    return Kind.PUBLIC if address.is_global and not address.is_multicast else Kind.OTHER
