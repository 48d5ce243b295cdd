"""`config-*`: what can be known of the values before anybody is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wa_doctor.graph.client import is_loopback
from wa_doctor.knowledge import hosts, versions
from wa_doctor.model import Finding, Skip, error, notice, warning
from wa_doctor.redact import plain, plain_url
from wa_doctor.registry import check

if TYPE_CHECKING:
    from wa_doctor.context import Context

TOKEN_PAGE = "https://developers.facebook.com/documentation/business-messaging/whatsapp/access-tokens"
VERSIONS_PAGE = "https://developers.facebook.com/docs/graph-api/changelog/versions"

_PLACEHOLDER = re.compile(
    r"<.*>|\$\{?\w+\}?|%\w+%|\{\{.*\}\}|x{3,}|changeme|(your|my|the)[-_ ]?.*(token|key)|(access[-_ ]?)?token",
    re.IGNORECASE,
)


@check("config-token", "a token was found and looks like one")
def token(ctx: Context) -> Iterator[Finding]:
    """
    Looks for the faults that come from copying: quotes, spaces, line breaks, a `Bearer ` in front, a doubled
    first letter, a value that ends in dots, an app token or an Instagram token in place of the right one.

    Meta calls tokens opaque, so an unusual length or beginning is only a warning.
    """
    secret = ctx.settings.access_token
    if secret is None:
        yield error(
            "no access token was found",
            fix="Set WA_ACCESS_TOKEN, or store one once with `wa-doctor auth login`.",
            command="wa-doctor auth login",
            url=TOKEN_PAGE,
        )
        return
    source = ctx.settings.source("access_token")
    faults = list(_token_faults(secret.reveal()))
    for message, fix in faults:
        yield error(f"the token {message}", fix=fix, subject=source, url=TOKEN_PAGE, evidence=_length(secret.reveal()))
    if not faults and not secret.reveal().startswith("EAA"):
        yield warning(
            "the token does not begin with EAA, as every token seen with this API does",
            fix="Make sure that it was made in Business settings > System users for the app that has WhatsApp.",
            subject=source,
            url=TOKEN_PAGE,
            evidence=_length(secret.reveal()),
        )
    if not faults:
        yield notice(f"from {source}", evidence={"fingerprint": secret.fingerprint, **_length(secret.reveal())})


def _length(raw: str) -> dict[str, int]:
    return {"characters": len(raw)}


_SHAPES = (
    (
        re.compile(r"(bearer|oauth)\s", re.IGNORECASE),
        "begins with the word Bearer",
        "Store the token alone; the client adds the word.",
    ),
    (
        re.compile(r"(access_)?token\s*[=:]", re.IGNORECASE),
        "begins with the name of its variable",
        "Store only what stands behind the equals sign.",
    ),
    (
        re.compile("EEAA"),
        "begins with a doubled letter (EEAA)",
        "Remove the first letter: a key was pressed while pasting.",
    ),
    (
        re.compile(r".*(\.{2,}|…)"),
        "was cut off where a page showed dots",
        "Copy it with the page's copy button, not from the shortened text.",
    ),
    (
        re.compile(r"\d+(\||%7C)\S+", re.IGNORECASE),
        "is an app token (APP_ID|APP_SECRET), which cannot send messages",
        "Use a system user's token, and give the app id and secret as WA_APP_ID and WA_APP_SECRET.",
    ),
    (
        re.compile(r"IG[A-Z]{2}|TH\|"),
        "belongs to another API of Meta (Instagram or Threads)",
        "Make one in Business settings > System users for the app that has WhatsApp.",
    ),
    (re.compile(r"[{\[]"), "is a JSON text", "Store only the value of `access_token` in it."),
    (re.compile(r"(\S{100,})\1"), "stands there twice", "Store it once."),
)


def _token_faults(raw: str) -> Iterator[tuple[str, str]]:
    bare = raw.strip()
    inner = bare.strip("\"'`“”‘’«»")
    if _PLACEHOLDER.fullmatch(inner):
        yield "is a placeholder, not a token", "Put the real token where the placeholder stands."
        return
    yield from _spaces(raw, bare)
    if inner != bare:
        yield "stands in quotes that became part of it", "Remove the quotes; env files and containers keep them."
    yield from ((message, fix) for shape, message, fix in _SHAPES if shape.match(inner))
    if not inner.isascii() or not "".join(inner.split()).isprintable():
        yield "holds characters that no token has", "Copy it again; a chat or a document has changed it."


def _spaces(raw: str, bare: str) -> Iterator[tuple[str, str]]:
    if "\n" in bare or "\r" in bare:
        yield "holds a line break", "Copy it again as one line; a terminal or an editor has wrapped it."
    elif re.search(r"\s", re.sub(r"^bearer ", "", bare, flags=re.IGNORECASE)):
        yield "holds a space", "Copy it again in one piece."
    elif raw != bare:
        yield "has a space or line break around it", "Remove it; a secret store often keeps a trailing newline."


_IDS = (
    ("phone_number_id", "phone number id", "WA_PHONE_NUMBER_ID", "App Dashboard > WhatsApp > API Setup"),
    ("waba_id", "WABA id", "WA_WABA_ID", "App Dashboard > WhatsApp > API Setup"),
    ("app_id", "app id", "WA_APP_ID", "App Dashboard > App settings > Basic"),
)


@check("config-ids", "the ids are ids")
def ids(ctx: Context) -> Iterator[Finding]:
    """
    Ids are plain digits. The usual mix-ups: the phone number itself in place of its id, the id of the WhatsApp
    Business Account in place of the number's, a line break or a quote that came along.

    Whether an id exists, and is of the right kind, only Meta can say; the checks on account and number ask.
    """
    given = {name: ctx.settings.text(name) for name, *_ in _IDS if ctx.settings.text(name)}
    if not given:
        raise Skip("no id was given (WA_PHONE_NUMBER_ID, WA_WABA_ID)")
    for name, label, variable, menu in _IDS:
        value = given.get(name, "")
        if value:
            yield from _id_faults(value, label, ctx.settings.source(name) or variable, menu)
    first: dict[str, str] = {}
    for name, label, _, menu in _IDS:
        value = given.get(name, "").strip()
        if value and value in first:
            yield error(
                f"the {label} and the {first[value]} are the same",
                fix=f"Look both up in {menu}: every kind of thing has an id of its own.",
                subject=value,
            )
        elif value:
            first[value] = label


def _id_faults(value: str, label: str, source: str, menu: str) -> Iterator[Finding]:
    fix = f"Copy the {label} from {menu} and set {source}."
    shown = plain(value, 60)
    if value != value.strip() or any(c in value for c in "\"'"):
        yield error(f"the {label} has a space, line break or quote around it", fix=fix, subject=shown)
    elif label == "phone number id" and (
        value.startswith("+") or re.fullmatch(r"[\d() .\-/]*[() .\-/][\d() .\-/]*", value)
    ):
        yield error("the phone number stands where its id belongs", fix=fix, subject=shown)
    elif not (value.isascii() and value.isdigit()):
        yield error(f"the {label} holds something else than digits", fix=fix, subject=shown)
    elif label == "phone number id" and len(value) <= 13:
        yield warning(
            f"the phone number id has only {len(value)} digits and may be the phone number itself",
            fix=fix,
            subject=shown,
        )


@check("config-host", "the base URL is the Cloud API over https")
def host(ctx: Context) -> Iterator[Finding]:
    """
    The Cloud API answers at https://graph.facebook.com for every number, wherever its data is stored.

    The On-Premises API ended on 2025-10-23, and providers have hosts and keys of their own: a token made at
    Meta is of no use there and is not sent to them.
    """
    base = ctx.settings.base_url
    fix = "Leave WA_BASE_URL unset, or set it to https://graph.facebook.com."
    try:
        parts = urlsplit(base)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        name, port, parts = "", None, urlsplit("")
    if not name or parts.scheme not in ("http", "https"):
        yield error("the base URL is not a URL", fix=fix, subject=plain_url(base))
        return
    if parts.username or parts.password:
        yield error("the base URL holds a user name or password", fix=fix, subject=name)
    if ctx.sandbox:
        yield notice(f"the sandbox answers at {name}:{port}")
        return
    if is_loopback(name):
        yield notice("this machine answers in place of Meta", subject=plain_url(base))
        return
    known = hosts.host(name)
    if known and known.kind == "on-premises":
        yield error(
            f"{name} is {known.name}; the On-Premises API ended on {versions.on_premises_sunset().isoformat()}",
            fix=f"Move the number to the Cloud API, then: {fix[0].lower()}{fix[1:]}",
            url="https://developers.facebook.com/documentation/business-messaging/whatsapp/support",
        )
    elif known and known.kind != "cloud-api":
        yield error(f"{name} is {known.name}, not the Cloud API", fix=fix, subject=name)
    elif known is None:
        yield warning(
            f"{name} is not Meta's; the token goes there because the base URL says so",
            fix="Make sure that it is a gateway of yours that passes calls on to graph.facebook.com.",
            subject=name,
        )
    if parts.scheme != "https":
        yield error(
            "the base URL is plain http, so the token would cross the network in the clear",
            fix=fix,
            subject=plain_url(base),
        )
    if parts.query or parts.fragment:
        yield error("the base URL has a query or fragment, which ends up in every address", fix=fix, subject=name)
    path = parts.path.strip("/")
    if path:
        yield error(
            f"the base URL has a path (/{plain(path, 60)}), and the version and the id are added behind it",
            fix="Give the version as WA_API_VERSION, and leave only the host in WA_BASE_URL.",
            subject=plain_url(base),
        )


@check("config-version", "the API version is pinned and current")
def version(ctx: Context) -> Iterator[Finding]:
    """
    A Graph API version lives for at least two years. Afterwards calls are not refused: they are answered by the
    next version that still exists, and what it changed arrives without a word.
    """
    given = ctx.settings.text("api_version").strip()
    if not given:
        raise Skip(f"no API version was given (WA_API_VERSION); asked with {versions.default_version()}")
    newest = versions.newest().name
    fix = f"Pin {newest} in your code and in WA_API_VERSION, after reading its changelog."
    if not re.fullmatch(r"v\d+\.\d+", given):
        digits = re.fullmatch(r"[vV]?(\d+)(?:\.\d+)?", given)
        meant = f"v{digits[1]}.0" if digits else newest
        yield error(f"{plain(given, 40)} is no API version", fix=f"Write it as {meant}.", url=VERSIONS_PAGE)
        return
    today = ctx.now().date()
    fact = versions.version(given)
    ends = fact.expires if fact else None
    state = versions.state(given, today)
    evidence = {
        "released": fact.released.isoformat() if fact else "",
        "ends": ends.isoformat() if ends else "not announced",
    }
    if state == "expired" and ends:
        yield warning(
            f"{given} ended on {ends.isoformat()}; calls are answered by a newer version",
            fix=fix,
            url=VERSIONS_PAGE,
            evidence=evidence,
        )
    elif state == "ending" and ends:
        days = (ends - today).days
        yield warning(
            f"{given} ends in {days} days ({ends.isoformat()})", fix=fix, url=VERSIONS_PAGE, evidence=evidence
        )
    elif state == "unknown":
        yield warning(f"{given} is not a version that Meta lists", fix=fix, url=VERSIONS_PAGE)
    elif state == "newer-than-known":
        yield notice(f"{given} is newer than what this build knows ({newest})")
    else:
        yield notice(f"{given}, until {ends.isoformat()}" if ends else f"{given}, no end announced", evidence=evidence)
