"""The explanation to paste into a ticket; what came from outside is escaped so that it stays text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from wa_doctor.render.explain import _wording as wording
from wa_doctor.render.report.markdown import code, escape, link, prose

if TYPE_CHECKING:
    from wa_doctor.explain.explanation import Explanation, Match, RankedCause
    from wa_doctor.knowledge.facts import Step
    from wa_doctor.render import Look


def render(explanation: Explanation, out: TextIO, look: Look) -> None:  # noqa: ARG001 - one shape, however it should look
    """Write it; characters that `out` cannot encode become references."""
    text = "\n".join(_lines(explanation)) + "\n"
    encoding = getattr(out, "encoding", None) or "utf-8"
    out.write(text.encode(encoding, "xmlcharrefreplace").decode(encoding))


def _lines(explanation: Explanation) -> Iterator[str]:
    if not explanation.recognised:
        yield "## Nothing recognised"
        for heading, entries in (("Looked for", wording.LOOKED_FOR), ("Paste instead", wording.PASTE)):
            yield from ("", f"{heading}:", "", *(f"- {escape(entry)}" for entry in entries))
    if explanation.causes:
        yield "## Most likely"
        for cause in explanation.causes:
            yield from _cause(cause)
        yield ""
    if explanation.matches:
        yield "## What it means" if explanation.bare else "## Recognised"
        for match in explanation.matches:
            yield from _match(match)
    for hint in explanation.unmatched:
        yield from ("", f"- {escape(hint)}")
    for name in explanation.overrides:
        yield from ("", f"Facts replaced by your own: {code(name)}")


def _cause(cause: RankedCause) -> Iterator[str]:
    yield ""
    yield f"### {cause.rank}. {escape(cause.title)}"
    yield ""
    yield prose(cause.explanation)
    yield ""
    yield from (f"- Why: {escape(why)}" for why in cause.why)
    yield ""
    yield from _steps(cause.fix)
    if cause.confirm:
        yield from ("", f"Make sure: {code(cause.confirm)}")
    if cause.docs_url:
        yield from ("", link(cause.docs_url))


def _match(match: Match) -> Iterator[str]:
    times = f" ({match.count} times)" if match.count > 1 else ""
    label = f"{code(wording.label(match))} " if wording.label(match) else ""
    evidence = match.evidence
    yield ""
    yield f"### {label}{escape(match.title)}{times}"
    yield ""
    if state := wording.state(match):
        yield from (f"*{state}*", "")
    yield prose(match.cause)
    yield ""
    yield from _steps(match.fix)
    yield ""
    rows = (
        ("Seen", f"{code(evidence.where)} {escape(evidence.text)}" if evidence.text else ""),
        ("Details", escape(evidence.details)),
        ("For the end user", escape(" - ".join(filter(None, (evidence.user_title, evidence.user_message))))),
        ("Trace", code(evidence.fbtrace_id) if evidence.fbtrace_id else ""),
        ("HTTP", str(evidence.http_status or "")),
        ("Retry", escape(wording.retry(match.retry)) if match.retry else ""),
        ("Who acts", wording.who(match.who)),
        ("More", link(match.docs_url) if match.docs_url else ""),
        ("Known", wording.dated(match)),
    )
    yield from (f"- {name}: {value}" for name, value in rows if value)


def _steps(steps: Sequence[Step]) -> Iterator[str]:
    for number, step in enumerate(steps, start=1):
        extra = "".join((f" {code(step.command)}" if step.command else "", f" {link(step.url)}" if step.url else ""))
        yield f"{number}. {prose(step.text)}{extra}"
