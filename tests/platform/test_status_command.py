"""`wa-doctor status` from its options to its exit code, and what a check-up does when the API says it is down."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jsonschema
import pytest

from wa_doctor import sandbox
from wa_doctor.checkup import Request, perform
from wa_doctor.cli.app import run
from wa_doctor.model import Report, Severity, Status
from wa_doctor.render.report._platform import spark
from wa_doctor.settings import Sources

if TYPE_CHECKING:
    from tests.platform.conftest import Page

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "report-v1.json"
GREEN = "No known issues"

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def status(page: Page, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs `wa-doctor status` on the page and returns its exit code and stdout."""
    monkeypatch.setenv("WA_STATUS_URL", page.url)

    def call(*arguments: str) -> tuple[int, str]:
        code = run(["status", *arguments])
        return code, capsys.readouterr().out

    return call


def _incident(page: Page) -> None:
    page.services(Cloud_API="Medium disruptions", Embedded_Signup=GREEN)
    posts = [
        {"status": "Investigating", "description": "Sending is slow.", "time": "2026-11-21T22:05:00Z"},
        {"status": "Update", "description": "A fix is on its way.", "time": "2026-11-21T23:05:00Z"},
    ]
    page.outages({"service_id": 11, "status": "Medium disruptions", "time": "2026-11-21T22:00:00Z", "posts": posts})


def test_a_good_day_shows_services_figures_and_caveats(page: Page, status: Run) -> None:
    """State and since when, availability, latency with a chart, and what the figures leave out."""
    page.all_well()
    code, text = status()

    assert code == 0
    for said in (
        "✓ Cloud API                no known issues since 2026-10-02",
        "Graph API",
        "availability this month  100 %     ▃▁█  99.87 % to 100 %",
        "latency p90, 31 days     1.1 s     ▁█▅  910 ms to 1.2 s",
        "An outage shorter than 10 minutes does not count",
        "There is no SLA",
    ):
        assert said in text
    assert max(map(len, text.splitlines())) <= 80


def test_an_open_incident_is_exit_code_0_unless_warnings_count(page: Page, status: Run) -> None:
    """It is shown with its latest post; what it is worth is the caller's choice."""
    page.all_well()
    _incident(page)
    code, text = status()
    strict, _ = status("--fail-on", "warning")

    assert (code, strict) == (0, 1)
    assert "medium disruptions since 2026-11-21 22:00 UTC" in text
    assert "A fix is on its way." in text
    assert "Sending is slow." not in text


def test_verbose_shows_every_post(page: Page, status: Run) -> None:
    """The whole story of the incident."""
    page.all_well()
    _incident(page)

    assert "Sending is slow." in status("-v")[1]


def test_quiet_shows_what_is_wrong_only(page: Page, status: Run) -> None:
    """No figure, no caveat, no service that is well."""
    page.all_well()
    _incident(page)
    _, text = status("-q")

    assert "Cloud API" in text
    assert "Embedded Signup" not in text
    assert "SLA" not in text


def test_a_page_that_cannot_be_read_is_exit_code_3(status: Run) -> None:
    """A web page in place of the data is no news, good or bad."""
    code, text = status()

    assert code == 3
    assert "a web page came in the place of the data" in text


@pytest.mark.parametrize("state", ["well", "incident", "unread", "feed"])
def test_json_keeps_to_its_schema(page: Page, status: Run, state: str) -> None:
    """Every state of the page is described by the schema, and `null` is what nobody knows."""
    if state in ("well", "incident"):
        page.all_well()
    if state == "incident":
        _incident(page)
        page.outages({"service_id": 99, "status": "Low disruptions", "time": "nonsense"}, history=True)
    if state == "feed":
        page.feed("<item><title>Cloud API</title></item>")
    _, text = status("--format", "json")
    document = json.loads(text)

    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    whatsapp = document["platform"]["organisations"][0]
    assert document["target"]["base_url"] is None
    assert whatsapp["source"] == {"well": "json", "incident": "json", "unread": None, "feed": "rss"}[state]
    assert len(whatsapp["open"]) == (state in ("incident", "feed"))


@pytest.mark.parametrize("format", ["markdown", "junit", "github"])
def test_every_format_tells_the_incident(page: Page, status: Run, format: str) -> None:
    """Whoever reads the report learns of it."""
    page.all_well()
    _incident(page)
    code, text = status("--format", format)

    assert code == 0
    assert "Meta reports medium disruptions of Cloud API since 2026-11-21 22:00 UTC" in text


@pytest.mark.parametrize(
    ("values", "drawn"),
    [((1.0, 2.0, 3.0), "abc"), ((5.0, 5.0), "bb"), ((1.0,), ""), ((3.0, 1.0, 1.4), "caa")],
)
def test_a_chart_runs_from_the_smallest_value_to_the_largest(values: tuple[float, ...], drawn: str) -> None:
    """One value draws nothing, equal values draw a level line."""
    assert spark(values, "abc") == drawn


# The check within a check-up.


def _check_up(page: Page | None, scenario: str = "healthy", **changes: Any) -> Report:
    environ = {"WA_STATUS_URL": page.url} if page else {}
    return perform(Request(sandbox=scenario, environ=environ, sources=Sources(environ={}, keyring=False), **changes))


def _result(report: Report, id: str) -> tuple[Status, str]:
    result = next(each for each in report.results if each.check == id)
    return result.status, result.reason or (result.worst.message if result.worst else "")


