"""The status page over a real socket: what a check-up makes of it, and what happens when it cannot be read."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from wa_doctor.model import Finding, Severity, Skip, Unverified
from wa_doctor.platform.judgement import judge
from wa_doctor.platform.status_page import StatusPage, base_url

if TYPE_CHECKING:
    from tests.platform.conftest import Page
    from wa_doctor.platform.board import Board

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
GREEN = "No known issues"


def read(url: str, *, whole: bool = False, patience: float = 5, environ: dict[str, str] | None = None) -> Board:
    """Read the page at an address."""
    page = StatusPage(url, whole=whole, patience=patience, remaining=lambda: 30, environ=environ or {}, now=lambda: NOW)
    return page.board()


def said(board: Board, *, asked_for: bool = False) -> tuple[list[Finding], str]:
    """Return the findings and, if the check ends without a verdict, why."""
    found: list[Finding] = []
    try:
        found.extend(judge(board, asked_for=asked_for))
        for each in judge(board, asked_for=asked_for):
            assert each in found
    except Unverified as exc:
        return found, exc.finding.message
    return found, ""


def test_a_good_day_is_a_notice(page: Page) -> None:
    """Nothing is wrong, and the number of services says that something was read."""
    page.all_well()
    findings, unknown = said(read(page.url))

    assert [each.severity for each in findings] == [Severity.NOTICE]
    assert findings[0].message == "no open incident in 3 services"
    assert not unknown


def test_a_check_up_asks_for_no_more_than_it_needs(page: Page) -> None:
    """History and figures are for `wa-doctor status`."""
    page.all_well()
    read(page.url)

    assert sorted(page.asked) == [
        "/data/orgs.json",
        "/data/outages/graph-api.json",
        "/data/outages/whatsapp-business-api.json",
    ]


def test_an_open_incident_is_a_warning_with_its_last_post(page: Page) -> None:
    """It is never an error: the integration is not at fault."""
    page.all_well()
    page.services(Cloud_API="High disruptions", Embedded_Signup=GREEN)
    page.outages(
        {
            "service_id": 11,
            "status": "High disruptions",
            "time": "2026-11-22T08:00:00Z",
            "posts": [{"status": "Investigating", "description": "We look into it.", "time": "2026-11-22T08:10:00Z"}],
        }
    )
    findings, unknown = said(read(page.url))

    assert [each.severity for each in findings] == [Severity.WARNING]
    assert findings[0].message == "Meta reports high disruptions of Cloud API since 2026-11-22 08:00 UTC"
    assert findings[0].evidence["last_post"] == "We look into it."
    assert findings[0].fix
    assert not unknown


def test_a_service_that_says_so_itself_is_enough(page: Page) -> None:
    """A disruption without an entry in the list of outages is an incident as well."""
    page.all_well()
    page.services(Cloud_API="Low disruptions")
    findings, _ = said(read(page.url))

    assert [each.message for each in findings] == [
        "Meta reports low disruptions of Cloud API since 2026-10-02 08:15 UTC"
    ]


def test_the_graph_api_counts_too(page: Page) -> None:
    """An incident of the Graph API takes the Cloud API with it."""
    page.all_well()
    page.outages({"service_id": 31, "status": "Medium disruptions", "time": "2026-11-22T08:00:00Z"}, org="graph-api")
    findings, _ = said(read(page.url))

    assert "of Platform Status since" in findings[0].message


def test_what_was_just_resolved_is_no_incident(page: Page) -> None:
    """The word stands for hours after it is over; it is worth a word, no warning."""
    page.all_well()
    page.services(Cloud_API="Resolved")
    page.outages({"service_id": 11, "status": "Resolved", "time": "2026-11-22T07:00:00Z"})
    findings, unknown = said(read(page.url))

    assert [each.severity for each in findings] == [Severity.NOTICE]
    assert "just resolved: Cloud API" in findings[0].message
    assert not unknown


@pytest.mark.parametrize("word", ["Partial outage", "disruption", ""])
@pytest.mark.parametrize("asked_for", [True, False])
def test_an_unknown_word_is_unknown(page: Page, word: str, asked_for: bool) -> None:
    """It is neither taken for health nor for a disruption."""
    page.all_well()
    page.services(Cloud_API=word)
    findings, unknown = said(read(page.url), asked_for=asked_for)

    assert not [each for each in findings if each.severity is not Severity.NOTICE]
    assert unknown.startswith("Cloud API: Meta ")


def _gone(_: Page) -> str:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{sock.getsockname()[1]}"


def _web_page(page: Page) -> str:
    return page.url


def _server_error(page: Page) -> str:
    page.all_well()
    page.statuses = dict.fromkeys(page.bodies, 503)
    return page.url


def _other_shape(page: Page) -> str:
    for path in ("orgs", "outages/graph-api", "outages/whatsapp-business-api"):
        page.write(f"/data/{path}.json", {"data": "moved"})
    return page.url


@pytest.mark.parametrize("broken", [_gone, _web_page, _server_error, _other_shape])
def test_a_page_that_cannot_be_read_never_fails_a_check_up(page: Page, broken: Callable[[Page], str]) -> None:
    """The check is left out with the reason; who asked for the page itself is told that it is unknown."""
    board = read(broken(page))
    asked, why = said(board, asked_for=True)

    with pytest.raises(Skip, match="the status page says nothing"):
        list(judge(board, asked_for=False))
    assert not asked
    assert why.startswith("Meta's status page could not be read for WhatsApp Business Platform, Graph API: ")


def test_half_a_page_is_told_as_half_a_page(page: Page) -> None:
    """What is known of one organisation says nothing of the other."""
    page.all_well()
    rows = [{"id": 31, "name": "Platform Status", "status": GREEN}]
    page.write("/data/orgs.json", [{"id": "graph-api", "services": rows}])
    for path in ("/data/outages/whatsapp-business-api.json", "/outage-events-feed-whatsapp-business-api.rss"):
        del page.bodies[path]
    findings, _ = said(read(page.url))

    assert [each.message for each in findings] == [
        "Meta's status page could not be read for WhatsApp Business Platform, so nothing is known of incidents there",
        "no open incident in 1 services",
    ]


def test_the_feed_stands_in_for_the_data(page: Page) -> None:
    """It tells open events and no more."""
    page.feed("<item><title>Cloud API</title><pubDate>Sun, 22 Nov 2026 08:00:00 +0000</pubDate></item>")
    page.feed(org="graph-api")
    board = read(page.url)
    findings, unknown = said(board)

    assert [each.source for each in board.organisations] == ["rss", "rss"]
    assert [each.message for each in findings] == [
        "Meta reports an open incident of Cloud API since 2026-11-22 08:00 UTC"
    ]
    assert not unknown


def test_the_feed_is_left_alone_where_the_data_is_there(page: Page) -> None:
    """It would say the same."""
    page.all_well()
    read(page.url, whole=True)

    assert not [path for path in page.asked if path.endswith(".rss")]


def test_history_and_figures_are_read_for_who_asks_for_them(page: Page) -> None:
    """A figure that is not there is not known, and takes nothing else with it."""
    page.all_well()
    page.outages({"service_id": 12, "status": "Low disruptions", "time": "2026-11-19T08:00:00Z"}, history=True)
    del page.bodies["/metrics/whatsapp-business-api/event_tagging_latency_last_31_days_p99_s3.json"]
    whatsapp, graph = read(page.url, whole=True).organisations

    assert [(each.service, each.word) for each in whatsapp.past] == [("Embedded Signup", "Low disruptions")]
    assert [each.newest for each in whatsapp.figures] == [100.0, 1105.0, None]
    assert whatsapp.figures[2].problem == "a web page came in the place of the data"
    assert graph.figures == ()


def test_a_redirect_is_followed_but_not_without_end(page: Page) -> None:
    """A page may move; nothing of ours is in the request that could go astray."""
    page.all_well()
    page.bodies["/moved.json"] = page.bodies.pop("/data/orgs.json")
    page.statuses["/data/orgs.json"] = page.statuses["/data/outages/graph-api.json"] = 301
    page.headers["/data/orgs.json"] = {"Location": "/moved.json"}
    page.headers["/data/outages/graph-api.json"] = {"Location": f"{page.url}/data/outages/graph-api.json"}
    whatsapp, graph = read(page.url).organisations

    assert len(whatsapp.services) == 2
    assert graph.gaps == ("open incidents: it redirects without end",)


def test_the_page_is_asked_through_the_proxy_that_applies(page: Page) -> None:
    """A proxy that is none is the reason, and is named."""
    page.all_well()
    board = read("http://status.example", environ={"HTTP_PROXY": "nonsense://proxy.example"})

    assert "HTTP_PROXY" in board.organisations[0].problem


def test_a_page_that_is_silent_costs_no_more_than_its_patience() -> None:
    """Nobody accepts, nobody answers: after the time it was given the check-up goes on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        board = read(f"http://127.0.0.1:{listener.getsockname()[1]}", patience=0.4)

    assert all(not each.source for each in board.organisations)
    assert "did not answer" in board.organisations[0].problem or "timed out" in board.organisations[0].problem


@pytest.mark.parametrize("url", ["metastatus.com", "ftp://status.example", "https://", "http://[::1"])
def test_an_address_that_is_none_is_a_reason(url: str) -> None:
    """A mistyped WA_STATUS_URL is told, not raised."""
    assert "no web address" in read(url).organisations[0].problem


def test_the_page_is_read_once_a_run(page: Page) -> None:
    """Whoever asks second gets what the first was told."""
    page.all_well()
    status = StatusPage(page.url, whole=False, patience=5, remaining=lambda: 30, environ={}, now=lambda: NOW)

    assert status.seen is None
    assert status.board() is status.board() is status.seen
    assert page.asked.count("/data/orgs.json") == 1


def test_the_address_of_the_page_can_be_replaced() -> None:
    """For mirrors and tests."""
    assert base_url({}) == "https://metastatus.com"
    assert base_url({"WA_STATUS_URL": " http://127.0.0.1:9/status/ "}) == "http://127.0.0.1:9/status"
