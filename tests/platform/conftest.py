"""An emulated status page on loopback, which says whatever a test has written on it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

WEB_PAGE = b"<!doctype html><html><head><title>Meta Status</title></head><body>app</body></html>"
GREEN = "No known issues"


@dataclass(eq=False)
class Page:
    """
    What the page says: bodies by path, `headers` and `status` for single paths.

    As on Meta's own, a path nobody wrote is answered 200 with a web page.
    """

    url: str = ""
    bodies: dict[str, bytes] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def write(self, path: str, document: Any) -> None:
        """Put a JSON document at a path."""
        self.bodies[path] = json.dumps(document).encode()

    def services(self, **words: str) -> None:
        """Write `orgs.json` with these words for the services of WhatsApp; the Graph API is well."""
        rows = [
            {"id": place, "name": name.replace("_", " "), "status": word, "time": "2026-10-02T08:15:00Z"}
            for place, (name, word) in enumerate(words.items(), start=11)
        ]
        graph = [{"id": 31, "name": "Platform Status", "status": GREEN, "time": "2026-09-14T03:00:00Z"}]
        self.write(
            "/data/orgs.json",
            [
                {"id": "ads-manager", "name": "Ads Manager", "services": []},
                {"id": "whatsapp-business-api", "name": "WhatsApp Business Platform", "services": rows},
                {"id": "graph-api", "name": "Graph API", "services": graph},
            ],
        )

    def outages(self, *outages: dict[str, Any], org: str = "whatsapp-business-api", history: bool = False) -> None:
        """Write the outages of an organisation: those open, or with `history` those that were."""
        self.write(f"/data/outages/{org}{'.history' if history else ''}.json", list(outages))

    def metric(self, name: str, *values: float) -> None:
        """Write the values of one figure."""
        self.write(f"/metrics/whatsapp-business-api/{name}.json", {"values": list(values)})

    def feed(self, *items: str, org: str = "whatsapp-business-api") -> None:
        """Write an RSS feed."""
        channel = f"<title>Status</title><link>{self.url}</link>{''.join(items)}"
        self.bodies[f"/outage-events-feed-{org}.rss"] = (
            f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{channel}</channel></rss>'.encode()
        )

    def all_well(self) -> None:
        """Write a page on a good day."""
        self.services(Cloud_API=GREEN, Embedded_Signup=GREEN)
        for org in ("whatsapp-business-api", "graph-api"):
            self.outages(org=org)
            self.outages(org=org, history=True)
            self.feed(org=org)
        self.metric("cloudapi_uptime_daily", 0.9991, 0.9987, 1.0)
        self.metric("event_tagging_latency_last_31_days_p90_s3", 910, 1240, 1105)
        self.metric("event_tagging_latency_last_31_days_p99_s3", 2105, 2660.5, 2404)


@pytest.fixture
def page() -> Iterator[Page]:
    """Serve a status page with nothing on it yet."""
    page = Page()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page.asked.append(self.path)
            body = page.bodies.get(self.path, WEB_PAGE)
            self.send_response(page.statuses.get(self.path, 200))
            for name, value in page.headers.get(self.path, {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    page.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield page
    server.shutdown()
    thread.join()
    server.server_close()
