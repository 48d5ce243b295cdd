"""
Writes documents: `render(document, format, value, out, look)`.

A document is a package here (`report`, `recipients`, ...), a format is a module in it with one function
`render(value, out, look)`. Both are found by being there. A renderer decides nothing: what it writes was
decided before, and what cannot be shown was removed before.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import Any, TextIO

COLOR = ("auto", "always", "never")


@dataclass(frozen=True, slots=True)
class Look:
    """
    How a text should look: colour (`auto`, `always`, `never`), `-v`, `-q`, and the columns there are.

    `width` 0 means: as wide as the terminal, 80 where there is none. Only text formats care.
    """

    color: str = "auto"
    verbose: bool = False
    quiet: bool = False
    width: int = 0


@cache
def formats(document: str) -> tuple[str, ...]:
    """Return the names of the formats a document can be written in, `text` first, then by name."""
    package = importlib.import_module(f"{__name__}.{document}")
    names = [module.name for module in pkgutil.iter_modules(package.__path__) if not module.ispkg]
    return tuple(sorted((name for name in names if not name.startswith("_")), key=lambda each: (each != "text", each)))


def render(document: str, format: str, value: Any, out: TextIO, look: Look = Look()) -> None:
    """Write `value` to `out` in a format that `formats(document)` names."""
    importlib.import_module(f"{__name__}.{document}.{format}").render(value, out, look)
