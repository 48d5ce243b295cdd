"""`token-*`: what Meta says about the access token, and what the functional reads say against it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wa_doctor.graph import nodes
from wa_doctor.graph.commands import renewal
from wa_doctor.graph.refusal import ApiError
from wa_doctor.graph.token import BY_APP, Introspection, introspect, moment
from wa_doctor.graph.verdict import finding_of
from wa_doctor.knowledge import scopes as scope_facts
from wa_doctor.model import Finding, Skip, Unverified, error, notice, warning
from wa_doctor.registry import check

if TYPE_CHECKING:
    from wa_doctor.context import Context
    from wa_doctor.graph.answers import DebugToken

TOKENS = "https://developers.facebook.com/documentation/business-messaging/whatsapp/access-tokens"
SECURITY = "https://developers.facebook.com/documentation/facebook-login/security"
NEW_TOKEN = (
    "Open Business settings > System users > the user > Generate token, choose the app, Never as expiration, and"
    " tick whatsapp_business_management and whatsapp_business_messaging."
)
SOON = timedelta(days=7)


@check("token-valid", "Meta accepts the token", needs=("config-token", "config-host", "api-graph"))
def valid(ctx: Context) -> Iterator[Finding]:
    """
    Asks Meta about the token: as the app when its id and secret are known, otherwise as the token itself.

    Meta may refuse to tell, for instance when the token's user has no role on the app. That says nothing about
    the token: the check is then unknown, and the reads of the account and of the number decide.
    """
    known = introspect(ctx.graph)
    if known.rejected:
        yield finding_of(known.rejected)
        return
    if known.answer is None:
        yield from _without_introspection(ctx, known)
        return
    for who, refusal in known.refusals:
        if "did not match" not in refusal.message:
            yield _app_refused(who, refusal)
    if not known.answer.is_valid:
        yield _dead(known.answer)
        return
    yield notice(_who(known.answer), evidence={"asked_as": known.introspected_by})


def _without_introspection(ctx: Context, known: Introspection) -> Iterator[Finding]:
    who, refusal = known.refusals[-1]
    if refusal.wants_proof:
        raise Unverified(
            f"could not introspect: {refusal.message}",
            fix="Set WA_APP_SECRET to the secret of the token's app, so that the proof can be sent.",
            url=SECURITY,
            evidence=refusal.evidence,
        )
    try:
        user = nodes.me(ctx.graph)
    except ApiError as answer:
        if answer.about_token:
            yield finding_of(answer)
            return
        raise Unverified(
            f"could not introspect, and /me is refused for another reason than the token: {answer.message}",
            fix="Check WA_API_VERSION and WA_BASE_URL; Meta answers, but not to this question.",
            evidence=answer.evidence,
        ) from None
    raise Unverified(
        f"could not introspect ({who} may not ask), but /me answers for {user.name or user.id}; the reads below decide",
        fix="Set WA_APP_ID and WA_APP_SECRET of the token's app, so that Meta can be asked about the token.",
        url="https://developers.facebook.com/docs/graph-api/reference/v25.0/debug_token",
        evidence=refusal.evidence,
    )


def _app_refused(who: str, refusal: ApiError) -> Finding:
    return warning(
        f"{who} may not ask about the token: {refusal.message}",
        fix="Compare WA_APP_ID and WA_APP_SECRET with App Dashboard > App settings > Basic; an app of type"
        " Native/Desktop (App settings > Advanced) cannot ask at all.",
        url=SECURITY,
        evidence=refusal.evidence,
    )


def _dead(answer: DebugToken) -> Finding:
    nested = answer.error
    if nested is None:
        return error("Meta says the token is not valid, and not why", fix=NEW_TOKEN, url=TOKENS)
    return finding_of(ApiError(200, nested.code, nested.message, subcode=nested.subcode))


def _who(answer: DebugToken) -> str:
    kind = answer.type.lower().replace("_", " ") or "token"
    user = f" {answer.user_id}" if answer.user_id else ""
    return f'{kind}{user}, app "{answer.application}"' if answer.application else f"{kind}{user}"


def _answer(ctx: Context) -> DebugToken:
    """Return what Meta says of a token that is valid; the checks that use it need `token-valid`."""
    answer = introspect(ctx.graph).answer
    if answer is None:
        raise Unverified("Meta could not be asked about the token", fix="Set WA_APP_ID and WA_APP_SECRET.")
    return answer


@check("token-app", "the token belongs to the configured app", needs=("token-valid",))
def app(ctx: Context) -> Iterator[Finding]:
    """
    A token belongs to the app it was made for. With a token of another app, webhooks, permissions and rate
    limits are those of that other app, and an app secret does not fit.
    """
    wanted = ctx.settings.app_id.strip()
    if not wanted:
        raise Skip("no app id was given (WA_APP_ID)")
    known = introspect(ctx.graph)
    actual = known.answer.app_id if known.answer else ""
    mismatch = known.refused_for("did not match the Viewing App")
    if mismatch or (actual and actual != wanted):
        name = f' "{known.answer.application}"' if known.answer and known.answer.application else ""
        yield error(
            f"the token belongs to app {actual or 'another app'}{name}, not to {wanted}",
            fix=f"Generate a token for app {wanted}, or set WA_APP_ID and WA_APP_SECRET to those of the token's app.",
            url=TOKENS,
            subject=wanted,
            evidence=mismatch.evidence if mismatch else {"app_id": actual},
        )
    elif not actual:
        raise Unverified("Meta does not say which app the token belongs to", fix="Set WA_APP_SECRET as well.")


@check("token-kind", "the token is a system user's", needs=("token-valid",))
def kind(ctx: Context) -> Iterator[Finding]:
    """
    Servers should use the token of a system user, or of a business integration: it belongs to the business and
    outlives the people in it. The token shown on the API Setup page is made for a first try and ends within hours.
    """
    answer = _answer(ctx)
    if answer.type == "SYSTEM_USER":
        yield notice("system user")
    elif answer.type == "APP":
        yield error("it is an app token, which cannot send messages", fix=NEW_TOKEN, url=TOKENS)
    elif answer.type == "PAGE":
        yield error("it is a page token, which is of no use here", fix=NEW_TOKEN, url=TOKENS)
    elif answer.type == "USER":
        ends = moment(answer.expires_at)
        if ends and ends - (moment(answer.issued_at) or ctx.now()) <= timedelta(hours=25):
            yield warning(
                "it is a temporary token from the API Setup page, which ends within hours", fix=NEW_TOKEN, url=TOKENS
            )
        else:
            yield warning("it is the token of a person, and ends with that person's access", fix=NEW_TOKEN, url=TOKENS)
    else:
        yield notice(f"Meta calls it {answer.type or 'nothing'}, which is no kind known here")


@check("token-expiry", "the token lives long enough", needs=("token-valid",))
def expiry(ctx: Context) -> Iterator[Finding]:
    """
    A token of 60 days can be renewed while it lives, and not afterwards. A token counts as never ending only
    when Meta says so with a 0 on a valid token: a revoked one carries the same 0.

    The access to data of a person's token ends 90 days after that person last agreed, whatever the token says.
    """
    answer = _answer(ctx)
    now = ctx.now()
    ends = moment(answer.expires_at)
    if answer.never_expires:
        yield notice("never ends")
    elif ends is None:
        yield notice("Meta does not say when it ends")
    elif ends - now <= SOON:
        system = answer.type == "SYSTEM_USER"
        yield warning(
            f"the token ends {_when(ends, now)}",
            fix="Renew it for 60 days while it lives, or generate one that never ends." if system else NEW_TOKEN,
            command=renewal(ctx) if system else "",
            url=TOKENS,
            evidence={"expires_at": ends.isoformat()},
        )
    else:
        renewable = answer.type == "SYSTEM_USER"
        yield notice(
            f"ends {_when(ends, now)}",
            fix="Renew it before that day; a token that has ended cannot be renewed."
            if renewable
            else "Replace it before that day, best by a system user's, which need not end.",
            command=renewal(ctx) if renewable else "",
            evidence={"expires_at": ends.isoformat()},
        )
    access = moment(answer.data_access_expires_at)
    if access and access - now <= SOON:
        verb = "ended" if access <= now else "ends"
        yield warning(
            f"the token's access to data {verb} {_when(access, now)}",
            fix=f"Have its person log in to the app again, or better: {NEW_TOKEN[0].lower()}{NEW_TOKEN[1:]}",
            url="https://developers.facebook.com/docs/facebook-login/auth-vs-data/",
            evidence={"data_access_expires_at": access.isoformat()},
        )


def _when(ends: datetime, now: datetime) -> str:
    stamp = f"({ends:%Y-%m-%d %H:%M} UTC)"
    hours = (ends - now).total_seconds() / 3600
    if hours <= 0:
        return stamp.strip("()")
    if hours < 48:
        return f"in {round(hours)} hours {stamp}"
    return f"in {round(hours / 24)} days {stamp}"


@check(
    "token-scopes",
    "both WhatsApp permissions are granted",
    needs=("token-valid",),
    after_doubt=True,
)
def scopes(ctx: Context) -> Iterator[Finding]:
    """
    Without `whatsapp_business_messaging` nothing can be sent, without `whatsapp_business_management` the account,
    its numbers and its templates cannot be read.

    A scope in a list is a claim. Where the account can be read although the list lacks the scope for it, the
    read decides and both are shown.
    """
    granted, source = _granted(ctx)
    for scope in scope_facts.required():
        if scope.name in granted:
            continue
        if scope.name == "whatsapp_business_management" and (read := _proof_of_management(ctx)):
            yield warning(
                f"{scope.name} is not in the list of {source}, yet the {read} can be read",
                fix="Trust the read, and generate a new token at the next occasion.",
                subject=scope.name,
                url=TOKENS,
            )
            continue
        yield error(
            f"{scope.name} is missing, needed for {scope.needed_for}",
            fix=f"{scope.grant} An old token never picks up what was granted after it was made.",
            subject=scope.name,
            url=TOKENS,
            evidence={"granted": tuple(sorted(granted)), "source": source},
        )
    if "business_management" not in granted:
        yield notice("business_management is not granted; only calls about the business portfolio need it")
    yield from _narrower(ctx)


def _granted(ctx: Context) -> tuple[frozenset[str], str]:
    answer = introspect(ctx.graph).answer
    if answer is not None:
        return frozenset(answer.scopes), "debug_token"
    try:
        rows = nodes.permissions(ctx.graph)
    except ApiError as refusal:
        if refusal.wants_proof:
            raise Skip("needs token-proof", caused_by="token-proof") from None
        raise Unverified(
            f"the permissions cannot be listed either: {refusal.message}",
            fix="Set WA_APP_ID and WA_APP_SECRET, so that Meta can be asked about the token.",
            evidence=refusal.evidence,
        ) from None
    return frozenset(row.permission for row in rows if row.status == "GRANTED"), "/me/permissions"


def _proof_of_management(ctx: Context) -> str:
    """Return what a read with the token proves it may manage: the account, or the number where none is configured."""
    if ctx.settings.waba_id.strip():
        return "account" if _reads_account(ctx) else ""
    number_id = ctx.settings.phone_number_id.strip()
    if not number_id:
        return ""
    try:
        nodes.phone_number(ctx.graph, number_id)
    except (ApiError, Unverified):
        return ""
    return "phone number"


def _reads_account(ctx: Context) -> bool:
    if not ctx.settings.waba_id:
        return False
    try:
        nodes.waba(ctx.graph, ctx.settings.waba_id.strip())
    except (ApiError, Unverified):
        return False
    return True


def _narrower(ctx: Context) -> Iterator[Finding]:
    answer = introspect(ctx.graph).answer
    if answer is None or not answer.granular_scopes:
        return
    granular = {each.scope for each in answer.granular_scopes}
    for scope in scope_facts.required():
        if scope.name in answer.scopes and scope.name not in granular:
            yield notice(
                f"{scope.name} is in scopes but not in granular_scopes; seen since June 2026 on tokens that work",
                subject=scope.name,
            )


@check("token-assets", "the token holds for the configured account", needs=("token-scopes",))
def assets(ctx: Context) -> Iterator[Finding]:
    """
    A scope can be limited to some assets (`granular_scopes` with `target_ids`). Without such a limit it holds for
    everything its user may see, which is not yet proof that the user may see this account: the read of the
    account proves that.
    """
    waba_id = ctx.settings.waba_id.strip()
    if not waba_id:
        raise Skip("no WABA id was given (WA_WABA_ID)")
    answer = introspect(ctx.graph).answer
    if answer is None:
        raise Skip("Meta could not be asked about the token; account-access decides", caused_by="token-valid")
    limited = False
    for each in answer.granular_scopes:
        if each.scope not in {scope.name for scope in scope_facts.required()} or each.target_ids is None:
            continue
        limited = True
        if waba_id in each.target_ids:
            continue
        ids = ", ".join(each.target_ids[:5]) or "none"
        if _reads_account(ctx):
            yield warning(
                f"{each.scope} is limited to {ids}, yet account {waba_id} can be read",
                fix="Trust the read, and generate a new token at the next occasion.",
                subject=each.scope,
                url=TOKENS,
            )
            continue
        yield error(
            f"{each.scope} is limited to other accounts: {ids}",
            fix=f"Assign account {waba_id} to the token's user (Business settings > System users > the user > Assign"
            " assets), then generate a new token; or set WA_WABA_ID to an account of the token.",
            subject=each.scope,
            url=TOKENS,
            evidence={"target_ids": each.target_ids},
        )
    if not limited:
        yield notice("not limited to single accounts")


@check("token-proof", "the app gets the proof it demands", needs=("token-valid",), after_doubt=True)
def proof(ctx: Context) -> Iterator[Finding]:
    """
    An app can demand that every call proves knowledge of the app secret (App Dashboard > App settings > Advanced >
    Require App Secret). A call without that proof fails, whatever its token may do. The proof in its current form
    holds for five minutes, so a wrong clock breaks it too.
    """
    secret = ctx.settings.app_secret
    by_app = next((each for who, each in introspect(ctx.graph).refusals if who == BY_APP), None)
    if by_app and (by_app.about_token or by_app.code == 101):
        yield error(
            f"the app secret is not that of app {ctx.settings.app_id.strip()}: {by_app.message}",
            fix="Copy both again from App Dashboard > App settings > Basic; a secret that was reset ends at once.",
            url=SECURITY,
            evidence=by_app.evidence,
        )
        return
    refusal = next((each for who, each in introspect(ctx.graph).refusals if each.wants_proof and who != BY_APP), None)
    if refusal is None:
        try:
            nodes.me(ctx.graph)
        except ApiError as answer:
            if not answer.wants_proof:
                raise
            refusal = answer
    form = ctx.graph.credentials.proof
    if refusal is None:
        sent = secret is not None and form != "off"
        if sent:
            yield notice(f"the proof is sent in its {form} form")
        elif secret is not None and introspect(ctx.graph).refusals:
            yield notice("no proof is sent, for the app secret is not that of the token's app; none is demanded")
        else:
            yield notice("no proof is sent, and none is demanded")
    elif "Invalid" in refusal.message:
        yield error(
            "the appsecret_proof is refused: the app secret is another app's, or the clock is wrong",
            fix="Copy the secret of the token's app from App Dashboard > App settings > Basic into WA_APP_SECRET; if"
            " it is right, try the older form.",
            command="wa-doctor check --proof plain" if form == "timed" else "wa-doctor probe",
            url=SECURITY,
            evidence=refusal.evidence,
        )
    else:
        yield error(
            "the app demands an appsecret_proof, and none was sent",
            fix="Set WA_APP_SECRET (App Dashboard > App settings > Basic) and send the proof from your own code too, or"
            " switch off App Dashboard > App settings > Advanced > Require App Secret.",
            url=SECURITY,
            evidence=refusal.evidence,
        )
