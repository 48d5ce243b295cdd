"""Recipients who got several messages and received none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wa_doctor.webhooks.counting import places
from wa_doctor.webhooks.counting.tallies import SILENT_AFTER
from wa_doctor.webhooks.story import catalogue, reasons
from wa_doctor.webhooks.totals import SilentRecipient

if TYPE_CHECKING:
    from wa_doctor.model import Fix
    from wa_doctor.webhooks.counting.tallies import Acquaintance, Recipient
    from wa_doctor.webhooks.story.naming import Naming

_MOST = 100


def silent_recipients(people: Mapping[Recipient, Acquaintance], naming: Naming) -> tuple[SilentRecipient, ...]:
    """Return who never received anything, those with the most messages first."""
    found = [
        (known.failed + known.waiting, str(recipient), known)
        for recipient, known in people.items()
        if not known.delivered and known.failed + known.waiting >= SILENT_AFTER
    ]
    found.sort(key=lambda each: (-each[0], each[1]))
    return tuple(_silent(recipient, known, naming) for _, recipient, known in found[:_MOST])


def _silent(recipient: str, known: Acquaintance, naming: Naming) -> SilentRecipient:
    region = places.of_recipient(recipient)
    why, fix = _why(known, region, recipient)
    return SilentRecipient(
        recipient=naming.recipient(recipient),
        region=region.code,
        messages=known.failed + known.waiting,
        failed=known.failed,
        undelivered=known.waiting,
        first=known.first,
        last=known.last,
        codes=known.codes,
        why=why,
        fix=fix,
    )


def _why(known: Acquaintance, region: places.Region, recipient: str) -> tuple[str, Fix | None]:
    if region.verdict == "blocked":
        return region.reason, reasons.first_fix(recipient)
    if known.codes:
        facts = catalogue.known(known.codes[0], None)
        title = facts.title or f"error {known.codes[0]}"
        return f"{known.codes[0]} {title}", facts.fixes[0] if facts.fixes else None
    if known.last_wrote > known.first:
        return "writes to you and receives nothing: look whether the right number is answered", None
    return "all of them stayed at `sent`", reasons.first_fix(recipient)
