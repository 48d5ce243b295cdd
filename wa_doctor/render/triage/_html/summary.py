"""What was read, what became of the messages, how the webhooks came, and what the page itself is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wa_doctor.render.report._wording import span, utc
from wa_doctor.render.triage import _wording as wording
from wa_doctor.render.triage._html.blocks import ROWS, mark, more, section, strip
from wa_doctor.render.triage._html.markup import Markup, el, joined, table, todo
from wa_doctor.webhooks.message import Verdict

if TYPE_CHECKING:
    from wa_doctor.webhooks.document import Triage


_VERDICTS = {Verdict.DELIVERED: "✓", Verdict.FAILED: "✗", Verdict.UNDELIVERED: "!", Verdict.ACCEPTED: "?"}


def heading(document: Triage) -> Markup:
    """Write what became of the messages, what was read, and what to do first."""
    read = document.input
    when = f"{wording.period(read.first, read.last)} UTC" if read.first is not None else "no message has a time"
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
            el("dt", strip("swatch", f"v-{verdict.value}", 1), f"{_VERDICTS[verdict]} {wording.VERDICTS[verdict]}"),
            el("dd", el("b", f"{amount:,}"), f" {wording.part(amount, found.total)}"),
            el("dd", wording.MEANINGS[verdict], class_="meaning"),
        )
        for verdict, amount in wording.tally(found)
    ]
    return section(
        "totals",
        f"{wording.count(found.total, 'message')}",
        el("svg", parts, class_="bar", aria_hidden="true"),
        el("dl", rows, class_="verdicts"),
        el("ul", [el("li", each) for each in wording.asides(found)], class_="asides"),
    )


def webhooks(document: Triage) -> Markup:
    """Write how the webhooks came."""
    if not document.input.webhooks:
        return Markup("")
    found = document.webhooks
    return section(
        "webhooks",
        "Webhooks",
        el("ul", [el("li", each) for each in wording.health(found)]),
        el(
            "ul",
            [el("li", mark(each.severity), each.message, todo(each.fix)) for each in found.findings],
            class_="findings",
        )
        if found.findings
        else None,
    )


def reading(document: Triage) -> Markup:
    """Write what was read, what could not be, and what the reader should know of this page."""
    read = document.input
    places = [
        (f"{each.file}:{each.line}" if each.line else each.file, each.reason) for each in read.unreadable_list[:ROWS]
    ]
    facts = ", ".join(f"{name} {day}" for name, day in document.facts.items())
    said = [
        ("Sources", joined([el("code", f"{each} ") for each in read.sources[:ROWS]])),
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
            more(read.unreadable - len(places), "--list-unreadable lists them"),
        ]
        if places
        else None
    )
    return section(
        "input",
        "About this page",
        [el("p", each, class_="note") for each in document.notes],
        el("dl", [el("div", el("dt", each[0]), el("dd", each[1])) for each in said if each]),
        unreadable,
    )


def _field(name: str, count: int, known: bool) -> str:
    return f"{name} {count:,}{'' if known else ' (unknown to this version)'}"
