"""What Meta's status page says, in shapes of our own. Text from outside is made plain where one is built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wa_doctor.redact import plain


class State(StrEnum):
    """How a service is, from best to worst; `UNKNOWN` is what nobody said, or said in a word that is not known."""

    OK = "ok"
    RESOLVED = "resolved"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    UNKNOWN = "unknown"

    @property
    def disrupted(self) -> bool:
        """Whether Meta says that something is wrong now."""
        return self in (State.LOW, State.MEDIUM, State.HIGH)


@dataclass(frozen=True, slots=True)
class Post:
    """What Meta wrote about an incident at one time."""

    status: str
    text: str
    time: datetime | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", plain(self.status, 80))
        object.__setattr__(self, "text", plain(self.text, 400))


@dataclass(frozen=True, slots=True)
class Incident:
    """
    Something Meta reports about a service. `word` is Meta's, empty where it used none, `posts` are newest first.

    `service` is empty where Meta does not say which.
    """

    service: str
    word: str
    state: State
    since: datetime | None
    posts: tuple[Post, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "service", plain(self.service, 80))
        object.__setattr__(self, "word", plain(self.word, 80))

    @property
    def over(self) -> bool:
        """Whether Meta calls it resolved."""
        return self.state in (State.RESOLVED, State.OK)

    @property
    def ended(self) -> datetime | None:
        """When Meta called it resolved; None while it did not, or did not say when."""
        return self.posts[0].time if self.over and self.posts else None


@dataclass(frozen=True, slots=True)
class Service:
    """One service, the word Meta uses for its state, and since when."""

    name: str
    word: str
    state: State
    since: datetime | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", plain(self.name, 80))
        object.__setattr__(self, "word", plain(self.word, 80))


@dataclass(frozen=True, slots=True)
class Figure:
    """
    Values Meta publishes under the name `metric`, oldest first, in `unit` (`%` or `ms`).

    They carry no dates. `problem` says why there are none.
    """

    kind: str
    metric: str
    label: str
    unit: str
    values: tuple[float, ...] = ()
    problem: str = ""

    @property
    def newest(self) -> float | None:
        """The value that holds now."""
        return self.values[-1] if self.values else None


@dataclass(frozen=True, slots=True)
class Organisation:
    """
    The services that one part of Meta reports together.

    `source` is `json`, `rss` (which tells incidents and no services) or empty: then `problem` says why nothing
    is known. `incidents` are those Meta lists as open, `past` those of its history. `gaps` are parts of the page
    that could not be read, each with the reason.
    """

    id: str
    name: str
    services: tuple[Service, ...] = ()
    incidents: tuple[Incident, ...] = ()
    past: tuple[Incident, ...] = ()
    figures: tuple[Figure, ...] = ()
    source: str = ""
    problem: str = ""
    gaps: tuple[str, ...] = ()

    @property
    def open(self) -> tuple[Incident, ...]:
        """What is wrong now: the incidents that are not over, and the services that say so without an incident."""
        going_on = tuple(each for each in self.incidents if not each.over)
        told = {each.service for each in going_on}
        silent = (each for each in self.services if each.state.disrupted and each.name not in told)
        return going_on + tuple(Incident(each.name, each.word, each.state, each.since) for each in silent)

    @property
    def not_understood(self) -> tuple[Service, ...]:
        """The services whose state is described in a word that is not known."""
        return tuple(each for each in self.services if each.state is State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Board:
    """What the status page said. `url` is the page for people, `caveats` are what its figures do not say."""

    url: str
    read_at: datetime
    organisations: tuple[Organisation, ...]
    caveats: tuple[str, ...] = ()

    @property
    def open(self) -> tuple[Incident, ...]:
        """Everything that is wrong now, the worst first."""
        found = [incident for each in self.organisations for incident in each.open]
        return tuple(sorted(found, key=lambda each: _WORST_FIRST.index(each.state)))


_WORST_FIRST = (State.HIGH, State.MEDIUM, State.LOW, State.UNKNOWN, State.RESOLVED, State.OK)
