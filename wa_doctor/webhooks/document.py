"""
What a triage of webhook logs amounts to: the value that every format of `wa-doctor triage` is written from.

Everything here is decided and made safe already: texts from the logs went through `redact.plain`, phone numbers
are masked (or shown, or replaced by a pseudonym) as the user asked, lists are sorted in the order to show them
in. `totals` and `message` hold the parts. A renderer formats; it never counts, masks, sorts or judges.

Times are whole seconds since 1970-01-01 UTC as Meta sent them, durations are seconds; `None` means unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wa_doctor.model import Finding, Fix, Severity
    from wa_doctor.webhooks.message import Subject, Subjects
    from wa_doctor.webhooks.totals import (
        ErrorTotal,
        GroupTotal,
        Hour,
        Incident,
        Latency,
        MessageTotals,
        SilentRecipient,
    )


UNREADABLE_KEPT = 10
"""How many places that could not be read a document names, unless `--list-unreadable` asks for all."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One piece of the input that could not be used: a file (`line` 0) or a line of it, and the reason."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class FieldCount:
    """How many webhooks came for one `field` (`messages`, `account_update`...); `known` to this build or not."""

    name: str
    count: int
    known: bool


@dataclass(frozen=True, slots=True)
class Input:
    """
    What was read.

    `files` counts the files that were opened, `lines` the lines (a document over many lines counts each),
    `bytes` the size after decompression. `webhooks` counts payloads that are webhooks of the platform,
    `answers` answers of the API to a send that stood in the log, `events` the statuses inside them,
    `incoming` the messages of customers. `unreadable` counts lines and events that cost themselves and nothing
    else, `other` the lines that were whole but hold no webhook (an ordinary log has many).
    `sources` are the names as given; `first` and `last` the earliest and latest event time.
    `fields` is sorted by count. `unreadable_list` holds the first of them, in reading order, at most
    `UNREADABLE_KEPT`, all of them with `--list-unreadable`; `list_wanted` says that the user asked for it.
    """

    sources: tuple[str, ...]
    files: int
    lines: int
    bytes: int
    webhooks: int
    answers: int
    events: int
    incoming: int
    other: int
    unreadable: int
    unreadable_list: tuple[Unreadable, ...]
    list_wanted: bool
    fields: tuple[FieldCount, ...]
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """
    Something that happened to the account, a number or a template while the messages went out; sorted by time.

    `field` and `event` are Meta's words, `about` the number, template or account, `meaning` a sentence of ours.
    `severity` says whether it explains trouble. `failures_after` counts messages that failed in the 24 hours
    after it for the thing it is about (all messages where it is about the account), `failures_before` in the 24
    hours before; both 0 where there is nothing to compare.
    """

    time: int | None
    field: str
    event: str
    about: str
    severity: Severity
    meaning: str
    fix: Fix | None
    failures_before: int = 0
    failures_after: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without a single event in a log that otherwise has them steadily."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class WebhookHealth:
    """
    What the log says about the way the webhooks came.

    `timed` counts webhooks of which the log says when they arrived; the delays are from the event to that.
    `late` arrived more than 60 seconds after the event, `longest_delay` and `median_delay` are seconds.
    `duplicates` are events that came again, of which `retries` came again 5 seconds or more after the first
    (only known where arrivals are). `unannounced` counts messages with a `delivered` or `read` whose beginning
    is not in the log. `out_of_order` counts messages whose events stood in the log in another order than they happened.
    `findings` say in words what of this is worth a look, worst first; empty where nothing is.
    """

    timed: int
    late: int
    median_delay: int | None
    longest_delay: int | None
    duplicates: int
    retries: int | None
    unannounced: int
    out_of_order: int
    gaps: tuple[Gap, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """
    One explanation of what went wrong, ranked: what explains most comes first.

    `count` messages, which is `share` (0 to 1) of those that did not arrive. `code` where it is an error code.
    `title` is a few words, `why` a sentence or two, `fixes` what to do in order (never empty for an error).
    """

    rank: int
    severity: Severity
    title: str
    why: str
    count: int
    share: float
    code: int | None
    fixes: tuple[Fix, ...]


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One thing to go through; `ask` true: with the customer, over another channel than WhatsApp."""

    ask: bool
    text: str
    details: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """What to go through where a message stays at `sent`; shown where it is given. `about`: whom it is for."""

    about: str
    intro: str
    items: tuple[CheckItem, ...]


@dataclass(frozen=True, slots=True)
class Triage:
    """
    One run, complete.

    `as_of` is the end of the log (the last event or arrival in it): waiting times are counted up to it and not
    to the clock, so that the same log always gives the same answer. `limit` is what `--limit` said, None where
    it was not given (see `rows`). `message` is the id asked for with `--message`, else empty.
    `first_step` is what to do first, None where there is nothing to do. `subjects` are made when asked for.
    `masked`: phone numbers are masked; `pseudonyms`: ids are replaced. `notes` are sentences to show at the end.
    `checklist` is there with `--undelivered` only. `spilled` says that the messages went to disk.
    """

    version: str
    started: datetime
    duration_ms: int
    as_of: int | None
    input: Input
    messages: MessageTotals
    first_step: Fix | None
    causes: tuple[Cause, ...]
    errors: tuple[ErrorTotal, ...]
    regions: tuple[GroupTotal, ...]
    numbers: tuple[GroupTotal, ...]
    templates: tuple[GroupTotal, ...]
    categories: tuple[GroupTotal, ...]
    hours: tuple[Hour, ...]
    latency: Latency | None
    incidents: tuple[Incident, ...]
    silent: tuple[SilentRecipient, ...]
    account: tuple[AccountEvent, ...]
    webhooks: WebhookHealth
    checklist: Checklist | None
    subjects: Subjects
    limit: int | None
    message: str
    masked: bool
    pseudonyms: bool
    spilled: bool
    exit_code: int
    facts: Mapping[str, str]
    overrides: tuple[str, ...]
    notes: tuple[str, ...]


_ROWS = {"text": 10, "markdown": 10, "json": 100, "html": 2000}


def rows(triage: Triage, format: str) -> Iterator[Subject]:
    """
    Yield the messages a format shows, in its order.

    `ndjson` and `csv` get all of them by time. The others get the worst first: as many as `--limit` says, or 10
    in text and Markdown, 100 in JSON, 2000 in HTML. With `--message` there is only that one.
    """
    if format not in _ROWS:
        return triage.subjects.in_time()
    return triage.subjects.worst(_ROWS[format] if triage.limit is None else triage.limit)
