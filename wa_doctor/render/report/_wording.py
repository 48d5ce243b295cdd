"""What several formats say in the same words: the verdict, the counts, reasons, spans of time, what Meta says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wa_doctor.model import Finding, Fix, Report, Result, Severity, Status, Summary

if TYPE_CHECKING:
    from wa_doctor.graph.description import TokenDescription
    from wa_doctor.network.timings import Timings

PROBLEMS = (Status.WARN, Status.FAIL, Status.UNKNOWN, Status.CRASH)
SCOPES = ("whatsapp_business_management", "whatsapp_business_messaging")
TOKEN_INPUT = "access token"

_TITLES = {"config": "Configuration", "api": "API"}


def title(family: str) -> str:
    """Return the heading of a family of checks."""
    return _TITLES.get(family, family.capitalize())


def concerns(result: Result) -> tuple[Finding, ...]:
    """Return the findings that are more than a notice."""
    return tuple(each for each in result.findings if each.severity is not Severity.NOTICE)


def reason(result: Result) -> str:
    """Say why a check has no verdict, or only half of one; empty where it has."""
    if result.status is Status.CRASH:
        return result.reason or "this is a bug in wa-doctor: the check broke"
    if result.status is Status.UNKNOWN:
        return result.reason or "it could not be verified"
    if result.status is Status.SKIP:
        fallback = f"needs {result.caused_by}" if result.caused_by else "does not apply"
        return f"not checked: {result.reason or fallback}"
    return f"the rest could not be verified: {result.reason}" if result.reason else ""


def remainder(result: Result) -> str:
    """Return the reason of a check if none of its findings says the same."""
    return "" if result.reason in (each.message for each in result.findings) else reason(result)


def tally(summary: Summary) -> Iterator[tuple[Status, str]]:
    """Yield how many checks ended how, in words, the worst first; a status nobody has is left out."""
    counts = summary.counts
    for status, one, many in (
        (Status.FAIL, "problem", "problems"),
        (Status.UNKNOWN, "not verified", "not verified"),
        (Status.CRASH, "crashed", "crashed"),
        (Status.WARN, "warning", "warnings"),
        (Status.PASS, "passed", "passed"),
        (Status.SKIP, "not checked", "not checked"),
    ):
        if count := counts.get(status, 0):
            yield status, f"{count} {one if count == 1 else many}"


def verdict(summary: Summary) -> str:
    """Say in a few words what the run found, for a heading."""
    found = [text for status, text in tally(summary) if status in PROBLEMS]
    if found:
        return ", ".join(found)
    return "no problems" if summary.counts.get(Status.PASS, 0) else "nothing was checked"


def token_source(report: Report) -> str:
    """Say where the access token came from; empty where there is none."""
    if report.token is not None:
        return report.token.source
    return next((each.source for each in report.inputs if each.name == TOKEN_INPUT), "")


def looked_at(report: Report) -> str:
    """Name what the run looked at: the host of the API and its version, or the page or URL the command is about."""
    target = report.target
    if report.endpoint is not None and not target.base_url:
        return report.endpoint.url
    if report.platform is not None and not target.base_url:
        return _host(report.platform.url)
    return f"{_host(target.base_url)} {target.api_version}".strip()


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc or url
    except ValueError:
        return url


def sentence(fix: Fix) -> str:
    """Return the text of a fix as it reads after a colon: `Generate ...` becomes `generate ...`."""
    first, rest = fix.text[:1], fix.text[1:]
    return first.lower() + rest if rest[:1].islower() else fix.text


def span(milliseconds: float) -> str:
    """Write a duration for people: `84 ms`, `0.9 s`, `2 min 5 s`."""
    if milliseconds < 100:
        return f"{milliseconds:.0f} ms"
    if milliseconds < 59_950:
        return f"{milliseconds / 1000:.1f} s"
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    return f"{minutes} min {seconds} s"


def utc(moment: datetime) -> str:
    """Write a moment for programs: ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def when(moment: datetime, now: datetime) -> str:
    """Write a moment for people, with how far it is from `now`."""
    seconds = (moment - now).total_seconds()
    for unit, length in (("year", 2 * 365 * 86_400), ("day", 86_400), ("hour", 3600), ("minute", 60)):
        if abs(seconds) >= length:
            count = int(abs(seconds) // (length / 2 if unit == "year" else length))
            distance = f"{count} {unit}{'' if count == 1 else 's'}"
            break
    else:
        distance = "less than a minute"
    aside = f"in {distance}" if seconds > 0 else f"{distance} ago"
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC ({aside})"


def token_rows(token: TokenDescription, now: datetime) -> Iterator[tuple[str, str, Status | None]]:
    """
    Yield what Meta says about a token: a label, a value, and the status whose mark stands before it, if any.

    A label that is empty belongs to the row above. What nobody said is written as unknown, never as missing.
    """
    word, status = {
        True: ("accepted", Status.PASS),
        False: ("rejected", Status.FAIL),
        None: ("not known", Status.UNKNOWN),
    }[token.valid]
    yield "verdict", f"{word}: {token.refused}" if token.refused else word, status
    yield "asked by", token.introspected_by or "nobody was allowed to introspect it", None
    yield "kind", token.kind or "not known", None
    yield "app", _named(token.application, token.app_id), None
    yield "user id", token.user_id or "not known", None
    yield "issued", when(token.issued_at, now) if token.issued_at else "not known", None
    yield "expires", _end(token.expires_at, token.never_expires, now), None
    yield "data access ends", _end(token.data_access_expires_at, token.data_access_never_ends, now), None
    label = "scopes"
    for scope in SCOPES:
        granted = scope in token.scopes
        if granted:
            yield label, scope, Status.PASS
        elif token.scopes or token.kind:
            yield label, f"{scope} is missing", Status.FAIL
        else:
            yield label, f"{scope}: not known", Status.UNKNOWN
        label = ""
    if others := [each for each in token.scopes if each not in SCOPES]:
        yield "", ", ".join(others), None
    label = "granted for"
    for scope, targets in token.granular_scopes:
        yield label, f"{scope}: {'every asset' if targets is None else ', '.join(targets) or 'no asset'}", None
        label = ""
    label = "proof"
    for what, outcome in token.functional:
        yield label, f"{what}: {outcome}", _proved(outcome)
        label = ""
    yield "fingerprint", f"SHA-256 {token.fingerprint}", None
    yield "from", token.source, None


def _named(name: str, id: str) -> str:
    return (f"{name} ({id})" if name and id else name or id) or "not known"


def _end(moment: datetime | None, never: bool, now: datetime) -> str:
    if never:
        return "never"
    return when(moment, now) if moment else "not known"


def _proved(outcome: str) -> Status:
    word = outcome.partition(":")[0].strip()
    return {"ok": Status.PASS, "refused": Status.FAIL}.get(word, Status.UNKNOWN)


def stage_label(name: str) -> str:
    """Return the name of a stage of an exchange as people write it."""
    return {"dns": "DNS", "tls": "TLS"}.get(name, name)


def stage_names(ways: Sequence[Timings]) -> tuple[str, ...]:
    """Return the stages that happened in any of the exchanges, in order."""
    happened = {stage.name for each in ways for stage in each.stages}
    return tuple(name for name in ("dns", "connect", "tunnel", "tls", "server", "transfer") if name in happened)


def routes(timings: Timings) -> tuple[Timings, ...]:
    """Return the exchange and, where it was measured as well, the other way."""
    return (timings, timings.other) if timings.other else (timings,)


def figure(milliseconds: float) -> str:
    """Write a time on the network, to the millisecond."""
    return f"{milliseconds:.1f} ms" if milliseconds < 9.95 else f"{milliseconds:,.0f} ms"


def way(timings: Timings) -> str:
    """Name the way an exchange went in a word."""
    return "direct" if timings.via == "direct" else "proxied"


def route(timings: Timings) -> str:
    """Say which way an exchange went and where to."""
    to = f" to {timings.address}" if timings.address else ""
    return f"direct{to}" if timings.via == "direct" else f"through the proxy {timings.via}{to}"


def samples(timings: Timings) -> str:
    """Say what the samples took; empty where there are none."""
    count = len(timings.samples)
    if not count:
        return ""
    if count == 1:
        return f"1 sample: {figure(timings.median)}"
    return (
        f"{count} samples on one connection: min {figure(timings.minimum)}, "
        f"median {figure(timings.median)}, max {figure(timings.maximum)}"
    )
