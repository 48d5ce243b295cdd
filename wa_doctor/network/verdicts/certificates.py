"""What handshakes amount to: a chain that everybody trusts, some do, or nobody should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from wa_doctor.model import Evidence, Finding, Unverified, error, notice, warning
from wa_doctor.network.tls import Failure

if TYPE_CHECKING:
    from wa_doctor.network.tls import Handshake

# Which variable gives a client roots beyond those it brings along.
_BRING_THEIR_OWN = (
    ("Python requests", "REQUESTS_CA_BUNDLE"),
    ("Python httpx", "SSL_CERT_FILE"),
    ("Node", "NODE_EXTRA_CA_CERTS"),
)


def judge_handshakes(
    host: str, handshakes: Sequence[Handshake], environ: Mapping[str, str], now: datetime
) -> Iterator[Finding]:
    """
    Judge the handshakes of one host: every address against every store. There is at least one.

    `environ` shows which clients were already given other roots, `now` is the local clock.

    Raises:
        Unverified: every handshake ended in silence or in a broken connection.

    """
    good = [each for each in handshakes if each.failure is None]
    if good:
        yield _passed(good[0])
    told: set[object] = set()
    for each in handshakes:
        if each.failure is None:
            continue
        same = [other for other in handshakes if other.failure is each.failure]
        stores = tuple(dict.fromkeys(other.store for other in same))
        if (each.failure, stores) in told:
            continue
        told.add((each.failure, stores))
        elsewhere = [other for other in good if other.address in {bad.address for bad in same}]
        if each.failure.of_trust and elsewhere:
            yield from _disputed(host, each, elsewhere[0], environ)
        elif each.failure.of_trust:
            yield _distrusted(host, each, now)
        else:
            yield _broken(host, each, tuple(dict.fromkeys(other.address for other in same)), bool(good))


def _evidence(handshake: Handshake) -> Evidence:
    found: dict[str, str | float] = {
        "address": handshake.address,
        "store": handshake.store,
        "ms": round(handshake.ms, 1),
    }
    if handshake.detail:
        found["said"] = handshake.detail
    if handshake.protocol:
        found["protocol"] = handshake.protocol
    if handshake.cipher:
        found["cipher"] = handshake.cipher
    if certificate := handshake.certificate:
        if certificate.issuer_url:
            found["issuer_url"] = certificate.issuer_url
        found["subject"] = certificate.subject
        found["issuer"] = certificate.issuer
        found["names"] = ", ".join(certificate.names[:6])
        found["valid"] = f"{certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}"
    if len(handshake.chain) > 1:
        found["chain"] = " < ".join(each.subject for each in handshake.chain)
    return found


def _passed(handshake: Handshake) -> Finding:
    certificate = handshake.certificate
    issuer = f", issued by {certificate.issuer}" if certificate else ""
    return notice(f"{handshake.protocol or 'TLS'}{issuer}", evidence=_evidence(handshake))


def _disputed(host: str, bad: Handshake, good: Handshake, environ: Mapping[str, str]) -> Iterator[Finding]:
    issuer = bad.issuer
    if bad.store != "system":
        waiting = [(client, name) for client, name in _BRING_THEIR_OWN if not environ.get(name)]
        by = f" by {bad.product}" if bad.product else ""
        said = (
            f"{host} is trusted by the system store but not by {bad.store}'s: its certificate is issued by"
            f" {issuer}, so TLS is opened on the way{by} or {bad.store} is of another age than the system"
        )
        if not waiting:
            yield notice(f"{said}; the variables of the clients that bring their own roots are set")
            return
        yield warning(
            f"{said}; {', '.join(client for client, _ in waiting)} and Java bring their own roots and fail",
            fix="Give these clients the system's roots, or the company's root certificate: "
            + ", ".join(f"{name} for {client}" for client, name in waiting)
            + " (on Linux the system's are in /etc/ssl/certs/ca-certificates.crt).",
            subject=bad.store,
            evidence=_evidence(bad),
        )
        return
    fix = "Install or renew the CA certificates of the system: `apt-get install ca-certificates`, or with `apk add`."
    if replaced := next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if environ.get(name)), ""):
        fix = f"Correct or unset {replaced}, which stands in the place of the system's CA certificates."
    yield warning(
        f"{host} is trusted by {good.store}'s roots but not by the system store ({bad.failure}): curl, Go, PHP and"
        " wa-doctor itself fail on this machine",
        fix=fix,
        subject=bad.store,
        evidence=_evidence(bad),
    )


_INSPECTED = (
    "Put that product's root certificate into the system store and give it to clients that bring their own"
    " (SSL_CERT_FILE, REQUESTS_CA_BUNDLE, NODE_EXTRA_CA_CERTS), or have the host exempted from inspection."
)
_WHO_ANSWERS = "Find out who answers in Meta's place: a portal, a router, a test server or a proxy; then go round it."


def _distrusted(host: str, bad: Handshake, now: datetime) -> Finding:
    certificate, issuer = bad.certificate, bad.issuer
    clock = f"{now:%Y-%m-%d %H:%M} UTC"
    message, fix = f"the certificate of {host} is not trusted: {bad.detail}", _WHO_ANSWERS
    if bad.failure is Failure.EXPIRED:
        message = f"a certificate that vouches for {host} has expired"
        if certificate and certificate.not_after < now:
            message = f"the certificate of {host} expired on {certificate.not_after:%Y-%m-%d}, issued by {issuer}"
        fix = (
            f"Set the clock of this machine if it is wrong (it reads {clock}) and renew its CA certificates; if both"
            " are right, it is not Meta who answers."
        )
    elif bad.failure is Failure.NOT_YET_VALID:
        since = f" before {certificate.not_before:%Y-%m-%d}" if certificate else ""
        message = f"the certificate of {host} is not valid{since}, and the clock of this machine reads {clock}"
        fix = "Set the clock of this machine."
    elif bad.failure is Failure.SELF_SIGNED:
        message = f"{host} shows a certificate that it signed itself ({issuer})"
    elif bad.failure is Failure.UNKNOWN_ISSUER:
        by = f"{bad.product} opens TLS on the way: " if bad.product else ""
        message = f"{by}the certificate of {host} is issued by {issuer}, which is not trusted here"
        fix = _INSPECTED
    elif bad.failure is Failure.INCOMPLETE_CHAIN:
        message = f"{host} sends its own certificate without that of its issuer ({issuer}), so the chain is incomplete"
        if certificate and not certificate.issuer_url:
            message += "; or a company's or product's authority has issued it, to open TLS on the way"
        fix = f"{_WHO_ANSWERS[:-1]}, have the missing certificate added there, or trust its issuer in the system store."
    elif bad.failure is Failure.WRONG_NAME and certificate:
        names = ", ".join(certificate.names[:3]) or certificate.subject
        message = f"the certificate is for {names}, not for {host}"
    elif bad.failure is Failure.REVOKED:
        message = f"the certificate of {host} was revoked by {issuer}"
    command = "date -u" if bad.failure in (Failure.EXPIRED, Failure.NOT_YET_VALID) else _show(host)
    return error(message, fix=fix, command=command, subject=issuer, evidence=_evidence(bad))


def _broken(host: str, bad: Handshake, addresses: tuple[str, ...], others_work: bool) -> Finding:
    where = f"{host} ({', '.join(addresses)})"
    faults = {
        Failure.OLD_PROTOCOL: (
            f"{where} speaks only {bad.protocol or 'TLS'}, which is too old; TLS 1.2 is the least that clients accept",
            "Have TLS 1.2 or newer switched on at what answers here; Meta's own servers speak TLS 1.3.",
        ),
        Failure.CLIENT_CERTIFICATE: (
            f"{where} demands a client certificate, which Meta never does",
            _WHO_ANSWERS,
        ),
        Failure.NOT_TLS: (
            f"{where} does not speak TLS: something else answers on this port",
            _WHO_ANSWERS,
        ),
        Failure.REJECTED: (
            f"{where} rejects the handshake ({bad.detail}): a filter that reads host names does that",
            "Allow this host in the firewall or filter that inspects TLS.",
        ),
    }
    if bad.failure in faults:
        message, fix = faults[bad.failure]
        if others_work:
            return warning(message, fix=fix, command=_show(host), subject=bad.address, evidence=_evidence(bad))
        return error(message, fix=fix, command=_show(host), subject=bad.address, evidence=_evidence(bad))
    said = f"no answer within {bad.ms:.0f} ms" if bad.failure is Failure.TIMED_OUT else bad.detail or bad.failure
    message = f"{where} accepts the connection, and then TLS breaks off: {bad.failure} ({said})"
    fix = "Try again; if it lasts, ask who runs the network what cuts TLS to this host: a filter, or a small MTU."
    if others_work:
        return warning(message, fix=fix, command=_show(host), subject=bad.address, evidence=_evidence(bad))
    raise Unverified(message, fix=fix, command=_show(host), evidence=_evidence(bad))


def _show(host: str) -> str:
    return f"openssl s_client -connect {host}:443 -servername {host}"
