"""What looking the host of an endpoint up and connecting to it amount to, seen from here and thought from Meta."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wa_doctor.endpoint.meta_words import for_curl
from wa_doctor.model import Evidence, Finding, Unverified, error, notice, warning
from wa_doctor.network.connect import Outcome
from wa_doctor.network.resolve import Kind, Silence

if TYPE_CHECKING:
    from wa_doctor.endpoint.callback import Callback
    from wa_doctor.network.connect import Connection
    from wa_doctor.network.resolve import Answer, Resolution

_PUBLISH = (
    "Give the endpoint a public address, or a tunnel to it; if only your own network resolves the name so, run this"
    " from outside. With --local the address is no problem."
)
_DEFINITE = (Silence.NO_SUCH_HOST, Silence.NO_ADDRESS)


def judge_resolution(callback: Callback, resolution: Resolution, *, local: bool, proxy: str) -> Iterator[Finding]:
    """
    Judge a lookup. `proxy` is the one clients on this machine go through, which may be why nothing resolves here.

    Raises:
        Unverified: no name server said anything definite.

    """
    host = callback.host
    evidence: Evidence = {each.family: _answered(each) for each in resolution.answers}
    if resolution.silence:
        said = str(resolution.silence)
        if resolution.silence in (*_DEFINITE, Silence.INVALID) and not proxy:
            yield error(
                f"{host} cannot be looked up ({said}), so nobody reaches it",
                fix="Correct the host name, or publish an A or AAAA record for it.",
                command=f"nslookup {host} 1.1.1.1",
                subject=host,
                evidence={**evidence, **for_curl(6)},
            )
            return
        behind = f"; this machine goes out through {proxy}, and Meta does not" if proxy else ""
        raise Unverified(
            f"{host} could not be looked up from here ({said}){behind}",
            fix="Try again, or run this from a machine with a working name server.",
            command=f"nslookup {host} 1.1.1.1",
            evidence=evidence,
        )
    odd = [each for each in resolution.addresses if each.kind is not Kind.PUBLIC]
    shown = ", ".join(f"{each.ip} ({each.kind})" for each in odd)
    if odd and local:
        yield notice(f"{shown}, which --local lets pass", evidence=evidence)
    elif odd:
        literal = resolution.ms is None
        yield error(
            f"{shown} is no address that Meta can reach" if literal else f"{host} leads to {shown}, and Meta not there",
            fix=_PUBLISH,
            command="" if literal else f"nslookup {host} 1.1.1.1",
            subject=odd[0].ip,
            evidence={**evidence, **for_curl(7)},
        )
    if len(odd) < len(resolution.addresses):
        public = (each.ip for each in resolution.addresses if each.kind is Kind.PUBLIC)
        yield notice(", ".join(public), evidence=evidence)


def _answered(answer: Answer) -> str:
    said = ", ".join(each.ip for each in answer.addresses)
    return said or f"{answer.silence}{f' ({answer.detail})' if answer.detail else ''}"


def judge_connections(callback: Callback, connections: Sequence[Connection], *, proxy: str) -> Iterator[Finding]:
    """
    Judge the attempts to connect. What is silent here may still let Meta in: firewalls know its networks.

    Raises:
        Unverified: no address answered, and none said no.

    """
    alive = [each for each in connections if each.outcome is Outcome.CONNECTED]
    evidence: Evidence = {
        each.address.ip: f"{each.outcome} after {each.ms:.0f} ms{f' ({each.detail})' if each.detail else ''}"
        for each in connections
    }
    where = f"{callback.host} on port {callback.port}"
    if alive:
        yield notice(", ".join(f"{each.address.family} in {each.ms:.0f} ms" for each in alive[:4]), evidence=evidence)
        yield from _partly(connections, {each.address.family for each in alive}, evidence)
        return
    said = {each.outcome for each in connections} - {Outcome.UNREACHABLE}
    if said == {Outcome.REFUSED} and not proxy:
        yield error(
            f"{where} refuses every connection (ECONNREFUSED)",
            fix="Start the server, and have it or its load balancer listen on this port on all addresses.",
            command=f"curl -v {callback.shown}",
            evidence={**evidence, **for_curl(7)},
        )
        return
    behind = f"; this machine goes out through {proxy}, and this test does not" if proxy else ""
    outcomes = ", ".join(sorted({str(each.outcome) for each in connections}))
    raise Unverified(
        f"{where} cannot be reached from here ({outcomes}){behind}",
        fix=(
            "Run this from a machine on the open internet; if the firewall lets only Meta's networks in, allow this"
            " machine as well for the test."
        ),
        command=f"curl -v --connect-timeout 10 {callback.shown}",
        evidence=evidence,
    )


def _partly(connections: Sequence[Connection], working: set[str], evidence: Evidence) -> Iterator[Finding]:
    for each in connections:
        if each.outcome is Outcome.CONNECTED:
            continue
        ip, family = each.address.ip, each.address.family
        if each.outcome is Outcome.UNREACHABLE and family not in working:
            yield notice(f"{ip} was not tested: this machine has no {family}", subject=ip, evidence=evidence)
            continue
        record = "AAAA" if family == "IPv6" else "A"
        yield warning(
            f"{ip} accepts no connection ({each.outcome}), and Meta may choose it",
            fix=f"Have the server answer at {ip} too, or take the {record} record away.",
            command=f"curl -v --connect-timeout 10 https://{f'[{ip}]' if family == 'IPv6' else ip}/",
            subject=ip,
            evidence={**evidence, **for_curl(28 if each.outcome is Outcome.TIMED_OUT else 7)},
        )
