"""
Meta's handshake: a GET with a verify token and a challenge, which must come back alone and exactly, with 200.

Meta sends it each time that callback URL or verify token are saved. Its challenges are numbers; ours look the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urljoin

from wa_doctor.endpoint.certificates import WEBHOOKS
from wa_doctor.endpoint.echo import PLAIN, garbled
from wa_doctor.endpoint.meta_words import for_curl, for_status
from wa_doctor.model import Evidence, Finding, Unverified, error, notice, warning
from wa_doctor.network.connect import Outcome, named, outcome_of
from wa_doctor.network.exchange import NotHttp
from wa_doctor.network.meta import title_of
from wa_doctor.redact import plain, plain_url

if TYPE_CHECKING:
    from wa_doctor.endpoint.callback import Callback
    from wa_doctor.endpoint.conversation import Reply
    from wa_doctor.network.exchange import Answer

MENU = "App Dashboard > WhatsApp > Configuration"
_LOG = "Look at the log of the endpoint for this run, and correct what it names."
_REDIRECTS = range(300, 400)


def new_challenge() -> str:
    """Make a challenge as Meta's are: a number of ten digits that fits into 32 bits."""
    return str(10**9 + secrets.randbelow(2**31 - 10**9))


def parameters(challenge: str, token: bytes) -> str:
    """Write the parameters of the handshake, every special character as a percent code."""
    pairs = (("hub.mode", "subscribe"), ("hub.challenge", challenge), ("hub.verify_token", token))
    return urlencode(pairs, quote_via=quote, safe="")


def echoes(reply: Reply, challenge: str) -> bool:
    """Say whether the answer is what Meta wants: 200, and the challenge alone."""
    answer = reply.answer
    return answer is not None and answer.status == 200 and not answer.cut and answer.body == challenge.encode()


def judge(callback: Callback, reply: Reply, challenge: str, before: str = "") -> Iterator[Finding]:
    """
    Judge the answer to a challenge with the right token; `before` is the challenge that was sent before it.

    Raises:
        Unverified: there was no answer, for reasons that say nothing about the endpoint.

    """
    answer = reply.answer
    if answer is None:
        yield _silent(callback, reply)
    elif answer.status in _REDIRECTS:
        yield _redirected(callback, answer)
    elif answer.status != 200:
        yield _refused(answer, challenge)
    elif not echoes(reply, challenge):
        yield garbled(answer, challenge, before)


def _silent(callback: Callback, reply: Reply) -> Finding:
    where = callback.host if callback.host == reply.address else f"{callback.host} at {reply.address}"
    cause = reply.cause
    if isinstance(cause, NotHttp):
        return error(
            f"{where} answers with something that is not HTTP",
            fix="Give the port of the web server; another service listens on this one.",
            command=f"curl -v {callback.shown}",
            evidence={"said": str(cause), **for_curl(56)},
        )
    if cause is not None and outcome_of(cause) is Outcome.TIMED_OUT:
        said = f"{where} accepts the request and does not answer within {_seconds(reply.within_ms)}"
        if reply.within_ms < _FAIR_MS:
            raise Unverified(said, fix="Give it more time: raise `--timeout`.")
        return error(
            said,
            fix="Answer the challenge at once, before any other work, and see what keeps the server busy.",
            command=f"curl -v --max-time 30 {callback.shown}",
            evidence=for_curl(28),
        )
    if cause is not None and outcome_of(cause) is Outcome.RESET:
        return error(
            f"{where} takes the request and hangs up without an answer ({named(cause)})",
            fix="Look at the log of the server or the firewall before it: one of them closes the connection.",
            command=f"curl -v {callback.shown}",
            evidence=for_curl(52),
        )
    said = "the connection failed"
    if reply.handshake is not None:
        said = f"TLS failed: {reply.handshake.failure}"
    elif cause is not None:
        said = named(cause)
    raise Unverified(
        f"{where} was reached before and not now ({said})", fix="Try again; if it lasts, it is overloaded."
    )


_FAIR_MS = 4900.0  # who does not answer within that is too slow for Meta by any account


def _seconds(ms: float) -> str:
    return f"{ms / 1000:.1f} s" if ms < 9950 else f"{ms / 1000:.0f} s"


