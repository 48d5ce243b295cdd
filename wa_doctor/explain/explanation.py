"""What an explanation is made of: matches, ranked causes, and what could not be read. Plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wa_doctor.knowledge.errors import Retry
    from wa_doctor.knowledge.facts import Step

KINDS = ("error", "health", "symptom", "http", "header", "check")
UNKNOWN = "unknown"  # the status of a code that is not in the catalogue


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    Where something was seen, and in which words, made plain and masked.

    `where` is a path in a structure, `text`, `header` or `argument`. `user_title` and `user_message` are Meta's texts
    for end users, in the language of the request: shown, never interpreted.
    """

    where: str = "argument"
    text: str = ""
    fbtrace_id: str = ""
    details: str = ""
    http_status: int | None = None
    user_title: str = ""
    user_message: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """
    One thing that was recognised and what is known of it.

    `kind` is one of `KINDS`; `id` names the symptom or check. `status` and `confidence` are those of the fact, and
    `checked` is the day (of the version) of its newest source. `count` says how often it was seen.
    """

    kind: str
    title: str
    cause: str
    fix: tuple[Step, ...]
    id: str = ""
    code: int | None = None
    subcode: int | None = None
    category: str = ""
    retry: Retry | None = None
    who: tuple[str, ...] = ()
    docs_url: str = ""
    status: str = "current"
    confidence: str = "high"
    checked: date | None = None
    sources: tuple[str, ...] = ()
    evidence: Evidence = field(default_factory=Evidence)
    count: int = 1

    @property
    def known(self) -> bool:
        """Whether there is more to say than the number: it is in the catalogue, or brought its own advice."""
        return self.status != UNKNOWN or bool(self.fix)


@dataclass(frozen=True, slots=True)
class RankedCause:
    """
    A cause with its place among the others.

    `score` (0 to 1) is how much speaks for it, and no probability; `why` are sentences that name the evidence, the
    strongest first. `confirm` is a command that makes sure, or empty.
    """

    rank: int
    id: str
    title: str
    family: str
    explanation: str
    why: tuple[str, ...]
    fix: tuple[Step, ...]
    confirm: str
    who: tuple[str, ...]
    score: float
    docs_url: str = ""
    checked: date | None = None
    sources: tuple[str, ...] = ()

    @property
    def confidence(self) -> str:
        """Say in a word how much speaks for it."""
        return "high" if self.score >= 0.75 else "medium" if self.score >= 0.5 else "low"


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    Everything there is to say about one input.

    `bare` means that codes or check ids were given and no text, so there is nothing to reason over. `unmatched` are
    parts that looked like something and are not known, each with a hint. `overrides` names a user's fact files.
    """

    matches: tuple[Match, ...] = ()
    causes: tuple[RankedCause, ...] = ()
    unmatched: tuple[str, ...] = ()
    bare: bool = False
    overrides: tuple[str, ...] = ()

    @property
    def recognised(self) -> bool:
        """Whether anything useful was found."""
        return bool(self.causes) or any(match.known for match in self.matches)

    @property
    def exit_code(self) -> int:
        """0 when something was recognised, else 1."""
        return 0 if self.recognised else 1
