"""JSON as the formats of a triage write it: nothing a terminal would obey, nothing a stream cannot encode."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, TextIO

# What JSON may hold as it is and a terminal should not get: DEL, C1, and the marks that reorder or break a line.
_UNSEEN = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def encoder(out: TextIO, indent: int | None = None) -> Callable[[Any], str]:
    """
    Return a function that gives the JSON text of a value, in ASCII unless `out` takes every character.

    The encoder is made once, because there may be millions of values.
    """
    # A character that a stream cannot encode may come after half of the document was written.
    unicode = (getattr(out, "encoding", None) or "utf-8").lower().replace("_", "-").startswith("utf")
    encode = json.JSONEncoder(
        ensure_ascii=not unicode, indent=indent, allow_nan=False, separators=None if indent else (", ", ": ")
    ).encode
    return (lambda value: _UNSEEN.sub(_escaped, encode(value))) if unicode else encode


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
