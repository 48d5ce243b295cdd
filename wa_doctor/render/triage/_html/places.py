"""Where messages fail: by business number, template, category, region and recipient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wa_doctor.render.triage import _wording as wording
from wa_doctor.render.triage._html.blocks import ROWS, more, section, strip
from wa_doctor.render.triage._html.markup import Markup, el, joined, prose, table, todo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wa_doctor.webhooks.document import Triage
    from wa_doctor.webhooks.totals import GroupTotal


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
    return section("places", "Where", parts) if parts else Markup("")


def _groups(title: str, groups: Sequence[GroupTotal]) -> Markup:
    rows = [
        (
            el("span", each.name, el("small", f" {each.code}") if each.code != each.name else None),
            f"{each.total:,}",
            f"{each.failed:,}",
            wording.part(each.failed, each.total),
            strip("meter", "failed", each.failed / max(1, each.total)),
            f"{each.undelivered + each.accepted:,}",
            wording.part(each.undelivered + each.accepted, each.total),
            strip("meter", "undelivered", (each.undelivered + each.accepted) / max(1, each.total)),
            prose(each.note),
        )
        for each in groups[:ROWS]
    ]
    heads = ("Name", "Messages", "Failed", "of them", "", "Not delivered", "of them", "", "Note")
    return joined([el("h3", title), table(title, heads, rows, figures=(1, 2, 3, 5, 6)), more(len(groups) - ROWS)])
