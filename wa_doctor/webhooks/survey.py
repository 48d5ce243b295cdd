"""
Goes over all messages and counts what is worth knowing across them.

Messages of a usual course are counted many at once, all others are judged one by one. A test holds both together.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from itertools import repeat
from operator import floordiv, sub

from wa_doctor.webhooks import marks
from wa_doctor.webhooks.fold import Judgement, judge
from wa_doctor.webhooks.plans import Columns, Plan, plan_of
from wa_doctor.webhooks.tallies import (
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

_AT_ONCE = 2048  # states of one plan
_NEVER = 1 << 40  # a second that does not come

_packed = struct.Struct("<Q").pack
_NO_NUMBER = _packed(0)


class Surveyor:
    """Counts over all messages whose first event is at or after `since` and before `until` (0: no end)."""

    def __init__(self, since: int = 0, until: int = 0) -> None:
        self.tallies = Tallies()
        self._until = until or _NEVER
        self._since = since
        self._keep: Callable[[int], bool] | None = self.wanted if since or until else None
        self._plans: dict[bytes, Plan | None] = {}

    def wanted(self, first: int) -> bool:
        """Say whether a message counts whose first event is at that time."""
        return self._since <= first < self._until

    def count(self, items: Iterable[tuple[str, bytes]]) -> None:
        """Count all messages."""
        plans = self._plans
        for id, state in items:
            key = state[8:16] + state[marks.CONTEXT :: marks.SLOT]
            try:
                plan = plans[key]
            except KeyError:
                plan = plans[key] = plan_of(key[:8], key[8:])
            if plan is None:
                self._judged(id, judge(state))
                continue
            pending = plan.pending
            pending.append(state)
            if plan.ids is not None:
                plan.ids.append(id)
            if len(pending) >= _AT_ONCE:
                self._planned(plan)
        for plan in plans.values():
            if plan and plan.pending:
                self._planned(plan)

    def acquaint(self, states: Iterable[bytes], writers: Iterable[tuple[int, int]]) -> dict[Recipient, Acquaintance]:
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
        get = by_number.get
        for state in states if wanted else ():
            number = state[:8]
            known = get(number) if number != _NO_NUMBER else wanted.get(_text_recipient(state))
            if known:
                self._meet(known, state)
        for sender, time in writers if wanted else ():
            known = wanted.get(sender)
            if known:
                known.last_wrote = max(known.last_wrote, time)
        return wanted

    def _meet(self, known: Acquaintance, state: bytes) -> None:
        plan = self._plans.get(state[8:16] + state[marks.CONTEXT :: marks.SLOT])
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

    def _planned(self, plan: Plan) -> None:
        columns = plan.columns(self._keep)
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

    def _planned_trouble(self, plan: Plan, columns: Columns) -> None:
        for first, id in zip(columns.first, columns.ids, strict=True):
            self.tallies.note_newest(plan.verdict, first, id)
        if plan.verdict == FAILED:
            rows = zip(columns.codes, columns.of(marks.FAILED), columns.recipients, strict=True)
            for code, failed, recipient in rows:
                signed = marks.signed(code)
                self._error((signed, None), failed, recipient, plan.number, plan.category, "")
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
                self._error(code, failed, recipient, number, judgement.category, judgement.template)

    def _error(
        self, code: Code, failed: int, recipient: Recipient, number: int | str, category: str, template: str
    ) -> None:
        tally = self.tallies.errors[code]
        tally.count += 1
        tally.minutes[failed // 60] += 1
        tally.first = min(tally.first or failed, failed)
        tally.last = max(tally.last, failed)
        self.tallies.failing_numbers[number][failed // 60] += 1
        if template:
            self.tallies.failing_templates[template][failed // 60] += 1
        where = tally.where
        where["number"][number] += 1
        where["category"][category] += 1
        if template:
            where["template"][template] += 1
        if isinstance(recipient, int):
            where["block"][recipient // BLOCK] += 1
        else:
            where["user"][recipient[:2]] += 1


def recipient_key(recipient: str) -> Recipient:
    """Return a number as an integer, which takes less room, and any other recipient as it is."""
    return int(recipient) if recipient.isascii() and recipient.isdigit() else recipient


def _text_recipient(state: bytes) -> str:
    return marks.contents(state).texts.get(marks.RECIPIENT, "")
