"""The way to the endpoint: looking it up, connecting to every address, shaking hands as strictly as Meta."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from wa_doctor.endpoint import certificates, reach
from wa_doctor.endpoint.conversation import Line
from wa_doctor.endpoint.steps import AddressSeen, Step, decided, left_out, taken
from wa_doctor.model import notice
from wa_doctor.network.chain import look
from wa_doctor.network.connect import Connection, Outcome, connect_to_each
from wa_doctor.network.proxies import InvalidProxy, choose
from wa_doctor.network.resolve import Address, Lookup, Resolution, resolve
from wa_doctor.network.route import Direct, RouteClosed
from wa_doctor.network.side_by_side import all_of
from wa_doctor.network.tls import Failure, Handshake, examine

if TYPE_CHECKING:
    from wa_doctor.endpoint.callback import Callback
    from wa_doctor.network.deadline import Deadline
    from wa_doctor.network.stores import Store

_MOST = 8  # addresses; a name with more belongs to a content network whose addresses are all alike

NAME = ("name", "the name is public")
CONNECT = ("connect", "every address connects")
CERTIFICATE = ("certificate", "the certificate is trusted")


@dataclass(frozen=True, slots=True)
class WayThere:
    """
    What was found out before a request was sent.

    `lines` are the ways a request can go, one an address, each with a store that trusts it. `demands_ours` says
    that the handshake ended because we have no certificate of Meta's.
    """

    steps: tuple[Step, ...]
    lines: tuple[Line, ...] = ()
    addresses: tuple[AddressSeen, ...] = ()
    demands_ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Explorer:
    """
    Finds the way. `strict` is the store that decides, `lenient` the one to go on with where it alone trusts.

    `deadline` gives the time for one stage.
    """

    callback: Callback
    local: bool
    strict: Store
    lenient: Store
    lookup: Lookup
    environ: Mapping[str, str]
    now: Callable[[], datetime]
    deadline: Callable[[], Deadline]

    def explore(self) -> WayThere:
        """Look the name up, connect, shake hands; stop where it does not go on. Never raises but for the time."""
        callback = self.callback
        resolution = resolve(callback.host, callback.port, self.deadline(), self.lookup)
        name = decided(
            *NAME, partial(reach.judge_resolution, callback, resolution, local=self.local, proxy=self._proxy())
        )
        addresses = resolution.addresses[:_MOST]
        if not addresses:
            return WayThere((name, left_out(*CONNECT, "needs an address"), left_out(*CERTIFICATE, "needs an address")))
        connections = connect_to_each(addresses, callback.port, self.deadline())
        connect = decided(*CONNECT, partial(reach.judge_connections, callback, connections, proxy=self._proxy()))
        alive = tuple(each.address for each in connections if each.outcome is Outcome.CONNECTED)
        if not alive:
            seen = tuple(_seen(each, None, ()) for each in connections)
            return WayThere((name, connect, left_out(*CERTIFICATE, "needs a connection")), addresses=seen)
        if not callback.secure:
            lines = tuple(Line(resolution, address, self.strict, self.now) for address in alive)
            seen = tuple(_seen(each, None, ()) for each in connections)
            return WayThere((name, connect, left_out(*CERTIFICATE, "plain http has none")), lines, seen)
        return self._shake_hands((name, connect), resolution, connections, alive)

    def _shake_hands(
        self,
        before: tuple[Step, ...],
        resolution: Resolution,
        connections: Sequence[Connection],
        alive: Sequence[Address],
    ) -> WayThere:
        strict = self._examined(resolution, alive, self.strict)
        doubtful = [each for each in alive if (bad := strict.get(each.ip)) and bad.failure and bad.failure.of_trust]
        lenient = self._examined(resolution, doubtful, self.lenient)
        default = ""
        if any(each.failure is Failure.WRONG_NAME for each in strict.values()):
            default = self._default_certificate(resolution, doubtful[0])
        target = self.callback.target()
        found = list(certificates.judge(target, tuple(strict.values()), tuple(lenient.values()), default, self.now()))
        demands_ours = any(each.failure is Failure.CLIENT_CERTIFICATE for each in strict.values())
        if demands_ours and not found:
            found.append(notice("trusted, as far as the handshake went"))
        lines = []
        for address in alive:
            for store, handshakes in ((self.strict, strict), (self.lenient, lenient)):
                if address.ip in handshakes and handshakes[address.ip].failure is None:
                    lines.append(Line(resolution, address, store, self.now))
                    break
        step = taken(*CERTIFICATE, found) if found else left_out(*CERTIFICATE, "the connections were cut")
        seen = tuple(
            _seen(each, strict.get(each.address.ip), _trusting(each.address.ip, strict, lenient))
            for each in connections
        )
        return WayThere((*before, step), tuple(lines), seen, demands_ours)

    def _examined(self, resolution: Resolution, addresses: Sequence[Address], store: Store) -> dict[str, Handshake]:
        deadline, host, port = self.deadline(), self.callback.host, self.callback.port

        def one(address: Address) -> Handshake | None:
            try:
                return examine(Direct(resolution, (address,), port), host, store, self.now, deadline)
            except RouteClosed:
                return None

        found = all_of([partial(one, each) for each in addresses])
        return {each.address: each for each in found if each is not None}

    def _default_certificate(self, resolution: Resolution, address: Address) -> str:
        # An address in the place of a name is not sent as SNI, so the server shows what it shows to anyone.
        shown = look(Direct(resolution, (address,), self.callback.port), address.ip, self.deadline())
        return shown.chain[0].subject if shown.chain else ""

    def _proxy(self) -> str:
        try:
            proxy = choose(self.callback.target(), self.environ).proxy
        except InvalidProxy:
            return ""
        return proxy.shown if proxy else ""


def _trusting(ip: str, strict: Mapping[str, Handshake], lenient: Mapping[str, Handshake]) -> tuple[str, ...]:
    return tuple(
        handshakes[ip].store for handshakes in (strict, lenient) if ip in handshakes and not handshakes[ip].failure
    )


def _seen(connection: Connection, handshake: Handshake | None, trusted_by: tuple[str, ...]) -> AddressSeen:
    connected = connection.outcome is Outcome.CONNECTED
    certificate = handshake.certificate if handshake else None
    return AddressSeen(
        connection.address.ip,
        connection.address.family,
        str(connection.address.kind),
        str(connection.outcome),
        connection.ms if connected else None,
        handshake.ms if handshake and not handshake.failure else None,
        handshake.protocol if handshake else "",
        certificate.issuer if certificate else "",
        trusted_by,
    )
