"""The life of the Graph API versions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from wa_doctor.knowledge import facts
from wa_doctor.knowledge.facts import InvalidFact
from wa_doctor.knowledge.versions import (
    VersionFact,
    default_version,
    newest,
    on_premises_sunset,
    parse,
    state,
    version,
    versions,
)

TODAY = date(2026, 11, 22)

FILE = """
checked = 2026-01-02
default = "v2.0"

[on_premises]
ended = 2025-10-23
sources = ["pywa"]
checked = 2026-01-02

[[version]]
name = "v2.0"
released = 2026-01-01
sources = ["pywa"]
checked = 2026-01-02
"""


@pytest.fixture
def override(tmp_path: Path) -> Iterator[Path]:
    """Lay a versions.toml of a user over ours."""
    path = tmp_path / "versions.toml"
    path.write_text(FILE, encoding="utf-8")
    facts.overlay(tmp_path)
    yield path
    facts.forget()


@pytest.mark.parametrize("name", ["v25.0", "V25.0", "25.0"])
def test_a_version_is_read_with_and_without_its_letter(name: str) -> None:
    """People write all three."""
    assert parse(name) == (25, 0)


@pytest.mark.parametrize(
    "name", ["", "25", "v25", "v25.", "latest", " v25.0", "v25.0\n", "v25.0/", "vv25.0", "25,0", "v٢٥.0", "v25.0.1"]
)
def test_what_is_no_version_is_refused(name: str) -> None:
    """Anything else would end up in a URL."""
    with pytest.raises(ValueError, match=r"looks like v25\.0"):
        parse(name)


def test_versions_sort_by_number_and_not_by_letter() -> None:
    """v9.0 is older than v10.0."""
    pairs = [parse(each.name) for each in versions()]
    assert pairs == sorted(pairs, reverse=True)
    assert newest().name == "v26.0"


def test_a_version_is_found_however_it_is_written() -> None:
    """The fact is the same for `v25.0`, `V25.0` and `25.0`."""
    assert version("25.0") == version("V25.0") == version("v25.0") is not None
    assert version("v3.3") is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("v26.0", "current"),
        ("v25.0", "current"),
        ("22.0", "current"),
        ("v21.0", "ending"),
        ("v20.0", "expired"),
        ("v13.0", "expired"),
        ("v27.0", "newer-than-known"),
        ("v26.1", "newer-than-known"),
        ("v2.12", "unknown"),
        ("v24.5", "unknown"),
    ],
)
def test_where_a_version_is_in_its_life(name: str, expected: str) -> None:
    """The day is that on which the table was read last."""
    assert state(name, TODAY) == expected


@pytest.mark.parametrize(("days", "expected"), [(91, "current"), (90, "ending"), (1, "ending"), (0, "expired")])
def test_a_version_is_ending_for_ninety_days(days: int, expected: str) -> None:
    """It is gone on the day of its end, not the day after."""
    ends = date(2027, 1, 21)
    assert state("v21.0", ends - timedelta(days=days)) == expected


def test_a_version_without_an_announced_end_stays_current() -> None:
    """No end is made up."""
    assert state("v26.0", date(2040, 1, 1)) == "current"


def test_the_state_of_what_is_no_version_is_an_error_and_not_unknown() -> None:
    """A typing mistake is not a version nobody heard of."""
    with pytest.raises(ValueError, match="looks like"):
        state("newest", TODAY)


def test_the_default_is_a_version_that_is_not_about_to_end() -> None:
    """Who gives no version is not sent to one that is dying."""
    assert default_version() == "v25.0"
    assert state(default_version(), TODAY) == "current"


def test_the_on_premises_api_has_ended() -> None:
    """Its last client expired on that day."""
    assert on_premises_sunset() == date(2025, 10, 23)


def test_versions_end_in_the_order_they_came() -> None:
    """A typing mistake in a date would break the order."""
    for newer, older in pairwise(versions()):
        assert older.released < newer.released
        assert older.expires
        assert newer.expires is None or older.expires < newer.expires


@pytest.mark.parametrize("fact", versions(), ids=lambda each: each.name)
def test_every_source_of_a_version_is_listed(fact: VersionFact) -> None:
    """A key that leads nowhere proves nothing."""
    assert set(fact.sources) <= set(facts.sources())


def test_a_user_replaces_the_versions(override: Path) -> None:
    """A file of the same name stands in the place of ours."""
    assert override.is_file()
    assert default_version() == "v2.0"
    assert state("v25.0", TODAY) == "newer-than-known"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('default = "v2.0"', 'default = "v3.0"', "the default 'v3.0' is none of the versions"),
        ('name = "v2.0"', 'name = "2.0"', "a version is written v2.0"),
        ('name = "v2.0"', 'name = "two"', "looks like v25.0"),
        ("released = 2026-01-01", "released = 2026-01-01\nexpires = 2025-01-01", "ends before it begins"),
        ("released = 2026-01-01", 'released = "2026-01-01"', "released must be date"),
        ("[on_premises]", "[on_premise]", "unknown key 'on_premise'"),
    ],
)
def test_a_malformed_version_is_refused(override: Path, old: str, new: str, complaint: str) -> None:
    """The message says what to repair in the file."""
    override.write_text(FILE.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidFact, match=complaint):
        versions()


def test_a_version_that_stands_there_twice_is_refused(override: Path) -> None:
    """Two ends for one version cannot both be true."""
    override.write_text(FILE + FILE[FILE.index("[[version]]") :], encoding="utf-8")
    with pytest.raises(InvalidFact, match="a version stands there twice"):
        versions()
