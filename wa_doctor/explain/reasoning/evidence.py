"""Everything the rules may look at, gathered from what was read and recognised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wa_doctor.explain.reading.record import ErrorSeen
from wa_doctor.explain.reasoning import ids, recipients, tokens, transport
from wa_doctor.explain.reasoning.resemblance import resemblance
from wa_doctor.knowledge.symptoms import symptoms as symptom_facts

if TYPE_CHECKING:
    from wa_doctor.explain.reading.record import Record


@dataclass(frozen=True, slots=True)
class Findings:
    """
    What was found.

    `signs` are names of symptoms, circumstances and computed signs with the words they were seen in; `values` fill
    the places such as `{number}` in the sentences of a cause; `likeness` says which causes the words resemble.
    """

    errors: tuple[ErrorSeen, ...]
    signs: Mapping[str, str]
    values: Mapping[str, str] = field(default_factory=dict)
    likeness: Mapping[str, tuple[float, tuple[str, ...]]] = field(default_factory=dict)


def fitting(recognised: Mapping[str, str], told: set[int]) -> Mapping[str, str]:
    """Leave out the messages of other errors than those whose codes were given: codes outrank words."""
    if not told:
        return recognised
    codes = {symptom.id: symptom.code for symptom in symptom_facts()}
    return {id: words for id, words in recognised.items() if codes[id] is None or codes[id] in told}


def _implied(recognised: Mapping[str, str]) -> Iterator[ErrorSeen]:
    """Yield the error of every message that stood in a text without any code."""
    for symptom in symptom_facts():
        if symptom.id in recognised and symptom.code is not None:
            yield ErrorSeen(symptom.code, symptom.subcode, text=recognised[symptom.id])


def gather(
    record: Record, symptoms: Mapping[str, str], circumstances: Mapping[str, str], text: str, account: str
) -> Findings:
    """
    Put together what was read in `record` and recognised.

    `text` is the beginning of the text itself, `account` the same without the structures in it.
    """
    errors = tuple(seen for seen in record.settled() if not seen.aside)
    symptoms = fitting(symptoms, {seen.code for seen in errors})
    errors = errors or tuple(_implied(symptoms))
    signs = {**circumstances, **symptoms, **record.signs}
    values: dict[str, str] = {}
    for compute in (ids.signs, recipients.signs, transport.signs):
        for name, words, filled in compute(record, errors):
            signs.setdefault(name, words)
            for key, value in filled.items():
                values.setdefault(key, value)
    for name, fault in tokens.signs(text):
        signs.setdefault(name, "")
        values.setdefault("fault", fault)
    values.setdefault("digits", recipients.ADVICE)
    return Findings(errors, signs, values, resemblance(account))
