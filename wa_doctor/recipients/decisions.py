"""What holds for the digits of a number or for a region, apart from how somebody wrote it."""

from __future__ import annotations

from dataclasses import dataclass

from wa_doctor.knowledge import numbering, regions
from wa_doctor.recipients import readings
from wa_doctor.recipients.table import place_of, table
from wa_doctor.recipients.verdict import ALLOWED, INVALID, UNCERTAIN, Place

WITH_CODE = "Write the number with + and its calling code, digits only."


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with its reasons; one of them serves every number of a prefix and length."""

    verdict: str
    region: Place
    reason: str
    confidence: str
    sources: tuple[str, ...]
    fix: str = ""
    notes: tuple[str, ...] = ()


def for_number(digits: str, *, explicit: bool) -> Decision:
    """
    Decide about the digits of a number of a possible length.

    `explicit` says that they are known to begin with their calling code; otherwise they may be a number as it is
    written inside a country, and the answer may be `uncertain` for that.
    """
    row = table().find(without_trunk(digits))
    if row is None:
        return _unassigned(digits, explicit=explicit)
    doubt = None if explicit else readings.doubt(digits, row)
    if doubt is None:
        unsure = not explicit and row.verdict == ALLOWED and bool(readings.note(digits, row))
        confidence = "medium" if unsure else row.confidence
        return Decision(row.verdict, row.region, row.reason, confidence, row.sources, row.fix, row.notes)
    at_stake = doubt.row
    return Decision(
        UNCERTAIN,
        at_stake.region if at_stake else Place(),
        doubt.reason,
        "low",
        (*(at_stake.sources[:1] if at_stake else ("meta_support",)), "meta_numbers"),
        readings.FIX,
    )


def _unassigned(digits: str, *, explicit: bool) -> Decision:
    meant = "" if explicit else readings.missing_code(digits)
    reason = f"no calling code begins with {digits[:3]}"
    return Decision(INVALID, Place(), f"{reason}; {meant}" if meant else reason, "certain", ("lpn",), WITH_CODE)


def without_trunk(digits: str) -> str:
    """Leave out the 0 (or, in Russia, the 8) that some people write between calling code and number."""
    code = table().calling_code(digits)
    if code is None or not has_trunk(digits):
        return digits
    shorter = code.digits + digits[len(code.digits) + 1 :]
    if code.trunk == "0":
        return shorter
    return shorter if readings.has_usual_length(shorter) and not readings.has_usual_length(digits) else digits


def has_trunk(digits: str) -> bool:
    """Say whether the digit behind the calling code is the one that is dialled inside the country only."""
    code = table().calling_code(digits)
    return code is not None and bool(code.trunk) and digits.startswith(code.trunk, len(code.digits))


def for_region(code: str) -> Decision:
    """Decide about a country or subdivision by its ISO 3166 code."""
    country = code.partition("-")[0]
    fact = regions.regions().get(code)
    rules = tuple(rule.note for rule in regions.rules_for(code))
    if fact:
        place, notes = Place(code, fact.name), (*fact.notes, *rules)
        return Decision(fact.verdict, place, fact.reason, fact.confidence, fact.sources, fact.fix, notes)
    if country == code:
        place = place_of(code)
        return Decision(ALLOWED, place, f"{place.name} is not on Meta's list", "high", ("meta_support",), notes=rules)
    return _of_part(code, country)


def _of_part(code: str, country: str) -> Decision:
    parts = numbering.subdivisions()
    if not any(known.startswith(f"{country}-") for known in parts):
        whole = for_region(country)
        notes = (*whole.notes, f"{code} is decided as {whole.region}: only Ukraine is on the list in part")
        return Decision(whole.verdict, whole.region, whole.reason, whole.confidence, whole.sources, whole.fix, notes)
    if code not in parts:
        reason = f"{code} is no ISO 3166-2 code of {place_of(country).name}"
        return Decision(INVALID, Place(), reason, "certain", ("iso",), "Look the code up in ISO 3166-2.")
    reason = f"{parts[code]} is not one of the three Ukrainian regions on Meta's list"
    return Decision(ALLOWED, Place(code, parts[code]), reason, "high", ("meta_support", "iso"))
