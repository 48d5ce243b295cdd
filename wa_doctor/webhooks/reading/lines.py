"""
Reads a source from its first byte to its last without ever holding it: blocks, lines, and what goes over many lines.

Most logs are one webhook a line and are decoded a block at a time. Where that fails, each line is looked at by
itself; where a line begins a structure that it does not end, the lines behind it are read with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wa_doctor.webhooks.reading import fragments, shapes
from wa_doctor.webhooks.reading.fragments import Broken, Unfinished
from wa_doctor.webhooks.reading.sources import STDIN, Opened, Unusable, open_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from wa_doctor.webhooks.reading.sifting import Sifter

READ = 1 << 16  # bytes; blocks that the allocator maps anew each time would take a tenth longer
AT_ONCE = 1 << 14  # bytes; about thirty webhooks, so that a broken one makes few others be read again
LONGEST_LINE = 1 << 20  # bytes without a line break, after which structures are taken out one by one
LARGEST = 1 << 24  # bytes of one structure; a webhook has at most 3 MB

_MOST_BROKEN = 200  # structures in a row that are none, before the rest of a long line is given up
_SURE = 4  # pieces with one webhook a line, after which only every so many lines are counted
_SAMPLE = 32
_SEVERAL = 4  # lines in a row with something around the webhook, behind which one without is not expected
_NEWLINE = 10
_OBJECT = b'{"object"'
_SEAMS = (b"}," + _OBJECT, b"}, " + _OBJECT)


def read_source(name: str, sifter: Sifter, progress: Callable[[int], None]) -> None:
    """
    Read one file (or `-`), telling `progress` how many bytes of it are done.

    What is wrong with the source is noted in the ledger; nothing is raised for it.
    """
    ledger = sifter.ledger
    shown = "stdin" if name == STDIN else name
    sifter.begin(shown)
    try:
        opened = open_source(name)
    except Unusable as exc:
        ledger.problem(shown, str(exc), unread=True)
        return
    ledger.files += 1
    try:
        empty = _Reader(opened, sifter, progress).run()
        if empty:
            ledger.problem(shown, "it is empty")
    except Unusable as exc:
        ledger.problem(shown, str(exc))
    finally:
        opened.close()
    sifter.end()


class _Reader:
    def __init__(self, opened: Opened, sifter: Sifter, progress: Callable[[int], None]) -> None:
        self._opened = opened
        self._sifter = sifter
        self._ledger = sifter.ledger
        self._progress = progress
        self._pieces = 0
        self._one_a_line = True
        self._wrapped = 0
        self._in_long_line = False
        self._long_line_lost = False

    def run(self) -> bool:
        """Read to the end; return whether there was nothing."""
        empty = True
        window, wanted = b"", 0
        try:
            while block := self._opened.read(READ):
                empty = False
                self._ledger.size += len(block)
                self._progress(self._opened.position)
                window += block
                if len(window) < wanted:
                    continue
                window = self._consume(window)
                # What could not be finished is looked at again when there is twice as much of it.
                wanted = 2 * len(window) if len(window) > AT_ONCE else 0
        finally:
            if window:
                self._rest(window)
        return empty

    def _consume(self, window: bytes) -> bytes:
        cut = window.rfind(b"\n") + 1
        if cut:
            done = self._lines(window, cut, at_end=False)
            return window[done:]
        return window if len(window) < LONGEST_LINE else self._long_line(window)

    def _rest(self, window: bytes) -> None:
        if len(window) >= LONGEST_LINE and b"\n" not in window:
            self._long_line(window, at_end=True)
        else:
            self._lines(window, len(window), at_end=True)

    def _lines(self, window: bytes, stop: int, *, at_end: bool) -> int:
        """Read the lines up to `stop`; return where those begin that may go on behind it."""
        view = memoryview(window)
        position, span = 0, AT_ONCE
        if self._in_long_line:
            position = window.find(b"\n", 0, stop) + 1 or stop
            self._long_line(window[:position], at_end=True)
            self._in_long_line = False
        while position < stop:
            if self._wrapped >= _SEVERAL:
                end = position
            else:
                end = stop if position + span >= stop else window.rfind(b"\n", position, position + span) + 1
            if end > position and self._at_once(view[position:end]):
                position, span = end, min(4 * span, AT_ONCE)
                continue
            line_end = window.find(b"\n", position, stop) + 1 or stop
            if end > line_end:
                # Around a broken line the others are still read many at once.
                span = min(span, end - position) // 4
                continue
            try:
                position = self._line(window, position, line_end, stop, at_end=at_end)
            except Unfinished:
                return position
            span = min(4 * span, AT_ONCE)
            self._wrapped = self._wrapped + 1 if self._sifter.wrapped else 0
        return stop

    def _at_once(self, piece: memoryview) -> bool:
        try:
            webhooks = shapes.decode_lines(piece)
        except shapes.NotThisShape:
            return False
        self._ledger.lines += self._lines_of(piece, len(webhooks))
        self._sifter.bare(webhooks)
        return True

    def _lines_of(self, piece: memoryview, webhooks: int) -> int:
        # Counting lines takes a tenth of the time. Where the first pieces hold one webhook a line, only samples are
        # counted from there on; a blank line between them may then go uncounted.
        self._pieces += 1
        if self._one_a_line and self._pieces > _SURE and self._pieces % _SAMPLE:
            return webhooks
        lines = bytes(piece).count(b"\n") + (piece[-1] != _NEWLINE)
        self._one_a_line = self._one_a_line and lines == webhooks
        return lines

    def _line(self, window: bytes, position: int, end: int, stop: int, *, at_end: bool) -> int:
        """Read the line that begins at `position`, with those behind it where it goes on; return where it ends."""
        self._ledger.lines += 1
        line = window[position:end].strip()
        if not line or self._sifter.line(line):
            return end
        try:
            return self._structure(window, position, end, stop, at_end=at_end)
        except Unfinished:
            self._ledger.lines -= 1
            raise
        except Broken as exc:
            self._sifter.lost(line, str(exc))
            return end

    def _structure(self, window: bytes, position: int, end: int, stop: int, *, at_end: bool) -> int:
        """Read the structure that begins in a line and goes on behind it; return the position behind it."""
        start = window.find(b"{", position, end)
        if start < 0:
            raise Broken("")
        value, behind = self._value(window, start, stop, at_end=at_end)
        self._ledger.lines += window.count(b"\n", start, behind)
        if not self._sifter.value(value, window[position:start]):
            self._ledger.other += 1
        # What stands between this structure and the end of its last line is looked at as a line of its own.
        line_end = window.find(b"\n", behind, stop) + 1 or stop
        if not window[behind:line_end].strip(b" \t\r\n,;)]}'\""):
            return line_end
        self._ledger.lines -= 1
        return behind

    def _value(self, window: bytes, start: int, stop: int, *, at_end: bool) -> tuple[Any, int]:
        size = AT_ONCE // 2
        while True:
            size *= 2
            limit = min(start + size, stop)
            text = window[start:limit].decode("utf-8", "surrogateescape")
            try:
                value, length = fragments.value_at(text, 0)
            except Unfinished:
                if limit < stop and size <= LARGEST:
                    continue
                if at_end or size > LARGEST:
                    raise Broken("the JSON is cut off") from None
                raise
            return value, start + len(text[:length].encode("utf-8", "surrogateescape"))

    def _long_line(self, window: bytes, *, at_end: bool = False) -> bytes:
        """Take whole structures out of a line that has no end yet; return what may go on."""
        if not self._in_long_line:
            self._in_long_line = True
            self._long_line_lost = False
            self._ledger.lines += 1
        window = self._side_by_side(window)
        position = broken = 0
        while broken < _MOST_BROKEN:
            start = window.find(b"{", position)
            if start < 0:
                return b""
            try:
                value, position = self._value(window, start, len(window), at_end=at_end)
            except Unfinished:
                return window[start:]
            except Broken as exc:
                # However much of it is broken, it is one line.
                if not self._long_line_lost:
                    self._long_line_lost = True
                    self._sifter.lost(window[start : start + 300], str(exc))
                position = start + 1
                broken += 1
            else:
                broken = 0
                self._sifter.value(value, b"")
        return b""

    def _side_by_side(self, window: bytes) -> bytes:
        """Take in the webhooks that stand in a list without anything else between them; return what follows."""
        start = window.find(b"{")
        for seam in _SEAMS if window.startswith(_OBJECT, start) else ():
            end = window.rfind(seam) + 1
            if end <= start:
                continue
            try:
                # Inside of a string these quotes would be escaped, so it is webhooks that are parted here.
                webhooks = shapes.decode_lines(window[start:end].replace(seam, b"}\n" + _OBJECT))
            except shapes.NotThisShape:
                continue
            self._sifter.bare(webhooks)
            return window[end:]
        return window
