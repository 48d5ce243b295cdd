"""The messages of the text: a line or two for each of the worst, everything about one that was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wa_doctor.render.triage import _wording as wording
from wa_doctor.webhooks.document import rows
from wa_doctor.webhooks.message import Verdict

if TYPE_CHECKING:
    from wa_doctor.render import terminal
    from wa_doctor.render.triage._text.page import Page
    from wa_doctor.webhooks.document import Triage
    from wa_doctor.webhooks.message import Subject

_INDENT = "  "
_DETAIL = " " * 6


def worst(document: Triage, page: Page) -> Iterator[terminal.Line]:
    """Yield the messages there are to show, and how many are left out."""
    told = 0
    for subject in rows(document, "text"):
        if subject.verdict is Verdict.DELIVERED and not (subject.conflicting or document.limit or document.message):
            break  # what follows arrived, and nothing is to be said of it
        if not told:
            yield [("Messages, the worst first" if not document.message else "The message", "heading")]
        told += 1
        yield from message(subject, page, whole=page.verbose or bool(document.message))
    left = len(document.subjects) - told
    if told and left:
        yield from page.paragraph(
            f"{left:,} more: --limit shows more of them, --message ID one of them, --format csv all of them",
            _INDENT,
            style="dim",
        )
    if document.message and not told:
        yield from page.paragraph(f"no message {document.message} is in the log")
    if told or document.message:
        yield []


def message(subject: Subject, page: Page, *, whole: bool) -> Iterator[terminal.Line]:
    """Yield one message; `whole` adds its timeline, its reasons and what to do."""
    who = f"{subject.recipient or 'unknown recipient'}{f' ({subject.region})' if subject.region else ''}"
    said = [f"{wording.clock(subject.first)} UTC" if subject.first is not None else "time unknown", f"to {who}"]
    said += [f"template {subject.template}"] if subject.template else []
    said += [f"from {subject.number}"] if subject.number and whole else []
    said += [subject.category] if subject.category and whole else []
    yield from page.paragraph(subject.id, _INDENT, mark=page.verdict(subject.verdict))
    yield from page.listed(said, _DETAIL)
    why = subject.why
    if subject.verdict is Verdict.FAILED and subject.codes and not whole:
        # What a code means stands among the causes.
        codes = zip(subject.codes, subject.titles, strict=True)
        why = "; ".join(f"{wording.code(*code)} {title}" for code, title in codes)
    yield from page.paragraph(f"{wording.VERDICTS[subject.verdict]}: {why}", _DETAIL)
    if not whole:
        return
    for event in subject.timeline:
        head = f"{wording.clock(event.time, seconds=True)}  "
        text = f"{wording.moment(event)}{wording.since(subject.first, event.time)}"
        yield from page.paragraph(text, _DETAIL + _INDENT, head=head, style="dim")
    for reason in subject.reasons:
        yield from page.paragraph(f"{reason.title}: {reason.why}", _DETAIL, head=f"{reason.likelihood:<8}  ")
    yield from page.fix(subject.fix, _DETAIL)
