"""
Writes `countries.json` and `names.json` from CLDR (through Babel) and ISO 3166 (through pycountry).

Run `python -m wa_doctor.recipients.build_names` after an update of either; both are wanted here and in a test,
never by the program itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from wa_doctor.knowledge.facts import DATA
from wa_doctor.recipients.spelling import same_spelling

COUNTRIES = DATA / "regions" / "countries.json"
NAMES = DATA / "regions" / "names.json"

# CLDR's `gez` has North and South Korea exchanged, so it must stay out of this list.
_LOCALES = """
af am ar az be bg bn ca ckb cs cy da de el en es et eu fa fi fil fr ga gl gu he hi hr hu hy id is it ja ka kk km kn
ko ky lo lt lv mk ml mn mr ms my nb ne nl nn pa pl ps pt pt_PT ro ru si sk sl sq sr sr_Latn sv sw ta te tg th tr uk
ur uz vi yue zh zh_Hant
"""
LOCALES = tuple(_LOCALES.split())

# Codes that ISO 3166-1 does not assign and that numbers and addresses use: Ascension, Tristan da Cunha, Kosovo.
_RESERVED = {"AC": ("", ""), "TA": ("", ""), "XK": ("XKX", "")}

# Countries of which only a part is on the list, so that their subdivisions matter.
_DIVIDED = ("UA",)


def countries() -> dict[str, Any]:
    """Return alpha-3, numeric and English name by alpha-2, and the subdivisions of divided countries by code."""
    import babel
    import pycountry
    from babel import Locale

    subdivisions: Any = pycountry.subdivisions
    english = Locale.parse("en").territories
    assigned = {each.alpha_2: (each.alpha_3, each.numeric) for each in pycountry.countries}
    return {
        "source": f"ISO 3166 from pycountry {pycountry.__version__}, English names from Babel {babel.__version__}",
        "countries": {
            code: [alpha3, numeric, english[code]] for code, (alpha3, numeric) in sorted((assigned | _RESERVED).items())
        },
        "subdivisions": {
            each.code: each.name
            for country in _DIVIDED
            for each in sorted(subdivisions.get(country_code=country), key=lambda part: part.code)
        },
    }


def names() -> dict[str, Any]:
    """Return every spelling by the code of its one region, and apart from them the spellings that several share."""
    import babel

    owners: dict[str, set[str]] = {}
    for code, name in _all_names():
        owners.setdefault(same_spelling(name), set()).add(code)
    single: dict[str, list[str]] = {}
    for name, codes in sorted(owners.items()):
        if len(codes) == 1:
            single.setdefault(min(codes), []).append(name)
    return {
        "source": f"CLDR from Babel {babel.__version__}, {len(LOCALES)} locales",
        "names": {code: "|".join(single[code]) for code in sorted(single)},
        "shared": {name: sorted(codes) for name, codes in sorted(owners.items()) if len(codes) > 1},
    }


def _all_names() -> Iterator[tuple[str, str]]:
    import pycountry
    from babel import Locale

    document = countries()
    known = set(document["countries"])
    for locale in LOCALES:
        for code, name in Locale.parse(locale).territories.items():
            if code in known:
                yield code, name
    for country in pycountry.countries:
        for field in ("name", "official_name", "common_name"):
            if hasattr(country, field):
                yield country.alpha_2, getattr(country, field)
    for code, name in document["subdivisions"].items():
        yield code, name


def text(document: dict[str, Any]) -> str:
    """Return a document as it is committed: an entry a line, so that an update reads as a diff."""
    parts = []
    for key, value in document.items():
        if isinstance(value, dict):
            lines = ",\n".join(
                f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(each, ensure_ascii=False)}"
                for name, each in value.items()
            )
            parts.append(f" {json.dumps(key)}: {{\n{lines}\n }}")
        else:
            parts.append(f" {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    COUNTRIES.write_text(text(countries()), encoding="utf-8")
    NAMES.write_text(text(names()), encoding="utf-8")
