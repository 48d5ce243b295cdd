"""What the formats that write row by row have in common: the columns that are appended, and texts written once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wa_doctor.recipients.outcomes import Outcome

APPENDED = ("verdict", "region", "reason")


class Suffixes(dict["Outcome", str]):
    """What is written behind a row, by its outcome: made once for the outcomes that many rows share."""

    def __init__(self, write: Callable[[Outcome], str]) -> None:
        super().__init__()
        self._write = write

    def __missing__(self, outcome: Outcome) -> str:
        text = self._write(outcome)
        if outcome.shared:
            self[outcome] = text
        return text


def appended_to(header: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the columns to append, told from those that a list already has."""
    return tuple(name if name not in header else f"wa_doctor_{name}" for name in APPENDED)
