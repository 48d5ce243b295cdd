"""
Finds what the platform said in a decoded value, whatever was wrapped around it.

A log keeps webhooks in envelopes of its own: a table with the time and the body, the body as a string, as base64, in
a list of records. So the walk does not follow one path: it looks at every table and asks what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wa_doctor.webhooks.marks import STATUSES
from wa_doctor.webhooks.reading import fragments, moments, shapes

WEBHOOK, ANSWER, REFUSAL, FOREIGN = "webhook", "answer", "refusal", "foreign"

_DEEPEST = 40
_SHORTEST = 40  # characters of a string that may hold a payload
_STRINGS_DEEP = 4  # JSON in a string in JSON in a string: no deeper
_OBJECT = "whatsapp_business_account"
_MARKS = frozenset(("entry", "field", "statuses", "messages", "status", "error"))  # no payload is without one of them


@dataclass(frozen=True, slots=True)
class Payload:
    """
    Something Meta said: a webhook, the API's answer to a send, its refusal, or a webhook of another product.

    `table` of a webhook always has the shape of a whole one; where it was decoded already, `webhook` is what it holds.
    `arrival` is when the log wrote it, with the flag whether the zone is known. `template` is the name in a send
    request that stood in the same line.
    """

    kind: str
    table: Mapping[str, Any]
    arrival: tuple[int, bool] | None
    template: str = ""
    webhook: shapes.Webhook | None = None


def payloads(value: Any, arrival: tuple[int, bool] | None = None) -> list[Payload]:
    """Return what the platform said in a value, in order."""
    walk = _Walk()
    if isinstance(value, (dict, list)):
        walk.look(value, arrival, 0, 0)
    if len(walk.templates) != 1:
        return walk.found
    name = next(iter(walk.templates))
    return [Payload(each.kind, each.table, each.arrival, name) if each.kind == ANSWER else each for each in walk.found]


class _Walk:
    def __init__(self) -> None:
        self.found: list[Payload] = []
        self.templates: set[str] = set()

    def look(self, value: Any, arrival: tuple[int, bool] | None, depth: int, strings: int) -> None:
        """Look at a value and at all inside it; `strings` counts the strings around it."""
        if depth > _DEEPEST:
            return
        if isinstance(value, dict):
            payload = _payload(value, arrival)
            if payload:
                self.found.append(payload)
                return
            self._note_template(value)
            arrival = moments.of_table(value) or arrival
            inner: Iterable[Any] = value.values()
        else:
            inner = value
        for each in inner:
            if isinstance(each, (dict, list)):
                self.look(each, arrival, depth + 1, strings)
            elif isinstance(each, str) and len(each) >= _SHORTEST and strings < _STRINGS_DEEP:
                self._look_into(each, arrival, depth, strings + 1)

    def _look_into(self, text: str, arrival: tuple[int, bool] | None, depth: int, strings: int) -> None:
        before = len(self.found)
        for each in readings(text):
            if isinstance(each, shapes.Webhook):
                self.found.append(Payload(WEBHOOK, {}, arrival, "", each))
            else:
                self.look(each, arrival, depth + 1, strings)
            if len(self.found) > before:
                return

    def _note_template(self, table: Mapping[str, Any]) -> None:
        template = table.get("template")
        if isinstance(template, dict) and "language" in template and isinstance(template.get("name"), str):
            self.templates.add(template["name"])


def readings(text: str) -> Iterator[shapes.Webhook | list[Any]]:
    """Yield what a text may hold, once for each way of reading it: a webhook of the usual shape, or values of any."""
    for each in fragments.unquoted(text):
        # Decoding into types takes a third of the time, and finds most.
        if webhook := _decoded(each):
            yield webhook
        elif values := fragments.whole_values(each):
            yield values
    yield from fragments.unusual(text)


def _decoded(text: str) -> shapes.Webhook | None:
    start, end = text.find('{"'), text.rfind("}") + 1
    if not 0 <= start < end:
        return None
    try:
        return shapes.decode(text[start:end])
    except shapes.NotThisShape:
        return None


def _payload(table: Mapping[str, Any], arrival: tuple[int, bool] | None) -> Payload | None:
    if _MARKS.isdisjoint(table):
        return None
    if isinstance(table.get("entry"), (list, dict)):
        product = table.get("object", _OBJECT)
        return Payload(WEBHOOK if product == _OBJECT else FOREIGN, table, moments.of_table(table) or arrival)
    if isinstance(table.get("field"), str) and isinstance(table.get("value"), dict):
        return Payload(WEBHOOK, _whole(table), arrival)
    if _are(table.get("statuses"), _is_status) or _are(table.get("messages"), _is_incoming):
        return Payload(WEBHOOK, _whole({"field": "messages", "value": table}), arrival)
    if _are(table.get("messages"), _is_sent):
        return Payload(ANSWER, table, arrival)
    if _is_status(table) and table["status"] in STATUSES and ("timestamp" in table or "recipient_id" in table):
        return Payload(WEBHOOK, _whole({"field": "messages", "value": {"statuses": [table]}}), arrival)
    error = table.get("error")
    if isinstance(error, dict) and "code" in error and ("fbtrace_id" in error or "type" in error):
        return Payload(REFUSAL, error, arrival)
    return None


def _whole(change: Mapping[str, Any]) -> dict[str, Any]:
    return {"object": _OBJECT, "entry": [{"changes": [change]}]}


def _are(values: object, kind: Any) -> bool:
    return isinstance(values, list) and bool(values) and all(isinstance(each, dict) and kind(each) for each in values)


def _is_status(table: Mapping[str, Any]) -> bool:
    return isinstance(table.get("id"), str) and isinstance(table.get("status"), str)


def _is_incoming(table: Mapping[str, Any]) -> bool:
    return "id" in table and "from" in table and "timestamp" in table


def _is_sent(table: Mapping[str, Any]) -> bool:
    id = table.get("id")
    return isinstance(id, str) and ("message_status" in table or id.startswith("wamid.")) and "from" not in table
