"""What is true of all facts about regions and numbers together, and that the generated ones are up to date."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wa_doctor.knowledge import facts, numbering, regions
from wa_doctor.knowledge.regions import PrefixFact, RegionFact
from wa_doctor.recipients import build_names, build_plan, judge, page
from wa_doctor.recipients.table import Table, table

# A machine that is busy with other things is no finding.
unhurried = settings(deadline=None)

PAGE = Path(__file__).parents[2] / "docs" / "recipients.md"
REGIONS = regions.regions()
BLOCKED = {"CU", "IR", "KP", "SY", "UA-43", "UA-40", "UA-14", "UA-09"}


def test_the_list_is_what_meta_says() -> None:
    """Four countries and three regions of Ukraine, Sevastopol taken as part of one of them."""
    assert {code for code, fact in REGIONS.items() if fact.verdict == "blocked"} == BLOCKED


@pytest.mark.parametrize("code", sorted(REGIONS))
def test_a_region_can_be_traced(code: str) -> None:
    """Every source is listed with a day, and nothing was read in the future."""
    fact = REGIONS[code]
    cited = [*fact.sources, *(key for row in fact.prefix for key in row.sources)]

    assert set(cited) <= set(regions.sources())
    assert fact.checked <= date.today()  # noqa: DTZ011 - a day is all a source gives


@pytest.mark.parametrize("code", sorted(REGIONS))
def test_a_region_reads_well_beside_a_number(code: str) -> None:
    """Reasons and notes begin small and do not end in a full stop; fixes are sentences."""
    fact = REGIONS[code]
    rows: list[RegionFact | PrefixFact] = [fact, *fact.prefix]

    for row in rows:
        assert row.reason[0] not in "=+-@"
        assert not any(text.endswith(".") for text in (row.reason, *row.notes))
        assert not row.fix or (row.fix[0].isupper() and row.fix.endswith("."))


def test_every_rule_is_about_countries_that_exist() -> None:
    for name, rule in regions.rules().items():
        assert set(rule.regions) <= set(numbering.countries()), name
        assert set(rule.sources) <= set(regions.sources()), name


def test_every_calling_code_leads_to_a_country() -> None:
    """215 calling codes, each to a country or to none, and every number behind one gets a row."""
    codes = numbering.calling_codes()

    assert len(codes) == 215
    for code, fact in codes.items():
        assert fact.region in numbering.countries() or fact.region == "001"
        row = table().find(code + "0" * 9)
        assert row is not None
        assert row.digits.startswith(code) or code.startswith(row.digits)


def test_no_calling_code_begins_with_another() -> None:
    codes = set(numbering.calling_codes())

    assert not {(one, other) for one in codes for other in codes if one != other and other.startswith(one)}


def test_locales_that_exchange_the_two_koreas_are_left_out() -> None:
    """CLDR's gez calls the south what everybody else calls the north."""
    assert "gez" not in build_names.LOCALES
    assert len(build_names.LOCALES) >= 60


def test_the_names_are_what_the_generator_writes() -> None:
    pytest.importorskip("babel", reason="Babel is a development dependency")
    pytest.importorskip("pycountry", reason="pycountry is a development dependency")
    for path, document in (
        (build_names.COUNTRIES, build_names.countries()),
        (build_names.NAMES, build_names.names()),
    ):
        committed = path.read_text(encoding="utf-8")
        if json.loads(committed)["source"] != document["source"]:
            pytest.skip(f"{path.name} was made from {json.loads(committed)['source']}, not {document['source']}")
        assert committed == build_names.text(document)


def test_the_calling_codes_are_what_the_generator_writes() -> None:
    installed = pytest.importorskip("phonenumbers", reason="phonenumbers is wanted by this generator alone")
    committed = build_plan.TARGET.read_text(encoding="utf-8")
    if json.loads(committed)["source"] != f"phonenumbers {installed.__version__}":
        pytest.skip(f"made from {json.loads(committed)['source']}, here is {installed.__version__}")
    assert committed == build_plan.text()


@unhurried
@given(st.integers(0, 999), st.integers(0, 999))
def test_a_range_is_taken_apart_into_exactly_its_numbers(one: int, other: int) -> None:
    low, high = sorted((one, other))
    row = PrefixFact(("7",), "r", "high", ("lpn",), ranges=(f"{low:03d}-{high:03d}",))

    covered = {number for number in range(1000) if f"7{number:03d}".startswith(row.spans)}

    assert covered == set(range(low, high + 1))


@pytest.mark.parametrize(
    "row",
    [
        {"digits": ["+53"]},
        {"digits": []},
        {"verdict": "maybe"},
        {"confidence": "sure"},
        {"sources": []},
        {"ranges": ["200-19"]},
        {"ranges": ["300-200"]},
    ],
    ids=str,
)
def test_a_wrong_row_is_refused(row: dict[str, object]) -> None:
    right = {"digits": ["53"], "reason": "r", "confidence": "high", "sources": ["lpn"]}

    with pytest.raises(facts.InvalidFact):
        facts.build(PrefixFact, {**right, **row}, "test")


@pytest.fixture
def overlay(tmp_path: Path) -> Iterator[Path]:
    """Yield a directory of a user's facts that is in force and leaves nothing behind."""
    directory = tmp_path / "facts"
    (directory / "regions" / "verdicts").mkdir(parents=True)
    yield directory
    facts.forget()


def test_a_user_can_take_a_region_off_the_list_before_we_do(overlay: Path) -> None:
    """A file of the same name replaces ours, with sources of the user's own."""
    (overlay / "regions" / "verdicts" / "SY.toml").write_text(
        """
        code = "SY"
        name = "Syria"
        verdict = "allowed"
        reason = "Syria left Meta's list"
        confidence = "certain"
        sources = ["https://example.org/our-reading"]
        checked = 2026-12-01

        [[prefix]]
        digits = ["963"]
        reason = "Syria left Meta's list"
        confidence = "certain"
        sources = ["https://example.org/our-reading"]
        """,
        encoding="utf-8",
    )
    facts.overlay(overlay)

    found = judge("+963944123456")

    assert (found.verdict, found.source) == ("allowed", "https://example.org/our-reading")
    assert judge("Syria").verdict == "allowed"
    assert judge("+5352345678").verdict == "blocked"


def test_a_file_named_after_another_region_is_refused(overlay: Path) -> None:
    ours = facts.DATA / "regions" / "verdicts" / "CU.toml"
    (overlay / "regions" / "verdicts" / "XX.toml").write_text(ours.read_text(encoding="utf-8"), encoding="utf-8")
    facts.overlay(overlay)

    with pytest.raises(facts.InvalidFact, match=r"should be CU\.toml"):
        regions.regions()


def test_the_longest_prefix_decides() -> None:
    """+53 99 is not Cuba's, +7 978 15 is not the rest of +7 978, and the order of the files does not matter."""
    fresh = Table()

    assert [
        row.digits for digits in ("5399123", "5391234", "79781500000", "79160000000") if (row := fresh.find(digits))
    ] == [
        "5399",
        "53",
        "797815",
        "7",
    ]
    assert fresh.find("999123456") is None


def test_the_page_is_what_the_facts_give() -> None:
    """A change of a fact that was not written to the page is noticed."""
    document = PAGE.read_text(encoding="utf-8")

    assert document == page.updated(document), "run: python -m wa_doctor.recipients.page docs/recipients.md"


def test_every_source_is_cited_on_the_page() -> None:
    document = PAGE.read_text(encoding="utf-8")

    assert {key for key in regions.sources() if f"](#source-{key})" not in document} == set()
