"""What is read out of the documents of the status page, and what is not believed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from wa_doctor.knowledge.status_page import FigureFact, page
from wa_doctor.platform import documents
from wa_doctor.platform.board import State
from wa_doctor.platform.documents import Unreadable
from wa_doctor.platform.feed import open_events

UPTIME = FigureFact("whatsapp-business-api", "uptime", "availability", "availability", "%")
LATENCY = FigureFact("whatsapp-business-api", "latency", "latency_p90", "latency", "ms")


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("No known issues", State.OK),
        ("Resolved", State.RESOLVED),
        ("Low disruptions", State.LOW),
        ("Medium Disruptions", State.MEDIUM),
        (" high  disruptions ", State.HIGH),
        ("", State.UNKNOWN),
        ("Partial outage", State.UNKNOWN),
        ("Some disruptions", State.UNKNOWN),
        ("Not resolved", State.UNKNOWN),
    ],
)
def test_a_word_is_known_or_it_is_unknown(word: str, state: State) -> None:
    """Words are compared whole: "disruptions" alone says nothing of how bad it is, and silence is not health."""
    assert documents.state(word) is state


def test_services_are_told_apart_by_name_and_outages_by_the_ids_of_the_same_document() -> None:
    """No service id is built in."""
    read = documents.services(
        [
            {
                "id": "whatsapp-business-api",
                "services": [
                    {"id": 77, "name": "Cloud API", "status": "High disruptions", "time": "2026-05-01T10:00Z"}
                ],
            }
        ]
    )
    (service,), names = read["whatsapp-business-api"]
    (incident,) = documents.incidents([{"service_id": 77, "status": "High disruptions"}], names)

    assert (service.state, service.since) == (State.HIGH, datetime(2026, 5, 1, 10, tzinfo=UTC))
    assert incident.service == "Cloud API"


def test_the_latest_post_is_the_one_with_the_latest_time() -> None:
    """The order in the document is not reliable; an incident whose latest post says resolved is over."""
    posts = [
        {"status": "Resolved", "description": "Over.", "time": "2026-05-01T13:00:00Z"},
        {"status": "Investigating", "description": "We look into it.", "time": "2026-05-01T12:00:00Z"},
    ]
    (incident,) = documents.incidents([{"status": "Medium disruptions", "posts": posts}], {})

    assert incident.posts[0].text == "Over."
    assert incident.over
    assert incident.ended == datetime(2026, 5, 1, 13, tzinfo=UTC)


def test_posts_without_times_count_in_their_order() -> None:
    """Where no time says otherwise, the last entry is the latest."""
    posts = [{"status": "Investigating", "description": "first"}, {"status": "Update", "description": "second"}]
    (incident,) = documents.incidents([{"status": "Low disruptions", "posts": posts}], {})

    assert [post.text for post in incident.posts] == ["second", "first"]
    assert not incident.over


def test_an_open_incident_with_an_unknown_word_stays_open() -> None:
    """What is listed as open and not called resolved is taken seriously."""
    (incident,) = documents.incidents([{"status": "Wobbling", "posts": "nonsense"}], {})

    assert (incident.over, incident.word, incident.posts) == (False, "Wobbling", ())


@pytest.mark.parametrize("document", [None, {}, {"outages": []}, "text", [1], 3])
def test_a_list_of_another_shape_is_not_an_empty_list(document: Any) -> None:
    """Only a list of outages can say that there are none."""
    with pytest.raises(Unreadable):
        documents.incidents(document, {})


@pytest.mark.parametrize("document", [[], [{"id": "graph-api"}], {"id": "graph-api", "services": []}])
def test_organisations_without_services_are_unreadable(document: Any) -> None:
    """An empty page is no good news."""
    with pytest.raises(Unreadable):
        documents.services(document)


@pytest.mark.parametrize("body", [b"<!doctype html><html>", b"", b"[", b"[NaN]", b"[" * 100_000])
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    """Unknown paths are answered with a web page, and Python alone would take NaN for JSON."""
    with pytest.raises(Unreadable):
        documents.parsed(body)


@pytest.mark.parametrize(
    ("values", "read"),
    [([0.9991, 1], (99.91, 100.0)), ([99.97, 100], (99.97, 100.0)), ([0], (0.0,))],
)
def test_availability_is_a_percentage_whether_it_comes_as_one_or_as_a_fraction(
    values: list[float], read: tuple[float, ...]
) -> None:
    """Both were seen."""
    assert documents.figure({"values": values}, UPTIME).values == pytest.approx(read)


@pytest.mark.parametrize("values", [[], None, [101], [-1], ["99.9"], [True], [99.9, None], {"0": 1}])
def test_values_that_no_availability_can_have_are_unreadable(values: Any) -> None:
    """A figure is right or it is not shown."""
    with pytest.raises(Unreadable):
        documents.figure({"values": values}, UPTIME)


def test_latency_is_in_milliseconds_as_it_stands() -> None:
    """A latency of less than 1 ms is no fraction of anything."""
    assert documents.figure({"values": [0.5, 1300]}, LATENCY).values == (0.5, 1300.0)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2026-08-20T12:00:00Z", datetime(2026, 8, 20, 12, tzinfo=UTC)),
        ("2026-08-20T14:00:00+02:00", datetime(2026, 8, 20, 12, tzinfo=UTC)),
        ("2026-08-20 12:00:00", datetime(2026, 8, 20, 12, tzinfo=UTC)),
        (1787227200, datetime(2026, 8, 20, 12, tzinfo=UTC)),
        (1787227200000, datetime(2026, 8, 20, 12, tzinfo=UTC)),
        ("yesterday", None),
        (True, None),
        (10**40, None),
        (None, None),
    ],
)
def test_times_are_read_in_every_form_they_may_take(given: Any, read: datetime | None) -> None:
    """A time nobody understands is not known; it breaks nothing."""
    assert documents.moment(given) == read


def test_text_from_the_page_is_made_plain() -> None:
    """A post cannot colour the terminal or break a line."""
    posts = [{"status": "Up\x1b[31mdate", "description": "one\ntwo\u202e"}]
    (incident,) = documents.incidents([{"status": "Low\ndisruptions", "posts": posts}], {})

    assert (incident.word, incident.posts[0].status, incident.posts[0].text) == (
        "Low disruptions",
        "Up[31mdate",
        "one two",
    )


def _feed(*items: str) -> bytes:
    return f"<rss version='2.0'><channel><title>Status</title>{''.join(items)}</channel></rss>".encode()


def test_an_item_of_the_feed_is_an_open_event() -> None:
    """The feed has no words for how bad it is, so that is unknown; that it is open is not."""
    date = "<pubDate>Wed, 07 Oct 2026 07:00:00 +0200</pubDate>"
    (event,) = open_events(_feed(f"<item><title>Cloud API</title><description>Slow</description>{date}</item>"))

    assert (event.service, event.state, event.over) == ("Cloud API", State.UNKNOWN, False)
    assert event.since == datetime(2026, 10, 7, 5, tzinfo=UTC)


def test_a_feed_without_items_is_good_news() -> None:
    """So it looks on a quiet day."""
    assert open_events(_feed()) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><html></html>",
        b"<rss version='2.0'></rss>",
        b"<feed><channel/></feed>",
        b"not xml",
        b"",
        b'<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>',
        b'<?xml version="1.0" encoding="no-such"?><rss><channel/></rss>',
    ],
)
def test_what_is_no_feed_is_not_an_empty_feed(body: bytes) -> None:
    """Neither a web page nor a document that defines entities is read as "no events"."""
    with pytest.raises(Unreadable):
        open_events(body)


def test_the_facts_know_both_organisations_and_all_caveats() -> None:
    """WhatsApp and the Graph API are both looked at; every word is listed once."""
    known = page()
    words = [each.word.casefold() for each in known.word]

    assert [each.id for each in known.organisation] == ["whatsapp-business-api", "graph-api"]
    assert len(words) == len(set(words))
    told = json.dumps([each.text for each in known.caveat])
    for said in ("10 minutes", "network before", "webhooks that never reached", "once a day", "uptime again", "no SLA"):
        assert said in told
