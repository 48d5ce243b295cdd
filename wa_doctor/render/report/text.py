"""The report for people: one line a check, below a problem what to do about it, at the end what to do first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from wa_doctor.model import Finding, Fix, Report, Result, Severity, Status
from wa_doctor.render import Look, terminal
from wa_doctor.render.report import _wording as wording
from wa_doctor.render.report._page import Page

_MANY = 3  # as many skips with one cause are told in one line
_DETAIL = " " * 6


def render(report: Report, out: TextIO, look: Look) -> None:
    """Write the report; `-q` leaves out what did not go wrong, `-v` adds ids, durations, notices and evidence."""
    page = Page.of(out, look)
    terminal.write(_lines(report, page), out, look.color)


def _lines(report: Report, page: Page) -> Iterator[terminal.Line]:
    yield from _header(report, page)
    if report.command == "token" and report.token is not None and not page.quiet:
        from wa_doctor.render.report._token import token_table

        yield from token_table(report.token, report.started, page)
    if report.command == "probe" and report.timings is not None and not page.quiet:
        from wa_doctor.render.report._timings import waterfall

        yield from waterfall(report.timings, page)
    if report.command == "status" and report.platform is not None:
        from wa_doctor.render.report import _platform

        yield from _platform.lines(report.platform, page)
        if not page.quiet:
            yield from _platform.caveats(report.platform, page)
    elif report.command == "webhook" and report.endpoint is not None:
        from wa_doctor.render.report import _endpoint

        yield from _endpoint.lines(report.endpoint, page)
    else:
        yield from _checks(report.results, page)
    if not page.quiet:
        yield from _values(report, page)
    yield from _footer(report, page)


def _header(report: Report, page: Page) -> Iterator[terminal.Line]:
    target = report.target
    if not page.quiet:
        source = wording.token_source(report)
        parts = [f"wa-doctor {report.version}", wording.looked_at(report)]
        parts += [f"token from {source}"] if source else []
        parts += [f"profile {target.profile}"] if target.profile else []
        yield from page.joined([part for part in parts if part], "bold")
    if target.sandbox:
        yield [(f'SANDBOX "{target.sandbox}": nothing here reaches Meta', "warn")]
    if not page.quiet:
        yield []


def _checks(results: Sequence[Result], page: Page) -> Iterator[terminal.Line]:
    if page.quiet:
        results = [each for each in results if each.status in wording.PROBLEMS]
    waiting = _waiting(results, page)
    told: set[str] = set()
    advised: set[Fix] = set()
    column = page.column(each.summary for each in results if _cause(each) not in waiting)
    for family in dict.fromkeys(each.family for each in results):
        lines: list[terminal.Line] = []
        for result in (each for each in results if each.family == family):
            cause = _cause(result)
            if cause not in waiting:
                lines += _check(result, column, page, advised)
            elif cause not in told:
                told.add(cause)
                lines += _muted(waiting[cause], column, page)
        if lines:
            yield [(wording.title(family), "heading")]
            yield from lines
    if results:
        yield []


def _cause(result: Result) -> str:
    return (result.caused_by or result.reason) if result.status is Status.SKIP else ""


def _waiting(results: Sequence[Result], page: Page) -> dict[str, list[Result]]:
    groups: dict[str, list[Result]] = {}
    for result in results:
        if not page.verbose and (cause := _cause(result)):
            groups.setdefault(cause, []).append(result)
    return {cause: group for cause, group in groups.items() if len(group) >= _MANY}


def _muted(group: Sequence[Result], column: int, page: Page) -> Iterator[terminal.Line]:
    cause = group[0].caused_by
    if cause:
        families = [each.family for each in group]
        spread = ", ".join(f"{families.count(each)} {each}" for each in dict.fromkeys(families))
        yield from page.entry(Status.SKIP, f"{len(group)} more checks wait for {cause}", spread, column)
        return
    names = ", ".join(each.check for each in group)
    fits = terminal.cells(names) + 4 <= page.columns
    yield from page.entry(Status.SKIP, names if fits else f"{len(group)} more checks", wording.reason(group[0]), column)


def _check(result: Result, column: int, page: Page, advised: set[Fix]) -> Iterator[terminal.Line]:
    """Yield a check and its findings; a fix that was advised further up is not written again."""
    told = _told(result, page)
    alone = len(told) == 1 and (result.status in wording.PROBLEMS or told[0].severity is Severity.NOTICE)
    note = told[0].message if alone else "" if told else wording.reason(result)
    aside = f"({result.check}, {wording.span(result.duration_ms)})" if page.verbose else ""
    yield from page.entry(result.status, result.summary, note, column, aside)
    for finding, following in zip(told, (*told[1:], None), strict=False):
        if not alone:
            mark = page.finding_mark(finding)
            yield from page.paragraph(finding.message, _DETAIL + mark[0] + " ", style=mark[1])
        if page.verbose:
            yield from _evidence(finding, page)
        last = following is None or following.fix != finding.fix
        if finding.fix and last and (page.verbose or finding.fix not in advised):
            advised.add(finding.fix)
            yield from _fix(finding.fix, page)
    if told and (reason := wording.remainder(result)):
        yield from page.paragraph(reason, _DETAIL)


def _told(result: Result, page: Page) -> tuple[Finding, ...]:
    if page.verbose:
        return result.findings
    if result.status in wording.PROBLEMS:
        return wording.concerns(result)
    return result.findings[:1]


def _fix(fix: Fix, page: Page) -> Iterator[terminal.Line]:
    yield from page.paragraph(fix.text, f"{_DETAIL}{page.glyphs.arrow} ")
    yield from _way(fix, _DETAIL + " " * (len(page.glyphs.arrow) + 1))


def _way(fix: Fix, indent: str) -> Iterator[terminal.Line]:
    if fix.command:
        yield [(indent, ""), (fix.command, "command")]
    if fix.url:
        yield [(indent, ""), (fix.url, "link")]


def _evidence(finding: Finding, page: Page) -> Iterator[terminal.Line]:
    known = {"subject": finding.subject} if finding.subject and finding.subject not in finding.message else {}
    for key, value in {**known, **finding.evidence}.items():
        if value is not None:
            text = ", ".join(value) if isinstance(value, tuple) else str(value)
            yield from page.paragraph(text, f"{_DETAIL}  {key}: ", style="dim")


def _values(report: Report, page: Page) -> Iterator[terminal.Line]:
    if report.inputs:
        yield [("Values used", "heading")]
        yield from page.table([(each.name, each.shown, each.source) for each in report.inputs])
    if report.overrides:
        yield from page.paragraph(", ".join(report.overrides), "Facts replaced by your own: ", hang="  ", style="warn")
    if page.verbose and report.facts:
        read = ", ".join(f"{name} {day}" for name, day in report.facts.items())
        yield from page.paragraph(read, "Facts read: ", hang="  ", style="dim")
    if report.inputs or report.overrides:
        yield []


def _footer(report: Report, page: Page) -> Iterator[terminal.Line]:
    summary = report.summary
    steps = report.endpoint if report.command == "webhook" else None
    if steps is not None:
        from wa_doctor.render.report import _endpoint

        summary = _endpoint.tally(steps, summary)
    counts = [(text, page.mark(status)[1]) for status, text in wording.tally(summary)]
    asides = [wording.span(report.duration_ms)]
    untold = sum(len(each.findings) - len(_told(each, page)) for each in report.results)
    if untold and not page.quiet and steps is None:
        asides.append(f"(-v shows {untold} more notice{'' if untold == 1 else 's'})")
    yield from page.counts(counts or [("nothing was checked", "unknown")], asides)
    if step := summary.first_step:
        yield from page.paragraph(wording.sentence(step), "First: ", style="bold")
        yield from _way(step, " " * len("First: "))
