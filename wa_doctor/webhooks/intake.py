"""
Takes decoded webhooks in: every event to the state of its message, everything else to the ledger.

`take` is the loop that a log of a million webhooks spends its time in, so it does by hand what `fold` does in
steps. A test holds the two together.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from wa_doctor.webhooks import marks
from wa_doctor.webhooks.marks import CATEGORY_BITS, CONTEXT, LONGEST, OTHER, STATUSES, absorb, pack_context, pack_slot
from wa_doctor.webhooks.moments import NEWEST, OLDEST, seconds

if TYPE_CHECKING:
    from wa_doctor.webhooks.ledger import Ledger
    from wa_doctor.webhooks.shapes import Error, Incoming, Metadata, Status, Webhook
    from wa_doctor.webhooks.store import MessageStore

MESSAGES = "messages"

_MOST_ERRORS = 3  # errors of one event that are kept
_KINDS = {word: kind for word, kind in STATUSES.items() if kind < OTHER}
_CODE_RANGE = range(-(1 << 31), 1 << 31)

Arrival = tuple[int, bool] | None


class Intake:
    """Adds what webhooks say to a store and a ledger; an event that makes no sense costs only itself."""

    def __init__(self, store: MessageStore, ledger: Ledger) -> None:
        self._states = store.states
        self.ledger = ledger
        self.file = ""
        self.line = 0
        self._numbers: dict[str, tuple[int, bytes]] = {}

    def take(self, webhooks: Sequence[Webhook], arrival: Arrival = None) -> bool:  # noqa: C901 - a call costs a tenth
        """Take webhooks in; return whether one of them has changes of other fields than `messages`."""
        states = self._states
        get = states.get
        kinds, categories, numbers = _KINDS, CATEGORY_BITS, self._numbers
        changes = events = 0
        strange = False
        for webhook in webhooks:
            for entry in webhook.entry:
                for change in entry.changes:
                    if change.field != MESSAGES:
                        strange = True
                        continue
                    changes += 1
                    value = change.value
                    if value.messages:
                        self._incoming(value.messages)
                    if value.errors:
                        self._elsewhere(value.errors)
                    if not value.statuses:
                        continue
                    metadata = value.metadata
                    number, number_slots = (
                        numbers.get(metadata.phone_number_id) or self._number(metadata) if metadata else (0, b"")
                    )
                    for status in value.statuses:
                        recipient = status.recipient_id
                        time = status.timestamp
                        pricing = status.pricing
                        try:
                            kind = kinds[status.status]
                            if pricing is not None:
                                kind |= categories[pricing.category]
                            slots = pack_slot(kind, time)
                            context = pack_context(recipient, number)
                        except (KeyError, struct.error):
                            self._odd(status, number, number_slots, arrival)
                            continue
                        id = status.id
                        if time < OLDEST or status.type or not recipient or not id:
                            self._odd(status, number, number_slots, arrival)
                            continue
                        if status.errors:
                            slots += self.error_slots(status.errors)
                        if number_slots:
                            slots = number_slots + slots
                        events += 1
                        state = get(id)
                        if state is None:
                            states[id] = context + slots
                        elif state[:CONTEXT] == context and len(state) < LONGEST:
                            states[id] = state + slots
                        else:
                            states[id] = absorb(state, context, slots)
                        if arrival is not None:
                            self._arrived(id, slots, time, arrival)
        ledger = self.ledger
        ledger.webhooks += len(webhooks)
        ledger.messages_changes += changes
        ledger.events += events
        return strange

    def _arrived(self, id: str, slots: bytes, time: int, arrival: tuple[int, bool]) -> None:
        self.ledger.note_arrival(hash((id, slots)), time, arrival[0], zone_known=arrival[1])

    def add(self, id: str, context: bytes, slots: bytes) -> None:
        """Add slots to the state of one message."""
        self._states[id] = absorb(self._states.get(id, b""), context, slots)
        self.ledger.events += 1

    def _number(self, metadata: Metadata) -> tuple[int, bytes]:
        id = metadata.phone_number_id
        context, slots = marks.context_of("", id)
        known = self._numbers[id] = int.from_bytes(context[8:], "little"), slots
        if metadata.display_phone_number:
            self.ledger.displays.setdefault(id, metadata.display_phone_number)
        return known

    def error_slots(self, errors: Iterable[Error]) -> bytes:
        """Return the slots for the errors of an event, and note their words."""
        slots = b""
        for error in list(errors)[:_MOST_ERRORS]:
            subcode = error.error_subcode
            if error.code not in _CODE_RANGE or (subcode is not None and subcode not in _CODE_RANGE):
                continue
            slots += marks.code_slots(error.code, subcode)
            self._note(error)
        return slots

    def _note(self, error: Error) -> None:
        details = error.error_data.details if error.error_data else error.details
        title = error.title or error.message
        # Before v16 the title was the long sentence, and nothing stood beside it.
        self.ledger.note_error(error.code, title, details)

    def _elsewhere(self, errors: Iterable[Error]) -> None:
        for error in errors:
            self.ledger.elsewhere[error.code, error.error_subcode] += 1
            self._note(error)

    def _incoming(self, messages: Iterable[Incoming]) -> None:
        ledger = self.ledger
        for message in messages:
            ledger.note_incoming(message.id)
            if message.errors:
                self._elsewhere(message.errors)
            time = message.timestamp
            if OLDEST < time < NEWEST and 0 < message.sender < NEWEST * NEWEST:
                ledger.note_writer(message.sender, time)

    def _odd(self, status: Status, number: int, number_slots: bytes, arrival: Arrival) -> None:
        """Take in a status in which something is rare: its word, its category, its recipient, or its time."""
        if status.type not in ("", "message"):
            self.ledger.payments += 1
            return
        time = seconds(status.timestamp)
        if time is None:
            self.cannot_read(f"a status whose time is {status.timestamp}")
            return
        if not status.id:
            self.cannot_read("a status without the id of a message")
            return
        recipient = str(status.recipient_id) if status.recipient_id else status.recipient_user_id
        context, slots = marks.context_of(recipient, "")
        context = context[:8] + pack_context(0, number)[8:]
        category = status.pricing.category if status.pricing else ""
        slots += number_slots + pack_slot(marks.kind_of(status.status, category), time)
        slots += self.error_slots(status.errors)
        self.add(status.id, context, slots)
        if arrival is not None:
            self._arrived(status.id, slots, time, arrival)

    def cannot_read(self, reason: str) -> None:
        """Count the place that is being read as one that cannot be."""
        self.ledger.cannot_read(self.file, self.line, reason)
