"""
What programs print around the API and what people say about it, as patterns.

A *symptom* is a text that points to a cause by itself (`getaddrinfo EAI_AGAIN`, `(#2200) Callback verification
failed`). A *circumstance* is something a person tells (`it worked until yesterday`); it proves nothing alone and is
weighed by the causes together with what else was found. Both are one TOML table each in `data/symptoms`.

Patterns are regular expressions in lower case, matched against text in lower case in which every run of white space
is one space and typographic quotes are plain. `<name>` stands for a group of words of `data/symptoms/words.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TypeVar

from wa_doctor.knowledge import facts
from wa_doctor.knowledge.facts import InvalidFact

_MACRO = re.compile(r"<([a-z][a-z-]*)>")


@dataclass(frozen=True, slots=True)
class Symptom:
    """
    A text that points to a cause.

    `title` says what it is and is true wherever it was seen; `weight` (1-99) how surely it means `cause`. `code` and
    `subcode` are set where the text is the message of that error and nothing else. `http` and `header` recognise an
    HTTP status or a header instead of words; `meaning` says what such a thing means by itself. `unless` patterns
    elsewhere in the text cancel it. `examples` are texts it is found in, `counterexamples` texts that look alike and
    in which it is not.
    """

    id: str
    title: str
    cause: str
    weight: int
    checked: date
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()
    http: tuple[int, ...] = ()
    header: str = ""
    code: int | None = None
    subcode: int | None = None
    meaning: str = ""
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (self.patterns or self.http):
            raise ValueError("patterns or http must not be empty")
        if self.patterns and not self.examples:
            raise ValueError("examples must not be empty")
        if self.http and not self.meaning:
            raise ValueError("an HTTP status needs a meaning of its own")
        if not 1 <= self.weight <= 99:
            raise ValueError("weight must be from 1 to 99")
        _compilable(self.patterns + self.unless)

    @property
    def kind(self) -> str:
        """`error` where it is the message of a code, else `http`, `header` or `symptom`."""
        if self.code is not None:
            return "error"
        if self.http:
            return "http"
        return "header" if self.header else "symptom"


@dataclass(frozen=True, slots=True)
class Circumstance:
    """Something a person tells; `title` completes the sentence "the text says that ..."."""

    id: str
    title: str
    patterns: tuple[str, ...]
    examples: tuple[str, ...]
    unless: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.patterns or not self.examples:
            raise ValueError("patterns and examples must not be empty")
        _compilable(self.patterns + self.unless)


def _compilable(patterns: Iterable[str]) -> None:
    for pattern in patterns:
        if re.search(r"(?<!\\)[A-Z]", _MACRO.sub("", pattern)):
            raise ValueError(f"patterns are matched against lower case, so {pattern!r} can never match")


@cache
def symptoms() -> tuple[Symptom, ...]:
    """Return every symptom, sorted by id."""
    return tuple(sorted(_tables("symptom", Symptom), key=lambda each: each.id))


@cache
def circumstances() -> tuple[Circumstance, ...]:
    """Return every circumstance, sorted by id."""
    return tuple(sorted(_tables("circumstance", Circumstance), key=lambda each: each.id))


def expand(pattern: str) -> str:
    """
    Put the words in the place of every `<name>` of a pattern.

    Raises:
        InvalidFact: there are no words of that name.

    """
    return _MACRO.sub(_words_of, pattern)


@cache
def words() -> Mapping[str, str]:
    """Return the groups of words that patterns name, as alternatives of a regular expression."""
    found: dict[str, str] = {}
    for path in facts.files("symptoms/words.toml"):
        for name, alternatives in facts.read(path).items():
            found[name] = f"(?:{'|'.join(alternatives)})"
    return found


@cache
def common() -> frozenset[str]:
    """Return the words that say nothing about what is wrong."""
    return frozenset(word for path in facts.files("symptoms/words.toml") for word in facts.read(path).get("common", ()))


def _words_of(found: re.Match[str]) -> str:
    group = words().get(found[1])
    if group is None:
        raise InvalidFact(f"the pattern names <{found[1]}>, and symptoms/words.toml has no such words")
    return expand(group)


@cache
def anchor(pattern: str) -> str:
    """
    Return the longest run of letters and digits that every match of a pattern must contain, or an empty string.

    A text that does not hold it cannot match, and asking that is a hundred times quicker than searching.
    """
    runs, depth, position = [""], 0, 0
    pattern = _MACRO.sub("(?:)", pattern)
    while position < len(pattern):
        character = pattern[position]
        follows = pattern[position + 1 : position + 2]
        if character == "|" and depth == 0:
            return ""
        if character == "[":
            position = pattern.index("]", position + 2)
        depth += (character == "(") - (character == ")")
        if character == "\\":
            position += 1
        if character.isascii() and character.isalnum() and depth == 0 and follows not in ("?", "*", "{"):
            runs[-1] += character
        else:
            runs.append("")
        position += 1
    longest = max(runs, key=len)
    return longest if len(longest) >= 3 else ""


Kind = TypeVar("Kind")


def _tables(name: str, kind: type[Kind]) -> Iterator[Kind]:
    ids: set[str] = set()
    for path in facts.files("symptoms/*.toml"):
        for table in facts.read(path).get(name, ()) if path.name != "words.toml" else ():
            record = facts.build(kind, table, f"{path.name}: {table.get('id', name)}")
            if table["id"] in ids:
                raise InvalidFact(f"{path.name}: the id {table['id']!r} stands twice")
            ids.add(table["id"])
            yield record
