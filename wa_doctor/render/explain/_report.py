"""An explanation as the report of a check-up, for the formats that CI systems read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wa_doctor import __version__
from wa_doctor.model import Fix, Report, Result, Status, Target, error, summarise
from wa_doctor.render.explain import _wording as wording

if TYPE_CHECKING:
    from wa_doctor.explain.explanation import Explanation, Match, RankedCause
    from wa_doctor.knowledge.facts import Step
    from wa_doctor.model import Finding

_FAMILY = "explain"


def report(explanation: Explanation) -> Report:
    """Build a report with one result a match, or a cause where nothing but a story was given."""
    results = tuple(_results(explanation))
    summary = summarise(results)
    first = _first(explanation)
    summary = replace(summary, exit_code=explanation.exit_code, first_step=first or summary.first_step)
    started = datetime.now(UTC)
    return Report("explain", __version__, started, 0, Target(), summary, results, overrides=explanation.overrides)


def _results(explanation: Explanation) -> Iterator[Result]:
    if not explanation.recognised:
        reason = "; ".join(explanation.unmatched) or "there is no code, body or message in it that is known"
        yield Result("explain-nothing", _FAMILY, "something was recognised", Status.UNKNOWN, reason)
        return
    for index, match in enumerate(explanation.matches):
        name = wording.name(match) or match.id
        if match.kind == "check":
            yield Result(f"explain-{name}", _FAMILY, match.title, Status.PASS)
        else:
            finding = _match(match)
            summary = f"no {name} in the text" if not explanation.bare else f"what {name} means"
            yield Result(f"explain-{name}-{index + 1}", _FAMILY, summary, Status.FAIL, findings=(finding,))
    if not explanation.matches:
        for cause in explanation.causes:
            yield Result(f"explain-{cause.id}", _FAMILY, f"not {cause.id}", Status.FAIL, findings=(_cause(cause),))


def _match(match: Match) -> Finding:
    step = match.fix[0] if match.fix else None
    told = f"{match.title}: {match.cause}"
    return error(
        f"{wording.name(match)} {told}" if match.code is not None else told,
        fix=_text(step, "Paste the whole answer of the API to learn more."),
        command=step.command if step else "",
        url=match.docs_url,
        subject=match.evidence.where,
        evidence={"text": match.evidence.text, "fbtrace_id": match.evidence.fbtrace_id},
    )


def _cause(cause: RankedCause) -> Finding:
    step = cause.fix[0]
    return error(f"{cause.title}: {' '.join(cause.why)}", fix=step.text, command=step.command, url=cause.docs_url)


def _first(explanation: Explanation) -> Fix | None:
    if not explanation.causes:
        return None
    step = explanation.causes[0].fix[0]
    return Fix(step.text, step.command, step.url)


def _text(step: Step | None, otherwise: str) -> str:
    return step.text if step else otherwise
