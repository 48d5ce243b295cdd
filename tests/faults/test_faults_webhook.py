"""A callback URL behind a real web server, whose settings are wrong or stricter than a stranger can meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.internet import Site

if TYPE_CHECKING:
    from tests.faults.conftest import Doctor
    from tests.faults.internet import Internet
    from tests.faults.trust import Identity

HEADING = "Webhook endpoints"

pytestmark = pytest.mark.needs("nginx")

_HOST, _TOKEN = "hooks.quayside.example", "verify-7c1f"
_COMMAND = ("webhook", f"https://{_HOST}/whatsapp")
_ENVIRON = {"WA_VERIFY_TOKEN": _TOKEN}

# A handshake in nginx alone: the challenge comes back if the token is the right one.
_MAPS = f"""
map $args $challenge {{ "~(?:^|&)hub\\.challenge=([^&]*)" $1; }}
map $args $allowed {{ default 0; "~(?:^|&)hub\\.verify_token={_TOKEN}(?:&|$)" 1; }}
"""
_LOCATION = """
default_type text/plain;
location = /whatsapp { if ($allowed = 0) { return 403; } return 200 $challenge; }
"""


def _endpoint(internet: Internet, identity: Identity, more: str = "", *, location: str = _LOCATION) -> None:
    site = internet.sites[_HOST] = Site(["20.50.60.70"])
    shown = f"listen 8443 ssl; ssl_certificate {identity.certificates}; ssl_certificate_key {identity.key};"
    internet.nginx(site, f"{_MAPS} server {{ {shown} {more} {location} }}")


@pytest.mark.fault("none: the endpoint answers the handshake", by="nginx")
def test_a_good_endpoint(internet: Internet, doctor: Doctor) -> None:
    _endpoint(internet, internet.trust.issue(_HOST, middle=True))
    doctor.secrets = [_TOKEN]
    doctor.says("webhook-endpoint", "pass", "handshake", command=_COMMAND, environ=_ENVIRON, code=0)


@pytest.mark.fault("the endpoint demands a client certificate, as for mutual TLS with Meta", by="nginx")
def test_an_endpoint_that_demands_a_client_certificate(internet: Internet, doctor: Doctor) -> None:
    demand = f"ssl_client_certificate {internet.trust.root}; ssl_verify_client on; ssl_verify_depth 3;"
    _endpoint(internet, internet.trust.issue(_HOST, middle=True), demand)
    words = ("demands Meta's client certificate", "it is up")
    doctor.says("webhook-endpoint", "unknown", *words, command=_COMMAND, environ=_ENVIRON, code=3)


@pytest.mark.fault("the endpoint sends its certificate without the intermediate", by="nginx")
def test_an_endpoint_without_its_intermediate(internet: Internet, doctor: Doctor) -> None:
    _endpoint(internet, internet.trust.issue(_HOST, middle=False))
    doctor.says("webhook-endpoint", "fail", "without", command=_COMMAND, environ=_ENVIRON, code=1)


@pytest.mark.fault("the callback URL has a path that the server does not know", by="nginx")
def test_an_endpoint_with_another_path(internet: Internet, doctor: Doctor) -> None:
    _endpoint(internet, internet.trust.issue(_HOST), location="location = /hook { return 200 ok; }")
    doctor.says("webhook-endpoint", "fail", "404", command=_COMMAND, environ=_ENVIRON, code=1)
