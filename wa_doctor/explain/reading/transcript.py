"""Reads HTTP in text: status lines, headers of a curl transcript, the requests that a URL or a log line shows."""

from __future__ import annotations

import re

from wa_doctor.explain.masking import around
from wa_doctor.explain.reading.envelopes import HTTP
from wa_doctor.explain.reading.record import MOST, Call, Record
from wa_doctor.redact import plain

HEADERS = frozenset(
    (
        "www-authenticate",
        "proxy-authenticate",
        "retry-after",
        "x-app-usage",
        "x-business-use-case-usage",
        "x-fb-request-id",
        "x-fb-trace-id",
        "x-fb-rev",
        "x-fb-debug",
        "facebook-api-version",
        "x-ad-api-version-warning",
        "error-mid",
        "debug-link",
        "content-type",
        "server",
        "via",
        "date",
        "location",
    )
)

_STATUS_LINE = re.compile(r"HTTP/[\d.]{1,3}[\" ]{1,2}(?P<status>[1-5]\d\d)\b")
_STATUS_SAID = re.compile(
    r"(?:\bhttp(?:[ -](?:error|status))?(?:[ -]code)?|\bstatus(?:[ _-]?code)?|\breturn(?:s|ed)?|\bgot(?: an?)?"
    r"|\banswer(?:s|ed)?(?: with)?|\brespond(?:s|ed)?(?: with)?|\bresponse(?: code)?|\bgives?(?: an?)?|\ban?\b)"
    r"[\s:=#\"'(]{1,4}(?P<status>[45]\d\d)(?!\d|[.,:]\d|%"
    r"|\s?(?:ms|messages|users|chars|characters|numbers|contacts|bytes|kb|mb|px)\b)",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?P<status>40[0134579]|41[035]|42[29]|50[0234]|511)[ :-]{1,3}(?:bad request|unauthori[sz]ed|forbidden|not found"
    r"|proxy authentication|request timeout|too many requests|internal server error|bad gateway|gateway time-?out"
    r"|service (?:temporarily )?unavailable|network authentication|unsupported media|payload too large"
    r"|method not allowed|error\b)",
    re.IGNORECASE,
)
_CLASS = re.compile(r"\b5xx\b", re.IGNORECASE)
_HEADER_VALUE = re.compile(r"[ \t]{0,4}(?P<value>[^\r\n]{1,2000})")
_LINE_START = re.compile(r"(?:^|[\r\n])[ \t]{0,8}[<>]?[ \t]{0,4}$")
_URL = re.compile(r"https?://(?P<host>[\w.-]{4,120}(?::\d{1,5})?)/?(?P<path>[^\s\"'<>?#)\\]{0,300})")
_PATH = re.compile(r"/(?P<path>v\d{1,2}\.\d/[^\s\"'<>?#)\\]{0,300})")
_INSIDE_URL = re.compile(r"://[\w.:-]{0,120}$")
_VERB = re.compile(r"\b(?P<verb>GET|POST|PUT|DELETE)[ \"']{1,3}$")
_VERSION = re.compile(r"v\d{1,2}\.\d")
_EDGE = re.compile(
    r"/(?P<id>\+?\d{8,20})/(?P<edge>messages|media|register|deregister|message_templates|phone_numbers|subscribed_apps"
    r"|whatsapp_business_profile)\b"
)
# In lower case, and with the letters first: see `fragments`.
_ASSIGNED = re.compile(
    r"phone[_ ]?(?:number)?[_ ]?id[\"']?\s?(?:=>|:|=|\bis\b)\s?[\"']?(?P<id>\+?\d[\d ()-]{4,22}\d)",
)
_OBJECT = re.compile(r"object with id (?:['\"`](?P<quoted>[^'\"`\s]{0,80})['\"`]|(?P<bare>\+?\d{3,20}))")


def read_transcript(text: str, lower: str, own: int, record: Record) -> None:
    """Note status lines, headers, requests and node ids that stand before `own`; `lower` is the text in lower case."""
    _statuses(_STATUS_LINE, text, own, record)
    _headers(text, lower, own, record)
    _calls(text, own, record)
    for found in _ASSIGNED.finditer(lower, 0, own):
        record.object_id(re.sub(r"[^\d+]", "", found["id"]), "phone_number_id")
    for found in _OBJECT.finditer(lower, 0, own):
        name = "bare" if found["bare"] else "quoted"
        record.object_id(text[found.start(name) : found.end(name)], "object")


def _headers(text: str, lower: str, own: int, record: Record) -> None:
    for name in HEADERS - record.headers.keys():
        position = lower.find(f"{name}:", 0, own)
        if position < 0 or not _LINE_START.search(text, max(0, position - 14), position):
            continue
        if value := _HEADER_VALUE.match(text, position + len(name) + 1):
            record.headers[name] = plain(value["value"], 1000)


def _calls(text: str, own: int, record: Record) -> None:
    for found in _URL.finditer(text, 0, own):
        _note_call(_verb(text, found.start()), found["host"].lower(), found["path"], record)
    for found in _PATH.finditer(text, 0, own):
        before = text[max(0, found.start() - 130) : found.start()]
        if not _INSIDE_URL.search(before) and (not before[-1:].isalnum() or before.endswith("facebook.com")):
            _note_call(_verb(text, found.start()), "", found["path"], record)
    for found in _EDGE.finditer(text, 0, own):
        if verb := _verb(text, found.start()):
            record.call(Call(verb, "", "", (found["id"], found["edge"])))
            record.object_id(found["id"], "path")


def _verb(text: str, position: int) -> str:
    found = _VERB.search(text, max(0, position - 10), position)
    return found["verb"] if found else ""


def read_statuses(text: str, own: int, record: Record) -> None:
    """Note the statuses that a person tells of: "answers with 503", "a 401 Unauthorized", "5xx"."""
    for pattern in (_REASON, _STATUS_SAID):
        _statuses(pattern, text, own, record)
    if said := _CLASS.search(text, 0, own):
        record.status(500, around(text, said.start(), said.end(), 50, 50))


def _statuses(pattern: re.Pattern[str], text: str, own: int, record: Record) -> None:
    for found in pattern.finditer(text, 0, own):
        status = int(found["status"])
        if status in HTTP and status not in record.http:
            record.status(status, around(text, found.start(), found.end(), 50, 50))


def _note_call(verb: str, host: str, path: str, record: Record) -> None:
    if len(record.calls) >= MOST:
        return
    parts = [part for part in path.strip("/").split("/") if part]
    version = parts.pop(0) if parts and _VERSION.fullmatch(parts[0]) else ""
    telling = ("facebook", "whatsapp", "360dialog")
    if not version and "/v1/" not in f"/{path}" and not any(name in host for name in telling):
        return
    record.call(Call(verb, plain(host, 120), version, tuple(plain(part, 80) for part in parts[:6])))
    if parts and version and "facebook.com" in (host or "facebook.com") and not host.startswith("developers."):
        record.object_id(parts[0], "path")
