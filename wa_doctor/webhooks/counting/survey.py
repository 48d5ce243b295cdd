"""
Goes over all messages and counts what is worth knowing across them.

Messages of a usual course are counted many at once, all others are judged one by one. A test holds both together.
"""

from __future__ import annotations

import struct
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress, repeat
from operator import floordiv, itemgetter, not_, sub
from typing import TYPE_CHECKING

from wa_doctor.webhooks import marks
from wa_doctor.webhooks.counting.plans import Columns, Plan, plan_of
from wa_doctor.webhooks.counting.tallies import (
    BLOCK,
    DELIVERED,
    FAILED,
    SILENT_AFTER,
    SPAN,
    VERDICTS,
    Acquaintance,
    Code,
    Recipient,
    Tallies,
)
from wa_doctor.webhooks.fold import Judgement, judge

if TYPE_CHECKING:
    from wa_doctor.webhooks.store import Block

_MANY = 1 << 9  # messages of one course, which are worth being counted before the others are there
_NEVER = 1 << 40  # a second that does not come

Course = tuple[bytes, bytes]

_packed = struct.Struct("<Q").pack
_NO_NUMBER = _packed(0)

_recipient_of: Callable[[bytes], bytes] = itemgetter(slice(8))
# The business number, and the kinds of all slots: states in which these are the same have the same plan.
_course_of: Callable[[bytes], Course] = itemgetter(slice(8, marks.CONTEXT), slice(marks.CONTEXT, None, marks.SLOT))
_exhaust = deque[None](maxlen=0).extend


class _Lots(dict[Course, list[bytes]]):
    """States of the same course; `ids` holds theirs too, unless they simply arrived and nobody asks."""

    def __init__(self, plans: dict[Course, Plan | None]) -> None:
        self.ids: dict[Course, list[str]] = {}
        self._plans = plans

    def __missing__(self, course: Course) -> list[bytes]:
        plan = self._plans[course] = plan_of(*course)
        if plan is None or plan.failures or plan.verdict != DELIVERED:
            self.ids[course] = []
        states = self[course] = []
        return states


