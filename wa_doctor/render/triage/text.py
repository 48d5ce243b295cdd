"""The triage for people at a terminal: the figures, the causes, the story, the worst messages, what to do first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from wa_doctor.render import Look, terminal
from wa_doctor.render.report._wording import sentence, span
from wa_doctor.render.triage import _wording as wording
from wa_doctor.render.triage._text import causes, messages, totals
from wa_doctor.render.triage._text.page import Page

if TYPE_CHECKING:
    from wa_doctor.webhooks.document import Triage

_FIRST = " " * len("First: ")


def render(document: Triage, out: TextIO, look: Look) -> None:
    """
    Write the triage; `-q` leaves the totals, the causes and what to do first, `-v` adds what else is known.

    With `--message` the message stands alone, with the checklist where there is one.
    """
    page = Page.of(out, look)
    terminal.write(_lines(document, page), out, look.color)


def _lines(document: Triage, page: Page) -> Iterator[terminal.Line]:
    if not page.quiet:
        yield from totals.header(document, page)
    if document.message:
        yield from messages.worst(document, page)
        yield from causes.checklist(document.checklist, page)
    else:
        yield from _whole(document, page)
    yield from _footer(document, page)


def _whole(document: Triage, page: Page) -> Iterator[terminal.Line]:
    yield from totals.totals(document, page)
    if not page.quiet:
        yield from totals.failures(document.hours, page)
    yield from causes.causes(document, page)
    if not page.quiet:
        yield from causes.happened(document, page)
        yield from totals.groups(document, page)
        yield from causes.silent(document.silent, page)
        yield from messages.worst(document, page)
        yield from causes.health(document, page)
    yield from causes.checklist(document.checklist, page)


def _footer(document: Triage, page: Page) -> Iterator[terminal.Line]:
    if not page.quiet:
        for note in document.notes:
            yield from page.paragraph(note, "Note: ", style="dim")
        if document.overrides:
            yield from page.paragraph(
                ", ".join(document.overrides), "Facts replaced by your own: ", hang="  ", style="warn"
            )
        if page.verbose and document.facts:
            read = ", ".join(f"{name} {day}" for name, day in document.facts.items())
            yield from page.paragraph(read, "Facts read: ", hang="  ", style="dim")
        if not document.masked:
            yield from page.paragraph(wording.privacy(document), "Note: ", style="warn")
    if document.message:
        return  # what to do stands beside the message
    yield from page.listed([wording.headline(document), span(document.duration_ms)], "", style="bold")
    if step := document.first_step:
        yield from page.paragraph(sentence(step), f"First{wording.first(document)}: ", hang=_FIRST, style="bold")
        yield from page.way(step, _FIRST)
