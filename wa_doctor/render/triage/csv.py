"""
Every message of the log as a row for a spreadsheet, by time. Columns are only ever added, at the end.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, which is what spreadsheets
themselves write for text. https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, TextIO

from wa_doctor.render.terminal import writable
from wa_doctor.render.triage import _wording as wording
from wa_doctor.webhooks.document import rows

if TYPE_CHECKING:
    from wa_doctor.render import Look
    from wa_doctor.webhooks.document import Triage
    from wa_doctor.webhooks.message import Subject

COLUMNS = (
    "id",
    "verdict",
    "why",
    "recipient",
    "region",
    "number",
    "template",
    "category",
    "first",
    "last",
    "statuses",
    "codes",
    "titles",
    "latency",
    "waiting",
    "read",
    "conflicting",
    "in_flight",
    "repeats",
    "reasons",
    "fix",
    "command",
    "url",
)

# The last four are how a Japanese or Chinese keyboard writes the first four, which Excel takes for the same.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def render(document: Triage, out: TextIO, look: Look) -> None:  # noqa: ARG001 - one shape, however it should look
    """Write the header and a row for each message, as they come; durations are seconds, times UTC."""
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(_row(message, out) for message in rows(document, "csv"))


def _row(message: Subject, out: TextIO) -> tuple[str | int, ...]:
    fix = message.fix
    texts = (
        message.id,
        message.verdict.value,
        message.why,
        message.recipient,
        message.region,
        message.number,
        message.template,
        message.category,
        wording.iso(message.first) or "",
        wording.iso(message.last) or "",
        " ".join(each.status for each in message.timeline),
        " ".join(wording.code(code, subcode) for code, subcode in message.codes),
        "; ".join(message.titles),
    )
    figures = (
        "" if message.latency is None else message.latency,
        "" if message.waiting is None else message.waiting,
        _yes(message.read),
        _yes(message.conflicting),
        _yes(message.in_flight),
        message.repeats,
    )
    advice = (
        "; ".join(f"{each.likelihood}: {each.title}" for each in message.reasons),
        fix.text if fix else "",
        fix.command if fix else "",
        fix.url if fix else "",
    )
    return (*(_cell(text, out) for text in texts), *figures, *(_cell(text, out) for text in advice))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _cell(text: str, out: TextIO) -> str:
    if text.isascii() and text.isprintable():  # most are, and there may be tens of millions of them
        if text[:1].isalnum():
            return text
    else:
        text = writable(text, out)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
