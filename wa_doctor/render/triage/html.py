"""
The triage as one page that needs no network: text, charts, and a table of messages to sort and to search.

The page is ASCII, whatever the stream: what is not becomes a reference or an escape. Its policy lets a browser
run the scripts and use the styles that are in it, known by their hash, and load nothing at all.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, TextIO

from wa_doctor.render.triage import _wording as wording
from wa_doctor.render.triage._html import explanations, places, summary
from wa_doctor.render.triage._html.markup import Markup, el, joined
from wa_doctor.render.triage._html.records import Records, charts, data
from wa_doctor.webhooks.document import rows

if TYPE_CHECKING:
    from wa_doctor.render import Look
    from wa_doctor.webhooks.document import Triage

# Controls, and the marks that reorder a line: none of them belongs into a text that people read.
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")

STYLES = ("page.css", "sections.css", "charts.css", "messages.css", "narrow.css", "print.css")
SCRIPTS = (
    "elements.js",
    "figures.js",
    "theme.js",
    "timescale.js",
    "plot.js",
    "marks.js",
    "cursor.js",
    "verdicts.js",
    "codes.js",
    "latency.js",
    "messages.js",
    "filters.js",
    "timeline.js",
    "table.js",
    "start.js",
)


def render(document: Triage, out: TextIO, look: Look) -> None:  # noqa: ARG001 - one shape, however it should look
    """Write the page; the messages are written as they come and never held together."""
    style = f"\n{_assets(STYLES)}\n"
    # One scope for all the scripts, and none of their names in the window's.
    script = f'\n"use strict";\n{{\n{_assets(SCRIPTS)}\n}}\n'
    out.write("<!doctype html>\n")
    out.write('<html lang="en">\n')
    out.write(_ascii(_head(document, style, script)))
    out.write("\n<body>\n")
    out.write(_ascii(_body(document)))
    out.write("\n")
    records = Records()
    records.write(rows(document, "html"), out)
    out.writelines(records.values())
    out.write(
        data("triage", {**charts(document), "total": len(document.subjects), "all": wording.everything(document)})
    )
    out.write(f"<script>{script}</script>\n</body>\n</html>\n")


def _head(document: Triage, style: str, script: str) -> Markup:
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="referrer", content="no-referrer"),
        el("meta", name="generator", content=f"wa-doctor {document.version}"),
        el("title", f"{wording.headline(document)} - wa-doctor triage"),
        Markup(f"<style>{style}</style>"),
    )


def _body(document: Triage) -> Markup:
    return joined(
        [
            _patterns(),
            el("a", "Skip to the messages", href="#messages", class_="skip"),
            summary.heading(document),
            el(
                "main",
                summary.totals(document),
                _charts(document),
                explanations.causes(document),
                explanations.events(document),
                explanations.checklist(document.checklist),
                _messages(document),
                places.places(document),
                explanations.codes(document),
                summary.webhooks(document),
                summary.reading(document),
            ),
        ]
    )


def _charts(document: Triage) -> Markup:
    figures = [
        ("verdicts-chart", "Messages by verdict over time") if document.hours else None,
        ("codes-chart", "Failures by code over time") if any(each.codes for each in document.hours) else None,
        ("latency-chart", "From sent to delivered") if document.latency else None,
    ]
    drawn = [el("figure", el("figcaption", each[1]), id=each[0]) for each in figures if each]
    if not drawn:
        return Markup("")
    return el(
        "section",
        el("h2", "Charts"),
        el("noscript", el("p", "The charts need JavaScript.")),
        drawn,
        id="charts",
        aria_label="Charts",
    )


def _messages(document: Triage) -> Markup:
    if not len(document.subjects):
        return Markup("")
    return el(
        "section",
        el("h2", "Messages"),
        el(
            "noscript",
            el("p", "The table of messages needs JavaScript; this writes it as CSV:"),
            el("code", wording.everything(document), class_="command"),
        ),
        id="messages",
        aria_label="Messages",
        tabindex=-1,
    )


def _patterns() -> Markup:
    return Markup(_assets(("patterns.svg",)))


@cache
def _assets(names: tuple[str, ...]) -> str:
    folder = resources.files("wa_doctor.render.triage._html") / "assets"
    return "\n".join((folder / name).read_text(encoding="ascii").rstrip("\n") for name in names)


def _hash(text: str) -> str:
    # A browser turns CRLF, which Windows may write, into LF before it computes the same.
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('ascii')).digest()).decode()}'"


def _ascii(markup: str) -> str:
    return _UNSEEN.sub(" ", markup).encode("ascii", "xmlcharrefreplace").decode("ascii")
