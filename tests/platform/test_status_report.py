"""How the status page reads, byte for byte, on a page of 80 columns and in a ticket."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from wa_doctor.knowledge.status_page import page
from wa_doctor.model import Report, Result, Status, Target, summarise, warning
from wa_doctor.platform.board import Board, Figure, Incident, Organisation, Post, Service, State
from wa_doctor.render import Look, render


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


POSTS = (
    Post("Update", "Sending is back to normal in most regions; <b>we</b> keep | watching.", at(22, 9, 5)),
    Post("Investigating", "We look into delays of outgoing messages.", at(22, 7, 10)),
)
BOARD = Board(
    "https://metastatus.com/whatsapp-business-api",
    at(22, 9, 41),
    (
        Organisation(
            "whatsapp-business-api",
            "WhatsApp Business Platform",
            services=(
                Service("Cloud API", "High disruptions", State.HIGH, at(22, 7)),
                Service("Cloud API - Localized Storage", "No known issues", State.OK, at(3, 12)),
                Service("Embedded Signup", "Resolved", State.RESOLVED, at(21, 22)),
                Service("Marketing Messages", "Partial outage", State.UNKNOWN, at(22, 8)),
            ),
            incidents=(
                Incident("Cloud API", "High disruptions", State.HIGH, at(22, 7), POSTS),
                Incident("", "", State.UNKNOWN, None, (Post("", "Something else.", None),)),
            ),
            past=(
                Incident(
                    "Embedded Signup",
                    "Low disruptions",
                    State.RESOLVED,
                    at(21, 20),
                    (Post("Resolved", "", at(21, 22, 5)),),
                ),
                Incident("Cloud API", "Medium disruptions", State.MEDIUM, at(2, 8)),
            ),
            figures=(
                Figure("availability", "uptime", "availability this month", "%", (100.0, 99.982, 99.91, 99.97)),
                Figure(
                    "latency_p90",
                    "p90",
                    "latency p90, 31 days",
                    "ms",
                    tuple(float(900 + 41 * (n * n % 11)) for n in range(31)),
                ),
                Figure("latency_p99", "p99", "latency p99, 31 days", "ms", problem="HTTP 404"),
            ),
            source="json",
            gaps=("history: the answer did not end in time",),
        ),
        Organisation("graph-api", "Graph API", problem="a web page came in the place of the data"),
    ),
    tuple(each.text for each in page().caveat),
)
RESULTS = (
    Result(
        "platform-status",
        "platform",
        "Meta reports no open incident",
        Status.WARN,
        findings=(
            warning(
                "Meta reports high disruptions of Cloud API since 2026-11-22 07:00 UTC",
                fix="Wait until Meta has resolved it, and change nothing in your set-up because of it.",
                url=BOARD.url,
                evidence={"last_post": POSTS[0].text},
            ),
        ),
    ),
)
REPORT = Report(
    command="status",
    version="1.2.3",
    started=at(22, 9, 41),
    duration_ms=412,
    target=Target(),
    summary=summarise(RESULTS),
    results=RESULTS,
    platform=BOARD,
)


def written(format: str, look: Look, encoding: str = "utf-8") -> str:
    """Return what a format writes."""
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    render("report", format, REPORT, out, look)
    out.seek(0)
    return out.read()


@pytest.mark.parametrize(
    ("name", "format", "look", "encoding"),
    [
        ("report-status.txt", "text", Look(width=80), "utf-8"),
        ("report-status-ascii.txt", "text", Look(width=80, verbose=True), "ascii"),
        ("report-status.json", "json", Look(), "utf-8"),
        ("report-status.markdown.md", "markdown", Look(), "utf-8"),
    ],
)
def test_golden(name: str, format: str, look: Look, encoding: str, golden: Callable[[str, str], None]) -> None:
    """A format writes what somebody has read and found good."""
    golden(name, written(format, look, encoding))


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_page_is_no_wider_than_it_is(columns: int) -> None:
    """Charts give way first."""
    for line in written("text", Look(width=columns)).splitlines():
        assert len(line) <= columns or "https://" in line, line
