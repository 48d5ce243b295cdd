"""Answers that are not Meta's, or are and speak of trouble: the same for whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults import reactions
from tests.faults.internet import GRAPH, Site
from tests.faults.reactions import HTML, always, graph_error, saying

if TYPE_CHECKING:
    from tests.faults.conftest import Doctor
    from tests.faults.internet import Internet
    from tests.network.conftest import Handle

HEADING = "Answers"

_PORTAL = b"<!doctype html><html><head><title>Quayside Guest Wi-Fi</title></head><body>Accept the terms.</body></html>"
_USED_UP = {"x-app-usage": '{"call_count":100,"total_cputime":41,"total_time":38}'}


def _answers(internet: Internet, reaction: Handle) -> None:
    internet.graph.handle = always(reaction)


@pytest.mark.fault("a captive portal redirects to its login page (302)")
def test_a_portal_that_redirects(internet: Internet, doctor: Doctor) -> None:
    arrived = _elsewhere(internet)
    _answers(internet, saying("302 Found", {"Location": "http://login.quayside.example/?from=graph"}))
    doctor.says("api-graph", "fail", "a portal", "HTTP 302 sends us to login.quayside.example", code=1)
    assert not arrived


def _elsewhere(internet: Internet) -> list[str]:
    """Put two hosts beside the others; the list gets an entry for each connection to one of them."""
    arrived: list[str] = []
    for host, address, port in (("login", "157.240.9.66", 80), ("api", "157.240.9.67", 443)):
        site = Site([address], handle=lambda _: arrived.append("a connection"), port=port)
        internet.sites[f"{host}.quayside.example"] = site
    return arrived


@pytest.mark.fault("a captive portal answers with its own page (200, HTML)")
def test_a_portal_that_answers(internet: Internet, doctor: Doctor) -> None:
    _answers(internet, saying("200 OK", HTML, _PORTAL))
    doctor.says("api-graph", "fail", "a portal", "entitled 'Quayside Guest Wi-Fi'", code=1)


@pytest.mark.fault("the network wants a login first (511)")
def test_a_network_that_wants_a_login(internet: Internet, doctor: Doctor) -> None:
    _answers(internet, saying("511 Network Authentication Required", HTML, _PORTAL))
    doctor.says("api-graph", "fail", "a portal", "511", code=1)


@pytest.mark.fault("something between here and Meta demands credentials (407)")
def test_a_407_in_place_of_an_answer(internet: Internet, doctor: Doctor) -> None:
    _answers(internet, saying("407 Proxy Authentication Required", {"Proxy-Authenticate": "Basic"}))
    doctor.says("api-graph", "fail", "a proxy demands credentials", "HTTP 407", code=1)


@pytest.mark.fault("every answer takes 1.1 s")
def test_slow_answers(internet: Internet, doctor: Doctor) -> None:
    forward = internet.graph.handle
    assert forward
    internet.graph.handle = reactions.held_up(1.1, forward)
    doctor.says("api-graph", "warn", "an answer takes", "on an open connection", limit=30, code=0)


@pytest.mark.fault("no answer comes after the request")
def test_an_answer_that_does_not_come(internet: Internet, doctor: Doctor) -> None:
    _answers(internet, reactions.silence)
    doctor.says("api-graph", "unknown", "was asked and did not answer", "no answer within", limit=4, code=3)


@pytest.mark.fault("the connection is reset after the request")
def test_an_answer_that_breaks_off(internet: Internet, doctor: Doctor) -> None:
    _answers(internet, reactions.reset)
    doctor.says("api-graph", "unknown", "was asked and did not answer", "ECONNRESET", code=3)


@pytest.mark.fault("a body that never ends, byte by byte")
def test_a_body_that_drips(internet: Internet, doctor: Doctor) -> None:
    _answers(internet, reactions.dripping)
    doctor.says("api-graph", "unknown", "did not come to its end (too slow)", limit=4, code=3)


@pytest.mark.fault("a body that never ends, as fast as it is read")
def test_a_body_that_floods(internet: Internet, doctor: Doctor) -> None:
    _answers(internet, reactions.flooding)
    doctor.says("api-graph", "unknown", "more than 256 KiB", code=3)


@pytest.mark.needs("prlimit")
@pytest.mark.fault("a gzip bomb: 2 MB that become 2 GiB, in a process that may have 1 GiB")
def test_a_gzip_bomb(internet: Internet, doctor: Doctor) -> None:
    _answers(internet, reactions.exploding)
    doctor.says("api-graph", "unknown", "more than 256 KiB", through=("prlimit", "--as=1073741824"), code=3)


@pytest.mark.fault("a redirect to another host (301)")
def test_a_redirect_to_another_host(internet: Internet, doctor: Doctor) -> None:
    arrived = _elsewhere(internet)
    _answers(internet, saying("301 Moved Permanently", {"Location": "https://api.quayside.example/v25.0/me"}))
    doctor.says("api-graph", "fail", "sends us to api.quayside.example", code=1)
    assert not arrived


@pytest.mark.fault("Meta limits the rate of calls: HTTP 429, code 4, x-app-usage at 100 %")
def test_a_rate_limit_of_meta(internet: Internet, doctor: Doctor) -> None:
    _answers(
        internet, graph_error("429 Too Many Requests", 4, "(#4) Application request limit reached", headers=_USED_UP)
    )
    ended = doctor.says("api-graph", "warn", "Meta limits the rate of calls", "HTTP 429, code 4", code=3)
    assert "token-valid" in ended.ids("unknown")


@pytest.mark.fault("a gateway limits the rate of calls: HTTP 429 without a Graph error")
def test_a_rate_limit_of_a_gateway(internet: Internet, doctor: Doctor) -> None:
    _answers(internet, saying("429 Too Many Requests", {**HTML, "Retry-After": "60"}, b"slow down"))
    doctor.says("api-graph", "unknown", "somebody limits the rate of calls", "429", code=3)


@pytest.mark.fault("Meta answers HTTP 500, code 1")
def test_a_500_of_meta(internet: Internet, doctor: Doctor) -> None:
    _answers(internet, graph_error("500 Internal Server Error", 1, "An unknown error has occurred."))
    ended = doctor.says("api-graph", "warn", "Meta answers HTTP 500, code 1", code=3)
    assert "token-valid" in ended.ids("unknown")


@pytest.mark.fault("HTTP 500 without a word")
def test_a_500_of_somebody(internet: Internet, doctor: Doctor) -> None:
    _answers(internet, saying("500 Internal Server Error", {}))
    doctor.says("api-graph", "unknown", "somebody answered HTTP 500", "not the Graph API", code=3)


@pytest.mark.fault("HTTP 502 with the web page of a gateway")
def test_a_502_of_a_gateway(internet: Internet, doctor: Doctor) -> None:
    _answers(internet, saying("502 Bad Gateway", HTML, b"<html><title>502 Bad Gateway</title></html>"))
    doctor.says("api-graph", "unknown", "somebody answered HTTP 502", GRAPH, code=3)


@pytest.mark.fault("HTTP 503, code 2: Meta is down or being updated")
def test_a_503_of_meta(internet: Internet, doctor: Doctor) -> None:
    internet.scenario = "api-down"
    ended = doctor.says("api-graph", "warn", "Meta answers HTTP 503, code 2", "up to 5 minutes", code=3)
    assert "token-valid" in ended.ids("unknown")


@pytest.mark.fault("HTTP 503 without a Graph error")
def test_a_503_of_somebody(internet: Internet, doctor: Doctor) -> None:
    _answers(internet, saying("503 Service Unavailable", {**HTML, "Retry-After": "30"}))
    doctor.says("api-graph", "unknown", "somebody answered HTTP 503", code=3)


@pytest.mark.fault("something answers that does not speak HTTP")
def test_an_answer_that_is_not_http(internet: Internet, doctor: Doctor) -> None:
    _answers(internet, lambda sock: sock.sendall(b"220 mail.quayside.example ESMTP\r\n"))
    doctor.says("api-graph", "fail", "does not speak HTTP", code=1)


_AN_HOUR_AHEAD = ("env", "FAKETIME_DONT_FAKE_MONOTONIC=1", "faketime", "-f", "+3600s")


@pytest.mark.needs("faketime")
@pytest.mark.fault("the clock of this machine is an hour ahead", by="faketime")
def test_a_clock_that_is_an_hour_ahead(doctor: Doctor) -> None:
    ended = doctor.says("api-clock", "fail", "60 min ahead of Meta's", through=_AN_HOUR_AHEAD, code=1)
    assert ended.ids("fail") == {"api-clock"}


@pytest.mark.needs("faketime")
@pytest.mark.fault("the clock of this machine is an hour behind: that of the API is ahead", by="faketime")
def test_a_clock_that_is_an_hour_behind(internet: Internet, doctor: Doctor) -> None:
    internet.serve_through(*_AN_HOUR_AHEAD)
    ended = doctor.says("api-clock", "fail", "60 min behind Meta's", code=1)
    assert ended.ids("fail") == {"api-clock"}


@pytest.mark.fault("a newer version answers than the one asked for")
def test_a_silent_upgrade(internet: Internet, doctor: Doctor) -> None:
    internet.scenario = "version-upgraded"
    doctor.says("api-version", "warn", "v25.0 was asked for and v26.0 answered", "a silent upgrade", code=0)
