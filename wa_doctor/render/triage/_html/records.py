"""
What the scripts of the page read: the figures of the charts, and the messages as small as they can be written.

Everything is JSON in `<script type="application/json">`, which a browser neither runs nor shows. A text that many
messages share (a template, a reason, a fix) is written once, in `values`, and meant by its position there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, TextIO

from wa_doctor.render.triage import _wording as wording
from wa_doctor.render.triage._fields import fix
from wa_doctor.render.triage._html.blocks import ROWS
from wa_doctor.render.triage._story import story
from wa_doctor.webhooks.message import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wa_doctor.webhooks.document import Triage
    from wa_doctor.webhooks.message import Moment, Subject

VERDICTS = tuple(Verdict)
READ, CONFLICTING, IN_FLIGHT = 1, 2, 4

_BATCH = 2000  # messages in one script element; a browser reads many small ones better than one of 100 MB
_encode = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode

# `</script>` and `<!--` would end or open what they stand in; U+2028 is ASCII by then, as all else is.
_MARKUP = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def data(id: str, value: Any) -> str:
    """Return an element that holds a value for the scripts."""
    return f'<script type="application/json" id="{id}">{_encode(value).translate(_MARKUP)}</script>\n'


def charts(document: Triage) -> dict[str, Any]:
    """Return what the charts are drawn from; times are seconds since 1970, in UTC."""
    latency = document.latency
    return {
        "verdicts": [{"name": each.value, "word": wording.VERDICTS[each]} for each in VERDICTS],
        "hours": [
            [each.start, each.failed, each.undelivered, each.accepted, each.delivered, list(each.codes.items())]
            for each in document.hours
        ],
        "codes": [[each.code, each.title] for each in document.errors],
        "story": [
            [at, each.kind, each.time, each.time if each.end is None else each.end, each.severity.value, each.text]
            for at, each in enumerate(story(document)[:ROWS], 1)
            if each.time is not None
        ],
        "latency": {
            "count": latency.count,
            "marks": [["median", latency.median], ["90%", latency.p90], ["99%", latency.p99]],
            "longest": latency.longest,
            "buckets": [[each.upto, each.label, each.count] for each in latency.buckets],
        }
        if latency
        else None,
    }


class Records:
    """Writes messages as arrays, and then the values that they share."""

    def __init__(self) -> None:
        self._values: dict[str, int] = {}
        self.written = 0

    def write(self, messages: Iterable[Subject], out: TextIO) -> None:
        """Write all of them, in elements of the class `messages`, holding no more than the shared values."""
        pending = iter(messages)
        while batch := list(islice(pending, _BATCH)):
            self.written += len(batch)
            text = ",\n".join(_encode(self._record(each)) for each in batch)
            out.write(f'<script type="application/json" class="messages">[{text.translate(_MARKUP)}]</script>\n')

    def values(self) -> Iterator[str]:
        """Yield the element with the values, in pieces."""
        yield '<script type="application/json" id="values">['
        for at, value in enumerate(self._values):
            yield f"{',' if at else ''}{value.translate(_MARKUP)}"
        yield "]</script>\n"

    def _record(self, message: Subject) -> list[Any]:
        # The order is the one `messages.js` takes it apart in.
        return [
            message.id,
            VERDICTS.index(message.verdict),
            [self._moment(each) for each in message.timeline],
            self._at(message.why),
            self._at(message.recipient),
            self._at(message.region),
            self._at(message.number),
            self._at(message.template),
            self._at(message.category),
            self._at([[*codes, title] for codes, title in zip(message.codes, message.titles, strict=True)]),
            READ * message.read + CONFLICTING * message.conflicting + IN_FLIGHT * message.in_flight,
            message.latency,
            message.waiting,
            self._at(fix(message.fix)),
            self._at([[each.title, each.likelihood, each.why] for each in message.reasons]),
            message.repeats,
        ]

    def _moment(self, event: Moment) -> list[Any]:
        moment = [event.time, self._at(event.status)]
        if event.code is not None or event.subcode is not None or event.repeated or event.note:
            moment += [event.code, event.subcode, event.repeated, self._at(event.note)]
        return moment

    def _at(self, value: Any) -> int:
        return self._values.setdefault(_encode(value), len(self._values))
