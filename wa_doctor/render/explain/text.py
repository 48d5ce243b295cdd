"""
The explanation for people.

A bare code gives its record: what it is, what to do, when to retry. A text gives the causes first, the likeliest with
everything to do about it, then what was recognised.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from wa_doctor.render import terminal
from wa_doctor.render.explain import _wording as wording

if TYPE_CHECKING:
    from wa_doctor.explain.explanation import Explanation, Match, RankedCause
    from wa_doctor.knowledge.facts import Step
    from wa_doctor.render import Look

_SHOWN = 3  # causes; `-v` shows all
_INDENT = "  "
_LABELS = 12


def render(explanation: Explanation, out: TextIO, look: Look) -> None:
    """Write it; `-q` leaves the first cause and what to do, `-v` adds every cause, step and source."""
    columns = terminal.width(out, look.width)
    terminal.write(_lines(explanation, columns, look), out, look.color)


def _lines(explanation: Explanation, columns: int, look: Look) -> Iterator[terminal.Line]:
    if not explanation.recognised:
        yield from _nothing(explanation, columns)
    elif look.quiet:
        yield from _short(explanation, columns)
    elif explanation.bare:
        for index, match in enumerate(explanation.matches):
            if index:
                yield []
            yield from _record(match, columns)
    else:
        yield from _story(explanation, columns, look)
    for hint in explanation.unmatched if explanation.recognised else ():
        yield from _paragraph(f"Not known: {hint}", columns, "", "dim")
    if explanation.overrides:
        yield from _paragraph(f"Facts replaced by your own: {', '.join(explanation.overrides)}", columns, "", "warn")


def _nothing(explanation: Explanation, columns: int) -> Iterator[terminal.Line]:
    for match in explanation.matches:
        yield from _record(match, columns)
        yield []
    yield [("Nothing recognised.", "bold")]
    for hint in explanation.unmatched:
        yield from _paragraph(f"{hint[:1].upper()}{hint[1:]}", columns, _INDENT)
    for heading, entries in (("Looked for", wording.LOOKED_FOR), ("Paste instead", wording.PASTE)):
        yield []
        yield [(heading, "heading")]
        for entry in entries:
            yield from _hanging(entry, columns, f"{_INDENT}- ")


def _short(explanation: Explanation, columns: int) -> Iterator[terminal.Line]:
    if explanation.causes:
        title, fix = explanation.causes[0].title, explanation.causes[0].fix
    else:
        match = next(each for each in explanation.matches if each.known)
        title, fix = f"{wording.label(match)} {match.title}".strip(), match.fix
    yield from _paragraph(title, columns, "", "bold")
    yield from _steps(fix, columns, "")


def _record(match: Match, columns: int) -> Iterator[terminal.Line]:
    yield from _paragraph(f"{wording.label(match)} {match.title}".strip(), columns, "", "bold")
    if state := wording.state(match):
        yield from _paragraph(state[:1].upper() + state[1:] + ".", columns, "", "warn")
    yield []
    yield from _paragraph(match.cause, columns, _INDENT)
    if match.fix:
        yield []
        yield from _steps(match.fix, columns, _INDENT)
    yield []
    yield from _facts(match, columns)


def _facts(match: Match, columns: int) -> Iterator[terminal.Line]:
    rows = [
        ("Retry", wording.retry(match.retry) if match.retry else ""),
        ("Who acts", wording.who(match.who)),
        ("Category", match.category),
        ("More", match.docs_url),
        ("Known", wording.dated(match)),
    ]
    for label, value in rows:
        if value:
            yield from _labelled(label, value, columns)


def _labelled(label: str, value: str, columns: int) -> Iterator[terminal.Line]:
    indent = " " * (len(_INDENT) + _LABELS)
    wrapped = list(terminal.wrap(value, columns, indent))
    yield [(_INDENT, ""), (label.ljust(_LABELS), "dim"), (wrapped[0].strip(), "link" if label == "More" else "")]
    for line in wrapped[1:]:
        yield [(line, "")]


def _story(explanation: Explanation, columns: int, look: Look) -> Iterator[terminal.Line]:
    causes = explanation.causes if look.verbose else explanation.causes[:_SHOWN]
    if causes:
        yield [("Most likely", "heading")]
        for cause in causes:
            yield from _cause(cause, columns, whole=cause.rank == 1 or look.verbose)
    if explanation.matches:
        yield [("Recognised", "heading")]
        for match in explanation.matches:
            yield from _seen(match, columns, look)


def _cause(cause: RankedCause, columns: int, *, whole: bool) -> Iterator[terminal.Line]:
    yield from _hanging(cause.title, columns, f"{_INDENT}{cause.rank}. ", "bold")
    indent = " " * 5
    for why in cause.why if whole else cause.why[:1]:
        yield from _hanging(why, columns, f"{indent}Why: ", "dim")
    if whole:
        yield from _paragraph(cause.explanation, columns, indent)
    yield from _steps(cause.fix if whole else cause.fix[:1], columns, indent)
    if cause.confirm:
        yield [(f"{indent}Make sure: ", "dim"), (cause.confirm, "command")]
    if whole and cause.docs_url:
        yield [(indent, ""), (cause.docs_url, "link")]
    yield []


def _seen(match: Match, columns: int, look: Look) -> Iterator[terminal.Line]:
    times = f" ({match.count} times)" if match.count > 1 else ""
    yield from _hanging(f"{wording.label(match)} {match.title}".strip() + times, columns, _INDENT, "bold", hang=4)
    indent = " " * 4
    evidence = match.evidence
    if state := wording.state(match):
        yield from _paragraph(f"{state}.", columns, indent, "warn")
    for part in (
        f"in {evidence.where}: {evidence.text}" if evidence.text else "",
        f"details: {evidence.details}" if evidence.details and evidence.details not in evidence.text else "",
        f"for the end user: {' - '.join(filter(None, (evidence.user_title, evidence.user_message)))}"
        if evidence.user_title or evidence.user_message
        else "",
        f"trace {evidence.fbtrace_id}" if evidence.fbtrace_id else "",
    ):
        if part:
            yield from _paragraph(part, columns, indent, "dim")
    if match.kind in ("error", "health", "http", "header") or look.verbose:
        yield from _paragraph(match.cause, columns, indent)
    if match.retry:
        yield from _paragraph(wording.retry(match.retry), columns, indent)
    if look.verbose:
        yield from _steps(match.fix, columns, indent)
        yield from _paragraph(f"{wording.dated(match)}; {match.docs_url}".rstrip("; "), columns, indent, "dim")


def _steps(steps: Sequence[Step], columns: int, indent: str) -> Iterator[terminal.Line]:
    for number, step in enumerate(steps, start=1):
        mark = f"{indent}{number}. " if len(steps) > 1 else f"{indent}- "
        yield from _hanging(step.text, columns, mark)
        behind = " " * len(mark)
        if step.command:
            yield [(behind, ""), (step.command, "command")]
        if step.url:
            yield [(behind, ""), (step.url, "link")]


def _hanging(text: str, columns: int, mark: str, style: str = "", hang: int | None = None) -> Iterator[terminal.Line]:
    for line in terminal.wrap(text, columns, mark, " " * (len(mark) if hang is None else hang)):
        yield [(line, style)]


def _paragraph(text: str, columns: int, indent: str, style: str = "") -> Iterator[terminal.Line]:
    for line in terminal.wrap(text, columns, indent, indent):
        yield [(line, style)]
