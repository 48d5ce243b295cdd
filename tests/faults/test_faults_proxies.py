"""Proxies that demand credentials, refuse, or are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.faults.conftest import Doctor
    from tests.faults.internet import Internet

HEADING = "Proxies"

_TINYPROXY = """
Port 3128
Timeout 60
DefaultErrorFile "/usr/share/tinyproxy/default.html"
LogLevel Info
MaxClients 50
BasicAuth {user} {password}
ConnectPort {allowed}
"""
_USER, _PASSWORD = "proxyuser", "Tide-7-harbour"


def _proxy(internet: Internet, *, allowed: int = 443) -> None:
    settings = internet.folder / "tinyproxy.conf"
    settings.write_text(_TINYPROXY.format(user=_USER, password=_PASSWORD, allowed=allowed))
    internet.space.start("tinyproxy", "-d", "-c", settings, port=3128, log=internet.folder / "tinyproxy.log")


@pytest.mark.needs("tinyproxy")
@pytest.mark.fault("a proxy demands credentials, and none are given", by="tinyproxy")
def test_a_proxy_that_demands_credentials(internet: Internet, doctor: Doctor) -> None:
    _proxy(internet)
    environ = {"HTTPS_PROXY": "http://localhost:3128"}
    doctor.says("api-graph", "fail", "http://localhost:3128 demands credentials", "407", environ=environ, code=1)


@pytest.mark.needs("tinyproxy")
@pytest.mark.fault("a proxy demands credentials, and wrong ones are given", by="tinyproxy")
def test_a_proxy_that_gets_wrong_credentials(internet: Internet, doctor: Doctor) -> None:
    _proxy(internet)
    doctor.secrets = ["Ebb-3-breakwater"]
    environ = {"HTTPS_PROXY": f"http://{_USER}:Ebb-3-breakwater@localhost:3128"}
    doctor.says("api-graph", "fail", "does not accept the credentials", environ=environ, code=1)


@pytest.mark.needs("tinyproxy")
@pytest.mark.fault("a proxy demands credentials, and gets the right ones (no fault)", by="tinyproxy")
def test_a_proxy_that_gets_right_credentials(internet: Internet, doctor: Doctor) -> None:
    _proxy(internet)
    doctor.secrets = [_PASSWORD]
    environ = {"HTTPS_PROXY": f"http://{_USER}:{_PASSWORD}@localhost:3128"}
    ended = doctor.says("api-graph", "pass", "through http://localhost:3128", environ=environ, code=0)
    assert {"token-valid", "number-access", "platform-status"} <= ended.ids("pass")


@pytest.mark.needs("tinyproxy")
@pytest.mark.fault("a proxy does not allow this port", by="tinyproxy")
def test_a_proxy_that_refuses_the_port(internet: Internet, doctor: Doctor) -> None:
    _proxy(internet, allowed=563)
    doctor.secrets = [_PASSWORD]
    environ = {"HTTPS_PROXY": f"http://{_USER}:{_PASSWORD}@localhost:3128"}
    doctor.says("api-graph", "fail", "refuses the way to graph.facebook.com", "403", environ=environ, code=1)


@pytest.mark.needs("tinyproxy")
@pytest.mark.fault("a proxy cannot reach the host: it refuses the connection of the proxy", by="tinyproxy")
def test_a_proxy_that_cannot_reach_the_host(internet: Internet, doctor: Doctor) -> None:
    _proxy(internet)
    internet.graph.handle = None
    doctor.secrets = [_PASSWORD]
    environ = {"HTTPS_PROXY": f"http://{_USER}:{_PASSWORD}@localhost:3128"}
    doctor.says("api-graph", "unknown", "cannot reach graph.facebook.com", environ=environ, code=3)


@pytest.mark.fault("no proxy runs where HTTPS_PROXY says", by="Linux (nobody listens)")
def test_a_proxy_that_is_not_there(doctor: Doctor) -> None:
    environ = {"HTTPS_PROXY": "http://localhost:3128"}
    doctor.says("api-connect", "fail", "localhost on port 3128", "ECONNREFUSED", environ=environ, code=1)


@pytest.mark.fault("HTTPS_PROXY is no address of a proxy", by="the environment")
def test_a_proxy_setting_that_is_none(doctor: Doctor) -> None:
    environ = {"HTTPS_PROXY": "http//proxy.example:3128"}
    doctor.says("api-connect", "fail", "no client can use this proxy", "HTTPS_PROXY is", environ=environ, code=1)
