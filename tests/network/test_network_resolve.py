"""Names are looked up in both families, and what comes back is told apart."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence

import pytest

from wa_doctor.network.deadline import Deadline
from wa_doctor.network.resolve import Address, Kind, Lookup, Resolution, Silence, resolve


@pytest.fixture
def hanging() -> Iterator[Lookup]:
    """Make a resolver that never answers; it is let go after the test."""
    over = threading.Event()

    def lookup(_host: str, _port: int, _family: socket.AddressFamily) -> Sequence[str]:
        over.wait(20)
        return ()

    yield lookup
    over.set()


def _failing(ipv4: Exception | Sequence[str], ipv6: Exception | Sequence[str]) -> Lookup:
    def lookup(_host: str, _port: int, family: socket.AddressFamily) -> Sequence[str]:
        said = ipv4 if family == socket.AF_INET else ipv6
        if isinstance(said, Exception):
            raise said
        return said

    return lookup


NXDOMAIN = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
NODATA = socket.gaierror(socket.EAI_NODATA, "No address associated with hostname")
SERVFAIL = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def _looked_up(ipv4: Exception | Sequence[str], ipv6: Exception | Sequence[str]) -> Resolution:
    return resolve("graph.example", 443, Deadline(5), _failing(ipv4, ipv6))


def test_both_families_are_found_ipv4_first() -> None:
    """A and AAAA are both asked for."""
    found = _looked_up(["192.0.2.7"], ["2001:db8::7"])
    assert [each.ip for each in found.addresses] == ["192.0.2.7", "2001:db8::7"]
    assert found.silence is None


@pytest.mark.parametrize(
    ("ipv4", "ipv6", "silence"),
    [
        (NXDOMAIN, NXDOMAIN, Silence.NO_SUCH_HOST),
        (NODATA, NODATA, Silence.NO_ADDRESS),
        (NXDOMAIN, SERVFAIL, Silence.TEMPORARY),
        (SERVFAIL, NODATA, Silence.TEMPORARY),
        (OSError(5, "Input/output error"), NODATA, Silence.OTHER),
        (UnicodeError("label empty or too long"), UnicodeError("label empty or too long"), Silence.INVALID),
        ([], [], Silence.NO_ADDRESS),
    ],
)
def test_what_may_pass_is_never_called_definite(ipv4: Exception, ipv6: Exception, silence: Silence) -> None:
    """One SERVFAIL makes the whole lookup doubtful, whatever the other family was told."""
    found = _looked_up(ipv4, ipv6)
    assert found.silence is silence
    assert found.addresses == ()


def test_one_family_that_fails_leaves_the_other() -> None:
    """Addresses of one family are used, and the silence of the other is kept."""
    found = _looked_up(["192.0.2.7"], SERVFAIL)
    assert found.silence is None
    assert found.answers[1].silence is Silence.TEMPORARY
    assert "EAI_AGAIN" in found.answers[1].detail


def test_a_resolver_that_hangs_ends_at_the_deadline(hanging: Lookup) -> None:
    """A getaddrinfo that does not come back is left behind."""
    found = resolve("graph.example", 443, Deadline(0.2), hanging)
    assert found.silence is Silence.TIMED_OUT
    assert found.detail.startswith("no answer within")


def test_an_address_is_not_looked_up() -> None:
    """An IP address in place of a name asks nobody."""

    def lookup(*_: object) -> Sequence[str]:
        raise AssertionError("nobody should be asked")

    found = resolve("[2001:db8::1]", 443, Deadline(1), lookup)
    assert found.addresses == (Address("2001:db8::1"),)
    assert found.ms is None


def test_the_system_knows_localhost() -> None:
    """Without a lookup of its own, the system is asked."""
    assert "127.0.0.1" in [each.ip for each in resolve("localhost", 80, Deadline(5)).addresses]


@pytest.mark.parametrize(
    ("ip", "kind"),
    [
        ("157.240.1.19", Kind.PUBLIC),
        ("2a03:2880:f101:83:face:b00c:0:25de", Kind.PUBLIC),
        ("64:ff9b::9df0:113", Kind.PUBLIC),
        ("0.0.0.0", Kind.UNSPECIFIED),  # noqa: S104 - an answer, not something to bind to
        ("::", Kind.UNSPECIFIED),
        ("127.0.0.53", Kind.LOOPBACK),
        ("::1", Kind.LOOPBACK),
        ("::ffff:10.1.2.3", Kind.PRIVATE),
        ("10.1.2.3", Kind.PRIVATE),
        ("192.168.1.1", Kind.PRIVATE),
        ("fd00::1", Kind.PRIVATE),
        ("169.254.169.254", Kind.LINK_LOCAL),
        ("fe80::1%eth0", Kind.LINK_LOCAL),
        ("100.64.1.1", Kind.SHARED),
        ("198.18.0.5", Kind.BENCHMARK),
        ("203.0.113.9", Kind.DOCUMENTATION),
        ("2001:db8::5", Kind.DOCUMENTATION),
        ("224.0.0.1", Kind.OTHER),
        ("240.0.0.1", Kind.PRIVATE),
    ],
)
def test_addresses_that_cannot_be_metas_are_called_out(ip: str, kind: Kind) -> None:
    """Special addresses are named by what they are for."""
    assert Address(ip).kind is kind
