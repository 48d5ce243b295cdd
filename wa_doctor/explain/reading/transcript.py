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

_STATUS_LINE = re.compile(r"\bHTTP/[\d.]{1,3}[\" ]{1,2}(?P<status>[1-5]\d\d)\b")
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
_HEADER = re.compile(
    r"^[ \t]{0,8}[<>]?[ \t]{0,4}(?P<name>[A-Za-z][A-Za-z-]{2,40}):[ \t]{0,4}(?P<value>[^\r\n]{1,2000})", re.MULTILINE
)
_CALL = re.compile(
    r"(?:\b(?P<verb>GET|POST|PUT|DELETE)[ \"']{1,3})?"
    r"(?:https?://(?P<host>[\w.-]{4,120}(?::\d{1,5})?)|(?=/v\d{1,2}\.\d/))"
    r"/?(?P<path>[^\s\"'<>?#)\\]{0,300})"
)
_VERSION = re.compile(r"v\d{1,2}\.\d")
_RELATIVE = re.compile(
    r"\b(?P<verb>GET|POST|PUT|DELETE)[ \"']{1,3}/(?P<id>\+?\d{8,20})/"
    r"(?P<edge>messages|media|register|deregister|message_templates|phone_numbers|subscribed_apps|whatsapp_business_profile)\b"
)
_ASSIGNED = re.compile(
    r"(?:phone_?(?:number)?_?id|phone number id)[\"']?\s?(?:=>|:|=|\bis\b)\s?[\"']?"
    r"(?P<id>\+?\d[\d ()-]{4,22}\d)",
    re.IGNORECASE,
)
_OBJECT = re.compile(r"object with id (?:['\"`](?P<quoted>[^'\"`\s]{0,80})['\"`]|(?P<bare>\+?\d{3,20}))", re.IGNORECASE)


def read_transcript(text: str, own: int, record: Record) -> None:
    """Note status lines, headers, requests and node ids that stand before `own`."""
    _statuses(_STATUS_LINE, text, own, record)
    for found in _HEADER.finditer(text, 0, own):
        name = found["name"].lower()
        if name in HEADERS and name not in record.headers:
            record.headers[name] = plain(found["value"], 1000)
    for found in _CALL.finditer(text, 0, own):
        _note_call(found, record)
    for found in _RELATIVE.finditer(text, 0, own):
        record.call(Call(found["verb"], "", "", (found["id"], found["edge"])))
        record.object_id(found["id"], "path")
    for found in _ASSIGNED.finditer(text, 0, own):
        record.object_id(re.sub(r"[^\d+]", "", found["id"]), "phone_number_id")
    for found in _OBJECT.finditer(text, 0, own):
        record.object_id(found["bare"] or found["quoted"], "object")


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


def _note_call(found: re.Match[str], record: Record) -> None:
    if len(record.calls) >= MOST:
        return
    parts = [part for part in found["path"].strip("/").split("/") if part]
    version = parts.pop(0) if parts and _VERSION.fullmatch(parts[0]) else ""
    host = (found["host"] or "").lower()
    if not host and not version:
        return
    if not (
        version or "facebook" in host or "whatsapp" in host or "360dialog" in host or "/v1/" in f"/{found['path']}"
    ):
        return
    call = Call(found["verb"] or "", plain(host, 120), version, tuple(plain(part, 80) for part in parts[:6]))
    record.call(call)
    if parts and "facebook.com" in (host or "facebook.com") and version and not host.startswith("developers."):
        record.object_id(parts[0], "path")
