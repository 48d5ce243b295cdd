"""`api-*`: the way to the Graph API, from the name of the host to an answer that is provably Meta's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wa_doctor.graph.client import is_loopback
from wa_doctor.model import Finding, Skip, Unverified, notice
from wa_doctor.network.proxies import InvalidProxy
from wa_doctor.network.target import InvalidTarget
from wa_doctor.network.tls import Handshake
from wa_doctor.network.verdicts import addresses, agreement, answers, certificates, names, proxying
from wa_doctor.registry import check

if TYPE_CHECKING:
    from wa_doctor.context import Context
    from wa_doctor.network.exchange import Answer
    from wa_doctor.network.proxies import Proxy
    from wa_doctor.network.route import RouteClosed
    from wa_doctor.network.survey import Survey

MEDIA_HOST = "lookaside.fbsbx.com"

_PLAIN_SANDBOX = "the sandbox is plain http on this machine"


def _survey(ctx: Context) -> Survey:
    survey = ctx.survey
    try:
        _ = survey.target
    except InvalidTarget as exc:
        raise Skip(f"the base URL leads nowhere: {exc}", caused_by="config-host") from exc
    return survey


def _proxy(survey: Survey) -> Proxy | None:
    """Return the proxy that applies; a setting that is no proxy counts as none here, `api-connect` names it."""
    try:
        return survey.proxy
    except InvalidProxy:
        return None


def _past(proxy: Proxy | None, findings: Iterator[Finding]) -> Iterator[Finding]:
    return proxying.past(proxy, findings) if proxy else findings


@check("api-dns", "the host resolves to public addresses", needs=("config-host",))
def dns(ctx: Context) -> Iterator[Finding]:
    """
    Looks up the IPv4 and IPv6 addresses of the API host as every program on this machine does, hosts file and
    search list included.

    A private, loopback or otherwise reserved address means that something answers in place of the internet. Where a
    proxy applies, the proxy looks the name up, and what is wrong here is only mentioned.
    """
    survey = _survey(ctx)
    yield from _past(_proxy(survey), names.judge_resolution(survey.resolution()))


@check("api-connect", "every address accepts a connection", needs=("api-dns",))
def connect(ctx: Context) -> Iterator[Finding]:
    """
    Connects to every address, IPv4 and IPv6, each on its own and for at most 4 seconds.

    Clients differ: Python and PHP try one address after the other and hang on one that swallows packets, Node gives
    each 250 ms, curl and Go race them. So an address that does not answer is named even if another one does. Where a
    proxy applies, it is the proxy that must accept a connection.
    """
    survey = _survey(ctx)
    try:
        choice = survey.choice()
    except InvalidProxy as exc:
        yield proxying.invalid(exc)
        choice = None
    proxy = choice.proxy if choice else None
    if choice and choice.exempted_by:
        yield notice(f"no proxy: NO_PROXY exempts the host ({choice.exempted_by})", subject=choice.exempted_by)
    if proxy:
        yield notice(f"through the proxy {proxy.shown} (from {proxy.source})", subject=proxy.shown)
        if not proxy.speaks_socks:
            yield from _to_proxy(survey, proxy)
    if survey.resolution().addresses:
        target = survey.target
        findings = addresses.judge_connections(target.host, target.port, survey.connections())
        yield from _past(proxy, findings)


def _to_proxy(survey: Survey, proxy: Proxy) -> Iterator[Finding]:
    resolution = survey.proxy_resolution()
    if resolution is None or resolution.silence:
        yield from names.judge_resolution(resolution) if resolution else ()
        return
    yield from addresses.judge_connections(proxy.host, proxy.port, survey.proxy_connections())


@check("api-tls", "the certificate is trusted", needs=("api-connect",))
def tls(ctx: Context) -> Iterator[Finding]:
    """
    Shakes hands with every address twice: against the roots of the system, and against those of the certifi package
    that Python clients bring along. Nothing is pinned.

    A certificate that fails is read over a second connection, on which nothing is sent, to say who issued it: TLS
    inspection by a company or a virus scanner shows itself there.
    """
    survey = _survey(ctx)
    if not survey.target.secure:
        raise Skip(_PLAIN_SANDBOX if ctx.sandbox else "the base URL is plain http")
    proxy = _proxy(survey)
    host, now = survey.target.host, ctx.now()
    direct = survey.handshakes()
    if proxy is None:
        if not direct:
            raise Unverified(f"no address of {host} accepted a connection to shake hands over", fix=_TRY_AGAIN)
        yield from certificates.judge_handshakes(host, direct, survey.environ, now)
        return
    proxied = survey.proxied_handshakes()
    through = [each for each in proxied if isinstance(each, Handshake)]
    if not through:
        raise Skip(f"the proxy {proxy.shown} does not let us through", caused_by="api-graph")
    yield from certificates.judge_handshakes(host, through, survey.environ, now)
    if direct:
        yield from proxying.past(proxy, certificates.judge_handshakes(host, direct, survey.environ, now))


_TRY_AGAIN = "Try again; if it lasts, `wa-doctor probe` shows which link is broken."


@check("api-graph", "the answer comes from Meta")
def graph(ctx: Context) -> Iterator[Finding]:
    """
    Asks `GET /VERSION/me` without a token, through the proxy if one applies, and expects Meta's refusal.

    Every refusal of the Graph API carries a trace id that equals one of its headers, and headers that nobody else
    sends; a captive portal, a filter or a proxy that answers in Meta's place does not. More requests on the same
    connection show how long an answer takes. Redirects are not followed.
    """
    survey = _survey(ctx)
    try:
        proxy = survey.proxy
    except InvalidProxy as exc:
        yield proxying.invalid(exc)
        return
    yield from answers.judge_visit(survey.exchange(), survey.target, proxy)


def _answer(ctx: Context) -> Answer:
    answer = _survey(ctx).exchange().answer
    if answer is None:
        raise Skip("there is no answer to look at", caused_by="api-graph")
    return answer


@check("api-clock", "the local clock agrees with Meta's", needs=("api-graph",))
def clock(ctx: Context) -> Iterator[Finding]:
    """
    Compares the local clock with the `Date` header of Meta's answer, half the round trip taken off.

    More than 30 seconds is a warning, more than 300 a fault: certificates seem not yet valid or expired, timed proofs
    are refused, and media URLs, which live for 300 seconds, are dead on arrival. The other checks make their proofs
    by Meta's clock then, to find what else is wrong.
    """
    yield from agreement.judge_clock(_answer(ctx))


@check("api-version", "the version asked for answers", needs=("api-graph",))
def version(ctx: Context) -> Iterator[Finding]:
    """
    Compares the version in the URL with the header `facebook-api-version` of the answer.

    When a version has ended, Meta does not refuse calls: a newer version answers, and what it changed arrives
    without a word. The header tells the truth; a list of dates does not.
    """
    yield from agreement.judge_version(_answer(ctx), ctx.settings.api_version)


@check("api-media", "the media host accepts a TLS connection")
def media(ctx: Context) -> Iterator[Finding]:
    """
    Media are downloaded from another host than the API's, and a firewall that allows only one of them breaks
    downloads while everything else works. No request is made; the handshake is enough.
    """
    if ctx.sandbox or is_loopback(_survey(ctx).target.host):
        raise Skip("the API is emulated on this machine, and an emulation serves no media")
    survey = ctx.survey_of(MEDIA_HOST)
    proxy = _proxy(survey)
    shaken: tuple[Handshake | RouteClosed, ...]
    if proxy:
        shaken = survey.proxied_handshakes()
        closed = [each for each in shaken if not isinstance(each, Handshake)]
        if len(closed) == len(shaken):
            yield _closed(proxy, closed[0])
            return
    else:
        shaken = survey.handshakes()
        if not shaken:
            yield from _unreached(survey)
            return
    through = [each for each in shaken if isinstance(each, Handshake)]
    yield from certificates.judge_handshakes(MEDIA_HOST, through, survey.environ, ctx.now())


def _closed(proxy: Proxy, closed: RouteClosed) -> Finding:
    if closed.resolution or closed.connections:
        raise Skip(f"the proxy {proxy.shown} cannot be reached", caused_by="api-connect")
    return proxying.judge_way(proxy, MEDIA_HOST, closed)


def _unreached(survey: Survey) -> Iterator[Finding]:
    if survey.resolution().silence:
        yield from names.judge_resolution(survey.resolution())
    else:
        yield from addresses.judge_connections(MEDIA_HOST, survey.target.port, survey.connections())
