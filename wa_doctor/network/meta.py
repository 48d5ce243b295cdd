"""
Decides whether an answer is Meta's, from what an answer of the Graph API carries and nobody else's does.

In recorded traffic every error of the Graph API has a `fbtrace_id` in the body that equals the header
`x-fb-request-id`, and every answer has the headers of `FINGERPRINT`. None of it is a secret, so this proves
an honest mistake (a portal, a proxy, another host), not the absence of an attacker: that is what TLS is for.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from wa_doctor.network.interceptors import product_in

if TYPE_CHECKING:
    from wa_doctor.network.exchange import Answer

FINGERPRINT = ("facebook-api-version", "x-fb-rev", "x-fb-trace-id")


class Verdict(StrEnum):
    """Who answered."""

    REACHED = "Meta"
    PORTAL = "a portal or another web server"
    PROXY = "a proxy"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Identity:
    """
    Who answered, and what says so.

    `product` is the software in between if it names itself. `code` and `fbtrace_id` are those of the Graph
    error, if the answer holds one.
    """

    verdict: Verdict
    reasons: tuple[str, ...]
    product: str = ""
    code: int | None = None
    fbtrace_id: str = ""


def identify(answer: Answer, host: str) -> Identity:
    """Decide who answered a request that carried no token to `host`."""
    error = _graph_error(answer.body)
    trace = error.get("fbtrace_id")
    trace = trace if isinstance(trace, str) else ""
    code = error.get("code")
    marks = [name for name in FINGERPRINT if answer.headers.get(name)]
    product = product_in(" ".join(answer.headers.get(name, "") for name in ("server", "via", "proxy-agent")))
    if reasons := _proof(answer, trace, marks):
        return Identity(Verdict.REACHED, reasons, product, code if isinstance(code, int) else None, trace)
    verdict, reasons = _suspicion(answer, host, marks, product)
    return Identity(verdict, reasons, product)


def _proof(answer: Answer, trace: str, marks: list[str]) -> tuple[str, ...]:
    if trace and trace == answer.headers.get("x-fb-request-id"):
        return ("fbtrace_id equals x-fb-request-id", *marks)
    if trace and len(marks) >= 2:
        return ("fbtrace_id", *marks)
    # A relay that adds a token of its own gets no error; then all of the headers must be there.
    if answer.status == 200 and len(marks) == len(FINGERPRINT) and _is_json(answer.body):
        return tuple(marks)
    return ()


def _suspicion(answer: Answer, host: str, marks: list[str], product: str) -> tuple[Verdict, tuple[str, ...]]:
    if answer.status == 511:
        return Verdict.PORTAL, ("HTTP 511 Network Authentication Required",)
    if answer.status == 407:
        return Verdict.PROXY, ("HTTP 407 Proxy Authentication Required",)
    elsewhere = redirected_to(answer, host)
    if elsewhere:
        return Verdict.PORTAL, (f"HTTP {answer.status} sends us to {elsewhere}",)
    if len(marks) >= 2:
        return Verdict.UNKNOWN, ("headers of Meta, and no error of the Graph API in the body",)
    if is_html(answer):
        reason = f"HTTP {answer.status} with a web page" + (
            f" entitled {title!r}" if (title := title_of(answer)) else ""
        )
        return (Verdict.PROXY if product else Verdict.PORTAL), (reason,)
    if product:
        return Verdict.PROXY, (f"HTTP {answer.status} from {product}",)
    return Verdict.UNKNOWN, (f"HTTP {answer.status} without a trace id of Meta",)


def redirected_to(answer: Answer, host: str) -> str:
    """Return the other host that an answer redirects to; empty if it does not, or stays on `host`."""
    if not 300 <= answer.status < 400:
        return ""
    try:
        elsewhere = urlsplit(answer.headers.get("location", "")).hostname or ""
    except ValueError:
        return ""
    return "" if elsewhere == host.lower() else elsewhere


def is_html(answer: Answer) -> bool:
    """Whether the answer is a web page, by its type or, if it gives none, by how it begins."""
    kind = answer.headers.get("content-type", "")
    begin = answer.body[:64].lstrip().lower()
    return "html" in kind or (not kind and begin.startswith((b"<!doctype html", b"<html")))


def title_of(answer: Answer) -> str:
    """Return the title of a web page, which tells a person whose page it is; empty without one."""
    found = re.search(rb"<title[^>]*>([^<]{1,200})", answer.body[:16384], re.IGNORECASE)
    return " ".join(found[1].decode("utf-8", "replace").split()) if found else ""


def skew(answer: Answer) -> timedelta | None:
    """
    Return how far the local clock is ahead of the `Date` of the answer (behind: negative), `None` without one.

    The server wrote `Date`, cut to whole seconds, about half way between asking and being answered.
    """
    try:
        date = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    if date.tzinfo is None:
        return None
    return answer.asked + timedelta(milliseconds=answer.server_ms / 2) - (date + timedelta(seconds=0.5))


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _graph_error(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    error = parsed.get("error") if isinstance(parsed, dict) else None
    return error if isinstance(error, dict) else {}
