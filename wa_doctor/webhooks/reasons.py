"""Why a message may have stayed at `sent`: Meta does not say, so what is known of the recipient is weighed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wa_doctor.knowledge.undelivered import undelivered
from wa_doctor.model import Fix
from wa_doctor.webhooks import places
from wa_doctor.webhooks.document import CheckItem, Checklist
from wa_doctor.webhooks.message import MESSAGE_KEEPING, Reason
from wa_doctor.webhooks.spans import spoken
from wa_doctor.webhooks.tallies import Acquaintance

if TYPE_CHECKING:
    from wa_doctor.webhooks.places import Region

LIKELY, POSSIBLE, UNLIKELY = LIKELIHOODS = ("likely", "possible", "unlikely")

_DAY = 86_400
_STRANGER = Acquaintance()


def reasons(
    recipient: str, sent: int, waiting: int, known: Acquaintance | None, category: str, *, in_flight: bool
) -> tuple[Reason, ...]:
    """Return what may have kept a message, the likeliest first."""
    known = known or _STRANGER
    alive = max(known.last_delivered, known.last_wrote) > sent > 0
    found = [
        *_of_region(places.of_recipient(recipient) if recipient else None),
        *_of_flight(waiting, in_flight=in_flight),
        _offline(sent, waiting, known, alive=alive),
        _blocked(sent, known),
        *_of_lifetime(waiting, category, alive=alive),
        _lost(alive=alive),
        Reason("terms or an old app", UNLIKELY, "both normally fail with code 131026 and do not stay at `sent`"),
    ]
    return tuple(sorted(found, key=lambda reason: LIKELIHOODS.index(reason.likelihood)))


def _of_region(region: Region | None) -> Iterator[Reason]:
    if region and region.verdict == "blocked":
        yield Reason(f"{region.name} is not served", LIKELY, region.reason)
    elif region and region.verdict == "uncertain" and region.reason:
        yield Reason("a region that is not served", POSSIBLE, region.reason)
    elif region and region.verdict == "invalid":
        yield Reason("not a phone number", LIKELY, region.reason)


def _of_flight(waiting: int, *, in_flight: bool) -> Iterator[Reason]:
    if in_flight:
        yield Reason("on its way", LIKELY, f"it was sent only {spoken(waiting)} before the log ends")


def _offline(sent: int, waiting: int, known: Acquaintance, *, alive: bool) -> Reason:
    title = "the phone is off or without network"
    if alive:
        since = spoken(max(known.last_delivered, known.last_wrote) - sent)
        return Reason(title, UNLIKELY, f"the recipient was on WhatsApp {since} after it was sent")
    if waiting >= MESSAGE_KEEPING:
        return Reason(title, POSSIBLE, "Meta kept it for 30 days and dropped it then")
    left = f"Meta keeps it {spoken(MESSAGE_KEEPING - waiting)} longer"
    return Reason(title, LIKELY if waiting < 3 * _DAY else POSSIBLE, left)


def _blocked(sent: int, known: Acquaintance) -> Reason:
    title = "the recipient blocked a number of the business"
    if known.last_wrote > sent > 0:
        return Reason(title, UNLIKELY, "the recipient wrote to you after it was sent")
    if known.last_delivered > sent > 0:
        return Reason(title, UNLIKELY, "a later message to the same recipient arrived")
    if known.delivered and known.waiting > 1:
        arrived = f"earlier messages arrived, and {known.waiting} are waiting since"
        return Reason(title, LIKELY, arrived)
    return Reason(title, POSSIBLE, "Meta gives no code for it; a block of another of your numbers counts as well")


def _of_lifetime(waiting: int, category: str, *, alive: bool) -> Iterator[Reason]:
    if category.startswith("authentication") and waiting > _DAY:
        yield Reason("its time to live ended", LIKELY, "authentication templates are dropped after minutes")
    elif alive:
        yield Reason("its time to live ended", POSSIBLE, "the template may have a shorter one than the usual 30 days")


def _lost(*, alive: bool) -> Reason:
    if alive:
        return Reason("the `delivered` is not in this log", LIKELY, "later messages arrived, so this one may have too")
    return Reason("the `delivered` is not in this log", POSSIBLE, "the log may end too early, or a webhook was lost")


def first_fix(recipient: str) -> Fix:
    """Return what to do first about a message that is not delivered."""
    region = places.of_recipient(recipient) if recipient else None
    if region and region.verdict == "blocked":
        return Fix(f"Stop sending to {region.name}: Meta does not serve it.", "wa-doctor recipient NUMBER")
    return Fix(
        "Go through the checklist with the customer, over another channel than WhatsApp.",
        "wa-doctor triage --undelivered FILE",
    )


def checklist(about: str) -> Checklist:
    """Return the list to go through."""
    facts = undelivered()
    items = tuple(CheckItem(item.ask, item.text, item.details, item.url) for item in facts.item)
    return Checklist(about, facts.intro, items)
