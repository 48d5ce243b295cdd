"""
The fields of `wa-doctor/triage/v1`, spelt out; `docs/schemas/triage-v1.json` describes them.

Fields are only ever added, the shape does not depend on any option, and what nobody knows is null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wa_doctor.render.report._wording import utc
from wa_doctor.render.triage._wording import iso

if TYPE_CHECKING:
    from wa_doctor.model import Finding, Fix
    from wa_doctor.webhooks.document import AccountEvent, Cause, Checklist, Input, Triage, WebhookHealth
    from wa_doctor.webhooks.message import Moment, Subject
    from wa_doctor.webhooks.totals import (
        ErrorTotal,
        GroupTotal,
        Hour,
        Incident,
        Latency,
        MessageTotals,
        SilentRecipient,
    )

SCHEMA = "wa-doctor/triage/v1"


def whole(document: Triage) -> dict[str, Any]:
    """Return every field but `subjects`, of which there may be too many to hold."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "wa-doctor", "version": document.version},
        "started": utc(document.started),
        "duration_ms": document.duration_ms,
        "as_of": iso(document.as_of),
        "exit_code": document.exit_code,
        "masked": document.masked,
        "pseudonyms": document.pseudonyms,
        "input": _input(document.input),
        "messages": _messages(document.messages),
        "first_step": fix(document.first_step),
        "causes": [_cause(each) for each in document.causes],
        "errors": [_error(each) for each in document.errors],
        "regions": [_group(each) for each in document.regions],
        "numbers": [_group(each) for each in document.numbers],
        "templates": [_group(each) for each in document.templates],
        "categories": [_group(each) for each in document.categories],
        "hours": [_hour(each) for each in document.hours],
        "latency": _latency(document.latency) if document.latency else None,
        "incidents": [_incident(each) for each in document.incidents],
        "silent_recipients": [_silent(each) for each in document.silent],
        "account_events": [_account(each) for each in document.account],
        "webhook_health": _health(document.webhooks),
        "checklist": _checklist(document.checklist) if document.checklist else None,
        "facts": dict(document.facts),
        "overrides": list(document.overrides),
        "notes": list(document.notes),
    }


def subject(message: Subject) -> dict[str, Any]:
    """Return the fields of one message."""
    return {
        "id": message.id,
        "verdict": message.verdict.value,
        "why": message.why,
        "timeline": [_moment(each) for each in message.timeline],
        "recipient": message.recipient,
        "region": message.region,
        "number": message.number,
        "template": message.template,
        "category": message.category,
        "errors": [
            {"code": code, "subcode": subcode, "title": title}
            for (code, subcode), title in zip(message.codes, message.titles, strict=True)
        ],
        "fix": fix(message.fix),
        "reasons": [{"title": each.title, "likelihood": each.likelihood, "why": each.why} for each in message.reasons],
        "read": message.read,
        "conflicting": message.conflicting,
        "in_flight": message.in_flight,
        "waiting": message.waiting,
        "latency": message.latency,
        "repeats": message.repeats,
    }


def fix(found: Fix | None) -> dict[str, Any] | None:
    """Return the fields of something to do."""
    return {"text": found.text, "command": found.command or None, "url": found.url or None} if found else None


def _moment(event: Moment) -> dict[str, Any]:
    return {
        "time": iso(event.time),
        "status": event.status,
        "code": event.code,
        "subcode": event.subcode,
        "repeated": event.repeated,
        "note": event.note,
    }


def _input(read: Input) -> dict[str, Any]:
    return {
        "sources": list(read.sources),
        "files": read.files,
        "lines": read.lines,
        "bytes": read.bytes,
        "webhooks": read.webhooks,
        "answers": read.answers,
        "events": read.events,
        "incoming": read.incoming,
        "other": read.other,
        "unreadable": read.unreadable,
        "unreadable_list": [
            {"file": each.file, "line": each.line, "reason": each.reason} for each in read.unreadable_list
        ],
        "fields": [{"name": each.name, "count": each.count, "known": each.known} for each in read.fields],
        "first": iso(read.first),
        "last": iso(read.last),
    }


