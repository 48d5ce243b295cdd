"""Takes apart what has no standard shape, piece by piece, so that one odd piece costs only itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from wa_doctor.webhooks import marks
from wa_doctor.webhooks.reading import account, moments, shapes
from wa_doctor.webhooks.reading.intake import MESSAGES, Arrival, Intake

if TYPE_CHECKING:
    from wa_doctor.webhooks.reading.payloads import Payload

_CODE_DIGITS = 10


def take(table: Mapping[str, Any], intake: Intake, arrival: Arrival) -> None:
    """Take in a webhook about anything else than usual messages, or one that is not quite one."""
    intake.ledger.webhooks += 1
    for entry, change in _changes(table):
        field, value = change.get("field", MESSAGES), change.get("value")
        if field == MESSAGES:
            intake.ledger.messages_changes += 1
            _take_messages(value, _text(entry.get("id")), intake, arrival)
        elif isinstance(field, str):
            intake.ledger.fields[field[:80]] += 1
            if isinstance(value, Mapping):
                account.take(field, value, entry, intake.ledger, arrival[0] if arrival else 0)


def take_answer(payload: Payload, intake: Intake) -> None:
    """Take in the answer of the API to a send: the message was accepted."""
    table, arrival = payload.table, payload.arrival
    intake.ledger.answers += 1
    contacts = [each for each in _items(table.get("contacts")) if isinstance(each, Mapping)]
    recipient = contacts[0].get("wa_id") if contacts else ""
    for message in _items(table.get("messages")):
        status = message.get("message_status", "accepted")
        context, slots = marks.context_of(recipient if isinstance(recipient, str) else "", "")
        if payload.template:
            slots += marks.text_slots(marks.TEMPLATE, payload.template)
        kind = marks.kind_of(status if isinstance(status, str) and status in marks.STATUSES else "accepted")
        intake.add(message["id"], context, slots + marks.pack_slot(kind & 15, arrival[0] if arrival else 0))


def take_refusal(error: Mapping[str, Any], intake: Intake) -> None:
    """Take in an error of the API."""
    intake.ledger.refusals += 1
    _note_error(error, intake)


def _note_error(error: Mapping[str, Any], intake: Intake) -> None:
    code = _code(error.get("code"))
    if code is None:
        return
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, Mapping) else data
    intake.ledger.elsewhere[code, _code(error.get("error_subcode"))] += 1
    message = error.get("message")
    title = message.removeprefix(f"(#{code}) ") if isinstance(message, str) else _text(error.get("title"))
    intake.ledger.note_error(code, title, details if isinstance(details, str) else "")


def _changes(table: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for entry in _items(table.get("entry")):
        if isinstance(entry, Mapping):
            for change in _items(entry.get("changes")):
                if isinstance(change, Mapping):
                    yield entry, change


def _items(value: object) -> Iterator[Any]:
    # Form decoders make {"0": ..., "1": ...} of a list.
    if isinstance(value, list):
        yield from value
    elif isinstance(value, Mapping) and all(isinstance(key, str) and key.isdigit() for key in value):
        yield from value.values()


def _take_messages(value: object, account: str, intake: Intake, arrival: Arrival) -> None:
    if not isinstance(value, Mapping):
        intake.cannot_read("a change without a value")
        return
    metadata = value.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    number, display = _text(metadata.get("phone_number_id")), metadata.get("display_phone_number")
    if number.isdigit() and isinstance(display, str):
        intake.ledger.note_number(int(number), display, account)
    for status in _items(value.get("statuses")):
        _take_status(status, number, intake, arrival)
    for message in _items(value.get("messages")):
        _take_incoming(message, intake)
    for error in _items(value.get("errors")):
        if isinstance(error, Mapping):
            _note_error(error, intake)


def _take_status(status: object, number: str, intake: Intake, arrival: Arrival) -> None:
    if not isinstance(status, Mapping):
        intake.cannot_read("a status that is no table")
        return
    id, word = status.get("id"), status.get("status")
    if not isinstance(id, str) or not id:
        intake.cannot_read(f"a status whose message id is {_shown(id)}")
        return
    if not isinstance(word, str):
        intake.cannot_read(f"a status whose word is {_shown(word)}")
        return
    kind = status.get("type") or "message"
    if kind != "message":
        intake.ledger.left_out[_text(kind)[:40]] += 1
        return
    time = moments.seconds(status.get("timestamp"))
    if time is None:
        intake.cannot_read(f"a status whose time is {_shown(status.get('timestamp'))}")
        return
    if "recipient_participant_id" in status and not intake.ledger.first_of_group(id, word):
        return
    recipient = _text(status.get("recipient_id")) or _text(status.get("recipient_user_id"))
    context, slots = marks.context_of(recipient.lstrip("+"), number)
    pricing = status.get("pricing")
    category = pricing.get("category", "") if isinstance(pricing, Mapping) else ""
    slots += marks.pack_slot(marks.kind_of(word, category if isinstance(category, str) else ""), time)
    slots += intake.error_slots(list(_errors(status.get("errors"), intake)))
    intake.add(id, context, slots)
    if arrival is not None:
        intake.arrived(id, slots, time, arrival)


def _errors(value: object, intake: Intake) -> Iterator[shapes.Error]:
    for error in _items(value):
        code = _code(error.get("code")) if isinstance(error, Mapping) else None
        if code is None:
            intake.cannot_read("an error without a code")
            continue
        data = error.get("error_data")
        details = data.get("details") if isinstance(data, Mapping) else error.get("details")
        yield shapes.Error(
            code,
            _text(error.get("title")),
            _text(error.get("message")),
            _text(details),
            _code(error.get("error_subcode")),
        )


def _take_incoming(message: object, intake: Intake) -> None:
    if not isinstance(message, Mapping) or not isinstance(message.get("id"), str):
        intake.cannot_read("an incoming message without an id")
        return
    ledger = intake.ledger
    ledger.note_incoming((message["id"],))
    intake.elsewhere(_errors(message.get("errors"), intake))
    sender, time = _text(message.get("from")).lstrip("+"), moments.seconds(message.get("timestamp"))
    if sender.isascii() and sender.isdigit() and len(sender) <= 15 and time is not None:
        system = message.get("system")
        if isinstance(system, Mapping):
            ledger.note_system(_text(system.get("type")), int(sender), time)
        else:
            ledger.note_writers(((int(sender), time),))


def _code(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int) and abs(value) < 1 << 31:
        return value
    text = value.strip() if isinstance(value, str) else ""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < _CODE_DIGITS else None


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _shown(value: object) -> str:
    return "missing" if value is None else repr(value)[:60]
