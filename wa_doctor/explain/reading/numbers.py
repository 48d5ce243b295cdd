"""Finds phone numbers in prose, and the beginnings of numbers that somebody masked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wa_doctor.explain.reading.record import Record

_PLUS = re.compile(r"(?<![\w+])\+(?P<number>\d{1,3}(?:[ .\-]?\(?\d{1,5}\)?){1,6})(?!\w)")
_NAMED = re.compile(
    r"\b(?:to|recipient|number|phone|wa_?id|msisdn|mobile|whatsapp|sends?|sending|from)\b[^\d\n+]{0,24}(?P<number>\d{10,14})(?!\w)",
    re.IGNORECASE,
)
_ZEROS = re.compile(r"(?<![\w+.])00(?P<number>[1-9]\d{7,13})(?!\w)")
_MASKED = re.compile(r"(?<![\w.])\+?(?P<start>54 ?9?|52 ?1?|55|1)[ -]?(?:\d{0,6}(?:\.{2,3}|…|[xX*]{3,12}))")
_COUNTRIES = {"54": "argentina", "52": "mexico", "55": "brazil"}


def read_numbers(text: str, own: int, record: Record) -> None:
    """Note numbers with the role `prose`, and `digits-COUNTRY` for a masked one of a country with two spellings."""
    for pattern in (_PLUS, _NAMED, _ZEROS):
        for found in pattern.finditer(text, 0, own):
            digits = re.sub(r"\D", "", found["number"])
            if 8 <= len(digits) <= 15:
                record.number(digits, "prose")
            if pattern is _ZEROS:
                record.sign("number-with-00", found[0][:6])
    starts = set()
    for found in _MASKED.finditer(text, 0, own):
        starts.add(found["start"].replace(" ", ""))
        country = _COUNTRIES.get(found["start"].replace(" ", "")[:2])
        if country:
            record.sign(f"digits-{country}", found[0])
    if {"52", "521"} <= starts or {"54", "549"} <= starts:
        record.sign("extra-digit-said", ", ".join(sorted(starts)))
