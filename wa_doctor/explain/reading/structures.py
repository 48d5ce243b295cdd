"""
Finds structures in text: JSON, and what Python, JavaScript, Ruby and PHP print of the same data.

The text may hold several, inside prose or log lines, truncated, or followed by garbage. Reading is linear: a
structure that breaks off gives what it held so far, and the search goes on behind it, never from its start.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DEEPEST = 60  # containers inside each other; a webhook has about ten
LONGEST_TEXT = 1 << 16  # characters of one string that is not closed
MOST_LOOSE = 1 << 21  # characters read with the tolerant reader in one run; it is slower than JSON's own

# The decoder counts lines from the start of its text whenever it fails, so it gets a window, not the whole.
_SHORTEST = len("{'code':1}")
_WINDOW, _WIDEST, _TAIL = 1 << 12, 1 << 22, 64
_DECODER = json.JSONDecoder(strict=False, parse_constant=lambda _: None)

_START = re.compile(r"[\[{(]")
_JSON_LIKELY = re.compile(r"(?!(?:[\[{]\s?){30})[\[{]\s*+[\"\[{\]}\d]")
_ESCAPED_START = re.compile(r"\s*+\\+[\"']")
_REST_OF_STRING = re.compile(r'(?:[^"\\]|\\.){0,65536}+', re.DOTALL)
_SPACE = re.compile(r"(?:\s|<ref \*\d{1,6}>)*+")
_OPAQUE = re.compile(
    r"\[(?:Function|AsyncFunction|Object|Array|Circular|Getter|Setter|Symbol|class)\b[^\]\n]{0,120}\]|<[^<>\n]{0,200}>"
)
_BARE = re.compile(r":?[^\s,;:{}\[\]()\"'`=<>]{1,300}")
_CALL = re.compile(r"\([^()]{0,300}\)")
_ARRAY = re.compile(r"array\s?\(", re.IGNORECASE)
_PREFIX = re.compile(
    r"[bu](?=[\"'])|(?!array\s?\()[A-Za-z_](?:[\w.$\\]|::){0,80}\s?(?=\{)"
    r"|(?:[A-Za-z]\w{0,60} )?\[[\w: ]{1,60}\]\s?(?=\{)",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s*+(?:=>|:|=)\s*+")
_QUOTED = {quote: re.compile(rf"{quote}((?:[^{quote}\\]|\\.)*+){quote}", re.DOTALL) for quote in "\"'`"}
_JOINED = re.compile(r"\s*+\+\s*+(?=[\"'`])")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_NAMED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_INTEGER = re.compile(r"[+-]?\d{1,30}")
_WORDS: dict[str, Any] = {
    "true": True,
    "false": False,
    "null": None,
    "none": None,
    "nil": None,
    "undefined": None,
}
_CLOSERS = {"{": "}", "[": "]", "(": ")"}


@dataclass(frozen=True, slots=True)
class Structure:
    """A dict or list that stands at `start` to `end` of the text; `whole` is false where it broke off."""

    value: Any
    start: int
    end: int
    whole: bool


@dataclass(slots=True)
class Effort:
    """How many characters were looked at to find structures: what a test bounds instead of a clock."""

    visited: int = 0
    loose: int = 0


def structures(text: str, effort: Effort, own: int | None = None) -> Iterator[Structure]:
    """Yield every structure that begins before `own`, in order; one inside another is not yielded again."""
    position = 0
    stop = len(text) if own is None else own
    while found := _START.search(text, position):
        start = found.start()
        if found[0] == "(":
            word = text[max(0, start - 6) : start].rstrip()
            if not word.lower().endswith("array"):
                position = found.end()
                continue
            start -= 6 - text[max(0, start - 6) : start].lower().find("array")
        if start >= stop:
            return
        structure = _at(text, start, effort)
        position = max(structure.end, found.end())
        if (
            isinstance(structure.value, (dict, list))
            and structure.value
            and structure.end - structure.start >= _SHORTEST
        ):
            yield structure


def nested(text: str, effort: Effort) -> Any:
    """Read a string that holds a structure and nothing before it; return None where it does not."""
    stripped = text.lstrip()
    if not stripped.startswith(("{", "[")):
        return None
    return _at(stripped, 0, effort).value


def _at(text: str, start: int, effort: Effort) -> Structure:
    if _JSON_LIKELY.match(text, start) and (found := _strict(text, start, effort)):
        return found
    if _ESCAPED_START.match(text, start + 1):
        return _escaped(text, start, effort)
    if effort.loose > MOST_LOOSE:
        line_end = text.find("\n", start, start + _WINDOW)
        return Structure(None, start, line_end if line_end > 0 else start + _WINDOW, whole=False)
    reader = _Loose(text, start)
    value = reader.container(0)
    effort.visited += reader.position - start + 1
    effort.loose += reader.position - start + 1
    return Structure(value, start, max(reader.position, start + 1), not reader.broken)


def _strict(text: str, start: int, effort: Effort) -> Structure | None:
    """Read JSON with the fast decoder, in windows that grow while it is the window's end that stops it."""
    window = _WINDOW
    while True:
        part = text[start : start + window]
        try:
            value, end = _DECODER.raw_decode(part)
        except json.JSONDecodeError as exc:
            effort.visited += exc.pos + 1
            cut = start + window < len(text) and (exc.pos >= window - _TAIL or exc.msg.startswith("Unterminated"))
            if not cut or window > _WIDEST:
                return None
            window *= 16
        except RecursionError:
            effort.visited += window
            return Structure(None, start, start + window // 8, whole=False)  # nothing of Meta's is a tenth as deep
        except ValueError:
            effort.visited += _TAIL
            return None
        else:
            effort.visited += end
            return Structure(value, start, start + end, whole=True)


def _escaped(text: str, start: int, effort: Effort) -> Structure:
    found = _REST_OF_STRING.match(text, start)
    rest = found[0] if found else ""
    effort.visited += len(rest) + 1
    inner = _at(unescape(rest), 0, effort)
    return Structure(inner.value, start, start + max(len(rest), 1), inner.whole)


def unescape(text: str) -> str:
    r"""Take one level of backslashes off: `\"` becomes `"`, `\n` a line break, `\u00e9` a letter."""
    return _ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    code = found[1]
    if len(code) > 1:
        return chr(int(code[1:], 16))
    return _NAMED.get(code, code)


class _Loose:
    """Reads one structure in any of the notations; on anything unexpected it stops and keeps what it has."""

    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self.broken = False

    def container(self, depth: int) -> dict[Any, Any] | list[Any]:
        array = _ARRAY.match(self.text, self.position)
        closer = ")" if array else _CLOSERS[self.text[self.position]]
        self.position = array.end() if array else self.position + 1
        pairs: dict[Any, Any] = {}
        items: list[Any] = []
        while self._more(closer):
            if closer == "}" and self.text[self.position] in "{[":
                self.broken = True  # no notation has a container for a key
                break
            value = self.value(depth)
            separator = _SEPARATOR.match(self.text, self.position)
            if separator and not self.broken and isinstance(value, (str, int)):
                self.position = separator.end()
                pairs[str(value)] = self.value(depth)
            elif value is not None:
                items.append(value)
            self._skip()
            if not (self._take(",") or self._take(";") or self._peek(closer)):
                self.broken = True
        if pairs:
            return pairs
        return {} if closer == "}" and not items else items

    def _more(self, closer: str) -> bool:
        """Say whether an entry follows; the end of the text before the closer is a break."""
        self._skip()
        if not self.broken and self._take(closer):
            return False
        self.broken = self.broken or self.position >= len(self.text)
        return not self.broken

    def value(self, depth: int) -> Any:
        self._skip()
        if prefix := _PREFIX.match(self.text, self.position):
            self.position = prefix.end()
        if opaque := _OPAQUE.match(self.text, self.position):
            self.position = opaque.end()
            return None
        if self.position >= len(self.text):
            self.broken = True
            return None
        character = self.text[self.position]
        if character in "{[" or _ARRAY.match(self.text, self.position):
            if depth >= DEEPEST:
                self.broken = True
                return None
            return self.container(depth + 1)
        if character in "\"'`":
            return self._string(character)
        return self._bare()

    def _string(self, quote: str) -> str | None:
        found = _QUOTED[quote].match(self.text, self.position, self.position + LONGEST_TEXT)
        if not found:
            self.broken = True
            rest = self.text[self.position + 1 : self.position + 1 + LONGEST_TEXT]
            if self.position + 1 + len(rest) < len(self.text) or "\n\n" in rest:
                return None
            self.position = len(self.text)
            return unescape(rest)
        self.position = found.end()
        words = unescape(found[1])
        if joined := _JOINED.match(self.text, self.position):
            self.position = joined.end()
            return words + (self._string(self.text[self.position]) or "")
        return words

    def _bare(self) -> Any:
        found = _BARE.match(self.text, self.position)
        if not found:
            self.broken = True
            return None
        self.position = found.end()
        word = found[0].lstrip(":")
        if call := _CALL.match(self.text, self.position):
            self.position = call.end()
            return None
        if _INTEGER.fullmatch(word):
            # A number that the end of the text cuts off is not a shorter number.
            return None if self.position >= len(self.text) else int(word)
        return _WORDS.get(word.lower(), word)

    def _skip(self) -> None:
        found = _SPACE.match(self.text, self.position)
        if found:
            self.position = found.end()

    def _peek(self, character: str) -> bool:
        return self.text.startswith(character, self.position)

    def _take(self, character: str) -> bool:
        if self._peek(character):
            self.position += 1
            return True
        return False
