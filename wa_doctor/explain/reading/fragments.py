"""
Finds error codes in prose and in notations that are no structure: `(#131030)`, `code=190 subcode=463`, `[code] => 100`.

A bare number is a code only where a code stands, or when it is one we know that nobody writes by chance
(six digits and more). HTTP statuses are kept apart.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wa_doctor.explain.masking import around
from wa_doctor.explain.reading.envelopes import HTTP
from wa_doctor.explain.reading.record import ErrorSeen, Record

_NEAR = 500  # characters around a code in which its subcode and trace id stand
_AROUND = 90

# Each pattern begins with the letters themselves, which lets the search leap to them; what stands in front is asked
# for afterwards. Those for words are meant for lower case.
_MARKED = re.compile(r"\(#(?P<code>\d{1,7})\)")
_HASHED = re.compile(r"#(?P<code>\d{3,7})(?![\w-])")
_BEHIND_KEY = r"""
    (?: ["'\]\s]{0,4} (?:=>|:|=|\#|\(|,|-) \s{0,3} (?:int\(|string\(\d{1,3}\)\s?"|\(int\)\s?)? ["'(\#\[]{0,3}
      | \s (?:(?:is|of|was|no\.?|number|nr\.?|\#|=)\s?)? [\#(]?
    )
    (?P<code>\d{1,7}) (?![\w.%]|-\d|:\d|/\d)
"""
_KEYED = tuple(
    re.compile(key + _BEHIND_KEY, re.VERBOSE)
    for key in ("codes?", "errors?", "erro", "err", "oauthexception", "fehlercode", "c[óo]digo", "throws?")
)
# 190 is the one short code that people write without any mark, beside the word token.
_TOKEN_CODE = re.compile(r"190(?![\w%*@]|[.,:/-]\d)")
_TOKEN_WORDS = re.compile(r"token|oauth|expire|unauthori[sz]ed|log(?:ged)? in|graph", re.IGNORECASE)
_SUBCODE = re.compile(
    r"sub_?code[\"'\]\s]{0,4}(?:=>|:|=|\s)[\s\"'(]{0,12}(?:int\()?(?P<subcode>\d{1,8})", re.IGNORECASE
)
_PAIR = re.compile(r"/\s?(?P<subcode>33|4[56]\d|492|2\d{6})(?![\w./-])")
_PAIR_BEFORE = re.compile(r"(?<![\w./-])(?P<code>\d{1,7})\s?$")
_IS = r"[\"'\]\s]{0,4}(?:=>|:|=)[\s\"']{0,4}(?:string\(\d+\)\s?\")?"
_TRACE = re.compile(rf"fb_?trace_?id{_IS}(?P<trace>[\w+/-]{{8,40}})", re.IGNORECASE)
_DETAILS = re.compile(rf"\bdetails{_IS}(?P<details>[^\"'\n\[\]{{}}]{{6,300}})", re.IGNORECASE)
_ALONE = re.compile(r"[0-9]{6,7}(?![\w%*@]|[.,/-]\d)")
_ASIDE = re.compile(
    r"\b(?:would|otherwise|even|instead of|rather than|(?:not|no|never) (?:an? )?(?:error )?(?:code )?|unlike"
    r"|wrong \w+(?: \w+)? (?:gives?|gave|returns?|yields?|answers?|leads? to|gets?|results? in))[^.;\n]{0,24}$",
    re.IGNORECASE,
)
_SUBCODE_BEFORE = re.compile(r"sub_?code[\"'\]\s:=>(#]{0,6}$", re.IGNORECASE)
_OTHER_CODES = ("sub", "status", "http", "response", "reply", "country", "dial", "area", "zip", "qr", "exit")
_SHORT = 1000  # a number below is a code only if it is known
_LONG = 100_000  # a number of six digits and more is a code wherever it stands, if it is one at all


class Spans:
    """The parts of a text that a structure already explained, for asking whether a position lies in one."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]

    def hold(self, position: int) -> bool:
        """Say whether `position` lies inside a span; the spans are sorted and do not overlap."""
        index = bisect.bisect_right(self._starts, position) - 1
        return index >= 0 and position < self._ends[index]


def read_fragments(text: str, lower: str, own: int, taken: Spans, known: Callable[[int], bool], record: Record) -> None:
    """
    Note the codes that stand in `text` before `own` and outside of what is `taken`.

    `lower` is the same text in lower case. The clearest mentions are read first, for the first ones are kept.
    """
    reader = _Reader(text, lower, own, taken, known, record)
    reader.pairs()
    reader.marked()
    reader.hashed()
    reader.keyed()
    reader.token_codes()
    reader.alone()


@dataclass(frozen=True, slots=True)
class _Reader:
    text: str
    lower: str
    own: int
    taken: Spans
    known: Callable[[int], bool]
    record: Record

    def pairs(self) -> None:
        """Read `100/33`."""
        for found in _PAIR.finditer(self.text):
            before = _PAIR_BEFORE.search(self.text, max(0, found.start() - 9), found.start())
            if before and self._mine(before) and self.known(int(before["code"])):
                self._note(before.start(), found.end(), int(before["code"]), int(found["subcode"]))

    def marked(self) -> None:
        """Read `(#131030)`."""
        for found in _MARKED.finditer(self.text):
            if self._mine(found):
                self._note(found.start(), found.end(), int(found["code"]))

    def hashed(self) -> None:
        """Read `#131030`, where it is a known code."""
        for found in _HASHED.finditer(self.text):
            code = int(found["code"])
            if code >= _LONG and not self._preceded(found, "&/#(") and self._mine(found) and self.known(code):
                self._note(found.start(), found.end(), code)

    def keyed(self) -> None:
        """Read `code: 190`, `"error_code": 131047`, `error 131026`, `[code] => 100`."""
        for pattern in _KEYED:
            for found in pattern.finditer(self.lower):
                if not self.lower[max(0, found.start() - 1) : found.start()].isalpha() and self._mine(found):
                    self._key(found)

    def token_codes(self) -> None:
        """Read 190 beside a word about tokens."""
        for found in _TOKEN_CODE.finditer(self.text):
            near = self.text[max(0, found.start() - _AROUND) : found.end() + _AROUND]
            if not self._preceded(found, ".,:$/#-") and self._mine(found) and _TOKEN_WORDS.search(near):
                self._note(found.start(), found.end(), 190)

    def alone(self) -> None:
        """Read a known code of six digits and more that stands alone, unless it is named as a subcode."""
        for found in _ALONE.finditer(self.text):
            if self._preceded(found, ".,$€£₹+*/=&@:#-") or not self._mine(found) or not self.known(int(found[0])):
                continue
            if not _SUBCODE_BEFORE.search(self.text, max(0, found.start() - 20), found.start()):
                self._note(found.start(), found.end(), int(found[0]))

    def _mine(self, found: re.Match[str]) -> bool:
        return found.start() < self.own and not self.taken.hold(found.start())

    def _preceded(self, found: re.Match[str], by: str) -> bool:
        before = self.text[max(0, found.start() - 1) : found.start()]
        return bool(before) and (before in by or before.isalnum() or before == "_")

    def _key(self, found: re.Match[str]) -> None:
        code = int(found["code"])
        before = self.lower[max(0, found.start() - 14) : found.start()]
        if found.end() == len(self.text) and before.endswith(("'", '"')):
            return  # a number that the end of the text cuts off
        before = before.rstrip(" _-")
        if code in HTTP:
            self.record.status(code, _line(self.text, found.start(), found.end()))
        if code in HTTP or before.endswith(_OTHER_CODES):
            return
        named = before.endswith(("error", "err")) or found[0].startswith("fehler")
        if code < _SHORT and not (self.known(code) and self._clear(found, code, named=named)):
            return
        self._note(found.start(), found.end(), code)

    def _clear(self, found: re.Match[str], code: int, *, named: bool) -> bool:
        """Say whether a short number is a code here: 200 is a status as well, and "errors: 3" is a count."""
        behind = self.text[found.start() : found.end() + 200]
        if code == 200 and not named:
            return "OAuthException" in behind or "ermission" in behind
        return code >= 100 or named or not found[0].startswith(("err", "codes"))

    def _note(self, start: int, end: int, code: int, subcode: int | None = None) -> None:
        if self.record.mentioned(code):
            return
        behind = self.text[end : end + _NEAR]
        if following := _MARKED.search(behind):
            behind = behind[: following.start()]
        before = self.text[max(0, start - _NEAR) : start]
        given = _SUBCODE.search(behind) or _SUBCODE.search(before[-120:])
        trace = _TRACE.search(behind) or _TRACE.search(before)
        details = _DETAILS.search(behind)
        subcode = subcode if subcode is not None or not given else int(given["subcode"])
        key = (code, subcode, "", True)
        if self.record.repeated(key):
            return
        seen = ErrorSeen(
            code=code,
            subcode=subcode,
            where="text",
            text=_line(self.text, start, end),
            details=details["details"].strip() if details else "",
            fbtrace_id=trace["trace"] if trace else "",
            aside=bool(_ASIDE.search(self.text, max(0, start - 60), start)),
        )
        self.record.keep(key, seen)


def _line(text: str, start: int, end: int) -> str:
    before = text.rfind("\n", max(0, start - _AROUND), start)
    behind = text.find("\n", end, end + _AROUND)
    left = start - before - 1 if before >= 0 else _AROUND
    right = behind - end if behind >= 0 else _AROUND
    return around(text, start, end, left, right)
