"""A point in time that work must end by, and the measuring of how long it took."""

from __future__ import annotations

import time


class Deadline:
    """
    So many seconds from now on the monotonic clock.

    One deadline is handed from stage to stage, so that a peer that drips a byte a second cannot start the
    time anew with every byte.
    """

    __slots__ = ("_end", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = max(0.0, seconds)
        self._end = time.monotonic() + self.seconds

    def left(self) -> float:
        """
        Return the seconds that are left, more than 0.

        Raises:
            TimeoutError: none are.

        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.missed()
        return left

    def missed(self) -> TimeoutError:
        """Return the exception that says how long was waited; what a socket raises says only "timed out"."""
        return TimeoutError(f"no answer within {round(self.seconds * 1000)} ms")

    def within(self, seconds: float) -> Deadline:
        """Return a deadline so many seconds from now, or at this one's end if that comes first."""
        return Deadline(min(seconds, self._end - time.monotonic()))

    def shorten(self, seconds: float) -> None:
        """Let it end so many seconds from now, unless it ends sooner."""
        self._end = min(self._end, time.monotonic() + seconds)


class Stopwatch:
    """Starts when made; `lap()` gives the milliseconds since it was made or since the lap before."""

    __slots__ = ("_since",)

    def __init__(self) -> None:
        self._since = time.perf_counter()

    def lap(self) -> float:
        """Return the milliseconds since the last lap and begin another."""
        now = time.perf_counter()
        since, self._since = self._since, now
        return (now - since) * 1000
