"""
Finds the errors in a structure, whatever envelope they came in.

The Graph API, webhooks of every age, On-Premises arrays, batch answers, `health_status`, `block_users` and the
wrappers of several providers put the same few keys in different places. So the walk does not follow one path:
it looks at every table and asks whether it is an error, from its keys and from the key it stands under.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from wa_doctor.explain.reading.payloads import note_payload
from wa_doctor.explain.reading.record import ErrorSeen, Record
from wa_doctor.explain.reading.structures import Effort, structures

HTTP = frozenset((301, 302, 303, 307, 308, *range(400, 418), 422, 429, 431, *range(500, 505), 511, *range(520, 527)))

_DEEPEST = 60
_ALIKE = 160  # characters of details in which two errors of one code may differ
_STRINGS_DEEP = 4  # JSON in a string in JSON in a string: no deeper
_ERROR_KEYS = frozenset(
    ("error", "whatsappapierror", "whatsapp_api_error", "metaerror", "meta_error", "err", "graph_error")
)
_LIST_KEYS = frozenset(("errors", "error", "errs"))
_CODE_KEYS = ("code", "error_code", "errorCode", "err_code", "errorcode")
_GRAPH_MARKS = frozenset(
    ("fbtrace_id", "fbtraceId", "error_subcode", "errorSubcode", "error_data", "error_user_msg", "is_transient")
)
_GRAPH_TYPES = frozenset(
    ("OAuthException", "GraphMethodException", "IGApiException", "GraphAPIException", "FacebookApiException")
)
_HOOK_MARKS = frozenset(("title", "details", "error_data", "href", "message", "error_description", "possible_solution"))
_HTTP_KEYS = ("status", "statusCode", "status_code", "httpStatus", "http_status", "httpCode", "http_code")
_IN_MESSAGE = re.compile(r"^\s*\(#(\d{1,7})\)")
_SHORTER = re.compile(r"^(?:data\.)?entry\[0\]\.changes\[0\]\.value\.")
_INDICATION = re.compile(r"\(#\d|error|code", re.IGNORECASE)


def read_structure(value: Any, record: Record, effort: Effort) -> int:
    """Note every error and every telling field of a structure; return how many errors there were."""
    found = 0
    for table, key, path, http in _tables(value, effort):
        note_payload(table, record)
        found += _note_error(table, key, path, http, record)
    return found


def _tables(value: Any, effort: Effort) -> Iterator[tuple[Mapping[str, Any], str, str, int | None]]:
    pending: list[tuple[Any, str, str, int | None, int, int]] = [(value, "", "", None, 0, 0)]
    while pending:
        each, key, path, http, depth, strings = pending.pop()
        if depth > _DEEPEST:
            continue
        if isinstance(each, Mapping):
            http = _http(each) or http
            yield each, key, path, http
            inner = [
                (held, str(name), f"{path}.{name}" if path else str(name), http, depth + 1, strings)
                for name, held in each.items()
            ]
            pending.extend(reversed(inner))
        elif isinstance(each, list):
            pending.extend(
                (held, key, f"{path}[{index}]", http, depth + 1, strings)
                for index, held in reversed(list(enumerate(each)))
                if isinstance(held, (dict, list, str))
            )
        elif isinstance(each, str) and strings < _STRINGS_DEEP and "{" in each and _INDICATION.search(each):
            inside = reversed(list(structures(each, effort)))
            pending.extend((found.value, key, path, http, depth + 1, strings + 1) for found in inside)


def _http(table: Mapping[str, Any]) -> int | None:
    for key in _HTTP_KEYS:
        status = _integer(table.get(key))
        if status in HTTP:
            return status
    if "body" in table and _integer(table.get("code")) in HTTP:
        return _integer(table["code"])
    return None


def _note_error(table: Mapping[str, Any], key: str, path: str, http: int | None, record: Record) -> bool:
    inner = table.get("error")
    if isinstance(inner, Mapping) and _code(inner) is not None:
        _note_http(_code(table), table, record)
        return False
    code = _code(table)
    message = _text(table, "message", "error_message", "errorMessage", "error_description", "description")
    stated = _IN_MESSAGE.match(message)
    graph = not _GRAPH_MARKS.isdisjoint(table) or table.get("type") in _GRAPH_TYPES
    if code is None and stated and (graph or key.lower() in _ERROR_KEYS):
        code = int(stated[1])
    if code is None:
        _note_stranger(table, key, record)
        return False
    family = _family(table, key, path, code, graph)
    if not family or (code in HTTP and stated and code != int(stated[1])):
        _note_http(code, table, record)
        return False
    details = _details(table, table.get("error_data", table.get("errorData")))
    subcode = _integer(_first(table, "error_subcode", "errorSubcode", "subcode", "sub_code"))
    mark = (code, subcode, (details or message)[:_ALIKE], False)
    if record.repeated(mark):
        return True
    seen = ErrorSeen(
        code=code,
        subcode=subcode,
        where=_SHORTER.sub("", path) or "error",
        text=_shown(code, table, message),
        title=_text(table, "title"),
        message=message,
        details=details,
        type=_text(table, "type"),
        fbtrace_id=_text(table, "fbtrace_id", "fbtraceId", "fb_trace_id"),
        user_title=_text(table, "error_user_title", "errorUserTitle"),
        user_message=_text(table, "error_user_msg", "errorUserMsg"),
        solution=_text(table, "possible_solution", "possibleSolution"),
        http_status=http,
        transient=table.get("is_transient", table.get("isTransient")) is True,
        family=family,
    )
    record.keep(mark, seen)
    return True


def _family(table: Mapping[str, Any], key: str, path: str, code: int, graph: bool) -> str:
    described = not _HOOK_MARKS.isdisjoint(table)
    if "error_description" in table or "possible_solution" in table:
        return "health"
    if key.lower() in _LIST_KEYS and path.endswith("]") and described:
        top = "." not in path
        return "onprem" if (code in HTTP or 400 <= code < 2100) and top else "webhook"
    if code in HTTP and not graph:
        return ""
    if graph or (key.lower() in _ERROR_KEYS and code >= 0):
        return "graph"
    return "graph" if code >= 100_000 and (described or len(table) <= 3) else ""


def _note_http(code: int | None, table: Mapping[str, Any], record: Record) -> None:
    if code in HTTP and code is not None:
        record.status(code, f"code {code} {_text(table, 'message')}")


def _note_stranger(table: Mapping[str, Any], key: str, record: Record) -> None:
    if key.lower() == "errors" and isinstance(table.get("error_type"), str) and len(record.strangers) < 20:
        record.strangers.setdefault(str(table["error_type"]))


def _shown(code: int, table: Mapping[str, Any], message: str) -> str:
    words = message or _text(table, "title", "details")
    return words if f"#{code}" in words else f"{code} {words}".strip()


def _details(table: Mapping[str, Any], data: Any) -> str:
    if isinstance(data, Mapping):
        if isinstance(data.get("details"), str):
            return str(data["details"])
        fields = data.get("blame_field_specs")
        if isinstance(fields, list):
            names = [".".join(map(str, each)) if isinstance(each, list) else str(each) for each in fields]
            return f"blamed: {', '.join(names)}"
    if isinstance(data, str):
        return data
    return _text(table, "details", "detail")


def _code(table: Mapping[str, Any]) -> int | None:
    return _integer(_first(table, *_CODE_KEYS))


def _first(table: Mapping[str, Any], *keys: str) -> Any:
    return next((table[key] for key in keys if table.get(key) is not None), None)


def _text(table: Mapping[str, Any], *keys: str) -> str:
    value = next((table[key] for key in keys if isinstance(table.get(key), str)), "")
    return str(value)


def _integer(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10_000_000 else None
    if isinstance(value, str) and len(value) <= 8 and value.strip().isascii() and value.strip().isdigit():
        return int(value)
    return None
