"""All that a check may touch: settings, the Graph client, surveys of hosts, the clock. There are no globals."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wa_doctor.endpoint.examination import Endpoint
    from wa_doctor.graph.client import Graph
    from wa_doctor.network.survey import Survey
    from wa_doctor.platform.status_page import StatusPage
    from wa_doctor.settings import Settings


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of a run; calling it gives the seconds that are left, 0 or less when it is over."""

    seconds: float
    started: float = field(default_factory=monotonic)

    def __call__(self) -> float:
        """Return the seconds that are left."""
        return self.seconds - (monotonic() - self.started)


def utc_now() -> datetime:
    """Return the time of the local clock, in UTC."""
    return datetime.now(UTC)


@dataclass(eq=False, kw_only=True)
class Context:
    """
    One run's world.

    `sandbox` is the name of the scenario, empty for the real world. `recipients` are the values of `--to`,
    `marketing` says that marketing messages are meant. `samples` is the number of latency samples.
    `status_page` is Meta's, None where there is no network to read it over; `endpoint` is what a callback URL
    leads to, None where there is none or no network.
    """

    settings: Settings
    graph: Graph
    remaining: Callable[[], float]
    survey_host: Callable[[str, str], Survey]
    now: Callable[[], datetime] = utc_now
    sandbox: str = ""
    recipients: tuple[str, ...] = ()
    marketing: bool = False
    samples: int = 5
    status_page: StatusPage | None = None
    endpoint: Endpoint | None = None
    _surveys: dict[str, Survey] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    @property
    def survey(self) -> Survey:
        """What the network shows of the API host, found out once."""
        return self._survey(self.settings.base_url, f"/{self.settings.api_version}/me")

    def survey_of(self, host: str) -> Survey:
        """Return what the network shows of another host, over https."""
        return self._survey(f"https://{host}", "/")

    def _survey(self, base_url: str, path: str) -> Survey:
        with self._lock:
            if base_url not in self._surveys:
                self._surveys[base_url] = self.survey_host(base_url, path)
            return self._surveys[base_url]
