"""
Fetches single documents over HTTP, with nothing of ours in the request: no token, no cookie, no id.

Through the proxy that applies, verified against the system's store. A redirect is followed to https only.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from wa_doctor import __version__
from wa_doctor.network.connect import named
from wa_doctor.network.exchange import Cut, NotHttp, ask
from wa_doctor.network.proxies import InvalidProxy, choose
from wa_doctor.network.resolve import Lookup, getaddrinfo, resolve
from wa_doctor.network.route import Direct, Proxied, RouteClosed
from wa_doctor.network.stores import SYSTEM, Store
from wa_doctor.network.target import target_of
from wa_doctor.network.tls import secure
from wa_doctor.platform.documents import Unreadable
from wa_doctor.redact import plain

if TYPE_CHECKING:
    from wa_doctor.network.deadline import Deadline
    from wa_doctor.network.exchange import Answer
    from wa_doctor.network.resolve import Resolution
    from wa_doctor.network.route import Route
    from wa_doctor.network.target import Target

_HEADERS = {
    "User-Agent": f"wa-doctor/{__version__}",
    "Accept": "application/json, application/rss+xml",
    "Accept-Encoding": "gzip",
    "Connection": "close",
}
_REDIRECTS = 3


class Fetcher:
    """Fetches documents; names are looked up once. Can be used from any thread."""

    def __init__(
        self,
        *,
        environ: Mapping[str, str],
        now: Callable[[], datetime],
        lookup: Lookup = getaddrinfo,
        store: Store = SYSTEM,
    ) -> None:
        self._environ = environ
        self._now = now
        self._lookup = lookup
        self._store = store
        self._names: dict[tuple[str, int], Resolution] = {}
        self._turn = threading.Lock()

    def get(self, base_url: str, path: str, deadline: Deadline) -> bytes:
        """
        Return the body of one document.

        Raises:
            Unreadable: nobody answered, or not with the document; the message says why.

        """
        target, url = _target(f"{base_url.rstrip('/')}/{path}")
        for _ in range(_REDIRECTS + 1):
            answer = self._ask(target, deadline)
            if not 300 <= answer.status < 400 or not answer.headers.get("location"):
                return _body(answer)
            before = target
            target, url = _target(answer.headers["location"], url)
            if before.secure and not target.secure:
                raise Unreadable(f"it redirects to {plain(target.host, 80)} over plain http")
        raise Unreadable("it redirects without end")

    def _ask(self, target: Target, deadline: Deadline) -> Answer:
        try:
            route = self._route(target, deadline)
            opened = route.open(deadline)
        except InvalidProxy as exc:
            raise Unreadable(plain(exc)) from None
        except RouteClosed as exc:
            raise Unreadable(_closed(exc, target.host)) from None
        stream = opened.stream
        try:
            if target.secure:
                handshake, stream = secure(opened, target.host, self._store)
                if handshake.failure:
                    raise Unreadable(f"TLS with {target.host} failed ({handshake.failure})")
            return ask(stream, route.question(target, _HEADERS), self._now)
        except NotHttp:
            raise Unreadable(f"what answers at {target.host} does not speak HTTP") from None
        except OSError as exc:
            raise Unreadable(f"{target.host} did not answer ({named(exc)})") from None
        finally:
            opened.stream.close()

    def _route(self, target: Target, deadline: Deadline) -> Route:
        proxy = choose(target, self._environ).proxy
        if proxy is not None:
            resolution = self._resolved(proxy.host, proxy.port, deadline)
            return Proxied(proxy, resolution, target, self._store, self._now)
        resolution = self._resolved(target.host, target.port, deadline)
        return Direct(resolution, resolution.addresses, target.port)

    def _resolved(self, host: str, port: int, deadline: Deadline) -> Resolution:
        with self._turn:
            if (host, port) not in self._names:
                self._names[host, port] = resolve(host, port, deadline, self._lookup)
            return self._names[host, port]


def _target(url: str, seen_from: str = "") -> tuple[Target, str]:
    try:
        whole = urljoin(seen_from, url)
        parts = urlsplit(whole)
        below = parts._replace(scheme="", netloc="", fragment="").geturl()
        return target_of(f"{parts.scheme}://{parts.netloc}", below), whole
    except ValueError:
        raise Unreadable(f"{plain(url, 120)!r} is no web address") from None


def _body(answer: Answer) -> bytes:
    if answer.status != 200:
        raise Unreadable(f"HTTP {answer.status}")
    if answer.cut:
        raise Unreadable(f"the answer is {answer.cut}" if answer.cut is Cut.SIZE else "the answer did not end in time")
    return answer.body


def _closed(closed: RouteClosed, host: str) -> str:
    if closed.refusal is not None:
        return f"the proxy refuses the way to {host} (HTTP {closed.refusal.status})"
    if closed.resolution is not None:
        return f"{closed.resolution.host} cannot be looked up ({closed.resolution.silence})"
    if closed.connections:
        return f"{host} accepts no connection ({', '.join(sorted({str(each.outcome) for each in closed.connections}))})"
    return f"{closed.stage} failed"
