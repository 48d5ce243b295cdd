"""What was read, what became of the messages, and when they failed: the figures at the top of the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wa_doctor.render import terminal
from wa_doctor.render.triage import _wording as wording

if TYPE_CHECKING:
    from wa_doctor.render.triage._text.page import Page
    from wa_doctor.webhooks.document import Input, Triage
    from wa_doctor.webhooks.totals import GroupTotal, Hour

HOUR = 3600
_INDENT = "  "
_DETAIL = " " * 6
_SPANS = (1, 2, 3, 4, 6, 8, 12, 24, 48, 7 * 24, 14 * 24, 28 * 24)  # hours that one sign of a sparkline may stand for
_GROUPS_SHOWN = 5
_ROOM_FOR_SHARES = 72
_SOURCES_SHOWN = 10
_WHICH = "--list-unreadable names what could not be read"


def header(document: Triage, page: Page) -> Iterator[terminal.Line]:
    """Yield what was read."""
    read = document.input
    span = [f"{wording.period(read.first, read.last)} UTC"] if read.first is not None else []
    yield from page.listed([f"wa-doctor {document.version}", *wording.volume(read)], "", style="bold")
    yield from page.listed([*span, *(["the messages went to disk"] if document.spilled else [])], "")
    unknown = [f"{each.name} ({each.count:,})" for each in read.fields if not each.known]
    if unknown:
        yield from page.paragraph(", ".join(unknown), "Fields this version does not know: ", hang=_INDENT, style="dim")
    if page.verbose and read.fields:
        names = [f"{each.name} {each.count:,}" for each in read.fields if each.known]
        yield from page.paragraph(", ".join(names), "Fields: ", hang=_INDENT, style="dim")
    yield from _unreadable(read, page)
    yield []


def _unreadable(read: Input, page: Page) -> Iterator[terminal.Line]:
    every = read.list_wanted or page.verbose
    sources = [each for each in read.unreadable_list if not each.line]
    lines = [each for each in read.unreadable_list if each.line]
    # Where something was recognised, a broken line is a matter of course, and counted above.
    shown = [
        *(sources if every else sources[:_SOURCES_SHOWN]),
        *(lines if every or not read.webhooks else ()),
    ]
    for each in shown:
        place = f"{each.file}:{each.line}" if each.line else each.file
        yield from page.paragraph(f"{place}: {each.reason}", _INDENT, hang=_DETAIL, mark=(page.glyphs.warned, "warn"))
    left = len(sources) + read.unreadable - len(shown)
    if left:
        more = f"{left:,} more{'' if read.list_wanted else ': --list-unreadable'}"
        yield [(f"{_INDENT}{more if shown else _WHICH}", "dim")]


def totals(document: Triage, page: Page) -> Iterator[terminal.Line]:
    """Yield the messages by verdict, with bars of one scale."""
    found = document.messages
    if found.total:
        yield [(f"Messages  {found.total:,}", "heading")]
        figures = max(len(f"{amount:,}") for _, amount in wording.tally(found))
        for verdict, amount in wording.tally(found):
            line = f" {wording.VERDICTS[verdict]:<13}  {amount:>{figures},}  {wording.part(amount, found.total):>6}  "
            room = page.columns - len(_INDENT) - 1 - len(line)
            mark = page.verdict(verdict)
            yield [(_INDENT, ""), mark, (line, ""), (page.bar(amount, found.total, room), mark[1])]
    for text in wording.asides(found):
        yield from page.paragraph(text, _DETAIL, style="dim")
    if document.latency:
        said = f"sent to delivered: {wording.latency(document.latency)}"
        yield from page.paragraph(said, _DETAIL, style="dim")
        if page.verbose:
            yield from _delays(document, page)
    if found.total or found.incoming:
        yield []


def _delays(document: Triage, page: Page) -> Iterator[terminal.Line]:
    buckets = document.latency.buckets if document.latency else ()
    labels = max((terminal.cells(each.label) for each in buckets), default=0)
    most = max((each.count for each in buckets), default=0)
    figures = len(f"{most:,}")
    for each in buckets:
        line = f"{_DETAIL}  {terminal.pad(each.label, labels)}  {each.count:>{figures},}  "
        yield [(line, "dim"), (page.bar(each.count, most, page.columns - terminal.cells(line)), "dim")]


def failures(hours: Sequence[Hour], page: Page) -> Iterator[terminal.Line]:
    """
    Yield the failures by hour as a sparkline; one sign stands for more hours where they do not fit.

    A single hour has no course.
    """
    failed = [each for each in hours if each.failures]
    if not failed:
        return
    first, last = hours[0].start, hours[-1].start
    room = page.columns - len(_INDENT)
    length = (last - first) // HOUR + 1
    if length == 1:
        return
    span = next((each for each in _SPANS if -(-length // each) <= room), -(-length // room))
    amounts = [0] * -(-length // span)
    for each in failed:
        amounts[(each.start - first) // HOUR // span] += each.failures
    peak = max(range(len(amounts)), key=amounts.__getitem__)
    peak_start = first + peak * span * HOUR
    per = "hour" if span == 1 else wording.lasting(span * HOUR)
    yield [("Failures by hour", "heading")] if span == 1 else [(f"Failures, each sign {per}", "heading")]
    yield [(_INDENT, ""), (page.sparks(amounts), "fail")]
    begin, end = wording.clock(first), wording.clock(last + HOUR)
    gap = len(amounts) - len(begin) - len(end)
    yield [(f"{_INDENT}{begin}{' ' * gap if gap > 0 else ' to '}{end}", "dim")]
    yield from page.paragraph(
        f"most in one {'hour' if span == 1 else 'of them'}: {amounts[peak]:,}, from {wording.clock(peak_start)} UTC",
        _INDENT,
        style="dim",
    )
    yield []


def groups(document: Triage, page: Page) -> Iterator[terminal.Line]:
    """Yield where messages fail: by business number, template, category and region, the worst of each."""
    for title, found in (
        ("By business number", document.numbers),
        ("By template", document.templates),
        ("By category", document.categories),
        ("By region of the recipient", document.regions),
    ):
        # One group is all messages over again, unless something is to be said of it.
        if len(found) > 1 or any(each.note for each in found):
            yield from _group(title, found, page)


def _group(title: str, found: Sequence[GroupTotal], page: Page) -> Iterator[terminal.Line]:
    shown = found if page.verbose else found[:_GROUPS_SHOWN]
    names = [_name(each) for each in shown]
    shares = page.columns >= _ROOM_FOR_SHARES
    heads = "   messages          failed   not delivered" if shares else "   messages   failed  not delivered"
    widest = min(max(terminal.cells(each) for each in names), page.columns - 2 - len(heads))
    widest = max(widest, len(title) - 2)
    if widest + 2 + len(heads) <= page.columns:
        yield [(terminal.pad(title, widest + 2), "heading"), (heads, "dim")]
    else:
        yield [(title, "heading")]
        yield [(" " * (page.columns - len(heads)) + heads, "dim")]
        widest = page.columns - 2 - len(heads)
    for each, name in zip(shown, names, strict=True):
        lost = each.undelivered + each.accepted
        text = terminal.pad(terminal.shorten(name, widest, page.glyphs.ellipsis), widest)
        if shares:
            failed = f"{each.failed:>7,} {wording.part(each.failed, each.total):>6}"
            missing = f"  {lost:>7,} {wording.part(lost, each.total):>6}"
        else:
            failed, missing = f"{each.failed:>7,}", f"{lost:>15,}"
        yield [
            (f"{_INDENT}{text}  {each.total:>9,}  ", ""),
            (failed, "fail" if each.failed else "dim"),
            (missing, "" if lost else "dim"),
        ]
        if each.note:
            yield from page.paragraph(each.note, _DETAIL, style="dim")
    if len(shown) < len(found):
        yield [(f"{_INDENT}{len(found) - len(shown):,} more (-v)", "dim")]
    yield []


def _name(group: GroupTotal) -> str:
    return group.name if group.name == group.code or not group.code else f"{group.name} ({group.code})"
