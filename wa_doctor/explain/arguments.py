"""What a person gives on the command line: codes, check ids, families, or the words of a message."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wa_doctor.explain.diagnosis import diagnose
from wa_doctor.explain.explanation import Explanation, Match
from wa_doctor.explain.matching import is_known, match_check, match_error
from wa_doctor.explain.reading.envelopes import HTTP
from wa_doctor.explain.reading.record import ErrorSeen
from wa_doctor.knowledge import facts
from wa_doctor.redact import plain

if TYPE_CHECKING:
    from wa_doctor.registry import Check

_CODE = re.compile(r"\(?#?(?P<code>\d{1,7})\)?(?:[/:.](?P<subcode>\d{1,8}))?[):,;]?")
_ID = re.compile(r"[a-z]+(?:-[a-z]+)*")
_NUMBER = re.compile(r"\+?\d{10,15}")


def explain_words(words: Sequence[str]) -> Explanation:
    """
    Explain what stands on the command line.

    Words that are all codes, check ids or families are looked up one by one; anything else is one text, of which
    the first word may be a code (`131030: Recipient ...`).
    """
    matches: list[Match] = []
    for word in words:
        found = list(_lookup(word.strip()))
        if not found:
            return _explain_text(words)
        matches += found
    return Explanation(matches=tuple(matches), bare=True, overrides=facts.overrides())


def _lookup(word: str) -> Iterator[Match]:
    if code := _CODE.fullmatch(word):
        yield from _codes(int(code["code"]), int(code["subcode"]) if code["subcode"] else None)
    elif _ID.fullmatch(word):
        checks = _checks()
        for check in [checks[word]] if word in checks else [each for each in checks.values() if each.family == word]:
            yield match_check(check)


def _codes(code: int, subcode: int | None) -> Iterator[Match]:
    if is_known(code):
        yield match_error(ErrorSeen(code, subcode, where="argument"))
    elif subcode is None and (owners := tuple(_owners(code))):
        for owner in owners:
            yield match_error(ErrorSeen(owner, code, where="argument"))
    elif code not in HTTP:
        yield match_error(ErrorSeen(code, subcode, where="argument"))
    if code in HTTP and subcode is None:
        yield from _status(code)


def _owners(subcode: int) -> Iterator[int]:
    """Yield the codes under which a number is known as a subcode."""
    from wa_doctor.knowledge import errors

    for fact in errors.errors():
        if fact.about(subcode):
            yield fact.code


def _status(status: int) -> Iterator[Match]:
    from wa_doctor.explain.matching import match_symptom
    from wa_doctor.knowledge.causes import causes
    from wa_doctor.knowledge.symptoms import symptoms

    by_id = {cause.id: cause for cause in causes()}
    for symptom in symptoms():
        if status in symptom.http:
            yield match_symptom(symptom, by_id[symptom.cause], f"HTTP {status}", where="argument")


def _checks() -> Mapping[str, Check]:
    from wa_doctor.registry import load

    return load()


def _explain_text(words: Sequence[str]) -> Explanation:
    text = " ".join(_marked(word, first=not index) for index, word in enumerate(words))
    found = diagnose([text])
    if found.matches or (found.recognised and not _is_id(words)):
        return found
    return Explanation(unmatched=(*found.unmatched, *_hints(words)), overrides=found.overrides)


def _is_id(words: Sequence[str]) -> bool:
    """Say whether one word was given that looks like the id of a check: that is no story."""
    return len(words) == 1 and bool(_ID.fullmatch(words[0]))


def _marked(word: str, *, first: bool) -> str:
    """Say of a bare number on the command line what it is, as prose would."""
    if first and (code := _CODE.match(word)):
        rest = word[code.end() :]
        mark = f"{code['code']}/{code['subcode']}" if code["subcode"] else f"(#{code['code']})"
        return f"{mark} {rest}" if not rest or not rest[0].isalnum() else word
    return f"recipient {word}" if _NUMBER.fullmatch(word) else word


def _hints(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if len(word) < 200 and Path(word).is_file():
            yield f"{plain(word, 80)} is a file; read it with --from {plain(word, 80)}"
        elif _is_id(words):
            checks = _checks()
            known = [*checks, *{check.family for check in checks.values()}]
            near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield f"{word!r} is no check or family of checks{hint}"
