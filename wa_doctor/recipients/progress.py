"""Shows how far a long list is, on a terminal and nowhere else."""

from __future__ import annotations

from time import monotonic
from typing import TextIO

_EVERY = 0.2  # seconds


class Progress:
    """Writes one line over and over: rows, speed, and for a list of known size how much is left."""

    def __init__(self, out: TextIO, size: int = 0) -> None:
        """Show it on `out`; `size` is the number of bytes of the list, 0 if nobody knows."""
        self._out, self._size = out, size
        self._started = self._shown = monotonic()
        self._width = 0

    def __call__(self, rows: int, position: int) -> None:
        """Take note of the rows that were judged and the bytes that were read."""
        now = monotonic()
        if now - self._shown >= _EVERY:
            self._shown = now
            self._write(described(rows, position, self._size, now - self._started))

    def clear(self) -> None:
        """Take the line away."""
        if self._width:
            self._write("")
            self._width = 0

    def _write(self, line: str) -> None:
        self._out.write(f"\r{line:<{self._width}}" + ("" if line else "\r"))
        self._out.flush()
        self._width = len(line)


def described(rows: int, position: int, size: int, seconds: float) -> str:
    """Say how far a run is after so many seconds."""
    parts = [f"{rows:,} rows"]
    if seconds > 0:
        parts.append(f"{rows / seconds:,.0f} rows/s")
    if size and position:
        done = min(position / size, 1.0)
        parts += [f"{done:.0%}", f"{_span(seconds / done - seconds)} left"]
    return "  ".join(parts)


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
