r"""
Finds the values inside a text of a log, in whatever notation they stand there.

JSON after a timestamp, JSON inside a string (`{\"object\": ...}`), with nginx's `\x22` or CSV's `""` for a quote, what
Python prints of a dict, base64. Each notation is one reading; the caller takes the first that makes sense to it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

MOST_STARTS = 64  # braces at which a structure is looked for in one text, before it counts as prose

_LEVELS = 3  # strings inside strings
_NEAR_END = 8  # characters: an error so close to the end may come from the end
_LARGEST = 1 << 24  # bytes that a packed body may have unpacked
# Keys as Python, Ruby, JavaScript and PHP print them.
_LOOSE = re.compile(
    r"""(?:'(?:entry|statuses|messages)'|"(?:entry|statuses|messages)"\s?=>|\b(?:entry|statuses): \[)"""
)
_PACKED = re.compile(r"(?:eyJ|eyA|ewo|ewk|W3s|H4sI)[A-Za-z0-9+/_\-]{40,}={0,2}")
_OBJECT = re.compile(r'\{\s*["}]')
_ESCAPE = re.compile(r'\\(?:x([0-9a-fA-F]{2})|(["\\/\'])|[nrt])')
_PYTHON = re.compile(r"'|\b(?:True|False|None)\b")
_PYTHON_SIGNS = {"'": '"', "True": "true", "False": "false", "None": "null"}
_URL_SAFE = str.maketrans("-_", "+/")

_tolerant = json.JSONDecoder(strict=False).raw_decode
_strict = json.JSONDecoder().raw_decode


class Unfinished(Exception):
    """A structure goes on behind the end of the text; the argument is where it begins."""


class Broken(Exception):
    """What begins like a structure is none; the argument says what is wrong."""


def unusual(text: str) -> Iterator[list[Any]]:
    """Yield the values a text holds as something else than JSON in some quotes: printed by a language, or packed."""
    if _LOOSE.search(text):
        values = _loose(text)
        if values:
            yield values
    unpacked = [inner for found in _PACKED.finditer(text) if (inner := unpack(found[0]))]
    if unpacked:
        yield list(unpacked)


def unquoted(text: str) -> Iterator[str]:
    """Yield a text, and what it is where its quotes are not those of JSON."""
    yield text
    if "'" in text and '"' not in text and "\\" not in text:
        # A dict as Python prints it, without a quote in any string, is JSON but for a few signs.
        yield _PYTHON.sub(lambda found: _PYTHON_SIGNS[found[0]], text)
    if '""' in text:
        yield text.replace('""', '"')
    for _ in range(_LEVELS):
        if '\\"' not in text and "\\x22" not in text:
            return
        text = _unescaped(text)
        yield text


def _unescaped(text: str) -> str:
    # What nginx writes has these two and hardly any other, and a search for all would take ten times as long.
    plain = text.replace("\\x22", '"').replace("\\x5C", "\\") if '\\"' not in text else text
    return _ESCAPE.sub(_character, text) if plain is text or "\\x" in plain else plain


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else found[2] or " "


def whole_values(text: str) -> list[Any]:
    """
    Return the JSON objects of a text one after the other.

    A brace that begins no JSON is passed over, as prose has them. Behind JSON that breaks off nothing is looked for:
    its inner parts may be whole, but nobody knows what they were part of.
    """
    values = []
    position = strays = 0
    while strays < MOST_STARTS and (found := _OBJECT.search(text, position)):
        start = found.start()
        try:
            value, position = _tolerant(text, start)
        except json.JSONDecodeError as exc:
            if '":' in text[start : exc.pos]:
                break
            position = start + 1
            strays += 1
        except (ValueError, RecursionError):
            break
        else:
            values.append(value)
    return values


def value_at(text: str, start: int) -> tuple[Any, int]:
    """
    Read the JSON object that begins at `start` and may go over many lines; return it and where it ends.

    Raises:
        Unfinished: the text ends before it does.
        Broken: it is no JSON.

    """
    try:
        return _strict(text, start)
    except json.JSONDecodeError as exc:
        if exc.msg.startswith("Unterminated string") or len(text) - exc.pos <= _NEAR_END:
            raise Unfinished(start) from None
        raise Broken(f"{exc.msg[0].lower()}{exc.msg[1:]}") from None
    except (ValueError, RecursionError):
        raise Broken("it is nested too deeply or holds an absurd number") from None


def why_not(text: str) -> str:
    """Say why the first structure of a text cannot be read."""
    start = text.find("{")
    if start < 0:
        return "no JSON in it"
    try:
        value_at(text, start)
    except Unfinished:
        return "the JSON is cut off"
    except Broken as exc:
        return f"the JSON is broken: {exc}"
    return "what surrounds the webhook is broken"


def _loose(text: str) -> list[Any]:
    from wa_doctor.explain.reading.structures import Effort, structures

    return [each.value for each in structures(text, Effort()) if each.whole]


def unpack(text: str) -> str:
    """Return the text that base64 holds, unpacked again where that is gzip; nothing where it holds none."""
    try:
        raw = base64.b64decode(text.translate(_URL_SAFE) + "=" * (-len(text) % 4), validate=True)
        if raw.startswith(b"\x1f\x8b"):
            raw = zlib.decompressobj(wbits=31).decompress(raw, _LARGEST)
        return raw.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        return ""
