"""The countries where WhatsApp and the telephone network write one and the same mobile number with different digits."""

from __future__ import annotations

import re

_BRAZIL_LONG = re.compile(r"55([1-9][1-9])9(\d{8})")
_BRAZIL_SHORT = re.compile(r"55([1-9][1-9])([6-9]\d{7})")
_MEXICO_LONG = re.compile(r"521(\d{10})")
_MEXICO_SHORT = re.compile(r"52(\d{10})")
_ARGENTINA_LONG = re.compile(r"549(\d{10})")
_ARGENTINA_SHORT = re.compile(r"54(\d{10})")

# A rule: what the digits look like, what they become.
_RULES = (
    (_ARGENTINA_LONG, r"54\1"),
    (_ARGENTINA_SHORT, r"549\1"),
    (_MEXICO_LONG, r"52\1"),
    (_MEXICO_SHORT, r"521\1"),
    (_BRAZIL_LONG, r"55\1\2"),
    (_BRAZIL_SHORT, r"55\g<1>9\2"),
)

_WHY = {
    "54": "Argentine mobiles are written with and without a 9 behind 54",
    "52": "Mexican numbers are written with and without a 1 behind 52",
    "55": "Brazilian mobiles are written with and without a 9 behind the area code",
}


def other_forms(digits: str) -> tuple[str, ...]:
    """
    Return the other digits under which WhatsApp may know this number, given with its calling code and no plus.

    Argentina: `54 9 ...` and `54 ...`; Mexico: `52 1 ...` and `52 ...`; Brazil: with and without the ninth digit.
    A webhook reports the one, the list of a test number may hold the other. Empty for every other number.
    """
    for pattern, other in _RULES:
        found = pattern.fullmatch(digits)
        if found:
            return (found.expand(other),)
    return ()


def note(digits: str) -> str:
    """Say what the other form is and when to try it, or nothing."""
    forms = other_forms(digits)
    if not forms:
        return ""
    return f"{_WHY[digits[:2]]}: where this form gives error 131030 or does not match a webhook, try {forms[0]}"
