"""What can be said of a callback URL and a verify token by looking at them, before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wa_doctor.endpoint.challenge import MENU
from wa_doctor.endpoint.meta_words import in_dashboard
from wa_doctor.knowledge.webhook_delivery import delivery
from wa_doctor.model import Finding, error, notice, warning

if TYPE_CHECKING:
    from wa_doctor.endpoint.callback import Callback

_SAFE_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


def judge_url(callback: Callback, *, local: bool) -> Iterator[Finding]:
    """Judge the form of a callback URL; with `local`, http and a name of one's own network are no problem."""
    if not callback.secure and local:
        yield notice("http, which Meta refuses; --local lets it pass")
    elif not callback.secure:
        yield error(
            "the URL is http, and Meta calls https only",
            fix=f"Put a certificate on the server, and enter the https URL in {MENU}.",
            evidence=in_dashboard(),
        )
    if callback.private_name and not local:
        yield error(
            f"{callback.host} is a name of your own network, which Meta cannot look up",
            fix="Use a name in public DNS, or a tunnel; with --local the name is no problem.",
            subject=callback.host,
            evidence=in_dashboard(),
        )
    if callback.has_credentials:
        yield warning(
            "a user and a password stand in the URL, and nobody says that Meta sends them",
            fix="Let the path of the webhook through without a login: the signature proves who sends.",
        )
    if callback.has_fragment:
        yield warning(
            "the part behind # is never sent to a server", fix=f"Take # and what is behind it off the URL in {MENU}."
        )
    if any(name.startswith("hub") for name in callback.own_parameters):
        yield warning(
            "the URL has a hub parameter of its own, and Meta appends its own",
            fix=f"Take hub.mode, hub.challenge and hub.verify_token out of the URL in {MENU}.",
        )
    if callback.was_encoded:
        yield warning(
            "the URL holds spaces or letters outside ASCII, which senders write differently",
            fix="Use a path of letters, digits, - and _ only.",
        )
    if callback.length > delivery().override_limit:
        yield notice(f"{callback.length} characters, too long for an override ({delivery().override_limit})")


def judge_token(token: str) -> Iterator[Finding]:
    """Judge a verify token by its characters."""
    strange = sorted(set(re.sub(r"[A-Za-z0-9_-]", "", token)))
    if strange:
        shown = " ".join(each if each.isprintable() and not each.isspace() else repr(each) for each in strange[:8])
        yield warning(
            f"the verify token holds characters that can arrive changed: {shown}",
            fix=f"Choose a token of A-Z, a-z, 0-9, _ and - only, and enter it in {MENU} and in the endpoint.",
        )


def special_characters(callback: Callback) -> Finding:
    """Say that the URL holds characters that senders spell differently, where that could not be tried."""
    return notice(f"{_special(callback)} in the URL can arrive spelt otherwise")


def spelt_otherwise(callback: Callback, status: int | None) -> Finding:
    """Say that the endpoint knows its own URL in one spelling only; `status` is its answer to the other."""
    answered = f"HTTP {status}" if status else "no answer"
    return warning(
        f"{_special(callback)} in the URL can arrive spelt otherwise, and then the endpoint gives {answered}",
        fix="Use letters, digits, - and _ only in path and query, and enter the new URL in App Dashboard > WhatsApp >"
        " Configuration.",
    )


def _special(callback: Callback) -> str:
    found = re.findall(r"\+|%[0-9A-Fa-f]{2}", f"{callback.path}?{callback.query}")
    return " and ".join(dict.fromkeys(found[:4]))
