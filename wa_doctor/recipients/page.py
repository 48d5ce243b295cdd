"""
Writes the tables of `docs/recipients.md` from the facts.

`python -m wa_doctor.recipients.page docs/recipients.md` rewrites what stands between the markers of that file; a
test compares the two.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from wa_doctor.knowledge import numbering, regions

if TYPE_CHECKING:
    from wa_doctor.knowledge.regions import PrefixFact, RegionFact

BEGIN, END = "<!-- from the facts: begin -->", "<!-- from the facts: end -->"

_ORDER = ("blocked", "uncertain", "allowed")
_MANY = 6  # more prefixes or ranges than this are told as a span


def updated(document: str) -> str:
    """Return the document with what stands between its markers written anew."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{section()}\n{END}{after}"


def section() -> str:
    """Return the tables: the list, regions, prefixes, rules of countries, sources."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    listed = regions.list_fact()
    facts = sorted(regions.regions().values(), key=lambda fact: (_ORDER.index(fact.verdict), fact.code))
    yield f"The list: {listed.title}, version of {listed.updated}, last read {listed.checked}, <{listed.url}>."
    yield ""
    yield "### Regions"
    yield ""
    yield from _table(
        ("Region", "Verdict", "Why", "Confidence", "Sources"),
        (
            (f"{fact.name} ({fact.code})", fact.verdict, _why(fact), fact.confidence, _keys(fact.sources))
            for fact in facts
        ),
    )
    yield "### Prefixes"
    yield ""
    yield "The longest one that a number begins with decides. Every other calling code is allowed."
    yield ""
    yield from _table(
        ("Prefix", "Region", "Verdict", "Why", "Confidence", "Sources"),
        (_prefix(row, fact) for fact in facts for row in fact.prefix),
    )
    yield "### What else holds for a country"
    yield ""
    yield from _table(
        ("Countries", "Note", "Error", "Since", "Confidence", "Sources"),
        (
            (
                ", ".join(numbering.countries()[code].name for code in rule.regions),
                rule.note,
                str(rule.error or ""),
                rule.since,
                rule.confidence,
                _keys(rule.sources),
            )
            for rule in regions.rules().values()
        ),
    )
    yield "### Sources"
    yield ""
    for key, source in sorted(regions.sources().items()):
        link = f", <{source.url}>" if source.url else ""
        yield f'- <a id="source-{key}"></a>`{key}`: {source.title}, read {source.read}{link}'
    yield ""


def _why(fact: RegionFact) -> str:
    return "<br>".join((fact.reason, *fact.notes))


def _prefix(row: PrefixFact, fact: RegionFact) -> tuple[str, ...]:
    shown = ", ".join(_spaced(digits) for digits in row.digits)
    if row.ranges:
        spans = ", ".join(row.ranges[:_MANY]) + (
            f" and {len(row.ranges) - _MANY} more" if len(row.ranges) > _MANY else ""
        )
        shown = f"{shown} with {spans}"
    name = row.place or fact.name
    return (
        shown,
        f"{name} ({fact.code})",
        row.verdict or fact.verdict,
        "<br>".join((row.reason, *row.notes)),
        row.confidence,
        _keys(row.sources),
    )


def _spaced(digits: str) -> str:
    code = next(digits[:length] for length in (1, 2, 3) if digits[:length] in numbering.calling_codes())
    return f"+{code} {digits[len(code) :]}".strip()


def _keys(keys: tuple[str, ...]) -> str:
    return ", ".join(f"[{key}](#source-{key})" for key in keys)


def _table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|" + " --- |" * len(heads)
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(updated(path.read_text(encoding="utf-8")), encoding="utf-8")
