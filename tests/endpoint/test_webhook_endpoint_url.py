"""The callback URL itself: what is sent of it, what may be shown of it, and what is wrong with its form."""

from __future__ import annotations

import pytest

from wa_doctor.endpoint.callback import InvalidCallbackUrl, read
from wa_doctor.endpoint.form import judge_url
from wa_doctor.model import Severity
from wa_doctor.redact import scrub


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://a.example", "/?x=1"),
        ("https://a.example/", "/?x=1"),
        ("https://a.example/hook/", "/hook/?x=1"),
        ("https://a.example/Hook//x", "/Hook//x?x=1"),
        ("https://a.example/h?k=v", "/h?k=v&x=1"),
        ("https://a.example/h?k=a+b%2Fc", "/h?k=a+b%2Fc&x=1"),
        ("https://a.example/h#part", "/h?x=1"),
        ("https://a.example/ä b", "/%C3%A4%20b?x=1"),
    ],
)
def test_what_is_sent_is_what_stands_there(url: str, path: str) -> None:
    """A slash more or less is another URL; parameters of its own stay in front."""
    assert read(url).target("x=1").path == path


def test_host_and_port_are_taken_apart() -> None:
    """A name in another script is looked up as punycode, and an IPv6 address loses its brackets."""
    assert (read("https://müller.example:8443/").host, read("https://müller.example:8443/").port) == (
        "xn--mller-kva.example",
        8443,
    )
    assert read("https://[2001:db8::5]/hook").target().host_header == "[2001:db8::5]"
    assert read("HTTPS://A.Example./hook").host == "a.example"


@pytest.mark.parametrize(
    "url", ["", "a.example/hook", "ftp://a.example/", "https://", "https://a.example:port/", "https://[::1/", "//a/b"]
)
def test_what_nobody_can_call_is_no_callback_url(url: str) -> None:
    """It says why in one sentence."""
    with pytest.raises(InvalidCallbackUrl):
        read(url)


def test_what_is_shown_holds_no_secret() -> None:
    """People put secrets into queries, users and fragments."""
    assert read("https://user:s3cr3t@a.example:8443/hook?key=s3cr3t#s3cr3t").shown == (
        "https://a.example:8443/hook?[hidden]"
    )


def test_a_secret_in_the_query_is_blanked_wherever_it_comes_up() -> None:
    """An everyday word in it is not: it would be blanked in every sentence."""
    read("https://a.example/hook?key=Zx81Qp57Lm20&channel=whatsapp")

    assert scrub("the server said Zx81Qp57Lm20 about whatsapp") == "the server said [hidden] about whatsapp"


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://a.example/a+b", "/a%2Bb"),
        ("https://a.example/a%2Bb?c=d+e", "/a+b?c=d%2Be"),
        ("https://a.example/%7Eme", "/~me"),
        ("https://a.example/a%2Fb", "/a%2fb"),
        ("https://a.example/a%2fb", "/a%2Fb"),
        ("https://a.example/plain-path_1?x=y", ""),
    ],
)
def test_the_other_spelling_of_special_characters(url: str, other: str) -> None:
    """What senders and proxies turn into one another."""
    assert read(url).other_spelling() == other


@pytest.mark.parametrize(
    ("url", "severity", "found"),
    [
        ("http://a.example.com/", Severity.ERROR, "the URL is http, and Meta calls https only"),
        ("https://localhost/hook", Severity.ERROR, "localhost is a name of your own network"),
        ("https://crm.internal/hook", Severity.ERROR, "crm.internal is a name of your own network"),
        ("https://u:p@a.example.com/", Severity.WARNING, "a user and a password stand in the URL"),
        ("https://a.example.com/#x", Severity.WARNING, "the part behind # is never sent"),
        ("https://a.example.com/?hub.mode=subscribe", Severity.WARNING, "a hub parameter of its own"),
        ("https://a.example.com/ä", Severity.WARNING, "spaces or letters outside ASCII"),
        ("https://a.example.com/" + "a" * 200, Severity.NOTICE, "too long for an override (200)"),
    ],
)
def test_the_form_of_a_url_is_judged_before_anything_is_sent(url: str, severity: Severity, found: str) -> None:
    """What is wrong with it can be seen."""
    (finding,) = judge_url(read(url), local=False)

    assert finding.severity is severity
    assert found in finding.message


def test_with_local_neither_http_nor_a_private_name_is_a_problem() -> None:
    """It is meant."""
    findings = list(judge_url(read("http://crm.internal/hook"), local=True))

    assert {each.severity for each in findings} == {Severity.NOTICE}


def test_an_address_is_no_private_name() -> None:
    """What addresses are for is found out by looking at them."""
    assert not read("https://[2001:db8::5]/").private_name
    assert not read("https://192.0.2.5/").private_name
