"""
One visit to the API: open a route, shake hands, ask once, then ask again on the same connection to sample it.

No token is sent: Meta answers that with an error of its own, which is all that is wanted of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from wa_doctor import __version__
from wa_doctor.network.deadline import Deadline
from wa_doctor.network.exchange import Answer, NotHttp, ask
from wa_doctor.network.meta import Verdict, identify
from wa_doctor.network.route import RouteClosed, Stage
from wa_doctor.network.timings import Timings
from wa_doctor.network.tls import Failure, Handshake, failure_of, secure

if TYPE_CHECKING:
    from wa_doctor.network.route import Opened, Route
    from wa_doctor.network.stores import Store
    from wa_doctor.network.stream import Stream
    from wa_doctor.network.target import Target

HEADERS = {
    "User-Agent": f"wa-doctor/{__version__}",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
}

SAMPLING = 2.0  # seconds after which no further sample is begun: a slow API is slow after two of them as well


@dataclass(frozen=True, slots=True)
class Visit:
    """
    What came of a visit.

    Either `answer` is there, or `ended` says at which stage it was over, with the proof in `closed` (before
    TLS), `handshake` (in TLS) or `cause` (after it). `timings` are there when the whole answer is.
    """

    via: str
    address: str = ""
    answer: Answer | None = None
    ended: Stage | None = None
    closed: RouteClosed | None = None
    handshake: Handshake | None = None
    cause: Exception | None = None
    timings: Timings | None = None

    @property
    def demands_certificate(self) -> bool:
        """Whether the server hung up because we showed no certificate, as TLS 1.3 does only after the handshake."""
        return isinstance(self.cause, OSError) and failure_of(self.cause) is Failure.CLIENT_CERTIFICATE


def visit(
    route: Route,
    target: Target,
    store: Store,
    *,
    deadline: Deadline,
    samples: int,
    now: Callable[[], datetime],
) -> Visit:
    """Visit the target, with at most so many samples after the first answer, all by the deadline. Never raises."""
    try:
        opened = route.open(deadline)
    except RouteClosed as exc:
        return Visit(route.via, ended=exc.stage, closed=exc)
    try:
        return _converse(route, opened, target, store, samples, now)
    finally:
        opened.stream.close()


def _converse(
    route: Route, opened: Opened, target: Target, store: Store, samples: int, now: Callable[[], datetime]
) -> Visit:
    stream, handshake = opened.stream, None
    if target.secure:
        handshake, stream = secure(opened, target.host, store)
        if handshake.failure:
            return Visit(route.via, opened.address.ip, ended=Stage.TLS, handshake=handshake)
    question = route.question(target, HEADERS)
    try:
        first = ask(stream, question, now)
    except (OSError, NotHttp) as exc:
        return Visit(route.via, opened.address.ip, ended=Stage.ANSWER, handshake=handshake, cause=exc)
    worth_it = first.keeps_open and identify(first, target.host).verdict is Verdict.REACHED
    timings = Timings(
        dns=opened.dns_ms,
        connect=opened.connect_ms,
        tunnel=opened.tunnel_ms,
        tls=handshake.ms if handshake else None,
        server=first.server_ms,
        transfer=first.transfer_ms,
        samples=tuple(_sampled(stream, question, samples, now)) if worth_it and samples else (),
        via=route.via,
        address=opened.address.ip,
    )
    if not timings.samples:
        timings = replace(timings, samples=(first.ms,))
    return Visit(route.via, opened.address.ip, first, handshake=handshake, timings=timings)


def _sampled(stream: Stream, question: bytes, samples: int, now: Callable[[], datetime]) -> Iterator[float]:
    sampling = Deadline(SAMPLING)
    for _ in range(samples):
        try:
            sampling.left()
            answer = ask(stream, question, now)
        except (OSError, NotHttp):
            return
        if not answer.cut:
            yield answer.ms
        if not answer.keeps_open:
            return
