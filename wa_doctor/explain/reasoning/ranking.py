"""Applies the rules of every cause to what was found, and puts the causes in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from wa_doctor.explain.explanation import RankedCause
from wa_doctor.knowledge import errors
from wa_doctor.knowledge.causes import Cause, Rule, causes
from wa_doctor.knowledge.facts import Step
from wa_doctor.knowledge.symptoms import circumstances, symptoms
from wa_doctor.redact import plain

if TYPE_CHECKING:
    from wa_doctor.explain.reading.record import ErrorSeen
    from wa_doctor.explain.reasoning.evidence import Findings

FEWEST = 0.2  # a score below this is not worth a person's time
MOST = 5  # causes shown
_HINTS = 3  # causes named where there is nothing but a faint likeness
LIKENESS = 0.3  # below this, words in common are chance
_LIKENESS_WEIGHT, _LIKENESS_MOST = 0.8, 0.45  # words alone never make a cause more than "low"
_REASONS = 3
_TELLING = 40  # weight of a rule that explains the code it names
_SETTLING = 85  # weight of a rule about a code that no story can speak against

_FALSE_ALARM = "transient-failure-read-as-token-trouble"
_SILENCE = ("timeout-text", "connect-timeout-text", "aggregate-timeout-text", "timeout-said", "http-5xx")

_PLACE = re.compile(r"\{(id|number|masked|other|region|fault|digits|code)\}")


def rank(found: Findings) -> tuple[RankedCause, ...]:
    """Return what may be wrong, what most speaks for first."""
    scored = [ranked for cause in causes() if (ranked := _weigh(cause, found))]
    explained = {code for _, _, _, codes in scored for code in codes}
    scored.extend(_catalogue(found, explained))
    alike = () if found.errors else tuple(_alike(found, {cause.id for _, cause, _, _ in scored}))
    scored = [each for each in (*scored, *alike) if each[0] >= FEWEST] or sorted(alike, key=lambda each: -each[0])[
        :_HINTS
    ]
    if _nobody_answered(found):
        scored = [each for each in scored if each[1].family != "token" or each[1].id == _FALSE_ALARM]
    scored.sort(key=lambda each: -each[0])
    return tuple(
        _ranked(place, cause, score, why, found.values)
        for place, (score, cause, why, _) in enumerate(scored[:MOST], start=1)
    )


def _nobody_answered(found: Findings) -> bool:
    """Say whether a text speaks of silence and holds no word of Meta about a token: then nothing is known of it."""
    if found.errors or not any(sign in found.signs for sign in _SILENCE):
        return False
    return not any(each.id in found.signs and each.code in (0, 102, 190) for each in symptoms())


_Scored = tuple[float, Cause, tuple[str, ...], frozenset[int]]


def _weigh(cause: Cause, found: Findings) -> _Scored | None:
    doubt, reasons, against, doubted = 1.0, [], 1.0, 1.0
    settled = False
    codes: set[int] = set()
    named: set[str] = set()
    for rule in cause.when:
        holds, seen = _holds(rule, found)
        if not holds:
            continue
        if rule.weight < 0 and _is_told(rule):
            doubted *= 1 + rule.weight / 100
            continue
        if rule.weight < 0:
            against *= 1 + rule.weight / 100
            continue
        doubt *= 1 - rule.weight / 100
        named.update(rule.any, rule.all)
        if seen and rule.weight >= _TELLING:
            codes.add(seen.code)
        settled = settled or (seen is not None and rule.weight >= _SETTLING)
        reasons.append((rule.weight, rule.why.replace("{code}", _code(seen, rule))))
    for symptom in symptoms():
        if symptom.id not in found.signs or (symptom.id not in named and symptom.cause != cause.id):
            continue
        if symptom.code is not None:
            codes.add(symptom.code)
        if symptom.id not in named:
            doubt *= 1 - symptom.weight / 100
            reasons.append((symptom.weight, f"{symptom.title}."))
    if not reasons:
        return None
    weight, alike = _likeness(cause, found)
    if alike:
        doubt *= 1 - weight
        reasons.append((int(weight * 100), alike))
    reasons.sort(key=lambda each: -each[0])
    return (
        (1 - doubt) * against * (1.0 if settled else doubted),
        cause,
        tuple(dict.fromkeys(why for _, why in reasons))[:_REASONS],
        frozenset(codes),
    )


def _likeness(cause: Cause, found: Findings) -> tuple[float, str]:
    """Return the weight of the words a text shares with a cause, and the sentence; empty where it is chance."""
    likeness, words = found.likeness.get(cause.id, (0.0, ()))
    if likeness < LIKENESS:
        return 0.0, ""
    weight = min(_LIKENESS_WEIGHT * likeness * likeness, _LIKENESS_MOST)
    return weight, f"The text uses words that belong to this: {', '.join(words)}."


def _alike(found: Findings, weighed: set[str]) -> Iterator[_Scored]:
    """Yield the causes that no rule speaks for and whose words the text uses."""
    for cause in causes():
        weight, alike = _likeness(cause, found)
        if alike and cause.id not in weighed:
            yield weight, cause, (alike,), frozenset()


def _holds(rule: Rule, found: Findings) -> tuple[bool, ErrorSeen | None]:
    """Say whether a rule holds, and for which error if it names codes."""
    if any(sign in found.signs for sign in rule.none) or not all(sign in found.signs for sign in rule.all):
        return False, None
    if rule.any and not any(sign in found.signs for sign in rule.any):
        return False, None
    if not rule.codes:
        return True, None
    for seen in found.errors:
        if seen.code not in rule.codes and not (_is_own_code(seen.subcode) and seen.subcode in rule.codes):
            continue
        if rule.subcodes and (seen.subcode or 0) not in rule.subcodes:
            continue
        if rule.details and not re.search(rule.details, seen.words or seen.text):
            continue
        return True, seen
    return False, None


def _is_told(rule: Rule) -> bool:
    """Say whether a rule rests only on what a person tells."""
    return not rule.codes and {*rule.all, *rule.any} <= _told()


@cache
def _told() -> frozenset[str]:
    return frozenset(circumstance.id for circumstance in circumstances())


def _code(seen: ErrorSeen | None, rule: Rule) -> str:
    """Return the code a rule holds for, with its subcode where that is what the rule names."""
    if seen is None:
        return ""
    named = seen.subcode is not None and (seen.subcode in rule.subcodes or seen.subcode in rule.codes)
    return f"{seen.code}/{seen.subcode}" if named else str(seen.code)


def _is_own_code(subcode: int | None) -> bool:
    """Say whether a subcode means the same wherever it stands; short ones belong to the code they come with."""
    return subcode is not None and subcode >= 10_000


def _catalogue(found: Findings, explained: set[int]) -> Iterator[_Scored]:
    """Make a cause of every known code that no cause of ours explains."""
    for code in dict.fromkeys(seen.code for seen in found.errors):
        fact = errors.error(code)
        if fact is None or code in explained:
            continue
        cause = Cause(
            id=f"error-{code}",
            title=fact.title,
            family=fact.category,
            explanation=fact.cause,
            fix=fact.fix,
            who=fact.who,
            checked=fact.checked,
            sources=fact.sources,
            docs_url=fact.docs_url,
        )
        yield 0.6, cause, (f"Error {code} says so.",), frozenset((code,))


def _ranked(place: int, cause: Cause, score: float, why: tuple[str, ...], values: Mapping[str, str]) -> RankedCause:
    return RankedCause(
        rank=place,
        id=cause.id,
        title=cause.title,
        family=cause.family,
        explanation=cause.explanation,
        why=tuple(_filled(each, values) for each in why),
        fix=tuple(Step(_filled(step.text, values), step.command, step.url) for step in cause.fix),
        confirm=cause.confirm,
        who=cause.who,
        score=round(score, 2),
        docs_url=cause.docs_url,
        checked=cause.checked,
        sources=cause.sources,
    )


def _filled(sentence: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: plain(values.get(place[1], place[0]), 400), sentence)
