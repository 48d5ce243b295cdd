"""Verdicts as the report of a check-up, for the formats that CI systems read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wa_doctor import __version__
from wa_doctor.model import Report, Result, Status, Target, error, notice, summarise, warning
from wa_doctor.recipients.verdict import ALLOWED, UNCERTAIN
from wa_doctor.render.recipients import _words as words

if TYPE_CHECKING:
    from wa_doctor.model import Evidence, Finding
    from wa_doctor.recipients.document import Bulk, Document
    from wa_doctor.recipients.verdict import Verdict

_STATUS = {"blocked": Status.FAIL, "invalid": Status.FAIL, "uncertain": Status.WARN, "allowed": Status.PASS}
_FAMILY = "recipient"


def report(document: Document, *, limits: bool = False) -> Report:
    """
    Build a report with one result a recipient; of a list, one for it as a whole and one for each kept problem.

    The id of a result ends in the recipient, so that a build server does not take them all for one test. `limits`
    adds what no answer can know.
    """
    results = tuple(_list_results(document, document.bulk) if document.bulk else map(_result, document.results))
    if limits:
        results = (*results, _limits(document))
    summary = replace(summarise(results), exit_code=document.exit_code)
    milliseconds = round(document.bulk.seconds * 1000) if document.bulk else 0
    facts = {"regions": str(document.listed.checked)}
    return Report("recipient", __version__, datetime.now(UTC), milliseconds, Target(), summary, results, facts=facts)


def _list_results(document: Document, bulk: Bulk) -> Iterator[Result]:
    said = ", ".join(text for _, text in words.counts(document)) or "no recipient was found"
    whole = notice(f"{said}: {words.extent(bulk)}", subject=bulk.source)
    yield Result(
        "recipient-list", _FAMILY, "the list was read to its end", _list_status(bulk), bulk.stopped, findings=(whole,)
    )
    for problem in bulk.problems:
        yield _result(problem.verdict, f"row {problem.row}: ")


def _limits(document: Document) -> Result:
    summary = f"Meta's list was read on {document.listed.checked}"
    said = notice(words.limits(document), url=document.listed.url)
    return Result("recipient-limits", _FAMILY, summary, Status.PASS, findings=(said,))


def _list_status(bulk: Bulk) -> Status:
    return Status.UNKNOWN if bulk.stopped or not bulk.rows else Status.PASS


def _result(verdict: Verdict, where: str = "") -> Result:
    check = "recipient-format" if verdict.verdict == "invalid" else "recipient-region"
    return Result(
        check=f"{check} {where}{verdict.input}",
        family=_FAMILY,
        summary=f"the platform can serve {verdict.input}",
        status=_STATUS[verdict.verdict],
        findings=(_finding(verdict, where),),
    )


def _finding(verdict: Verdict, where: str) -> Finding:
    message = f"{where}{verdict.input} is {verdict.verdict}: {verdict.reason}"
    evidence: Evidence = {"region": str(verdict.region), "confidence": verdict.confidence, "notes": verdict.notes}
    if verdict.verdict == ALLOWED:
        return notice(message, subject=verdict.input, evidence=evidence)
    say = warning if verdict.verdict == UNCERTAIN else error
    return say(message, fix=verdict.fix, url=verdict.source, subject=verdict.input, evidence=evidence)
