"""What a lookup amounts to: the name resolves to addresses that can be Meta's, or why it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wa_doctor.model import Evidence, Finding, Unverified, error, notice, warning
from wa_doctor.network.resolve import Kind, Silence

if TYPE_CHECKING:
    from wa_doctor.network.resolve import Address, Resolution

SLOW = 1000.0  # milliseconds; a resolver that answers takes less than a tenth of it
_RETRIED = 3000.0  # after so many the system's resolver has asked in vain, not been told of a failure

_COMPARE = "Compare with a public name server"
_FIX_SERVER = (
    f"{_COMPARE}, then correct the name server of this machine (/etc/resolv.conf), of the container (`dns:` in"
    " compose) or of the VPN."
)


def judge_resolution(resolution: Resolution) -> Iterator[Finding]:
    """
    Judge a lookup.

    Raises:
        Unverified: no name server said anything definite.

    """
    if resolution.ms is None:
        yield notice("an address, no name to look up", subject=resolution.host)
        return
    evidence = _evidence(resolution)
    if resolution.silence:
        yield _silent(resolution, evidence)
        return
    if odd := [address for address in resolution.addresses if address.kind is not Kind.PUBLIC]:
        yield _odd(resolution.host, odd, evidence)
        return
    yield notice(", ".join(address.ip for address in resolution.addresses), evidence=evidence)
    yield from _half_silent(resolution, evidence)
    if resolution.ms > SLOW:
        yield warning(
            f"looking up {resolution.host} took {round(resolution.ms)} ms, and clients that do not keep names wait"
            " that long for every call",
            fix="Remove the name server that does not answer from /etc/resolv.conf, or run a caching resolver.",
            command=f"nslookup {resolution.host}",
            evidence=evidence,
        )


def _evidence(resolution: Resolution) -> Evidence:
    found: dict[str, str | float] = {"ms": round(resolution.ms or 0.0, 1)}
    for answer in resolution.answers:
        said = ", ".join(address.ip for address in answer.addresses)
        found[answer.family] = said or f"{answer.silence}{f' ({answer.detail})' if answer.detail else ''}"
    return found


def _silent(resolution: Resolution, evidence: Evidence) -> Finding:
    host, ms = resolution.host, round(resolution.ms or 0.0)
    compare = f"nslookup {host} 1.1.1.1"
    if resolution.silence is Silence.NO_SUCH_HOST:
        return error(
            f"{host} does not exist, says the name server that this machine asks (NXDOMAIN)",
            fix=_FIX_SERVER,
            command=compare,
            subject=host,
            evidence=evidence,
        )
    if resolution.silence is Silence.NO_ADDRESS:
        return error(
            f"{host} has no address, says the name server that this machine asks",
            fix=_FIX_SERVER,
            command=compare,
            subject=host,
            evidence=evidence,
        )
    if resolution.silence is Silence.INVALID:
        return error(
            f"{host} cannot be looked up: {resolution.detail}",
            fix="Correct the host name in the base URL.",
            subject=host,
            evidence=evidence,
        )
    if resolution.silence is Silence.TIMED_OUT or ms >= _RETRIED:
        reason = f"no name server answered for {host} within {ms} ms"
        fix = "Open UDP and TCP port 53 to the name server of this machine, or give it one that it can reach."
    else:
        reason = f"the name server failed for {host} ({resolution.detail or resolution.silence})"
        fix = (
            "Try again; if it lasts, give this machine or container another name server (`dns:` in compose): this is"
            " SERVFAIL, or a name server that cannot be reached."
        )
    raise Unverified(reason, fix=fix, command=compare, evidence=evidence)


_WHO = {
    Kind.UNSPECIFIED: "a filter such as Pi-hole blocks the name",
    Kind.LOOPBACK: "the hosts file or a filter points the name at this machine",
    Kind.PRIVATE: "the hosts file, a filter or a private zone answers in place of the internet",
    Kind.LINK_LOCAL: "something on the local network answers in place of the internet",
    Kind.DOCUMENTATION: "an example was left in the hosts file or in a private zone",
}


def _odd(host: str, odd: list[Address], evidence: Evidence) -> Finding:
    shown = ", ".join(f"{address.ip} ({address.kind})" for address in odd)
    kind = odd[0].kind
    if kind in (Kind.SHARED, Kind.BENCHMARK):
        return warning(
            f"{host} resolves to {shown}: a VPN or proxy client on this machine stands in for Meta",
            fix="Make sure that the client lets this host through; other machines will see other addresses.",
            command=f"nslookup {host} 1.1.1.1",
            subject=odd[0].ip,
            evidence=evidence,
        )
    if not is_metas(host):
        return warning(
            f"{host} resolves to {shown}: this is a gateway inside your own network",
            fix="Leave WA_BASE_URL unset to ask Meta itself, unless that gateway is meant.",
            subject=odd[0].ip,
            evidence=evidence,
        )
    return error(
        f"{host} resolves to {shown}, which is not Meta's: {_WHO.get(kind, 'no host on the internet has it')}",
        fix=f"Remove the entry for {host} from the hosts file, the filter or the private zone that answers for it.",
        command=f"nslookup {host} 1.1.1.1",
        subject=odd[0].ip,
        evidence=evidence,
    )


def is_metas(host: str) -> bool:
    """Say whether a host belongs to a domain of Meta, so that its addresses must be public."""
    return host.endswith((".facebook.com", ".fbsbx.com"))


def _half_silent(resolution: Resolution, evidence: Evidence) -> Iterator[Finding]:
    for answer in resolution.answers:
        if answer.silence in (Silence.TIMED_OUT, Silence.TEMPORARY):
            record = "A" if answer.family == "IPv4" else "AAAA"
            yield warning(
                f"the name server does not answer for the {record} record of {resolution.host} ({answer.detail}),"
                " so clients that ask for both wait for it",
                fix="Give this machine a name server that answers for both families.",
                command=f"nslookup -type={record} {resolution.host}",
                subject=record,
                evidence=evidence,
            )
