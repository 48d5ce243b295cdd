"""
Meta's status page, read once a run: services and open incidents, and on request history and figures as well.

Everything is asked for side by side. Where the data of an organisation cannot be read, its RSS feed is; where
that fails too, nothing is known of it, and nothing is ever raised.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from wa_doctor.knowledge.status_page import FigureFact, OrganisationFact, page
from wa_doctor.network.deadline import Deadline
from wa_doctor.network.resolve import Lookup, getaddrinfo
from wa_doctor.network.side_by_side import all_of
from wa_doctor.network.stores import SYSTEM, Store
from wa_doctor.platform import documents
from wa_doctor.platform.board import Board, Figure, Incident, Organisation, Service
from wa_doctor.platform.documents import Unreadable
from wa_doctor.platform.feed import open_events
from wa_doctor.platform.fetching import Fetcher
from wa_doctor.redact import plain

VARIABLE = "WA_STATUS_URL"
"""The environment variable that puts another address in the place of Meta's page: a mirror, or a test."""

PATIENCE = 5.0
"""Seconds that a check-up spends on the page at most; it is not what the check-up is about."""

_FEED_SHARE = 0.3  # of the time is kept for the feeds

Services = dict[str, tuple[tuple[Service, ...], Mapping[str, str]]]
Read = TypeVar("Read")


def base_url(environ: Mapping[str, str]) -> str:
    """Return where the page is."""
    return environ.get(VARIABLE, "").strip().rstrip("/") or page().base


class StatusPage:
    """
    The page of one run. `patience` is in seconds; `remaining()` gives those the run has left.

    With `whole`, the history and the figures are read as well. `lookup` and `store` are how names are looked up
    and whom to trust.
    """

    def __init__(
        self,
        url: str,
        *,
        whole: bool,
        patience: float,
        remaining: Callable[[], float],
        environ: Mapping[str, str],
        now: Callable[[], datetime],
        lookup: Lookup = getaddrinfo,
        store: Store = SYSTEM,
    ) -> None:
        self.url = url
        self.whole = whole
        self._patience = patience
        self._remaining = remaining
        self._now = now
        self._fetcher = Fetcher(environ=environ, now=now, lookup=lookup, store=store)
        self._turn = threading.Lock()
        self._board: Board | None = None

    @property
    def seen(self) -> Board | None:
        """What was read so far; None if nobody asked, or the answer is still awaited."""
        return self._board

    def board(self) -> Board:
        """Read the page, or return what was read before. Never raises."""
        with self._turn:
            if self._board is None:
                self._board = self._read()
            return self._board

    def _read(self) -> Board:
        fact = page()
        deadline = Deadline(min(self._patience, self._remaining()))
        first = deadline.within(deadline.seconds * (1 - _FEED_SHARE))
        outages = [f"data/outages/{each.id}.json" for each in fact.organisation]
        past = [f"data/outages/{each.id}.history.json" for each in fact.organisation] if self.whole else []
        figures = [f"metrics/{each.organisation}/{each.metric}.json" for each in fact.figure] if self.whole else []
        paths = ["data/orgs.json", *outages, *past, *figures]
        found = dict(zip(paths, all_of([partial(self._document, path, first) for path in paths]), strict=True))
        services = _tried(documents.services, found["data/orgs.json"])
        values = [_figure(each, found[path]) for each, path in zip(fact.figure, figures, strict=False)]
        readers = [partial(self._organisation, each, services, found, values, deadline) for each in fact.organisation]
        return Board(
            f"{self.url}/{fact.organisation[0].id}",
            self._now(),
            tuple(all_of(readers)),
            tuple(each.text for each in fact.caveat),
        )

    def _document(self, path: str, deadline: Deadline) -> object:
        try:
            return documents.parsed(self._fetcher.get(self.url, path, deadline))
        except Unreadable as exc:
            return exc

    def _organisation(
        self,
        fact: OrganisationFact,
        services: Services | Unreadable,
        found: Mapping[str, object],
        figures: Sequence[tuple[str, Figure]],
        deadline: Deadline,
    ) -> Organisation:
        gaps: dict[str, str] = {}
        listed = _noted(gaps, "services", _mine(services, fact))
        mine, names = listed or ((), {})
        read = partial(documents.incidents, names=names)
        going_on = _noted(gaps, "open incidents", _tried(read, found[f"data/outages/{fact.id}.json"]))
        source = "" if listed is None and going_on is None else "json"
        if going_on is None:
            going_on = _noted(gaps, "feed", self._feed(fact, deadline))
            source = source or ("" if going_on is None else "rss")
        history = found.get(f"data/outages/{fact.id}.history.json")
        return Organisation(
            fact.id,
            fact.name,
            mine,
            going_on or (),
            (_noted(gaps, "history", _tried(read, history)) if history is not None else None) or (),
            tuple(figure for organisation, figure in figures if organisation == fact.id),
            source,
            "" if source else next(iter(gaps.values())),
            tuple(f"{part}: {why}" for part, why in gaps.items()),
        )

    def _feed(self, fact: OrganisationFact, deadline: Deadline) -> tuple[Incident, ...] | Unreadable:
        try:
            return open_events(self._fetcher.get(self.url, fact.feed, deadline))
        except Unreadable as exc:
            return exc


def _mine(
    services: Services | Unreadable, fact: OrganisationFact
) -> tuple[tuple[Service, ...], Mapping[str, str]] | Unreadable:
    if isinstance(services, Unreadable):
        return services
    return services.get(fact.id) or Unreadable("it does not list this part of Meta")


def _noted(gaps: dict[str, str], part: str, read: Read | Unreadable) -> Read | None:
    if isinstance(read, Unreadable):
        gaps[part] = plain(read, 200)
        return None
    return read


def _tried(read: Callable[[object], Read], document: object) -> Read | Unreadable:
    if isinstance(document, Unreadable):
        return document
    try:
        return read(document)
    except Unreadable as exc:
        return exc


def _figure(fact: FigureFact, document: object) -> tuple[str, Figure]:
    read = _tried(partial(documents.figure, fact=fact), document)
    if isinstance(read, Unreadable):
        read = Figure(fact.kind, fact.metric, fact.label, fact.unit, problem=plain(read, 200))
    return fact.organisation, read
