"""`account-*`: the WhatsApp Business Account, read with the token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wa_doctor.graph import nodes
from wa_doctor.graph.access import MANAGEMENT, Asked, explain_refusal
from wa_doctor.graph.refusal import ApiError
from wa_doctor.graph.token import introspect
from wa_doctor.model import Finding, Skip, Unverified, error, notice, warning
from wa_doctor.registry import check

if TYPE_CHECKING:
    from wa_doctor.context import Context
    from wa_doctor.graph.answers import Waba

LIMITS = "https://developers.facebook.com/docs/graph-api/overview/rate-limiting"
REVIEW = "https://developers.facebook.com/documentation/business-messaging/whatsapp/support"


def account(ctx: Context) -> Waba:
    """Return the configured account; several checks ask, Meta is asked once."""
    return nodes.waba(ctx.graph, ctx.settings.waba_id.strip())


def scopes_and_targets(ctx: Context) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Return the granted scopes and the accounts that management is limited to, None for what is not known."""
    try:
        answer = introspect(ctx.graph).answer
    except (ApiError, Unverified):
        answer = None
    if answer is None:
        return None, None
    targets = next((each.target_ids for each in answer.granular_scopes if each.scope == MANAGEMENT), None)
    return answer.scopes, targets


def _number_refused(ctx: Context) -> bool:
    id = ctx.settings.phone_number_id.strip()
    if not id:
        return False
    try:
        nodes.phone_number(ctx.graph, id)
    except ApiError as refusal:
        return not refusal.transient
    except Unverified:
        return False
    return False


@check("account-access", "the account can be read", needs=("config-ids", "token-valid"), after_doubt=True)
def access(ctx: Context) -> Iterator[Finding]:
    """
    Reads the WhatsApp Business Account (WABA). This is the proof that scopes in a list are not: the token works,
    has `whatsapp_business_management`, and its user was given this account.
    """
    if not ctx.settings.waba_id.strip():
        raise Skip("no WABA id was given (WA_WABA_ID)")
    try:
        found = account(ctx)
    except ApiError as refusal:
        if refusal.transient:
            raise
        if refusal.wants_proof:
            raise Skip("needs token-proof", caused_by="token-proof") from None
        scopes, targets = scopes_and_targets(ctx)
        yield explain_refusal(
            refusal,
            Asked(
                noun="WABA",
                setting="waba_id",
                id=ctx.settings.waba_id.strip(),
                variable="WA_WABA_ID",
                scopes=scopes,
                targets=targets,
                others_refused=_number_refused(ctx),
            ),
        )
        return
    yield notice(f'"{found.name}"' if found.name else f"account {found.id}", subject=found.id)


@check("account-review", "the account is approved", needs=("account-access",))
def review(ctx: Context) -> Iterator[Finding]:
    """
    Meta reviews every WhatsApp Business Account; a rejected one cannot send. The verification of the business is
    another matter: without it the limits stay low, but messages go out.
    """
    found = account(ctx)
    state = found.account_review_status
    if state == "REJECTED":
        yield error(
            "Meta rejected the account",
            fix="Open Business Support Home > the account > See details > Request review.",
            url="https://business.facebook.com/business-support-home",
            subject=found.id,
        )
    elif state == "PENDING":
        yield warning(
            "the review of the account is not finished", fix="Wait for the review; it usually takes a day.", url=REVIEW
        )
    elif state and state != "APPROVED":
        yield notice(f"Meta calls the review {state}, which is no state known here")
    verified = found.business_verification_status
    if verified and verified != "VERIFIED":
        yield notice(
            f"the business is not verified ({verified.lower().replace('_', ' ')}): messaging limits stay low",
            fix="Verify it under Business settings > Security Centre.",
        )


@check("account-region", "the business is in a served region", needs=("account-access",))
def region(ctx: Context) -> Iterator[Finding]:
    """
    Businesses in Cuba, Iran, North Korea, Syria and three regions of Ukraine may not use the platform. Decided
    by the country of the account and the main location of the business, as far as Meta states them.
    """
    from wa_doctor.recipients import judge

    found = account(ctx)
    stated = {"country": found.country, "primary_business_location": found.primary_business_location}
    known = {name: code for name, code in stated.items() if code}
    if not known:
        yield notice("Meta states no country for it")
    for name, code in known.items():
        verdict = judge(code)
        if verdict.verdict == "blocked":
            yield error(
                f"the {name.replace('_', ' ')} is {verdict.region_name}, which the platform does not serve",
                fix="Correct it under Business settings > Business info if it is wrong; otherwise the platform cannot"
                " be used from there.",
                url="https://developers.facebook.com/documentation/business-messaging/whatsapp/support#country-restrictions",
                subject=code,
                evidence={name: code, "reason": verdict.reason},
            )


@check("account-quota", "usage is far from the rate limits", needs=("account-access",))
def quota(ctx: Context) -> Iterator[Finding]:
    """
    Meta counts calls per app and account over a rolling hour and sends the figures with its answers, in percent.
    At 100 calls are refused, and to go on calling makes the block longer.
    """
    account(ctx)
    if not ctx.graph.usage:
        yield notice("Meta sent no figures, as it does while little is used")
    for usage in ctx.graph.usage:
        said = f"{usage.percent:.0f} % of {usage.subject} is used ({usage.figure.replace('_', ' ')})"
        evidence = {"percent": usage.percent, "regain_minutes": usage.regain_minutes}
        if usage.percent >= 100 or usage.regain_minutes > 0:
            yield error(
                f"{said}: calls are being refused",
                fix=f"Stop calling for {usage.regain_minutes:.0f} minutes, then call less often."
                if usage.regain_minutes
                else "Stop calling for an hour, then call less often.",
                url=LIMITS,
                subject=usage.subject,
                evidence=evidence,
            )
        elif usage.percent >= 75:
            yield warning(
                said,
                fix="Call less often: cache what you read, and use webhooks in place of polling.",
                url=LIMITS,
                subject=usage.subject,
                evidence=evidence,
            )
        else:
            yield notice(said)
