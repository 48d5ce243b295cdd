"""Lists by the page: `limit`, `after` and `before`, opaque cursors, and the URL of what comes next."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from wa_doctor.sandbox.exchange import Refusal, Request

_LARGEST = 100
_DEFAULT = 25


def page(request: Request, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """
    Return the page of a list that a request asks for.

    Raises:
        Refusal: the limit or a cursor is none (100).

    """
    limit = size(request.text("limit"))
    start = _position(request.text("after"), -1) + 1
    if request.text("before"):
        end = _position(request.text("before"), 0)
        start, limit = max(0, end - limit), min(limit, end)
    body = part(rows, start, limit)
    last = start + len(body["data"]) - 1
    if body["data"] and last + 1 < len(rows):
        body["paging"]["next"] = _next(request, _cursor(last))
    return body


def part(rows: Sequence[Mapping[str, Any]], start: int, limit: int) -> dict[str, Any]:
    """Return `limit` rows with their cursors; an empty list has none."""
    shown = list(rows[start : start + limit])
    if not shown:
        return {"data": []}
    cursors = {"before": _cursor(start), "after": _cursor(start + len(shown) - 1)}
    return {"data": shown, "paging": {"cursors": cursors}}


def size(text: str) -> int:
    """
    Read a `limit`; more than 100 is 100.

    Raises:
        Refusal: it is no number above 0 (100).

    """
    if not text:
        return _DEFAULT
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0):
        raise Refusal(100, "(#100) Param limit must be a positive integer")
    return min(int(text), _LARGEST)


def _next(request: Request, after: str) -> str:
    # As with Meta, the URL carries the access token when the call had it in its query.
    kept = {name: value for name, value in request.params.items() if name not in ("after", "before")}
    path = "/".join(part for part in (request.version, *request.segments) if part)
    return f"{request.base_url}/{path}?{urlencode(kept | {'after': after})}"


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"row {position}".encode()).decode().rstrip("=")


def _position(cursor: str, without: int) -> int:
    if not cursor:
        return without
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        text = ""
    word, _, position = text.partition(" ")
    if word != "row" or not (position.isascii() and position.isdecimal() and len(position) < 10):
        raise Refusal(100, "(#100) Invalid cursors values")
    return int(position)
