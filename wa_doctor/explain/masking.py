"""Makes an excerpt of somebody's log fit to be passed on: no secret, and no whole phone number of a third person."""

from __future__ import annotations

import re

from wa_doctor.redact import plain

_RUN = re.compile(r"(?<![\w.])\+?\d{9,15}(?!\w)")
_SPACED = re.compile(r"(?<![\w.])\+\d{1,3}(?:[ \-.]?\(?\d{1,5}\)?){2,6}(?!\w)")
# An id of Meta is no personal datum and is what a reader needs to see; a wa_id is a phone number.
_ID_BEFORE = re.compile(
    r"(?:(?<!wa)(?<!recipient)(?<!user)[_ ]?ids?|object with id|/v\d{1,2}\.\d)[\"'\]\s:=>/(]{0,8}$", re.IGNORECASE
)


def excerpt(text: str, limit: int = 200) -> str:
    """Return text as one plain line of at most `limit` characters, phone numbers masked in their middle."""
    return plain(mask_numbers(around(text, 0, 0, 0, limit * 4)), limit)


def around(text: str, start: int, end: int, left: int, right: int) -> str:
    """
    Return what stands between two positions, with up to `left` and `right` characters beside it, in whole words.

    A word that the cut would split is left out: half of a token does not look like a token any more.
    """
    first, last = max(0, start - left), min(len(text), end + right)
    before, behind = text[first:start], text[end:last]
    if first and not text[first - 1].isspace():
        before = before[_split(before) :]
    if last < len(text) and not text[last].isspace():
        behind = behind[: len(behind) - _split(behind[::-1])]
    return before + text[start:end] + behind


def _split(text: str) -> int:
    """Return how many characters stand before the first white space."""
    found = re.search(r"\s", text)
    return found.start() if found else len(text)


def mask_numbers(text: str) -> str:
    """Replace the middle digits of everything that looks like a phone number, leaving country and last two digits."""
    return _RUN.sub(_mask_run, _SPACED.sub(lambda found: mask(found[0]), text))


def _mask_run(found: re.Match[str]) -> str:
    if _ID_BEFORE.search(found.string[max(0, found.start() - 24) : found.start()]):
        return found[0]
    return mask(found[0])


def mask(number: str) -> str:
    """Keep the first four and the last two digits of a number: `+54 9 11 2233-4455` becomes `5491*******55`."""
    digits = re.sub(r"\D", "", number)
    if len(digits) < 8:
        return number
    return f"{digits[:4]}{'*' * (len(digits) - 6)}{digits[-2:]}"
