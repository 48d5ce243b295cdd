"""Meta's handshake with endpoints that do it well and badly: what is found, what Meta would say, what to do."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from wa_doctor.endpoint import challenge
from wa_doctor.endpoint.callback import read
from wa_doctor.endpoint.conversation import Reply
from wa_doctor.knowledge.webhook_delivery import Pace
from wa_doctor.model import Finding, Severity, Status, Unverified
from wa_doctor.redact import Secret

if TYPE_CHECKING:
    from tests.endpoint.conftest import Answer, Asked, Examine, Serve

TOKEN = "right_token-for-tests"


def right(asked: Asked, body: bytes, **headers: str) -> Answer:
    """Answer the right token with a body, any other with 403."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return (200, body, named) if asked.token_is_right else (403, b"", {})


def test_an_endpoint_that_does_it_well_passes_every_step(serve: Serve, examine: Examine) -> None:
    """Two challenges with the right token, one with a wrong one, and no event."""
    hook = serve()
    outcome = examine(hook)

    assert outcome.statuses() == {
        "url": "pass",
        "name": "pass",
        "connect": "pass",
        "certificate": "skip",
        "challenge": "pass",
        "wrong-token": "pass",
        "characters": "pass",
        "events": "skip",
        "latency": "pass",
    }
    assert [asked.method for asked in hook.asked] == ["GET", "GET", "GET"]
    assert [asked.token_is_right for asked in hook.asked] == [True, True, False]
    assert len({asked.challenge for asked in hook.asked}) == 3


def test_a_challenge_looks_like_metas(serve: Serve, examine: Examine) -> None:
    """It is a number that fits into 32 bits, sent with the mode that Meta sends."""
    hook = serve()
    examine(hook)

    assert {asked.parameters["hub.mode"] for asked in hook.asked} == {"subscribe"}
    for _ in range(200):
        made = challenge.new_challenge()
        assert 10**9 <= int(made) < 2**31
        assert made.isdecimal()


@pytest.mark.parametrize(
    ("wrapped", "found"),
    [
        (lambda c: b'"' + c + b'"', "the challenge comes back between quotes, as JSON"),
        (lambda c: b"\xef\xbb\xbf" + c, "a byte order mark stands before the challenge"),
        (lambda c: c + b"\n", "there is a line break or space around the challenge"),
        (lambda c: b"\r\n" + c, "there is a line break or space around the challenge"),
        (lambda _: b"", "the answer to the challenge is empty"),
        (lambda c: b'{"hub.challenge":"' + c + b'"}', "the challenge comes back inside other JSON"),
        (lambda c: b"challenge=" + c, "there is more in the answer than the challenge"),
        (lambda _: b"OK", "the answer is not the challenge"),
        (lambda c: c[:-1], "the answer is not the challenge"),
        (
            lambda _: b"<!doctype html><title>One moment</title>",
            'a web page entitled "One moment" comes in the place of the challenge',
        ),
        (lambda c: b"<html><body>" + c + b"</body></html>", "the challenge comes back inside a web page"),
    ],
)
def test_an_echo_must_be_exact(serve: Serve, examine: Examine, wrapped: Callable[[bytes], bytes], found: str) -> None:
    """Whatever is around the challenge makes Meta refuse it, and names itself."""
    outcome = examine(serve(lambda asked: right(asked, wrapped(asked.challenge))))
    (finding,) = outcome.step("challenge").findings

    assert (finding.severity, finding.message) == (Severity.ERROR, found)
    assert finding.fix
    assert finding.evidence["meta_says"].startswith(  # type: ignore[union-attr]
        f'(#2201) response does not match challenge, expected value="{finding.evidence["expected"]}", received="'
    )


def test_an_answer_out_of_a_cache_is_told_as_one(serve: Serve, examine: Examine) -> None:
    """The second challenge is answered with the first; a single challenge would not have shown it."""
    first: list[bytes] = []

    def cached(asked: Asked) -> Answer:
        first.append(asked.challenge)
        return right(asked, first[0])

    (finding,) = examine(serve(cached)).step("challenge").findings

    assert finding.message == "the challenge of the request before comes back"


