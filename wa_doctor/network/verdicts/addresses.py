"""What attempts to connect amount to: every address answers, some do not, or none does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wa_doctor.model import Evidence, Finding, Unverified, error, notice, warning
from wa_doctor.network.connect import Outcome

if TYPE_CHECKING:
    from wa_doctor.network.connect import Connection

_IPV6_FIX = (
    "Repair the IPv6 route of this machine, or make it prefer IPv4 (in /etc/gai.conf: `precedence ::ffff:0:0/96"
    " 100`); for Node set NODE_OPTIONS=--network-family-autoselection-attempt-timeout=1000."
)


def judge_connections(name: str, port: int, connections: Sequence[Connection]) -> Iterator[Finding]:
    """
    Judge the attempts to connect to all addresses of one host or proxy.

    Raises:
        Unverified: none answered, and none said no either.

    """
    alive = [each for each in connections if each.outcome is Outcome.CONNECTED]
    dead = [each for each in connections if each.outcome is not Outcome.CONNECTED]
    evidence = _evidence(connections)
    if not alive:
        yield _none(name, port, dead, evidence)
        return
    fastest = min(each.ms for each in alive)
    count = "1 address" if len(alive) == 1 else f"{len(alive)} addresses"
    yield notice(f"{count} in {fastest:.0f} ms", subject=name, evidence=evidence)
    for family in ("IPv4", "IPv6"):
        for outcome in Outcome:
            same = [each for each in dead if each.outcome is outcome and each.address.family == family]
            if same:
                yield _partly(family, outcome, same, alive, evidence)


def _evidence(connections: Sequence[Connection]) -> Evidence:
    return {
        each.address.ip: f"{each.outcome} after {each.ms:.0f} ms{f' ({each.detail})' if each.detail else ''}"
        for each in connections
    }


def _none(name: str, port: int, dead: Sequence[Connection], evidence: Evidence) -> Finding:
    outcomes = {each.outcome for each in dead}
    prove = f"curl -v --connect-timeout 5 https://{name}:{port}/"
    where = f"{name} on port {port}"
    # Where IPv6 has no route at all, what IPv4 says decides.
    said = outcomes - {Outcome.UNREACHABLE} or outcomes
    if said == {Outcome.REFUSED}:
        return error(
            f"{where} refuses every connection (ECONNREFUSED)",
            fix=f"Allow outgoing TCP connections to {name}:{port} in the firewall; Meta's own servers refuse nobody.",
            command=prove,
            subject=name,
            evidence=evidence,
        )
    if said == {Outcome.PROHIBITED}:
        return error(
            f"this machine forbids connections to {where} ({dead[0].detail})",
            fix="Allow the connection in the firewall, sandbox or security policy that runs on this machine.",
            command=prove,
            subject=name,
            evidence=evidence,
        )
    if Outcome.TIMED_OUT in said:
        longest = max(each.ms for each in dead)
        raise Unverified(
            f"no address of {where} answers within {longest:.0f} ms",
            fix=f"Allow outgoing TCP connections to {name}:{port}: a firewall, security group or NAT drops them.",
            command=prove,
            evidence=evidence,
        )
    if said == {Outcome.UNREACHABLE}:
        raise Unverified(
            f"there is no route to {where} ({dead[0].detail})",
            fix="Give this machine or container a route to the internet: a gateway or its network is missing.",
            command=prove,
            evidence=evidence,
        )
    raise Unverified(
        f"no connection to {where} ({', '.join(sorted({each.detail or each.outcome for each in dead}))})",
        fix="Try again; if it lasts, ask who runs the network what cuts connections to this host.",
        command=prove,
        evidence=evidence,
    )


def _partly(
    family: str, outcome: Outcome, dead: Sequence[Connection], alive: Sequence[Connection], evidence: Evidence
) -> Finding:
    ips = ", ".join(each.address.ip for each in dead)
    whole_family = not any(each.address.family == family for each in alive)
    if outcome is Outcome.UNREACHABLE and whole_family:
        return notice(
            f"{ips} cannot be reached: this machine has no {family}, and clients fall back at once",
            subject=ips,
            evidence=evidence,
        )
    others = alive[0].address.family if whole_family else "others"
    longest = max(each.ms for each in dead)
    what = {
        Outcome.TIMED_OUT: f"{ips} swallows connections (no answer within {longest:.0f} ms)",
        Outcome.REFUSED: f"{ips} refuses connections (ECONNREFUSED)",
        Outcome.RESET: f"{ips} resets connections (ECONNRESET)",
        Outcome.UNREACHABLE: f"{ips} cannot be reached ({dead[0].detail})",
    }.get(outcome, f"{ips} accepts no connection ({dead[0].detail or outcome})")
    consequence = (
        "clients that try it first hang before they go on"
        if outcome is Outcome.TIMED_OUT
        else ("clients that do not try the next address fail")
    )
    return warning(
        f"{what} while {others} work{'s' if whole_family else ''}: {consequence}",
        fix=_IPV6_FIX if family == "IPv6" else f"Allow outgoing TCP connections to {ips} in the firewall.",
        command=f"curl -{'6' if family == 'IPv6' else '4'} -v --connect-timeout 5 https://graph.facebook.com/",
        subject=ips,
        evidence=evidence,
    )
