"""One message as a triage shows it; the conventions of `document` hold: everything in it is safe to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from wa_doctor.model import Fix

MESSAGE_KEEPING = 30 * 86_400
"""Seconds that Meta keeps a message for a phone that is offline; a template may set a shorter time to live."""


class Verdict(StrEnum):
    """What became of one message; the order is from worst to best, the one messages are listed in."""

    FAILED = "failed"
    """Meta said `failed`, and no device of the recipient has it."""
    UNDELIVERED = "undelivered"
    """Only `sent`: on its way, waiting for the phone, or dropped for a reason Meta does not disclose."""
    ACCEPTED = "accepted"
    """Only the answer of the API; not one status webhook came."""
    DELIVERED = "delivered"
    """`delivered`, `read` or `played` came, also when `failed` did: one device has it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """
    One event of a message. `status` is Meta's word (`accepted`, `sent`, ...), `code` its error code.

    `time` is None where the log does not tell (an answer of the API in a log without times); these come first.
    `repeated` says how often the very same event came again. `note` is set where the event needs a word.
    """

    time: int | None
    status: str
    code: int | None = None
    subcode: int | None = None
    repeated: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a message may not have arrived; `likelihood` is `likely`, `possible` or `unlikely`, best first."""

    title: str
    likelihood: str
    why: str


@dataclass(frozen=True, slots=True)
class Subject:
    """
    One message.

    `why` explains the verdict in a sentence. `timeline` is in event order. `recipient` is masked unless the user
    asked to see it, `id` a pseudonym where the user asked for that. `number` is the business number as shown,
    `template` and `category` are empty where the log does not tell. `codes` are `(code, subcode)` of its errors,
    `titles` what these are called, in the same order and number.
    `read` and `conflicting` as in `MessageTotals`. `waiting` are the seconds between `sent` (or the answer of
    the API) and the end of the log, for what did not arrive; `latency` those from `sent` to `delivered`.
    `reasons` are ranked, only for what stayed at `sent`. `fix` is the first thing to do, None where there is none.
    """

    id: str
    verdict: Verdict
    why: str
    timeline: tuple[Moment, ...]
    recipient: str = ""
    region: str = ""
    number: str = ""
    template: str = ""
    category: str = ""
    codes: tuple[tuple[int, int | None], ...] = ()
    titles: tuple[str, ...] = ()
    fix: Fix | None = None
    reasons: tuple[Reason, ...] = ()
    read: bool = False
    conflicting: bool = False
    in_flight: bool = False
    waiting: int | None = None
    latency: int | None = None
    repeats: int = 0

    @property
    def first(self) -> int | None:
        """Time of its first event that has one."""
        return next((moment.time for moment in self.timeline if moment.time is not None), None)

    @property
    def last(self) -> int | None:
        """Time of its last event."""
        return self.timeline[-1].time


class Subjects(Protocol):
    """
    The messages, made one by one when asked for: there may be millions, so never hold them all.

    Each iterator can be taken as often as needed.
    """

    def __len__(self) -> int:
        """Return how many there are in all, whatever the limit (only the asked-for one with `--message`)."""
        ...

    def worst(self, limit: int | None) -> Iterator[Subject]:
        """Yield at most `limit` (None: all) from worst to best verdict, the newest of a verdict first."""
        ...

    def in_time(self) -> Iterator[Subject]:
        """Yield all of them by the time of their first event."""
        ...
