"""Decides what a line or a value of a log is, and brings what the platform said in it to the intake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wa_doctor.webhooks.reading import by_hand, fragments, moments, payloads, shapes

if TYPE_CHECKING:
    from wa_doctor.webhooks.reading.intake import Arrival, Intake
    from wa_doctor.webhooks.reading.payloads import Payload

# A line without any of these cannot hold what the platform said; the last ones begin JSON or gzip in base64.
_HINTS = (
    b"entry",
    b"status",
    b"messages",
    b"field",
    b"fbtrace_id",
    b"OAuthException",
    b"eyJ",
    b"eyA",
    b"ewo",
    b"ewk",
    b"W3s",
    b"H4sI",
)
_SURE = (b"whatsapp_business_account", b"changes", b"statuses", b"wamid.")
_PUNCTUATION = b"{}[](),;'\" \t\r"
_PREFIX = 300  # bytes before a webhook in which its line says when it was written


class Sifter:
    """Takes the lines of one source after the other; `wrapped` is whether the last one had more than a webhook."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self.ledger = intake.ledger
        self.wrapped = False
        self._bare = 0
        self._texts: list[tuple[int, str]] = []
        self._text_lines = 0

    def begin(self, name: str) -> None:
        """Begin a source."""
        self._intake.file = name
        self._first_line = self.ledger.lines
        self._bare = self._text_lines = 0
        self._texts = []

    def end(self) -> None:
        """End a source: lines without any structure are broken in a file of webhooks, and normal in a log."""
        self._intake.settle()
        if self._bare <= self._text_lines:
            self.ledger.other += self._text_lines
            return
        for line, reason in self._texts:
            self.ledger.cannot_read(self._intake.file, line, reason)
        self.ledger.unreadable += self._text_lines - len(self._texts)

    @property
    def _line(self) -> int:
        return self.ledger.lines - self._first_line

    def bare(self, webhooks: Sequence[shapes.Webhook]) -> None:
        """Take lines that are webhooks and nothing else."""
        self._bare += len(webhooks)
        self._intake.take(webhooks)

    def line(self, line: bytes) -> bool:
        """Take one line in; return False, and do nothing, where it begins a structure that it does not end."""
        start = line.find(b"{")
        self._intake.line = self._line
        self.wrapped = False
        if start < 0 and not _hinted(line):
            self._text(line)
            return True
        if self._typed(line, start):
            return True
        if _hinted(line) and self._searched(line, start):
            self.wrapped = True
            return True
        if line.count(b"{") > line.count(b"}"):
            return False
        if (line[:1] in b"{[" and not _is_json(line)) or any(mark in line for mark in _SURE):
            self.lost(line, "")
        elif start < 0:
            self._text(line)
        else:
            self.ledger.other += 1
        return True

    def _typed(self, line: bytes, start: int) -> bool:
        end = line.rfind(b"}") + 1
        if end <= start:
            return False
        try:
            webhook = shapes.decode(line[start:end])
        except shapes.NotThisShape:
            return False
        if start == 0 and end == len(line):
            self._bare += 1
        else:
            self.wrapped = True
        self._intake.take((webhook,), _written(line[:start]))
        return True

    def _searched(self, line: bytes, start: int) -> bool:
        if start == 0:
            try:
                value = shapes.any_json(line)
            except shapes.NotThisShape:
                pass
            else:
                self._bare += 1
                if self._payloads(value, None):
                    return True
        text = line.decode("utf-8", "replace")
        arrival = _written(line[: start if start >= 0 else _PREFIX])
        for each in payloads.readings(text):
            if isinstance(each, shapes.Webhook):
                self._intake.take((each,), arrival)
                return True
            if self._payloads(each, arrival):
                return True
        return False

    def _payloads(self, value: Any, arrival: Arrival) -> bool:
        found = payloads.payloads(value, arrival)
        for payload in found:
            self._payload(payload)
        return bool(found)

    def value(self, value: Any, prefix: bytes) -> bool:
        """Take a value in that stood on several lines behind `prefix`, or on a long one; return whether it was one."""
        self._intake.line = self._line
        return self._payloads(value, _written(prefix))

    def lost(self, line: bytes, reason: str) -> None:
        """Count a line that could not be read, or was never meant to."""
        self._intake.line = self._line
        if not line.strip(_PUNCTUATION):
            return
        if line[:1] in b"{[" or any(mark in line for mark in _SURE):
            words = reason or fragments.why_not(line[: 1 << 16].decode("utf-8", "replace"))
            self._intake.cannot_read(words)
        else:
            self._text(line)

    def _text(self, line: bytes) -> None:
        # The brackets of a list that goes over many lines stand alone and are nobody's loss.
        if not line.strip(_PUNCTUATION):
            return
        self._text_lines += 1
        if len(self._texts) < self.ledger.room():
            self._texts.append((self._line, "no JSON in it"))

    def _payload(self, payload: Payload) -> None:
        if payload.kind == payloads.WEBHOOK:
            try:
                webhook = payload.webhook or shapes.webhook(payload.table)
            except shapes.NotThisShape:
                by_hand.take(payload.table, self._intake, payload.arrival)
            else:
                self._intake.take((webhook,), payload.arrival)
        elif payload.kind == payloads.ANSWER:
            by_hand.take_answer(payload, self._intake)
        elif payload.kind == payloads.REFUSAL:
            by_hand.take_refusal(payload.table, self._intake)
        else:
            self.ledger.foreign += 1


def _hinted(line: bytes) -> bool:
    return any(hint in line for hint in _HINTS)


def _is_json(line: bytes) -> bool:
    try:
        shapes.any_json(line)
    except shapes.NotThisShape:
        return False
    return True


def _written(prefix: bytes) -> Arrival:
    return moments.of_text(prefix[:_PREFIX].decode("utf-8", "replace")) if prefix.strip(b"[ \t,") else None