def _messages(totals: MessageTotals) -> dict[str, Any]:
    return {
        "total": totals.total,
        "delivered": totals.delivered,
        "read": totals.read,
        "failed": totals.failed,
        "undelivered": totals.undelivered,
        "accepted": totals.accepted,
        "conflicting": totals.conflicting,
        "in_flight": totals.in_flight,
        "incoming": totals.incoming,
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "rank": cause.rank,
        "severity": cause.severity.value,
        "title": cause.title,
        "why": cause.why,
        "count": cause.count,
        "share": _share(cause.share),
        "code": cause.code,
        "fixes": [fix(each) for each in cause.fixes],
    }


def _error(error: ErrorTotal) -> dict[str, Any]:
    return {
        "code": error.code,
        "subcode": error.subcode,
        "title": error.title,
        "known": error.known,
        "count": error.count,
        "conflicting": error.conflicting,
        "elsewhere": error.elsewhere,
        "share": _share(error.share),
        "first": iso(error.first),
        "last": iso(error.last),
        "fix": fix(error.fix),
        "fixes": [fix(each) for each in error.fixes],
        "cause": error.cause,
        "retry": error.retry,
        "who": list(error.who),
        "docs_url": error.docs_url,
        "details": list(error.details),
        "concentrations": [
            {
                "kind": each.kind,
                "name": each.name,
                "count": each.count,
                "share": _share(each.share),
                "usual": _share(each.usual),
            }
            for each in error.concentrations
        ],
    }


def _group(group: GroupTotal) -> dict[str, Any]:
    return {
        "code": group.code,
        "name": group.name,
        "total": group.total,
        "delivered": group.delivered,
        "failed": group.failed,
        "undelivered": group.undelivered,
        "accepted": group.accepted,
        "note": group.note,
    }


def _hour(hour: Hour) -> dict[str, Any]:
    return {
        "start": iso(hour.start),
        "total": hour.total,
        "delivered": hour.delivered,
        "failed": hour.failed,
        "undelivered": hour.undelivered,
        "accepted": hour.accepted,
        "failures": hour.failures,
        "codes": {str(code): count for code, count in hour.codes.items()},
    }


def _latency(latency: Latency) -> dict[str, Any]:
    return {
        "count": latency.count,
        "median": latency.median,
        "p90": latency.p90,
        "p99": latency.p99,
        "longest": latency.longest,
        "buckets": [{"upto": each.upto, "label": each.label, "count": each.count} for each in latency.buckets],
    }


def _incident(incident: Incident) -> dict[str, Any]:
    return {
        "kind": incident.kind.value,
        "code": incident.code,
        "title": incident.title,
        "start": iso(incident.start),
        "end": iso(incident.end),
        "ended": incident.ended,
        "count": incident.count,
        "subject": incident.subject,
        "message": incident.message,
        "fix": fix(incident.fix),
    }


def _silent(recipient: SilentRecipient) -> dict[str, Any]:
    return {
        "recipient": recipient.recipient,
        "region": recipient.region,
        "messages": recipient.messages,
        "failed": recipient.failed,
        "undelivered": recipient.undelivered,
        "first": iso(recipient.first),
        "last": iso(recipient.last),
        "codes": list(recipient.codes),
        "why": recipient.why,
        "fix": fix(recipient.fix),
    }


def _account(event: AccountEvent) -> dict[str, Any]:
    return {
        "time": iso(event.time),
        "field": event.field,
        "event": event.event,
        "about": event.about,
        "severity": event.severity.value,
        "meaning": event.meaning,
        "fix": fix(event.fix),
        "failures_before": event.failures_before,
        "failures_after": event.failures_after,
    }


def _health(health: WebhookHealth) -> dict[str, Any]:
    return {
        "timed": health.timed,
        "late": health.late,
        "median_delay": health.median_delay,
        "longest_delay": health.longest_delay,
        "duplicates": health.duplicates,
        "retries": health.retries,
        "unannounced": health.unannounced,
        "out_of_order": health.out_of_order,
        "gaps": [{"start": iso(each.start), "end": iso(each.end)} for each in health.gaps],
        "findings": [_finding(each) for each in health.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {"severity": finding.severity.value, "message": finding.message, "fix": fix(finding.fix)}


def _checklist(checklist: Checklist) -> dict[str, Any]:
    return {
        "about": checklist.about,
        "intro": checklist.intro,
        "items": [
            {"ask": each.ask, "text": each.text, "details": list(each.details), "url": each.url or None}
            for each in checklist.items
        ],
    }


def _share(share: float) -> float:
    # More digits than six say nothing and make two runs differ.
    return round(share, 6)
