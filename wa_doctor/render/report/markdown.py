"""
The report to paste into a ticket or a pull request, and GitHub's step summary.

What came from outside is escaped so that it stays text: no mention, no reference to an issue, no link, no
emoji, no HTML. The zero-width space that breaks those is written as an entity, so that it can be seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, TextIO
from urllib.parse import urlsplit

from wa_doctor.model import Evidence, Fix, Report, Result, Status
from wa_doctor.redact import plain
from wa_doctor.render.report import _wording as wording

if TYPE_CHECKING:
    from wa_doctor.network.timings import Timings
    from wa_doctor.render import Look

_MARKS = {
    Status.PASS: "✓ pass",
    Status.WARN: "! warn",
    Status.FAIL: "✗ fail",
    Status.SKIP: "- skip",
    Status.UNKNOWN: "? unknown",
    Status.CRASH: "? crash",
}
_BREAK = "&#8203;"
_LONGEST = 4000
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", **{each: "\\" + each for each in "\\`*[]|~"}})
_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_REFERENCE = re.compile(r"(?<=[@#!%$])(?=\w)|(?<=\bGH-)(?=\d)|(?<=:)(?=//|[\w+-]+:)|(?<=\bwww)(?=\.)")


def render(report: Report, out: TextIO, look: Look) -> None:  # noqa: ARG001 - one shape, however it should look
    """Write the report; characters that `out` cannot encode become references."""
    text = "\n".join(_lines(report)) + "\n"
    encoding = getattr(out, "encoding", None) or "utf-8"
    out.write(text.encode(encoding, "xmlcharrefreplace").decode(encoding))


def _lines(report: Report) -> Iterator[str]:
    yield f"## wa-doctor: {wording.verdict(report.summary)}"
    yield ""
    if report.target.sandbox:
        yield f"**SANDBOX {escape(report.target.sandbox)}: nothing here reaches Meta.**"
        yield ""
    if step := report.summary.first_step:
        yield f"**First:** {_todo(step, wording.sentence(step))}"
        yield ""
    if problems := [each for each in report.results if each.status in wording.PROBLEMS]:
        yield from _table(
            ("", "Check", "What is wrong", "What to do"), [row for each in problems for row in _rows(each)]
        )
    if report.command == "token" and report.token is not None:
        said = wording.token_rows(report.token, report.started)
        rows = [(escape(label), escape(value), _MARKS[status] if status else "") for label, value, status in said]
        yield from _table(("What Meta says about the token", "", ""), rows)
    if report.command == "probe" and report.timings is not None:
        yield from _timings(report.timings)
    if report.command == "status" and report.platform is not None:
        from wa_doctor.render.report import _platform

        for organisation in report.platform.organisations:
            told = _platform.rows(organisation, report.platform.read_at)
            rows = [(_MARKS[status] if status else "", escape(name), escape(said)) for status, name, said in told]
            yield from _table(("", escape(organisation.name), ""), rows)
    if report.command == "webhook" and report.endpoint is not None:
        from wa_doctor.render.report import _endpoint

        steps = [
            (_MARKS[status], escape(title), escape(said)) for status, title, said in _endpoint.rows(report.endpoint)
        ]
        yield from _table(("", "What Meta would meet", ""), steps)
    yield from _folded(
        f"All checks ({len(report.results)})",
        ("", "Check", "Passes when", "Said", "Time"),
        [
            (_MARKS[each.status], code(each.check), escape(each.summary), _said(each), wording.span(each.duration_ms))
            for each in report.results
        ],
    )
    yield from _folded(
        "Values used",
        ("Value", "Shown", "From"),
        [(escape(each.name), escape(each.shown), escape(each.source)) for each in report.inputs],
    )
    yield from _colophon(report)


def _rows(result: Result) -> Iterator[tuple[str, ...]]:
    mark, name = _MARKS[result.status], code(result.check)
    for finding in wording.concerns(result):
        evidence = f"<br><sub>{_evidence(finding.evidence)}</sub>" if finding.evidence else ""
        yield (
            mark,
            name,
            escape(finding.message) + evidence,
            _todo(finding.fix, finding.fix.text) if finding.fix else "",
        )
    if reason := wording.remainder(result):
        yield mark, name, escape(reason), ""


def _said(result: Result) -> str:
    said = (*(each.message for each in result.findings), wording.remainder(result))
    return "<br>".join(escape(each) for each in said if each)


def _evidence(evidence: Evidence) -> str:
    return "; ".join(
        f"{escape(key)}: {escape(', '.join(value) if isinstance(value, tuple) else str(value))}"
        for key, value in evidence.items()
        if value is not None
    )


def _todo(fix: Fix, sentence: str) -> str:
    parts = (prose(sentence), code(fix.command) if fix.command else "", link(fix.url) if fix.url else "")
    return "<br>".join(part for part in parts if part)


def _timings(timings: Timings) -> Iterator[str]:
    ways = wording.routes(timings)
    rows = [(wording.stage_label(name), *(_spent(each, name) for each in ways)) for name in wording.stage_names(ways)]
    rows.append(("**total**", *(wording.figure(each.total) for each in ways)))
    rows.append(("samples", *(escape(wording.samples(each)) for each in ways)))
    yield from _table(("First exchange", *(escape(wording.route(each)) for each in ways)), rows)


def _spent(timings: Timings, name: str) -> str:
    return next((wording.figure(stage.duration) for stage in timings.stages if stage.name == name), "-")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|" + " --- |" * len(heads)
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _folded(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        yield f"<details><summary>{title}</summary>"
        yield ""
        yield from _table(heads, rows)
        yield "</details>"
        yield ""


def _colophon(report: Report) -> Iterator[str]:
    parts = [
        f"wa-doctor {report.version}",
        wording.looked_at(report),
        f"{report.started.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        wording.span(report.duration_ms),
        f"exit code {report.summary.exit_code}",
        *(f"facts replaced by {each}" for each in report.overrides),
    ]
    yield f"<sub>{', '.join(escape(part) for part in parts if part)}</sub>"


def escape(text: str) -> str:
    """Return text that Markdown shows as it is, wherever it is pasted: in a paragraph or in a table."""
    return _escaped(plain(text, _LONGEST))


def prose(text: str) -> str:
    """Escape a sentence of ours, in which commands stand between backticks."""
    parts = re.split(r"`([^`]+)`", plain(text, _LONGEST))
    return "".join(code(part) if index % 2 else _escaped(part) for index, part in enumerate(parts))


def _escaped(text: str) -> str:
    return _UNDERSCORE.sub(r"\\_", _REFERENCE.sub("\0", text).translate(_ENTITIES)).replace("\0", _BREAK)


def code(text: str) -> str:
    """Return a code span; the pipe is escaped for the tables it stands in."""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    inner = f" {text} " if text.startswith("`") or text.endswith("`") else text
    return fence + inner.replace("|", "\\|") + fence


def link(url: str) -> str:
    """Return an address as a link that shows itself; what is no web address stays text."""
    if urlsplit(url).scheme not in ("https", "http"):
        return escape(url)
    for character in "<>|`\\ ":
        url = url.replace(character, f"%{ord(character):02X}")
    return f"<{url}>"
