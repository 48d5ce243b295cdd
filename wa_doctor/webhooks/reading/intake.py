"""
Takes decoded webhooks in: every event to the state of its message, everything else to the ledger.

`take` is the loop that a log of a million webhooks spends its time in, so it does by hand what `fold` does in
steps. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from wa_doctor.webhooks import marks
from wa_doctor.webhooks.marks import CATEGORY_BITS, CONTEXT, LONGEST, STATUSES, absorb, pack_context, pack_slot

if TYPE_CHECKING:
    from wa_doctor.webhooks.reading.ledger import Ledger
    from wa_doctor.webhooks.reading.shapes import Error, Incoming, Webhook
    from wa_doctor.webhooks.store import MessageStore

MESSAGES = "messages"

_MOST_ERRORS = 3  # errors of one event that are kept
_AT_ONCE = 1 << 9  # messages of customers

_id_of = attrgetter("id")
_writing_of = attrgetter("sender", "timestamp")

Arrival = tuple[int, bool] | None


class Intake:
    """Adds what webhooks say to a store and a ledger; an event that makes no sense costs only itself."""

    def __init__(self, store: MessageStore, ledger: Ledger) -> None:
        self._states = store.states
        self.ledger = ledger
        self.file = ""
        self.line = 0
        self._written: list[Incoming] = []

    def take(self, webhooks: Sequence[Webhook], arrival: Arrival = None) -> None:  # noqa: C901 - a call costs a tenth
        """Take in webhooks about messages."""
        states = self._states
        get = states.get
        kinds, categories, displays = STATUSES, CATEGORY_BITS, self.ledger.displays
        changes = events = 0
        incoming: list[Incoming] = []
        for webhook in webhooks:
            for entry in webhook.entry:
                for change in entry.changes:
                    changes += 1
                    value = change.value
                    metadata = value.metadata
                    number = metadata.phone_number_id
                    if number not in displays:
                        self.ledger.note_number(number, metadata.display_phone_number, entry.id)
                    if value.messages is not None:
                        incoming += value.messages
                    if value.errors is not None:
                        self.elsewhere(value.errors)
                    statuses = value.statuses
                    if statuses is None:
                        continue
                    for status in statuses:
                        kind = kinds[status.status]
                        pricing = status.pricing
                        if pricing is not None:
                            kind |= categories[pricing.category]
                        time = status.timestamp
                        slots = pack_slot(kind, time)
                        errors = status.errors
                        if errors is not None:
                            slots += self.error_slots(errors)
                        events += 1
                        id = status.id
                        context = pack_context(status.recipient_id, number)
                        state = get(id)
                        if state is None:
                            states[id] = context + slots
                        elif state[:CONTEXT] == context and len(state) < LONGEST:
                            states[id] = state + slots
                        else:
                            states[id] = absorb(state, context, slots)
                        if arrival is not None:
                            self.arrived(id, slots, time, arrival)
        if incoming:
            self._written += incoming
            if len(self._written) >= _AT_ONCE:
                self.settle()
        ledger = self.ledger
        ledger.webhooks += len(webhooks)
        ledger.messages_changes += changes
        ledger.events += events

    def add(self, id: str, context: bytes, slots: bytes) -> None:
        """Add slots to the state of one message."""
        self._states[id] = absorb(self._states.get(id, b""), context, slots)
        self.ledger.events += 1

    def arrived(self, id: str, slots: bytes, time: int, arrival: tuple[int, bool]) -> None:
        """Note when an event came, where the log says it."""
        self.ledger.note_arrival(hash((id, slots)), time, arrival[0], zone_known=arrival[1])

    def error_slots(self, errors: Sequence[Error]) -> bytes:
        """Return the slots for the errors of an event, and note their words."""
        slots = b""
        for error in errors[:_MOST_ERRORS]:
            slots += marks.code_slots(error.code, error.error_subcode)
            self._note(error)
        return slots

    def _note(self, error: Error) -> None:
        # Before v16 the title was the long sentence, and the details stood beside it or not at all.
        details = error.error_data.details if error.error_data else error.details
        self.ledger.note_error(error.code, error.title or error.message, details)

    def elsewhere(self, errors: Iterable[Error]) -> None:
        """Count errors that stand outside of a status, and note their words."""
        for error in errors:
            self.ledger.elsewhere[error.code, error.error_subcode] += 1
            self._note(error)

    def settle(self) -> None:
        """Tell the ledger of the messages of customers that came since it was told last."""
        messages, self._written = self._written, []
        self.ledger.note_incoming(map(_id_of, messages))
        self.ledger.note_writers(map(_writing_of, (message for message in messages if message.system is None)))
        for message in messages:
            if message.system is not None:
                self.ledger.note_system(message.system.type, message.sender, message.timestamp)
            if message.errors is not None:
                self.elsewhere(message.errors)

    def cannot_read(self, reason: str) -> None:
        """Count the place that is being read as one that cannot be."""
        self.ledger.cannot_read(self.file, self.line, reason)
