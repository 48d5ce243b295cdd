"""Shows how far a triage is, on a terminal and nowhere else."""

from __future__ import annotations

import os
from threading import Event, Thread
from time import monotonic
from typing import TextIO

_EVERY = 0.2  # seconds
_SILENCE = 2.0  # seconds
_COLUMNS = 80


class Progress:
    """
    Writes one line over and over: how much is read, how fast, how long it takes, and what comes after it.

    A thread writes it, as nobody calls while messages are judged, and a call for each block has to cost nothing.
    """

    def __init__(self, out: TextIO) -> None:
        """Show it on `out`; nothing is shown before `start`."""
        self._out = out
        self._done = self._size = self._width = 0
        self._started = self._changed = 0.0
        self._writing = False
        self._over = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to show it."""
        self._started = self._changed = monotonic()
        self._thread = Thread(target=self._run, name="progress", daemon=True)
        self._thread.start()

    def __call__(self, done: int, size: int) -> None:
        """Take note of how many bytes of how many are read, the latter 0 where nobody knows."""
        self._done, self._size = done, size

    def write(self) -> None:
        """Take note that the messages are judged, and the report is being written."""
        self._writing = True

    def clear(self) -> None:
        """Take the line away; it does not come back."""
        self._over.set()
        if self._thread:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        state = self._state
        while not self._over.wait(_EVERY):
            now = monotonic()
            if state != self._state:
                state, self._changed = self._state, now
            done, size, writing = state
            line = described(done, size, self._changed - self._started, now - self._changed)
            self._write(f"writing the report, {now - self._changed:.0f} s" if writing else line)
        self._write("")

    @property
    def _state(self) -> tuple[int, int, bool]:
        return self._done, self._size, self._writing

    def _write(self, line: str) -> None:
        line = line[: self._columns() - 1]
        if line or self._width:
            # In spaces and not in escapes, which not every terminal knows.
            self._out.write(f"\r{line:<{self._width}}\r")
            self._out.flush()
            self._width = len(line)

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self._out.fileno()).columns or _COLUMNS
        except (OSError, ValueError):
            return _COLUMNS


def described(done: int, size: int, reading: float, after: float = 0.0) -> str:
    """
    Say how far a triage is.

    `done` of `size` bytes (0: nobody knows) were read within `reading` seconds, and no more in the `after` seconds
    since then.
    """
    if 0 < size <= done:
        return f"{_amount(done)} read, judging the messages, {after:.0f} s"
    if after >= _SILENCE:
        return f"{_amount(done)} read, no more came for {after:.0f} s"
    reading += after
    parts = [f"{_amount(done)} of {_amount(size)} read" if size else f"{_amount(done)} read"]
    if reading > 0:
        parts.append(f"{_amount(round(done / reading))}/s")
    if size and done:
        parts = [f"{done * 100 // size}%", *parts, f"{_span(round(reading * (size - done) / done))} left"]
    return ", ".join(parts)


def _amount(octets: int) -> str:
    return f"{octets / 1e9:,.1f} GB" if octets >= 1e10 else f"{octets / 1e6:,.0f} MB"


def _span(seconds: int) -> str:
    hours, rest = divmod(seconds // 60, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min {seconds % 60} s" if rest else f"{seconds} s"