def _redirected(callback: Callback, answer: Answer) -> Finding:
    there = answer.headers.get("location", "")
    evidence: Evidence = {"status": answer.status, **for_status(answer.status)}
    if not there:
        return error(
            f"the endpoint answers HTTP {answer.status}, and Meta follows no redirect", fix=_LOG, evidence=evidence
        )
    try:
        to = plain_url(urljoin(callback.shown.partition("?")[0], there))
    except ValueError:
        to = plain(there, 120)
    login = any(word in to.lower() for word in ("login", "signin", "auth", "sso"))
    fix = f"Enter {to} itself in {MENU}, if that is where the endpoint is."
    if login:
        fix = "Let the path of the webhook through without a login: Meta has no account with you."
    return error(
        f"the endpoint redirects to {to} (HTTP {answer.status}), and Meta does not follow",
        fix=fix,
        url=WEBHOOKS,
        evidence={**evidence, "location": to},
    )


_SAME_TOKEN = f"Enter the same verify token in {MENU} and in the settings of the endpoint"
_REFUSALS = {
    400: ("the endpoint calls the handshake a bad request", _LOG),
    401: (
        "the endpoint refuses the verify token, or something before it demands a login",
        f"{_SAME_TOKEN}; if it wants a login, let the path of the webhook through without one.",
    ),
    403: (
        "the endpoint refuses the verify token, or a firewall refuses the caller",
        f"{_SAME_TOKEN}, then look in the firewall for what it dropped; PHP calls it hub_verify_token.",
    ),
    404: (
        "there is nothing at this path",
        "Correct the path, its case and the slash at its end, or have the proxy before the endpoint pass it on.",
    ),
    405: ("the endpoint takes no GET", "Handle GET at the same path as POST: the handshake is a GET."),
    410: ("what was at this path is gone", "Enter the path of the endpoint that is there now."),
}


def _refused(answer: Answer, challenge: str) -> Finding:
    status = answer.status
    evidence: Evidence = {"status": status, "server": answer.headers.get("server", ""), **for_status(status)}
    if title := title_of(answer):
        evidence = {**evidence, "title": title}
    if 200 < status < 300:
        has_it = challenge.encode() in answer.body
        return error(
            f"the endpoint answers HTTP {status} where only 200 will do{', with the challenge' if has_it else ''}",
            fix=f"Answer with status 200. {PLAIN}",
            url=WEBHOOKS,
            evidence=evidence,
        )
    if status == 429:
        raise Unverified(
            "the endpoint limits the rate of requests (HTTP 429)",
            fix="Wait a minute and try again; make sure that the limit does not hold for Meta.",
            evidence=evidence,
        )
    if status in (502, 503, 504):
        return error(
            f"nothing stands behind the proxy or tunnel of this host (HTTP {status})",
            fix="Start the endpoint, and see that proxy, tunnel or platform passes requests on to its port.",
            evidence=evidence,
        )
    if status >= 500:
        return error(f"the endpoint breaks on the handshake (HTTP {status})", fix=_LOG, evidence=evidence)
    message, fix = _REFUSALS.get(status, ("the endpoint refuses the handshake", _LOG))
    return error(f"{message} (HTTP {status})", fix=fix, url=WEBHOOKS, evidence=evidence)


def judge_wrong_token(reply: Reply, challenge: str) -> Iterator[Finding]:
    """
    Judge the answer to a token that is wrong.

    Raises:
        Unverified: there was none.

    """
    answer = reply.answer
    if answer is None:
        raise Unverified("the request with a wrong verify token got no answer", fix="Try again.")
    if 200 <= answer.status < 300 and challenge.encode() in answer.body:
        yield warning(
            "the endpoint answers the challenge whatever the verify token is, so anyone can pass its handshake",
            fix="Compare hub.verify_token with your own before answering, and answer 403 where they differ.",
            url=WEBHOOKS,
            evidence={"status": answer.status},
        )
    elif answer.status == 200:
        yield notice("a wrong token is answered 200 without the challenge; 403 would be clearer")
    else:
        yield notice(f"refused with HTTP {answer.status}", evidence={"status": answer.status})


def tells(reply: Reply, challenge: str) -> bool:
    """
    Say whether an answer shows how the handshake is handled whatever the verify token was.

    No such path, a redirect, a fault, or a challenge that comes back in some form.
    """
    answer = reply.answer
    if answer is None or answer.status == 200:
        return answer is not None and challenge.encode() in answer.body
    return answer.status in _REDIRECTS or answer.status in (404, 405, 410) or answer.status >= 500
