"""
Writes `plan.json`, the world's calling codes, from libphonenumber's metadata.

Run `python -m wa_doctor.recipients.build_plan` after an update of `phonenumbers`, which is wanted here and
nowhere else: the program itself never loads it.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from wa_doctor.knowledge.facts import DATA

TARGET = DATA / "regions" / "plan.json"

# Lengths after the calling code that real wa_ids have and libphonenumber does not accept: Mexico with the old 1,
# Côte d'Ivoire and Benin from before their numbers grew to ten digits.
_KEPT_BY_WHATSAPP = {52: 11, 225: 8, 229: 8}

# National exit codes that people write behind the calling code by mistake. Elsewhere a zero there is a digit.
_TRUNK = {"0": "0", "8": "8"}


def build() -> dict[str, Any]:
    """
    Return the calling codes with their region, the lengths of a number behind them, and the trunk prefix.

    `areas` refines the codes that several regions share. Only fixed, mobile, VoIP and personal numbers count
    for the lengths: libphonenumber's own general lengths include short codes and internal numbers.
    """
    phonenumbers: Any = importlib.import_module("phonenumbers")
    codes = {str(code): _code(code, regions) for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()}
    areas: dict[str, list[str]] = {}
    for digits, region in sorted(_areas()):
        areas.setdefault(region, []).append(digits)
    return {
        "source": f"phonenumbers {phonenumbers.__version__}",
        "codes": dict(sorted(codes.items())),
        "areas": dict(sorted(areas.items())),
    }


def _code(code: int, regions: tuple[str, ...]) -> list[Any]:
    kinds = [kind for region in regions for kind in _kinds(code, region)]
    lengths = {length for kind in kinds for length in kind.possible_length if length > 0}
    lengths |= {_KEPT_BY_WHATSAPP[code]} if code in _KEPT_BY_WHATSAPP else set()
    trunk = _TRUNK.get(_metadata(code, regions[0]).national_prefix or "", "")
    if trunk == "0" and any(_starts_with_zero(kind.national_number_pattern, lengths) for kind in kinds):
        trunk = ""
    # A trunk 8 is told from a digit by the length alone, so the length must be one.
    if trunk == "8" and len(lengths) > 1:
        trunk = ""
    return [regions[0], trunk, sorted(lengths)]


def _starts_with_zero(pattern: str, lengths: set[int]) -> bool:
    numbers = (
        f"0{second}{third}".ljust(length, "1") for length in lengths for second in range(10) for third in range(10)
    )
    return any(re.fullmatch(pattern, number) for number in numbers)


def _kinds(code: int, region: str) -> Iterator[Any]:
    metadata = _metadata(code, region)
    if region == "001":
        yield metadata.general_desc
        return
    for kind in (metadata.fixed_line, metadata.mobile, metadata.voip, metadata.personal_number):
        if kind and kind.national_number_pattern:
            yield kind


def _metadata(code: int, region: str) -> Any:
    metadata: Any = importlib.import_module("phonenumbers.phonemetadata").PhoneMetadata
    return metadata.metadata_for_nongeo_region(code) if region == "001" else metadata.metadata_for_region(region)


def _areas() -> Iterator[tuple[str, str]]:
    for code, regions in importlib.import_module("phonenumbers").COUNTRY_CODE_TO_REGION_CODE.items():
        for region in regions[1:]:
            leading = _metadata(code, region).leading_digits
            if leading:
                for digits in _expansions(leading):
                    yield f"{code}{digits}", region
    for area in range(200, 1000):
        for region in ("US", "CA"):
            if _has_area(region, str(area)):
                yield f"1{area}", region


def _expansions(leading: str) -> Iterator[str]:
    for length in range(1, 4):
        for digits in map("".join, product("0123456789", repeat=length)):
            if re.fullmatch(leading, digits):
                yield digits


def _has_area(region: str, area: str) -> bool:
    exchanges = range(200, 1000, 7)
    return any(
        re.fullmatch(kind.national_number_pattern, f"{area}{exchange}4321")
        for kind in (_metadata(1, region).fixed_line, _metadata(1, region).mobile)
        for exchange in exchanges
    )


def text() -> str:
    """Return the file as it is committed: a calling code or a region a line, so that an update reads as a diff."""
    plan = build()
    codes = ",\n".join(f"  {json.dumps(code)}: {json.dumps(value)}" for code, value in plan["codes"].items())
    areas = ",\n".join(f"  {json.dumps(code)}: {json.dumps(value)}" for code, value in plan["areas"].items())
    return (
        f'{{\n "source": {json.dumps(plan["source"])},\n "codes": {{\n{codes}\n }},\n "areas": {{\n{areas}\n }}\n}}\n'
    )


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
