"""Looks up what was read: an error in the catalogue, a symptom with its cause, a check in the registry."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from wa_doctor.explain.explanation import UNKNOWN, Evidence, Match
from wa_doctor.explain.reading.record import ErrorSeen
from wa_doctor.knowledge import errors, facts
from wa_doctor.knowledge.facts import Step
from wa_doctor.redact import plain

if TYPE_CHECKING:
    from wa_doctor.knowledge.causes import Cause
    from wa_doctor.knowledge.errors import ErrorFact
    from wa_doctor.knowledge.symptoms import Symptom
    from wa_doctor.registry import Check


@cache
def known_codes() -> frozenset[int]:
    """Return the codes the catalogue has a file for, without reading the files."""
    return frozenset(int(path.stem) for path in facts.files("errors/*.toml") if path.stem.isdigit())


def is_known(code: int) -> bool:
    """Say whether the catalogue knows a code, by itself or in a range."""
    return code in known_codes() or (200 <= code < 300 and errors.error(code) is not None)


def match_error(seen: ErrorSeen, confidence: str = "") -> Match:
    """Say what is known of an error that was seen; of an unknown code, what came with it."""
    fact = errors.error(seen.code)
    kind = "health" if seen.family == "health" else "error"
    evidence = Evidence(
        where=seen.where,
        text=seen.text,
        fbtrace_id=seen.fbtrace_id,
        details=seen.details or (seen.message if seen.family == "health" else ""),
        http_status=seen.http_status,
        user_title=seen.user_title,
        user_message=seen.user_message,
    )
    if fact is None:
        return _unknown(seen, kind, evidence)
    return _known(fact, seen.subcode, kind, evidence, confidence, seen)


def _known(
    fact: ErrorFact, subcode: int | None, kind: str, evidence: Evidence, confidence: str, seen: ErrorSeen
) -> Match:
    title, cause, fix = fact.title, fact.cause, fact.fix
    named = fact
    own = errors.error(subcode) if subcode is not None else None
    if own and own.subcode_of == fact.code:
        title, cause, fix, named = own.title, own.cause, own.fix, own
    elif about := fact.about(subcode):
        title, cause, fix = f"{fact.title}: {about.title}", about.cause, about.fix or fact.fix
    if seen.solution:
        fix = (Step(seen.solution), *fix)
    return Match(
        kind=kind,
        title=title,
        cause=cause,
        fix=fix,
        code=seen.code,
        subcode=subcode,
        category=named.category,
        retry=named.retry,
        who=named.who,
        docs_url=named.docs_url,
        status=named.status,
        confidence=confidence or named.confidence,
        checked=named.checked,
        sources=named.sources,
        evidence=evidence,
        count=seen.count,
    )


def _unknown(seen: ErrorSeen, kind: str, evidence: Evidence) -> Match:
    said = seen.user_title or seen.title or seen.message
    newest = max(fact.checked for fact in errors.errors())
    cause = f"The code {seen.code} is not in the catalogue, whose newest source is of {newest.isoformat()}."
    own = seen.details or seen.user_message or (seen.message if seen.message != said else "")
    if own:
        cause += f" It came with these words: {plain(own)}"
    return Match(
        kind=kind,
        title=said or f"Error {seen.code}",
        cause=cause,
        fix=(Step(seen.solution),) if seen.solution else (),
        code=seen.code,
        subcode=seen.subcode,
        status=UNKNOWN,
        confidence="low",
        evidence=evidence,
        count=seen.count,
    )


def match_symptom(symptom: Symptom, cause: Cause, words: str, where: str = "text") -> Match:
    """Say what a symptom means: the error whose message it is, or the cause it points to."""
    if symptom.code is not None and errors.error(symptom.code):
        seen = ErrorSeen(code=symptom.code, subcode=symptom.subcode, where=where, text=words)
        return match_error(seen, confidence="medium")
    return Match(
        kind=symptom.kind,
        id=symptom.id,
        title=symptom.title,
        cause=symptom.meaning or cause.explanation,
        fix=cause.fix,
        code=symptom.code,
        category=cause.family,
        who=cause.who,
        docs_url=cause.docs_url,
        confidence="high" if symptom.weight >= 80 else "medium" if symptom.weight >= 50 else "low",
        checked=symptom.checked,
        sources=symptom.sources,
        evidence=Evidence(where=where, text=words),
    )


def match_check(check: Check) -> Match:
    """Say what a check is about, and how to run it alone."""
    return Match(
        kind="check",
        id=check.id,
        title=check.summary,
        cause=" ".join(check.description.split()),
        fix=(Step("Run this check, and those it needs.", command=f"wa-doctor check --only {check.id}"),),
        category=check.family,
        who=("developer",),
    )
