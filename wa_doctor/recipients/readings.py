"""
What digits without a plus may be: a wa_id, or a number as it is written inside a country.

Meta says that it puts the calling code of the business in front of a number that is sent without a plus, so a
list of bare digits is a risk of its own; here it decides nothing that it cannot know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wa_doctor.knowledge import facts, numbering
from wa_doctor.recipients.table import HEAD, Row, place_of, table
from wa_doctor.recipients.verdict import ALLOWED, BLOCKED

if TYPE_CHECKING:
    from wa_doctor.knowledge.numbering import NationalForm

# Up to here numbers of many countries are as long without their calling code as those of others are with it.
_LIKE_NATIONAL = 10
_NAMED = 4

FIX = "Write it with + and its calling code, or pass `--wa-id` if these values are wa_ids from a webhook."


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why bare digits cannot be taken as a wa_id, and the row that is at stake, if one is."""

    reason: str
    row: Row | None = None


def doubt(digits: str, row: Row) -> Doubt | None:
    """
    Say why bare digits may not be the number that `row` says they are; None if nothing speaks against it.

    The answer depends on the first four digits and on the length alone.
    """
    rivals = tuple(_rivals(digits))
    as_wa_id = f"as a wa_id this is {row.region.name}, +{row.digits}"
    if row.verdict != ALLOWED and (rivals or len(digits) <= _LIKE_NATIONAL):
        return Doubt(f"{as_wa_id}; without a plus it may as well be {_number_of(rivals, row)}", row)
    blocked = next((each for each in rivals if each.row.verdict == BLOCKED), None)
    if blocked:
        return Doubt(f"{as_wa_id}; without a plus it may as well be {_number_of((blocked,), row)}", blocked.row)
    if has_usual_length(digits):
        return None
    also = f"; it may be {_number_of(rivals, row)}" if rivals else ""
    return Doubt(f"{as_wa_id}, but numbers there have another length{also}", None if row.verdict == ALLOWED else row)


def note(digits: str, row: Row) -> str:
    """Name the countries of which these bare digits may be a number, where that changes nothing about the verdict."""
    rivals = tuple(_rivals(digits)) if len(digits) <= _LIKE_NATIONAL else ()
    return f"read as a wa_id; without a plus it may as well be {_number_of(rivals, row)}" if rivals else ""


def missing_code(digits: str) -> str:
    """Say of which countries digits that begin with no calling code may be a number, or return nothing."""
    for form, pattern in _forms(len(digits)):
        if form.trunk and pattern.fullmatch(digits[:HEAD]):
            name = form.place or place_of(form.region).name
            return f"people in {name} dial {form.trunk} first, did you mean +{form.code} and what follows it?"
    rivals = tuple(_rivals(digits))
    return f"it may be {_number_of(rivals, None)}" if rivals else ""


def has_usual_length(digits: str) -> bool:
    """Say whether numbers of this calling code have so many digits, those that only WhatsApp keeps included."""
    code = table().calling_code(digits)
    return code is not None and len(digits) - len(code.digits) in code.lengths


@dataclass(frozen=True, slots=True)
class _Rival:
    name: str
    row: Row


def _rivals(digits: str) -> Iterator[_Rival]:
    for form, pattern in _forms(len(digits)):
        if pattern.fullmatch(digits[:HEAD]):
            row = table().find(form.code + digits.removeprefix(form.trunk))
            if row:
                yield _Rival(form.place or place_of(form.region).name, row)


@facts.remembered
def _forms(length: int) -> tuple[tuple[NationalForm, re.Pattern[str]], ...]:
    return tuple((form, re.compile(form.heads)) for form in numbering.national_forms() if length in form.lengths)


def _number_of(rivals: tuple[_Rival, ...], row: Row | None) -> str:
    own = row.region.name if row else ""
    names = list(dict.fromkeys(each.name for each in rivals if each.name != own))[:_NAMED]
    countries = " or ".join(", ".join(names).rsplit(", ", 1)) if names else "another country"
    return f"a number of {countries} without its calling code"
