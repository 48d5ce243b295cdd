"""
Everything there is to find out about the way to one host, each thing found out once and only when asked for.

Checks that run at the same time share one survey: who asks first does the work, the others wait for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from wa_doctor.network.connect import Connection, Outcome, connect_to_each
from wa_doctor.network.deadline import Deadline
from wa_doctor.network.meta import skew
from wa_doctor.network.proxies import Choice, InvalidProxy, Proxy, choose
from wa_doctor.network.resolve import Lookup, Resolution, getaddrinfo, resolve
from wa_doctor.network.route import Direct, Proxied, Route, RouteClosed
from wa_doctor.network.side_by_side import all_of
from wa_doctor.network.stores import CERTIFI, SYSTEM, Store
from wa_doctor.network.target import InvalidTarget, Target, target_of
from wa_doctor.network.tls import Handshake, examine
from wa_doctor.network.visit import Visit, visit

if TYPE_CHECKING:
    from wa_doctor.network.timings import Timings

T = TypeVar("T")


class Survey:
    """
    The way to one host.

    `path` is what is asked for below `base_url`. A stage takes at most `timeout` seconds, and no longer than
    `remaining()`, the seconds the run has left. `samples` exchanges follow the first on the same connection.
    `now` is the local clock, which is judged by the other side's. `stores` are tried side by side; the first
    is the one that is asked with.

    Every method blocks until its stage is done, can be called from any thread, and gives the same answer each
    time. Those that need the target raise InvalidTarget if the base URL has none, those that need to know the
    proxy raise InvalidProxy if what is set is none; nothing else is raised.
    """

    def __init__(
        self,
        base_url: str,
        path: str,
        *,
        timeout: float,
        samples: int,
        now: Callable[[], datetime],
        environ: Mapping[str, str],
        remaining: Callable[[], float],
        lookup: Lookup = getaddrinfo,
        stores: Sequence[Store] = (SYSTEM, CERTIFI),
    ) -> None:
        self._base_url = base_url
        self._path = path
        self._timeout = timeout
        self._samples = samples
        self._now = now
        self._remaining = remaining
        self._lookup = lookup
        self._stores = tuple(stores)
        self._turn = threading.Lock()
        self._stages: dict[str, Future[Any]] = {}
        self.environ = environ

    @property
    def target(self) -> Target:
        """What is asked for."""
        return target_of(self._base_url, self._path)

    def choice(self) -> Choice:
        """Return the proxy that applies, or the exception that says none does."""
        return choose(self.target, self.environ)

    @property
    def proxy(self) -> Proxy | None:
        """The proxy that applies, if one does."""
        return self.choice().proxy

    def resolution(self) -> Resolution:
        """Look the host up here, whether or not a proxy would do it for us."""
        target = self.target
        return self._once("resolution", lambda: resolve(target.host, target.port, self._deadline(), self._lookup))

    def connections(self) -> tuple[Connection, ...]:
        """Connect to every address of the host, past any proxy."""
        addresses, port = self.resolution().addresses, self.target.port
        return self._once("connections", lambda: connect_to_each(addresses, port, self._deadline()))

    def handshakes(self) -> tuple[Handshake, ...]:
        """Shake hands with every address that accepts a connection, against every store, past any proxy."""
        return self._once("handshakes", self._handshakes)

    def proxy_resolution(self) -> Resolution | None:
        """Look the proxy up, if one applies."""
        proxy = self.proxy
        if proxy is None:
            return None
        return self._once("proxy resolution", lambda: resolve(proxy.host, proxy.port, self._deadline(), self._lookup))

    def proxy_connections(self) -> tuple[Connection, ...]:
        """Connect to every address of the proxy; nothing without one."""
        proxy, resolution = self.proxy, self.proxy_resolution()
        if proxy is None or resolution is None:
            return ()
        return self._once(
            "proxy connections", lambda: connect_to_each(resolution.addresses, proxy.port, self._deadline())
        )

    def proxied_handshakes(self) -> tuple[Handshake | RouteClosed, ...]:
        """Shake hands with the host through the proxy, against every store; nothing without a proxy."""
        route = self._proxied()
        return self._once("proxied handshakes", lambda: self._examined([route])) if route else ()

    def exchange(self) -> Visit:
        """Ask the host, through the proxy if one applies, and sample the connection."""
        return self._once("exchange", lambda: self._visit(self._proxied() or self._direct()))

    def answering_address(self) -> str:
        """Return the address that answered when it was asked without a proxy; empty if none did. Never raises."""
        try:
            visit, proxy = self.exchange(), self.proxy
        except (InvalidTarget, InvalidProxy):
            return ""
        return visit.address if visit.answer and proxy is None else ""

    def skew(self) -> timedelta:
        """Return how far the local clock is ahead of the one that the answer showed; 0 without one. Never raises."""
        try:
            answer = self.exchange().answer
        except (InvalidTarget, InvalidProxy):
            return timedelta()
        return (skew(answer) if answer else None) or timedelta()

    def comparison(self) -> Visit | None:
        """Ask the host past the proxy as well, to compare; `None` without a proxy, or if no address accepts."""
        if self.proxy is None or not any(each.outcome is Outcome.CONNECTED for each in self.connections()):
            return None
        return self._once("comparison", lambda: self._visit(self._direct()))

    def samples(self) -> tuple[float, ...]:
        """Return the milliseconds of the sampled exchanges; nothing if there was no first."""
        timings = self.exchange().timings
        return timings.samples if timings else ()

    def timings(self) -> Timings | None:
        """
        Return the times of the exchange, with those of the comparison beside them.

        `None` if it failed, or if what is set leads nowhere: this one never raises.
        """
        try:
            timings, other = self.exchange().timings, self.comparison()
        except (InvalidTarget, InvalidProxy):
            return None
        return replace(timings, other=other.timings) if timings and other else timings

    def _deadline(self) -> Deadline:
        return Deadline(min(self._timeout, self._remaining()))

    def _direct(self) -> Direct:
        resolution = self.resolution()
        return Direct(resolution, resolution.addresses, self.target.port)

    def _proxied(self) -> Proxied | None:
        proxy, resolution = self.proxy, self.proxy_resolution()
        if proxy is None or resolution is None:
            return None
        return Proxied(proxy, resolution, self.target, self._stores[0], self._now)

    def _visit(self, route: Route) -> Visit:
        return visit(
            route, self.target, self._stores[0], deadline=self._deadline(), samples=self._samples, now=self._now
        )

    def _handshakes(self) -> tuple[Handshake, ...]:
        resolution, port = self.resolution(), self.target.port
        open_to_us = [each.address for each in self.connections() if each.outcome is Outcome.CONNECTED]
        examined = self._examined([Direct(resolution, (address,), port) for address in open_to_us])
        return tuple(each for each in examined if isinstance(each, Handshake))

    def _examined(self, routes: Sequence[Route]) -> tuple[Handshake | RouteClosed, ...]:
        deadline, host = self._deadline(), self.target.host
        pairs = [(route, store) for route in routes for store in self._stores]
        return tuple(all_of([partial(_examine, route, host, store, self._now, deadline) for route, store in pairs]))

    def _once(self, stage: str, work: Callable[[], T]) -> T:
        with self._turn:
            future = self._stages.get(stage)
            mine = future is None
            if future is None:
                future = self._stages[stage] = Future()
        if mine:
            try:
                future.set_result(work())
            except BaseException as exc:  # noqa: BLE001 - whoever waits for the stage gets it as well
                future.set_exception(exc)
        return cast("T", future.result())


def _examine(
    route: Route, host: str, store: Store, now: Callable[[], datetime], deadline: Deadline
) -> Handshake | RouteClosed:
    try:
        return examine(route, host, store, now, deadline)
    except RouteClosed as exc:
        return exc
