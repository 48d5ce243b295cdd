"""Recognises symptoms and circumstances in text: makes it comparable, and searches it without wasting time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from wa_doctor.explain.masking import around, excerpt
from wa_doctor.explain.reading.lowered import lowered
from wa_doctor.knowledge.symptoms import Circumstance, Symptom, anchor, circumstances, expand, symptoms

STORY = 40_000  # characters in which a person's account is looked for; what is longer is a log

_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "\xa0": " ", "`": "", "*": ""}
)
_LOCALISED = re.compile(
    r"(?P<key>error_user_(?:title|msg)[\"']?\s{0,4}(?::|=>|=)\s{0,4})(?P<quote>\\*[\"'])(?:(?!(?P=quote)).){0,2000}",
    re.DOTALL,
)
_ESCAPED_BREAK = re.compile(r"\\+[nrt](?![a-z])")
_BACKSLASHES = re.compile(r"\\+(?=[\"'/])")
_WORD = re.compile(r"[a-z0-9]{3,}")


@dataclass(frozen=True, slots=True)
class Comparable:
    """A text as patterns are matched against it; `shown` is the same, character by character, with its capitals."""

    lower: str
    shown: str
    words: str

    def may_hold(self, pattern: str) -> bool:
        """Say quickly whether a pattern could match at all."""
        return anchor(pattern) in self.words


def comparable(text: str) -> Comparable:
    """Bring text into the form patterns are matched against; what is in somebody's language is left out."""
    if "error_user_" in text:
        text = _LOCALISED.sub(lambda found: found["key"] + found["quote"], text)
    text = text.translate(_PLAIN)
    if "\\" in text:
        text = _BACKSLASHES.sub("", _ESCAPED_BREAK.sub(" ", text))
    shown = " ".join(text.split())
    lower = lowered(shown)
    return Comparable(lower, shown, "\n".join(set(_WORD.findall(lower))))


@dataclass(slots=True)
class Recognised:
    """What was recognised so far: the symptoms and circumstances by id, each with the words it was seen in."""

    symptoms: dict[str, str] = field(default_factory=dict)
    circumstances: dict[str, str] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)

    def look(self, text: Comparable) -> None:
        """Search a part of the text for symptoms that were not seen yet."""
        for symptom in symptoms():
            if any(_search(pattern, text) for pattern in symptom.unless):
                self.cancelled.add(symptom.id)
            elif symptom.id not in self.symptoms and (words := _first(symptom.patterns, text)):
                self.symptoms[symptom.id] = words

    def listen(self, text: Comparable) -> None:
        """Search a person's account for circumstances."""
        for circumstance in circumstances():
            if any(_search(pattern, text) for pattern in circumstance.unless):
                continue
            if words := _first(circumstance.patterns, text):
                self.circumstances[circumstance.id] = words

    def settled(self) -> Mapping[str, str]:
        """Return the symptoms that nothing elsewhere in the text cancelled."""
        return {id: words for id, words in self.symptoms.items() if id not in self.cancelled}


def seen_in(each: Symptom | Circumstance, text: str) -> bool:
    """Say whether one symptom or circumstance is in a text."""
    prepared = comparable(text)
    if any(_search(pattern, prepared) for pattern in each.unless):
        return False
    return bool(_first(each.patterns, prepared))


def _first(patterns: Iterable[str], text: Comparable) -> str:
    for pattern in patterns:
        if found := _search(pattern, text):
            return excerpt(around(text.shown, found.start(), found.end(), 45, 45), 180)
    return ""


def _search(pattern: str, text: Comparable) -> re.Match[str] | None:
    if not text.may_hold(pattern):
        return None
    return _compiled(pattern).search(text.lower)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(expand(pattern))
