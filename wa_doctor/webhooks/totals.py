"""What a triage counts over all messages; the conventions of `document` hold: everything is sorted and safe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wa_doctor.model import Fix


@dataclass(frozen=True, slots=True)
class MessageTotals:
    """
    Outgoing messages by verdict; `delivered + failed + undelivered + accepted == total`.

    `read` (also `played`) and `conflicting` (also `failed`, the multi-device case) are parts of `delivered`.
    `in_flight` is the part of `undelivered` and `accepted` that is younger than an hour where the log ends, so
    nothing is wrong with it yet. `incoming` messages of customers are not in `total`.
    """

    total: int
    delivered: int
    read: int
    failed: int
    undelivered: int
    accepted: int
    conflicting: int
    in_flight: int
    incoming: int


@dataclass(frozen=True, slots=True)
class Concentration:
    """
    Where something piles up: `count` of the cases, which is `share` (0 to 1) of them, concern `name`.

    `kind` is `number` (a business number), `template`, `region`, `category` or `recipient`; `usual` is the share
    that `name` has of all messages, so that a large share of one that sends most of the traffic is no news.
    """

    kind: str
    name: str
    count: int
    share: float
    usual: float


@dataclass(frozen=True, slots=True)
class ErrorTotal:
    """
    One error code (with its subcode where there is one) over all messages; the list is sorted by `count`.

    `count` counts messages that failed with it, `conflicting` those that were delivered all the same,
    `elsewhere` how often it stood outside of a status (on the webhook itself, on an incoming message, in a call).
    `title` is the catalogue's, or the log's own where the code is unknown (`known` false). `details` are the
    texts of `error_data.details` seen with it, at most three. `cause`, `fixes`, `retry` (a sentence), `who` and
    `docs_url` come from the catalogue and are empty where it knows nothing. `fix` is the first of `fixes`.
    `share` is the part of all failed messages. `first` and `last` are times of failure.
    """

    code: int
    subcode: int | None
    title: str
    known: bool
    count: int
    conflicting: int
    elsewhere: int
    share: float
    first: int | None
    last: int | None
    cause: str
    fix: Fix | None
    fixes: tuple[Fix, ...]
    retry: str
    who: tuple[str, ...]
    docs_url: str
    details: tuple[str, ...]
    concentrations: tuple[Concentration, ...]


@dataclass(frozen=True, slots=True)
class GroupTotal:
    """
    Messages of one region, business number, template or category by verdict; sorted by failed, then by total.

    `name` is what to show, `code` the identifier (`IR`, a phone number id; the same as `name` where there is
    nothing else). `note` is a sentence where the group itself explains trouble (a region that is not served).
    """

    code: str
    name: str
    total: int
    delivered: int
    failed: int
    undelivered: int
    accepted: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hour:
    """
    One hour (UTC) that begins at `start`; hours without anything are left out, the list is sorted by time.

    `total` and the verdicts count messages by the hour of their first event; `failures` and `codes` (code to
    count, conflicting ones left out) count failures by the hour in which they happened.
    """

    start: int
    total: int
    delivered: int
    failed: int
    undelivered: int
    accepted: int
    failures: int
    codes: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class LatencyBucket:
    """Messages that took longer than the bucket before and at most `upto` seconds (`None`: no upper end)."""

    upto: int | None
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Latency:
    """From `sent` to the first `delivered` (or `read`), in seconds, of the `count` messages that have both."""

    count: int
    median: int
    p90: int
    p99: int
    longest: int
    buckets: tuple[LatencyBucket, ...]


class IncidentKind(StrEnum):
    """What a pile of failures in a short time was."""

    RATE_LIMIT = "rate-limit"
    """Too much at once: the sender's own doing."""
    PLATFORM = "platform"
    """Code 2, 131000 or 131016 for minutes that ended by itself: Meta's."""
    TEMPLATE = "template"
    """A template that worked and began to fail."""
    NUMBER = "number"
    """A business number that worked and began to fail."""
    BURST = "burst"
    """Any other code that piled up in a short time."""


@dataclass(frozen=True, slots=True)
class Incident:
    """
    Failures that belong together in time; sorted by `start`.

    `end` is the last failure, `ended` whether messages went out again after it. `subject` names the template or
    number, where it is about one. `message` says what happened in one sentence, without the times.
    """

    kind: IncidentKind
    code: int | None
    title: str
    start: int
    end: int
    ended: bool
    count: int
    subject: str
    message: str
    fix: Fix | None


@dataclass(frozen=True, slots=True)
class SilentRecipient:
    """A recipient who got several messages and received none; sorted by `messages`, at most 100 of them."""

    recipient: str
    region: str
    messages: int
    failed: int
    undelivered: int
    first: int
    last: int
    codes: tuple[int, ...]
    why: str
    fix: Fix | None
