"""
Writes the catalogue of errors as one Markdown page, `docs/errors.md`.

`python -m wa_doctor.knowledge.catalogue_page > docs/errors.md` rewrites the file; a test compares the two.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from wa_doctor.knowledge import facts
from wa_doctor.knowledge.errors import ErrorFact, Retry, Subcode, errors

if TYPE_CHECKING:
    from wa_doctor.knowledge.facts import Source, Step

CATEGORIES = {
    "authorization": "Token and permissions",
    "throttling": "Rates and limits",
    "integrity": "Policy and restrictions",
    "platform": "Meta's side",
    "parameter": "The request",
    "recipient": "The recipient",
    "marketing": "Marketing messages",
    "media": "Media",
    "payment": "Billing and payments",
    "registration": "Phone number and registration",
    "template": "Sending templates",
    "template_creation": "Creating templates",
    "template_insights": "Template insights",
    "message_subcode": "Subcodes of message errors",
    "webhook_only": "Seen in webhooks only",
    "health": "Health status",
    "waba": "WhatsApp Business Account",
    "signup": "Signup",
    "sync": "Synchronisation with the Business app",
    "calling": "Calls",
    "group": "Groups",
    "flow": "Flows",
    "username": "Usernames",
    "onprem_legacy": "On-Premises API (ended on 2025-10-23)",
}
"""Category -> heading, in the order of the page."""

PLACES = {
    "sync_response": "the answer to a request",
    "status_webhook": "`statuses[].errors[]` of a webhook",
    "value_errors_webhook": "`value.errors[]` of a webhook",
    "inbound_message_webhook": "`messages[].errors[]` of a webhook",
    "history_webhook": "`history[].errors[]` of a webhook",
    "call_webhook": "the webhook of a call",
    "health_status": "`health_status` of a node",
    "onprem": "`errors[]` of the On-Premises API",
}
"""Value of `appears_in` -> words."""

_ACTORS = {
    "developer": "developer",
    "business_admin": "administrator of the business",
    "recipient": "recipient",
    "meta": "Meta",
}
_BREAK = "\\\n"  # a line break that Markdown keeps

_PREFACE = """\
# Error codes

Every code of the WhatsApp Business Cloud API that `wa-doctor explain` knows. This page is written from the records
under `wa_doctor/knowledge/data/errors`; change those, then run
`python -m wa_doctor.knowledge.catalogue_page > docs/errors.md`.

The facts come from documents and recorded answers, each with the day of the version that was read; none was tried
against the live API. A title in quotation marks is Meta's own, the others are ours.

| Code | Title | Category |
|---:|---|---|"""


def page() -> str:
    """Return the whole catalogue as Markdown: a list of all codes, then the records by category, then the sources."""
    catalogue = list(errors())
    lines = [
        _PREFACE,
        *(f"| [{_name(fact)}](#{_name(fact)}) | {_title(fact)} | {_heading(fact.category)} |" for fact in catalogue),
    ]
    for category in _in_order({fact.category for fact in catalogue}):
        lines += ["", f"## {_heading(category)}"]
        for fact in catalogue:
            if fact.category == category:
                lines += _record(fact)
    lines += ["", "## Sources", ""]
    cited = {key for fact in catalogue for key in fact.sources}
    lines += [_source(key, source) for key, source in facts.sources().items() if key in cited]
    return "\n".join(lines) + "\n"


def _in_order(categories: set[str]) -> list[str]:
    known = [each for each in CATEGORIES if each in categories]
    return known + sorted(categories - set(known))


def _heading(category: str) -> str:
    return CATEGORIES.get(category, category.replace("_", " ").capitalize())


def _name(fact: ErrorFact) -> str:
    return f"{fact.code}-{fact.code_max}" if fact.code_max else str(fact.code)


def _title(fact: ErrorFact) -> str:
    title = _cell(fact.title)
    return f'"{title}"' if fact.title_official else title


def _record(fact: ErrorFact) -> Iterator[str]:
    yield ""
    yield f'<a id="{_name(fact)}"></a>'
    yield ""
    yield f"### {_name(fact)} {_title(fact)}"
    yield ""
    yield _text(fact.cause)
    yield ""
    yield from _steps(fact.fix)
    yield ""
    yield f"- **Send again:** {_retry(fact.retry)}"
    yield f"- **Who acts:** {', '.join(_ACTORS[each] for each in fact.who)}"
    if fact.appears_in:
        yield f"- **Seen in:** {', '.join(PLACES.get(each, each) for each in fact.appears_in)}"
    if fact.subcode_of is not None:
        yield f"- **Arrives as:** `error_subcode` of [{fact.subcode_of}](#{fact.subcode_of})"
    if fact.http_status:
        yield f"- **HTTP status:** {', '.join(str(each) for each in fact.http_status)}"
    if fact.other_titles:
        yield f"- **Other titles:** {', '.join(_code(each) for each in fact.other_titles)}"
    if fact.details_seen:
        yield f"- **Details seen:** {', '.join(_code(each) for each in fact.details_seen)}"
    yield f"- **Status:** {fact.status}, confidence {fact.confidence}"
    if fact.notes:
        yield f"- **Notes:** {_text(fact.notes)}"
    yield f"- **Documentation:** {', '.join(f'<{each}>' for each in (fact.docs_url, *fact.links))}"
    yield f"- **Sources:** {', '.join(_cited(each) for each in fact.sources)}"
    for subcode in fact.subcode:
        yield from _subcode(fact, subcode)


def _subcode(fact: ErrorFact, subcode: Subcode) -> Iterator[str]:
    yield ""
    yield f"**{_name(fact)}/{subcode.subcode} {_cell(subcode.title)}.** {_text(subcode.cause)}"
    if subcode.fix:
        yield ""
        yield from _steps(subcode.fix)


def _steps(fix: Iterable[Step]) -> Iterator[str]:
    for number, step in enumerate(fix, start=1):
        indent = " " * (len(str(number)) + 2)
        parts = [_text(step.text)]
        if step.command:
            parts.append(indent + _code(step.command))
        if step.url:
            parts.append(f"{indent}<{step.url}>")
        yield f"{number}. {_BREAK.join(parts)}"


def _retry(retry: Retry) -> str:
    words = {"no": "no", "backoff": "yes, with growing pauses", "after": "later"}[retry.policy]
    if retry.wait:
        words = f"after {retry.wait} at the earliest"
    return words + (f" ({_text(retry.note)})" if retry.note else "")


def _cited(key: str) -> str:
    source = facts.sources().get(key)
    return f"[{key}](#{_anchor(key)}) ({source.read.isoformat()})" if source else key


def _source(key: str, source: Source) -> str:
    link = f", <{source.url}>" if source.url else ""
    return f'- <a id="{_anchor(key)}"></a>**{key}**: {_text(source.title)}, read {source.read.isoformat()}{link}'


def _anchor(key: str) -> str:
    return "source-" + re.sub(r"[^a-z0-9]+", "-", key.lower())


def _text(words: str) -> str:
    """Escape what Markdown would take for markup, but leave code between backticks alone."""
    parts = re.split(r"(`[^`]*`)", words)
    return "".join(part if part.startswith("`") else re.sub(r"([*<\[\]])", r"\\\1", part) for part in parts)


def _cell(words: str) -> str:
    return _text(words).replace("|", "\\|")


def _code(words: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", words)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {words} {fence}" if longest else f"{fence}{words}{fence}"


if __name__ == "__main__":
    sys.stdout.buffer.write(page().encode())
