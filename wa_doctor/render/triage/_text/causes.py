"""Why messages did not arrive, what happened besides, how the webhooks came: the explanations of the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wa_doctor.model import Severity
from wa_doctor.render.triage import _wording as wording
from wa_doctor.render.triage._story import Entry, story

if TYPE_CHECKING:
    from wa_doctor.render import terminal
    from wa_doctor.render.triage._text.page import Page
    from wa_doctor.webhooks.document import Cause, Checklist, Triage
    from wa_doctor.webhooks.totals import ErrorTotal, SilentRecipient

_INDENT = "  "
_DETAIL = " " * 6
_CAUSES_SHOWN = 5
_CODES_SHOWN = 5
_ENTRIES_SHOWN = 12
_SILENT_SHOWN = 5


def causes(document: Triage, page: Page) -> Iterator[terminal.Line]:
    """Yield the causes, what explains most first: how many, since when, where they pile up, what to do."""
    shown = document.causes if page.verbose else document.causes[:_CAUSES_SHOWN]
    if shown:
        missing = wording.missing(document.messages)
        what = f" {wording.count(missing, 'message')} did not arrive" if missing else ""
        yield [(f"Why{what}", "heading")]
    figures = max((len(f"{each.count:,}") for each in shown if each.count), default=0)
    for each in shown:
        yield from _cause(each, [error for error in document.errors if error.code == each.code], figures, page)
    if len(shown) < len(document.causes):
        yield [(f"{_INDENT}{wording.count(len(document.causes) - len(shown), 'more cause')} (-v)", "dim")]
    if shown:
        yield []
    told = {each.code for each in shown}
    yield from _codes([each for each in document.errors if page.verbose or each.code not in told], page)


def _cause(cause: Cause, errors: Sequence[ErrorTotal], figures: int, page: Page) -> Iterator[terminal.Line]:
    mark = page.severity(cause.severity)
    number = f"{cause.code} " if cause.code is not None else ""
    figure = f"{cause.count or '':>{figures}}" if not cause.share else f"{cause.count:>{figures},}"
    figure += f"  {wording.percent(cause.share) if cause.share else '':>6}  " if figures else ""
    yield from page.paragraph(f"{number}{cause.title}", _INDENT, head=figure, style="bold", mark=mark)
    if page.quiet:
        return
    if cause.why:
        yield from page.paragraph(cause.why, _DETAIL)
    first = min((each.first for each in errors if each.first is not None), default=None)
    last = max((each.last for each in errors if each.last is not None), default=None)
    if first is not None:
        yield from page.paragraph(f"{wording.period(first, last)} UTC", _DETAIL, style="dim")
    for found in (each for error in errors[: None if page.verbose else 1] for each in error.concentrations):
        yield from page.paragraph(wording.concentration(found), _DETAIL, hang=_DETAIL + _INDENT, style="dim")
    for fix in cause.fixes if page.verbose else cause.fixes[:1]:
        yield from page.fix(fix, _DETAIL)


def _codes(errors: Sequence[ErrorTotal], page: Page) -> Iterator[terminal.Line]:
    if not errors or page.quiet:
        return
    yield [("Error codes" if page.verbose else "Other error codes", "heading")]
    shown = errors if page.verbose else errors[:_CODES_SHOWN]
    codes = [wording.code(each.code, each.subcode) for each in shown]
    widest = max(map(len, codes))
    figures = max(len(f"{each.count:,}") for each in shown)
    for code, each in zip(codes, shown, strict=True):
        lead = f"{_INDENT}{code:<{widest}}  {each.count:>{figures},}  "
        title = each.title if each.known else f"{each.title} (not in the catalogue)"
        yield from page.paragraph(title, lead)
        asides = [f"{wording.period(each.first, each.last)} UTC"] if each.first is not None else []
        yield from page.listed([*asides, *wording.seen(each)], _DETAIL)
        if page.verbose:
            yield from _catalogue(each, page)
    if len(shown) < len(errors):
        yield [(f"{_INDENT}{len(errors) - len(shown):,} more (-v)", "dim")]
    yield []


def _catalogue(error: ErrorTotal, page: Page) -> Iterator[terminal.Line]:
    if error.cause:
        yield from page.paragraph(error.cause, _DETAIL)
    for said in error.details:
        yield from page.paragraph(said, f"{_DETAIL}Meta said: ", hang=_DETAIL + _INDENT, style="dim")
    if error.retry:
        yield from page.paragraph(error.retry, f"{_DETAIL}again: ", hang=_DETAIL + _INDENT, style="dim")
    if error.who:
        actors = ", ".join(wording.ACTORS.get(each, each) for each in error.who)
        yield from page.paragraph(actors, f"{_DETAIL}who can act: ", hang=_DETAIL + _INDENT, style="dim")
    for fix in error.fixes:
        yield from page.fix(fix, _DETAIL)
    if error.docs_url:
        yield [(_DETAIL, ""), (error.docs_url, "link")]


def happened(document: Triage, page: Page) -> Iterator[terminal.Line]:
    """Yield what happened to account, numbers and templates, and when failures piled up, in the order of time."""
    entries = [each for each in story(document) if page.verbose or each.severity is not Severity.NOTICE]
    if not entries:
        return
    shown = entries if page.verbose else entries[-_ENTRIES_SHOWN:]
    yield [("What happened (UTC)", "heading")]
    if len(shown) < len(entries):
        yield [(f"{_INDENT}{len(entries) - len(shown):,} earlier (-v)", "dim")]
    for each in shown:
        yield from _entry(each, page)
    yield []


def _entry(entry: Entry, page: Page) -> Iterator[terminal.Line]:
    mark = page.severity(entry.severity)
    yield from page.paragraph(entry.text, _INDENT, head=f"{entry.when}  ", hang=_DETAIL, mark=mark)
    yield from page.listed(entry.asides, _DETAIL)
    yield from page.fix(entry.fix, _DETAIL)


def silent(recipients: Sequence[SilentRecipient], page: Page) -> Iterator[terminal.Line]:
    """Yield the recipients who never received anything."""
    if not recipients:
        return
    shown = recipients if page.verbose else recipients[:_SILENT_SHOWN]
    yield [("Recipients who received nothing", "heading")]
    told = ""
    for each in shown:
        codes = f", codes {', '.join(map(str, each.codes))}" if each.codes else ""
        region = f" ({each.region})" if each.region else ""
        said = f"{each.recipient}{region}: {wording.count(each.messages, 'message')}, {each.failed:,} failed{codes}"
        yield from page.paragraph(said, _INDENT, mark=(page.glyphs.bullet, "dim"))
        yield from page.paragraph(f"{wording.period(each.first, each.last)} UTC", _DETAIL, style="dim")
        if each.why != told:
            told = each.why
            yield from page.paragraph(each.why or "the log does not show why", _DETAIL)
        yield from page.fix(each.fix, _DETAIL)
    if len(shown) < len(recipients):
        yield [(f"{_INDENT}{len(recipients) - len(shown):,} more (-v)", "dim")]
    yield []


def health(document: Triage, page: Page) -> Iterator[terminal.Line]:
    """Yield how the webhooks came: the figures, and what of them is worth a look."""
    if not document.input.webhooks:
        return
    yield [("Webhooks", "heading")]
    yield from page.listed(tuple(wording.health(document.webhooks)), _INDENT)
    for finding in document.webhooks.findings:
        if page.verbose or finding.severity is not Severity.NOTICE:
            yield from page.paragraph(finding.message, _INDENT, mark=page.severity(finding.severity))
            yield from page.fix(finding.fix, _DETAIL)
    yield []


def checklist(found: Checklist | None, page: Page) -> Iterator[terminal.Line]:
    """Yield what to go through with the customer, and what the business looks at itself."""
    if found is None:
        return
    yield from page.paragraph(f"Checklist for {found.about}", hang=_INDENT, style="heading")
    if found.intro:
        yield from page.paragraph(found.intro, _INDENT)
    for title, ask in (("Ask the customer, over another channel than WhatsApp", True), ("Look yourself", False)):
        items = [each for each in found.items if each.ask is ask]
        if items:
            yield [(f"{_INDENT}{title}", "bold")]
        for each in items:
            yield from page.paragraph(each.text, f"{_INDENT * 2}[ ] ")
            for detail in each.details:
                yield from page.paragraph(detail, " " * 8, mark=(page.glyphs.bullet, ""))
            if each.url:
                yield [(" " * 8, ""), (each.url, "link")]
    yield []
