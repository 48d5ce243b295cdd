"""
Reads the documents of the status page. None of them is documented, so nothing in them is taken for granted.

What has another shape than expected is `Unreadable`; a detail that is missing is simply not known.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NoReturn

from wa_doctor.knowledge.status_page import FigureFact, page
from wa_doctor.platform.board import Figure, Incident, Post, Service, State
from wa_doctor.redact import plain

_MOST = 500  # entries of one list; what Meta publishes has a tenth of it


class Unreadable(Exception):
    """A document that is not there or not what it should be; the message says why, as part of a sentence."""


def parsed(body: bytes) -> object:
    """
    Parse a JSON document.

    Raises:
        Unreadable: it is none; the page answers unknown paths with a web page.

    """
    try:
        return json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        page_instead = body.lstrip().startswith(b"<")
        raise Unreadable("a web page came in the place of the data" if page_instead else "it is no JSON") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def services(document: object) -> dict[str, tuple[tuple[Service, ...], Mapping[str, str]]]:
    """
    Read `orgs.json`: by the id of the organisation its services, and their names by the ids that outages use.

    Raises:
        Unreadable: it is no list of organisations.

    """
    found: dict[str, tuple[tuple[Service, ...], Mapping[str, str]]] = {}
    for entry in _rows(document, "organisations"):
        if isinstance(entry.get("services"), list):
            rows = [each for each in _rows(entry["services"], "services") if _text(each.get("name"))]
            names = {str(each.get("id")): _text(each.get("name")) for each in rows if each.get("id") is not None}
            found[_text(entry.get("id"))] = (tuple(_service(each) for each in rows), names)
    if not found:
        raise Unreadable("it lists no organisation with services")
    return found


def _service(entry: Mapping[str, Any]) -> Service:
    word = _text(entry.get("status"))
    return Service(_text(entry.get("name")), word, state(word), moment(entry.get("time")))


def incidents(document: object, names: Mapping[str, str]) -> tuple[Incident, ...]:
    """
    Read a list of outages, newest first; `names` are those of the services by id.

    An outage is over if its own word says so, or the newest of its posts by time: their order is not reliable.

    Raises:
        Unreadable: it is no list of outages.

    """
    found = [_incident(entry, names) for entry in _rows(document, "outages")]
    return tuple(sorted(found, key=lambda each: each.since or _LONG_AGO, reverse=True))


def _incident(entry: Mapping[str, Any], names: Mapping[str, str]) -> Incident:
    word = _text(entry.get("status"))
    posts = entry.get("posts")
    written = [
        Post(_text(each.get("status")), _text(each.get("description")), moment(each.get("time")))
        for each in (posts if isinstance(posts, list) else ())[:_MOST]
        if isinstance(each, dict)
    ]
    # Later in the list is newer only where the times do not say otherwise.
    written.reverse()
    newest_first = tuple(sorted(written, key=lambda each: each.time or _LONG_AGO, reverse=True))
    incident = Incident(
        names.get(str(entry.get("service_id")), ""), word, state(word), moment(entry.get("time")), newest_first
    )
    closed = newest_first and state(newest_first[0].status) is State.RESOLVED
    return replace(incident, state=State.RESOLVED) if closed else incident


def figure(document: object, fact: FigureFact) -> Figure:
    """
    Read the values of one figure. An availability of at most 1 is a fraction, and becomes a percentage.

    Raises:
        Unreadable: there are no values, or they are none that such a figure can have.

    """
    values = document.get("values") if isinstance(document, dict) else None
    if not isinstance(values, list) or not values:
        raise Unreadable("it holds no values")
    largest = 100.0 if fact.unit == "%" else math.inf
    numbers = [float(each) for each in values[-_MOST:] if isinstance(each, (int, float)) and not isinstance(each, bool)]
    if fact.unit == "%" and numbers and max(numbers) <= 1:
        numbers = [each * 100 for each in numbers]
    if len(numbers) < len(values[-_MOST:]) or not all(0 <= each <= largest and each < math.inf for each in numbers):
        raise Unreadable(f"its values are no {'percentages' if fact.unit == '%' else 'times'}")
    return Figure(fact.kind, fact.metric, fact.label, fact.unit, tuple(numbers))


def state(word: str) -> State:
    """Return what a word of Meta's amounts to."""
    return State(page().state(word))


def moment(value: object) -> datetime | None:
    """Read a time: ISO 8601 (UTC where it names no zone) or seconds or milliseconds since 1970; None for any other."""
    try:
        if isinstance(value, str):
            read = datetime.fromisoformat(value.strip())
            return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _rows(document: object, what: str) -> Iterator[Mapping[str, Any]]:
    if not isinstance(document, list):
        raise Unreadable(f"it is no list of {what}")
    for entry in document[:_MOST]:
        if not isinstance(entry, dict):
            raise Unreadable(f"it is no list of {what}")
        yield entry


def _text(value: object) -> str:
    return plain(value, 400) if isinstance(value, str) else ""


_LONG_AGO = datetime.min.replace(tzinfo=UTC)
