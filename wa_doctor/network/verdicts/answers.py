"""What an exchange amounts to: Meta answered, somebody else did, or nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wa_doctor.model import Evidence, Finding, Unverified, error, notice, warning
from wa_doctor.network.connect import named
from wa_doctor.network.exchange import Cut, NotHttp
from wa_doctor.network.meta import Identity, Verdict, identify
from wa_doctor.network.route import RouteClosed, Stage
from wa_doctor.network.verdicts.proxying import judge_way

if TYPE_CHECKING:
    from wa_doctor.network.exchange import Answer
    from wa_doctor.network.proxies import Proxy
    from wa_doctor.network.target import Target
    from wa_doctor.network.visit import Visit

SLOW = 1000.0  # milliseconds for one exchange on an open connection; sending a message is one

_LINK = "Find the broken link: `wa-doctor probe` looks at each from DNS to the answer."
_GO_ROUND = (
    "Log in to the network, or have the host allowed by whoever runs the filter or proxy in between; then try again."
)
_WAIT = "Wait 5 minutes and try again, or let `--wait 5m` do it."
_LIMITS = frozenset({4, 17, 32, 613, 80007})


def judge_visit(visit: Visit, target: Target, proxy: Proxy | None) -> Iterator[Finding]:
    """
    Judge a visit that carried no token.

    Raises:
        Unverified: nobody answered, or nobody who can be recognised.

    """
    if visit.answer is None:
        yield _nobody(visit, target, proxy)
        return
    answer = visit.answer
    identity = identify(answer, target.host)
    evidence = _evidence(visit, answer, identity)
    if identity.verdict is Verdict.REACHED:
        yield from _reached(visit, answer, identity, evidence)
    else:
        yield _somebody(answer, identity, target, evidence)


def _nobody(visit: Visit, target: Target, proxy: Proxy | None) -> Finding:
    host = target.host
    stage, cause = visit.ended, visit.cause
    evidence: Evidence = {"via": visit.via, "address": visit.address, "ended": str(stage)}
    if visit.closed and proxy and stage in (Stage.PROXY_TLS, Stage.PROXY_ANSWER):
        return judge_way(proxy, host, visit.closed)
    if stage is Stage.TLS and visit.handshake:
        said = f"{visit.handshake.failure}{f': {visit.handshake.detail}' if visit.handshake.detail else ''}"
        raise Unverified(f"{host} was not asked, for TLS failed ({said})", fix=_LINK, evidence=evidence)
    if visit.closed:
        raise Unverified(f"{host} was not asked, for {_why(visit.closed)}", fix=_LINK, evidence=evidence)
    if visit.demands_certificate:
        return error(
            f"{host} demands a client certificate, which Meta never does",
            fix="Find out who answers in Meta's place; then go round it.",
            evidence=evidence,
        )
    if isinstance(cause, NotHttp):
        return error(
            f"what answers at {host} does not speak HTTP",
            fix="Correct the base URL, or find out who answers in Meta's place.",
            command=f"curl -v {target.url}",
            evidence={**evidence, "said": str(cause)},
        )
    said = named(cause) if isinstance(cause, OSError) else "no answer"
    fix = "Try again; if it lasts, ask who runs the network: the connection stands, and nothing comes back over it."
    raise Unverified(f"{host} was asked and did not answer ({said})", fix=fix, evidence=evidence)


def _why(closed: RouteClosed) -> str:
    if closed.resolution:
        said = closed.resolution.detail or closed.resolution.silence
        return f"{closed.resolution.host} does not resolve ({said})"
    outcomes = ", ".join(f"{each.address.ip} {each.outcome}" for each in closed.connections)
    return f"{'the proxy' if closed.stage is Stage.PROXY_CONNECT else 'it'} accepts no connection ({outcomes})"


def _evidence(visit: Visit, answer: Answer, identity: Identity) -> Evidence:
    found: dict[str, str | int | float] = {"via": visit.via, "address": visit.address, "status": answer.status}
    if identity.code is not None:
        found["code"] = identity.code
    if identity.fbtrace_id:
        found["fbtrace_id"] = identity.fbtrace_id
    for name in ("x-fb-rev", "x-fb-trace-id", "debug-link", "server", "via", "location", "content-type"):
        if answer.headers.get(name):
            found[name] = answer.headers[name]
    if quality := re.search(r"\brtt=(\d+)", answer.headers.get("x-fb-connection-quality", "")):
        found["meta_rtt_ms"] = int(quality[1])
    if visit.timings:
        found["median_ms"] = round(visit.timings.median, 1)
        found["samples"] = len(visit.timings.samples)
    found["because"] = "; ".join(identity.reasons)
    return found


def _reached(visit: Visit, answer: Answer, identity: Identity, evidence: Evidence) -> Iterator[Finding]:
    code = f", code {identity.code}" if identity.code is not None else ""
    through = f" through {visit.via}" if visit.via != "direct" else ""
    yield notice(f"Meta answered{through} (HTTP {answer.status}{code})", evidence=evidence)
    if identity.product:
        yield notice(f"{identity.product} passes the answer on and adds its name", subject=identity.product)
    if answer.status >= 500:
        yield warning(
            f"Meta answers HTTP {answer.status}{code}: the service is down, overloaded or being updated, which can last"
            " up to 5 minutes",
            fix=_WAIT,
            command="wa-doctor check --wait 5m",
            url="https://metastatus.com/whatsapp-business-api",
            evidence=evidence,
        )
    elif answer.status == 429 or identity.code in _LIMITS:
        yield warning(
            f"Meta limits the rate of calls from here (HTTP {answer.status}{code})",
            fix="Let fewer calls come from this address, and wait before the next.",
            evidence=evidence,
        )
    if visit.timings and visit.timings.median > SLOW:
        yield warning(
            f"an answer takes {visit.timings.median:.0f} ms on an open connection, so sending a message takes longer",
            fix="Run the caller nearer to Meta, and keep connections open between calls."
            if visit.via == "direct"
            else f"Have the host exempted from the proxy {visit.via}, if `wa-doctor probe` finds the time there.",
            command="wa-doctor probe",
            evidence=evidence,
        )


def _somebody(answer: Answer, identity: Identity, target: Target, evidence: Evidence) -> Finding:
    host = target.host
    by = f" by {identity.product}" if identity.product else ""
    because = "; ".join(identity.reasons)
    if b"SSL certificate was sent" in answer.body:
        return error(
            f"{host} demands a client certificate (HTTP {answer.status}), which Meta never does",
            fix="Find out who answers in Meta's place; then go round it.",
            evidence=evidence,
        )
    if answer.status == 407:
        return error(
            f"a proxy demands credentials before {host} can be asked{by}: HTTP 407",
            fix="Write them into the proxy variable as http://USER:PASSWORD@HOST:PORT.",
            evidence=evidence,
        )
    if answer.status >= 500 and answer.status != 511:
        raise Unverified(
            f"somebody answered HTTP {answer.status} in the place of {host}{by}, and it is not the Graph API",
            fix=_WAIT,
            command="wa-doctor check --wait 5m",
            evidence=evidence,
        )
    if answer.status == 429:
        raise Unverified(
            f"somebody limits the rate of calls before they reach {host}{by} (HTTP 429)",
            fix="Wait and try again; ask who runs the gateway or proxy in between.",
            evidence=evidence,
        )
    if identity.verdict in (Verdict.PORTAL, Verdict.PROXY):
        return error(
            f"{identity.verdict} answers in the place of {host}{by}: {because}",
            fix=_GO_ROUND,
            command=f"curl -v {target.url}",
            subject=identity.product,
            evidence=evidence,
        )
    if answer.cut is Cut.SIZE:
        because = f"HTTP {answer.status} with more than 256 KiB, which the Graph API does not send"
    elif answer.cut:
        because = f"HTTP {answer.status}, and the answer did not come to its end ({answer.cut})"
    raise Unverified(
        f"what answered for {host} cannot be recognised as Meta{by}: {because}",
        fix="Try again; if it lasts, find out what stands between this machine and Meta.",
        command=f"curl -v {target.url}",
        evidence=evidence,
    )
