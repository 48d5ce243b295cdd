"""Says how long something is, in words a person would use."""

from __future__ import annotations

_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def spoken(seconds: int) -> str:
    """Return a duration in its largest unit, rounded down: `45 seconds`, `3 hours`, `1 day`."""
    seconds = max(0, seconds)
    length, name = next((unit for unit in _UNITS if seconds >= unit[0]), _UNITS[-1])
    count = seconds // length
    return f"{count:,} {name}{'' if count == 1 else 's'}"
