"""What is known of Meta's status page: where its data lies, what its words mean, what its figures leave out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wa_doctor.knowledge import facts

STATES = ("ok", "resolved", "low", "medium", "high")
KINDS = ("availability", "latency_p90", "latency_p99")


@dataclass(frozen=True, slots=True)
class OrganisationFact:
    """A part of Meta that reports its services together; `feed` is the file of its RSS feed."""

    id: str
    name: str
    feed: str


@dataclass(frozen=True, slots=True)
class WordFact:
    """A word Meta uses for the state of a service, and what it amounts to."""

    word: str
    state: str

    def __post_init__(self) -> None:
        if self.state not in STATES:
            raise ValueError(f"state must be one of {', '.join(STATES)}, not {self.state!r}")


@dataclass(frozen=True, slots=True)
class FigureFact:
    """A figure Meta publishes: the file it lies in, what it is, and its unit (`%` or `ms`)."""

    organisation: str
    metric: str
    kind: str
    label: str
    unit: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.unit not in ("%", "ms"):
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, and unit % or ms")


@dataclass(frozen=True, slots=True)
class CaveatFact:
    """Something the figures leave out or cannot promise, as a sentence."""

    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatusPageFact:
    """Everything that is known of the page."""

    base: str
    organisation: tuple[OrganisationFact, ...]
    word: tuple[WordFact, ...]
    figure: tuple[FigureFact, ...]
    caveat: tuple[CaveatFact, ...]
    checked: date
    sources: tuple[str, ...]

    def state(self, word: str) -> str:
        """Return what a word of Meta's amounts to; `unknown` for one that is not known, the empty one included."""
        asked = " ".join(word.split()).casefold()
        return next((each.state for each in self.word if each.word.casefold() == asked), "unknown")


@facts.remembered
def page() -> StatusPageFact:
    """Return what is known of the page."""
    path = facts.find("status_page/page.toml")
    if path is None:
        raise facts.InvalidFact("status_page/page.toml is missing")
    return facts.build(StatusPageFact, facts.read(path), path.name)


def status_page() -> tuple[StatusPageFact, ...]:
    """Return every record of this kind, for whoever validates the facts."""
    return (page(),)
