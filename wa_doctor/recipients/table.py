"""The prefix table: which row of the facts a number with its calling code falls under, by the longest prefix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wa_doctor.knowledge import facts, numbering, regions
from wa_doctor.recipients.verdict import ALLOWED, Place

if TYPE_CHECKING:
    from wa_doctor.knowledge.numbering import CallingCode
    from wa_doctor.knowledge.regions import PrefixFact, RegionFact

_PLAN = ("meta_support", "lpn")
HEAD = 4  # digits: enough for every calling code, the area codes of +1 and most of the list

_LONGEST_CALLING_CODE = 3


@dataclass(frozen=True, slots=True)
class Row:
    """What holds for every number that begins with `digits`, unless a longer prefix says otherwise."""

    digits: str
    verdict: str
    region: Place
    reason: str
    confidence: str
    sources: tuple[str, ...]
    fix: str = ""
    notes: tuple[str, ...] = ()


class Table:
    """Rows by prefix. Rows of countries that have no fact of their own are made when they are first met."""

    def __init__(self) -> None:
        self._codes = numbering.calling_codes()
        self._areas = numbering.areas()
        self._rows: dict[str, Row] = {
            digits: _listed(digits, prefix, region)
            for region in regions.regions().values()
            for prefix in region.prefix
            for digits in prefix.spans
        }
        prefixes = {*self._rows, *self._areas, *self._codes}
        self._lengths = tuple(sorted({len(prefix) for prefix in prefixes}, reverse=True))
        divided: dict[str, int] = {}
        for prefix in prefixes:
            if len(prefix) > HEAD:
                divided[prefix[:HEAD]] = max(len(prefix), divided.get(prefix[:HEAD], 0))
        self.divided: Mapping[str, int] = divided
        """How many of the first digits decide where it is more than `HEAD`, by those that do not suffice."""

    def calling_code(self, digits: str) -> CallingCode | None:
        """Return the calling code that the digits begin with, None if none is assigned."""
        for length in range(1, _LONGEST_CALLING_CODE + 1):
            found = self._codes.get(digits[:length])
            if found:
                return found
        return None

    def find(self, digits: str) -> Row | None:
        """Return the row of the longest prefix, None where not even the calling code is assigned."""
        for length in self._lengths:
            prefix = digits[:length]
            row = self._rows.get(prefix)
            if row:
                return row
            if prefix in self._areas:
                return self._keep(prefix, _area(prefix, self._areas[prefix]))
            if prefix in self._codes:
                return self._keep(prefix, _plain(self._codes[prefix]))
        return None

    def _keep(self, prefix: str, row: Row) -> Row:
        self._rows[prefix] = row
        return row


def _listed(digits: str, prefix: PrefixFact, region: RegionFact) -> Row:
    verdict = prefix.verdict or region.verdict
    return Row(
        digits=digits,
        verdict=verdict,
        region=Place(region.code, prefix.place or region.name),
        reason=prefix.reason,
        confidence=prefix.confidence,
        sources=prefix.sources,
        fix=prefix.fix or ("" if verdict == ALLOWED else region.fix),
        notes=(*prefix.notes, *region.notes),
    )


def _area(prefix: str, code: str) -> Row:
    place = place_of(code)
    if prefix.startswith("1"):
        what = f"area code +1 {prefix[1:]}"
    else:
        what = f"calling code +{prefix}" if prefix in numbering.calling_codes() else f"prefix +{prefix}"
    return Row(prefix, ALLOWED, place, f"{what} is {place.name}, which is not on Meta's list", "high", _PLAN)


def _plain(code: CallingCode) -> Row:
    if code.digits == "1":
        place = Place("", "North America")
        reason = "nothing in North America and the Caribbean (+1) is on Meta's list; the area code is unknown"
        return Row("1", ALLOWED, place, reason, "medium", _PLAN)
    if code.region == "001":
        what = f"calling code +{code.digits} (satellite, freephone, networks)"
        reason = f"{what} belongs to no country, so it is not on Meta's list"
        return Row(code.digits, ALLOWED, Place("", "no country"), reason, "medium", _PLAN)
    return _area(code.digits, code.region)


def place_of(code: str) -> Place:
    """Return a country by its alpha-2 code, under the name that the facts or else CLDR give it."""
    fact = regions.regions().get(code)
    return Place(code, fact.name if fact else numbering.countries()[code].name)


@facts.remembered
def table() -> Table:
    """Return the table of the facts in force."""
    return Table()
