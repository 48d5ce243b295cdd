"""What the test of an endpoint comes to: its steps in order, and what each address did."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wa_doctor.model import Finding, Severity, Status, Unverified


@dataclass(frozen=True, slots=True)
class Step:
    """
    One step: what is true when it passes, what became of it, and what was seen.

    `ms` is the time of its exchange from request to the end of the answer, `address` whom it was with.
    """

    name: str
    title: str
    status: Status
    said: str = ""
    findings: tuple[Finding, ...] = ()
    ms: float | None = None
    address: str = ""

    @property
    def meta_says(self) -> str:
        """What Meta would say; empty where it would be content, or says nothing."""
        return next((str(each.evidence["meta_says"]) for each in self.findings if "meta_says" in each.evidence), "")


@dataclass(frozen=True, slots=True)
class AddressSeen:
    """
    What one address did. Times are milliseconds, None where it did not get so far.

    `outcome` is that of connecting, `trusted_by` names the stores that its certificate verified against.
    """

    ip: str
    family: str
    kind: str
    outcome: str
    connect_ms: float | None = None
    tls_ms: float | None = None
    protocol: str = ""
    issuer: str = ""
    trusted_by: tuple[str, ...] = ()
    answer_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """The whole test. `url` is without its query, `answers_ms` the time of every answer in order."""

    url: str
    local: bool
    posted: bool
    mutual_tls: bool
    steps: tuple[Step, ...]
    addresses: tuple[AddressSeen, ...] = ()
    answers_ms: tuple[float, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What all steps say but those that came to no verdict."""
        return tuple(finding for each in self.steps if each.status is not Status.UNKNOWN for finding in each.findings)

    @property
    def unverified(self) -> tuple[Finding, ...]:
        """Why steps came to no verdict, once each."""
        found = (finding for each in self.steps if each.status is Status.UNKNOWN for finding in each.findings)
        return tuple({finding.message: finding for finding in found}.values())

    @property
    def median_ms(self) -> float | None:
        """The time of the answer in the middle."""
        return statistics.median(self.answers_ms) if self.answers_ms else None


def taken(
    name: str, title: str, findings: Iterable[Finding], *, said: str = "", ms: float | None = None, address: str = ""
) -> Step:
    """Make a step of what it found; it passes if that is nothing worse than a notice, and says what the notices say."""
    found = tuple(findings)
    worst = {each.severity for each in found}
    status = Status.FAIL if Severity.ERROR in worst else Status.WARN if Severity.WARNING in worst else Status.PASS
    noticed = "; ".join(each.message for each in found if each.severity is Severity.NOTICE)
    return Step(name, title, status, said or noticed, found, ms, address)


def decided(
    name: str,
    title: str,
    judge: Callable[[], Iterable[Finding]],
    *,
    said: str = "",
    ms: float | None = None,
    address: str = "",
) -> Step:
    """Make a step of what `judge` says; where that is `Unverified`, one without a verdict."""
    try:
        return taken(name, title, judge(), said=said, ms=ms, address=address)
    except Unverified as exc:
        return undecided(name, title, exc.finding, address=address)


def left_out(name: str, title: str, reason: str) -> Step:
    """Make a step that was not taken, and say why."""
    return Step(name, title, Status.SKIP, reason)


def undecided(name: str, title: str, finding: Finding, *, address: str = "") -> Step:
    """Make a step that came to no verdict."""
    return Step(name, title, Status.UNKNOWN, "", (finding,), address=address)
