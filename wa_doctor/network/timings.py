"""How long the stages of an exchange took: plain data, in milliseconds, for whoever draws it."""

from __future__ import annotations

import statistics
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """One bar of a waterfall: when it began, counted from the start of the exchange, and how long it took."""

    name: str
    begin: float
    duration: float


@dataclass(frozen=True, slots=True)
class Timings:
    """
    The first exchange as a waterfall, and the exchanges after it on the same connection.

    All figures are milliseconds and differences, never cumulative. A stage that did not happen is `None`:
    no `dns` for an address in place of a name, no `tls` over plain http, no `tunnel` without a proxy.
    Through a proxy, `dns` and `connect` are those of the proxy.

    `samples` holds request to end of answer, one figure per exchange on the open connection; when the other
    side closed it after the first, that first exchange is the only sample. `via` is "direct" or the proxy
    without its credentials, `address` the IP address connected to. `other` is the route not taken by default,
    measured as well when both work: direct beside proxied.
    """

    dns: float | None
    connect: float
    tunnel: float | None
    tls: float | None
    server: float
    transfer: float
    samples: tuple[float, ...]
    via: str = "direct"
    address: str = ""
    other: Timings | None = None

    @property
    def total(self) -> float:
        """The whole first exchange, from looking the name up to the last byte."""
        return sum(stage.duration for stage in self.stages)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that happened, in order: dns, connect, tunnel, tls, server, transfer."""
        found: list[Stage] = []
        begin = 0.0
        for name in ("dns", "connect", "tunnel", "tls", "server", "transfer"):
            duration = getattr(self, name)
            if duration is not None:
                found.append(Stage(name, begin, duration))
                begin += duration
        return tuple(found)

    @property
    def minimum(self) -> float:
        """The fastest sample: closest to the bare round trip."""
        return min(self.samples)

    @property
    def median(self) -> float:
        """The sample in the middle: what a call usually costs on an open connection."""
        return statistics.median(self.samples)

    @property
    def maximum(self) -> float:
        """The slowest sample."""
        return max(self.samples)
