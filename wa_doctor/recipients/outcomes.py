"""
Verdicts for millions: what is known about a prefix is decided once and serves every number that begins like it.

An `Outcome` is shared by all values that come to the same verdict for the same reason, so that a format can write
it once too. Nothing here grows with the length of a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from wa_doctor.recipients import decisions
from wa_doctor.recipients.judge import LONGEST, SHORTEST, judge
from wa_doctor.recipients.table import HEAD, table
from wa_doctor.recipients.verdict import ALLOWED, INVALID, Place, Verdict

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
    """
    Finds the outcome of a value. With `wa_id`, bare digits are known to begin with their calling code.

    `of(value)` returns it and does not count it yet.
    """

    def __init__(self, *, wa_id: bool = False) -> None:
        self._wa_id = wa_id
        self._divided = table().divided
        self._tallies: dict[tuple[str, Place], Tally] = {}
        # By the number of digits: first digits -> outcome. Where a calling code is known to stand in front, and bare.
        self._explicit: list[dict[str, Outcome]] = [{} for _ in range(LONGEST + 1)]
        self._bare = self._explicit if wa_id else [{} for _ in range(LONGEST + 1)]
        self._shared: dict[tuple[str, Place, str], Outcome] = {}
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._carefully)
        self.of = self._finder()

    def _finder(self) -> Callable[[str], Outcome]:
        # Called for every row: what it needs is local, and the usual number is one look-up. Digits of other
        # scripts may pass where the first of them are ASCII: they are worth the same.
        explicit, bare, rarer = self._explicit, self._bare, self._rarer

        def of(value: str) -> Outcome:
            if value[:1] == "+":
                known, digits = explicit, value[1:]
            else:
                known, digits = bare, value
            if digits.isdecimal() and len(digits) <= LONGEST:
                found = known[len(digits)].get(digits[:HEAD])
                if found:
                    return found
            return rarer(value, digits, known)

        return of

    def _rarer(self, value: str, digits: str, known: list[dict[str, Outcome]]) -> Outcome:
        """Find the outcome of a value with separators, with `00`, or of a head that does not suffice."""
        if not digits.isdecimal():
            digits = digits.replace(" ", "").replace("-", "").replace("(", "").replace(")", "")
            if not digits.isdecimal() or "(0)" in value:
                return self._remembered(value)
        if digits[:2] == "00" and value[0] != "+":
            digits, known = digits[2:], self._explicit
        if len(digits) > LONGEST:
            return self._remembered(value)
        head = digits[:HEAD]
        decides = digits[: self._divided[head]] if head in self._divided else head
        return known[len(digits)].get(decides) or self._first_time(value, digits, known)

    def _first_time(self, value: str, digits: str, known: list[dict[str, Outcome]]) -> Outcome:
        if len(digits) < SHORTEST or digits[0] == "0" or not digits.isascii():
            return self._remembered(value)
        decision = decisions.for_number(digits, explicit=known is self._explicit)
        outcome = self._share(decision.verdict, decision.region, decision.reason)
        # With a trunk prefix left out, other digits than the first few decide.
        if decisions.without_trunk(digits) == digits:
            known[len(digits)][digits[: self._divided.get(digits[:HEAD], HEAD)]] = outcome
        return outcome

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
