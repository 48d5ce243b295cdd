"""How old the facts are, and what refuses an override."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from wa_doctor.knowledge import facts
from wa_doctor.knowledge.facts import InvalidFact
from wa_doctor.knowledge.freshness import FactFile, fact_files, newest_days, stale, validate

Write = Callable[[str, str], None]

SOURCES = """
[PAGE]
title = "A page"
url = "https://example.org/page"
read = 2026-03-01
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Return a function that writes a file below a data directory of its own, with nothing laid over it."""
    root = tmp_path / "data"
    root.mkdir()
    monkeypatch.setattr(facts, "DATA", root)

    def write(name: str, text: str) -> None:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    facts.forget()
    yield write
    facts.forget()


def kind(name: str) -> FactFile:
    """Return what is said about one kind."""
    return next(each for each in fact_files() if each.name == name)


def test_every_kind_of_ours_is_found_and_carries_a_day() -> None:
    """No fact is left without the day it was read."""
    found = {each.name: each for each in fact_files()}
    assert {"errors", "scopes", "sources", "versions"} <= set(found)
    assert [name for name, each in found.items() if each.newest is None] == []
    assert all(each.records and each.files for each in found.values())


def test_ours_pass_their_own_rules() -> None:
    """What a user may not write, we do not ship."""
    validate()


def test_no_fact_of_ours_cites_a_source_that_is_in_no_list() -> None:
    """A key that leads nowhere proves nothing."""
    unlisted = {each.name: [one.key for one in each.sources if one.read is None] for each in fact_files()}
    assert {name: keys for name, keys in unlisted.items() if keys} == {}


def test_the_quick_days_are_the_days_of_the_facts() -> None:
    """Reading the text and reading the tables come to the same."""
    assert dict(newest_days()) == {each.name: each.newest for each in fact_files() if each.newest}


def test_one_file_an_error_is_one_record_each(data: Write) -> None:
    """The steps and subcodes inside are no records."""
    step = 'fix = [ { text = "A." }, { text = "B." } ]\n[[subcode]]\nsubcode = 1\n[[subcode]]\nsubcode = 2\n'
    data("errors/1.toml", "code = 1\nchecked = 2026-01-01\n" + step)
    data("errors/2.toml", "code = 2\nchecked = 2026-02-02\n" + step)
    found = kind("errors")
    assert (found.records, found.files) == (2, 2)
    assert (found.oldest, found.newest) == (date(2026, 1, 1), date(2026, 2, 2))


def test_a_list_of_records_is_counted_by_record(data: Write) -> None:
    """The file is one, the permissions in it are two."""
    data("scopes.toml", "checked = 2026-01-01\n" + '[[scope]]\nname = "a"\n[[scope]]\nname = "b"\n')
    assert kind("scopes").records == 2


def test_sources_are_counted_by_table_and_dated_by_when_they_were_read(data: Write) -> None:
    """A list of sources has no day of its own."""
    data("sources.toml", SOURCES + SOURCES.replace("PAGE", "OTHER").replace("2026-03-01", "2024-03-01"))
    found = kind("sources")
    assert found.records == 2
    assert (found.oldest, found.newest) == (date(2024, 3, 1), date(2026, 3, 1))


def test_facts_in_json_are_dated_by_the_same_keys(data: Write) -> None:
    """The days of a JSON file are strings."""
    data("regions.json", '{"checked": "2026-04-05", "regions": [{"name": "X", "checked": "2025-04-05"}]}')
    found = kind("regions")
    assert (found.oldest, found.newest, found.records) == (date(2025, 4, 5), date(2026, 4, 5), 1)
    assert newest_days()["regions"] == date(2026, 4, 5)


def test_a_day_that_is_none_does_not_count(data: Write) -> None:
    """A date that does not exist is no date, and no crash."""
    data("regions.json", '{"checked": "2026-99-99", "read": 7}')
    assert kind("regions").newest is None
    assert newest_days() == {}


def test_a_cited_source_comes_with_the_day_it_was_read(data: Write) -> None:
    """A key that is in no list is shown without one."""
    data("sources.toml", SOURCES)
    data("scopes.toml", 'checked = 2026-01-01\n[[scope]]\nsources = ["PAGE", "LOST"]\n')
    page, lost = sorted(kind("scopes").sources, key=lambda each: each.key, reverse=True)
    assert (page.title, page.url, page.read) == ("A page", "https://example.org/page", date(2026, 3, 1))
    assert (lost.key, lost.title, lost.read) == ("LOST", "", None)


def test_a_directory_may_list_its_own_sources_which_are_no_facts(data: Write) -> None:
    """Reading a page again does not make the facts younger that were taken from it before."""
    data("regions/sources.toml", SOURCES.replace("PAGE", "MAP"))
    data("regions/list.toml", 'checked = 2025-01-01\nsources = ["MAP"]\n')
    found = kind("regions")
    assert (found.newest, found.records, found.files) == (date(2025, 1, 1), 1, 2)
    assert [each.read for each in found.sources] == [date(2026, 3, 1)]
    assert newest_days()["regions"] == date(2025, 1, 1)


def test_an_override_is_named_with_its_kind(data: Write, tmp_path: Path) -> None:
    """What replaces and what extends are both named, and both count."""
    data("errors/1.toml", "checked = 2025-01-01\n")
    data("errors/2.toml", "checked = 2025-01-01\n")
    data("scopes.toml", "checked = 2025-01-01\n")
    user = tmp_path / "user"
    (user / "errors").mkdir(parents=True)
    (user / "errors" / "2.toml").write_text("checked = 2026-06-01\n", encoding="utf-8")
    (user / "errors" / "3.toml").write_text("checked = 2026-05-01\n", encoding="utf-8")
    facts.overlay(user)
    found = kind("errors")
    assert found.overridden == ("errors/2.toml", "errors/3.toml")
    assert (found.records, found.newest) == (3, date(2026, 6, 1))
    assert kind("scopes").overridden == ()


def test_what_holds_no_facts_is_no_kind(data: Write) -> None:
    """Neither what an operating system leaves behind nor an empty directory is listed."""
    data(".DS_Store", "")
    data("symptoms/README.md", "")
    data("__pycache__/x.toml", "")
    data("scopes.toml", "checked = 2025-01-01\n")
    assert [each.name for each in fact_files()] == ["scopes"]


@pytest.mark.parametrize(("age", "expected"), [(0, False), (180, False), (181, True)])
def test_facts_are_stale_after_one_hundred_and_eighty_days(data: Write, age: int, expected: bool) -> None:
    """The last day within the limit is still good."""
    data("scopes.toml", "checked = 2026-01-01\n")
    assert stale(kind("scopes"), date(2026, 1, 1) + timedelta(days=age)) is expected


def test_the_newest_reading_decides_whether_facts_are_stale(data: Write) -> None:
    """One old page among many new ones is no reason to distrust a kind."""
    data("errors/1.toml", "checked = 2020-01-01\n")
    data("errors/2.toml", "checked = 2026-01-01\n")
    assert not stale(kind("errors"), date(2026, 1, 10))
    assert stale(kind("errors"), date(2026, 1, 10), days=5)


def test_facts_without_a_day_cannot_be_called_fresh(data: Write) -> None:
    """Nobody knows how old they are."""
    data("scopes.toml", 'name = "x"\n')
    assert stale(kind("scopes"), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("scopes.toml", "checked = 2025-01-01\n[[scope]]\nname = 'a'\n"),
        ("errors/1.toml", "code = 1\n"),
        ("sources.toml", "[PAGE]\nread = 2025-01-01\n"),
        ("scopes.toml", "checked = \n"),
        ("regions.json", "{"),
        ("regions.json", "[]"),
    ],
)
def test_a_file_that_breaks_its_rules_is_refused_and_named(data: Write, name: str, text: str) -> None:
    """A user is told which file it is."""
    data(name, text)
    with pytest.raises(InvalidFact, match=Path(name).name):
        validate()


def test_a_kind_without_rules_is_only_parsed(data: Write) -> None:
    """Adding a kind needs no change here."""
    data("weather.toml", "checked = 2025-01-01\nanything = 'goes'\n")
    validate()
    assert kind("weather").records == 1
