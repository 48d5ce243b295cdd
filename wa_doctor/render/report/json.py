"""
The report for programs: `wa-doctor/report/v1`, described by `docs/schemas/report-v1.json`.

Every field is spelt out here. Fields are only ever added, the shape does not depend on any option, and what
nobody knows is null.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, TextIO

from wa_doctor.model import Finding, Fix, Input, Report, Result, Status, Summary, Target
from wa_doctor.render.report import _endpoint, _platform
from wa_doctor.render.report import _wording as wording

if TYPE_CHECKING:
    from datetime import datetime

    from wa_doctor.graph.description import TokenDescription
    from wa_doctor.network.timings import Timings
    from wa_doctor.render import Look

SCHEMA = "wa-doctor/report/v1"

# What JSON may hold as it is and a terminal should not get: DEL, C1, and the marks that reorder a line.
_UNSEEN = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def render(report: Report, out: TextIO, look: Look) -> None:  # noqa: ARG001 - one shape, however it should look
    """Write one JSON document and a newline, in ASCII where `out` cannot encode what it holds."""
    text = json.dumps(_document(report), indent=2, ensure_ascii=False, allow_nan=False)
    text = _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    try:
        text.encode(getattr(out, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(_document(report), indent=2, allow_nan=False)
    out.write(text + "\n")


def _document(report: Report) -> dict[str, Any]:
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "tool": {"name": "wa-doctor", "version": report.version},
        "command": report.command,
        "started": wording.utc(report.started),
        "duration_ms": report.duration_ms,
        "target": _target(report.target),
        "summary": _summary(report.summary),
        "facts": dict(report.facts),
        "overrides": list(report.overrides),
        "inputs": [_input(each) for each in report.inputs],
        "checks": [_check(each) for each in report.results],
    }
    if report.token is not None:
        document["token"] = _token(report.token)
    if report.timings is not None:
        document["timings"] = _timings(report.timings)
    if report.platform is not None:
        document["platform"] = _platform.document(report.platform)
    if report.endpoint is not None:
        document["endpoint"] = _endpoint.document(report.endpoint)
    return document


def _target(target: Target) -> dict[str, Any]:
    return {
        "base_url": target.base_url or None,
        "api_version": target.api_version or None,
        "phone_number_id": target.phone_number_id or None,
        "waba_id": target.waba_id or None,
        "app_id": target.app_id or None,
        "profile": target.profile or None,
        "sandbox": target.sandbox or None,
    }


def _summary(summary: Summary) -> dict[str, Any]:
    step = summary.first_step
    return {
        **{status.value: summary.counts.get(status, 0) for status in Status},
        "exit_code": summary.exit_code,
        "first_step": {**_fix(step), "check": summary.first_check or None} if step else None,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {"text": fix.text, "command": fix.command or None, "url": fix.url or None}


def _input(value: Input) -> dict[str, Any]:
    return {"name": value.name, "source": value.source, "shown": value.shown}


def _check(result: Result) -> dict[str, Any]:
    return {
        "id": result.check,
        "family": result.family,
        "summary": result.summary,
        "status": result.status.value,
        "reason": result.reason or None,
        "caused_by": result.caused_by or None,
        "duration_ms": result.duration_ms,
        "findings": [_finding(each) for each in result.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "message": finding.message,
        "subject": finding.subject or None,
        "fix": _fix(finding.fix) if finding.fix else None,
        "evidence": {key: _value(value) for key, value in finding.evidence.items()},
    }


def _value(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _token(token: TokenDescription) -> dict[str, Any]:
    return {
        "valid": token.valid,
        "kind": token.kind or None,
        "app_id": token.app_id or None,
        "application": token.application or None,
        "user_id": token.user_id or None,
        "issued_at": _moment(token.issued_at),
        "expires_at": _moment(token.expires_at),
        "never_expires": token.never_expires,
        "data_access_expires_at": _moment(token.data_access_expires_at),
        "data_access_never_ends": token.data_access_never_ends,
        "scopes": list(token.scopes),
        "granular_scopes": [
            {"scope": scope, "target_ids": None if targets is None else list(targets)}
            for scope, targets in token.granular_scopes
        ],
        "functional": [{"what": what, "outcome": outcome} for what, outcome in token.functional],
        "introspected_by": token.introspected_by or None,
        "refused": token.refused or None,
        "fingerprint": token.fingerprint,
        "source": token.source,
    }


def _moment(moment: datetime | None) -> str | None:
    return wording.utc(moment) if moment else None


def _timings(timings: Timings) -> dict[str, Any]:
    return {
        "via": timings.via,
        "address": timings.address or None,
        "dns": _figure(timings.dns),
        "connect": _figure(timings.connect),
        "tunnel": _figure(timings.tunnel),
        "tls": _figure(timings.tls),
        "server": _figure(timings.server),
        "transfer": _figure(timings.transfer),
        "total": _figure(timings.total),
        "samples": [_figure(each) for each in timings.samples],
        "minimum": _figure(timings.minimum) if timings.samples else None,
        "median": _figure(timings.median) if timings.samples else None,
        "maximum": _figure(timings.maximum) if timings.samples else None,
        "other": _timings(timings.other) if timings.other else None,
    }


def _figure(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds, 3)
