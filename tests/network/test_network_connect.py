"""Every address is tried on its own, and the ways to fail are told apart."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from wa_doctor.network.connect import NoneConnected, Outcome, connect, connect_to_each, first_to_connect, outcome_of
from wa_doctor.network.deadline import Deadline
from wa_doctor.network.resolve import Address

if TYPE_CHECKING:
    from tests.network.conftest import Serve

V4, V6 = Address("127.0.0.1"), Address("::1")


def _quiet(_: object) -> None:
    return


def test_a_listening_port_is_connected(serve: Serve) -> None:
    """A port that listens accepts, after a time above zero."""
    found = connect(V4, serve(_quiet).port, Deadline(2))
    assert found.outcome is Outcome.CONNECTED
    assert found.ms > 0


def test_a_closed_port_is_refused_by_name(refused: int) -> None:
    """The error of the system is given by its name."""
    found = connect(V4, refused, Deadline(2))
    assert found.outcome is Outcome.REFUSED
    assert found.detail.startswith("ECONNREFUSED")


def test_a_port_that_drops_packets_times_out(black_hole: Callable[..., int]) -> None:
    """Silence is a time-out, not a refusal."""
    assert connect(V4, black_hole(), Deadline(0.3)).outcome is Outcome.TIMED_OUT


def test_a_black_hole_in_one_family_is_found_beside_the_working_other(
    serve: Serve, black_hole: Callable[..., int]
) -> None:
    """Success over IPv4 does not hide that IPv6 swallows packets."""
    port = serve(_quiet).port
    black_hole("::1", port)
    working, dead = connect_to_each([V4, V6], port, Deadline(0.3))
    assert working.outcome is Outcome.CONNECTED
    assert dead.outcome is Outcome.TIMED_OUT


def test_the_first_to_connect_wins_over_a_black_hole(serve: Serve, black_hole: Callable[..., int]) -> None:
    """Asking does not wait for an address that does not answer."""
    port = serve(_quiet).port
    black_hole("::1", port)
    connection, sock = first_to_connect([V6, V4], port, Deadline(2))
    sock.close()
    assert connection.address == V4


def test_when_nobody_accepts_each_is_accounted_for(refused: int) -> None:
    """Without a winner there is a reason for every address."""
    with pytest.raises(NoneConnected) as caught:
        first_to_connect([V4, V6], refused, Deadline(2))
    assert [each.address for each in caught.value.connections] == [V4, V6]
    assert {each.outcome for each in caught.value.connections} == {Outcome.REFUSED}


def test_when_nobody_answers_the_deadline_ends_the_race(black_hole: Callable[..., int]) -> None:
    """Addresses that do not answer in time are timed out."""
    with pytest.raises(NoneConnected) as caught:
        first_to_connect([V4], black_hole(), Deadline(0.2))
    assert [each.outcome for each in caught.value.connections] == [Outcome.TIMED_OUT]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (OSError(errno.ENETUNREACH, "Network is unreachable"), Outcome.UNREACHABLE),
        (OSError(errno.EHOSTUNREACH, "No route to host"), Outcome.UNREACHABLE),
        (OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"), Outcome.UNREACHABLE),
        (OSError(errno.EAFNOSUPPORT, "Address family not supported"), Outcome.UNREACHABLE),
        (OSError(errno.ETIMEDOUT, "Connection timed out"), Outcome.TIMED_OUT),
        (OSError(errno.ECONNRESET, "Connection reset by peer"), Outcome.RESET),
        (OSError(errno.EPIPE, "Broken pipe"), Outcome.RESET),
        (OSError(errno.EPERM, "Operation not permitted"), Outcome.PROHIBITED),
        (OSError(errno.EMFILE, "Too many open files"), Outcome.OTHER),
    ],
)
def test_failures_are_told_apart_by_errno(error: OSError, outcome: Outcome) -> None:
    """The number of the error decides, whatever its text."""
    assert outcome_of(error) is outcome