def test_a_sandbox_has_no_network() -> None:
    """The page is read in a sandbox only if it is on this machine as well."""
    assert _result(_check_up(None), "platform-status") == (Status.SKIP, "a sandbox has no network")


def test_a_page_elsewhere_is_not_read_in_a_sandbox() -> None:
    """WA_STATUS_URL does not open a hole in it."""
    request = Request(sandbox="healthy", environ={"WA_STATUS_URL": "https://status.example"}, only=("platform",))

    assert _result(perform(request), "platform-status")[0] is Status.SKIP


def test_a_page_that_is_down_leaves_a_check_up_as_it_is(page: Page) -> None:
    """Exit code 0 stays 0."""
    report = _check_up(page)

    assert _result(report, "platform-status")[0] is Status.SKIP
    assert report.summary.exit_code == 0


def test_an_incident_is_a_warning_of_a_check_up(page: Page) -> None:
    """It counts with `--fail-on warning`, like every other."""
    page.all_well()
    _incident(page)

    assert _result(_check_up(page), "platform-status")[0] is Status.WARN
    assert _check_up(page, fail_on=Severity.WARNING).summary.exit_code == 1


# Error 2: the API itself says that it is down.


def test_error_2_quotes_the_incident_where_it_says_what_to_do(page: Page) -> None:
    """Wait five minutes; and Meta knows of it, with its own last words."""
    page.all_well()
    _incident(page)
    step = _check_up(page, "api-down").summary.first_step

    assert step is not None
    assert step.text.startswith("Wait five minutes and try again")
    assert "Meta reports medium disruptions of Cloud API since 2026-11-21 22:00 UTC" in step.text
    assert step.text.endswith('"A fix is on its way".')


def test_error_2_brings_the_page_to_a_command_that_does_not_check_it(page: Page) -> None:
    """`wa-doctor token` has no such check, and the question is the same."""
    page.all_well()
    _incident(page)
    step = _check_up(page, "api-down", command="token").summary.first_step

    assert step is not None
    assert "medium disruptions of Cloud API" in step.text


def test_without_an_incident_error_2_says_to_wait_and_no_more(page: Page) -> None:
    """No news is not quoted."""
    page.all_well()
    step = _check_up(page, "api-down").summary.first_step

    assert step is not None
    assert "Meta reports" not in step.text


def test_who_leaves_the_page_out_is_not_sent_there(page: Page) -> None:
    """`--skip platform` means that nobody asks it."""
    page.all_well()
    _check_up(page, "api-down", skip=("platform",))

    assert page.asked == []


@dataclass(eq=False)
class Front:
    """Stands before a sandbox and says error 2 as long as it is `down`."""

    behind: str
    url: str = ""
    down: bool = True
    pauses: list[float] = field(default_factory=list)

    def pause(self, seconds: float) -> None:
        """Note that time would have passed; after the second time the API is back."""
        self.pauses.append(seconds)
        self.down = len(self.pauses) < 2


@pytest.fixture
def recovering() -> Iterator[tuple[Front, Sources]]:
    """Serve an API that recovers after two pauses, and where a token for it comes from."""
    with sandbox.start("healthy") as running:
        front = Front(running.base_url)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if front.down:
                    error = {"message": "(#2) Service temporarily unavailable", "code": 2, "fbtrace_id": "ADown1"}
                    self._send(503, json.dumps({"error": error}).encode(), {"x-fb-request-id": "ADown1"})
                    return
                inner = http.client.HTTPConnection(urlsplit(front.behind).netloc)
                inner.request("GET", self.path, headers={"Authorization": self.headers.get("Authorization", "")})
                answer = inner.getresponse()
                self._send(answer.status, answer.read(), dict(answer.getheaders()))
                inner.close()

            def _send(self, code: int, body: bytes, headers: dict[str, str]) -> None:
                self.send_response(code)
                for name, value in headers.items():
                    if name.lower() not in ("content-length", "connection", "server", "date", "transfer-encoding"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        front.url = f"http://127.0.0.1:{server.server_address[1]}"
        known = running.credentials
        environ = {"WA_BASE_URL": front.url, "WA_ACCESS_TOKEN": known["access_token"]}
        yield front, Sources(environ=environ, keyring=False)
        server.shutdown()
        thread.join()
        server.server_close()


def test_wait_tries_again_until_the_api_is_back(recovering: tuple[Front, Sources], page: Page) -> None:
    """Only the last verdict is in the report, and the pauses grow."""
    front, sources = recovering
    request = Request(
        command="token", sources=sources, wait=300, only=("token-valid",), environ={"WA_STATUS_URL": page.url}
    )
    report = perform(request, pause=front.pause)

    assert _result(report, "token-valid")[0] is Status.PASS
    assert report.summary.exit_code == 0
    assert front.pauses == [2.0, 4.0]


def test_without_wait_one_try_decides(recovering: tuple[Front, Sources], page: Page) -> None:
    """What could not be verified is unknown, and the report says how to wait."""
    front, sources = recovering
    request = Request(command="token", sources=sources, only=("token-valid",), environ={"WA_STATUS_URL": page.url})
    report = perform(request, pause=front.pause)

    assert report.summary.exit_code == 3
    assert report.summary.first_step
    assert report.summary.first_step.command == "wa-doctor check --wait 5m"
    assert front.pauses == []
