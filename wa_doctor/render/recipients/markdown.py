"""Verdicts to paste into a ticket or a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from wa_doctor.render.recipients import _words as words
from wa_doctor.render.report.markdown import escape, link, prose

if TYPE_CHECKING:
    from wa_doctor.recipients.document import Bulk, Document
    from wa_doctor.recipients.verdict import Verdict
    from wa_doctor.render import Look

_MARKS = {"blocked": "✗ blocked", "uncertain": "! uncertain", "invalid": "✗ invalid", "allowed": "✓ allowed"}
_SHOWN = 100


def render(document: Document, out: TextIO, look: Look) -> None:  # noqa: ARG001 - one shape, however it should look
    """Write the tables; characters that `out` cannot encode become references."""
    text = "\n".join(_lines(document)) + "\n"
    encoding = getattr(out, "encoding", None) or "utf-8"
    out.write(text.encode(encoding, "xmlcharrefreplace").decode(encoding))


def _lines(document: Document) -> Iterator[str]:
    said = ", ".join(text for _, text in words.counts(document)) or "no recipient was found"
    yield f"## wa-doctor: {said}"
    yield ""
    if document.bulk:
        yield from _bulk(document.bulk)
    else:
        yield "| | Recipient | Region | Why | What to do |"
        yield "| --- | --- | --- | --- | --- |"
        for verdict in document.results:
            yield f"| {_MARKS[verdict.verdict]} | {_row(verdict)} |"
        yield ""
    yield f"{escape(words.list_line(document))} {link(document.listed.url)}"
    yield ""
    yield f"<sub>{escape(words.limits(document))}</sub>"


def _row(verdict: Verdict) -> str:
    notes = "".join(f"<br><sub>{escape(note)}</sub>" for note in verdict.notes)
    cells = (escape(verdict.input), escape(str(verdict.region)), escape(verdict.reason) + notes, prose(verdict.fix))
    return " | ".join(cells)


def _bulk(bulk: Bulk) -> Iterator[str]:
    yield f"{escape(words.extent(bulk))}, column {escape(bulk.column)}"
    yield ""
    for notice in (*bulk.notices, *([f"the list was not read to its end: {bulk.stopped}"] if bulk.stopped else [])):
        yield f"- {escape(notice)}"
    yield ""
    yield "| | Region | Rows |"
    yield "| --- | --- | ---: |"
    for each in words.places(bulk):
        yield f"| {_MARKS[each.verdict]} | {escape(str(each.place)) or '-'} | {each.count:,} |"
    yield ""
    if bulk.problems:
        yield f"<details><summary>The first {len(bulk.problems[:_SHOWN])} to look at</summary>"
        yield ""
        yield "| Row | | Recipient | Region | Why | What to do |"
        yield "| ---: | --- | --- | --- | --- | --- |"
        for problem in bulk.problems[:_SHOWN]:
            yield f"| {problem.row} | {_MARKS[problem.verdict.verdict]} | {_row(problem.verdict)} |"
        yield ""
        yield "</details>"
        yield ""
