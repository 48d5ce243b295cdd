"""
Messages of the same course, many at once.

All states with the same slots have the same verdict and keep the same things in the same places. So they are
unpacked together and counted by columns, which takes a fifth of the time of judging each by itself.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from itertools import compress

from wa_doctor.webhooks import marks
from wa_doctor.webhooks.counting.tallies import VERDICTS
from wa_doctor.webhooks.fold import verdict_of

_ARRIVED = (marks.DELIVERED, marks.READ, marks.PLAYED)
_USUAL = frozenset((*_ARRIVED, marks.SENT, marks.FAILED, marks.CODE))

Column = Sequence[int]


class Plan:
    """
    What states of one business number with the same slots have in common.

    `verdict` is a position in `VERDICTS`, `category` a name, `failures` how often `failed` came; `read`, `announced`
    (its `sent` is there) and `ordered` (the events stand in the order of their rank) hold for all of them.
    """

    __slots__ = (
        "_arrived",
        "_began",
        "_codes",
        "_layout",
        "_ranks",
        "announced",
        "category",
        "failures",
        "number",
        "ordered",
        "read",
        "verdict",
    )

    def __init__(self, number: bytes, kinds: bytes, ranks: tuple[int, ...]) -> None:
        self.number = int.from_bytes(number, "little")
        self._ranks = ranks
        self._layout = struct.Struct("<Q8x" + "xI" * len(kinds))
        statuses = [rank for rank in ranks if rank != marks.CODE]
        first = next((rank for rank in _ARRIVED if rank in ranks), None)
        began = {marks.SENT} if marks.SENT in ranks else set(statuses)
        self._began = [index + 1 for index, rank in enumerate(ranks) if rank in began]
        self._arrived = [index + 1 for index, rank in enumerate(ranks) if rank == first]
        self._codes = [index + 1 for index, rank in enumerate(ranks) if rank == marks.CODE]
        self.failures = len(self._codes)
        self.verdict = VERDICTS.index(verdict_of(set(statuses)))
        self.read = marks.READ in ranks or marks.PLAYED in ranks
        self.announced = marks.SENT in ranks
        order = [rank for rank in dict.fromkeys(statuses) if rank != marks.FAILED]
        self.ordered = order == sorted(order)
        categories = [kind >> 4 for kind in kinds if kind & 15 <= marks.PLAYED and kind >> 4]
        self.category = marks.CATEGORIES[min(categories, default=0)]

    def columns(self, ids: list[str], states: Sequence[bytes], keep: Callable[[int], bool] | None) -> Columns:
        """Take messages apart; `keep` says by the time of the first event what counts."""
        values = list(zip(*self._layout.iter_unpack(b"".join(states)), strict=True))
        return Columns(values, ids, self._ranks, keep)

    def alike(self, state: bytes) -> bool:
        """Say whether all failures of a message have the same code; where they have not, it is no usual course."""
        values = self._layout.unpack(state)
        return len({values[index] for index in self._codes}) <= 1

    def course(self, state: bytes) -> tuple[int, int, tuple[int, ...]]:
        """Return of one state when its message began, when it arrived (0: it did not), and its codes."""
        values = self._layout.unpack(state)
        began = min(values[index] for index in self._began)
        arrived = min((values[index] for index in self._arrived), default=0)
        return began, arrived, tuple(marks.signed(values[index]) for index in self._codes)


class Columns:
    """The values of many states of one plan, each property a sequence with one element a message."""

    def __init__(
        self,
        values: list[tuple[int, ...]],
        ids: list[str],
        ranks: tuple[int, ...],
        keep: Callable[[int], bool] | None,
    ) -> None:
        self._ranks = ranks
        self._slots = values[1:]
        first = self.of(marks.SENT) if marks.SENT in ranks else _least(self._times())
        if keep:
            kept = [keep(time) for time in first]
            values = [tuple(compress(column, kept)) for column in values]
            self._slots = values[1:]
            first = list(compress(first, kept))
            ids = list(compress(ids, kept))
        self.first: Column = first
        self.ids = ids
        self.recipients: Column = values[0]
        self.codes: Column = self._slots[ranks.index(marks.CODE)] if marks.CODE in ranks else ()

    def __len__(self) -> int:
        return len(self.first)

    def _times(self) -> list[tuple[int, ...]]:
        return [column for column, rank in zip(self._slots, self._ranks, strict=True) if rank != marks.CODE]

    def of(self, rank: int) -> Column:
        """Return when the first event of this rank happened."""
        return _least([column for column, each in zip(self._slots, self._ranks, strict=True) if each == rank])

    def arrived(self) -> Column:
        """Return when they arrived: were delivered or, where the log does not have that, read or played."""
        return self.of(next(rank for rank in _ARRIVED if rank in self._ranks))

    def last(self) -> int:
        """Return the time of the latest event of all."""
        return max(map(max, self._times()), default=0)

    def repeats(self) -> int:
        """Return how many events came again."""
        count = 0
        for rank in {*self._ranks} - {marks.CODE}:
            same = [column for column, each in zip(self._slots, self._ranks, strict=True) if each == rank]
            if len(same) > 1:
                count += len(same) * len(self) - sum(map(len, map(set, zip(*same, strict=True))))
        return count


def _least(columns: list[tuple[int, ...]]) -> Column:
    return list(map(min, *columns)) if len(columns) > 1 else columns[0]


def plan_of(number: bytes, kinds: bytes) -> Plan | None:
    """Return the plan for a state with this number and these slots, None where it has to be judged by itself."""
    ranks = tuple(kind & 15 for kind in kinds)
    if not ranks or len(ranks) > marks.KEPT or not _USUAL.issuperset(ranks):
        return None
    # Every failure has one code, and stands right before it.
    codes = [index for index, rank in enumerate(ranks) if rank == marks.CODE]
    if codes != [index + 1 for index, rank in enumerate(ranks) if rank == marks.FAILED]:
        return None
    return Plan(number, kinds, ranks)
