"""One request to one address of the endpoint, over a connection of its own, as strict as the store it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from wa_doctor import __version__
from wa_doctor.network.exchange import Answer, NotHttp, ask, request
from wa_doctor.network.route import Direct, RouteClosed
from wa_doctor.network.tls import Failure, Handshake, failure_of, secure

if TYPE_CHECKING:
    from wa_doctor.network.deadline import Deadline
    from wa_doctor.network.resolve import Address, Resolution
    from wa_doctor.network.stores import Store
    from wa_doctor.network.target import Target

# nginx and what is built on it, where a client certificate is demanded and none was sent.
_NO_CERTIFICATE = b"SSL certificate was sent"
_NGINX_NO_CERTIFICATE = 496

_HEADERS = {
    "User-Agent": f"wa-doctor/{__version__} (test of a webhook endpoint)",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What came of one request: `answer`, or why there is none.

    `closed`: no connection; `handshake`: no TLS; `cause`: no answer over it, or none that is HTTP. `within_ms`
    is the time there was.
    """

    address: str
    answer: Answer | None = None
    closed: RouteClosed | None = None
    handshake: Handshake | None = None
    cause: OSError | NotHttp | None = None
    within_ms: float = 0.0

    @property
    def wants_certificate(self) -> bool:
        """
        Whether the endpoint turned us away because we showed no client certificate.

        By an alert, which TLS 1.3 sends only after the handshake, or by an answer that says so.
        """
        if isinstance(self.cause, OSError):
            return failure_of(self.cause) is Failure.CLIENT_CERTIFICATE
        if self.answer is None:
            return False
        return self.answer.status == _NGINX_NO_CERTIFICATE or (
            self.answer.status == 400 and _NO_CERTIFICATE in self.answer.body
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A way to one address of the endpoint, and the store it is verified against."""

    resolution: Resolution
    address: Address
    store: Store
    now: Callable[[], datetime]

    def get(self, target: Target, deadline: Deadline) -> Reply:
        """Ask for the target. Never raises."""
        return self._converse(target, "GET", {}, b"", deadline)

    def post(self, target: Target, headers: Mapping[str, str], body: bytes, deadline: Deadline) -> Reply:
        """Send the body. Never raises."""
        return self._converse(target, "POST", {**headers, "Content-Length": str(len(body))}, body, deadline)

    def _converse(
        self, target: Target, method: str, headers: Mapping[str, str], body: bytes, deadline: Deadline
    ) -> Reply:
        ip, within = self.address.ip, deadline.seconds * 1000
        try:
            opened = Direct(self.resolution, (self.address,), target.port).open(deadline)
        except RouteClosed as exc:
            return Reply(ip, closed=exc, within_ms=within)
        stream = opened.stream
        try:
            if target.secure:
                handshake, stream = secure(opened, target.host, self.store)
                if handshake.failure:
                    return Reply(ip, handshake=handshake, within_ms=within)
            head = request(method, target.path, {"Host": target.host_header, **_HEADERS, **headers})
            return Reply(ip, answer=ask(stream, head + body, self.now), within_ms=within)
        except (OSError, NotHttp) as exc:
            return Reply(ip, cause=exc, within_ms=within)
        finally:
            opened.stream.close()
