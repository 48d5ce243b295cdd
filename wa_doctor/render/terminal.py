"""
Puts styled lines on a terminal; the only module that knows rich, and it loads it only where colour is wanted.

A line is a sequence of spans, a span is a text and the name of a style. Meaning is never carried by the
style alone: without colour the same characters are written.
"""

from __future__ import annotations

import os
import shutil
import textwrap
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


def wrap(text: str, columns: int, indent: str = "") -> Iterator[str]:
    """Yield `text` in lines of at most `columns`, each behind `indent`; a long URL or command is never broken."""
    yield from textwrap.wrap(
        text,
        max(columns, len(indent) + 20),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [indent.rstrip()]


def write(lines: Iterable[Line], out: TextIO, color: str = "auto") -> None:
    """Write the lines, in colour where that is wanted; characters `out` cannot encode are replaced."""
    if not wants_color(out, color):
        out.writelines(_encodable("".join(text for text, _ in line), out).rstrip() + "\n" for line in lines)
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
        text = Text(end="\n")
        for part, style in line:
            text.append(_encodable(part, out), STYLES[style])
        text.rstrip()
        console.print(text, markup=False, emoji=False)


def _encodable(text: str, out: TextIO) -> str:
    encoding = getattr(out, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
