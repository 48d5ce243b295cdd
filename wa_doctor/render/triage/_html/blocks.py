"""The blocks that several parts of the page are built from."""

from __future__ import annotations

from wa_doctor.model import Severity
from wa_doctor.render.triage._html.markup import Markup, el, joined

ROWS = 500
"""So many rows a browser lays out without a pause; who wants more of a table wants JSON."""

_SEVERITIES = {Severity.ERROR: ("✗", "problem"), Severity.WARNING: ("!", "warning"), Severity.NOTICE: ("•", "notice")}


def section(id: str, title: str, *children: Markup | list[Markup] | None) -> Markup:
    """Return a section under its heading."""
    return el("section", el("h2", title), children, id=id, aria_label=title)


def mark(severity: Severity) -> Markup:
    """Return the sign of a severity, and its word for those who do not see the sign."""
    sign, word = _SEVERITIES[severity]
    return joined(
        [el("span", sign, class_=f"mark {word}", aria_hidden="true"), el("span", f"{word}: ", class_="unseen")]
    )


def strip(name: str, fill: str | None, share: float) -> Markup:
    """Return a strip of a class `name` that is filled to a share; what it says is said in words beside it."""
    rect = el("rect", class_=fill, width=f"{min(share, 1) * 100:.2f}%", height="100%")
    return el("svg", rect, class_=name, aria_hidden="true")


def more(left: int, where: str = "--format json has them") -> Markup:
    """Say how many rows are left out, and where they are; nothing where none is."""
    return el("p", f"{left:,} more: {where}", class_="hint") if left > 0 else Markup("")
