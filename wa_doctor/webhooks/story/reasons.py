"""Why a message may have stayed at `sent`: Meta does not say, so what is known of the recipient is weighed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wa_doctor.knowledge.undelivered import undelivered
from wa_doctor.model import Fix
from wa_doctor.webhooks.counting import places
from wa_doctor.webhooks.counting.tallies import Acquaintance
from wa_doctor.webhooks.document import CheckItem, Checklist
from wa_doctor.webhooks.message import MESSAGE_KEEPING, Reason
from wa_doctor.webhooks.story.spans import spoken

if TYPE_CHECKING:
    from wa_doctor.webhooks.counting.places import Region

LIKELY, POSSIBLE, UNLIKELY = LIKELIHOODS = ("likely", "possible", "unlikely")

_DAY = 86_400
_UNDELIVERABLE = 131026
_MOVED = "the customer changed to another number"
_LOST = "the `delivered` is not in this log"
_STRANGER = Acquaintance()


def reasons(
    recipient: str, sent: int, waiting: int, known: Acquaintance | None, category: str, *, in_flight: bool
) -> tuple[Reason, ...]:
    """Return what may have kept a message, the likeliest first."""
    known = known or _STRANGER
    alive = max(known.last_delivered, known.last_wrote) > sent > 0
    region = places.of_recipient(recipient) if recipient else None
    certain = [*_of_region(region), *_of_move(known), *_of_flight(waiting, flying=in_flight)]
    explained = any(each.likelihood == LIKELY for each in certain)
    found = [
        *certain,
        *_of_lifetime(waiting, category, alive=alive),
        _offline(sent, waiting, known, alive=alive, explained=explained),
        _blocked(sent, known),
        _lost(known, sent),
        _outdated(known),
    ]
    return tuple(sorted(found, key=lambda reason: LIKELIHOODS.index(reason.likelihood)))


def _of_region(region: Region | None) -> Iterator[Reason]:
    if region and region.verdict == "blocked":
        yield Reason(f"{region.name} is not served", LIKELY, region.reason)
    elif region and region.verdict == "uncertain" and region.reason:
        yield Reason("a region that is not served", POSSIBLE, region.reason)
    elif region and region.verdict == "invalid":
        yield Reason("not a phone number", LIKELY, region.reason)


def _of_move(known: Acquaintance) -> Iterator[Reason]:
    if known.moved > max(known.last_wrote, known.last_delivered):
        when = f"{datetime.fromtimestamp(known.moved, UTC):%Y-%m-%d}"
        yield Reason(_MOVED, LIKELY, f"a message of the type `system` said so on {when} and names the new one")


def _of_flight(waiting: int, *, flying: bool) -> Iterator[Reason]:
    if flying:
        yield Reason("on its way", LIKELY, f"it was sent only {spoken(waiting)} before the log ends")


def _of_lifetime(waiting: int, category: str, *, alive: bool) -> Iterator[Reason]:
    title = "its time to live ended"
    if category.startswith("authentication") and waiting > _DAY:
        yield Reason(title, LIKELY, "authentication templates are dropped when the phone is off for some minutes")
    elif alive:
        yield Reason(title, POSSIBLE, "the template may have a shorter one than the usual 30 days")


def _offline(sent: int, waiting: int, known: Acquaintance, *, alive: bool, explained: bool) -> Reason:
    title = "the phone is off or without network"
    if alive:
        since = spoken(max(known.last_delivered, known.last_wrote) - sent)
        return Reason(title, UNLIKELY, f"the recipient was on WhatsApp {since} after it was sent")
    if waiting >= MESSAGE_KEEPING:
        return Reason(title, POSSIBLE, "Meta kept it for 30 days and dropped it then")
    left = f"Meta keeps it {spoken(MESSAGE_KEEPING - waiting)} longer at most"
    return Reason(title, LIKELY if waiting < 3 * _DAY and not explained else POSSIBLE, left)


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


def _lost(known: Acquaintance, sent: int) -> Reason:
    if known.last_delivered > sent > 0:
        return Reason(_LOST, LIKELY, "later messages arrived, so this one may have too")
    if known.last_wrote > sent > 0:
        return Reason(_LOST, LIKELY, "the recipient wrote afterwards, so the phone was there to take it")
    return Reason(_LOST, POSSIBLE, "the log may end too early, or a webhook was lost")


def _outdated(known: Acquaintance) -> Reason:
    title = "terms not accepted, or an old app"
    if _UNDELIVERABLE in known.codes:
        return Reason(title, POSSIBLE, "other messages to the recipient failed with 131026, which stands for both")
    return Reason(title, UNLIKELY, "both normally fail with code 131026 and do not stay at `sent`")


def first_fix(recipient: str, ranked: Sequence[Reason] = ()) -> Fix:
    """Return what to do first about a message that is not delivered, for these reasons where they are known."""
    region = places.of_recipient(recipient) if recipient else None
    if region and region.verdict == "blocked":
        return Fix(f"Stop sending to {region.name}: Meta does not serve it.", "wa-doctor recipient NUMBER")
    if region and region.verdict == "invalid":
        return Fix("Correct the number of the recipient.", "wa-doctor recipient NUMBER")
    if any(each.title == _MOVED for each in ranked):
        return Fix("Send to the new number of the customer, which the `system` message in your webhooks names.")
    if ranked and ranked[0].title == _LOST and ranked[0].likelihood == LIKELY:
        return Fix(
            "See whether this log is whole, and whether your webhook answered with 200 all the time.",
            "wa-doctor check --only webhook",
        )
    return Fix(
        "Go through the checklist with the customer, over another channel than WhatsApp.",
        "wa-doctor triage --undelivered FILE",
    )


def fix_of_accepted(*, held: bool) -> Fix:
    """Return what to do first about a message of which no status came; `held`: Meta said that it holds it back."""
    if held:
        return Fix("Wait: Meta sends it or drops it with code 132015, depending on what people say of the template.")
    return Fix(
        "Make sure that your app is subscribed to the account and its field messages, and that this log is whole.",
        "wa-doctor check --only webhook",
    )


def checklist(about: str) -> Checklist:
    """Return the list to go through."""
    facts = undelivered()
    items = tuple(CheckItem(item.ask, item.text, item.details, item.url) for item in facts.item)
    return Checklist(about, facts.intro, items)
