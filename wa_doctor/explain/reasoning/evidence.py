"""Everything the rules may look at, gathered from what was read and recognised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wa_doctor.explain.reasoning import ids, recipients, tokens, transport

if TYPE_CHECKING:
    from wa_doctor.explain.reading.record import ErrorSeen, Record


@dataclass(frozen=True, slots=True)
class Findings:
    """
    What was found.

    `signs` are names of symptoms, circumstances and computed signs with the words they were seen in; `values` fill
    the places such as `{number}` in the sentences of a cause.
    """

    errors: tuple[ErrorSeen, ...]
    signs: Mapping[str, str]
    values: Mapping[str, str] = field(default_factory=dict)


def gather(record: Record, symptoms: Mapping[str, str], circumstances: Mapping[str, str], text: str) -> Findings:
    """Put together what was read in `record` and recognised; `text` is the beginning of the text itself."""
    errors = tuple(seen for seen in record.settled() if not seen.aside)
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
    return Findings(errors, signs, values)
