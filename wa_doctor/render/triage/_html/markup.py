"""HTML that is safe by being built: every text is escaped unless it is `Markup` already."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from wa_doctor.model import Fix

_VOID = {"meta", "input"}
_BLOCKS = {
    "article",
    "dl",
    "figure",
    "h1",
    "h2",
    "h3",
    "header",
    "li",
    "main",
    "ol",
    "p",
    "section",
    "table",
    "tr",
    "ul",
}


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | None | Iterable["Child"]


def el(tag: str, *children: Child, **attributes: str | int | bool | None) -> Markup:
    """
    Return an element. Children are texts, markup, None (nothing) or iterables of these.

    An attribute is named as in HTML with `_` for `-` and a `_` behind a word of Python (`class_`); True stands
    alone, False and None are left out.
    """
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Markup(f"<{tag}{written}>")
    end = "\n" if tag in _BLOCKS else ""  # where it is not shown, so that two pages can be compared by line
    return Markup(f"<{tag}{written}>{joined(children)}</{tag}>{end}")


def joined(children: Child) -> Markup:
    """Return what stands between two tags."""
    if children is None:
        return Markup("")
    if isinstance(children, Markup):
        return children
    if isinstance(children, str):
        return Markup(escape(children, quote=False))
    return Markup("".join(joined(child) for child in children))


def _attribute(name: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    spelt = name.rstrip("_").replace("_", "-")
    return f" {spelt}" if value is True else f' {spelt}="{escape(str(value))}"'


def prose(text: str) -> Markup:
    """Return a sentence in which commands stand between backticks."""
    parts = re.split(r"`([^`]+)`", text)
    return joined(el("code", part) if index % 2 else part for index, part in enumerate(parts))


def link(url: str, text: str = "") -> Markup:
    """Return an address as a link; what is no web address stays text, so that no script hides in it."""
    if urlsplit(url).scheme not in ("https", "http"):
        return joined(text or url)
    return el("a", text or url, href=url, rel="noopener noreferrer")


def todo(fix: Fix | None, tag: str = "p") -> Markup:
    """Return what to do: the sentence, the command that does it and the page about it."""
    if fix is None:
        return Markup("")
    command = el("code", fix.command, class_="command") if fix.command else None
    return el(tag, prose(fix.text), command, el("span", link(fix.url), class_="address") if fix.url else None)


def table(
    caption: str, heads: Iterable[Child], rows: Iterable[Iterable[Child]], *, figures: Iterable[int] = ()
) -> Markup:
    """Return a table whose first cell of a row is its heading; `figures` are the columns that are set right."""
    right = set(figures)
    columns = list(heads)
    return el(
        "div",
        el(
            "table",
            el("caption", caption, class_="unseen"),
            el(
                "thead",
                el("tr", [el("th", each, scope="col", class_=_side(right, at)) for at, each in enumerate(columns)]),
            ),
            el(
                "tbody",
                [
                    el(
                        "tr",
                        [
                            el("td" if at else "th", cell, scope=None if at else "row", class_=_side(right, at))
                            for at, cell in enumerate(row)
                        ],
                    )
                    for row in rows
                ],
            ),
        ),
        class_="wide",
        tabindex=0,
        role="region",
        aria_label=caption,
    )


def _side(right: set[int], column: int) -> str | None:
    return "figure" if column in right else None