@pytest.mark.parametrize(
    ("status", "found", "meta"),
    [
        (404, "there is nothing at this path", "HTTP Status Code = 404; HTTP Message = Not Found"),
        (403, "the endpoint refuses the verify token", "HTTP Status Code = 403; HTTP Message = Forbidden"),
        (401, "the endpoint refuses the verify token", "HTTP Status Code = 401; HTTP Message = Unauthorized"),
        (405, "the endpoint takes no GET", "HTTP Status Code = 405; HTTP Message = Method Not Allowed"),
        (500, "the endpoint breaks on the handshake", "HTTP Status Code = 500; HTTP Message = Internal Server Error"),
        (502, "nothing stands behind the proxy or tunnel", "HTTP Status Code = 502; HTTP Message = Bad Gateway"),
        (201, "the endpoint answers HTTP 201 where only 200 will do", "HTTP Status Code = 201; HTTP Message = Created"),
        (418, "the endpoint refuses the handshake", "HTTP Status Code = 418; HTTP Message = I'm a Teapot"),
        (530, "the endpoint breaks on the handshake", "HTTP Status Code = 530"),
    ],
)
def test_another_status_is_what_meta_reports(
    serve: Serve, examine: Examine, status: int, found: str, meta: str
) -> None:
    """The finding says what Meta would say, and what it means."""
    (finding,) = examine(serve(lambda asked: (status, asked.challenge, {}))).step("challenge").findings

    assert finding.severity is Severity.ERROR
    assert finding.message.startswith(found)
    assert str(finding.evidence["meta_says"]).lower() == (
        f"(#2200) callback verification failed with the following errors: {meta}".lower()
    )


@pytest.mark.parametrize(
    ("location", "shown", "fix"),
    [
        ("/webhooks/whatsapp/?k=1", "/webhooks/whatsapp/?[hidden]", "Enter http"),
        ("https://www.shop.example/hook", "https://www.shop.example/hook", "Enter https://www.shop.example/hook"),
        ("/login?next=/webhooks", "/login?[hidden]", "Let the path of the webhook through"),
    ],
)
def test_a_redirect_is_not_followed(serve: Serve, examine: Examine, location: str, shown: str, fix: str) -> None:
    """Meta does not follow it either; the fix depends on where it leads."""
    hook = serve(lambda _: (302, b"", {"Location": location}))
    (finding,) = examine(hook).step("challenge").findings

    assert shown in finding.message
    assert finding.fix
    assert finding.fix.text.startswith(fix)
    assert {urlpath(asked) for asked in hook.asked} == {"/webhooks/whatsapp"}


def urlpath(asked: Asked) -> str:
    """Return the path of a request without its query."""
    return asked.path.partition("?")[0]


def test_an_endpoint_that_ignores_the_token_is_a_security_finding(serve: Serve, examine: Examine) -> None:
    """Meta would be content, so it is a warning; anyone else would be content as well."""
    outcome = examine(serve(lambda asked: (200, asked.challenge, {})))

    assert outcome.step("challenge").status is Status.PASS
    (finding,) = outcome.step("wrong-token").findings
    assert finding.severity is Severity.WARNING
    assert "whatever the verify token is" in finding.message


def test_a_wrong_token_answered_200_without_the_challenge_is_no_problem(serve: Serve, examine: Examine) -> None:
    """Meta would not be content with it, and that is all that counts."""
    outcome = examine(serve(lambda asked: (200, asked.challenge if asked.token_is_right else b"no", {})))

    assert outcome.step("wrong-token").status is Status.PASS


def test_a_wrong_token_means_nothing_where_the_right_one_is_refused(serve: Serve, examine: Examine) -> None:
    """Everything is refused, so nothing is proven."""
    outcome = examine(serve(lambda _: (403, b"", {})))

    assert (outcome.step("challenge").status, outcome.step("wrong-token").status) == (Status.FAIL, Status.SKIP)


# Without a verify token.


def test_without_a_token_the_handshake_is_unknown_and_says_how_to_give_one(serve: Serve, examine: Examine) -> None:
    """That a random token is refused is worth a word; it is no proof that the right one is accepted."""
    outcome = examine(serve(), verify_token=None)
    step = outcome.step("challenge")

    assert step.status is Status.UNKNOWN
    assert "a random one is refused with HTTP 403" in step.findings[0].message
    assert step.findings[0].fix
    assert "WA_VERIFY_TOKEN" in step.findings[0].fix.text
    assert outcome.step("wrong-token").status is Status.PASS


