"""Looks at the shape of a token that somebody pasted, and tells its faults without ever repeating it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SHORTEST = 90  # characters; whole tokens were seen with 180 to 300
_BEARER_TWICE = re.compile(r"bearer[ :\"'%20]{1,4}bearer\b", re.IGNORECASE)
_TOKEN = re.compile(r"\b(?P<token>E{1,2}AA[A-Za-z0-9]{8,1000})(?P<after>[^\r\n]{0,3})")
_BEARER_QUOTED = re.compile(r"bearer [\"'“‘<{]+E?EAA", re.IGNORECASE)
_BROKEN = re.compile(r"\bEAA[A-Za-z0-9]{40,}\r?\n[ \t]?[A-Za-z0-9]{20,}\b")
_INSTAGRAM = re.compile(r"\bIG(?:AA|QV)[A-Za-z0-9]{6,}")
_APP = re.compile(r"bearer[ \"']{1,3}\d{8,20}(?:\||%7C)\w{16,}", re.IGNORECASE)


def signs(text: str) -> Iterator[tuple[str, str]]:
    """Yield a sign and, for a token that is damaged, its fault as it reads after "the token in the text"."""
    if _BEARER_TWICE.search(text):
        yield "token-in-text-faulty", "stands behind the word Bearer twice"
    if _BEARER_QUOTED.search(text):
        yield "token-in-text-faulty", "stands in quotes or brackets inside the header"
    if _BROKEN.search(text):
        yield "token-in-text-faulty", "has a line break in it"
    for found in _TOKEN.finditer(text):
        token = found["token"]
        if token.startswith("EEAA"):
            yield "token-in-text-faulty", "has its first letter twice"
        elif token.find("EAA", 60) > 0 and token[:60] == token[token.find("EAA", 60) :][:60]:
            yield "token-in-text-faulty", "was pasted twice in a row"
        elif len(token) < _SHORTEST and not re.match(r"[.…*xX\[<]", found["after"]) and len(token) > 20:
            yield "token-in-text-faulty", f"is only {len(token)} characters long"
    if _INSTAGRAM.search(text):
        yield "instagram-token-said", ""
    if _APP.search(text):
        yield "token-is-app-token", ""
