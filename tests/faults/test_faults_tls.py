"""Certificates that are not to be trusted, old protocols, and TLS that is opened on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.faults.internet import GRAPH

if TYPE_CHECKING:
    from tests.faults.conftest import Doctor
    from tests.faults.internet import Internet
    from tests.faults.trust import Identity

HEADING = "TLS"


def _shows(internet: Internet, identity: Identity) -> None:
    internet.graph.tls = identity.context()


@pytest.mark.fault("the certificate has expired")
def test_an_expired_certificate(internet: Internet, doctor: Doctor) -> None:
    _shows(
        internet,
        internet.trust.issue(GRAPH, begin=datetime(2025, 6, 1, tzinfo=UTC), end=datetime(2025, 8, 30, tzinfo=UTC)),
    )
    doctor.says("api-tls", "fail", GRAPH, "expired", code=1)


@pytest.mark.fault("the certificate is not yet valid")
def test_a_certificate_of_the_future(internet: Internet, doctor: Doctor) -> None:
    _shows(internet, internet.trust.issue(GRAPH, begin=datetime(2037, 3, 1, tzinfo=UTC)))
    doctor.says("api-tls", "fail", GRAPH, "not", "valid", code=1)


@pytest.mark.fault("the certificate is self-signed")
def test_a_self_signed_certificate(internet: Internet, doctor: Doctor) -> None:
    _shows(internet, internet.trust.self_signed(GRAPH))
    doctor.says("api-tls", "fail", GRAPH, "a certificate that it signed itself", code=1)


@pytest.mark.fault("the certificate is another host's")
def test_a_certificate_of_another_host(internet: Internet, doctor: Doctor) -> None:
    _shows(internet, internet.trust.issue("intranet.example"))
    doctor.says("api-tls", "fail", "the certificate is for intranet.example, not for graph.facebook.com", code=1)


@pytest.mark.fault("the intermediate certificate is missing")
def test_an_incomplete_chain(internet: Internet, doctor: Doctor) -> None:
    _shows(internet, internet.trust.issue(GRAPH, middle=False))
    doctor.says("api-tls", "fail", "chain", "incomplete", code=1)


@pytest.mark.fault("the whole chain is sent, intermediate and all (no fault)")
def test_a_complete_chain(internet: Internet, doctor: Doctor) -> None:
    _shows(internet, internet.trust.issue(GRAPH, middle=True))
    doctor.says("api-tls", "pass", "TLSv1.3", code=0)


@pytest.mark.needs("openssl")
@pytest.mark.parametrize(
    ("option", "name"),
    [
        pytest.param("-tls1", "TLSv1", marks=pytest.mark.fault("TLS 1.0 and nothing newer", by="openssl s_server")),
        pytest.param("-tls1_1", "TLSv1.1", marks=pytest.mark.fault("TLS 1.1 and nothing newer", by="openssl s_server")),
    ],
)
def test_old_tls(internet: Internet, doctor: Doctor, option: str, name: str) -> None:
    identity = internet.trust.issue(GRAPH)
    internet.serve(
        internet.graph,
        *("openssl", "s_server", option, "-cipher", "ALL:@SECLEVEL=0", "-accept", "8443", "-quiet", "-www"),
        *("-key", identity.key, "-cert", identity.certificates),
        port=8443,
    )
    doctor.says("api-tls", "fail", f"speaks only {name}, which is too old", "TLS 1.2", code=1)


@pytest.mark.needs("nginx")
@pytest.mark.fault("what listens on port 443 speaks plain HTTP", by="nginx")
def test_plain_http_where_tls_belongs(internet: Internet, doctor: Doctor) -> None:
    internet.nginx(internet.graph, "server { listen 8443; }")
    doctor.says("api-tls", "fail", "does not speak TLS", code=1)


@pytest.mark.fault("a filter that reads host names rejects the handshake")
def test_a_filter_of_host_names(internet: Internet, doctor: Doctor) -> None:
    context = internet.trust.issue(GRAPH).context()
    context.sni_callback = lambda *_: 112  # unrecognized_name
    internet.graph.tls = context
    doctor.says("api-tls", "fail", "rejects the handshake", "host names", code=1)


@pytest.mark.fault("the host demands a client certificate, which Meta never does: TLS alert")
def test_a_client_certificate_demanded_by_tls(internet: Internet, doctor: Doctor) -> None:
    context = internet.trust.issue(GRAPH).context()
    context.load_verify_locations(internet.trust.root)
    context.verify_mode = context.verify_mode.CERT_REQUIRED
    internet.graph.tls = context
    doctor.says("api-graph", "fail", GRAPH, "demands a client certificate", code=1)


@pytest.mark.needs("nginx")
@pytest.mark.fault("the host demands a client certificate, which Meta never does: HTTP 400", by="nginx")
def test_a_client_certificate_demanded_by_nginx(internet: Internet, doctor: Doctor) -> None:
    identity = internet.trust.issue(GRAPH)
    shown = f"listen 8443 ssl; ssl_certificate {identity.certificates}; ssl_certificate_key {identity.key};"
    demand = f"ssl_client_certificate {internet.trust.root}; ssl_verify_client on;"
    internet.nginx(internet.graph, f"server {{ {shown} {demand} }}")
    doctor.says("api-graph", "fail", GRAPH, "demands a client certificate", code=1)


def _intercepted(internet: Internet) -> dict[str, str]:
    folder = internet.folder / "mitmproxy"
    internet.space.start(
        *("mitmdump", "--quiet", "--listen-port", "8080", "--set", f"confdir={folder}"),
        *("--set", f"ssl_verify_upstream_trusted_ca={internet.trust.root}"),
        port=8080,
        log=internet.folder / "mitmproxy.log",
    )
    return {"HTTPS_PROXY": "http://localhost:8080"}


@pytest.mark.needs("mitmdump")
@pytest.mark.fault("a proxy opens TLS, and nobody here trusts its certificates", by="mitmproxy")
def test_interception_that_is_not_trusted(internet: Internet, doctor: Doctor) -> None:
    doctor.says(
        "api-tls", "fail", "mitmproxy opens TLS on the way", "issued by", environ=_intercepted(internet), code=1
    )


@pytest.mark.needs("mitmdump")
@pytest.mark.fault("a proxy opens TLS, and only programs that read SSL_CERT_FILE trust it", by="mitmproxy")
def test_interception_that_only_the_system_trusts(internet: Internet, doctor: Doctor) -> None:
    environ = _intercepted(internet)
    both = internet.folder / "both.pem"
    mine = internet.folder / "mitmproxy" / "mitmproxy-ca-cert.pem"
    both.write_bytes(mine.read_bytes() + internet.trust.root.read_bytes())
    environ["SSL_CERT_FILE"] = str(both)
    doctor.says("api-tls", "warn", "not by certifi's", "mitmproxy", "Python requests, Node", environ=environ, code=0)


@pytest.mark.needs("mitmdump")
@pytest.mark.fault("a gateway opens TLS without anybody having set a proxy", by="mitmproxy")
def test_interception_without_a_proxy(internet: Internet, doctor: Doctor) -> None:
    internet.serve(
        internet.graph,
        *("mitmdump", "--quiet", "--mode", "reverse:https://localhost:9", "--listen-port", "8443"),
        *("--set", "connection_strategy=lazy"),
        *("--set", f"confdir={internet.folder / 'mitmproxy'}"),
        port=8443,
    )
    doctor.says("api-tls", "fail", "mitmproxy opens TLS on the way", "issued by", code=1)
