"""Where the time of the first exchange went, drawn as bars, for `wa-doctor probe`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wa_doctor.render import terminal
from wa_doctor.render.report import _wording as wording

if TYPE_CHECKING:
    from wa_doctor.network.timings import Timings
    from wa_doctor.render.report._page import Page

_LABEL = 10
_FIGURE = 9


def waterfall(timings: Timings, page: Page) -> Iterator[terminal.Line]:
    """Yield one row a stage, each bar beginning where the one before ended; two ways side by side on one scale."""
    ways = wording.routes(timings)
    room = (page.columns - 2 - _LABEL) // len(ways)
    longest = max(each.total for each in ways)
    scale = max(longest, 0.001) / max(room - _FIGURE - 2, 8)
    yield [("The first exchange", "heading")]
    for way in ways:
        yield from page.paragraph(wording.route(way), "  ", style="dim")
    if len(ways) > 1:
        heads = "".join(terminal.pad(f"{wording.way(each):>{_FIGURE}}", room) for each in ways)
        yield [(" " * (2 + _LABEL) + heads, "dim")]
    for name in wording.stage_names(ways):
        bars = "".join(terminal.pad(_bar(each, name, scale, page), room) for each in ways)
        yield [(f"  {wording.stage_label(name):<{_LABEL}}{bars}", "")]
    totals = "".join(terminal.pad(f"{wording.figure(each.total):>{_FIGURE}}", room) for each in ways)
    yield [(f"  {'total':<{_LABEL}}{totals}", "bold")]
    for way in ways:
        if told := wording.samples(way):
            yield from page.paragraph(f"{wording.way(way)}: {told}" if len(ways) > 1 else told, "  ")
    yield []


def _bar(timings: Timings, name: str, scale: float, page: Page) -> str:
    stage = next((each for each in timings.stages if each.name == name), None)
    if stage is None:
        return f"{'-':>{_FIGURE}}"
    begin = round(stage.begin / scale)
    length = max(1, round((stage.begin + stage.duration) / scale) - begin)
    return f"{wording.figure(stage.duration):>{_FIGURE}} {' ' * begin}{page.glyphs.bar * length}"
