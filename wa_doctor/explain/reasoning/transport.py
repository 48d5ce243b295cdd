"""Says what the HTTP side of a text shows: statuses, usage headers, versions, hosts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wa_doctor.explain.reading.record import ErrorSeen, Record
    from wa_doctor.explain.reasoning.ids import Sign

_USAGE = ("x-app-usage", "x-business-use-case-usage")
_ONPREM = frozenset(("messages", "users", "contacts", "settings", "certificates", "health", "media", "account"))
_VERSION = re.compile(r"v\d{1,2}\.\d")


def signs(record: Record, errors: tuple[ErrorSeen, ...]) -> Iterator[Sign]:
    """Yield what statuses, headers and addresses show."""
    for status, words in record.http.items():
        yield f"http-{status}", words, {}
        if status >= 500 and status != 511:
            yield "http-5xx", words, {}
    for seen in errors:
        if seen.family == "onprem":
            yield "onprem-error", str(seen.code), {}
    yield from _headers(record)
    for call in record.calls:
        if call.host == "graph.instagram.com":
            yield "host-instagram", call.host, {}
        if call.path[:1] == ("v1",) and len(call.path) > 1 and call.path[1] in _ONPREM and "facebook" not in call.host:
            yield "onprem-path", "/".join(call.path[:2]), {}


def _headers(record: Record) -> Iterator[Sign]:
    for name in _USAGE:
        if name in record.headers and _exhausted(record.headers[name]):
            yield "usage-exhausted", record.headers[name], {}
    answered = record.headers.get("facebook-api-version", "")
    asked = {call.version for call in record.calls if call.version and "facebook.com" in (call.host or "facebook.com")}
    if _VERSION.fullmatch(answered) and asked and answered not in asked:
        yield "version-upgraded", f"asked {', '.join(sorted(asked))}, answered {answered}", {}
    if "text/html" in record.headers.get("content-type", "") and "x-fb-trace-id" not in record.headers:
        yield "html-answer-text", record.headers["content-type"], {}


def _exhausted(header: str) -> bool:
    try:
        value = json.loads(header)
    except ValueError:
        return False
    pending, numbers = [value], []
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            if each.get("estimated_time_to_regain_access"):
                return True
            pending.extend(held for key, held in each.items() if key != "estimated_time_to_regain_access")
        elif isinstance(each, list):
            pending.extend(each)
        elif isinstance(each, int) and not isinstance(each, bool):
            numbers.append(each)
    return any(number >= 100 for number in numbers)
