"""Says of the numbers in a text what matters for a delivery: a second spelling, a US area code, a blocked region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wa_doctor.explain.masking import mask

if TYPE_CHECKING:
    from wa_doctor.explain.reading.record import Delivery, ErrorSeen, Record
    from wa_doctor.explain.reasoning.ids import Sign

ADVICE = (
    "Add the other spelling to the list (App Dashboard > WhatsApp > API Setup > To > Manage phone number list) and "
    "send to it: 54 9 and ten digits is 54 and ten digits in Argentina, 52 1 is 52 in Mexico, and in Brazil the 9 "
    "behind 55 and the area code is left out."
)

_ROLES = ("to", "wa_id", "prose")  # most telling first
_MOST = 20  # numbers judged; a log has thousands, and they are of the same countries


def signs(record: Record, errors: tuple[ErrorSeen, ...]) -> Iterator[Sign]:
    """Yield what the recipients' numbers and the statuses of single messages show."""
    yield from _numbers(record)
    for message, delivery in record.deliveries.items():
        if arrived_and_failed(delivery):
            yield "delivered-and-failed", message, {}
    senders = {digits for digits, role in record.numbers.items() if role == "sender"}
    for call in record.calls:
        if call.path and call.path[0] in senders:
            yield "id-looks-like-phone", call.path[0], {"id": call.path[0]}
    if any(seen.transient for seen in errors):
        yield "error-transient", "is_transient: true", {}


def arrived_and_failed(delivery: Delivery) -> bool:
    """Say whether one message has both reached a device and failed on one."""
    return "failed" in delivery.statuses and not delivery.statuses.isdisjoint(("delivered", "read", "played"))


def _numbers(record: Record) -> Iterator[Sign]:
    from wa_doctor.recipients import judge, other_forms

    chosen = sorted(
        ((digits, role) for digits, role in record.numbers.items() if role in _ROLES),
        key=lambda each: _ROLES.index(each[1]),
    )
    for digits, role in chosen[:_MOST]:
        if others := other_forms(digits):
            advice = _advice(digits, others[0])
            yield "recipient-digit-rule", digits, {"number": digits, "other": others[0], "digits": advice}
            if others[0] in record.numbers:
                yield "both-spellings", f"{digits} and {others[0]}", {}
        verdict = judge(f"+{digits}")
        place = verdict.region
        if place.code == "US" and verdict.verdict == "allowed":
            yield "recipient-us", digits, {"masked": mask(digits), "region": place.name}
        if verdict.verdict == "blocked" and role != "prose":
            yield "recipient-in-blocked-region", digits, {"masked": mask(digits), "region": place.name}


def _advice(digits: str, other: str) -> str:
    return (
        f"Put +{other} on the list (App Dashboard > WhatsApp > API Setup > To > Manage phone number list) and send to "
        f"{other} instead of {digits}; if {other} is the one that stands there, send to exactly that."
    )
