"""Codes and names of countries and regions: exact ones decide, near ones are only suggested."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from wa_doctor.knowledge import facts, numbering, regions
from wa_doctor.recipients.spelling import same_spelling

_SUBDIVISION = re.compile(r"([A-Za-z]{2})-([A-Za-z0-9]{1,3})")

# How close a spelling must be to be suggested, by difflib's ratio. Iran and Irak are at 0.75.
_NEAR = 0.72
_SUGGESTED = 3
_SHORTEST_TYPO = 4  # shorter names are within one letter of too many others


@dataclass(frozen=True, slots=True)
class Named:
    """
    What a code or name stands for.

    `meaning`: `one` region; `all` of them (a group); `any` of them (ambiguous); `weak` (an acronym that may mean
    something else); `historic` (out of use). `codes` are ISO 3166-1 alpha-2 or ISO 3166-2.
    """

    kind: str
    meaning: str
    codes: tuple[str, ...]


def find_code(text: str) -> Named | None:
    """Look up an ISO 3166 code: alpha-2, alpha-3, numeric or subdivision, in any letter case."""
    if not text.isascii():
        return None
    code = text.upper()
    hand = regions.names().codes.get(code)
    if hand:
        return Named("code", "one", (hand,))
    if code in regions.regions() or code in numbering.subdivisions():
        return Named("code", "one", (code,))
    parts = _SUBDIVISION.fullmatch(text)
    if parts and parts[1].upper() in numbering.countries():
        return Named("code", "one", (code,))
    found = _codes().get(code)
    return Named("code", "one", (found,)) if found else None


def find_name(text: str) -> Named | None:
    """Look up a name in any of the languages there are, in any letter case, with or without accents."""
    key = same_spelling(text)
    if not key:
        return None
    hand = _by_hand().get(key)
    if hand:
        return hand
    single, shared = _spellings()
    if key in single:
        return Named("name", "one", (single[key],))
    return Named("name", "any", shared[key]) if key in shared else None


def similar(text: str) -> tuple[tuple[str, str], ...]:
    """Return up to three near spellings with the code each stands for, nearest first; never to be decided on."""
    key = same_spelling(text)
    if len(key) < _SHORTEST_TYPO:
        return ()

    import difflib

    known = {name: named.codes[0] for name, named in _by_hand().items() if named.meaning != "historic"}
    known.update(_spellings()[0])
    # A typo hardly ever changes a length by more than two; leaving the rest out makes the search ten times faster.
    candidates = [name for name in known if abs(len(name) - len(key)) <= 2]
    near = difflib.get_close_matches(key, candidates, n=_SUGGESTED * 4, cutoff=_NEAR)
    first: dict[str, str] = {}
    for name in near:
        first.setdefault(known[name], name)
    return tuple((name, code) for code, name in list(first.items())[:_SUGGESTED])


@facts.remembered
def _codes() -> Mapping[str, str]:
    found = {}
    for country in numbering.countries().values():
        for code in (country.code, country.alpha3, country.numeric):
            if code:
                found[code] = country.code
    return found


@facts.remembered
def _spellings() -> tuple[Mapping[str, str], Mapping[str, tuple[str, ...]]]:
    return numbering.spellings()


@facts.remembered
def _by_hand() -> Mapping[str, Named]:
    hand = regions.names()
    found: dict[str, Named] = {}
    for meaning, table in (("historic", hand.historic), ("weak", hand.acronyms)):
        found |= {same_spelling(name): Named("name", meaning, (code,)) for name, code in table.items()}
    for code, spellings in hand.names.items():
        found |= {same_spelling(name): Named("name", "one", (code,)) for name in spellings}
    found |= {same_spelling(name): Named("name", "any", codes) for name, codes in hand.ambiguous.items()}
    found |= {same_spelling(name): Named("group", "all", codes) for name, codes in hand.groups.items()}
    return found
