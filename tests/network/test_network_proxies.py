"""Which proxy applies, by the rules that clients share, and what is shown of it."""

from __future__ import annotations

import pytest

from wa_doctor.network.proxies import Choice, InvalidProxy, choose, parse
from wa_doctor.network.target import InvalidTarget, Target, target_of
from wa_doctor.redact import HIDDEN, scrub

GRAPH = target_of("https://graph.facebook.com", "/v25.0/me")


def _shown(environ: dict[str, str], target: Target = GRAPH) -> str:
    proxy = choose(target, environ).proxy
    return f"{proxy.shown} from {proxy.source}" if proxy else "direct"


@pytest.mark.parametrize(
    ("environ", "shown"),
    [
        ({}, "direct"),
        ({"HTTPS_PROXY": "http://proxy.example:3128"}, "http://proxy.example:3128 from HTTPS_PROXY"),
        ({"HTTPS_PROXY": "http://a:1", "https_proxy": "http://b:2"}, "http://b:2 from https_proxy"),
        ({"HTTPS_PROXY": "", "ALL_PROXY": "http://a:1"}, "http://a:1 from ALL_PROXY"),
        ({"all_proxy": "socks5h://127.0.0.1"}, "socks5h://127.0.0.1:1080 from all_proxy"),
        ({"HTTP_PROXY": "http://proxy.example:3128"}, "direct"),
        ({"HTTPS_PROXY": "proxy.example:3128"}, "http://proxy.example:3128 from HTTPS_PROXY"),
        ({"HTTPS_PROXY": "https://proxy.example"}, "https://proxy.example:443 from HTTPS_PROXY"),
        ({"HTTPS_PROXY": " http://[2001:db8::1]:3128 "}, "http://[2001:db8::1]:3128 from HTTPS_PROXY"),
    ],
)
def test_the_variable_that_clients_use_wins(environ: dict[str, str], shown: str) -> None:
    """Lower case before upper case, the scheme's own before ALL_PROXY, an empty one is none."""
    assert _shown(environ) == shown


@pytest.mark.parametrize(
    ("no_proxy", "entry"),
    [
        ("*", "*"),
        ("localhost,.facebook.com", ".facebook.com"),
        ("facebook.com", "facebook.com"),
        ("*.facebook.com", "*.facebook.com"),
        ("Graph.Facebook.com", "Graph.Facebook.com"),
        ("graph.facebook.com:443", "graph.facebook.com:443"),
        ("localhost graph.facebook.com", "graph.facebook.com"),
        ("graph.facebook.com:8443", ""),
        ("book.com", ""),
        ("10.0.0.0/8", ""),
        (",,", ""),
    ],
)
def test_no_proxy_exempts_a_domain_and_all_below_it(no_proxy: str, entry: str) -> None:
    """The entry that did it is named; a suffix that is no domain of the host exempts nothing."""
    chosen = choose(GRAPH, {"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": no_proxy})
    assert chosen.exempted_by == entry
    assert (chosen.proxy is None) is bool(entry)


@pytest.mark.parametrize(("entry", "exempt"), [("192.0.2.0/24", True), ("192.0.2.7", True), ("198.51.100.0/24", False)])
def test_no_proxy_exempts_networks(entry: str, exempt: bool) -> None:
    """An address in place of a name is looked for in networks."""
    target = target_of("https://192.0.2.7", "/")
    assert (choose(target, {"https_proxy": "http://p:1", "no_proxy": entry}).proxy is None) is exempt


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]"])
def test_this_machine_is_never_asked_for_through_a_proxy(host: str) -> None:
    """The sandbox must be reached with a company's proxy set."""
    assert choose(target_of(f"http://{host}", "/"), {"http_proxy": "http://p:1", "ALL_PROXY": "http://p:1"}) == Choice(
        None
    )


def test_credentials_are_sent_and_never_shown() -> None:
    """The password is a secret from the moment it is read; % codes are undone."""
    proxy = parse("http://crm%40acme:s%3Acr%20et-word@proxy.example:3128", "HTTPS_PROXY")
    assert proxy.authorization == "Basic Y3JtQGFjbWU6czpjciBldC13b3Jk"
    assert "et-word" not in f"{proxy!r}{proxy.shown}"
    assert scrub(f"said s:cr et-word and {proxy.authorization}") == f"said {HIDDEN} and Basic {HIDDEN}"


@pytest.mark.parametrize(
    "value",
    [
        "http://",
        "http://:3128",
        "http://proxy.example:port",
        "http://proxy.example:99999",
        "htps://proxy.example:3128",
        "http//proxy.example:3128",
        '"http://proxy.example:3128"',
        "http://proxy example:3128",
        "http://[2001:db8::1:3128",
    ],
)
def test_garbage_is_named_with_the_variable_it_stands_in(value: str) -> None:
    """It is a finding, not a crash."""
    with pytest.raises(InvalidProxy, match="HTTPS_PROXY"):
        choose(GRAPH, {"HTTPS_PROXY": value})


def test_garbage_with_credentials_is_shown_without_them() -> None:
    """Whatever stands before the last @ is hidden."""
    with pytest.raises(InvalidProxy) as caught:
        parse("htps://crm:hunter2-and-more@proxy.example:3128", "HTTPS_PROXY")
    assert "hunter2" not in str(caught.value)
    assert "proxy.example:3128" in str(caught.value)


@pytest.mark.parametrize(
    ("base", "host", "port", "url"),
    [
        ("https://graph.facebook.com", "graph.facebook.com", 443, "https://graph.facebook.com/v25.0/me"),
        ("https://graph.facebook.com./", "graph.facebook.com", 443, "https://graph.facebook.com/v25.0/me"),
        ("HTTP://Gate.Example:8080/meta/", "gate.example", 8080, "http://gate.example:8080/meta/v25.0/me"),
        ("https://[::1]:8443", "::1", 8443, "https://[::1]:8443/v25.0/me"),
        ("https://bücher.example", "xn--bcher-kva.example", 443, "https://xn--bcher-kva.example/v25.0/me"),
    ],
)
def test_a_base_url_names_a_target(base: str, host: str, port: int, url: str) -> None:
    """Ports are implied, names become ASCII, paths are joined with one slash."""
    target = target_of(base, "/v25.0/me")
    assert (target.host, target.port, target.url) == (host, port, url)


@pytest.mark.parametrize(
    "base", ["", "graph.facebook.com", "ftp://graph.facebook.com", "https://", "https://a:b", "https://[::1"]
)
def test_a_base_url_without_a_target_is_refused(base: str) -> None:
    """Without scheme, host or a port that is a number there is nothing to connect to."""
    with pytest.raises(InvalidTarget):
        target_of(base, "/")


def test_a_version_cannot_add_lines_to_the_request() -> None:
    """What does not belong into a request line is coded."""
    assert target_of("https://graph.facebook.com", "/v25.0 \r\nX: y/me").path == "/v25.0%20%0D%0AX:%20y/me"