@pytest.mark.parametrize(("status", "found"), [(404, "nothing at this path"), (500, "breaks"), (301, "redirect")])
def test_without_a_token_what_speaks_for_itself_is_still_found(
    serve: Serve, examine: Examine, status: int, found: str
) -> None:
    """No token would have changed it."""
    (finding,) = examine(serve(lambda _: (status, b"", {})), verify_token=None).step("challenge").findings

    assert finding.severity is Severity.ERROR
    assert found in finding.message


# Silence.


@pytest.fixture
def stuck() -> Iterator[Callable[[Asked], None]]:
    """Return a behaviour that does not answer before the test is over."""
    over = threading.Event()

    def wait(_: Asked) -> None:
        over.wait(20)

    yield wait
    over.set()


def test_who_hangs_up_without_an_answer_fails(serve: Serve, examine: Examine) -> None:
    """The connection stood, so this is the endpoint's doing."""
    outcome = examine(serve(lambda _: None))
    (finding,) = outcome.step("challenge").findings

    assert "hangs up without an answer" in finding.message
    assert "curl_errno = 52" in str(finding.evidence["meta_says"])
    assert outcome.step("latency").status is Status.SKIP


def test_silence_for_less_than_metas_patience_is_unknown(
    serve: Serve, examine: Examine, stuck: Callable[[Asked], None]
) -> None:
    """A short --timeout does not make an endpoint bad."""
    step = examine(serve(stuck), timeout=0.3).step("challenge")

    assert step.status is Status.UNKNOWN
    assert "does not answer within 0.3 s" in step.findings[0].message


def test_silence_beyond_metas_patience_fails() -> None:
    """After 10 s nobody waits any longer."""
    reply = Reply("192.0.2.7", cause=TimeoutError(), within_ms=10_000)
    (finding,) = challenge.judge(read("https://hooks.example/"), reply, "1234567890")

    assert finding.severity is Severity.ERROR
    assert "does not answer within 10 s" in finding.message
    assert "curl_errno = 28; curl_error = Operation timed out" in str(finding.evidence["meta_says"])


def test_a_rate_limit_says_nothing_about_the_endpoint(serve: Serve, examine: Examine) -> None:
    """It is for us, and it passes."""
    assert examine(serve(lambda _: (429, b"", {}))).step("challenge").status is Status.UNKNOWN


