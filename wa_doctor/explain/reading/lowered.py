"""Lower case that keeps every character in its place, so that a position in one text is the same in the other."""

from __future__ import annotations


def lowered(text: str) -> str:
    """Return a text of the same length in lower case; the few letters whose lower case is longer stay as they are."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(small if len(small := each.lower()) == 1 else each for each in text)
