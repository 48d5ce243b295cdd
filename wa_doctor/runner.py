"""
Runs checks: order, side by side, gates, crashes, the deadline. Knows nothing of WhatsApp or of formats.

Every check runs in a daemon thread of its own, for the blocking calls below cannot be cancelled: when the time
is over, what still runs becomes `unknown` and the program goes on.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from time import monotonic
from typing import TYPE_CHECKING

from wa_doctor.graph.refusal import ApiError
from wa_doctor.model import Finding, Result, Severity, Skip, Status, Unverified
from wa_doctor.redact import plain

if TYPE_CHECKING:
    from wa_doctor.context import Context
    from wa_doctor.registry import Check


def run(
    checks: Mapping[str, Check], context: Context, *, observe: Callable[[Result], None] = lambda _: None
) -> tuple[Result, ...]:
    """Run the checks and return one result each, in the order they were given; `observe` is told as they end."""
    results: dict[str, Result] = {}
    finished: queue.SimpleQueue[Result] = queue.SimpleQueue()
    order = TopologicalSorter({each.id: each.needs for each in checks.values()})
    order.prepare()
    running: set[str] = set()

    def finish(result: Result) -> None:
        results[result.check] = result
        observe(result)
        order.done(result.check)

    while order.is_active():
        for ready in order.get_ready():
            check = checks.get(ready)
            if check is None:  # needed by one that runs, but left out by the user
                order.done(ready)
            elif obstacle := _obstacle(check, results):
                finish(obstacle)
            else:
                running.add(ready)
                work = threading.Thread(
                    target=lambda check: finished.put(run_one(check, context)), args=(check,), name=ready, daemon=True
                )
                work.start()
        if not running:
            continue
        try:
            result = finished.get(timeout=max(0.01, context.remaining()))
        except queue.Empty:
            for late in sorted(running):
                finish(_unknown(checks[late], _Progress(), TOO_LATE))
            running.clear()
            continue
        if result.check in running:
            running.discard(result.check)
            finish(result)
    return tuple(results[each] for each in checks)


def _obstacle(check: Check, results: Mapping[str, Result]) -> Result | None:
    for need in check.needs:
        before = results.get(need)
        if before is None:  # left out by the user, who vouches for it
            continue
        if before.status in (Status.PASS, Status.WARN) or (before.status is Status.UNKNOWN and check.after_doubt):
            continue
        if before.status is Status.SKIP and not before.caused_by:
            # Name the root, not the whole way to it.
            root = before.reason if before.reason.startswith("needs ") else f"needs {need}: {before.reason}"
            return _result(check, Status.SKIP, reason=root)
        cause = before.caused_by or need
        return _result(check, Status.SKIP, reason=f"needs {cause}", caused_by=cause)
    return None


TOO_LATE = Unverified(
    "did not end before the time of the run was over",
    fix="Raise `--timeout`, or see with `wa-doctor probe` what takes the time.",
).finding


@dataclass(slots=True)
class _Progress:
    """What a check has said so far, kept when it breaks."""

    findings: list[Finding] = field(default_factory=list)


def run_one(check: Check, context: Context) -> Result:
    """Run one check and never raise: what breaks becomes a status."""
    started = monotonic()
    said = _Progress()
    try:
        for finding in check.look(context):
            said.findings.append(finding)
        result = _result(check, _status(said.findings), said)
    except Skip as exc:
        result = _result(check, Status.SKIP, said, reason=str(exc), caused_by=exc.caused_by)
    except Unverified as exc:
        result = _unknown(check, said, exc.finding)
    except ApiError as exc:
        result = _refused(check, said, exc)
    except Exception as exc:  # noqa: BLE001 - a broken check must not take the others with it
        reason = f"this is a bug in wa-doctor: {type(exc).__name__}: {plain(exc, 200)} ({_place(exc)})"
        result = _result(check, Status.CRASH, said, reason=reason)
    return replace(result, duration_ms=round((monotonic() - started) * 1000))


def _refused(check: Check, said: _Progress, refusal: ApiError) -> Result:
    from wa_doctor.graph.verdict import finding_of, unverified

    if refusal.transient:
        return _unknown(check, said, unverified(refusal).finding)
    said.findings.append(finding_of(refusal))
    return _result(check, Status.FAIL, said)


def _unknown(check: Check, said: _Progress, finding: Finding) -> Result:
    if any(each.severity is Severity.ERROR for each in said.findings):
        return _result(check, Status.FAIL, said, reason=finding.message)
    said.findings.append(finding)
    return _result(check, Status.UNKNOWN, said, reason=finding.message)


def _status(findings: list[Finding]) -> Status:
    severities = {each.severity for each in findings}
    if Severity.ERROR in severities:
        return Status.FAIL
    return Status.WARN if Severity.WARNING in severities else Status.PASS


def _result(
    check: Check, status: Status, said: _Progress | None = None, *, reason: str = "", caused_by: str = ""
) -> Result:
    findings = tuple(said.findings) if said else ()
    return Result(check.id, check.family, check.summary, status, reason, caused_by, findings=findings)


def _place(exc: BaseException) -> str:
    trace = exc.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace else "nowhere"
