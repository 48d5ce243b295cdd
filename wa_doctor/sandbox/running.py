"""A running sandbox: one scenario behind one port."""

from __future__ import annotations

import base64
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from wa_doctor.redact import plain
from wa_doctor.sandbox import faults
from wa_doctor.sandbox.access import Door
from wa_doctor.sandbox.endpoints import respond
from wa_doctor.sandbox.exchange import Answer, Refusal, Request, unknown_path
from wa_doctor.sandbox.keys import Keys
from wa_doctor.sandbox.scenario import Scenario, scenario
from wa_doctor.sandbox.world import Versions, number

if TYPE_CHECKING:
    from wa_doctor.sandbox.server import Server

_REVISION = "1034417726"
_POLL_SECONDS = 0.05


class PortInUse(OSError):
    """The address cannot be bound; the message says which and why."""


@dataclass(eq=False)
class RunningSandbox:
    """
    An emulated Graph API that is being served; a context manager that stops it.

    `base_url` is what a client uses in the place of `https://graph.facebook.com`. `credentials` has the keys
    `access_token`, `phone_number_id`, `waba_id`, `app_id`, `app_secret` and `api_version`, those of them that
    the scenario gives its user. They open nothing anywhere else.
    """

    scenario: Scenario = field(repr=False)
    base_url: str
    credentials: Mapping[str, str] = field(repr=False)
    _server: Server = field(repr=False)
    _thread: threading.Thread = field(repr=False)

    def stop(self) -> None:
        """Stop serving and free the port; doing it twice does no harm."""
        if self._thread.is_alive():
            self._server.stop()
            self._thread.join()

    def wait(self) -> None:
        """Return when the sandbox was stopped; Ctrl-C gets through on every system."""
        while self._thread.is_alive():
            self._thread.join(0.25)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(name: str, *, host: str = "127.0.0.1", port: int = 0, verbose: bool = False) -> RunningSandbox:
    """
    Serve a named scenario from threads of their own; port 0 takes a free one.

    Raises:
        UnknownScenario: there is none of that name.
        PortInUse: the address cannot be bound.

    """
    return serve(scenario(name), host=host, port=port, verbose=verbose)


def serve(chosen: Scenario, *, host: str = "127.0.0.1", port: int = 0, verbose: bool = False) -> RunningSandbox:
    """
    Serve a scenario that need not be one of the named; `compose` makes one.

    Raises:
        PortInUse: the address cannot be bound.

    """
    from wa_doctor.sandbox.server import Server

    keys = Keys(chosen.name, chosen.world)
    service = Service(Door(chosen.world, keys, datetime.now(UTC)))
    try:
        server = Server(host, port, service.answer, delay_seconds=chosen.world.faults.delay_seconds, verbose=verbose)
    except (OSError, OverflowError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or exc
        raise PortInUse(f"cannot serve at {plain(host, 80) or 'an empty address'} port {port}: {reason}") from exc
    thread = threading.Thread(
        target=server.serve_forever, args=(_POLL_SECONDS,), name=f"sandbox-{chosen.name}", daemon=True
    )
    thread.start()
    return RunningSandbox(chosen, server.base_url, keys.given(), server, thread)


@dataclass(frozen=True, slots=True)
class Service:
    """Puts the pieces together: what stands in the way, the version, the API, and Meta's headers."""

    door: Door

    def answer(self, request: Request) -> Answer:
        """Answer one request; nothing of it is remembered."""
        world = self.door.world
        if world.faults.portal:
            return faults.portal(request)
        trace = "A" + secrets.token_urlsafe(16)
        served, warning = _version(world.versions, request.version)
        try:
            if world.faults.down:
                raise faults.down()
            if not served:
                raise unknown_path("/".join((request.version, *request.segments)))
            answer = respond(self.door, request)
        except Refusal as refusal:
            answer = refusal.answer(trace)
        answer = faults.garbage(world, request, answer)
        headers = self._headers(trace, served or world.versions.default, answer) | warning
        return Answer(answer.status, answer.body, answer.content_type, headers | dict(answer.headers))

    def _headers(self, trace: str, version: str, answer: Answer) -> dict[str, str]:
        headers = {
            "vary": "Accept-Encoding",
            "access-control-allow-origin": "*",
            "facebook-api-version": version,
            "pragma": "no-cache",
            "cache-control": "no-store" if answer.status >= 400 else "private, no-cache, no-store, must-revalidate",
            "expires": "Sat, 01 Jan 2000 00:00:00 GMT",
            "x-fb-request-id": trace,
            "x-fb-trace-id": "C" + secrets.token_urlsafe(8)[:10],
            "x-fb-rev": _REVISION,
            "x-fb-debug": base64.b64encode(secrets.token_bytes(64)).decode(),
            "x-fb-connection-quality": "EXCELLENT; q=0.9, rtt=1, rtx=0, c=10, mss=1380, tbw=3402, tp=-1, tpl=-1, "
            "uplat=1, ullat=0",
            "x-wa-doctor-sandbox": self.door.keys.scenario,
        }
        if answer.status >= 400 and "x-business-use-case-usage" not in answer.headers:
            headers["x-app-usage"] = '{"call_count":0,"total_cputime":0,"total_time":0}'
        return headers


def _version(versions: Versions, asked: str) -> tuple[str, dict[str, str]]:
    if not asked:
        return versions.default, {}
    if number(asked) > number(versions.newest):
        return "", {}
    if number(asked) >= number(versions.oldest):
        return asked, {}
    told = f"The call has been auto-upgraded to {versions.oldest} as {asked} has been deprecated."
    return versions.oldest, {"x-ad-api-version-warning": told}
