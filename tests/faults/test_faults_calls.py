"""
Trouble that begins where the token comes in: the call without one is answered as by Meta, those with one are not.

A gateway that lets anonymous calls through does that, and so does an API that breaks in the middle of a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults import reactions
from tests.faults.internet import Site
from tests.faults.reactions import HTML, graph_error, saying

if TYPE_CHECKING:
    from tests.faults.conftest import Doctor
    from tests.faults.internet import Internet
    from tests.network.conftest import Handle
    from tests.program.conftest import Ended

HEADING = "Answers to calls that carry the token"

_USED_UP = {"x-app-usage": '{"call_count":100,"total_cputime":41,"total_time":38}'}


def _unknown(internet: Internet, doctor: Doctor, reaction: Handle, *words: str, **options: object) -> Ended:
    internet.with_a_token(reaction)
    ended = doctor.says("token-valid", "unknown", *words, code=3, **options)  # type: ignore[arg-type]
    assert "api-graph" in ended.ids("pass")
    assert not ended.ids("fail")
    return ended


@pytest.mark.fault("a redirect to another host: the token does not follow")
def test_the_token_does_not_follow_a_redirect(internet: Internet, doctor: Doctor) -> None:
    arrived: list[str] = []
    internet.sites["api.quayside.example"] = Site(["157.240.9.67"], handle=lambda _: arrived.append("a connection"))
    there = {"Location": "https://api.quayside.example/v25.0/debug_token"}
    _unknown(internet, doctor, saying("307 Temporary Redirect", there), "not Meta's", "api.quayside.example")
    assert not arrived


@pytest.mark.fault("the web page of a filter (200, HTML)")
def test_a_web_page_for_calls_with_a_token(internet: Internet, doctor: Doctor) -> None:
    _unknown(internet, doctor, saying("200 OK", HTML, b"<html>blocked</html>"), "not Meta's", "text/html")


@pytest.mark.fault("HTTP 401 of a gateway, without a Graph error")
def test_a_401_of_a_gateway(internet: Internet, doctor: Doctor) -> None:
    _unknown(internet, doctor, saying("401 Unauthorized", HTML, b"<html>log in</html>"), "not Meta's", "HTTP 401")


@pytest.mark.fault("HTTP 407 of a gateway")
def test_a_407_for_calls_with_a_token(internet: Internet, doctor: Doctor) -> None:
    reaction = saying("407 Proxy Authentication Required", {"Proxy-Authenticate": "Basic"})
    _unknown(internet, doctor, reaction, "a proxy on the way demands credentials", "HTTP 407")


@pytest.mark.fault("a gateway takes the header Authorization out")
def test_a_gateway_that_takes_the_token_out(internet: Internet, doctor: Doctor) -> None:
    internet.lose_tokens()
    ended = doctor.says("token-valid", "unknown", "Meta got no token although one was sent", code=3)
    assert not ended.ids("fail")


@pytest.mark.fault("a redirect to a place that is no URL")
def test_a_redirect_to_nowhere(internet: Internet, doctor: Doctor) -> None:
    _unknown(internet, doctor, saying("302 Found", {"Location": "https://[::1"}), "Invalid URL in location header")


@pytest.mark.fault("HTTP 429, code 4, x-app-usage at 100 %")
def test_a_rate_limit(internet: Internet, doctor: Doctor) -> None:
    limit = graph_error("429 Too Many Requests", 4, "(#4) Application request limit reached", headers=_USED_UP)
    _unknown(internet, doctor, limit, "API Too Many Calls (error 4)")


@pytest.mark.fault("HTTP 429 of a gateway, without a Graph error")
def test_a_rate_limit_of_a_gateway_for_calls_with_a_token(internet: Internet, doctor: Doctor) -> None:
    _unknown(internet, doctor, saying("429 Too Many Requests", {"Retry-After": "60"}), "limits the rate", "HTTP 429")


@pytest.mark.fault("HTTP 500, code 1")
def test_a_500(internet: Internet, doctor: Doctor) -> None:
    _unknown(
        internet,
        doctor,
        graph_error("500 Internal Server Error", 1, "An unknown error has occurred."),
        "API Unknown (error 1)",
    )


@pytest.mark.fault("HTTP 502 with the web page of a gateway")
def test_a_502(internet: Internet, doctor: Doctor) -> None:
    _unknown(internet, doctor, saying("502 Bad Gateway", HTML, b"<html>502</html>"), "HTTP 502", "without a Graph")


@pytest.mark.fault("HTTP 503 without a Graph error")
def test_a_503(internet: Internet, doctor: Doctor) -> None:
    _unknown(internet, doctor, saying("503 Service Unavailable", {}), "HTTP 503", "without a Graph error")


@pytest.mark.fault("no answer")
def test_no_answer(internet: Internet, doctor: Doctor) -> None:
    _unknown(internet, doctor, reactions.silence, "graph.facebook.com did not answer in full within", limit=4)


@pytest.mark.fault("the connection is reset")
def test_a_reset(internet: Internet, doctor: Doctor) -> None:
    _unknown(internet, doctor, reactions.reset, "the connection to graph.facebook.com broke")


@pytest.mark.fault("a body that never ends, byte by byte")
def test_a_body_that_drips_for_calls_with_a_token(internet: Internet, doctor: Doctor) -> None:
    _unknown(internet, doctor, reactions.dripping, "graph.facebook.com did not answer in full within", limit=4)


@pytest.mark.fault("a body that never ends, as fast as it is read")
def test_a_body_that_floods_for_calls_with_a_token(internet: Internet, doctor: Doctor) -> None:
    _unknown(internet, doctor, reactions.flooding, "larger than anything Meta sends")


@pytest.mark.needs("prlimit")
@pytest.mark.fault("a gzip bomb: 2 MB that become 2 GiB, in a process that may have 1 GiB")
def test_a_gzip_bomb_for_calls_with_a_token(internet: Internet, doctor: Doctor) -> None:
    through = ("prlimit", "--as=1073741824")
    _unknown(internet, doctor, reactions.exploding, "larger than anything Meta sends", through=through)
