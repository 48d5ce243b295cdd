"""What Meta's status page says, for `wa-doctor status`: as lines, as rows of a table, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import TYPE_CHECKING, Any

from wa_doctor.model import Status
from wa_doctor.platform.board import State
from wa_doctor.render import terminal
from wa_doctor.render.report import _wording as wording

if TYPE_CHECKING:
    from datetime import datetime

    from wa_doctor.platform.board import Board, Figure, Incident, Organisation, Service
    from wa_doctor.render.report._page import Page

Row = tuple[Status | None, str, str]

_STATUS = {
    State.OK: Status.PASS,
    State.RESOLVED: Status.PASS,
    State.LOW: Status.WARN,
    State.MEDIUM: Status.WARN,
    State.HIGH: Status.WARN,
    State.UNKNOWN: Status.UNKNOWN,
}
_DETAIL = " " * 6
_AMOUNT = 10
_CHART = 31  # values: Meta's figures reach back so many days
_PAST = 10


def lines(board: Board, page: Page) -> Iterator[terminal.Line]:
    """Yield one block an organisation; with `-q` only what is wrong."""
    labels = [label for each in board.organisations for _, label, _ in _rows(each, board.read_at)]
    column = page.column([*labels, *(figure.label for each in board.organisations for figure in each.figures)])
    for organisation in board.organisations:
        block = [
            line
            for row in _rows(organisation, board.read_at, page.verbose)
            if not page.quiet or row[0] in wording.PROBLEMS
            for line in _entry(row, column, page)
        ]
        if not page.quiet:
            block += [
                line for each in organisation.figures if organisation.source for line in _figure(each, column, page)
            ]
        if block:
            yield [(organisation.name, "heading")]
            yield from block
            yield []


def caveats(board: Board, page: Page) -> Iterator[terminal.Line]:
    """Yield what the figures do not say, and where the page is."""
    if any(figure.values for each in board.organisations for figure in each.figures):
        yield [("What Meta's figures leave out", "dim")]
        for each in board.caveats:
            yield from page.paragraph(each, f"  {page.glyphs.bullet} ", style="dim")
    yield [("  ", ""), (board.url, "dim")]
    yield []


def rows(organisation: Organisation, now: datetime) -> Iterator[Row]:
    """Yield what is known of an organisation as a status, a name and what is said of it."""
    yield from _rows(organisation, now)
    for figure in organisation.figures if organisation.source else ():
        yield None, figure.label, _told(figure)


def _entry(row: Row, column: int, page: Page) -> Iterator[terminal.Line]:
    status, label, note = row
    if status is not None:
        yield from page.entry(status, label, note, column)
    elif label:
        first, *others = page.paragraph(note, " " * column, style="dim")
        yield [(terminal.pad(f"    {label}", column), "dim"), (first[0][0][column:], "dim")]
        yield from others
    else:
        yield from page.paragraph(note, _DETAIL)


def _figure(figure: Figure, column: int, page: Page) -> Iterator[terminal.Line]:
    if figure.newest is None:
        yield from _entry((None, figure.label, _told(figure)), column, page)
        return
    head = [
        (terminal.pad(f"    {figure.label}", column), "dim"),
        (f"{_amount(figure.newest, figure.unit):<{_AMOUNT}}", ""),
    ]
    room = min(_CHART, max(2, page.columns - column - _AMOUNT))
    chart = spark(figure.values[-room:], page.glyphs.sparks)
    between = f"  {_between(figure)}" if chart else ""
    fits = column + _AMOUNT + len(chart) + len(between) <= page.columns
    yield [*head, (chart, ""), (between if fits else "", "dim")]


def _rows(organisation: Organisation, now: datetime, verbose: bool = False) -> Iterator[Row]:
    if not organisation.source:
        yield Status.UNKNOWN, "not known", organisation.problem
        return
    going_on = {each.service: each for each in organisation.open}
    for service in organisation.services:
        incident = going_on.pop(service.name, None)
        yield _of_service(service, incident, now)
        yield from _posts(incident, verbose)
    for incident in going_on.values():
        yield Status.WARN, incident.service or "a service without a name", _incident(incident, now)
        yield from _posts(incident, verbose)
    if not organisation.services and not organisation.open:
        yield Status.PASS, "events", f"no open one in its {'feed' if organisation.source == 'rss' else 'list'}"
    for past in organisation.past[: _PAST if verbose else 1]:
        yield None, "last incident" if past is organisation.past[0] else "", _past(past, now)
    if verbose:
        for gap in organisation.gaps:
            yield None, "not read", gap


def _of_service(service: Service, incident: Incident | None, now: datetime) -> Row:
    if incident is not None:
        return Status.WARN, service.name, _incident(incident, now)
    if service.state is State.UNKNOWN:
        said = f'Meta says "{service.word}", which is not known here' if service.word else "Meta does not say"
        return Status.UNKNOWN, service.name, said
    return _STATUS[service.state], service.name, f"{service.word.lower()}{_day(service.since)}"


def _day(moment: datetime | None) -> str:
    return f" since {moment.astimezone(UTC):%Y-%m-%d}" if moment else ""


def _incident(incident: Incident, now: datetime) -> str:
    word = incident.word.lower() or "open incident"
    return f"{word} since {wording.when(incident.since, now)}" if incident.since else word


def _posts(incident: Incident | None, verbose: bool) -> Iterator[Row]:
    if incident is None:
        return
    for post in incident.posts if verbose else incident.posts[:1]:
        said = ": ".join(part for part in (post.status, post.text) if part)
        at = f"{post.time.astimezone(UTC):%Y-%m-%d %H:%M} UTC, " if post.time and post.time != incident.since else ""
        yield None, "", at + said


def _past(incident: Incident, now: datetime) -> str:
    named = ", ".join(part for part in (incident.service, incident.word.lower()) if part) or "no details"
    if incident.since is None:
        return named
    lasted = ""
    if incident.ended and incident.ended > incident.since:
        minutes = round((incident.ended - incident.since).total_seconds() / 60)
        lasted = f", {minutes // 60} h {minutes % 60} min" if minutes >= 60 else f", {minutes} min"
    return f"{wording.when(incident.since, now)}{lasted}: {named}"


def _told(figure: Figure) -> str:
    if figure.newest is None:
        return f"not known: {figure.problem or 'Meta gives no value'}"
    several = f" (lately {_between(figure)})" if len(figure.values) > 1 else ""
    return _amount(figure.newest, figure.unit) + several


def _between(figure: Figure) -> str:
    shown = figure.values[-_CHART:]
    return f"{_amount(min(shown), figure.unit)} to {_amount(max(shown), figure.unit)}"


def _amount(value: float, unit: str) -> str:
    if unit == "%":
        return f"{value:.3f}".rstrip("0").rstrip(".") + " %"
    return f"{value / 1000:.1f} s" if value >= 1000 else f"{value:.0f} ms"


def spark(values: tuple[float, ...], sparks: str) -> str:
    """Draw values as marks of growing height, the smallest as the lowest; nothing for fewer than two."""
    if len(values) < 2 or not sparks:
        return ""
    low, high = min(values), max(values)
    if high == low:
        return sparks[len(sparks) // 2] * len(values)
    return "".join(sparks[round((each - low) / (high - low) * (len(sparks) - 1))] for each in values)


def document(board: Board) -> dict[str, Any]:
    """Return the section `platform` of the JSON report."""
    return {
        "url": board.url,
        "read_at": wording.utc(board.read_at),
        "organisations": [_organisation(each) for each in board.organisations],
        "caveats": list(board.caveats),
    }


def _organisation(organisation: Organisation) -> dict[str, Any]:
    return {
        "id": organisation.id,
        "name": organisation.name,
        "source": organisation.source or None,
        "problem": organisation.problem or None,
        "gaps": list(organisation.gaps),
        "services": [
            {"name": each.name, "state": each.state.value, "word": each.word or None, "since": _moment(each.since)}
            for each in organisation.services
        ],
        "open": [_incident_document(each) for each in organisation.open],
        "past": [_incident_document(each) for each in organisation.past],
        "figures": [
            {
                "kind": each.kind,
                "metric": each.metric,
                "unit": each.unit,
                "newest": each.newest,
                "values": list(each.values),
                "problem": each.problem or None,
            }
            for each in organisation.figures
        ],
    }


def _incident_document(incident: Incident) -> dict[str, Any]:
    return {
        "service": incident.service or None,
        "state": incident.state.value,
        "word": incident.word or None,
        "since": _moment(incident.since),
        "ended": _moment(incident.ended),
        "posts": [
            {"status": each.status or None, "text": each.text or None, "time": _moment(each.time)}
            for each in incident.posts
        ],
    }


def _moment(moment: datetime | None) -> str | None:
    return wording.utc(moment) if moment else None
