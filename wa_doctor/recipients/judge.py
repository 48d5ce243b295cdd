"""Decides about one recipient: reads its form, finds what holds for it, says why."""

from __future__ import annotations

import re

from wa_doctor.knowledge import numbering, regions
from wa_doctor.recipients import decisions, digit_rules, forms, names, readings
from wa_doctor.recipients.decisions import WITH_CODE, Decision
from wa_doctor.recipients.forms import Digits, Trouble
from wa_doctor.recipients.spelling import same_spelling
from wa_doctor.recipients.table import table
from wa_doctor.recipients.verdict import ALLOWED, BLOCKED, INVALID, UNCERTAIN, VERDICTS, Place, Verdict

SHORTEST, LONGEST = 7, 15  # digits of an international number, calling code included (ITU-T E.164)

_BSUID = re.compile(r"([A-Za-z]{2})\.(ENT\.)?([A-Za-z0-9]+)")
_LONGEST_BSUID = 128
_COPY = "Copy the ID as the webhook gives it."
_LOOKS_LIKE_ID = 14  # digits: longer than nearly every number, as long as the ids in a dashboard
_NUMERIC_CODE = re.compile(r"[0-9]{3}")


def judge(text: str, *, wa_id: bool = False, suggest: bool = True) -> Verdict:
    """
    Decide whether the platform can serve a recipient: a number, wa_id, BSUID, code or name of a region.

    With `wa_id`, bare digits are known to begin with their calling code, as those in a webhook do. `suggest`
    looks for near names when none is the same, which takes some milliseconds.
    """
    simple = forms.simplify(text)
    if not simple:
        return _invalid(text, "name", "there is nothing here to look up", "Give a number, a code or a name.")
    bsuid = _BSUID.fullmatch(simple.replace(" ", ""))
    if bsuid and any(character.isdecimal() for character in bsuid[3]):
        return _judge_bsuid(text, bsuid)
    named = names.find_code(simple)
    if named:
        return _judge_named(text, simple, named)
    if _NUMERIC_CODE.fullmatch(simple):
        reason = f"{simple} is no ISO 3166-1 number of a country, and too short for a phone number"
        return _invalid(text, "code", reason, "Give a number with + and its calling code, or a code such as CU or 192.")
    found = forms.read_number(simple, wa_id=wa_id)
    if isinstance(found, Trouble):
        return _invalid(text, "phone", found.reason, found.fix, found.meant)
    if isinstance(found, Digits):
        return _judge_number(text, found)
    named = names.find_name(simple)
    if named:
        return _judge_named(text, simple, named)
    return _judge_bsuid(text, bsuid) if bsuid else _unknown(text, simple, suggest=suggest)


def _judge_number(text: str, found: Digits) -> Verdict:
    count = len(found.digits)
    if not SHORTEST <= count <= LONGEST:
        trouble = "too few" if count < SHORTEST else "too many"
        reason = f"{count} digits are {trouble}: an international number has {SHORTEST} to {LONGEST} of them"
        return _invalid(text, "phone", reason, WITH_CODE)
    decision = decisions.for_number(found.digits, explicit=found.explicit)
    digits = decisions.without_trunk(found.digits)
    return Verdict(
        input=text,
        kind="phone",
        verdict=decision.verdict,
        reason=decision.reason,
        region=decision.region,
        notes=tuple(filter(None, (*found.notes, *_number_notes(found, digits, decision)))),
        fix=decision.fix,
        sources=decision.sources,
        confidence=decision.confidence,
        digits=digits,
    )


def _number_notes(found: Digits, digits: str, decision: Decision) -> list[str]:
    notes = [*decision.notes, *(rule.note for rule in regions.rules_for(decision.region.code))]
    if decision.verdict == INVALID:
        return notes
    if digits != found.digits:
        notes.append(f"the digit that is dialled only inside the country was left out: WhatsApp knows it as +{digits}")
    if found.explicit:
        notes.append(_length_note(digits))
    else:
        row = table().find(digits)
        notes.append(readings.note(digits, row) if row and decision.verdict == ALLOWED else "")
        notes.append("Meta asks for the plus: without it, it may put the calling code of the business in front")
        if len(digits) >= _LOOKS_LIKE_ID:
            notes.append("phone number IDs and WABA IDs look like this, and neither is a recipient")
    if decision.verdict != BLOCKED:
        notes.append(digit_rules.note(digits))
    return notes


