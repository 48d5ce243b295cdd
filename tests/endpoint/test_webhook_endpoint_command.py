"""`wa-doctor webhook URL` from its options to its exit code, and `webhook-endpoint` within a check-up."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from wa_doctor.checkup import Request, perform
from wa_doctor.cli.app import run
from wa_doctor.model import Report, Result, Severity, Status
from wa_doctor.settings import Sources, gather

if TYPE_CHECKING:
    from tests.endpoint.conftest import Hook, Serve

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "report-v1.json"
TOKEN = "right_token-for-tests"
APP_SECRET = "9b1d7c5e3f2a48d6b0c4e8f1a2d3c4b5"
FORMATS = ("text", "json", "junit", "github", "markdown")

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Return a function that runs `wa-doctor webhook` and returns exit code, stdout and stderr."""
    monkeypatch.setenv("WA_VERIFY_TOKEN", TOKEN)
    monkeypatch.setenv("WA_APP_SECRET", APP_SECRET)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(["webhook", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_a_good_endpoint_is_exit_code_0(serve: Serve, webhook: Command) -> None:
    """Every step is a line, with what was seen."""
    code, text, _ = webhook(serve().url, "--local")

    assert code == 0
    for said in (
        "What Meta would meet",
        "✓ the challenge comes back over IPv4  echoed in",
        "✓ a wrong token is refused            refused with HTTP 403",
        "- events are checked                  not tested: --post sends an event",
        "Addresses",
        "/webhooks/whatsapp  argument",
        "7 passed, 2 not checked",
    ):
        assert said in text


def test_a_bad_one_is_exit_code_1_with_metas_words_and_a_fix(serve: Serve, webhook: Command) -> None:
    """What is wrong, what Meta would say, what to do, in this order."""
    code, text, _ = webhook(serve(lambda _: (404, b"", {})).url, "--local")
    found = text.index("there is nothing at this path (HTTP 404)")
    meta = text.index("Meta says: (#2200) Callback verification failed with the following errors:")
    fix = text.index("→ Correct the path")

    assert code == 1
    assert found < meta < fix
    assert "First: correct the path" in text


def test_text_keeps_to_80_columns_but_for_what_must_not_be_broken(serve: Serve, webhook: Command) -> None:
    """Links and commands are the only things that are longer."""
    _, text, _ = webhook(serve(lambda asked: (200, asked.challenge, {})).url, "--post", "-v")

    assert [line for line in text.splitlines() if len(line) > 80 and "https://" not in line] == []


def test_quiet_shows_problems_only(serve: Serve, webhook: Command) -> None:
    """No step that passed, no addresses, no values."""
    _, text, _ = webhook(serve(lambda _: (404, b"", {})).url, "--local", "-q")

    assert "there is nothing at this path" in text
    assert "connects" not in text
    assert "Addresses" not in text


def test_a_warning_is_exit_code_1_only_where_warnings_count(serve: Serve, webhook: Command) -> None:
    """An endpoint that ignores the token works today."""
    url = serve(lambda asked: (200, asked.challenge, {})).url

    assert webhook(url, "--local")[0] == 0
    assert webhook(url, "--local", "--fail-on", "warning")[0] == 1


def test_what_could_not_be_verified_is_exit_code_3(
    serve: Serve, webhook: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a verify token nothing is wrong and nothing is proven."""
    monkeypatch.delenv("WA_VERIFY_TOKEN")
    code, text, _ = webhook(serve().url, "--local")

    assert code == 3
    assert "Set WA_VERIFY_TOKEN" in text


def test_without_a_url_nothing_ran(webhook: Command) -> None:
    """That is no verdict; the report says what is missing."""
    code, text, _ = webhook()

    assert code == 3
    assert "no callback URL was given" in text


def test_the_url_can_come_from_the_environment(serve: Serve, webhook: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """As every value can."""
    monkeypatch.setenv("WA_CALLBACK_URL", serve().url)
    code, text, _ = webhook("--local")

    assert code == 0
    assert "WA_CALLBACK_URL" in text


def test_a_url_that_is_none_is_a_problem_with_a_fix(webhook: Command) -> None:
    """It is what stands in the dashboard, so it is told like any other."""
    code, text, _ = webhook("hooks.shop.example/webhook")

    assert code == 1
    assert "a callback URL begins with https:// and a host name" in " ".join(text.split())


def test_the_verify_token_can_come_from_stdin(serve: Serve, webhook: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes before the environment, and never through an option's value."""
    monkeypatch.setenv("WA_VERIFY_TOKEN", "an-old-one-that-is-wrong")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TOKEN.encode() + b"\n")))
    code, text, _ = webhook(serve().url, "--local", "--verify-token-stdin")

    assert code == 0
    assert "--verify-token-stdin" in text


