"""What a proxy amounts to: whether it can be used, and whether it lets us through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from wa_doctor.model import Evidence, Finding, Severity, Unverified, error, notice
from wa_doctor.network.connect import named
from wa_doctor.network.exchange import NotHttp
from wa_doctor.network.proxies import SocksUnsupported
from wa_doctor.network.route import Stage
from wa_doctor.network.tls import Failure, failure_of

if TYPE_CHECKING:
    from wa_doctor.network.exchange import Answer
    from wa_doctor.network.proxies import InvalidProxy, Proxy
    from wa_doctor.network.route import RouteClosed

_FORM = "http://USER:PASSWORD@HOST:PORT"


def invalid(problem: InvalidProxy) -> Finding:
    """Say that a proxy setting is none."""
    return error(
        f"no client can use this proxy: {problem}",
        fix=f"Write {problem.source} as {_FORM}, with % codes for special characters in the password, or unset it.",
        subject=problem.source,
    )


def past(proxy: Proxy, findings: Iterator[Finding]) -> Iterator[Finding]:
    """Turn what is wrong past the proxy into notices: clients go through it and do not meet these troubles."""
    aside = f"past the proxy {proxy.shown}, which does this for us: "
    try:
        for each in findings:
            if each.severity is Severity.NOTICE:
                yield each
            else:
                yield replace(each, severity=Severity.NOTICE, message=aside + each.message, fix=None)
    except Unverified as exc:
        yield notice(aside + exc.finding.message, evidence=exc.finding.evidence)


def judge_way(proxy: Proxy, host: str, closed: RouteClosed) -> Finding:
    """
    Judge why a proxy did not let us through to `host`; for the stages that end at the proxy.

    Raises:
        Unverified: the proxy was silent or in trouble itself.

    """
    evidence: Evidence = {"proxy": proxy.shown, "set in": proxy.source}
    if closed.refusal:
        return _refused(proxy, host, closed.refusal, evidence)
    cause = closed.cause
    if isinstance(cause, SocksUnsupported):
        raise Unverified(
            f"{proxy.shown} (from {proxy.source}) is a SOCKS proxy, and wa-doctor speaks to HTTP proxies only",
            fix=f"Set HTTPS_PROXY to an HTTP proxy for this run, or add {host} to NO_PROXY.",
            evidence=evidence,
        )
    if isinstance(cause, NotHttp):
        return error(
            f"what answers at {proxy.shown} (from {proxy.source}) is no HTTP proxy",
            fix=f"Correct host and port in {proxy.source}, or unset it.",
            subject=proxy.shown,
            evidence={**evidence, "said": str(cause)},
        )
    if isinstance(cause, OSError):
        failure = failure_of(cause) if closed.stage is Stage.PROXY_TLS else None
        if failure is Failure.NOT_TLS:
            return error(
                f"the proxy {proxy.shown} does not speak TLS itself",
                fix=f"Write {proxy.source} with http:// in front: it is the way to the proxy, not to Meta.",
                subject=proxy.shown,
                evidence=evidence,
            )
        if failure and failure.of_trust:
            return error(
                f"the certificate of the proxy {proxy.shown} is not trusted ({failure})",
                fix="Put the root certificate of the proxy into the system store.",
                subject=proxy.shown,
                evidence={**evidence, "said": str(cause)},
            )
        raise Unverified(
            f"the proxy {proxy.shown} broke off while it was asked for a way to {host} ({named(cause)})",
            fix="Try again; if it lasts, ask who runs the proxy.",
            command=_prove(host),
            evidence=evidence,
        )
    raise Unverified(
        f"the proxy {proxy.shown} did not let us through", fix="Ask who runs the proxy.", evidence=evidence
    )


def _refused(proxy: Proxy, host: str, refusal: Answer, evidence: Evidence) -> Finding:
    said = f"HTTP {refusal.status} {refusal.reason}".strip()
    evidence = {
        **evidence,
        "answer": said,
        **{name: refusal.headers[name] for name in ("proxy-authenticate", "server", "via") if name in refusal.headers},
    }
    if refusal.status in (401, 407):  # tinyproxy answers wrong credentials with 401
        scheme = refusal.headers.get("proxy-authenticate", "").partition(" ")[0] or "unknown"
        wrong = "does not accept the credentials it was given" if proxy.authorization else "demands credentials"
        more = "" if scheme.lower() in ("basic", "unknown") else f" (it wants {scheme}, which few clients can do)"
        return error(
            f"the proxy {proxy.shown} {wrong}: {said}{more}",
            fix=f"Write them into {proxy.source} as {_FORM}, or have {host} exempted from authentication.",
            command=_prove(host),
            subject=proxy.shown,
            evidence=evidence,
        )
    if refusal.status >= 500 and refusal.status != 511:
        raise Unverified(
            f"the proxy {proxy.shown} cannot reach {host}: {said}",
            fix="Try again; if it lasts, ask who runs the proxy: it does not resolve or reach this host.",
            command=_prove(host),
            evidence=evidence,
        )
    return error(
        f"the proxy {proxy.shown} refuses the way to {host}: {said}",
        fix=f"Have {host}:443 allowed at the proxy for CONNECT.",
        command=_prove(host),
        subject=proxy.shown,
        evidence=evidence,
    )


def _prove(host: str) -> str:
    return f"curl -v https://{host}/"
