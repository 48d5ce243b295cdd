"""
The one place that knows secrets: holds them, hides them, and makes foreign text safe to show.

Nothing here knows where a secret came from or what it is used for.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import unicodedata
from urllib.parse import parse_qsl, quote, quote_plus, unquote

HIDDEN = "[hidden]"

_SHORTEST = 6  # anything shorter is too common a string to be blanked wherever it occurs

_NAMES = (
    r"(?:access_token|input_token|client_secret|app_secret|appsecret_proof|fb_exchange_token|revoke_token"
    r"|hub\.verify_token|verify_token)"
)

# What a credential of Meta looks like when it was never ours: in a pasted body, a URL, a curl command. A value
# that begins like a variable or a placeholder ($, %, <, {, [) is none, and prose such as "set WA_ACCESS_TOKEN:
# open Business settings" has a space behind its colon and no quote.
_LOOKS_SECRET = re.compile(
    rf"""
      (?P<assigned>{_NAMES}=["']?)(?![$%<{{\[…"'])[^\s"'`&,;}})]{{4,}}
    | (?P<quoted>{_NAMES}\\?["']?\s*(?::|=>?)\s*\\?["'])(?![$%<{{\[])[^\s"'\\]{{4,}}
    | (?P<named>{_NAMES}["']?\s*[:=]\s*)(?=[^\s"'`]*\d)[A-Za-z0-9|_\-.%]{{16,}}
    | (?P<scheme>\b(?:Bearer|OAuth)\s+(?!["']?Facebook\b))[A-Za-z0-9|_\-.%]{{12,}}
    | \b(?:EA[A-Za-z]|IG[A-Z])[A-Za-z0-9]{{20,}}
    | \b\d{{8,20}}(?:\||%7C)[A-Za-z0-9_\-]{{16,}}
    """,
    re.VERBOSE | re.IGNORECASE,
)

_lock = threading.Lock()
_known: dict[str, None] = {}


class Secret:
    """A value that never shows itself: `str()`, `repr()` and formatting give a placeholder."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        register(value)

    def reveal(self) -> str:
        """Return the value, for the request that needs it and for nothing else."""
        return self._value

    @property
    def fingerprint(self) -> str:
        """First 12 hex digits of the SHA-256, so that two people can tell whether they hold the same secret."""
        return hashlib.sha256(self.octets).hexdigest()[:12]

    @property
    def octets(self) -> bytes:
        """The value in bytes, for whoever signs with it; those that are no UTF-8 are as they came in."""
        return _octets(self._value)

    def __str__(self) -> str:
        return HIDDEN

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)


def register(value: str) -> None:
    """Remember a secret, in the spellings a URL, a JSON text or `plain` would give it, so that `scrub` removes it."""
    stripped = value.strip()
    if len(stripped) < _SHORTEST:
        return
    octets = _octets(stripped)
    with _lock:
        for spelling in (
            stripped,
            quote(octets, safe=""),
            quote_plus(octets),
            stripped.replace("/", "\\/"),
            json.dumps(stripped)[1:-1],
            json.dumps(stripped, ensure_ascii=False)[1:-1],
            _one_line(stripped),
        ):
            if len(spelling) >= _SHORTEST:
                _known[spelling] = None


def _octets(text: str) -> bytes:
    try:
        return text.encode(errors="surrogateescape")
    except UnicodeEncodeError:  # half of a pair, as Windows and JSON allow it
        return text.encode(errors="surrogatepass")


def register_url(url: str) -> None:
    """Remember the password of a URL, and what looks like a secret in it: a long word with a digit in it."""
    _, place, _, query = _url_parts(url)
    name, colon, password = place.rpartition("@")[0].partition(":")
    words = [value for _, value in parse_qsl(query)] + ([] if colon else [name])
    # An everyday word would be blanked in every sentence of a report.
    secrets = [word for word in words if len(word) >= 12 and any(character.isdigit() for character in word)]
    for secret in (*secrets, password, unquote(password)):
        register(secret)


def plain_url(url: str) -> str:
    """Make a URL safe to print: no user, no password, no fragment, and the query as `?[hidden]`."""
    scheme, place, path, query = _url_parts(url)
    place = place.rpartition("@")[2]
    if not scheme:  # nobody can say where a password would end
        place, path = "", (place + path).rpartition("@")[2]
    host, colon, port = place.partition(":")
    if colon and port and not port.isdigit() and not place.startswith("["):
        return f"{plain(scheme + host, 200)}:{HIDDEN}"  # a password with a slash in it begins so
    return plain(scheme + place + path, 200) + (f"?{HIDDEN}" if query else "")


def _url_parts(url: str) -> tuple[str, str, str, str]:
    """Take apart what may be no URL: scheme with `//`, user and host, path with `/`, query."""
    bare, _, query = url.strip().partition("#")[0].partition("?")
    scheme, slashes, rest = bare.partition("//")
    if not slashes or "/" in scheme:
        scheme, slashes, rest = "", "", bare
    place, slash, path = rest.partition("/")
    return scheme + slashes, place, slash + path, query


def scrub(text: str) -> str:
    """Blank every known secret, and whatever looks like a credential of Meta."""
    with _lock:
        known = sorted(_known, key=len, reverse=True)
    for secret in known:
        if secret in text:
            text = text.replace(secret, HIDDEN)
    return _LOOKS_SECRET.sub(_hide, text)


def _hide(found: re.Match[str]) -> str:
    return (found["assigned"] or found["quoted"] or found["named"] or found["scheme"] or "") + HIDDEN


def plain(text: object, limit: int = 600) -> str:
    """
    Make text from outside safe to print anywhere: one line, bounded, no control characters, no secret.

    Escape sequences cannot colour a terminal, bidirectional marks cannot reorder a line, and a newline
    cannot start a workflow command.
    """
    raw = str(text)
    line = _one_line(raw)
    if line != raw:  # a secret may hold what was taken out
        line = _one_line(scrub(raw))
    line = scrub(line)
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _one_line(text: str) -> str:
    if text.isascii() and text.isprintable():  # most are, and a table of messages has millions of them
        return " ".join(text.split())
    return " ".join("".join(" " if c.isspace() else c for c in text if c.isspace() or _printable(c)).split())


def _printable(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"} or character in "\u200c\u200d"
