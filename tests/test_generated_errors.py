"""`docs/errors.md` says what the records say."""

from __future__ import annotations

import re
from pathlib import Path

from wa_doctor.knowledge import catalogue_page
from wa_doctor.knowledge.errors import Retry, errors

DOCUMENT = Path(__file__).parents[1] / "docs" / "errors.md"


def test_the_page_is_what_the_records_give() -> None:
    """A change of a record that was not written to the page is noticed."""
    written = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    assert written == catalogue_page.page(), (
        "docs/errors.md is not up to date; run: python -m wa_doctor.knowledge.catalogue_page > docs/errors.md"
    )


def test_every_link_within_the_page_leads_somewhere() -> None:
    """Each code and each source can be linked to."""
    page = catalogue_page.page()
    anchors = re.findall(r'<a id="([^"]+)">', page)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) - set(anchors) == set()


def test_every_category_and_place_has_words() -> None:
    """A new category or place needs its words on the page."""
    assert {fact.category for fact in errors()} - set(catalogue_page.CATEGORIES) == set()
    assert {place for fact in errors() for place in fact.appears_in} - set(catalogue_page.PLACES) == set()


def test_every_record_has_its_heading_cause_and_steps() -> None:
    """Nothing is left out between the first and the last record."""
    page = catalogue_page.page()
    for fact in errors():
        number = f"{fact.code}-{fact.code_max}" if fact.code_max else str(fact.code)
        record = page.partition(f'<a id="{number}"></a>')[2].partition("<a id=")[0]
        assert f"### {number} " in record
        assert re.findall(r"(?m)^(\d+)\. ", record.partition("- **Send again:**")[0]) == [
            str(step) for step in range(1, len(fact.fix) + 1)
        ]
        assert f"confidence {fact.confidence}" in record


def test_markup_in_a_text_stays_text_and_code_stays_code() -> None:
    """Angle brackets and stars in a fact are shown as they are."""
    assert catalogue_page._text("a <b> and `<c>` *d* x[1]") == r"a \<b> and `<c>` \*d\* x\[1\]"


def test_a_code_with_backticks_gets_a_longer_fence() -> None:
    """Backticks inside a command do not end it."""
    assert catalogue_page._code("say `hello`") == "`` say `hello` ``"


def test_a_waiting_time_is_written_out() -> None:
    """`24h` is for programs."""
    assert catalogue_page._retry(Retry("after", "24h", "longer each time")) == (
        "after 24 hours at the earliest (longer each time)"
    )
    assert catalogue_page._retry(Retry("after", "1m")) == "after 1 minute at the earliest"
    assert catalogue_page._retry(Retry("no")) == "no"