def test_an_answer_that_is_no_http_is_named(examine: Examine) -> None:
    """Another service listens on this port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)

        def greet() -> None:
            for _ in range(2):  # once to see that it accepts, once with the challenge
                sock, _ = listener.accept()
                with sock, contextlib.suppress(ConnectionError):
                    sock.sendall(b"SSH-2.0-OpenSSH_9.9\r\n")
                    sock.recv(4096)

        thread = threading.Thread(target=greet)
        thread.start()
        outcome = examine(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join()

    assert "answers with something that is not HTTP" in outcome.step("challenge").findings[0].message


# Latency.


@pytest.mark.parametrize(
    ("pace", "severity"),
    [
        (Pace(10_000, 20_000, 30_000), Severity.NOTICE),
        (Pace(0, 20_000, 30_000), Severity.NOTICE),
        (Pace(0, 0, 30_000), Severity.WARNING),
        (Pace(0, 0, 0), Severity.ERROR),
    ],
)
def test_answers_are_held_against_metas_pace(serve: Serve, examine: Examine, pace: Pace, severity: Severity) -> None:
    """A median that is too long is told, an answer that is slow warned of, one that is too slow fails."""
    (finding,) = examine(serve(), pace=pace).step("latency").findings

    assert finding.severity is severity
    assert finding.evidence["answers"] == 2


# Characters.


def test_characters_that_are_spelt_in_two_ways_are_tried_in_both(serve: Serve, examine: Examine) -> None:
    """An endpoint that knows its path in one spelling only loses what comes in the other."""
    hook = serve(lambda asked: right(asked, asked.challenge) if "+" in asked.path else (404, b"", {}))
    outcome = examine(f"{hook.url}/eu+us")
    (finding,) = outcome.step("characters").findings

    assert outcome.step("challenge").status is Status.PASS
    assert finding.severity is Severity.WARNING
    assert finding.message == "+ in the URL can arrive spelt otherwise, and then the endpoint gives HTTP 404"
    assert "/eu%2Bus" in hook.asked[-1].path


def test_an_endpoint_that_understands_both_spellings_passes(serve: Serve, examine: Examine) -> None:
    """So do most frameworks."""
    assert examine(f"{serve().url}?tenant=a%7Eb").step("characters").status is Status.PASS


@pytest.mark.parametrize(
    ("token", "found"),
    [
        ("with\\backslash", "characters that can arrive changed: \\"),
        ("a+b&c", "characters that can arrive changed: & +"),
        ("two words", "characters that can arrive changed: ' '"),
    ],
)
def test_a_verify_token_of_special_characters_is_warned_of(
    serve: Serve, examine: Examine, token: str, found: str
) -> None:
    """It stands in a query, where characters get lost."""
    findings = examine(serve(), verify_token=Secret(token)).step("characters").findings

    assert [each.severity for each in findings] == [Severity.WARNING]
    assert found in findings[0].message


def test_a_token_of_any_character_arrives_as_it_is(serve: Serve, examine: Examine) -> None:
    """Every special character is sent as a percent code, as Meta does."""
    token = "a+b&c=d %2B/é\\#?"
    hook = serve()
    examine(hook, verify_token=Secret(token))

    assert hook.asked[0].parameters["hub.verify_token"] == token
    assert hook.asked[0].path.isascii()


def test_a_token_too_short_to_be_blanked_everywhere_is_not_shown_either(serve: Serve, examine: Examine) -> None:
    """An endpoint that sends back what it was asked does not bring it into the report; an exact echo may hold it."""
    outcome = examine(
        serve(lambda asked: (200, b"got " + asked.parameters["hub.verify_token"].encode(), {})),
        verify_token=Secret("q7"),
    )
    exact = examine(serve(lambda asked: (200, asked.challenge, {})), verify_token=Secret("1"))

    assert "q7" not in repr(outcome.examined)
    assert outcome.step("challenge").findings[0].evidence["received"] == "got [hidden]"
    assert exact.step("challenge").status is Status.PASS


# What the check makes of it.


def _judged(outcome: object) -> tuple[list[Finding], str]:
    found: list[Finding] = []
    try:
        found.extend(outcome.endpoint.judged())  # type: ignore[attr-defined]
    except Unverified as exc:
        return found, exc.finding.message
    return found, ""


def test_the_check_says_first_that_all_is_well(serve: Serve, examine: Examine) -> None:
    """One line is enough where nothing is wrong."""
    found, unknown = _judged(examine(serve()))

    assert found[0].message.startswith("the handshake answered as Meta wants, median ")
    assert not unknown


def test_the_check_is_unknown_only_where_nothing_is_wrong(serve: Serve, examine: Examine) -> None:
    """Each step that came to no verdict says why; what failed is told as well."""
    outcome = examine(serve(), verify_token=None)
    with pytest.raises(Unverified, match="the verify token is not known"):
        list(outcome.endpoint.judged())


def test_every_problem_ends_in_something_to_do(serve: Serve, examine: Examine) -> None:
    """A fix begins with a capital and ends with a full stop; a message does neither."""
    behaviours = [
        lambda _: (404, b"", {}),
        lambda asked: (200, asked.challenge, {}),
        lambda _: (302, b"", {"Location": "/x"}),
        lambda _: None,
        lambda asked: (200, asked.challenge + b"\n", {}),
    ]
    for behave in behaviours:
        outcome = examine(serve(behave), post=True, local=False)
        for finding in (*outcome.examined.findings, *outcome.examined.unverified):
            assert not finding.message.endswith("."), finding.message
            if finding.severity is not Severity.NOTICE:
                assert finding.fix, finding.message
                assert finding.fix.text[0].isupper()
                assert finding.fix.text.endswith("."), finding.fix.text
