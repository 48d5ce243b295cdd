"""
Finds error codes in prose and in notations that are no structure: `(#131030)`, `code=190 subcode=463`, `[code] => 100`.

A bare number is a code only where a code stands, or when it is one we know that nobody writes by chance
(six digits and more). HTTP statuses are kept apart.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Sequence

from wa_doctor.explain.masking import around
from wa_doctor.explain.reading.envelopes import HTTP
from wa_doctor.explain.reading.record import ErrorSeen, Record

_NEAR = 500  # characters around a code in which its subcode and trace id stand
_AROUND = 90

_MARKED = re.compile(r"\(#(?P<code>\d{1,7})\)|(?<![\w&/#])#(?P<hash>\d{3,7})(?![\w-])")
_KEYED = re.compile(
    r"""
    (?<![A-Za-z])(?P<key>error[_ ]?codes?|err[_ ]?codes?|codes?|fehlercode|c[óo]digo|errors?|oauthexception|erro)
    (?: ["'\]\s]{0,4} (?:=>|:|=|\#|\(|,|-) \s{0,3} (?:int\(|string\(\d{1,3}\)\s?"|\(int\)\s?)? ["'(\#\[]{0,3}
      | \s (?:(?:is|of|was|no\.?|number|nr\.?|\#|=)\s?)? [\#(]?
    )
    (?P<code>\d{1,7}) (?![\w.%]|-\d|:\d|/\d)
    """,
    re.VERBOSE | re.IGNORECASE,
)
# 190 is the one short code that people write without any mark, beside the word token.
_TOKEN_CODE = re.compile(r"(?<![\w.,:$/#-])(?P<code>190)(?![\w%*@]|[.,:/-]\d)")
_TOKEN_WORDS = re.compile(r"token|oauth|expire|unauthori[sz]ed|log(?:ged)? in|graph", re.IGNORECASE)
_SUBCODE = re.compile(
    r"sub_?code[\"'\]\s]{0,4}(?:=>|:|=|\s)[\s\"'(]{0,12}(?:int\()?(?P<subcode>\d{1,8})", re.IGNORECASE
)
_PAIR = re.compile(r"(?<![\w./-])(?P<code>\d{1,7})\s?/\s?(?P<subcode>33|4[56]\d|492|2\d{6})(?![\w./-])")
_IS = r"[\"'\]\s]{0,4}(?:=>|:|=)[\s\"']{0,4}(?:string\(\d+\)\s?\")?"
_TRACE = re.compile(rf"fb_?trace_?id{_IS}(?P<trace>[\w+/-]{{8,40}})", re.IGNORECASE)
_DETAILS = re.compile(rf"\bdetails{_IS}(?P<details>[^\"'\n\[\]{{}}]{{6,300}})", re.IGNORECASE)
_ALONE = re.compile(r"(?<![\w.,$€£₹+*/=&@:#-])(?P<code>\d{6,7})(?![\w%*@]|[.,/-]\d)")
_ASIDE = re.compile(
    r"\b(?:would|otherwise|even|instead of|rather than|(?:not|no|never) (?:an? )?(?:error )?(?:code )?|unlike"
    r"|wrong \w+(?: \w+)? (?:gives?|gave|returns?|yields?|answers?|leads? to|gets?|results? in))[^.;\n]{0,24}$",
    re.IGNORECASE,
)
_SUBCODE_BEFORE = re.compile(r"sub_?code[\"'\]\s:=>(#]{0,6}$", re.IGNORECASE)
_OTHER_CODES = ("sub", "status", "http", "response", "reply", "country", "dial", "area", "zip", "qr", "exit")
_CODED_KEYS = ("error_code", "errorcode", "error code", "err_code", "err code", "errcode", "fehlercode")


class Spans:
    """The parts of a text that a structure already explained, for asking whether a position lies in one."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]

    def hold(self, position: int) -> bool:
        """Say whether `position` lies inside a span; the spans are sorted and do not overlap."""
        index = bisect.bisect_right(self._starts, position) - 1
        return index >= 0 and position < self._ends[index]


def read_fragments(text: str, own: int, taken: Spans, known: Callable[[int], bool], record: Record) -> None:
    """Note the codes that stand in `text` before `own` and outside of what is `taken`."""
    for found in _PAIR.finditer(text):
        if _mine(found, own, taken) and known(int(found["code"])):
            _note(text, found, int(found["code"]), record, int(found["subcode"]))
    for found in _MARKED.finditer(text):
        code = int(found["code"] or found["hash"])
        if _mine(found, own, taken) and (found["code"] or (code >= 100_000 and known(code))):
            _note(text, found, code, record)
    for found in _KEYED.finditer(text):
        if _mine(found, own, taken):
            _keyed(text, found, known, record)
    for found in _TOKEN_CODE.finditer(text):
        near = text[max(0, found.start() - _AROUND) : found.end() + _AROUND]
        if _mine(found, own, taken) and _TOKEN_WORDS.search(near):
            _note(text, found, 190, record)
    for found in _ALONE.finditer(text):
        subcode = _SUBCODE_BEFORE.search(text, max(0, found.start() - 20), found.start())
        if _mine(found, own, taken) and not subcode and known(int(found["code"])):
            _note(text, found, int(found["code"]), record)


def _mine(found: re.Match[str], own: int, taken: Spans) -> bool:
    return found.start() < own and not taken.hold(found.start())


def _keyed(text: str, found: re.Match[str], known: Callable[[int], bool], record: Record) -> None:
    code, key = int(found["code"]), found["key"].lower()
    if found.end() == len(text) and text[max(0, found.start() - 1)] in "\"'":
        return  # a number that the end of the text cuts off
    before = text[max(0, found.start() - 14) : found.start()].lower().rstrip(" _-")
    if code in HTTP:
        record.status(code, _line(text, found))
    if code in HTTP or before.endswith(_OTHER_CODES):
        return
    behind = text[found.start() : found.end() + 200]
    if code == 200 and not key.startswith(_CODED_KEYS) and "OAuthException" not in behind and "ermission" not in behind:
        return
    if code < 1000 and not known(code):
        return
    if code < 100 and key in ("error", "errors", "erro", "codes"):
        return
    _note(text, found, code, record)


def _line(text: str, found: re.Match[str]) -> str:
    before = text.rfind("\n", max(0, found.start() - _AROUND), found.start())
    behind = text.find("\n", found.end(), found.end() + _AROUND)
    left = found.start() - before - 1 if before >= 0 else _AROUND
    right = behind - found.end() if behind >= 0 else _AROUND
    return around(text, found.start(), found.end(), left, right)


def _note(text: str, found: re.Match[str], code: int, record: Record, subcode: int | None = None) -> None:
    if record.mentioned(code):
        return
    start, end = max(0, found.start() - _NEAR), min(len(text), found.end() + _NEAR)
    behind = text[found.end() : end]
    if following := _MARKED.search(behind):
        behind = behind[: following.start()]
    before = text[start : found.start()]
    given = _SUBCODE.search(behind) or _SUBCODE.search(before[-120:])
    trace = _TRACE.search(behind) or _TRACE.search(before)
    details = _DETAILS.search(behind)
    subcode = subcode if subcode is not None or not given else int(given["subcode"])
    key = (code, subcode, "", True)
    if record.repeated(key):
        return
    record.keep(
        key,
        ErrorSeen(
            code=code,
            subcode=subcode,
            where="text",
            text=_line(text, found),
            details=details["details"].strip() if details else "",
            fbtrace_id=trace["trace"] if trace else "",
            aside=bool(_ASIDE.search(text, max(0, found.start() - 60), found.start())),
        ),
    )
