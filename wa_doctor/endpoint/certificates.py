"""What the certificate of an endpoint amounts to for a client as strict as Meta's: no store but certifi's helps it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from wa_doctor.endpoint.meta_words import for_curl
from wa_doctor.knowledge.webhook_delivery import delivery
from wa_doctor.model import Evidence, Finding, error, notice, warning
from wa_doctor.network.tls import Failure

if TYPE_CHECKING:
    from wa_doctor.network.target import Target
    from wa_doctor.network.tls import Handshake

ENDS_SOON = 14  # days; a renewal that works comes earlier

WEBHOOKS = "https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks"

_CHAIN = (
    "Have the server send the whole chain; with Let's Encrypt that is fullchain.pem in the place of cert.pem. If the"
    " issuer is your own, use a certificate of a public authority."
)


def judge(
    target: Target, strict: Sequence[Handshake], lenient: Sequence[Handshake], default: str, now: datetime
) -> Iterator[Finding]:
    """
    Judge the handshakes of every address against certifi alone, and against the system's store where that failed.

    `default` is the subject of the certificate shown to a client that names no host, if that was looked at.
    """
    good = [each for each in strict if each.failure is None]
    if good:
        yield from _passed(good[0], now)
    for failure in dict.fromkeys(each.failure for each in strict if each.failure):
        same = [each for each in strict if each.failure is failure]
        elsewhere = any(each.failure is None and each.address in {bad.address for bad in same} for each in lenient)
        ips = "" if len(same) == len(strict) else f" at {', '.join(each.address for each in same)}"
        if failure is Failure.CLIENT_CERTIFICATE:
            continue
        if failure.of_trust:
            yield _distrusted(target, ips, same[0], elsewhere, default, now)
        else:
            yield _broken(target, ips, same[0])


def _passed(good: Handshake, now: datetime) -> Iterator[Finding]:
    certificate = good.certificate
    if certificate is None:
        yield notice(f"{good.protocol}, trusted by certifi's roots alone", evidence=_evidence(good))
        return
    days = (certificate.not_after - now).days
    issuer = certificate.issuer
    if days < ENDS_SOON:
        yield warning(
            f"the certificate ends in {days} days ({certificate.not_after:%Y-%m-%d}), and with it every webhook",
            fix="Renew the certificate now, and find out why that did not happen by itself.",
            evidence=_evidence(good),
        )
    else:
        yield notice(f"{good.protocol}, issued by {_short(issuer)}, ends in {days} days", evidence=_evidence(good))


def _distrusted(target: Target, ips: str, bad: Handshake, elsewhere: bool, default: str, now: datetime) -> Finding:
    host = target.host + ips
    certificate = bad.certificate
    issuer = _short(certificate.issuer) if certificate else "an issuer that could not be read"
    failure = bad.failure
    message = f"the certificate of {host} is not trusted ({failure}): {bad.detail}"
    fix = "Use a certificate of a public authority; Let's Encrypt gives one for nothing, and Meta accepts it."
    if failure is Failure.INCOMPLETE_CHAIN:
        message = f"{host} sends its certificate alone, without that of its issuer ({issuer})"
        fix = _CHAIN
    elif failure is Failure.UNKNOWN_ISSUER:
        message = f"the certificate of {host} is issued by {issuer}, from which no way leads to a public authority"
        fix = f"{fix} If {issuer} is public, have the server send the whole chain."
    elif failure is Failure.SELF_SIGNED:
        message = f"the certificate of {host} is self-signed, which Meta refuses"
    elif failure is Failure.EXPIRED and certificate:
        ended = min((each.not_after for each in bad.chain), default=certificate.not_after)
        message = f"the certificate of {host} ended on {ended:%Y-%m-%d}, {(now - ended).days} days ago"
        fix = "Renew the certificate and have the server load it: a renewed file is not read by a running server."
    elif failure is Failure.NOT_YET_VALID and certificate:
        message = f"the certificate of {host} begins on {certificate.not_before:%Y-%m-%d}"
        fix = "Set the clock of the machine that issues it, and of this one if it is behind."
    elif failure is Failure.WRONG_NAME and certificate:
        names = ", ".join(certificate.names[:3]) or certificate.subject
        message = f"the certificate shown for {host} is for {names}"
        fix = "Get a certificate for this host name, and have the server use it for this host."
        if default and default == certificate.subject:
            message += ", which is what the server shows to whoever names no host: its default"
            fix = (
                "Add a virtual host for this name with a certificate of its own; the server falls back to its default."
            )
    elif failure is Failure.REVOKED:
        message = f"the certificate of {host} was revoked by {issuer}"
    if elsewhere:
        message += "; this machine trusts it all the same, and so may browsers"
    return error(message, fix=fix, command=_show(target), url=WEBHOOKS, evidence={**_evidence(bad), **for_curl(60)})


def _broken(target: Target, ips: str, bad: Handshake) -> Finding:
    host = target.host + ips
    if bad.failure is Failure.OLD_PROTOCOL:
        message = f"{host} speaks only {bad.protocol or 'a version of TLS'} that is too old"
        fix = "Switch TLS 1.2 and 1.3 on at the server that ends TLS."
    elif bad.failure is Failure.NOT_TLS:
        message = f"{host} does not speak TLS on this port"
        fix = "Give the port that speaks https, or put TLS in front of this one."
    else:
        message = f"the TLS handshake with {host} fails: {bad.failure}{f' ({bad.detail})' if bad.detail else ''}"
        fix = "Look at the log of the server that ends TLS, at the time of this run, and correct what it names."
    return error(message, fix=fix, command=_show(target), evidence={**_evidence(bad), **for_curl(35)})


def demands_ours(host: str, how: str) -> Finding:
    """Say that the endpoint demands Meta's client certificate, as `how` shows: it is not down."""
    meta = delivery().client_certificate
    return warning(
        f"{host} demands Meta's client certificate ({how}): it is up, and only Meta can go further",
        fix=(
            f"Make sure that it trusts {meta.authority}: Meta's certificate is signed by that authority since"
            f" {meta.since}. Let it check the name {meta.name}."
        ),
        url=meta.url,
        evidence={"authority": meta.authority, "name": meta.name, "since": f"{meta.since}"},
    )


def _evidence(handshake: Handshake) -> Evidence:
    found: dict[str, str | float | tuple[str, ...]] = {"address": handshake.address, "ms": round(handshake.ms, 1)}
    if handshake.protocol:
        found["protocol"] = handshake.protocol
    if handshake.failure:
        found["failure"] = f"{handshake.failure}: {handshake.detail}"
    if certificate := handshake.certificate:
        found |= {
            "subject": certificate.subject,
            "issuer": certificate.issuer,
            "names": certificate.names[:10],
            "ends": f"{certificate.not_after:%Y-%m-%d}",
        }
    if handshake.failure and handshake.chain:
        found["presented"] = tuple(each.subject for each in handshake.chain)
    return found


def _short(name: str) -> str:
    return name.partition(",")[0].removeprefix("CN=") or name


def _show(target: Target) -> str:
    return f"openssl s_client -connect {target.authority} -servername {target.host} -showcerts"
