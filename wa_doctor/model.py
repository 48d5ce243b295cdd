"""
What a check says and what a run amounts to: plain frozen data, standard library only.

This is the border: text that comes from outside is made plain when a `Finding` or a `Result` is built,
so that nothing behind it has to think about escape sequences, markup or secrets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING

from wa_doctor.redact import plain

if TYPE_CHECKING:
    from datetime import datetime

    from wa_doctor.endpoint.steps import Examined
    from wa_doctor.graph.description import TokenDescription
    from wa_doctor.network.timings import Timings
    from wa_doctor.platform.board import Board

_Scalar = str | int | float | bool | None
Evidence = Mapping[str, _Scalar | tuple[str, ...]]


class Severity(StrEnum):
    """How bad one finding is; the words are the ones GitHub uses for annotations."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Status(StrEnum):
    """What became of one check."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"
    UNKNOWN = "unknown"
    CRASH = "crash"


@dataclass(frozen=True, slots=True)
class Fix:
    """Something to do: a sentence with the menu path, the command if one does it, a link."""

    text: str
    command: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        for name in ("text", "command", "url"):
            object.__setattr__(self, name, plain(getattr(self, name), 1200))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check says. `subject` is what it is about: a scope, an id, an address."""

    severity: Severity
    message: str
    fix: Fix | None = None
    subject: str = ""
    evidence: Evidence = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", plain(self.message))
        object.__setattr__(self, "subject", plain(self.subject, 200))
        object.__setattr__(self, "evidence", {key: _plain_value(value) for key, value in self.evidence.items()})


def _plain_value(value: _Scalar | Iterable[str]) -> _Scalar | tuple[str, ...]:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return plain(value)
    return tuple(plain(each) for each in value)


def notice(
    message: str,
    *,
    fix: str = "",
    command: str = "",
    url: str = "",
    subject: str = "",
    evidence: Evidence | None = None,
) -> Finding:
    """Say something worth knowing that is no problem; the check still passes."""
    return _finding(Severity.NOTICE, message, fix, command, url, subject, evidence)


def warning(
    message: str,
    *,
    fix: str,
    command: str = "",
    url: str = "",
    subject: str = "",
    evidence: Evidence | None = None,
) -> Finding:
    """Say something that works today and will not for long, or may not for everyone."""
    return _finding(Severity.WARNING, message, fix, command, url, subject, evidence)


def error(
    message: str,
    *,
    fix: str,
    command: str = "",
    url: str = "",
    subject: str = "",
    evidence: Evidence | None = None,
) -> Finding:
    """Say that something is broken. There is no error without something to do about it."""
    return _finding(Severity.ERROR, message, fix, command, url, subject, evidence)


def _finding(
    severity: Severity,
    message: str,
    fix: str,
    command: str,
    url: str,
    subject: str,
    evidence: Evidence | None,
) -> Finding:
    sentence = message[:-1] if message.endswith(".") and not message.endswith("..") else message
    return Finding(severity, sentence, Fix(fix, command, url) if fix else None, subject, evidence or {})


class Skip(Exception):
    """
    Raised by a check that does not apply, was not asked for, or only shows the trouble of another.

    The argument is the reason, `caused_by` the id of the check whose trouble it is.
    """

    def __init__(self, reason: str, *, caused_by: str = "") -> None:
        super().__init__(reason)
        self.caused_by = caused_by


class Unverified(Exception):
    """
    Raised where nobody said anything that can be trusted: a network fault, a 5xx, a rate limit.

    It makes a check `unknown`, never `fail`: unreachable is not invalid.
    """

    def __init__(
        self,
        reason: str,
        *,
        fix: str = "",
        command: str = "",
        url: str = "",
        evidence: Evidence | None = None,
    ) -> None:
        super().__init__(reason)
        self.finding = _finding(Severity.WARNING, reason, fix, command, url, "", evidence)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one check. `caused_by` is the id of the check whose trouble made this one skip."""

    check: str
    family: str
    summary: str
    status: Status
    reason: str = ""
    caused_by: str = ""
    duration_ms: int = 0
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", plain(self.reason))

    @property
    def worst(self) -> Finding | None:
        """The most severe finding, the first of them if there are several."""
        order = (Severity.ERROR, Severity.WARNING, Severity.NOTICE)
        return min(self.findings, key=lambda finding: order.index(finding.severity), default=None)


@dataclass(frozen=True, slots=True)
class Input:
    """A value the run used and where it came from; `shown` never holds a secret."""

    name: str
    shown: str
    source: str

    def __post_init__(self) -> None:
        for name in ("name", "shown", "source"):
            object.__setattr__(self, name, plain(getattr(self, name), 300))


@dataclass(frozen=True, slots=True)
class Target:
    """What the run looked at."""

    base_url: str = ""
    api_version: str = ""
    phone_number_id: str = ""
    waba_id: str = ""
    app_id: str = ""
    profile: str = ""
    sandbox: str = ""

    def __post_init__(self) -> None:
        for field_ in fields(self):
            object.__setattr__(self, field_.name, plain(getattr(self, field_.name), 200))


@dataclass(frozen=True, slots=True)
class Summary:
    """How many checks ended how, the exit code, and what to do first."""

    counts: Mapping[Status, int]
    exit_code: int
    first_step: Fix | None
    first_check: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One run, complete: every format is written from this and from nothing else."""

    command: str
    version: str
    started: datetime
    duration_ms: int
    target: Target
    summary: Summary
    results: tuple[Result, ...]
    inputs: tuple[Input, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    overrides: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    token: TokenDescription | None = None
    timings: Timings | None = None
    platform: Board | None = None
    endpoint: Examined | None = None


def exit_code(results: Iterable[Result], fail_on: Severity = Severity.ERROR) -> int:
    """
    Compute the exit code of a run, the same for every format.

    0: nothing at or above `fail_on`; 1: at least one problem; 3: no problem, but something could not be
    verified, or nothing ran at all.
    """
    statuses = [result.status for result in results]
    if Status.FAIL in statuses or (fail_on is Severity.WARNING and Status.WARN in statuses):
        return 1
    if Status.UNKNOWN in statuses or Status.CRASH in statuses:
        return 3
    if not any(status in (Status.PASS, Status.WARN) for status in statuses):
        return 3
    return 0


def summarise(results: tuple[Result, ...], fail_on: Severity = Severity.ERROR) -> Summary:
    """Count, decide the exit code, and pick the fix that comes first: that of the earliest root cause."""
    counts = {status: sum(result.status is status for result in results) for status in Status}
    for wanted in (Status.FAIL, Status.UNKNOWN, Status.CRASH, Status.WARN):
        for result in results:
            if result.status is wanted and result.worst and result.worst.fix:
                return Summary(counts, exit_code(results, fail_on), result.worst.fix, result.check)
    return Summary(counts, exit_code(results, fail_on), None)
