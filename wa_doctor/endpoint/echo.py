"""How an answer differs from the challenge that it should be, and what makes it differ."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wa_doctor.endpoint.certificates import WEBHOOKS
from wa_doctor.endpoint.meta_words import for_mismatch
from wa_doctor.model import Evidence, Finding, error
from wa_doctor.network.exchange import Cut
from wa_doctor.network.meta import is_html, title_of
from wa_doctor.redact import plain

if TYPE_CHECKING:
    from wa_doctor.network.exchange import Answer

PLAIN = "Answer with the value of hub.challenge as it came, as text/plain, and nothing around it."
_WHOSE_PAGE = (
    "Find out who sends the page: a firewall that wants a browser, a tunnel that warns, a host that sleeps, a website"
    " with no such path."
)


def garbled(answer: Answer, challenge: str, before: str) -> Finding:
    """Say what is wrong with a body that came with 200; `before` is the challenge that was sent before."""
    body = answer.body.decode("utf-8", "replace")
    evidence: Evidence = {
        "expected": challenge,
        "received": plain(body, 80),
        "content-type": answer.headers.get("content-type", ""),
        **for_mismatch(challenge, body),
    }
    said, fix = _difference(answer, body, challenge, before)
    return error(said, fix=fix, url=WEBHOOKS, evidence=evidence)


def _difference(answer: Answer, body: str, challenge: str, before: str) -> tuple[str, str]:
    bare = body.removeprefix("\ufeff")
    if answer.cut is not Cut.NOT:
        return f"the answer to the challenge is {answer.cut}", PLAIN
    if not body:
        return "the answer to the challenge is empty", PLAIN
    if bare.strip() == challenge:
        if bare != body:
            return (
                "a byte order mark stands before the challenge",
                "Save the source file without a byte order mark (UTF-8, not UTF-8 with BOM), or end output buffering.",
            )
        return (
            "there is a line break or space around the challenge",
            "Write the challenge without a line break: with print or echo, not with a template.",
        )
    if bare.strip().strip("'\"") == challenge:
        return (
            "the challenge comes back between quotes, as JSON",
            "Return it as text/plain: a web framework turns a returned string into JSON.",
        )
    if before and bare.strip() == before:
        return (
            "the challenge of the request before comes back",
            "Take the path of the webhook out of every cache, and answer it with Cache-Control: no-store.",
        )
    if is_html(answer) or bare.lstrip().startswith("<"):
        return _web_page(answer, challenge)
    if _holds(bare, challenge):
        return "the challenge comes back inside other JSON", PLAIN
    if challenge in body:
        return "there is more in the answer than the challenge", PLAIN
    return "the answer is not the challenge", PLAIN


def _web_page(answer: Answer, challenge: str) -> tuple[str, str]:
    title = f' entitled "{plain(title_of(answer), 60)}"' if title_of(answer) else ""
    if challenge.encode() in answer.body:
        return f"the challenge comes back inside a web page{title}", PLAIN
    return f"a web page{title} comes in the place of the challenge", _WHOSE_PAGE


def _holds(text: str, challenge: str) -> bool:
    try:
        return challenge in json.dumps(json.loads(text))
    except (ValueError, RecursionError):
        return False
