"""Names that resolve to nothing, to the wrong address, or not at all: real answers of a real name server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.internet import GRAPH

if TYPE_CHECKING:
    from tests.faults.conftest import Doctor
    from tests.faults.internet import Internet

HEADING = "Names"

pytestmark = pytest.mark.needs("dnsmasq")

# The key of the DNS root. What comes without its signature is refused by a name server that validates.
_ROOT = "--trust-anchor=.,20326,8,2,E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"


@pytest.mark.fault("none: the name server answers, and all is well", by="dnsmasq")
def test_without_a_fault_everything_passes(internet: Internet, doctor: Doctor) -> None:
    internet.names()
    ended = doctor.says("api-dns", "pass", "157.240.9.35, 2a03:2880:", code=0)
    assert {each["status"] for each in ended.document["checks"]} <= {"pass", "skip"}


@pytest.mark.fault("the name server denies that the host exists (NXDOMAIN)", by="dnsmasq")
def test_a_name_that_does_not_exist(internet: Internet, doctor: Doctor) -> None:
    internet.graph.addresses = []
    internet.names(f"--address=/{GRAPH}/")
    ended = doctor.says("api-dns", "fail", GRAPH, "does not exist", "NXDOMAIN", code=1)
    assert "token-valid" in ended.ids("skip")


@pytest.mark.fault("the name server fails (SERVFAIL): the signatures of the answer cannot be validated", by="dnsmasq")
def test_a_name_server_that_fails(internet: Internet, doctor: Doctor) -> None:
    internet.names(port=5354)
    internet.names("--server=127.0.0.1#5354", "--dnssec", _ROOT, records=False)
    doctor.says("api-dns", "unknown", "the name server failed", GRAPH, code=3)


@pytest.mark.fault("the name server refuses to answer (REFUSED)", by="dnsmasq")
def test_a_name_server_that_refuses(internet: Internet, doctor: Doctor) -> None:
    internet.names(records=False)
    doctor.says("api-dns", "unknown", "the name server failed", GRAPH, code=3)


@pytest.mark.fault("no name server answers: all that it asks is swallowed", by="dnsmasq")
def test_a_name_server_that_is_silent(internet: Internet, doctor: Doctor) -> None:
    internet.names("--server=10.53.0.53", records=False)
    doctor.says("api-dns", "unknown", "no name server answered", GRAPH, limit=4, code=3)


@pytest.mark.fault("no name server runs at the address in /etc/resolv.conf", by="nobody")
def test_a_name_server_that_does_not_run(internet: Internet, doctor: Doctor) -> None:
    for site in internet.sites.values():
        site.addresses = []
    doctor.says("api-dns", "unknown", "the name server failed", GRAPH, code=3)


@pytest.mark.fault("the name server answers with a private address", by="dnsmasq")
def test_a_private_address(internet: Internet, doctor: Doctor) -> None:
    internet.graph.addresses = []
    internet.graph.swallowed = ["10.20.30.40"]
    internet.names()
    doctor.says("api-dns", "fail", "10.20.30.40 (private)", "not Meta's", limit=4, code=1)


@pytest.mark.fault("a filter answers with the address that stands for none (0.0.0.0)", by="dnsmasq")
def test_a_filter_that_blocks_the_name(internet: Internet, doctor: Doctor) -> None:
    internet.graph.addresses = []
    internet.names(f"--address=/{GRAPH}/0.0.0.0")
    doctor.says("api-dns", "fail", "0.0.0.0 (unspecified)", "Pi-hole", code=1)


@pytest.mark.fault("the name server knows the host, and no address of it", by="dnsmasq")
def test_a_name_without_an_address(internet: Internet, doctor: Doctor) -> None:
    internet.graph.addresses = []
    internet.names(f"--txt-record={GRAPH},nothing", f"--local=/{GRAPH}/")
    doctor.says("api-dns", "fail", GRAPH, "has no address", code=1)
