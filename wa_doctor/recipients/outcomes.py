"""
Verdicts for millions: what is known about a prefix is decided once and serves every number that begins like it.

An `Outcome` is shared by all values that come to the same verdict for the same reason, so that a format can write
it once too. Nothing here grows with the length of a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from wa_doctor.recipients import decisions
from wa_doctor.recipients.judge import LONGEST, SHORTEST, judge
from wa_doctor.recipients.table import HEAD, table
from wa_doctor.recipients.verdict import ALLOWED, INVALID, Place, Verdict

# What may stand between the digits of most numbers; anything else is read with care.
_SEPARATORS = str.maketrans("", "", " -()")

_REMEMBERED = 4096  # values that are no plain number: names of countries repeat, broken numbers do not


@dataclass(slots=True)
class Tally:
    """How many values came to a verdict for a place."""

    verdict: str
    place: Place
    count: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """
    What is written behind a value.

    Outcomes are told apart by identity. `shared` ones live as long as the run and may be remembered by a format.
    """

    verdict: str
    place: Place
    reason: str
    tally: Tally
    shared: bool


class Outcomes:
    """Finds the outcome of a value. With `wa_id`, bare digits are known to begin with their calling code."""

    def __init__(self, *, wa_id: bool = False) -> None:
        self._wa_id = wa_id
        self._depth = table().depth
        self._tallies: dict[tuple[str, Place], Tally] = {}
        # By whether a calling code is known to stand in front, and by the number of digits: first digits -> outcome.
        self._known: dict[bool, list[dict[str, Outcome]]] = {
            explicit: [{} for _ in range(LONGEST + 1)] for explicit in (False, True)
        }
        self._shared: dict[tuple[str, Place, str], Outcome] = {}
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._carefully)

    def of(self, value: str) -> Outcome:
        """Return the outcome of one value; it is not counted yet."""
        explicit = value[:1] == "+"
        digits = value[1:] if explicit else value
        if not (digits.isdecimal() and digits.isascii()):
            digits = digits.translate(_SEPARATORS)
            if not (digits.isdecimal() and digits.isascii()) or "(0)" in value:
                return self._remembered(value)
        if digits.startswith("00") and not explicit:
            digits, explicit = digits[2:], True
        explicit = explicit or self._wa_id
        count = len(digits)
        if not SHORTEST <= count <= LONGEST or digits[0] == "0":
            return self._remembered(value)
        known = self._known[explicit][count]
        outcome = known.get(digits[:HEAD]) or known.get(digits[: self._depth(digits)])
        return outcome or self._decide(digits, explicit, known)

    def malformed(self, reason: str) -> Outcome:
        """Return the outcome of a row that cannot be taken apart."""
        return self._share(INVALID, Place(), reason)

    def count(self, outcomes: Iterable[Outcome]) -> None:
        """Add to the tallies."""
        for outcome in outcomes:
            outcome.tally.count += 1

    def tallies(self) -> Iterator[Tally]:
        """Yield what was counted: by verdict and place, those with more values first."""
        yield from sorted(self._tallies.values(), key=lambda tally: -tally.count)

    def _decide(self, digits: str, explicit: bool, known: dict[str, Outcome]) -> Outcome:
        decision = decisions.for_number(digits, explicit=explicit)
        outcome = self._share(decision.verdict, decision.region, decision.reason)
        # With a trunk prefix left out, other digits than the first few decide.
        if decisions.without_trunk(digits) == digits:
            known[digits[: self._depth(digits)]] = outcome
        return outcome

    def _share(self, verdict: str, place: Place, reason: str) -> Outcome:
        key = (verdict, place, reason)
        if key not in self._shared:
            self._shared[key] = Outcome(*key, self._tally(verdict, place), shared=True)
        return self._shared[key]

    def _carefully(self, value: str) -> Outcome:
        verdict: Verdict = judge(value, wa_id=self._wa_id, suggest=False)
        if verdict.verdict != INVALID:
            return self._share(verdict.verdict, verdict.region, verdict.reason)
        tally = self._tally(verdict.verdict, verdict.region)
        return Outcome(verdict.verdict, verdict.region, verdict.reason, tally, shared=False)

    def _tally(self, verdict: str, place: Place) -> Tally:
        return self._tallies.setdefault((verdict, place), Tally(verdict, place))


def is_problem(outcome: Outcome) -> bool:
    """Say whether somebody should look at this value."""
    return outcome.verdict != ALLOWED
