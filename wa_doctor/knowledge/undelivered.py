"""What to go through where a message stays at `sent`; the facts are one file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from wa_doctor.knowledge import facts

FILE = "webhooks/undelivered.toml"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to go through; `ask` true: with the customer, over another channel than WhatsApp."""

    ask: bool
    text: str
    details: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """The list, and how to use it."""

    checked: date
    sources: tuple[str, ...]
    intro: str
    item: tuple[Item, ...]


@cache
def undelivered() -> Undelivered:
    """
    Return the list.

    Raises:
        InvalidFact: the file cannot be used.

    """
    path = facts.find(FILE)
    if path is None:
        raise facts.InvalidFact(f"{FILE} is missing")
    return facts.build(Undelivered, facts.read(path), FILE)
