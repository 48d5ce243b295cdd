"""The permissions: which are required, and what a file of them may hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wa_doctor.knowledge import facts
from wa_doctor.knowledge.facts import InvalidFact
from wa_doctor.knowledge.scopes import required, scopes

RECORD = """
[[scope]]
name = "{name}"
required = true
needed_for = "receiving calls"
detail = "Meta made it up for this test."
grant = "Tick it."
docs_url = "https://developers.facebook.com/"
sources = ["pywa"]
checked = 2026-01-02
"""


@pytest.fixture
def override(tmp_path: Path) -> Iterator[Path]:
    """Lay a scopes.toml of a user over ours."""
    path = tmp_path / "scopes.toml"
    path.write_text("checked = 2026-01-02\n", encoding="utf-8")
    facts.overlay(tmp_path)
    yield path
    facts.forget()


def test_messaging_and_management_are_what_a_token_must_have() -> None:
    """Meta asks for these two before anything can be sent or read."""
    assert {each.name for each in required()} == {"whatsapp_business_messaging", "whatsapp_business_management"}


def test_required_permissions_come_first() -> None:
    """What a reader must repair stands above what is nice to have."""
    flags = [each.required for each in scopes()]
    assert flags == sorted(flags, reverse=True)


def test_only_business_management_is_advised_without_being_required() -> None:
    """Meta's guide ticks it, and messages flow without it."""
    assert [each.name for each in scopes() if each.advised] == ["business_management"]


@pytest.mark.parametrize("scope", scopes(), ids=lambda each: each.name)
def test_the_step_that_grants_a_permission_names_it_and_the_menu(scope: object) -> None:
    """Somebody who never saw the menu finds the box to tick."""
    grant = getattr(scope, "grant", "")
    assert f"`{getattr(scope, 'name', '?')}`" in grant
    assert "Business settings > System users" in grant
    assert grant.endswith(".")


@pytest.mark.parametrize("scope", scopes(), ids=lambda each: each.name)
def test_what_a_permission_is_needed_for_reads_inside_a_sentence(scope: object) -> None:
    """Checks put it behind "it is needed for"."""
    phrase = getattr(scope, "needed_for", "")
    assert phrase[0].islower()
    assert not phrase.endswith(".")


@pytest.mark.parametrize("scope", scopes(), ids=lambda each: each.name)
def test_every_source_of_a_permission_is_listed(scope: object) -> None:
    """A key that leads nowhere proves nothing."""
    assert set(getattr(scope, "sources", ())) <= set(facts.sources())


def test_a_user_replaces_the_permissions(override: Path) -> None:
    """A file of the same name stands in the place of ours."""
    override.write_text("checked = 2026-01-02\n" + RECORD.format(name="whatsapp_calls"), encoding="utf-8")
    assert [each.name for each in scopes()] == ["whatsapp_calls"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (RECORD.format(name="a") + RECORD.format(name="a"), "a stands there twice"),
        (RECORD.format(name=""), "name must not be empty"),
        (RECORD.format(name="a").replace("required = true", 'required = "yes"'), "required must be bool"),
        (RECORD.format(name="a").replace("grant", "grants"), "unknown key 'grants'"),
        (RECORD.format(name="a").replace('detail = "Meta made it up for this test."\n', ""), "'detail' is missing"),
        (RECORD.format(name="a").replace("[[scope]]", "[[scopes]]"), "unknown key 'scopes'"),
    ],
)
def test_a_malformed_permission_is_refused_by_name(override: Path, text: str, complaint: str) -> None:
    """The message says what to repair in the file."""
    override.write_text("checked = 2026-01-02\n" + text, encoding="utf-8")
    with pytest.raises(InvalidFact, match=complaint):
        scopes()
