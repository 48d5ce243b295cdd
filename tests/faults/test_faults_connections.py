"""Addresses that swallow, refuse or break off connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults import reactions
from tests.faults.internet import GRAPH_IPV4, GRAPH_IPV6

if TYPE_CHECKING:
    from tests.faults.conftest import Doctor
    from tests.faults.internet import Internet

HEADING = "Connections"


@pytest.mark.fault("the IPv6 address swallows connections while IPv4 works", by="Linux (a route to nowhere)")
def test_a_black_hole_beside_a_working_address(internet: Internet, doctor: Doctor) -> None:
    internet.graph.addresses, internet.graph.swallowed = [GRAPH_IPV4], [GRAPH_IPV6]
    ended = doctor.says("api-connect", "warn", GRAPH_IPV6, "swallows connections", "while IPv4 works", code=0)
    assert not ended.ids("unknown")


@pytest.mark.fault("every address swallows connections", by="Linux (a route to nowhere)")
def test_black_holes_everywhere(internet: Internet, doctor: Doctor) -> None:
    internet.graph.addresses, internet.graph.swallowed = [], [GRAPH_IPV4, GRAPH_IPV6]
    doctor.says("api-connect", "unknown", "no address of graph.facebook.com on port 443 answers", limit=4, code=3)


@pytest.mark.fault("the network has no route to any address", by="Linux (no route)")
def test_no_route(internet: Internet, doctor: Doctor) -> None:
    internet.graph.addresses, internet.graph.swallowed = [], [GRAPH_IPV4, GRAPH_IPV6]
    internet.space.ip("link", "set", "out", "down")
    doctor.says("api-connect", "unknown", "there is no route", "ENETUNREACH", code=3)


@pytest.mark.fault("every address refuses connections", by="Linux (nobody listens)")
def test_refused_connections(internet: Internet, doctor: Doctor) -> None:
    internet.graph.handle = None
    doctor.says("api-connect", "fail", "refuses every connection (ECONNREFUSED)", code=1)


@pytest.mark.fault("connections are accepted, and reset at the first word")
def test_reset_connections(internet: Internet, doctor: Doctor) -> None:
    internet.graph.tls, internet.graph.handle = None, reactions.broken_off
    doctor.says("api-tls", "unknown", "then TLS breaks off", "ECONNRESET", code=3)


@pytest.mark.fault("connections are accepted, and nothing ever comes")
def test_silent_connections(internet: Internet, doctor: Doctor) -> None:
    internet.graph.tls, internet.graph.handle = None, reactions.silence
    doctor.says("api-tls", "unknown", "then TLS breaks off", "no answer within", limit=4, code=3)


@pytest.mark.fault("connections are accepted and closed without a word")
def test_closed_connections(internet: Internet, doctor: Doctor) -> None:
    internet.graph.tls, internet.graph.handle = None, reactions.hang_up
    doctor.says("api-tls", "unknown", "then TLS breaks off", "connection closed", code=3)


@pytest.mark.fault("only the media host cannot be connected to", by="Linux (nobody listens)")
def test_a_firewall_that_allows_only_one_host(internet: Internet, doctor: Doctor) -> None:
    internet.sites["lookaside.fbsbx.com"].handle = None
    ended = doctor.says("api-media", "fail", "lookaside.fbsbx.com", "refuses every connection", code=1)
    assert {"token-valid", "number-access"} <= ended.ids("pass")
