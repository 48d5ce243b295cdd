"""The `fields` parameter: what it asks for, and the part of a node that answers it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wa_doctor.sandbox.exchange import Refusal

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MODIFIER = re.compile(r"\.([a-z_]+)\(([^()]*)\)")
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Field:
    """One wanted field: `name.limit(3){a,b}`; `inside` is empty where everything in it is wanted."""

    name: str
    inside: tuple[Field, ...] = ()
    limit: str = ""


def parse(text: str) -> tuple[Field, ...]:
    """
    Read a `fields` parameter.

    Raises:
        Refusal: its syntax is wrong (2500).

    """
    if not text.strip():
        return ()
    fields, end = _fields(text, 0, 0)
    if end != len(text):
        raise _wrong("Expected end of string", text, end)
    return fields


def _fields(text: str, at: int, depth: int) -> tuple[tuple[Field, ...], int]:
    found: list[Field] = []
    while True:
        each, at = _field(text, at, depth)
        found.append(each)
        at = _skip(text, at)
        if text[at : at + 1] != ",":
            return tuple(found), at
        at += 1


def _field(text: str, at: int, depth: int) -> tuple[Field, int]:
    named = _NAME.match(text, _skip(text, at))
    if not named:
        raise _wrong("Expected name", text, at)
    at, limit = named.end(), ""
    inside: tuple[Field, ...] = ()
    while modifier := _MODIFIER.match(text, at):
        limit = modifier[2] if modifier[1] == "limit" else limit
        at = modifier.end()
    if text[at : at + 1] == "{":
        if depth == _DEEPEST:
            raise _wrong(f"Expected at most {_DEEPEST} levels", text, at)
        inside, at = _fields(text, at + 1, depth + 1)
        if text[at : at + 1] != "}":
            raise _wrong("Expected }", text, at)
        at += 1
    return Field(named[0], inside, limit), at


def _skip(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at


def _wrong(expected: str, text: str, at: int) -> Refusal:
    return Refusal(2500, f'Syntax error "{expected}." at character {at}: {text[:80]}')


def within(value: object, wanted: tuple[Field, ...]) -> object:
    """Return the part of a value that is wanted, going into tables and lists."""
    if not wanted:
        return value
    if isinstance(value, list):
        return [within(each, wanted) for each in value]
    if isinstance(value, Mapping):
        found: dict[str, Any] = {
            each.name: within(value[each.name], each.inside) for each in wanted if each.name in value
        }
        return found | ({"id": value["id"]} if "id" in value else {})
    return value
