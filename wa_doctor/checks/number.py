"""`number-*`: the business phone number that messages are sent from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wa_doctor.checks.account import scopes_and_targets
from wa_doctor.graph import nodes
from wa_doctor.graph.access import Asked, explain_refusal
from wa_doctor.graph.commands import register
from wa_doctor.graph.refusal import ApiError
from wa_doctor.model import Finding, Skip, Unverified, error, notice, warning
from wa_doctor.registry import check

if TYPE_CHECKING:
    from wa_doctor.context import Context
    from wa_doctor.graph.answers import PhoneNumber

NUMBERS = "https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers"


_JUDGED = ("BANNED", "RESTRICTED", "RATE_LIMITED", "FLAGGED")
_UNAPPROVED = {
    "EXPIRED": "the approval of the display name has expired",
    "NON_EXISTS": "the number has no display name",
    "NONE": "no display name was submitted for review",
}
_UNREGISTERED = ("PENDING", "DISCONNECTED", "UNVERIFIED")


def number(ctx: Context) -> PhoneNumber:
    """Return the configured number; several checks ask, Meta is asked once."""
    return nodes.phone_number(ctx.graph, ctx.settings.phone_number_id.strip())


def _listed(ctx: Context) -> tuple[PhoneNumber, ...]:
    """Return the numbers of the configured account, or nothing where they cannot be read."""
    if not ctx.settings.waba_id.strip():
        return ()
    try:
        return nodes.numbers_of(ctx.graph, ctx.settings.waba_id.strip())
    except (ApiError, Unverified):
        return ()


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


@check("number-access", "the phone number can be read", needs=("config-ids", "token-valid"), after_doubt=True)
def access(ctx: Context) -> Iterator[Finding]:
    """
    Reads the business phone number by its id. The id is not the number: App Dashboard > WhatsApp > API Setup shows
    it under the number. That a number can be read does not prove that it can send; `health-send` says more.
    """
    asked = ctx.settings.phone_number_id.strip()
    if not asked:
        raise Skip("no phone number id was given (WA_PHONE_NUMBER_ID)")
    try:
        found = number(ctx)
    except ApiError as refusal:
        if refusal.transient:
            raise
        if refusal.wants_proof:
            raise Skip("needs token-proof", caused_by="token-proof") from None
        listed = _listed(ctx)
        scopes, targets = scopes_and_targets(ctx)
        yield explain_refusal(
            refusal,
            Asked(
                noun="phone number",
                setting="phone_number_id",
                id=asked,
                variable="WA_PHONE_NUMBER_ID",
                scopes=scopes,
                targets=targets,
                others_refused=bool(ctx.settings.waba_id.strip()) and not listed,
                mistaken_for=next((each.id for each in listed if _digits(each.display_phone_number) == asked), ""),
            ),
        )
        if listed:
            yield notice(
                "the account has " + ", ".join(f"{each.id} ({each.display_phone_number})" for each in listed[:5])
            )
        return
    yield notice(f'{found.display_phone_number} "{found.verified_name}"', subject=found.id)


@check("number-owner", "the number belongs to the configured account", needs=("number-access", "account-access"))
def owner(ctx: Context) -> Iterator[Finding]:
    """
    A number belongs to one account, and templates, webhooks and payment are those of that account. A number and
    an account that were copied from two projects can both be read and still not fit: templates are then "not
    found" and webhooks go elsewhere.
    """
    wanted = ctx.settings.waba_id.strip()
    found = number(ctx)
    listed = nodes.numbers_of(ctx.graph, wanted)
    if any(each.id == found.id for each in listed):
        return
    entities = found.health_status.entities if found.health_status else ()
    actual = next((each.id for each in entities if each.entity_type == "WABA" and each.id != wanted), "")
    has = ", ".join(f"{each.id} ({each.display_phone_number})" for each in listed[:5]) or "no number"
    yield error(
        f"the number belongs to account {actual}, not to {wanted}"
        if actual
        else f"the number is not among those of account {wanted}",
        fix=f"Set WA_WABA_ID to {actual}, or WA_PHONE_NUMBER_ID to a number of {wanted}."
        if actual
        else f"Set WA_PHONE_NUMBER_ID to a number of {wanted}, or WA_WABA_ID to the account of the number.",
        url=NUMBERS,
        subject=found.id,
        evidence={"account_has": has, "account_of_number": actual},
    )


@check("number-registered", "the number is connected to the Cloud API", needs=("number-access",))
def registered(ctx: Context) -> Iterator[Finding]:
    """
    A number sends only after it was registered by an API call with a six-digit PIN; neither the App Dashboard nor
    WhatsApp Manager does that. Registered means `status` CONNECTED on `platform_type` CLOUD_API. wa-doctor never
    registers anything: ten tries in 72 hours block the number for the next 72.
    """
    found = number(ctx)
    status, platform, throughput = found.status, found.platform_type, found.throughput.level
    evidence = {"status": status, "platform_type": platform, "throughput": throughput}
    if status in _JUDGED:
        yield (error if status in ("BANNED", "RESTRICTED") else warning)(
            f"Meta calls the number {status.lower().replace('_', ' ')}",
            fix="Open WhatsApp Manager > Account tools > Phone numbers > the number, read the reason and appeal.",
            url="https://business.facebook.com/wa/manage/phone-numbers/",
            evidence=evidence,
        )
    if status in ("MIGRATED", "DELETED"):
        yield error(
            f"Meta calls the number {status.lower()}: it sends no longer under this id",
            fix="Copy the id that the number has now from App Dashboard > WhatsApp > API Setup.",
            url=NUMBERS,
            evidence=evidence,
        )
    elif platform == "ON_PREMISE":
        yield error(
            "the number is still on the On-Premises API, which ended on 2025-10-23",
            fix="Register it on the Cloud API with its PIN.",
            command=register(ctx),
            url=f"{NUMBERS}/registration/",
            evidence=evidence,
        )
    elif status in _UNREGISTERED or "NOT_APPLICABLE" in (platform, throughput):
        yield error(
            f"the number is not registered (status {status or 'not stated'}, platform {platform or 'not stated'})",
            fix="Register it with its six-digit PIN; verify it first if Meta asks for that.",
            command=register(ctx),
            url=f"{NUMBERS}/registration/",
            evidence=evidence,
        )
    elif status == "CONNECTED":
        yield notice(f"{status} on {platform}" if platform else status, evidence=evidence)
    elif status not in _JUDGED:
        raise Unverified(
            f"Meta calls the number {status}, which is no word known here" if status else "Meta states no status",
            fix="Look at the number in WhatsApp Manager > Account tools > Phone numbers.",
            evidence=evidence,
        )


@check("number-name", "the display name is approved", needs=("number-access",))
def name(ctx: Context) -> Iterator[Finding]:
    """
    The name that customers see. One that was declined or never reviewed keeps the messaging limit low, and a
    number that begins with 555 cannot send at all without an approved one.
    """
    found = number(ctx)
    state = found.name_status
    fix = "Change it in WhatsApp Manager > Account tools > Phone numbers > the number > Profile, and register again."
    url = "https://developers.facebook.com/documentation/business-messaging/whatsapp/display-names/"
    if state == "DECLINED":
        yield warning(f'Meta declined the display name "{found.verified_name}"', fix=fix, url=url)
    elif state in ("EXPIRED", "NON_EXISTS", "NONE"):
        yield warning(_UNAPPROVED[state], fix=fix, url=url)
    elif state == "PENDING_REVIEW":
        yield warning("the display name is not reviewed yet", fix="Wait for the review; the limit stays low.", url=url)
    elif state in ("APPROVED", "AVAILABLE_WITHOUT_REVIEW"):
        yield notice(f'"{found.verified_name}" {state.lower().replace("_", " ")}')
    else:
        said = f"calls it {state}, which is no word known here" if state else "does not state it"
        raise Unverified(f"Meta {said}", fix="Look at the name in WhatsApp Manager > Account tools > Phone numbers.")
    if state not in ("APPROVED", "AVAILABLE_WITHOUT_REVIEW") and _digits(found.display_phone_number).startswith("1555"):
        yield error(
            "a number that begins with 555 cannot send without an approved name (error 131037)",
            fix=fix,
            command="wa-doctor explain 131037",
            url=url,
        )


@check("number-quality", "the quality rating is not red", needs=("number-access",))
def quality(ctx: Context) -> Iterator[Finding]:
    """
    How customers reacted to the number's messages in the last days: blocks and reports lower it. At RED Meta may
    lower the limit and pause templates; at YELLOW the limit does not rise.
    """
    rating = number(ctx).quality_rating
    fix = (
        "Send less and only to people who agreed; look at blocked and reported messages in WhatsApp Manager > Insights."
    )
    url = f"{NUMBERS}/quality-rating/"
    if rating == "RED":
        yield error("the quality rating is red", fix=fix, url=url)
    elif rating == "YELLOW":
        yield warning("the quality rating is yellow", fix=fix, url=url)
    else:
        yield notice(rating.lower() if rating not in ("", "NA", "UNKNOWN") else "not rated yet")


@check("number-mode", "the number is a real one", needs=("number-access",))
def mode(ctx: Context) -> Iterator[Finding]:
    """
    Meta gives every app a test number. It sends only to five recipients that were added and verified in App
    Dashboard > WhatsApp > API Setup; every other one is refused with error 131030.
    """
    found = number(ctx)
    test = found.account_mode == "SANDBOX" or found.verified_name.upper() == "TEST NUMBER"
    if test:
        yield warning(
            "it is a test number, which sends only to recipients on its list",
            fix="Add each recipient in App Dashboard > WhatsApp > API Setup > To > Manage phone number list, or"
            " register a number of your own.",
            command="wa-doctor explain 131030",
            url="https://developers.facebook.com/documentation/business-messaging/whatsapp/get-started",
            evidence={"account_mode": found.account_mode},
        )
    elif found.account_mode:
        yield notice(found.account_mode.lower())
