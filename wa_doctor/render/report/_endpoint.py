"""The test of a callback URL, step by step, for `wa-doctor webhook`: as lines, as rows of a table, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wa_doctor.model import Finding, Fix, Severity, Status, Summary
from wa_doctor.render.report import _wording as wording

if TYPE_CHECKING:
    from wa_doctor.endpoint.steps import AddressSeen, Examined, Step
    from wa_doctor.render import terminal
    from wa_doctor.render.report._page import Page

_DETAIL = " " * 6
_MANY = 3  # as many steps with one reason are told in one line


def lines(examined: Examined, page: Page) -> Iterator[terminal.Line]:
    """Yield one line a step, below it what is wrong, what Meta would say and what to do; `-q` leaves out the rest."""
    shown = [each for each in examined.steps if not page.quiet or each.status in wording.PROBLEMS]
    column = page.column(each.title for each in shown)
    yield [("What Meta would meet", "heading")]
    together = "" if page.verbose else _waiting(shown)
    for step in shown:
        if step.status is not Status.SKIP or step.said != together:
            yield from _step(step, column, page)
    if together:
        count = sum(step.said == together for step in shown)
        yield from page.entry(Status.SKIP, f"{count} more steps", f"not tested: {together}", column)
    yield []
    if not page.quiet and examined.addresses:
        yield from _addresses(examined, page)


def _waiting(steps: Sequence[Step]) -> str:
    reasons = Counter(step.said for step in steps if step.status is Status.SKIP)
    return next((reason for reason, count in reasons.items() if count >= _MANY), "")


def _step(step: Step, column: int, page: Page) -> Iterator[terminal.Line]:
    problems = [each for each in step.findings if each.severity is not Severity.NOTICE]
    alone = len(problems) == 1
    note = problems[0].message if alone else "" if problems else _said(step)
    yield from page.entry(step.status, step.title, note, column)
    for finding in step.findings if page.verbose else problems:
        if finding in problems and not alone:
            mark, style = page.finding_mark(finding)
            yield from page.paragraph(finding.message, f"{_DETAIL}{mark} ", style=style)
        yield from _said_by_meta(finding, page)
        if page.verbose:
            yield from _evidence(finding, page)
        if finding.fix:
            yield from page.paragraph(finding.fix.text, f"{_DETAIL}{page.glyphs.arrow} ")
            hang = _DETAIL + " " * (len(page.glyphs.arrow) + 1)
            yield from ([(hang, ""), (part, style)] for part, style in _ways(finding.fix) if part)


def _said_by_meta(finding: Finding, page: Page) -> Iterator[terminal.Line]:
    if says := finding.evidence.get("meta_says"):
        likely = "" if str(finding.evidence.get("meta_says_it", "")).startswith("as users") else " (likely)"
        yield from page.paragraph(str(says), f"{_DETAIL}Meta says{likely}: ", hang=_DETAIL, style="dim")


def _ways(fix: Fix) -> tuple[tuple[str, str], ...]:
    return (fix.command, "command"), (fix.url, "link")


def _evidence(finding: Finding, page: Page) -> Iterator[terminal.Line]:
    for key, value in finding.evidence.items():
        if value not in (None, "") and not key.startswith("meta_says"):
            text = ", ".join(value) if isinstance(value, tuple) else str(value)
            yield from page.paragraph(text, f"{_DETAIL}  {key}: ", style="dim")


def _addresses(examined: Examined, page: Page) -> Iterator[terminal.Line]:
    yield [("Addresses", "heading")]
    longest = max(len(each.ip) for each in examined.addresses)
    for each in examined.addresses:
        yield from page.paragraph(told(each), f"  {each.ip:<{longest}}  ")
    yield []


def tally(examined: Examined, summary: Summary) -> Summary:
    """Return the summary with the steps counted in the place of the one check they make up."""
    statuses = [each.status for each in examined.steps]
    return replace(summary, counts={status: statuses.count(status) for status in Status})


def told(address: AddressSeen) -> str:
    """Say in one line what an address did and how long it took."""
    parts = [address.outcome if address.connect_ms is None else f"connect {wording.figure(address.connect_ms)}"]
    if address.tls_ms is not None:
        parts.append(f"TLS {wording.figure(address.tls_ms)}")
    if address.answer_ms is not None:
        parts.append(f"answer {wording.figure(address.answer_ms)}")
    parts += [address.protocol] if address.protocol else []
    parts += [address.kind] if address.kind != "public" else []
    return ", ".join(parts)


def rows(examined: Examined) -> Iterator[tuple[Status, str, str]]:
    """Yield the steps as a status, a title and what is said of it, Meta's words included."""
    for step in examined.steps:
        problems = [each.message for each in step.findings if each.severity is not Severity.NOTICE]
        said = "; ".join(problems) or _said(step)
        yield step.status, step.title, f"{said}. Meta says: {step.meta_says}" if step.meta_says else said


def _said(step: Step) -> str:
    return f"not tested: {step.said}" if step.status is Status.SKIP else step.said


def document(examined: Examined) -> dict[str, Any]:
    """Return the section `endpoint` of the JSON report."""
    return {
        "url": examined.url,
        "local": examined.local,
        "posted": examined.posted,
        "mutual_tls": examined.mutual_tls,
        "median_ms": _figure(examined.median_ms),
        "answers_ms": [_figure(each) for each in examined.answers_ms],
        "steps": [
            {
                "name": each.name,
                "title": each.title,
                "status": each.status.value,
                "said": each.said or None,
                "problems": [one.message for one in each.findings if one.severity is not Severity.NOTICE],
                "meta_says": each.meta_says or None,
                "ms": _figure(each.ms),
                "address": each.address or None,
            }
            for each in examined.steps
        ],
        "addresses": [
            {
                "ip": each.ip,
                "family": each.family,
                "kind": each.kind,
                "outcome": each.outcome,
                "connect_ms": _figure(each.connect_ms),
                "tls_ms": _figure(each.tls_ms),
                "answer_ms": _figure(each.answer_ms),
                "protocol": each.protocol or None,
                "issuer": each.issuer or None,
                "trusted_by": list(each.trusted_by),
            }
            for each in examined.addresses
        ],
    }


def _figure(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds, 3)
