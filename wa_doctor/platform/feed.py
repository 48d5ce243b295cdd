"""
Reads the RSS feed of the status page, for when its data files cannot be read.

It holds an item for every open event and none when all is well; there are no words in it for how bad it is.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from wa_doctor.platform.board import Incident, Post, State
from wa_doctor.platform.documents import Unreadable, state

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 100


def open_events(body: bytes) -> tuple[Incident, ...]:
    """
    Read the events of a feed.

    Raises:
        Unreadable: it is no RSS feed.

    """
    # A feed has no document type; one that has could define entities that unfold without end.
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise Unreadable("the feed is no RSS")
    try:
        root = ET.fromstring(body)  # noqa: S314 - entities cannot be defined, see above
    except (ET.ParseError, ValueError, LookupError):
        raise Unreadable("the feed is no RSS") from None
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        raise Unreadable("the feed is no RSS")
    return tuple(_events(channel))


def _events(channel: ET.Element) -> Iterator[Incident]:
    for item in channel.findall("item")[:_MOST]:
        title = (item.findtext("title") or "").strip()
        time = _time(item.findtext("pubDate") or "")
        text = (item.findtext("description") or "").strip()
        over = state(title) is State.RESOLVED or state(text) is State.RESOLVED
        posts = (Post("", text, time),) if text else ()
        yield Incident(title, "", State.RESOLVED if over else State.UNKNOWN, time, posts)


def _time(text: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(text)
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
