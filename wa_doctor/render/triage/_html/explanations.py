"""Why messages did not arrive: causes, events, error codes, and what to go through with the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wa_doctor.render.triage import _wording as wording
from wa_doctor.render.triage._html.blocks import ROWS, mark, more, section, strip
from wa_doctor.render.triage._html.markup import Markup, el, joined, link, prose, todo
from wa_doctor.render.triage._story import Entry, story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wa_doctor.webhooks.document import Cause, Checklist, Triage
    from wa_doctor.webhooks.totals import ErrorTotal


def causes(document: Triage) -> Markup:
    """Write the causes, what explains most first."""
    return (
        section(
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
    share = el("small", f" {wording.percent(cause.share)}") if cause.share else None
    return el(
        "li",
        el(
            "h3",
            mark(cause.severity),
            el("span", f"{cause.count:,}", share, class_="count") if cause.count else None,
            el("a", str(cause.code), href=f"#code-{cause.code}", class_="code") if errors else None,
            cause.title,
        ),
        strip("share", None, cause.share) if share else None,
        el("p", prose(cause.why)) if cause.why else None,
        el("ul", [el("li", each) for each in asides], class_="asides") if asides else None,
        el("ol", [todo(each, "li") for each in cause.fixes], class_="fixes") if cause.fixes else None,
    )


def events(document: Triage) -> Markup:
    """Write what happened besides, in the order of time; the numbers are those of the marks in the charts."""
    entries = story(document)
    if not entries:
        return Markup("")
    return section(
        "story",
        "What happened",
        el("p", "The numbers are those of the marks below the charts. Times are UTC.", class_="hint"),
        el("ol", [_event(at, each) for at, each in enumerate(entries[:ROWS], 1)], class_="story"),
        more(len(entries) - ROWS),
    )


def _event(at: int, entry: Entry) -> Markup:
    asides = el("ul", [el("li", each) for each in entry.asides], class_="asides") if entry.asides else None
    return el(
        "li",
        el("span", entry.when, class_="when"),
        el("div", el("p", mark(entry.severity), entry.text), asides, todo(entry.fix)),
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
    return section("codes", "Error codes", articles)


def _code(error: ErrorTotal, *, anchor: bool) -> Markup:
    when = f"{wording.period(error.first, error.last)} UTC" if error.first is not None else ""
    said = [wording.count(error.count, "failed message")]
    said += [f"{wording.percent(error.share)} of all failed", when] if error.count else []
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
    return section("checklist", f"Checklist for {found.about}", el("p", found.intro), lists)
