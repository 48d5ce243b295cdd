"""
Says which causes a text resembles in its words, where no rule knows the way it was told.

Every cause is described by its own sentences and by the examples of what speaks for it. A word that few causes are
described with counts more than one that many share (Okapi BM25, Robertson and Zaragoza, 2009). This is weak
evidence: it lends a cause weight, and decides only where nothing better is known.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

from wa_doctor.knowledge.causes import Cause, causes
from wa_doctor.knowledge.symptoms import Circumstance, Symptom, circumstances, common, expand, symptoms

_SATURATION, _LENGTH = 1.2, 0.6  # the usual constants k1 and b
_WORDS_SHOWN = 4
_SHARED = 5  # a sign that more causes name tells nothing of any of them
_ENOUGH = 8.0  # a score at which the words say about as much as they can

_LONGEST = 4000  # characters; in a longer text every word stands somewhere
_TOKEN = re.compile(r"[a-z][a-z0-9_]{2,30}|(?<!\d)\d{3,8}(?!\d)")
_ENDINGS = ("ations", "ation", "ings", "ing", "edly", "ed", "ies", "es", "s", "ly")


def resemblance(text: str) -> Mapping[str, tuple[float, tuple[str, ...]]]:
    """
    Return for each cause how much a text resembles it, from 0 to 1, and the words they have most in common.

    A text that does not speak of this platform at all resembles nothing.
    """
    text = text[:_LONGEST]
    if not _on_topic(text):
        return {}
    asked = Counter(_stem(word) for word in _words(text))
    spoken = {_stem(word): word for word in _words(text)}
    descriptions, spread, usual = _descriptions()
    scores: dict[str, list[tuple[float, str]]] = {}
    for id, described in descriptions.items():
        size = sum(described.values())
        scores[id] = [
            (_weight(spread[stem], len(descriptions)) * _saturated(described[stem], size / usual), spoken[stem])
            for stem in asked
            if stem in described
        ]
    best = max((sum(score for score, _ in parts) for parts in scores.values()), default=0.0)
    if not best:
        return {}
    strength = best / (best + _ENOUGH)
    return {
        id: (strength * sum(score for score, _ in parts) / best, _telling(parts))
        for id, parts in scores.items()
        if parts
    }


def _on_topic(text: str) -> bool:
    return bool(re.search(expand("<topic>"), " ".join(text.lower().split())))


def _telling(parts: Iterable[tuple[float, str]]) -> tuple[str, ...]:
    return tuple(word for _, word in sorted(parts, reverse=True)[:_WORDS_SHOWN])


def _weight(spread: int, causes: int) -> float:
    return math.log(1 + (causes - spread + 0.5) / (spread + 0.5))


def _saturated(count: float, length: float) -> float:
    return count * (_SATURATION + 1) / (count + _SATURATION * (1 - _LENGTH + _LENGTH * length))


def _words(text: str) -> list[str]:
    return [word for word in _TOKEN.findall(text.lower()) if word not in common()]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


@cache
def _descriptions() -> tuple[Mapping[str, Counter[str]], Counter[str], float]:
    """Return the words each cause is described with, in how many causes each stands, and the usual length."""
    told: dict[str, Symptom | Circumstance] = {symptom.id: symptom for symptom in symptoms()}
    told |= {circumstance.id: circumstance for circumstance in circumstances()}
    shared = Counter(sign for cause in causes() for sign in _named(cause))
    telling = {id: each for id, each in told.items() if shared[id] <= _SHARED}
    described = {cause.id: _describe(cause, telling) for cause in causes()}
    spread = Counter(stem for words in described.values() for stem in words)
    return described, spread, sum(sum(words.values()) for words in described.values()) / len(described)


def _named(cause: Cause) -> set[str]:
    """Return the signs that speak for a cause."""
    return {sign for rule in cause.when if rule.weight > 0 for sign in (*rule.all, *rule.any)}


def _describe(cause: Cause, told: Mapping[str, Symptom | Circumstance]) -> Counter[str]:
    words: Counter[str] = Counter()
    own = {each.id for each in told.values() if isinstance(each, Symptom) and each.cause == cause.id}
    for text, weight in (
        (cause.title, 3.0),
        (cause.explanation, 2.0),
        *((phrase, 2.0) for phrase in cause.heard),
        *((step.text, 1.0) for step in cause.fix),
        *((rule.why, 1.0) for rule in cause.when if rule.weight > 0),
        *((example, 0.5) for id in sorted(own | _named(cause)) if id in told for example in told[id].examples),
    ):
        for word in _words(text):
            words[_stem(word)] += weight  # type: ignore[assignment]
    return words
