"""
How much of the rate limits is used, from the headers of every answer.

Percent of a rolling hour, 100 is throttled; `regain` is in minutes for business use cases, in seconds nowhere
that concerns WhatsApp (https://developers.facebook.com/docs/graph-api/overview/rate-limiting, read 2026-06).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wa_doctor.redact import plain

_FIGURES = ("call_count", "total_cputime", "total_time")


@dataclass(frozen=True, slots=True)
class Usage:
    """One limit: whose it is, what is used of it in percent, and the minutes until access is regained."""

    subject: str
    percent: float
    figure: str
    regain_minutes: float = 0


def read_usage(headers: Mapping[str, str]) -> tuple[Usage, ...]:
    """Return every limit the headers speak of; a header that is not what Meta documents is passed over."""
    return (*_app(headers.get("x-app-usage", "")), *_business(headers.get("x-business-use-case-usage", "")))


def _app(header: str) -> Iterator[Usage]:
    table = _parse(header)
    if table:
        yield _usage("app", table)


def _business(header: str) -> Iterator[Usage]:
    for owner, entries in _parse(header).items():
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict):
                yield _usage(plain(f"{entry.get('type', 'business use case')} of {owner}", 120), entry)


def _usage(subject: str, table: Mapping[str, object]) -> Usage:
    figures = {name: _number(table.get(name)) for name in _FIGURES}
    figure = max(figures, key=lambda name: figures[name])
    return Usage(subject, figures[figure], figure, _number(table.get("estimated_time_to_regain_access")))


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0


def _parse(header: str) -> dict[str, object]:
    try:
        table = json.loads(header) if header else {}
    except ValueError:
        return {}
    return table if isinstance(table, dict) else {}
