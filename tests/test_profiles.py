"""Profiles come back as they were stored, and none is lost."""

from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wa_doctor import profiles
from wa_doctor.settings import SettingsError

WABA = "118340927561042"


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of the profiles, which does not exist yet."""
    path = tmp_path / "config" / "profiles.toml"
    monkeypatch.setattr(profiles, "path", lambda: path)
    return path


def test_profile_comes_back_as_it_was_stored(stored: Path) -> None:
    odd = 'quoted "name" \\ with ünicode 👍 and\ttab'
    profiles.save("work", {"waba_id": WABA, "base_url": "https://gateway.example.com"})
    profiles.save(odd, {"facts": odd})
    assert profiles.read() == {
        "work": {"waba_id": WABA, "base_url": "https://gateway.example.com"},
        odd: {"facts": odd},
    }
    assert list(stored.parent.iterdir()) == [stored], "what was written beside it is gone"

    profiles.save("work", None)
    profiles.save("never there", None)
    assert set(profiles.read()) == {odd}


@given(st.dictionaries(st.text(min_size=1), st.dictionaries(st.sampled_from(["waba_id", "facts"]), st.text())))
def test_every_profile_is_toml(tables: dict[str, dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "profiles.toml"
        patch.setattr(profiles, "path", lambda: path)
        for name, values in tables.items():
            profiles.save(name, values)
        assert tomllib.loads(path.read_text(encoding="utf-8") if path.exists() else "") == tables


def test_profile_that_cannot_be_written_is_told(stored: Path) -> None:
    stored.parent.write_text("a file where a directory should be", encoding="utf-8")
    with pytest.raises(SettingsError, match="cannot be"):
        profiles.save("work", {})


def test_profile_of_bytes_that_are_no_text_loses_no_other() -> None:
    profiles.save("work", {"waba_id": WABA})
    with pytest.raises(SettingsError, match="no text"):
        profiles.save("caf\udce9", {})
    assert set(profiles.read()) == {"work"}


def test_facts_of_a_profile_are_a_directory() -> None:
    assert profiles.own_facts("", {}) is None
    profiles.save("default", {"facts": "/srv/facts"})
    profiles.save("other", {})
    assert profiles.own_facts("", {}) == Path("/srv/facts")
    assert profiles.own_facts("other", {}) is None
    assert profiles.own_facts("", {"WA_PROFILE": "other"}) is None
