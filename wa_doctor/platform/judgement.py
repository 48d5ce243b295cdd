"""What the status page amounts to for a check-up: an incident is worth a warning, never an error of ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wa_doctor.model import Evidence, Finding, Skip, Unverified, notice, warning
from wa_doctor.platform.board import State

if TYPE_CHECKING:
    from datetime import datetime

    from wa_doctor.platform.board import Board, Incident, Organisation

_WAIT = "Wait until Meta has resolved it, and change nothing in your set-up because of it."
_LOOK = "Open the status page in a browser; if it opens there, allow this machine to reach its host."


def judge(board: Board, *, asked_for: bool) -> Iterator[Finding]:
    """
    Judge what the page said.

    Where the page is what the user asked for, not being able to read it leaves the question open; in a check-up
    there is then nothing to check, because it says nothing about the integration.

    Raises:
        Skip: in a check-up, the page could not be read at all.
        Unverified: Meta used a word that is not known, or the page was asked for and could not be read.

    """
    for incident in board.open:
        yield _open(board, incident)
    strange = [(each, service) for each in board.organisations for service in each.not_understood]
    unread = [each for each in board.organisations if not each.source]
    if not asked_for or board.open:
        yield from _unread(board, unread)
    if board.open:
        for _, service in strange:
            yield notice(f"{service.name}: {_word(service.word)}", subject=service.name)
        return
    if strange:
        _, service = strange[0]
        raise Unverified(
            f"{service.name}: {_word(service.word)}",
            fix="Read on the page itself what Meta means by it.",
            url=board.url,
            evidence={"services": tuple(f"{each.name}: {each.word}" for _, each in strange)},
        )
    if unread and asked_for:
        raise Unverified(
            f"Meta's status page could not be read for {', '.join(each.name for each in unread)}: {unread[0].problem}",
            fix=_LOOK,
            url=board.url,
            evidence={each.id: each.gaps for each in unread},
        )
    if len(unread) < len(board.organisations):
        yield _all_well(board)


def _all_well(board: Board) -> Finding:
    services = [service for each in board.organisations for service in each.services]
    over = tuple(service.name for service in services if service.state is State.RESOLVED)
    said = f"no open incident in {len(services)} services" if services else "no open incident"
    return notice(f"{said}; just resolved: {', '.join(over)}" if over else said, evidence={"page": board.url})


def _open(board: Board, incident: Incident) -> Finding:
    evidence: Evidence = {"page": board.url, "state": incident.state.value}
    if incident.posts:
        newest = incident.posts[0]
        evidence = {**evidence, "last_post": newest.text, "last_post_at": since(newest.time)}
    return warning(quote(incident), fix=_WAIT, url=board.url, subject=incident.service, evidence=evidence)


def quote(incident: Incident) -> str:
    """Say in one line what Meta reports and since when, without the post."""
    word = incident.word.lower() if incident.word and incident.state is not State.RESOLVED else "an open incident"
    what = f"Meta reports {word}"
    where = f" of {incident.service}" if incident.service else ""
    return f"{what}{where}{f' since {since(incident.since)}' if incident.since else ''}"


def since(moment: datetime | None) -> str:
    """Write a moment of the page; empty where there is none."""
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""


def _unread(board: Board, unread: Sequence[Organisation]) -> Iterator[Finding]:
    if unread and len(unread) == len(board.organisations):
        raise Skip(f"the status page says nothing: {unread[0].problem}")
    for organisation in unread:
        yield notice(
            f"Meta's status page could not be read for {organisation.name}, so nothing is known of incidents there",
            subject=organisation.id,
            evidence={"page": board.url, "reason": organisation.problem, "parts": organisation.gaps},
        )


def _word(word: str) -> str:
    return f'Meta describes it with "{word}", which is not known here' if word else "Meta does not say how it is"
