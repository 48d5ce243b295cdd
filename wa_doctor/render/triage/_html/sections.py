"""The text of the page, which is there without scripts as well: what was read, what happened, why, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wa_doctor.model import Severity
from wa_doctor.render.report._wording import span, utc
from wa_doctor.render.triage import _wording as wording
from wa_doctor.render.triage._html.markup import Markup, el, joined, link, prose, table, todo
from wa_doctor.render.triage._story import Entry, story
from wa_doctor.webhooks.message import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wa_doctor.webhooks.document import Cause, Checklist, Triage
    from wa_doctor.webhooks.totals import ErrorTotal, GroupTotal

# A browser lays out this many rows without a pause; who wants more of them wants JSON.
_ROWS = 500

_SEVERITIES = {Severity.ERROR: ("✗", "problem"), Severity.WARNING: ("!", "warning"), Severity.NOTICE: ("•", "notice")}
_VERDICTS = {Verdict.DELIVERED: "✓", Verdict.FAILED: "✗", Verdict.UNDELIVERED: "!", Verdict.ACCEPTED: "?"}


def heading(document: Triage) -> Markup:
    """Write what became of the messages, what was read, and what to do first."""
    read = document.input
    when = f"{wording.period(read.first, read.last)} UTC" if read.first is not None else "no event has a time"
    return joined(
        [
            el(
                "header",
                el("p", "wa-doctor triage", class_="program"),
                el("h1", wording.headline(document)),
                el("p", [el("span", each) for each in (when, *wording.volume(read))], class_="facts"),
                el("button", "Theme: as the system", id="theme", type="button", hidden=True),
            ),
            el(
                "section",
                el("h2", "Do this first", id="first"),
                todo(document.first_step),
                class_="first",
                aria_labelledby="first",
            )
            if document.first_step
            else None,
        ]
    )


def totals(document: Triage) -> Markup:
    """Write the verdicts as one bar and as figures."""
    found = document.messages
    if not found.total:
        return Markup("")
    at = 0.0
    parts = []
    for verdict, amount in wording.tally(found):
        share = amount / found.total * 100
        if amount:
            title = f"{wording.VERDICTS[verdict]}: {amount:,} ({wording.part(amount, found.total)})"
            parts.append(
                el(
                    "rect",
                    el("title", title),
                    class_=f"v-{verdict.value}",
                    x=f"{at:.3f}%",
                    width=f"{share:.3f}%",
                    height="100%",
                )
            )
        at += share
    rows = [
        el(
            "div",
            el("dt", _strip("swatch", f"v-{verdict.value}", 1), f"{_VERDICTS[verdict]} {wording.VERDICTS[verdict]}"),
            el("dd", el("b", f"{amount:,}"), f" {wording.part(amount, found.total)}"),
            el("dd", wording.MEANINGS[verdict], class_="meaning"),
        )
        for verdict, amount in wording.tally(found)
    ]
    return _section(
        "totals",
        f"{wording.count(found.total, 'message')}",
        el("svg", parts, class_="bar", aria_hidden="true"),
        el("dl", rows, class_="verdicts"),
        el("ul", [el("li", each) for each in wording.asides(found)], class_="asides"),
    )


def _strip(name: str, fill: str | None, share: float) -> Markup:
    """Return a strip of a class `name` that is filled to a share; what it says is said in words beside it."""
    rect = el("rect", class_=fill, width=f"{min(share, 1) * 100:.2f}%", height="100%")
    return el("svg", rect, class_=name, aria_hidden="true")


def causes(document: Triage) -> Markup:
    """Write the causes, what explains most first."""
    return (
        _section(
            "causes",
            "Why",
            el(
                "ol",
                [
                    _cause(each, [error for error in document.errors if error.code == each.code])
                    for each in document.causes
                ],
                class_="causes",
            ),
        )
        if document.causes
        else Markup("")
    )


def _cause(cause: Cause, errors: Sequence[ErrorTotal]) -> Markup:
    first = min((each.first for each in errors if each.first is not None), default=None)
    last = max((each.last for each in errors if each.last is not None), default=None)
    asides = [f"{wording.period(first, last)} UTC"] if first is not None else []
    asides += [wording.concentration(found) for error in errors for found in error.concentrations]
    return el(
        "li",
        el(
            "h3",
            _severity(cause.severity),
            el("span", f"{cause.count:,}", el("small", f" {wording.percent(cause.share)}"), class_="count"),
            el("a", str(cause.code), href=f"#code-{cause.code}", class_="code") if errors else None,
            cause.title,
        ),
        _strip("share", None, cause.share),
        el("p", prose(cause.why)),
        el("ul", [el("li", each) for each in asides], class_="asides") if asides else None,
        el("ol", [todo(each, "li") for each in cause.fixes], class_="fixes") if cause.fixes else None,
    )


def events(document: Triage) -> Markup:
    """Write what happened besides, in the order of time; the numbers are those of the marks in the charts."""
    entries = story(document)
    if not entries:
        return Markup("")
    return _section(
        "story",
        "What happened",
        el("p", "The numbers are those of the marks below the charts. Times are UTC.", class_="hint"),
        el("ol", [_event(at, each) for at, each in enumerate(entries[:_ROWS], 1)], class_="story"),
        _more(len(entries) - _ROWS),
    )


def _event(at: int, entry: Entry) -> Markup:
    asides = el("ul", [el("li", each) for each in entry.asides], class_="asides") if entry.asides else None
    return el(
        "li",
        el("span", entry.when, class_="when"),
        el("div", el("p", _severity(entry.severity), entry.text), asides, todo(entry.fix)),
        id=f"story-{at}",
        value=at,
    )


def codes(document: Triage) -> Markup:
    """Write what each error code means, each where its number links to."""
    if not document.errors:
        return Markup("")
    written: set[int] = set()
    articles = []
    for each in document.errors:
        articles.append(_code(each, anchor=each.code not in written))
        written.add(each.code)
    return _section("codes", "Error codes", articles)


def _code(error: ErrorTotal, *, anchor: bool) -> Markup:
    when = f"{wording.period(error.first, error.last)} UTC" if error.first is not None else ""
    said = [wording.count(error.count, "failed message"), wording.percent(error.share) + " of all failed", when]
    actors = ", ".join(wording.ACTORS.get(each, each) for each in error.who)
    rows = [
        ("Meta said", el("ul", [el("li", each) for each in error.details])) if error.details else None,
        ("Piles up", el("ul", [el("li", wording.concentration(each)) for each in error.concentrations]))
        if error.concentrations
        else None,
        ("What to do", el("ol", [todo(each, "li") for each in error.fixes])) if error.fixes else None,
        ("Send again", prose(error.retry)) if error.retry else None,
        ("Who can act", joined(actors)) if actors else None,
        ("Read more", link(error.docs_url)) if error.docs_url else None,
    ]
    unknown = None if error.known else "The catalogue of this version does not know this code."
    return el(
        "article",
        el("h3", el("span", wording.code(error.code, error.subcode), class_="code"), error.title),
        el("p", [el("span", each) for each in (*said, *wording.seen(error)) if each], class_="facts"),
        el("p", prose(error.cause or unknown or "")) if error.cause or unknown else None,
        el("dl", [el("div", el("dt", each[0]), el("dd", each[1])) for each in rows if each]),
        id=f"code-{error.code}" if anchor else None,
        tabindex=-1,
    )


def places(document: Triage) -> Markup:
    """Write the messages by business number, template, category and region, and who never received anything."""
    tables = [
        (title, groups)
        for title, groups in (
            ("By business number", document.numbers),
            ("By template", document.templates),
            ("By category", document.categories),
            ("By region of the recipient", document.regions),
        )
        if groups
    ]
    parts: list[Markup] = [_groups(title, groups) for title, groups in tables]
    if document.silent:
        parts.append(el("h3", "Recipients who received nothing"))
        parts.append(
            table(
                "Recipients who received nothing",
                (
                    "Recipient",
                    "Region",
                    "Messages",
                    "Failed",
                    "Codes",
                    "When (UTC)",
                    "What it looks like",
                    "What to do",
                ),
                [
                    (
                        each.recipient,
                        each.region,
                        f"{each.messages:,}",
                        f"{each.failed:,}",
                        ", ".join(map(str, each.codes)),
                        wording.period(each.first, each.last),
                        prose(each.why),
                        todo(each.fix),
                    )
                    for each in document.silent
                ],
                figures=(2, 3),
            )
        )
    return _section("places", "Where", parts) if parts else Markup("")


def _groups(title: str, groups: Sequence[GroupTotal]) -> Markup:
    rows = [
        (
            el("span", each.name, el("small", f" {each.code}") if each.code != each.name else None),
            f"{each.total:,}",
            f"{each.failed:,}",
            wording.part(each.failed, each.total),
            _strip("meter", "failed", each.failed / max(1, each.total)),
            f"{each.undelivered + each.accepted:,}",
            wording.part(each.undelivered + each.accepted, each.total),
            _strip("meter", "undelivered", (each.undelivered + each.accepted) / max(1, each.total)),
            prose(each.note),
        )
        for each in groups[:_ROWS]
    ]
    heads = ("Name", "Messages", "Failed", "of them", "", "Not delivered", "of them", "", "Note")
    return joined([el("h3", title), table(title, heads, rows, figures=(1, 2, 3, 5, 6)), _more(len(groups) - _ROWS)])


def webhooks(document: Triage) -> Markup:
    """Write how the webhooks came."""
    if not document.input.webhooks:
        return Markup("")
    found = document.webhooks
    return _section(
        "webhooks",
        "Webhooks",
        el("ul", [el("li", each) for each in wording.health(found)]),
        el(
            "ul",
            [el("li", _severity(each.severity), each.message, todo(each.fix)) for each in found.findings],
            class_="findings",
        )
        if found.findings
        else None,
    )


def checklist(found: Checklist | None) -> Markup:
    """Write what to go through with the customer; the boxes can be ticked, which nothing remembers."""
    if found is None:
        return Markup("")
    lists = []
    for title, ask in (("Ask the customer, over another channel than WhatsApp", True), ("Look yourself", False)):
        items = [each for each in found.items if each.ask is ask]
        if items:
            lists.append(el("h3", title))
            lists.append(
                el(
                    "ul",
                    [
                        el(
                            "li",
                            el("label", el("input", type="checkbox"), " ", prose(each.text)),
                            el("ul", [el("li", detail) for detail in each.details]) if each.details else None,
                            el("span", link(each.url), class_="address") if each.url else None,
                        )
                        for each in items
                    ],
                    class_="checklist",
                )
            )
    return _section("checklist", f"Checklist for {found.about}", el("p", found.intro), lists)


def reading(document: Triage) -> Markup:
    """Write what was read, what could not be, and what the reader should know of this page."""
    read = document.input
    places = [
        (f"{each.file}:{each.line}" if each.line else each.file, each.reason) for each in read.unreadable_list[:_ROWS]
    ]
    facts = ", ".join(f"{name} {day}" for name, day in document.facts.items())
    said = [
        ("Sources", joined([el("code", f"{each} ") for each in read.sources[:_ROWS]])),
        ("Webhook fields", joined(", ".join(_field(each.name, each.count, each.known) for each in read.fields))),
        ("Other lines", joined(f"{read.other:,} without a webhook")),
        ("Privacy", joined(wording.privacy(document))),
        ("Written", joined(f"{utc(document.started)} by wa-doctor {document.version} in {span(document.duration_ms)}")),
        ("Log ends", joined(f"{wording.clock(document.as_of, seconds=True)} UTC; waiting times are counted up to it"))
        if document.as_of is not None
        else None,
        ("Facts read", joined(facts)) if facts else None,
        ("Facts of your own", joined(", ".join(document.overrides))) if document.overrides else None,
    ]
    unreadable = (
        [
            el("h3", f"{read.unreadable:,} unreadable"),
            table("What could not be read", ("Place", "Reason"), places),
            _more(read.unreadable - len(places), "--list-unreadable lists them"),
        ]
        if places
        else None
    )
    return _section(
        "input",
        "About this page",
        [el("p", each, class_="note") for each in document.notes],
        el("dl", [el("div", el("dt", each[0]), el("dd", each[1])) for each in said if each]),
        unreadable,
    )


def _field(name: str, count: int, known: bool) -> str:
    return f"{name} {count:,}{'' if known else ' (unknown to this version)'}"


def _severity(severity: Severity) -> Markup:
    sign, word = _SEVERITIES[severity]
    return joined(
        [el("span", sign, class_=f"mark {word}", aria_hidden="true"), el("span", f"{word}: ", class_="unseen")]
    )


def _more(left: int, where: str = "--format json has them") -> Markup:
    return el("p", f"{left:,} more: {where}", class_="hint") if left > 0 else Markup("")


def _section(id: str, title: str, *children: Markup | list[Markup] | None) -> Markup:
    return el("section", el("h2", title), children, id=id, aria_label=title)
