"""What Meta's headers say about the two sides agreeing: on the time, and on the version of the API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from wa_doctor.knowledge import versions
from wa_doctor.model import Evidence, Finding, Unverified, error, notice, warning
from wa_doctor.network.meta import skew
from wa_doctor.redact import plain

if TYPE_CHECKING:
    from wa_doctor.network.exchange import Answer

# TLS certificates, signed proofs and media URLs (300 s) are only good for a time.
TOLERATED = timedelta(seconds=30)
BREAKING = timedelta(seconds=300)


def judge_clock(answer: Answer) -> Iterator[Finding]:
    """
    Compare the local clock with the `Date` of the answer.

    Raises:
        Unverified: the answer has none.

    """
    ahead = skew(answer)
    if ahead is None:
        raise Unverified(
            "the answer has no Date header to compare the clock with",
            fix="Find out which proxy removes it; Meta always sends one.",
        )
    seconds = ahead.total_seconds()
    evidence: Evidence = {
        "date": answer.headers.get("date", ""),
        "local": f"{answer.asked:%Y-%m-%d %H:%M:%S} UTC",
        "ahead_seconds": round(seconds, 1),
    }
    said = f"the clock of this machine is {_span(abs(seconds))} {'ahead of' if seconds > 0 else 'behind'} Meta's"
    fix = "Set the clock by a time server, and the clock of the host if this is a container or virtual machine."
    if abs(ahead) > BREAKING:
        yield error(
            f"{said}: certificates, signatures and media URLs are judged by the wrong time",
            fix=fix,
            command="timedatectl set-ntp true",
            evidence=evidence,
        )
    elif abs(ahead) > TOLERATED:
        yield warning(said, fix=fix, command="timedatectl set-ntp true", evidence=evidence)
    else:
        yield notice(f"within {max(1, round(abs(seconds)))} s of Meta's", evidence=evidence)


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def judge_version(answer: Answer, asked: str) -> Iterator[Finding]:
    """
    Compare the version asked for with the one that answered.

    Raises:
        Unverified: the answer does not say which version it is.

    """
    answered = plain(answer.headers.get("facebook-api-version", ""), 20)
    note = plain(answer.headers.get("x-ad-api-version-warning", ""), 300)
    page = "https://developers.facebook.com/docs/graph-api/changelog/versions"
    evidence: Evidence = {"asked": asked, "answered": answered} | ({"warning": note} if note else {})
    try:
        have = versions.parse(answered)
    except ValueError:
        raise Unverified(
            "the answer does not say which version of the API it is",
            fix="Find out which proxy or gateway removes the header facebook-api-version; Meta always sends it.",
            evidence=evidence,
        ) from None
    try:
        want = versions.parse(asked)
    except ValueError:
        want = None
    quoted = f'; Meta says "{note}"' if note else ""
    fix = f"Move to {answered} or newer on purpose: read its changelog, then pin it in your code and WA_API_VERSION."
    if want is None:
        what = f"{asked} is no version of the API" if asked else "no version was asked for"
        yield notice(f"{what}, and {answered} answered", evidence=evidence)
    elif have > want:
        yield warning(
            f"{asked} was asked for and {answered} answered, a silent upgrade{quoted}",
            fix=fix,
            url=page,
            evidence=evidence,
        )
    elif have < want:
        yield warning(
            f"{asked} was asked for and the older {answered} answered{quoted}",
            fix=f"Pin a version that Meta has released, {answered} for example, in your code and in WA_API_VERSION.",
            url=page,
            evidence=evidence,
        )
    elif note:
        yield warning(f"{asked} answered, and is about to end{quoted}", fix=fix, url=page, evidence=evidence)
    else:
        yield notice(f"{answered} answered", evidence=evidence)
