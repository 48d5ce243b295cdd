"""
The triage to paste into the ticket: what became of the messages, why, what happened besides, what to do.

It is short: the long tables are folded. Text from the logs is escaped so that it stays text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, TextIO

from wa_doctor.model import Severity
from wa_doctor.redact import plain
from wa_doctor.render.report._wording import sentence
from wa_doctor.render.report.markdown import code, escape, link, prose
from wa_doctor.render.triage import _wording as wording
from wa_doctor.render.triage._story import story
from wa_doctor.webhooks.document import rows
from wa_doctor.webhooks.message import Verdict

if TYPE_CHECKING:
    from wa_doctor.model import Fix
    from wa_doctor.render import Look
    from wa_doctor.webhooks.document import Cause, Checklist, Triage
    from wa_doctor.webhooks.message import Subject
    from wa_doctor.webhooks.totals import ErrorTotal, GroupTotal

_VERDICT_MARKS = {
    Verdict.DELIVERED: "✓ delivered",
    Verdict.FAILED: "✗ failed",
    Verdict.UNDELIVERED: "! undelivered",
    Verdict.ACCEPTED: "? accepted only",
}
_SEVERITY_MARKS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.NOTICE: "-"}
_SHOWN = 10  # rows of a table; a ticket is no place for more


def render(document: Triage, out: TextIO, look: Look) -> None:  # noqa: ARG001 - one shape, however it should look
    """Write the triage; characters that `out` cannot encode become references."""
    text = "\n".join(_lines(document)) + "\n"
    encoding = getattr(out, "encoding", None) or "utf-8"
    out.write(text.encode(encoding, "xmlcharrefreplace").decode(encoding))


def _lines(document: Triage) -> Iterator[str]:
    read = document.input
    yield f"## wa-doctor triage: {wording.headline(document)}"
    yield ""
    span = [f"{wording.period(read.first, read.last)} UTC"] if read.first is not None else []
    yield f"{escape(', '.join([*wording.volume(read), *span]))}"
    yield ""
    sources = [each for each in read.unreadable_list if not each.line]
    yield from (f"- {code(plain(each.file))}: {escape(each.reason)}" for each in sources[:_SHOWN])
    if len(sources) > _SHOWN:
        yield f"- {len(sources) - _SHOWN:,} more that could not be read to their end"
    if sources:
        yield ""
    if step := document.first_step:
        yield f"**First{wording.first(document)}:** {_todo(step, sentence(step))}"
        yield ""
    if document.message:
        if not len(document.subjects):
            yield f"No message {code(plain(document.message))} is in the log."
            yield ""
        for subject in rows(document, "markdown"):
            yield from _message(subject)
    else:
        yield from _whole(document)
    yield from _checklist(document.checklist)
    yield from _colophon(document)


def _whole(document: Triage) -> Iterator[str]:
    totals = document.messages
    if totals.total:
        yield from _table(
            ("Messages", f"{totals.total:,}", "", "Meaning"),
            [
                (_VERDICT_MARKS[verdict], f"{amount:,}", wording.part(amount, totals.total), wording.MEANINGS[verdict])
                for verdict, amount in wording.tally(totals)
            ],
        )
    said = [*wording.asides(totals)]
    said += [f"sent to delivered: {wording.latency(document.latency)}"] if document.latency else []
    yield from (f"- {escape(each)}" for each in said)
    if said:
        yield ""
    yield from _table(
        ("", "Cause", "Messages", "When (UTC)", "What to do"),
        [
            _cause(each, [error for error in document.errors if error.code == each.code])
            for each in document.causes[:_SHOWN]
        ],
    )
    yield from _table(
        ("", "What happened", "When (UTC)", "What to do"),
        [
            (
                _SEVERITY_MARKS[each.severity],
                f"{escape(each.text)}<br><sub>{escape('; '.join(each.asides))}</sub>",
                each.when,
                _todo(each.fix, each.fix.text) if each.fix else "",
            )
            for each in story(document)
            if each.severity is not Severity.NOTICE
        ][-_SHOWN:],
    )
    yield from _table(
        ("", "Webhooks", "What to do"),
        [
            (
                _SEVERITY_MARKS[each.severity],
                escape(each.message),
                _todo(each.fix, each.fix.text) if each.fix else "",
            )
            for each in document.webhooks.findings
            if each.severity is not Severity.NOTICE
        ],
    )
    yield from _details(document)


def _details(document: Triage) -> Iterator[str]:
    yield from _folded(
        "Error codes",
        len(document.errors),
        ("Code", "Title", "Failed", "Also", "When (UTC)"),
        [
            (
                code(wording.code(each.code, each.subcode)),
                escape(each.title),
                f"{each.count:,}",
                escape("; ".join(wording.seen(each))),
                wording.period(each.first, each.last) if each.first is not None else "",
            )
            for each in document.errors[:_SHOWN]
        ],
    )
    for title, groups in (
        ("Business numbers", document.numbers),
        ("Templates", document.templates),
        ("Categories", document.categories),
        ("Regions of the recipients", document.regions),
    ):
        if len(groups) > 1 or any(each.note for each in groups):
            heads = ("", "Messages", "Failed", "", "Not delivered", "", "")
            yield from _folded(title, len(groups), heads, [_group(each) for each in groups[:_SHOWN]])
    messages = [each for each in rows(document, "markdown") if _worth_a_row(each, document)]
    yield from _folded(
        "Messages, the worst first",
        len(document.subjects),
        ("", "Message", "Recipient", "Template", "First event (UTC)", "Why"),
        [
            (
                _VERDICT_MARKS[each.verdict],
                code(plain(each.id)),
                escape(f"{each.recipient} {each.region}".strip()),
                escape(each.template),
                wording.clock(each.first),
                prose(each.why),
            )
            for each in messages
        ],
    )


def _worth_a_row(subject: Subject, document: Triage) -> bool:
    return subject.verdict is not Verdict.DELIVERED or subject.conflicting or document.limit is not None


def _cause(cause: Cause, errors: Sequence[ErrorTotal]) -> tuple[str, ...]:
    number = f"{code(str(cause.code))} " if cause.code is not None else ""
    said = [f"{number}{escape(cause.title)}", *([prose(cause.why)] if cause.why else [])]
    said += [f"<sub>{escape(wording.concentration(each))}</sub>" for error in errors for each in error.concentrations]
    first = min((each.first for each in errors if each.first is not None), default=None)
    last = max((each.last for each in errors if each.last is not None), default=None)
    return (
        _SEVERITY_MARKS[cause.severity],
        "<br>".join(said),
        f"{cause.count:,} ({wording.percent(cause.share)})" if cause.share else f"{cause.count or ''}",
        wording.period(first, last) if first is not None else "",
        "<br>".join(_todo(each, each.text) for each in cause.fixes[:1]),
    )


def _group(group: GroupTotal) -> tuple[str, ...]:
    lost = group.undelivered + group.accepted
    return (
        escape(group.name),
        f"{group.total:,}",
        f"{group.failed:,}",
        wording.part(group.failed, group.total),
        f"{lost:,}",
        wording.part(lost, group.total),
        escape(group.note),
    )


def _message(subject: Subject) -> Iterator[str]:
    yield f"### {_VERDICT_MARKS[subject.verdict]}: {code(plain(subject.id))}"
    yield ""
    yield prose(subject.why)
    yield ""
    said = (
        ("Recipient", f"{subject.recipient} {subject.region}".strip()),
        ("Business number", subject.number),
        ("Template", subject.template),
        ("Category", subject.category),
    )
    yield from _table(("", ""), [(label, escape(value)) for label, value in said if value])
    yield from _table(
        ("Time (UTC)", "Event"),
        [(wording.clock(each.time, seconds=True), escape(wording.moment(each))) for each in subject.timeline],
    )
    yield from _table(
        ("", "It may be that", "Because"),
        [(each.likelihood, escape(each.title), prose(each.why)) for each in subject.reasons],
    )
    if subject.fix:
        yield f"**To do:** {_todo(subject.fix, subject.fix.text)}"
        yield ""


def _checklist(checklist: Checklist | None) -> Iterator[str]:
    if checklist is None:
        return
    yield f"### Checklist for {prose(checklist.about)}"
    yield ""
    yield prose(checklist.intro)
    yield ""
    for title, ask in (("Ask the customer, over another channel than WhatsApp:", True), ("Look yourself:", False)):
        items = [each for each in checklist.items if each.ask is ask]
        if items:
            yield title
            yield ""
        for each in items:
            yield f"- [ ] {prose(each.text)}{f' {link(each.url)}' if each.url else ''}"
            yield from (f"  - {prose(detail)}" for detail in each.details)
        if items:
            yield ""


def _todo(fix: Fix, text: str) -> str:
    parts = (prose(text), code(fix.command) if fix.command else "", link(fix.url) if fix.url else "")
    return "<br>".join(part for part in parts if part)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield f"| {' | '.join(heads)} |"
    yield "|" + " --- |" * len(heads)
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _folded(title: str, whole: int, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        counted = f"{len(rows):,} of {whole:,}" if len(rows) < whole else f"{whole:,}"
        yield f"<details><summary>{title} ({counted})</summary>"
        yield ""
        yield from _table(heads, rows)
        yield "</details>"
        yield ""


def _colophon(document: Triage) -> Iterator[str]:
    for note in document.notes:
        yield f"> {escape(note)}"
        yield ""
    parts = [
        f"wa-doctor {document.version}",
        f"{document.started.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        f"exit code {document.exit_code}",
        *(f"facts replaced by {each}" for each in document.overrides),
        wording.privacy(document),
    ]
    yield f"<sub>{escape(', '.join(parts))}</sub>"
