"""Makes the messages of the document one by one, when a format asks for them."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wa_doctor.webhooks.counting import places
from wa_doctor.webhooks.counting.counts import Places, in_flight
from wa_doctor.webhooks.counting.survey import recipient_key
from wa_doctor.webhooks.counting.tallies import (
    BLOCK,
    DELIVERED,
    NEWEST_KEPT,
    VERDICTS,
    Acquaintance,
    Recipient,
    Tallies,
)
from wa_doctor.webhooks.fold import Judgement, judge
from wa_doctor.webhooks.marks import began
from wa_doctor.webhooks.message import MESSAGE_KEEPING, Moment, Reason, Subject, Verdict
from wa_doctor.webhooks.story import catalogue, reasons
from wa_doctor.webhooks.story.spans import spoken

if TYPE_CHECKING:
    from wa_doctor.webhooks.reading.ledger import Ledger
    from wa_doctor.webhooks.store import MessageStore
    from wa_doctor.webhooks.story.naming import Naming

_STOPPED = 131050  # the customer wants no marketing messages of this business


class StoredSubjects:
    """The messages of a store. `only` is the id of the one that was asked for, empty where that is not there."""

    def __init__(
        self,
        store: MessageStore,
        tallies: Tallies,
        people: Mapping[Recipient, Acquaintance],
        ledger: Ledger,
        naming: Naming,
        as_of: int,
        wanted: Callable[[int], bool],
        only: str | None = None,
    ) -> None:
        self._store = store
        self._tallies = tallies
        self._people = people
        self._named = Places(ledger)
        self._titles = ledger.titles
        self._preferences = ledger.preferences
        self._naming = naming
        self._as_of = as_of
        self._wanted = wanted
        self._only = only

    def __len__(self) -> int:
        return sum(self._tallies.totals) if self._only is None else int(bool(self._only))

    def worst(self, limit: int | None) -> Iterator[Subject]:
        """Yield at most `limit` (None: all) from worst to best verdict, the newest of a verdict first."""
        if self._only is not None:
            yield from self._one(self._only)
            return
        left = sum(self._tallies.totals) if limit is None else limit
        for verdict, count in enumerate(self._tallies.totals):
            wanted = min(left, count)
            for id, state in self._newest(verdict, wanted):
                yield self.subject(id, judge(state))
            left -= wanted

    def in_time(self) -> Iterator[Subject]:
        """Yield all of them by the time of their first event."""
        if self._only is not None:
            yield from self._one(self._only)
            return
        for id, state in self._store.in_time(began):
            judgement = judge(state)
            if self._wanted(judgement.began):
                yield self.subject(id, judgement)

    def _one(self, id: str) -> Iterator[Subject]:
        state = self._store.get(id)
        if state is not None:
            yield self.subject(id, judge(state))

    def _newest(self, verdict: int, count: int) -> Iterator[tuple[str, bytes]]:
        if not count:
            return
        if verdict != DELIVERED and count <= NEWEST_KEPT:
            newest = heapq.nsmallest(count, self._tallies.newest[verdict], key=lambda each: (-each[0], each[1]))
        else:
            newest = heapq.nsmallest(count, self._all_of(verdict), key=lambda each: (-each[0], each[1]))
        for _, id in newest:
            state = self._store.get(id)
            if state is not None:
                yield id, state

    def _all_of(self, verdict: int) -> Iterator[tuple[int, str]]:
        for id, state in self._store.items():
            judgement = judge(state)
            if judgement.verdict is VERDICTS[verdict] and self._wanted(judgement.began):
                yield judgement.began, id

    def subject(self, id: str, judgement: Judgement) -> Subject:
        """Return one message as it is shown."""
        sent = judgement.time_of("sent") or judgement.time_of("accepted") or 0
        waits = judgement.verdict in (Verdict.UNDELIVERED, Verdict.ACCEPTED)
        waiting = max(0, self._as_of - sent) if waits and sent else None
        flying = waits and bool(sent) and in_flight(sent, self._as_of)
        arrived = judgement.arrived
        recipient = judgement.recipient
        number: int | str = int(judgement.number) if judgement.number.isdigit() else judgement.number
        known = [catalogue.known(*code) for code in judgement.codes]
        titles = tuple(
            fact.title or self._naming.text(self._titles.get(code, "")) or f"error {code}"
            for fact, (code, _) in zip(known, judgement.codes, strict=True)
        )
        ranked = self._reasons(judgement, sent, waiting, flying=flying)
        fixes = [fact.fixes[0] for fact in known if fact.fixes]
        fix = fixes[0] if judgement.verdict is Verdict.FAILED and fixes else None
        if waits and not flying:
            undelivered = judgement.verdict is Verdict.UNDELIVERED
            held = _held(judgement)
            fix = reasons.first_fix(recipient, ranked) if undelivered else reasons.fix_of_accepted(held=held)
        why = _Why(judgement, titles, waiting, sent, arrived, self._stopped(judgement), ranked[:1], flying=flying)
        return Subject(
            id=self._naming.id(id),
            verdict=judgement.verdict,
            why=why.sentence(known[0].cause if known else ""),
            timeline=tuple(_moments(judgement)),
            recipient=self._naming.recipient(recipient),
            region=_region(recipient).code,
            number=self._named.number(number) if number else "",
            template=self._named.name("template", judgement.template),
            category=judgement.category,
            codes=judgement.codes,
            titles=titles,
            fix=fix,
            reasons=ranked,
            read=judgement.read,
            conflicting=judgement.conflicting,
            in_flight=flying,
            waiting=waiting,
            latency=max(0, arrived - sent) if arrived and judgement.time_of("sent") else None,
            repeats=judgement.repeats,
        )

    def _reasons(self, judgement: Judgement, sent: int, waiting: int | None, *, flying: bool) -> tuple[Reason, ...]:
        if judgement.verdict is not Verdict.UNDELIVERED:
            return ()
        known = self._people.get(recipient_key(judgement.recipient))
        return reasons.reasons(judgement.recipient, sent, waiting or 0, known, judgement.category, in_flight=flying)

    def _stopped(self, judgement: Judgement) -> int | None:
        """Return when the customer said stop to marketing, where that explains the failure."""
        if _STOPPED not in (code for code, _ in judgement.codes):
            return None
        time, stopped = self._preferences.get(judgement.recipient, (0, False))
        return time if stopped else None


def _moments(judgement: Judgement) -> Iterator[Moment]:
    for each in judgement.timeline:
        code, subcode = each.codes[0] if each.codes else (None, None)
        note = "on another of the recipient's devices" if each.status == "failed" and judgement.conflicting else ""
        yield Moment(each.time or None, each.status, code, subcode, each.repeated, note)


def _region(recipient: str) -> places.Region:
    if recipient.isascii() and recipient.isdigit():
        return places.of_block(int(recipient) // BLOCK)
    return places.of_user(recipient[:2]) if recipient[2:3] == "." else places.of_user("")


class _Why:
    """Explains a verdict in one sentence."""

    def __init__(
        self,
        judgement: Judgement,
        titles: tuple[str, ...],
        waiting: int | None,
        sent: int,
        arrived: int | None,
        stopped: int | None,
        likeliest: tuple[Reason, ...],
        *,
        flying: bool,
    ) -> None:
        self._judgement = judgement
        self._titles = titles
        self._waiting = waiting
        self._sent = sent
        self._arrived = arrived
        self._stopped = stopped
        self._likely = next((each for each in likeliest if each.likelihood == reasons.LIKELY), None)
        self._flying = flying

    def sentence(self, cause: str) -> str:
        """Return the sentence; `cause` is what the catalogue says about the first code."""
        verdict = self._judgement.verdict
        if verdict is Verdict.DELIVERED:
            return self._delivered()
        if verdict is Verdict.FAILED:
            return self._failed(cause)
        return self._undelivered() if verdict is Verdict.UNDELIVERED else self._accepted()

    def _delivered(self) -> str:
        word = "read" if self._judgement.read else ""
        if self._judgement.conflicting:
            codes = ", ".join(str(code) for code, _ in self._judgement.codes)
            behind = f" with {codes}" if codes else ""
            arrived = f"one of the recipient's devices has it, although another failed{behind}"
        elif self._arrived and self._sent:
            arrived = f"arrived {spoken(self._arrived - self._sent)} after it was sent"
        else:
            arrived = "" if word else "a device of the recipient has it"
        return "; ".join(filter(None, (word, arrived)))

    def _failed(self, cause: str) -> str:
        if not self._judgement.codes:
            return "failed, and the webhook gave no code"
        first = f"{self._judgement.codes[0][0]} {self._titles[0]}"
        if self._stopped:
            when = f"{datetime.fromtimestamp(self._stopped, UTC):%Y-%m-%d %H:%M} UTC"
            return f"{first}: the customer switched them off on {when}"
        # The first sentence says what it is; the others stand with the totals.
        return f"{first}: {cause.partition('. ')[0].rstrip('.')}" if cause else first

    def _undelivered(self) -> str:
        if self._waiting is None:
            return "sent and not delivered"
        if self._flying:
            return f"sent {spoken(self._waiting)} before the log ends: it may still be on its way"
        waited = f"sent and not delivered for {spoken(self._waiting)}"
        if self._likely:
            return f"{waited}; likely {self._likely.title}: {self._likely.why}"
        left = MESSAGE_KEEPING - self._waiting
        if left > 0:
            return f"{waited}; Meta keeps it {spoken(left)} longer at most"
        return f"{waited}; Meta has dropped it after 30 days"

    def _accepted(self) -> str:
        if _held(self._judgement):
            return "the API took it and holds it back to see how people take the template"
        if any(each.status == "accepted" for each in self._judgement.timeline):
            return "the API took it, and no status webhook ever came"
        return "only an event that tells nothing about its delivery"


def _held(judgement: Judgement) -> bool:
    return any(each.status in ("held_for_quality_assessment", "paused") for each in judgement.timeline)
