"""
Why a node cannot be read: the causes that one answer of Meta leaves open, ranked by what else is known.

100/33, 10 and 200 say the same of a wrong id, of an id of another kind, and of no access
(https://developers.facebook.com/documentation/business-messaging/whatsapp/access-tokens, read 2026-06-30; the
shapes are from public issue reports).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wa_doctor.graph.nodes import node_type
from wa_doctor.graph.verdict import finding_of
from wa_doctor.model import Finding, error

if TYPE_CHECKING:
    from wa_doctor.graph.refusal import ApiError

MANAGEMENT = "whatsapp_business_management"

_TYPES = {
    "WhatsAppBusinessAccount": "a WhatsApp Business Account",
    "WhatsAppBusinessPhoneNumber": "a business phone number",
    "Application": "an app",
    "Business": "a business portfolio",
    "User": "a user",
    "Page": "a Facebook page",
}
_OPEN = {(100, 33), (10, None), (200, None), (803, None), (3, None)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    What was asked for and what is known around it.

    `noun` is `WABA` or `phone number`, `setting` the name of the id, `variable` what to set. `scopes` None means that
    the scopes are not known; `targets` None that the scope is not restricted, or that this is not known.
    `others_refused` says that another node of the same business was refused too: two wrong ids are less likely than
    one missing assignment. `mistaken_for` is the right id, where the given one is the number itself.
    """

    noun: str
    setting: str
    id: str
    variable: str
    scopes: tuple[str, ...] | None = None
    targets: tuple[str, ...] | None = None
    others_refused: bool = False
    mistaken_for: str = ""


def explain_refusal(refusal: ApiError, asked: Asked) -> Finding:
    """Return the error with the likeliest cause first; the others stand in the evidence and in the fix."""
    if node_type(refusal):
        kind = _TYPES.get(node_type(refusal), node_type(refusal))
        return _finding(refusal, asked, [f"the id is that of {kind}, not of a {asked.noun}"], _right_id(asked))
    if not _is_open(refusal):
        return finding_of(refusal, subject=asked.id)
    causes = list(_ranked(asked, refusal))
    return _finding(refusal, asked, [cause for cause, _ in causes], causes[0][1], causes[1:])


def _is_open(refusal: ApiError) -> bool:
    known = (refusal.code, refusal.subcode if refusal.code == 100 else None)
    return known in _OPEN or 201 <= refusal.code <= 299


def _ranked(asked: Asked, refusal: ApiError) -> Iterable[tuple[str, str]]:
    if asked.mistaken_for:
        yield (
            f"the phone number itself stands where its id belongs; its id is {asked.mistaken_for}",
            f"Set {asked.variable} to {asked.mistaken_for}.",
        )
    elif asked.setting == "phone_number_id" and len(asked.id) <= 13:
        yield "the phone number itself seems to stand where its id belongs", _right_id(asked)
    granted = asked.scopes is not None and MANAGEMENT in asked.scopes
    missing = (f"the token lacks {MANAGEMENT}", f"Generate a new token with {MANAGEMENT} ticked.")
    unassigned = (
        f"the {asked.noun} is probably not assigned to the token's user",
        (
            "Open Business settings > System users > the user > Assign assets, give it the WhatsApp account with full"
            " control, then generate a new token."
        ),
    )
    wrong = (f"probably no {asked.noun} has this id", _right_id(asked))
    if asked.scopes is not None and not granted:
        yield from (missing, unassigned, wrong)
    elif asked.targets is not None and asked.setting == "waba_id" and asked.id not in asked.targets:
        yield (f"the token holds for other accounts only ({', '.join(asked.targets[:3])})", unassigned[1])
        yield from (wrong,) if granted else (missing, wrong)
    elif refusal.code in (10, 200) or asked.others_refused:
        yield from (unassigned, wrong) if granted else (missing, unassigned, wrong)
    else:
        yield from (wrong, unassigned) if granted else (wrong, unassigned, missing)


def _right_id(asked: Asked) -> str:
    return f"Copy the {asked.noun} id from App Dashboard > WhatsApp > API Setup into {asked.variable}."


def _finding(
    refusal: ApiError, asked: Asked, causes: list[str], fix: str, others: list[tuple[str, str]] | None = None
) -> Finding:
    more = " ".join(f"If that is not it: {step[0].lower()}{step[1:]}" for _, step in (others or [])[:1])
    return error(
        causes[0],
        fix=f"{fix} {more}".strip(),
        command="wa-doctor token",
        url="https://developers.facebook.com/documentation/business-messaging/whatsapp/access-tokens",
        subject=asked.id,
        evidence={**refusal.evidence, "causes": tuple(causes)},
    )
