"""
Writes a seeded NDJSON log of webhooks: `python benchmarks/triage/generate.py LOG [--messages N] [--seed N]`.

With the defaults: 300,000 outgoing messages in a million lines and 580 MB. Statuses come out of order, 16 % of them
twice, some in batches; 5 % of the messages fail, over 12 codes, 0.3 % fail and are delivered all the same; one line in
ten is a message of a customer, one in a thousand is broken. The same seed always writes the same bytes.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

BEGIN = 1_767_225_600  # 2026-01-01
DAYS = 14
CODES = (131026, 131049, 131047, 130472, 131050, 131053, 132015, 131056, 130429, 131000, 131042, 131016)
WEIGHTS = (30, 22, 14, 8, 6, 5, 4, 4, 3, 2, 1, 1)
PREFIXES = ("5511", "9198", "4479", "4915", "1415", "5255", "6281", "2348", "3360", "9053", "5355", "9891")
PREFIX_WEIGHTS = (20, 20, 12, 10, 10, 8, 6, 5, 4, 3, 1, 1)
NUMBERS = (("106540352240001", "15550783001"), ("106540352240002", "15550783002"), ("106540352240003", "15550783003"))
ACCOUNT = "102290129340001"


@dataclass(slots=True)
class Status:
    """One status event, `arrival` seconds after the beginning."""

    arrival: float
    id: str
    word: str
    time: int
    recipient: str
    number: int
    conversation: str
    code: int = 0


def main() -> None:
    """Write the log that the arguments ask for."""
    parser = argparse.ArgumentParser(description="Write a seeded log of webhooks.")
    parser.add_argument("log", type=Path)
    parser.add_argument("--messages", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=4)
    arguments = parser.parse_args()
    with arguments.log.open("w", encoding="utf-8", newline="\n", buffering=1 << 20) as out:
        out.writelines(lines(arguments.messages, random.Random(arguments.seed)))


def lines(messages: int, chance: random.Random) -> Iterator[str]:
    """Yield the lines of a log about that many outgoing messages, in the order they arrive."""
    events = list(statuses(messages, chance))
    events.sort(key=lambda event: event.arrival)
    position = 0
    while position < len(events):
        size = chance.choices((1, 2, 5), (965, 30, 5))[0]
        batch = [event for event in events[position : position + size] if event.number == events[position].number]
        line = webhook(batch)
        yield line if chance.random() > 0.001 else line[: chance.randrange(40, 300)] + "\n"
        position += len(batch)
        if chance.random() < 0.111:
            yield incoming(events[position - 1], chance)


def statuses(messages: int, chance: random.Random) -> Iterator[Status]:
    """Yield the events of every message, some of them twice, without order."""
    for index in range(messages):
        recipient = _recipient(messages, chance)
        number = chance.choices((0, 1, 2), (6, 3, 1))[0]
        id = _id(recipient, chance)
        conversation = f"{chance.getrandbits(128):032x}"
        start = index * DAYS * 86_400 / messages
        for word, delay, code in _fate(chance):
            event = Status(start + delay, id, word, BEGIN + int(start + delay), recipient, number, conversation, code)
            event.arrival += chance.expovariate(1 / 3)
            yield event
            if chance.random() < 0.16:
                again = Status(event.arrival + chance.expovariate(1 / 40), *_same(event))
                yield again


def _same(event: Status) -> tuple[str, str, int, str, int, str, int]:
    return event.id, event.word, event.time, event.recipient, event.number, event.conversation, event.code


def _fate(chance: random.Random) -> Iterator[tuple[str, float, int]]:
    yield "sent", 0.0, 0
    draw = chance.random()
    delay = chance.expovariate(1 / 4)
    if draw < 0.05:
        yield "failed", delay, chance.choices(CODES, WEIGHTS)[0]
        return
    if draw < 0.07:
        return
    if draw < 0.073:
        yield "failed", delay + chance.random() * 9, 131026
    yield "delivered", delay, 0
    if chance.random() < 0.76:
        yield "read", delay + chance.expovariate(1 / 900), 0


def _recipient(messages: int, chance: random.Random) -> str:
    person = random.Random(chance.randrange(messages // 2 + 1))
    return person.choices(PREFIXES, PREFIX_WEIGHTS)[0] + f"{person.randrange(10**7):07d}"


def _id(recipient: str, chance: random.Random) -> str:
    raw = b"\x1c\x18\x0b" + recipient.encode() + b"\x15\x02\x00\x11\x18\x12" + f"{chance.getrandbits(72):018X}".encode()
    return "wamid." + base64.b64encode(raw + b"\x00").decode()


def webhook(batch: list[Status]) -> str:
    """Return the webhook that carries these events, as one line."""
    phone_number_id, display = NUMBERS[batch[0].number]
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": display, "phone_number_id": phone_number_id},
        "statuses": [_status(event) for event in batch],
    }
    return _line(value)


def _status(event: Status) -> dict[str, object]:
    table: dict[str, object] = {
        "id": event.id,
        "status": event.word,
        "timestamp": str(event.time),
        "recipient_id": event.recipient,
    }
    if event.word == "failed":
        words = f"Failure {event.code} of a message"
        table["errors"] = [
            {
                "code": event.code,
                "title": words,
                "message": words,
                "error_data": {"details": f"{words}, said at length."},
                "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
            }
        ]
        return table
    conversation: dict[str, object] = {"id": event.conversation, "origin": {"type": "utility"}}
    if event.word == "sent":
        conversation["expiration_timestamp"] = str(event.time + 86_400)
    table["conversation"] = conversation
    table["pricing"] = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"}
    return table


def incoming(event: Status, chance: random.Random) -> str:
    """Return the webhook of a message that this recipient writes."""
    phone_number_id, display = NUMBERS[event.number]
    message = {
        "from": event.recipient,
        "id": _id(event.recipient, chance),
        "timestamp": str(event.time + 30),
        "text": {"body": "Thank you, when will it be here? " * chance.randrange(1, 8)},
        "type": "text",
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": display, "phone_number_id": phone_number_id},
        "contacts": [{"profile": {"name": "Someone"}, "wa_id": event.recipient}],
        "messages": [message],
    }
    return _line(value)


def _line(value: Mapping[str, object]) -> str:
    change = {"value": value, "field": "messages"}
    document = {"object": "whatsapp_business_account", "entry": [{"id": ACCOUNT, "changes": [change]}]}
    return json.dumps(document, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    main()