def _length_note(digits: str) -> str:
    code = table().calling_code(digits)
    if code is None or readings.has_usual_length(digits):
        return ""
    lengths = sorted(code.lengths)
    run = lengths == list(range(lengths[0], lengths[-1] + 1)) and len(lengths) > 2
    usual = f"{lengths[0]} to {lengths[-1]}" if run else " or ".join(map(str, lengths))
    behind = len(digits) - len(code.digits)
    return f"numbers of +{code.digits} have {usual} digits behind the calling code and this one has {behind}: check it"


def _judge_bsuid(text: str, found: re.Match[str]) -> Verdict:
    country, parent, id = found[1], found[2] or "", found[3]
    if not country.isupper():
        reason = "the country of a business-scoped user ID is written in capitals"
        return _invalid(text, "bsuid", reason, _COPY, f"{country.upper()}.{parent}{id}")
    if len(id) > _LONGEST_BSUID:
        reason = f"a business-scoped user ID has up to {_LONGEST_BSUID} characters behind the country, not {len(id)}"
        return _invalid(text, "bsuid", reason, _COPY)
    if country not in numbering.countries():
        reason = f"{country} is no country code, and a business-scoped user ID begins with one"
        return _invalid(text, "bsuid", reason, _COPY)
    decision = decisions.for_region(country)
    reason = f"the country of this business-scoped user ID is {decision.region.name}; {decision.reason}"
    sources = (*decision.sources[:1], "meta_bsuid", *decision.sources[1:])
    return _verdict(text, "bsuid", decision, reason=reason, sources=sources)


def _judge_named(text: str, simple: str, named: names.Named) -> Verdict:
    found = [decisions.for_region(code) for code in named.codes]
    first = found[0]
    if named.meaning == "historic":
        fix = "Give the name or code of today."
        return _invalid(text, "name", "this name is out of use and decides nothing", fix, str(first.region))
    shown = same_spelling(simple).title()
    if named.meaning == "weak":
        reason = f"{shown.upper()} may mean {first.region.name}, which is on Meta's list, or something else"
        return _verdict(text, named.kind, first, UNCERTAIN, reason, fix=_WHICH)
    if named.meaning == "one":
        return _verdict(text, named.kind, first)
    strictest = min(found, key=lambda decision: VERDICTS.index(decision.verdict))
    place = Place("+".join(named.codes), shown)
    if named.meaning == "all":
        parts = " and ".join(decision.region.name for decision in found)
        reason = f"{shown} is {parts}, and {strictest.region.name} is {strictest.verdict}"
        if all(decision.verdict == BLOCKED for decision in found):
            reason = f"{shown} is {parts}, which are on Meta's list of regions that the platform cannot serve"
        return _verdict(text, named.kind, strictest, reason=reason, region=place)
    either = " or ".join(str(decision.region) for decision in found)
    if strictest.verdict == ALLOWED:
        reason = f"this may be {either}; none of them is on Meta's list"
        return _verdict(text, named.kind, strictest, reason=reason, region=place)
    reason = f"this may be {either}, and {strictest.region.name} is on Meta's list"
    return _verdict(text, named.kind, strictest, UNCERTAIN, reason, region=place, fix=_WHICH)


_WHICH = "Say which one is meant, by its full name or its code."


def _verdict(
    text: str,
    kind: str,
    decision: Decision,
    verdict: str = "",
    reason: str = "",
    *,
    region: Place | None = None,
    fix: str = "",
    sources: tuple[str, ...] = (),
) -> Verdict:
    return Verdict(
        input=text,
        kind=kind,
        verdict=verdict or decision.verdict,
        reason=reason or decision.reason,
        region=region or decision.region,
        notes=decision.notes,
        fix=fix or decision.fix,
        sources=sources or decision.sources,
        confidence="medium" if verdict else decision.confidence,
    )


def _invalid(text: str, kind: str, reason: str, fix: str, meant: str = "") -> Verdict:
    reason = f"{reason}; did you mean {meant}?" if meant else reason
    return Verdict(text, kind, INVALID, reason, fix=fix, confidence="certain")


def _unknown(text: str, simple: str, *, suggest: bool) -> Verdict:
    near = names.similar(simple) if suggest else ()
    meant = " or ".join(_suggestion(name, code) for name, code in near)
    fix = "Give a number with + and its calling code, a business-scoped user ID, an ISO 3166 code, or a country's name."
    return _invalid(text, "name", "this is no number, code or name that is known here", fix, meant)


def _suggestion(name: str, code: str) -> str:
    place = decisions.for_region(code).region
    shown = name.title()
    return str(place) if shown == place.name else f"{shown} ({place.name}, {code})"