def test_white_space_around_token_and_secret_is_not_sent(
    serve: Serve, webhook: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note says so: where the endpoint reads the same file, it may hold the line break too."""
    monkeypatch.setenv("WA_VERIFY_TOKEN", f"{TOKEN}\n")
    monkeypatch.setenv("WA_APP_SECRET", f" {APP_SECRET}")
    code, _, err = webhook(serve().url, "--local", "--post")

    assert code == 0
    assert "white space around the verify token was removed" in err
    assert "white space around the app secret was removed" in err


@pytest.mark.skipif(sys.platform == "win32", reason="variables are text on Windows")
def test_token_and_secret_of_bytes_that_are_no_text_are_sent_as_they_are(
    serve: Serve, webhook: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WA_VERIFY_TOKEN", os.fsdecode(b"right\xfftoken"))
    monkeypatch.setenv("WA_APP_SECRET", os.fsdecode(b"right\xffsecret"))
    hook = serve()
    code, _, _ = webhook(hook.url, "--local", "--post")

    assert code == 1
    assert "hub.verify_token=right%FFtoken" in hook.asked[0].path


def test_an_empty_stdin_is_a_usage_error(webhook: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the option."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\n")))
    code, _, err = webhook("https://hooks.shop.example/", "--verify-token-stdin")

    assert code == 2
    assert "--verify-token-stdin was given, but stdin holds no token" in err


@pytest.mark.parametrize("format", FORMATS)
def test_no_secret_is_in_any_format(serve: Serve, webhook: Command, format: str) -> None:
    """Not the verify token, which the endpoint sends back, not the app secret, not what stands in the query."""
    hook = serve(lambda asked: (200, asked.path.encode(), {"X-Path": asked.path}))
    code, out, err = webhook(f"{hook.url}?key=Zx81Qp57Lm20", "--local", "--post", "-v", "--format", format)

    assert code == 1
    assert any(TOKEN in asked.path for asked in hook.asked)
    assert any("key=Zx81Qp57Lm20" in asked.path for asked in hook.asked)
    for secret in (TOKEN, APP_SECRET, "Zx81Qp57Lm20"):
        assert secret not in out + err


@pytest.mark.parametrize("behaviour", ["well", "badly", "absent"])
def test_json_keeps_to_its_schema(serve: Serve, webhook: Command, behaviour: str) -> None:
    """Whatever came of the test."""
    hook = serve() if behaviour == "well" else serve(lambda _: (302, b"", {"Location": "/x"}))
    url = "https://[broken" if behaviour == "absent" else hook.url
    code, text, _ = webhook(url, "--local", "--post", "--format", "json")
    document = json.loads(text)
    endpoint = document["endpoint"]

    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert code == document["summary"]["exit_code"] == (0 if behaviour == "well" else 1)
    assert document["command"] == "webhook"
    assert [each["id"] for each in document["checks"]] == ["webhook-endpoint"]
    assert (endpoint["local"], endpoint["posted"], endpoint["mutual_tls"]) == (True, True, False)
    if behaviour == "badly":
        challenge = next(each for each in endpoint["steps"] if each["name"] == "challenge")
        assert challenge["status"] == "fail"
        assert "HTTP Status Code = 302; HTTP Message = Found" in challenge["meta_says"]


def test_markdown_has_the_steps_and_metas_words(serve: Serve, webhook: Command) -> None:
    """It goes into a ticket."""
    _, text, _ = webhook(serve(lambda _: (404, b"", {})).url, "--local", "--format", "markdown")

    assert "| ✗ fail | the challenge comes back over IPv4 | there is nothing at this path (HTTP 404)" in text
    assert "HTTP Message = Not Found" in text


# Within a check-up.


def _check(hook: Hook | str) -> Report:
    url = hook if isinstance(hook, str) else hook.url
    environ = {"WA_CALLBACK_URL": url, "WA_VERIFY_TOKEN": TOKEN, "WA_APP_SECRET": APP_SECRET}
    sources = Sources(environ=environ, keyring=False)
    return perform(Request(sources=sources, only=("webhook-endpoint",), environ=environ))


def _result(report: Report) -> Result:
    return next(each for each in report.results if each.check == "webhook-endpoint")


def test_a_check_up_tests_the_endpoint_and_never_posts(serve: Serve) -> None:
    """An address that Meta cannot reach is an error there; the handshake is tested all the same."""
    hook = serve()
    report = _check(hook)
    result = _result(report)

    assert result.status is Status.FAIL
    assert {each.message for each in result.findings if each.severity is Severity.ERROR} == {
        "the URL is http, and Meta calls https only",
        "127.0.0.1 (loopback) is no address that Meta can reach",
    }
    assert {asked.method for asked in hook.asked} == {"GET"}
    assert report.endpoint
    assert report.endpoint.steps[-1].name == "latency"


def test_without_a_callback_url_the_check_is_skipped() -> None:
    """Nobody asked for it."""
    result = _result(_check(""))

    assert (result.status, result.reason) == (Status.SKIP, "no callback URL was given (--callback-url)")


def test_in_a_sandbox_only_this_machine_is_reached(serve: Serve) -> None:
    """An endpoint on it is tested as a local one, any other is left alone."""
    hook = serve()
    here = Sources(options={"callback_url": hook.url}, environ={}, keyring=False)
    there = Sources(options={"callback_url": "https://hooks.shop.example/"}, environ={}, keyring=False)
    local = _result(perform(Request(sandbox="healthy", sources=here, only=("webhook-endpoint",))))
    remote = _result(perform(Request(sandbox="healthy", sources=there, only=("webhook-endpoint",))))

    assert local.status is Status.UNKNOWN
    assert "the verify token is not known" in local.reason
    assert (remote.status, remote.reason) == (Status.SKIP, "a sandbox has no network")


def test_the_callback_url_is_shown_without_its_query() -> None:
    """In the values used, as everywhere."""
    report = _check("https://[hooks.shop.example/?key=Zx81Qp57Lm20")
    (shown,) = [each.shown for each in report.inputs if each.name == "callback URL"]

    assert shown == "https://[hooks.shop.example/?[hidden]"


def test_the_keyring_is_asked_for_the_verify_token_although_an_access_token_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A command says what it wants; the access token in the environment is not it."""
    asked: list[str] = []

    def get(_: str, name: str) -> None:
        asked.append(name)

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("wa_doctor.keyring_store.get", get)
    monkeypatch.setattr("wa_doctor.profiles.read", lambda: {"shop": {}})
    environ = {"WA_ACCESS_TOKEN": "EAAG0123456789"}
    gather(Sources(environ=environ, profile="shop"))
    assert asked == []
    gather(Sources(environ=environ, profile="shop", wanted=("verify_token",)))
    assert "verify_token" in asked
