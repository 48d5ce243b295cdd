"""What the times of an endpoint's answers amount to."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wa_doctor.endpoint.certificates import WEBHOOKS
from wa_doctor.knowledge.webhook_delivery import delivery
from wa_doctor.model import Evidence, Finding, error, notice, warning

if TYPE_CHECKING:
    from wa_doctor.knowledge.webhook_delivery import Pace

_ACKNOWLEDGE = "Answer 200 first, and put the work in a queue: Meta sends an event again that is not answered in time."


def judge(answers_ms: Sequence[float], pace: Pace | None = None) -> Iterator[Finding]:
    """Judge the times from request to the end of the answer, in milliseconds; the slowest decides."""
    known = pace or delivery().pace
    median, slowest = statistics.median(answers_ms), max(answers_ms)
    evidence: Evidence = {"median_ms": round(median, 1), "slowest_ms": round(slowest, 1), "answers": len(answers_ms)}
    told = f"median {_span(median)}, slowest {_span(slowest)}"
    if slowest > known.too_slow:
        yield error(
            f"an answer took {_span(slowest)}, too long for Meta ({told})",
            fix=_ACKNOWLEDGE,
            url=WEBHOOKS,
            evidence=evidence,
        )
    elif slowest > known.slow:
        yield warning(
            f"an answer took {_span(slowest)}; Meta wants less than 1 % to take over {_span(known.slow)} ({told})",
            fix=_ACKNOWLEDGE,
            url=WEBHOOKS,
            evidence=evidence,
        )
    elif median > known.good:
        yield notice(f"{told}; Meta asks for a median of {_span(known.good)}", evidence=evidence)
    else:
        yield notice(told, evidence=evidence)


def _span(ms: float) -> str:
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"
