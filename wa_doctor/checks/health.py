"""`health-*`: what Meta itself says stands in the way of sending."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wa_doctor.checks.number import number
from wa_doctor.knowledge import errors
from wa_doctor.model import Finding, Unverified, error, notice, warning
from wa_doctor.registry import check

if TYPE_CHECKING:
    from wa_doctor.context import Context
    from wa_doctor.graph.answers import HealthEntity, HealthError

URL = "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/health-status"
_WORDS = ("AVAILABLE", "LIMITED", "BLOCKED")
_CALLING = (138024, 138025)  # calling over SIP is not switched on: no obstacle to a message
_NAMES = {"PHONE_NUMBER": "number", "WABA": "account", "BUSINESS": "business", "APP": "app"}


@check("health-send", "Meta lets number and account send", needs=("number-access",))
def send(ctx: Context) -> Iterator[Finding]:
    """
    Meta's `health_status` of the number covers the number, its account, the business and the app. It is computed
    anew from these: the overall word can say BLOCKED for calling alone, while every message would go out.
    """
    health = number(ctx).health_status
    if health is None or not health.entities:
        raise Unverified("Meta states no health for the number", fix="Look at it in WhatsApp Manager.", url=URL)
    for entity in health.entities:
        if entity.can_send_message in ("BLOCKED", "LIMITED"):
            yield from _trouble(entity)
    unknown = next((each for each in health.entities if each.can_send_message not in _WORDS), None)
    if unknown:
        raise Unverified(
            f"Meta says {unknown.can_send_message or 'nothing'} of the {_name(unknown)}, which is no word known here",
            fix="Look at it in WhatsApp Manager > Overview.",
            url=URL,
        )
    if health.can_send_message == "BLOCKED" and all(e.can_send_message == "AVAILABLE" for e in health.entities):
        yield notice("Meta's overall word is BLOCKED for calling alone; messages can be sent")
    elif all(entity.can_send_message == "AVAILABLE" for entity in health.entities):
        yield notice(f"{len(health.entities)} of {len(health.entities)} available")


def _trouble(entity: HealthEntity) -> Iterator[Finding]:
    who = _name(entity)
    say = error if entity.can_send_message == "BLOCKED" else warning
    word = entity.can_send_message.lower()
    troubles = [each for each in entity.errors if each.error_code not in _CALLING]
    for trouble in troubles:
        yield say(
            f"the {who} is {word}: {trouble.error_description.rstrip('.')} (error {trouble.error_code})",
            fix=_fix(trouble),
            command=f"wa-doctor explain {trouble.error_code}",
            url=URL,
            subject=entity.id,
            evidence={"entity": entity.entity_type, "possible_solution": trouble.possible_solution},
        )
    for info in entity.additional_info:
        yield say(
            f"the {who} is {word}: {info.rstrip('.')}",
            fix="Do what Meta says here; until then fewer messages go out.",
            url=URL,
            subject=entity.id,
        )
    if not troubles and not entity.additional_info:
        yield say(
            f"the {who} is {word}, and Meta does not say why",
            fix="Open WhatsApp Manager > Overview and Business Support Home; both name restrictions.",
            url=URL,
            subject=entity.id,
        )


def _name(entity: HealthEntity) -> str:
    return _NAMES.get(entity.entity_type, entity.entity_type.lower())


def _fix(trouble: HealthError) -> str:
    fact = errors.error(trouble.error_code)
    if fact:
        return fact.fix[0].text
    return trouble.possible_solution or "Open WhatsApp Manager > Overview, which names restrictions."
