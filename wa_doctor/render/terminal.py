"""
Puts styled lines on a terminal; the only module that knows rich, and it loads it only where colour is wanted.

A line is a sequence of spans, a span is a text and the name of a style. Meaning is never carried by the
style alone: without colour the same characters are written.
"""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

Span = tuple[str, str]
Line = Sequence[Span]

# Colours of the 16 that every theme, light or dark, gives a readable value; never white, black or yellow.
STYLES = {
    "": "",
    "bold": "bold",
    "dim": "dim",
    "pass": "green",
    "warn": "bold magenta",
    "fail": "bold red",
    "unknown": "bold cyan",
    "link": "underline",
    "heading": "bold",
    "command": "bold",
}


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The marks a text uses, in the characters that the output can encode."""

    passed: str = "✓"
    warned: str = "!"
    failed: str = "✗"
    skipped: str = "-"
    unknown: str = "?"
    bullet: str = "•"
    arrow: str = "→"
    bar: str = "█"
    ellipsis: str = "…"
    sparks: str = "▁▂▃▄▅▆▇█"


_ASCII = Glyphs(passed="+", failed="x", bullet="*", arrow="->", bar="#", ellipsis="...", sparks="_.-~=*#@")

# A backticked command is one word, with what is stuck to it: a full stop, a bracket.
_WORD = re.compile(r"[^\s`]*`[^`]+`[^\s`]*|\S+")

# C0, DEL, C1, and the marks that reorder or break a line.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")

_NEAREST = str.maketrans(
    {
        "…": "...",
        "→": "->",
        "·": "-",
        "•": "*",
        "–": "-",
        "—": "-",
        "×": "x",
        "≥": ">=",
        "≤": "<=",
        "\u00a0": " ",
        "\u202f": " ",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
    }
)


def glyphs(out: TextIO) -> Glyphs:
    """Return the marks that `out` can encode."""
    try:
        "✓✗…→▁█".encode(getattr(out, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return _ASCII
    return Glyphs()


def is_terminal(out: TextIO) -> bool:
    """Say whether a person is looking at `out`."""
    return bool(getattr(out, "isatty", lambda: False)())


def wants_color(out: TextIO, color: str = "auto") -> bool:
    """
    Decide about colour: the option, then NO_COLOR, FORCE_COLOR and TERM=dumb, then whether it is a terminal.

    https://no-color.org and https://force-color.org: a variable counts when it is set and not empty.
    """
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and is_terminal(out)


def width(out: TextIO, wanted: int = 0) -> int:
    """Return the columns to fill: `wanted`, or the terminal's (at least 40, at most 120), or 80."""
    if wanted:
        return wanted
    if not is_terminal(out):
        return 80
    return max(40, min(120, shutil.get_terminal_size((80, 24)).columns))


def cells(text: str) -> int:
    """Return the columns `text` takes on a terminal: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    drawn = (c for c in text if unicodedata.category(c) not in {"Mn", "Me", "Cf"})
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in drawn)


def pad(text: str, columns: int) -> str:
    """Fill `text` with spaces up to `columns`; text that is longer stays as it is."""
    return text + " " * (columns - cells(text))


def shorten(text: str, columns: int, ellipsis: str = "…") -> str:
    """Cut `text` to at most `columns`, the last of them an ellipsis."""
    if cells(text) <= columns:
        return text
    kept = text
    while kept and cells(kept) > columns - cells(ellipsis):
        kept = kept[:-1]
    return kept.rstrip() + ellipsis


def wrap(text: str, columns: int, indent: str = "", hang: str | None = None) -> Iterator[str]:
    """
    Yield `text` in lines of at most `columns`, the first behind `indent`, the others behind `hang`.

    A long URL, an id or a command between backticks is never broken: it gets a line of its own, however long.
    `hang` is `indent` where it is not given.
    """
    rest = indent if hang is None else hang
    line, filled, started = indent, cells(indent), False
    for word in _WORD.findall(text):
        needed = cells(word)
        if started and filled + 1 + needed > columns:
            yield line
            line, filled, started = rest, cells(rest), False
        if started:
            line, filled = f"{line} {word}", filled + 1 + needed
        else:
            line, filled, started = line + word, filled + needed, True
    yield line if started else line.rstrip()


def write(lines: Iterable[Line], out: TextIO, color: str = "auto") -> None:
    """
    Write the lines, in colour where that is wanted.

    Control characters never get through, whatever a line holds, and what `out` cannot encode is replaced as
    `writable` does it.
    """
    if not wants_color(out, color):
        out.writelines(writable("".join(text for text, _ in line), out).rstrip() + "\n" for line in lines)
        return

    from rich.console import Console
    from rich.text import Text

    console = Console(
        file=out,
        force_terminal=True,
        color_system="standard",
        no_color=False,
        highlight=False,
        soft_wrap=True,
    )
    for line in lines:
        text = Text()
        for part, style in line:
            text.append(writable(part, out), STYLES[style])
        text.rstrip()
        console.print(text, markup=False, emoji=False)


def writable(text: str, out: TextIO) -> str:
    """
    Return `text` without control characters and with what `out` can encode.

    A mark of ours becomes the nearest thing there is, a letter its code, so that no two names become the same.
    """
    text = _CONTROL.sub(" ", text)
    encoding = getattr(out, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_NEAREST).encode(encoding, "backslashreplace").decode(encoding)
    return text
