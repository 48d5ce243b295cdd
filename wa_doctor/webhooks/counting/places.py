"""Regions of recipients and names of business numbers: what a tally is grouped by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from wa_doctor.redact import plain
from wa_doctor.webhooks.counting.tallies import BLOCK

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Region:
    """
    Where a recipient is.

    `verdict` is that of `wa_doctor.recipients`: `blocked`, `allowed`, `uncertain` or `invalid`; `reason` says why.
    """

    code: str
    name: str
    verdict: str
    reason: str = ""


_NOWHERE = Region("", UNKNOWN, "uncertain")


@lru_cache(maxsize=1 << 12)
def of_recipient(recipient: str) -> Region:
    """Return where a number or a business-scoped user is; a group is nowhere."""
    digits = recipient.isascii() and recipient.isdigit()
    if not digits and recipient[2:3] != ".":
        return _NOWHERE

    from wa_doctor.recipients import judge

    found = judge(f"+{recipient}" if digits else recipient, suggest=False)
    if not found.region.code:
        return Region("", UNKNOWN, found.verdict, found.reason)
    return Region(found.region.code, found.region.name, found.verdict, found.reason)


@lru_cache(maxsize=1 << 16)
def of_block(block: int) -> Region:
    """Return where the numbers of a block are; 0 stands for no number."""
    return of_recipient(str(block * BLOCK)) if block else _NOWHERE


def of_user(prefix: str) -> Region:
    """Return the region of business-scoped users whose ids begin with these two letters."""
    return of_recipient(f"{prefix}.1") if prefix.isascii() and prefix.isalpha() and prefix.isupper() else _NOWHERE


def number_name(number: int | str, displays: Mapping[int, str]) -> str:
    """Return what to call a business number: its display number, else its id."""
    if not number:
        return UNKNOWN
    display = "".join(each for each in displays.get(int(number) if str(number).isdigit() else 0, "") if each.isdigit())
    return f"+{display}" if display else plain(number, 60)