class Surveyor:
    """Counts over all messages whose first event is at or after `since` and before `until` (0: no end)."""

    def __init__(self, since: int = 0, until: int = 0) -> None:
        self.tallies = Tallies()
        self._until = until or _NEVER
        self._since = since
        self._keep: Callable[[int], bool] | None = self.wanted if since or until else None
        self._plans: dict[Course, Plan | None] = {}

    def wanted(self, first: int) -> bool:
        """Say whether a message counts whose first event is at that time."""
        return self._since <= first < self._until

    def count(self, blocks: Iterable[Block]) -> None:
        """Count all messages."""
        lots = _Lots(self._plans)
        for ids, states in blocks:
            # In C: as a loop in Python this would take as long as all that comes after it.
            courses = list(map(_course_of, states))
            _exhaust(map(list.append, map(lots.__getitem__, courses), states))
            troubled = map(lots.ids.__contains__, courses)
            for id, course in compress(zip(ids, courses, strict=True), troubled):
                lots.ids[course].append(id)
            self._counted(lots, _MANY)
        self._counted(lots, 1)

    def _counted(self, lots: _Lots, least: int) -> None:
        for course, states in lots.items():
            if len(states) >= least:
                ids = lots.ids.get(course, [])
                self._lot(self._plans[course], ids, states)
                ids.clear()
                states.clear()

    def _lot(self, plan: Plan | None, ids: list[str], states: list[bytes]) -> None:
        if plan is None:
            self._each(ids, states)
            return
        if plan.failures > 1:
            alike = list(map(plan.alike, states))
            other = list(map(not_, alike))
            self._each(compress(ids, other), compress(states, other))
            ids, states = list(compress(ids, alike)), list(compress(states, alike))
        if states:
            self._planned(plan, ids, states)

    def _each(self, ids: Iterable[str], states: Iterable[bytes]) -> None:
        for id, state in zip(ids, states, strict=True):
            self._judged(id, judge(state))

    def acquaint(
        self, blocks: Iterable[Block], writers: Iterable[tuple[int, int]], moved: Mapping[int, int]
    ) -> dict[Recipient, Acquaintance]:
        """
        Return what the log tells about recipients for whom a message waits, or of whom several did not arrive.

        It is looked for in the whole log, whatever the period.
        """
        wanted = {
            recipient: Acquaintance()
            for recipient, count in self.tallies.trouble.items()
            if count < 0 or count >= SILENT_AFTER
        }
        by_number = {_packed(recipient): known for recipient, known in wanted.items() if isinstance(recipient, int)}
        named = any(isinstance(recipient, str) for recipient in wanted)
        concerned = {*by_number, _NO_NUMBER} if named else by_number.keys()
        for _, states in blocks if wanted else ():
            for state in compress(states, map(concerned.__contains__, map(_recipient_of, states))):
                known = by_number.get(state[:8]) or wanted.get(_text_recipient(state))
                if known:
                    self._meet(known, state)
        for sender, time in writers if wanted else ():
            known = wanted.get(sender)
            if known:
                known.last_wrote = max(known.last_wrote, time)
        for recipient, known in wanted.items():
            known.moved = moved.get(recipient, 0) if isinstance(recipient, int) else 0
        return wanted

    def _meet(self, known: Acquaintance, state: bytes) -> None:
        plan = self._plans.get(_course_of(state))
        if plan:
            verdict = plan.verdict
            began, arrived, codes = plan.course(state)
        else:
            judgement = judge(state)
            verdict = VERDICTS.index(judgement.verdict)
            began, arrived = judgement.began, judgement.arrived or 0
            codes = tuple(code for code, _ in judgement.codes)
        if verdict == DELIVERED:
            known.delivered += 1
            known.last_delivered = max(known.last_delivered, arrived)
            return
        if verdict == FAILED:
            known.failed += 1
            known.codes = tuple(sorted({*known.codes, *codes}))
        else:
            known.waiting += 1
        known.first = min(known.first or began, began)
        known.last = max(known.last, began)

    def _planned(self, plan: Plan, ids: list[str], states: Sequence[bytes]) -> None:
        columns = plan.columns(ids, states, self._keep)
        if not columns:
            return
        tallies = self.tallies
        verdict, count, first = plan.verdict, len(columns), columns.first
        tallies.totals[verdict] += count
        tallies.repeats += columns.repeats()
        tallies.out_of_order += 0 if plan.ordered else count
        tallies.categories[verdict][plan.category] += count
        tallies.numbers[verdict][plan.number] += count
        tallies.spans[verdict].update(map(floordiv, first, repeat(SPAN)))
        tallies.blocks[verdict].update(map(floordiv, columns.recipients, repeat(BLOCK)))
        self._span(min(first), columns.last())
        if verdict == DELIVERED:
            tallies.read += count if plan.read else 0
            self._conflicting(columns)
            self._good(max(first), plan.number, "")
            if plan.announced:
                tallies.delays.update(map(sub, columns.arrived(), first))
            else:
                tallies.unannounced += count
        else:
            self._planned_trouble(plan, columns)

    def _good(self, time: int, number: int | str, template: str) -> None:
        tallies = self.tallies
        tallies.last_good = max(tallies.last_good, time)
        tallies.good_numbers[number] = max(tallies.good_numbers.get(number, 0), time)
        if template:
            tallies.good_templates[template] = max(tallies.good_templates.get(template, 0), time)

    def _conflicting(self, columns: Columns) -> None:
        self.tallies.conflicting += len(columns.codes)
        for code, count in Counter(columns.codes).items():
            self.tallies.errors[marks.signed(code), None].conflicting += count

    def _planned_trouble(self, plan: Plan, columns: Columns) -> None:
        for first, id in zip(columns.first, columns.ids, strict=True):
            self.tallies.note_newest(plan.verdict, first, id)
        if plan.verdict == FAILED:
            failed = columns.of(marks.FAILED)
            for code in set(columns.codes):
                same = [each == code for each in columns.codes]
                times, recipients = list(compress(failed, same)), list(compress(columns.recipients, same))
                self._errors((marks.signed(code), None), times, recipients, plan.number, plan.category, "")
            for recipient in columns.recipients:
                self.tallies.note_trouble(recipient, waits=False)
            return
        self.tallies.waiting.update(map(floordiv, columns.first, repeat(60)))
        for recipient in columns.recipients:
            self.tallies.note_trouble(recipient, waits=True)

    def _span(self, first: int, last: int) -> None:
        tallies = self.tallies
        tallies.first = min(tallies.first or first, first)
        tallies.last = max(tallies.last, last)

    def _judged(self, id: str, judgement: Judgement) -> None:
        first = judgement.began
        if not self.wanted(first):
            return
        tallies = self.tallies
        verdict = VERDICTS.index(judgement.verdict)
        recipient = recipient_key(judgement.recipient)
        number: int | str = int(judgement.number) if judgement.number.isdigit() else judgement.number
        tallies.totals[verdict] += 1
        tallies.repeats += judgement.repeats
        tallies.read += judgement.read
        tallies.conflicting += judgement.conflicting
        tallies.numbers[verdict][number] += 1
        tallies.categories[verdict][judgement.category] += 1
        if isinstance(recipient, int):
            tallies.blocks[verdict][recipient // BLOCK] += 1
        else:
            tallies.users[verdict][recipient[:2]] += 1
        if judgement.template:
            tallies.templates[verdict][judgement.template] += 1
        if first:
            tallies.spans[verdict][first // SPAN] += 1
            self._span(first, max(each.time for each in judgement.timeline))
        self._delivery(judgement, verdict, first, number)
        if judgement.codes:
            self._judged_errors(judgement, recipient, number)
        if verdict != DELIVERED:
            tallies.note_newest(verdict, first, id)
            tallies.note_trouble(recipient, waits=verdict != FAILED)

    def _delivery(self, judgement: Judgement, verdict: int, first: int, number: int | str) -> None:
        tallies = self.tallies
        sent = judgement.time_of("sent")
        if verdict == DELIVERED:
            self._good(first, number, judgement.template)
            arrived = judgement.arrived
            if sent is None:
                tallies.unannounced += not any(each.status == "accepted" for each in judgement.timeline)
            elif arrived is not None:
                tallies.delays[arrived - sent] += 1
        elif verdict != FAILED:
            tallies.waiting[(sent or first) // 60] += 1

    def _judged_errors(self, judgement: Judgement, recipient: Recipient, number: int | str) -> None:
        failed = judgement.time_of("failed") or max(each.time for each in judgement.timeline)
        for code in judgement.codes:
            if judgement.conflicting:
                self.tallies.errors[code].conflicting += 1
            elif VERDICTS.index(judgement.verdict) == FAILED:
                self._errors(code, [failed], [recipient], number, judgement.category, judgement.template)

    def _errors(
        self,
        code: Code,
        failed: Sequence[int],
        recipients: Sequence[Recipient],
        number: int | str,
        category: str,
        template: str,
    ) -> None:
        tally, where = self.tallies.errors[code], self.tallies.errors[code].where
        minutes = [time // 60 for time in failed]
        tally.count += len(failed)
        tally.minutes.update(minutes)
        tally.first = min(tally.first or failed[0], *failed)
        tally.last = max(tally.last, *failed)
        self.tallies.failing_numbers[number].update(minutes)
        where["number"][number] += len(failed)
        where["category"][category] += len(failed)
        if template:
            self.tallies.failing_templates[template].update(minutes)
            where["template"][template] += len(failed)
        for recipient in recipients:
            if isinstance(recipient, int):
                where["block"][recipient // BLOCK] += 1
            else:
                where["user"][recipient[:2]] += 1


def recipient_key(recipient: str) -> Recipient:
    """Return a number as an integer, which takes less room, and any other recipient as it is."""
    return int(recipient) if recipient.isascii() and recipient.isdigit() else recipient


def _text_recipient(state: bytes) -> str:
    return marks.contents(state).texts.get(marks.RECIPIENT, "")
