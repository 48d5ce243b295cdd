"""Secrets stay inside, and text from outside becomes harmless."""

from __future__ import annotations

import hashlib
import json
import string
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wa_doctor import redact
from wa_doctor.redact import HIDDEN, Secret, plain, plain_url, scrub

TOKEN = "EAAgOneTokenThatNobodyShouldEverRead0123456789"


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget afterwards what a test taught, so that no other output is blanked by it."""
    monkeypatch.setattr(redact, "_known", {})


@pytest.mark.parametrize(
    "show",
    [
        str,
        repr,
        "{}".format,
        "{!r}".format,
        "%s".__mod__,
        lambda s: str([s]),
        lambda s: str(Exception(s)),
    ],
)
def test_secret_does_not_show_itself(show: object) -> None:
    assert callable(show)
    text = show(Secret(TOKEN))
    assert TOKEN not in text
    assert HIDDEN in text


def test_secret_cannot_be_written_as_json() -> None:
    with pytest.raises(TypeError) as caught:
        json.dumps({"token": Secret(TOKEN)})
    assert TOKEN not in str(caught.value)


def test_secret_reveals_itself_to_whoever_asks() -> None:
    assert Secret(TOKEN).reveal() == TOKEN


def test_fingerprint_lets_two_people_compare() -> None:
    assert Secret(TOKEN).fingerprint == hashlib.sha256(TOKEN.encode()).hexdigest()[:12]
    assert Secret(TOKEN) == Secret(TOKEN)
    assert len({Secret(TOKEN), Secret(TOKEN), Secret("another secret")}) == 2
    assert Secret(TOKEN) != TOKEN


def test_empty_secret_is_none() -> None:
    assert not Secret("")
    assert Secret(" ")


SECRETS = ["p/ss w+rd=ü&more", 'with "quotes" and \\ backslash', "plain-verify-token", "  spaces around it \n"]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "spelt",
    [
        str,
        lambda secret: quote(secret, safe=""),
        lambda secret: urlencode({"q": secret}),
        json.dumps,
        lambda secret: json.dumps(secret, ensure_ascii=False),
        lambda secret: secret.replace("/", "\\/"),
    ],
    ids=["as-it-is", "path", "query", "json", "json-utf8", "json-slash"],
)
def test_known_secret_is_blanked_in_every_spelling(secret: str, spelt: object) -> None:
    Secret(secret)
    assert callable(spelt)
    shown = scrub(f"before {spelt(secret.strip())} after")
    assert HIDDEN in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    assert secret.strip() not in shown


def test_longer_secret_is_blanked_before_one_that_it_contains() -> None:
    Secret("tidewater")
    Secret("tidewater-2026")
    assert scrub("is it tidewater-2026?") == f"is it {HIDDEN}?"


def test_secret_that_is_too_short_blanks_nothing() -> None:
    """A verify token of "test" would turn every report into a riddle."""
    Secret("test")
    assert scrub("a test of the tests") == "a test of the tests"


@given(
    st.text(string.ascii_letters + string.digits + "-_", min_size=9),
    st.text(string.printable),
    st.text(string.printable),
)
def test_no_surrounding_text_keeps_a_known_secret(secret: str, before: str, after: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(redact, "_known", {})
        Secret(secret)
        assert secret not in scrub(before + secret + after)


@pytest.mark.parametrize(
    "text",
    [
        f"https://graph.facebook.com/v25.0/me?access_token={TOKEN}&fields=id",
        f"curl -H 'Authorization: Bearer {TOKEN}'",
        f"Authorization: OAuth {TOKEN}",
        f'{{"access_token": "{TOKEN}"}}',
        f'{{\\"access_token\\": \\"{TOKEN}\\"}}',
        f"debug_token?input_token={TOKEN}",
        "client_secret=0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "app_secret: 0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "871204396655018|0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "access_token=871204396655018%7C0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "hub.verify_token=correct-horse-battery",
        f"the token {TOKEN} was pasted",
        "IGAAJ0123456789abcdefghijklmnop",
        "appsecret_proof=0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
    ],
)
def test_what_looks_like_a_credential_is_blanked_though_nobody_told(text: str) -> None:
    shown = scrub(text)
    assert HIDDEN in shown
    for secret in (TOKEN, "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "correct-horse", "IGAAJ0123456789abcdefghijklmnop"):
        assert secret not in shown


@pytest.mark.parametrize(
    "text",
    [
        "Set WA_ACCESS_TOKEN: open Business settings > System users.",
        "access_token=$WA_ACCESS_TOKEN",
        "access_token=<your token>",
        "access_token={{ token }}",
        "OAuthException",
        'WWW-Authenticate: OAuth "Facebook Platform" "invalid_token"',
        "EAA is how a token begins",
        "109927745130846",
        "fbtrace_id AbqNiN54nMS0XLVRl-hDD8w",
        "https://developers.facebook.com/documentation/business-messaging/whatsapp/access-tokens",
        "",
    ],
)
def test_what_only_speaks_of_credentials_stays(text: str) -> None:
    assert scrub(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\ntwo\r\nthree", "one two three"),
        ("tab\tand  many   spaces ", "tab and many spaces"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("bell\a null\0 delete\x7f c1\x9b", "bell null delete c1"),
        ("right\u202eleft\u2066isolated\u2069", "rightleftisolated"),
        ("line\u2028separator\u2029", "line separator"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("private \ue000 use", "private use"),
        ("family 👨\u200d👩\u200d👧", "family 👨\u200d👩\u200d👧"),
        ("::error::pwned", "::error::pwned"),
        (404, "404"),
        (ValueError("broken\nvalue"), "broken value"),
        ("", ""),
    ],
)
def test_foreign_text_becomes_one_harmless_line(text: object, shown: str) -> None:
    assert plain(text) == shown


def test_foreign_text_has_an_end() -> None:
    assert plain("x" * 1000, 10) == "x" * 9 + "…"
    assert plain("x" * 10, 10) == "x" * 10
    assert len(plain("word " * 1000)) == 600


def test_secret_is_found_though_control_characters_hide_it() -> None:
    Secret(TOKEN)
    assert TOKEN not in plain("\x00".join(TOKEN))


def test_secret_is_blanked_before_the_line_is_cut() -> None:
    Secret(TOKEN)
    assert TOKEN[:5] not in plain("x" * 20 + TOKEN, 28)


def test_secret_with_a_line_break_is_blanked_in_one_line() -> None:
    Secret("first half of it\r\n\tsecond\u200bhalf")
    assert plain("it is first half of it\r\n\tsecond\u200bhalf.") == f"it is {HIDDEN}."
    assert plain("it is first half of it secondhalf.") == f"it is {HIDDEN}."


BROKEN = "EAA\udcffabcdefghijklmnop"


@pytest.mark.parametrize("secret", [BROKEN, "EAA\ud800abcdefghijklmnop", "\udcff"])
def test_secret_of_bytes_that_are_no_text_is_a_secret_like_any_other(secret: str) -> None:
    """The system hands such bytes over as half of a surrogate pair, which nothing can encode."""
    held = Secret(secret)
    assert len(held.fingerprint) == 12
    assert "abcdefghijklmnop" not in plain(f"it is {secret} here")


def test_bytes_of_a_secret_are_those_that_came_in() -> None:
    assert Secret(BROKEN).octets == b"EAA\xffabcdefghijklmnop"
    Secret(BROKEN)
    assert "abcdefghijklmnop" not in scrub("?access_token%3DEAA%FFabcdefghijklmnop")


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/hook?key=s3cr3t", "https://a.example/hook?[hidden]"),
        ("https://user:s3cr3t@a.example/hook", "https://a.example/hook"),
        ("https://a.example/hook#s3cr3t", "https://a.example/hook"),
        ("https://a.example:99999/hook?s3cr3t", "https://a.example:99999/hook?[hidden]"),
        ("https://[a.example/hook?s3cr3t", "https://[a.example/hook?[hidden]"),
        ("no url at all?s3cr3t", "no url at all?[hidden]"),
        ("https://user:s3c/r3t@a.example/hook", "https://user:[hidden]"),
        ("https://user:s3c?r3t@a.example/hook", "https://user:[hidden]"),
        ("user:s3cr3t@a.example/hook", "a.example/hook"),
        ("https:/user:s3cr3t@a.example/hook", "a.example/hook"),
        ("https://[2001:db8::5]:8443/@hook", "https://[2001:db8::5]:8443/@hook"),
        (" http://localhost:8080 ", "http://localhost:8080"),
        ("", ""),
    ],
)
def test_url_is_shown_without_what_may_be_secret_in_it(url: str, safe: str) -> None:
    """People put secrets into queries, users and fragments, and into URLs that are none."""
    assert plain_url(url) == safe


def test_secrets_in_a_url_are_blanked_wherever_they_come_up() -> None:
    redact.register_url("https://ops:hunter%2Fhunter@a.example/?key=Zx81Qp57Lm20&channel=whatsapp")
    redact.register_url("https://Zx81Qp57Lm21@a.example/")
    assert scrub("said hunter/hunter, hunter%2Fhunter, Zx81Qp57Lm20, Zx81Qp57Lm21") == ", ".join(
        [f"said {HIDDEN}", HIDDEN, HIDDEN, HIDDEN]
    )
    assert scrub("whatsapp ops a.example") == "whatsapp ops a.example"


@given(st.text())
def test_every_text_can_be_shown_as_a_url(text: str) -> None:
    redact.register_url(text)
    assert len(plain_url(text)) <= 212


@given(st.text())
def test_every_text_becomes_one_printable_line(text: str) -> None:
    shown = plain(text)
    assert len(shown.splitlines()) <= 1
    assert len(shown) <= 600
    assert plain(shown) == shown
    shown.encode()
