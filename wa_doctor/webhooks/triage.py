"""Carries a triage out: reads the sources, judges every message, and puts the document together."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wa_doctor import __version__
from wa_doctor.knowledge import facts, freshness
from wa_doctor.knowledge.webhooks import webhooks as webhook_fields
from wa_doctor.model import Fix, Severity
from wa_doctor.redact import plain
from wa_doctor.webhooks.counting import counts
from wa_doctor.webhooks.counting.survey import Surveyor
from wa_doctor.webhooks.document import Cause, Checklist, FieldCount, Input, Triage, Unreadable
from wa_doctor.webhooks.fold import judge
from wa_doctor.webhooks.marks import began
from wa_doctor.webhooks.message import Verdict
from wa_doctor.webhooks.reading import sources
from wa_doctor.webhooks.reading.intake import MESSAGES, Intake
from wa_doctor.webhooks.reading.ledger import Ledger
from wa_doctor.webhooks.store import BYTES_A_MESSAGE, MessageStore
from wa_doctor.webhooks.story import reasons
from wa_doctor.webhooks.story.account import account_events
from wa_doctor.webhooks.story.causes import causes
from wa_doctor.webhooks.story.health import health
from wa_doctor.webhooks.story.incidents import incidents
from wa_doctor.webhooks.story.naming import Naming, pseudonym
from wa_doctor.webhooks.story.silent import silent_recipients
from wa_doctor.webhooks.story.subjects import StoredSubjects

if TYPE_CHECKING:
    from wa_doctor.webhooks.counting.tallies import Acquaintance, Recipient
    from wa_doctor.webhooks.totals import MessageTotals

MEMORY = 1 << 30  # bytes of messages that are kept in memory

_AT_ONCE = 1 << 12  # messages that are counted at once

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Request:
    """
    What was asked for.

    `names` are files, directories or `-`. `message` is an id (or its pseudonym). `since` and `until` are seconds
    since 1970 UTC, 0 where not given: messages count that began in between. `memory` is in bytes. `limit` is the
    number of messages to show, None for what the format usually shows.
    """

    names: tuple[str, ...]
    message: str = ""
    undelivered: bool = False
    limit: int | None = None
    since: int = 0
    until: int = 0
    fail_on: Severity = Severity.ERROR
    personal_data: bool = False
    pseudonyms: bool = False
    list_unreadable: bool = False
    memory: int = MEMORY


@contextmanager
def triage(request: Request, progress: Progress = lambda _done, _size: None) -> Iterator[Triage]:
    """
    Read and judge; the document is there as long as the context, since its messages may be on disk.

    `progress` is told how many bytes of how many are read, the latter 0 where nobody knows.
    """
    started = datetime.now(UTC)
    clock = time.monotonic()
    ledger = Ledger(list_all=request.list_unreadable)
    with MessageStore(request.memory // BYTES_A_MESSAGE) as store:
        try:
            with _no_garbage():
                names = _read(request, store, ledger, progress)
                store.finish(began)
                surveyor = Surveyor(request.since, request.until)
                surveyor.count(store.blocks(_AT_ONCE))
                people = surveyor.acquaint(store.blocks(_AT_ONCE), ledger.writers(), ledger.moved)
            yield _document(request, names, store, ledger, surveyor, people, started, clock)
        finally:
            ledger.close()


@contextmanager
def _no_garbage() -> Iterator[None]:
    # Nothing that is made here by the million is part of a cycle, and looking for cycles among it takes a third longer.
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(request: Request, store: MessageStore, ledger: Ledger, progress: Progress) -> Sequence[str]:
    from wa_doctor.webhooks.reading.lines import read_source
    from wa_doctor.webhooks.reading.sifting import Sifter

    names = list(sources.expand(request.names))
    size = sources.size_of(names)
    sifter = Sifter(Intake(store, ledger))
    done = 0
    for name in names:
        read = 0

        def tell(position: int, done: int = done) -> None:
            nonlocal read
            read = position
            store.relieve()
            progress(done + position, size)

        read_source(name, sifter, tell)
        done += read
    progress(done, done)
    if not names:
        for name in request.names:
            ledger.problem(name, "there is no file in it")
    return names


def _document(
    request: Request,
    names: Sequence[str],
    store: MessageStore,
    ledger: Ledger,
    surveyor: Surveyor,
    people: Mapping[Recipient, Acquaintance],
    started: datetime,
    clock: float,
) -> Triage:
    tallies = surveyor.tallies
    as_of = max(tallies.last, ledger.last_arrival)
    naming = _naming(request, store)
    named = counts.Places(ledger)
    only = _asked_for(request.message, store)
    messages = counts.message_totals(tallies, ledger, as_of)
    errors = counts.error_totals(tallies, ledger, naming, named)
    regions = counts.regions(tallies)
    found = incidents(tallies, named.number)
    account = account_events(tallies, ledger, naming, request.since, request.until)
    how = health(tallies, ledger, messages)
    ranked = causes(messages, errors, regions, found, account, how)
    shown = only if request.message else None
    subjects = StoredSubjects(store, tallies, people, ledger, naming, as_of, surveyor.wanted, shown)
    return Triage(
        version=__version__,
        started=started,
        duration_ms=round((time.monotonic() - clock) * 1000),
        as_of=as_of or None,
        input=_input(request, ledger, tallies.first, tallies.last),
        messages=messages,
        first_step=_first_step(request, ranked, subjects),
        causes=ranked,
        errors=errors,
        regions=regions,
        numbers=counts.groups(tallies.numbers, named.number),
        templates=counts.groups(tallies.templates, lambda name: named.name("template", name)),
        categories=counts.groups(tallies.categories, lambda name: named.name("category", name)),
        hours=counts.hours(tallies),
        latency=counts.latency(tallies),
        incidents=found,
        silent=silent_recipients(people, naming),
        account=account,
        webhooks=how,
        checklist=_checklist(request, messages.undelivered, naming, only),
        subjects=subjects,
        limit=request.limit,
        message=naming.id(only) if only else request.message,
        masked=not request.personal_data,
        pseudonyms=request.pseudonyms,
        spilled=store.spilled,
        exit_code=_exit_code(request, ledger, messages, store, only),
        facts={kind: day.isoformat() for kind, day in freshness.newest_days().items()},
        overrides=facts.overrides(),
        notes=tuple(_notes(request, names, ledger, store, only)),
    )


def _naming(request: Request, store: MessageStore) -> Naming:
    key = min((id for id, _ in store.items()), default="") if request.pseudonyms else ""
    return Naming(masked=not request.personal_data, pseudonyms=request.pseudonyms, key=key)


def _asked_for(message: str, store: MessageStore) -> str:
    """Return the id that was asked for, also by its pseudonym; nothing where it is not in the log."""
    if not message or store.get(message) is not None:
        return message
    if message.startswith("m-"):
        return next((id for id, _ in store.items() if pseudonym(id) == message), "")
    return ""


def _input(request: Request, ledger: Ledger, first: int, last: int) -> Input:
    known = webhook_fields()
    fields = [(MESSAGES, ledger.messages_changes)] if ledger.messages_changes else []
    fields += ledger.fields.items()
    fields.sort(key=lambda each: (-each[1], each[0]))
    broken = [Unreadable(name, 0, reason) for name, reason in ledger.problems]
    return Input(
        sources=request.names,
        files=ledger.files,
        lines=ledger.lines,
        bytes=ledger.size,
        webhooks=ledger.webhooks,
        answers=ledger.answers,
        events=ledger.events,
        incoming=ledger.incoming,
        other=ledger.other + ledger.foreign,
        unreadable=ledger.unreadable,
        unreadable_list=(*broken, *ledger.unreadable_list),
        list_wanted=request.list_unreadable,
        fields=tuple(FieldCount(name, count, name in known) for name, count in fields),
        first=first or None,
        last=last or None,
    )


def _first_step(request: Request, ranked: Sequence[Cause], subjects: StoredSubjects) -> Fix | None:
    if request.message:
        return next((subject.fix for subject in subjects.worst(1)), None)
    return next((cause.fixes[0] for cause in ranked if cause.fixes), None)


def _checklist(request: Request, undelivered: int, naming: Naming, only: str) -> Checklist | None:
    if not request.undelivered:
        return None
    if only:
        return reasons.checklist(f"message {naming.id(only)}")
    return reasons.checklist(f"{undelivered:,} message{'' if undelivered == 1 else 's'} that stayed at `sent`")


def _exit_code(request: Request, ledger: Ledger, messages: MessageTotals, store: MessageStore, only: str) -> int:
    if request.message:
        state = store.get(only) if only else None
        if state is None:
            return 3
        verdict = judge(state).verdict
        bad = verdict is Verdict.FAILED
        poor = verdict in (Verdict.UNDELIVERED, Verdict.ACCEPTED)
    else:
        bad = messages.failed > 0 or ledger.refusals > 0
        poor = messages.undelivered + messages.accepted > messages.in_flight
    if bad or (poor and request.fail_on is Severity.WARNING):
        return 1
    # Webhooks of which not one event could be read are nothing that was read.
    known = ledger.events or ledger.incoming or ledger.answers or ledger.refusals or ledger.fields
    recognised = known or (ledger.webhooks and not ledger.unreadable)
    return 3 if not recognised or ledger.unread else 0


def _notes(request: Request, names: Sequence[str], ledger: Ledger, store: MessageStore, only: str) -> Iterator[str]:
    if request.message and not only:
        yield f"no message with the id {request.message} is in these logs"
    if names and not (ledger.webhooks or ledger.answers or ledger.refusals):
        yield "nothing of the WhatsApp Business Platform was recognised in what was read"
    if ledger.foreign:
        yield f"{ledger.foreign:,} webhooks of other products (Pages, Instagram) were left out"
    if ledger.left_out:
        counts = ", ".join(f"{count:,} of type {plain(kind, 40)}" for kind, count in sorted(ledger.left_out.items()))
        yield f"statuses left out because they say nothing about delivery: {counts}"
    strangers = [name for name in ledger.fields if name not in webhook_fields()]
    if strangers:
        yield f"unknown to this version and only counted: {', '.join(sorted(strangers)[:5])}"
    if len(store) and not request.pseudonyms:
        yield "a message id holds the recipient's number in base64; --pseudonyms takes it out before you pass this on"
    if store.spilled:
        yield "the messages did not fit into memory and went to a temporary file, which is gone now"
