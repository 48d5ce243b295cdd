"""The permissions (scopes) of an access token: which are required, what for, and how to grant them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wa_doctor.knowledge import facts
from wa_doctor.knowledge.facts import InvalidFact


@dataclass(frozen=True, slots=True)
class ScopeFact:
    """
    One permission.

    `needed_for` is a phrase: what stops working without it. `grant` is the step that adds it. `advised` marks one
    whose absence is worth a notice although nothing of the messaging depends on it.
    """

    name: str
    required: bool
    needed_for: str
    detail: str
    grant: str
    docs_url: str
    sources: tuple[str, ...]
    checked: date
    advised: bool = False

    def __post_init__(self) -> None:
        for name in ("name", "needed_for", "detail", "grant", "docs_url", "sources"):
            if not getattr(self, name):
                raise ValueError(f"{name} must not be empty")


@dataclass(frozen=True, slots=True)
class _File:
    checked: date
    scope: tuple[ScopeFact, ...]


def scopes() -> tuple[ScopeFact, ...]:
    """
    Return every permission there is a fact about, the required ones first.

    Raises:
        InvalidFact: the file breaks the rules, or names a permission twice.

    """
    found: list[ScopeFact] = []
    for path in facts.files("scopes.toml"):
        found += facts.build(_File, facts.read(path), path.name).scope
        names = [each.name for each in found]
        if twice := next((name for name in names if names.count(name) > 1), ""):
            raise InvalidFact(f"{path.name}: {twice} stands there twice")
    return tuple(sorted(found, key=lambda each: not each.required))


def required() -> tuple[ScopeFact, ...]:
    """Return the permissions without which messaging does not work."""
    return tuple(each for each in scopes() if each.required)
