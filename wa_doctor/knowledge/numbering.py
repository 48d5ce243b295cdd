"""The world's calling codes, and how numbers are written inside a country; see `recipients/build_plan.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wa_doctor.knowledge import facts


@dataclass(frozen=True, slots=True)
class CallingCode:
    """
    One calling code.

    `region` is its main region (`001`: no country). `trunk` is the digit that people put behind it by mistake,
    `lengths` are the numbers of digits behind it that exist or that WhatsApp keeps.
    """

    digits: str
    region: str
    trunk: str
    lengths: frozenset[int]


@dataclass(frozen=True, slots=True)
class NationalForm:
    """
    How numbers of a country are written inside it: so many digits, of which `heads` matches the first four.

    `code` is the calling code that is left out, `trunk` what is dialled in its place, `place` how to name the
    country where its name does not do.
    """

    region: str
    code: str
    lengths: tuple[int, ...]
    heads: str
    place: str = ""
    trunk: str = ""

    def __post_init__(self) -> None:
        re.compile(self.heads)


@dataclass(frozen=True, slots=True)
class Country:
    """A country of ISO 3166-1; `numeric` and `alpha3` are empty where ISO assigns none."""

    code: str
    alpha3: str
    numeric: str
    name: str


@facts.remembered
def calling_codes() -> Mapping[str, CallingCode]:
    """Return every assigned calling code by its digits."""
    return {
        code: CallingCode(code, region, trunk, frozenset(lengths))
        for code, (region, trunk, lengths) in _json("plan.json")["codes"].items()
    }


@facts.remembered
def areas() -> Mapping[str, str]:
    """Return the region of prefixes in calling codes that several regions share."""
    return {digits: region for region, prefixes in _json("plan.json")["areas"].items() for digits in prefixes}


@facts.remembered
def national_forms() -> tuple[NationalForm, ...]:
    """Return how numbers are written without their calling code, in the order in which they are to be named."""
    path = facts.find("regions/national.toml")
    if path is None:
        raise facts.InvalidFact("regions/national.toml is missing")
    return tuple(
        facts.build(NationalForm, table, f"{path.name}[{index}]")
        for index, table in enumerate(facts.read(path)["form"])
    )


@facts.remembered
def countries() -> Mapping[str, Country]:
    """Return every country by its alpha-2 code."""
    return {code: Country(code, *fields) for code, fields in _json("countries.json")["countries"].items()}


@facts.remembered
def subdivisions() -> Mapping[str, str]:
    """Return the name of every subdivision of a country that is on the list in part, by its ISO 3166-2 code."""
    subdivisions: dict[str, str] = _json("countries.json")["subdivisions"]
    return subdivisions


@facts.remembered
def _json(name: str) -> dict[str, dict[str, Any]]:
    path = facts.find(f"regions/{name}")
    if path is None:
        raise facts.InvalidFact(f"regions/{name} is missing")
    found: dict[str, dict[str, Any]] = json.loads(path.read_bytes())
    return found


def spellings() -> tuple[Mapping[str, str], Mapping[str, tuple[str, ...]]]:
    """Return every generated spelling with its region, and the spellings that several regions share."""
    document = _json("names.json")
    single = {name: code for code, names in document["names"].items() for name in names.split("|")}
    return single, {name: tuple(codes) for name, codes in document["shared"].items()}
