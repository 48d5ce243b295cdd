"""Reads points in time in the notations that logs use, as seconds since 1970 UTC."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

OLDEST = 1_230_768_000  # 2009, when WhatsApp began
NEWEST = (1 << 32) - 1

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T _](\d\d):(\d\d):(\d\d)(?:[.,]\d{1,9})?\s?(Z|UTC|[+-]\d\d:?\d\d)?",
)
_SLASHED = re.compile(r"(\d{4})/(\d\d)/(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,]\d{1,9})?\s?(Z|UTC|[+-]\d\d:?\d\d)?")
_NGINX = re.compile(r"(\d{1,2})/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})")
_EPOCH = re.compile(r"[\s\[(\"']*(\d{10}|\d{13})(?:\.\d{1,9})?(?![\w.])")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SCALES = (1, 1_000, 1_000_000, 1_000_000_000)
_NUMBER = re.compile(r"\d{9,20}(?:\.\d{1,9})?")

# The names under which a log keeps when it wrote a line, those of the arrival of a request first.
_KEYS = (
    "requestTimeEpoch",
    "timeEpoch",
    "received_at",
    "receivedAt",
    "arrival",
    "@timestamp",
    "timestamp",
    "time",
    "ts",
    "asctime",
    "datetime",
    "date",
    "created_at",
    "createdAt",
    "eventTime",
    "ingestionTime",
)

_ANY_KEY = frozenset(_KEYS)


def seconds(value: object) -> int | None:
    """
    Read a time that came as a number or a text, also in milliseconds, microseconds or nanoseconds by mistake.

    None where it is no time at which WhatsApp could have said anything.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            found = of_text(text)
            return found[0] if found else None
        value = int(text.partition(".")[0])
    if not isinstance(value, (int, float)) or value != value or value < OLDEST:
        return None
    return next((int(value) // scale for scale in _SCALES if OLDEST <= value // scale < NEWEST), None)


def of_text(text: str) -> tuple[int, bool] | None:
    """
    Find the first point in time in a text, seconds since 1970 only at its beginning.

    The flag says whether its zone is known; it counts as UTC if not.
    """
    if found := _ISO.search(text) or _SLASHED.search(text):
        year, month, day, hour, minute, second, zone = found.groups()
        return _moment(int(year), int(month), int(day), int(hour), int(minute), int(second), zone)
    if found := _NGINX.search(text):
        day, name, year, hour, minute, second, zone = found.groups()
        month = _MONTHS.index(name) + 1 if name in _MONTHS else 0
        return _moment(int(year), month, int(day), int(hour), int(minute), int(second), zone)
    if found := _EPOCH.match(text):
        time = seconds(int(found[1]))
        return None if time is None else (time, True)
    return None


def _moment(
    year: int, month: int, day: int, hour: int, minute: int, second: int, zone: str | None
) -> tuple[int, bool] | None:
    begin = _minute(year, month, day, hour, minute)
    if begin is None:
        return None
    time = begin + min(second, 59)
    if zone and zone[0] in "+-":
        offset = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60
        time -= offset if zone[0] == "+" else -offset
    return (time, zone is not None) if OLDEST <= time < NEWEST else None


@lru_cache(64)
def _minute(year: int, month: int, day: int, hour: int, minute: int) -> int | None:
    # The lines of a log come in the order they were written, so the next one is of the same minute.
    try:
        return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp())
    except ValueError:
        return None


def of_table(table: Mapping[str, Any]) -> tuple[int, bool] | None:
    """Find when a line of a log was written, among its own fields or those of API Gateway; the flag as in `of_text`."""
    inner = table.get("requestContext")
    if isinstance(inner, Mapping) and (found := of_table(inner)):
        return found
    if _ANY_KEY.isdisjoint(table):
        return None
    for key in filter(table.__contains__, _KEYS):
        value = table[key]
        if isinstance(value, str) and not _NUMBER.fullmatch(value):
            found = of_text(value)
            if found:
                return found
        elif (time := seconds(value)) is not None:
            return time, True
    return None
