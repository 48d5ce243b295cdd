"""The client of the Graph API: what it sends, what it makes of answers, and what never leaves it."""

from __future__ import annotations

import gzip
import json
import logging
import socketserver
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import respx
from pydantic import BaseModel

from wa_doctor.graph.client import Answer, Credentials, Graph
from wa_doctor.graph.refusal import ApiError, Unreachable
from wa_doctor.redact import Secret

BASE = "https://graph.example.com"
TOKEN = "EAAgTokenOfTheClientTests0123456789abcdef"
APP_SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class Node(BaseModel):
    """The least a node has."""

    id: str


def _graph(base_url: str = BASE, *, token: str = TOKEN, version: str = "v25.0", **more: Any) -> Graph:
    known = {"token": Secret(token), "app_id": "871204396655018", "app_secret": Secret(APP_SECRET)}
    credentials = Credentials(**(known | more.pop("known", {})))
    return Graph(base_url, version, credentials, now=lambda: NOW, remaining=more.pop("remaining", lambda: 20.0), **more)


@pytest.fixture
def api() -> Iterator[respx.MockRouter]:
    """Answer every request to the API with a node, until a test says otherwise."""
    with respx.mock(base_url=BASE, assert_all_called=False) as router:
        router.get(url__regex=".*").mock(return_value=httpx.Response(200, json={"id": "1"}))
        yield router


def _answering(router: respx.MockRouter, *responses: httpx.Response) -> respx.Route:
    return router.get(url__regex=".*").mock(side_effect=list(responses))


def _refused(graph: Graph, path: str) -> ApiError:
    with pytest.raises(ApiError) as caught:
        graph.ask(path)
    return caught.value


def _silenced(question: Callable[[], object]) -> Unreachable:
    with pytest.raises(Unreachable) as caught:
        question()
    return caught.value


def test_same_question_is_asked_once_whoever_asks_it(api: respx.MockRouter) -> None:
    """Eight checks that ask at the same time cause one request, and all get its answer."""
    with closing(_graph()) as graph, ThreadPoolExecutor(8) as checks:
        answers = list(checks.map(lambda _: graph.ask("me", {"fields": "id"}), range(8)))
    assert api.calls.call_count == 1
    assert all(answer is answers[0] for answer in answers)


def test_refusal_is_shared_like_an_answer(api: respx.MockRouter) -> None:
    _answering(api, httpx.Response(400, json={"error": {"code": 100, "message": "no"}}))
    with closing(_graph()) as graph:
        refusals = [_refused(graph, "me") for _ in range(3)]
    assert api.calls.call_count == 1
    assert {each.code for each in refusals} == {100}


@pytest.mark.parametrize("other", [("app", {}, False), ("me", {"fields": "name"}, False), ("me", {}, True)])
def test_other_questions_are_other_requests(api: respx.MockRouter, other: tuple[str, dict[str, str], bool]) -> None:
    path, params, as_app = other
    with closing(_graph()) as graph:
        graph.ask("me")
        graph.ask(path, params, as_app=as_app)
    assert api.calls.call_count == 2


def test_token_leaves_in_a_header_alone(api: respx.MockRouter) -> None:
    with closing(_graph()) as graph:
        graph.ask("118340927561042", {"fields": "id,name"})
    request = api.calls.last.request
    assert request.method == "GET"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in str(request.url)
    assert request.url.path == "/v25.0/118340927561042"
    assert request.headers["user-agent"].startswith("wa-doctor/")


def test_proof_goes_with_the_token_and_not_with_the_app(api: respx.MockRouter) -> None:
    with closing(_graph()) as graph:
        graph.ask("me")
        graph.ask("871204396655018", as_app=True)
    mine, apps = (call.request for call in api.calls)
    assert mine.url.params["appsecret_time"] == str(int(NOW.timestamp()))
    assert len(mine.url.params["appsecret_proof"]) == 64
    assert "appsecret_proof" not in apps.url.params
    assert apps.headers["authorization"] == f"Bearer 871204396655018|{APP_SECRET}"


@pytest.mark.parametrize(("form", "sent"), [("plain", {"appsecret_proof"}), ("off", set())])
def test_form_of_the_proof_is_the_one_asked_for(api: respx.MockRouter, form: str, sent: set[str]) -> None:
    with closing(_graph(known={"proof": form})) as graph:
        graph.ask("me")
    assert set(api.calls.last.request.url.params) == sent


def test_introspection_names_the_token_in_the_query_as_meta_wants_it(api: respx.MockRouter) -> None:
    _answering(api, httpx.Response(200, json={"data": {"is_valid": True}}))
    with closing(_graph()) as graph:
        assert graph.debug_token(as_app=True).is_valid
    assert parse_qs(urlsplit(str(api.calls.last.request.url)).query)["input_token"] == [TOKEN]


def test_no_version_leaves_no_empty_part_in_the_path(api: respx.MockRouter) -> None:
    with closing(_graph(version="")) as graph:
        graph.ask("me")
    assert api.calls.last.request.url.path == "/me"


@pytest.mark.parametrize("token", ["EAAg\nX-Injected: yes", "EAAgü0123456789", "EAAg\x00"])
def test_token_that_no_header_can_carry_is_not_sent(api: respx.MockRouter, token: str) -> None:
    with closing(_graph(token=token)) as graph, pytest.raises(Unreachable, match="no request can carry"):
        graph.ask("me")
    assert api.calls.call_count == 0


def test_nothing_is_sent_over_plain_http_to_another_machine() -> None:
    with respx.mock(assert_all_called=False) as router, closing(_graph("http://graph.example.com")) as graph:
        anything = router.route()
        with pytest.raises(Unreachable, match="plain http"):
            graph.ask("me")
        assert not anything.called


def test_nothing_is_asked_when_the_time_is_over(api: respx.MockRouter) -> None:
    with closing(_graph(remaining=lambda: 0.0)) as graph, pytest.raises(Unreachable, match="time of the run was over"):
        graph.ask("me")
    assert api.calls.call_count == 0


def test_error_of_meta_keeps_everything_it_says(api: respx.MockRouter) -> None:
    error = {
        "message": "Unsupported get request.\nObject does not exist",
        "type": "GraphMethodException",
        "code": 100,
        "error_subcode": 33,
        "error_data": {"details": "the details"},
        "error_user_title": "A title",
        "error_user_msg": "A text for users",
        "is_transient": False,
        "fbtrace_id": "AbCdEf",
    }
    _answering(api, httpx.Response(400, json={"error": error}, headers={"X-FB-Request-ID": "AbCdEf"}))
    with closing(_graph()) as graph:
        refusal = _refused(graph, "1")
    assert (refusal.status, refusal.code, refusal.subcode, refusal.label) == (400, 100, 33, "100/33")
    assert refusal.message == "Unsupported get request. Object does not exist"
    assert (refusal.type, refusal.trace_id) == ("GraphMethodException", "AbCdEf")
    assert (refusal.user_title, refusal.user_message) == ("A title", "A text for users")
    assert refusal.headers["x-fb-request-id"] == "AbCdEf"
    assert not refusal.transient


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (httpx.Response(200, json={"error": {"code": 190, "message": "in a 200"}}), 190),
        (httpx.Response(503, json={"error": {"code": 2, "message": "down", "is_transient": True}}), 2),
        (httpx.Response(401, json={"error": {"code": 190, "message": "a code without the rest"}}), 190),
    ],
)
def test_error_is_recognised_by_its_envelope(api: respx.MockRouter, response: httpx.Response, code: int) -> None:
    _answering(api, response)
    with closing(_graph()) as graph:
        assert _refused(graph, "me").code == code


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (httpx.Response(503, html="<h1>Service Unavailable</h1>"), "HTTP 503 without a Graph error"),
        (httpx.Response(200, html="<h1>Welcome to the hotel</h1>"), "not Meta's: HTTP 200, text/html"),
        (httpx.Response(200, text='{"id": "1'), "not Meta's"),
        (httpx.Response(200, text=""), "not Meta's"),
        (httpx.Response(200, json=["id"]), "not Meta's"),
        (httpx.Response(200, json="id"), "not Meta's"),
        (httpx.Response(400, json={"error": "string"}), "not Meta's: HTTP 400"),
        (httpx.Response(400, json={"error": {"message": "no code"}}), "not Meta's"),
        (httpx.Response(404, json={"detail": "of another API"}), "not Meta's: HTTP 404"),
        (httpx.Response(407, headers={"proxy-authenticate": "Basic"}), "a proxy on the way demands credentials"),
        (httpx.Response(429, text="slow down"), "limits the rate of calls before they reach Meta"),
        (httpx.Response(204), "not Meta's: HTTP 204, no content type"),
        (httpx.Response(200, text="[" * 200_000), "not Meta's"),
        (httpx.Response(200, content=b"\xff\xfe"), "not Meta's"),
        (httpx.Response(302, headers={"location": "https://portal.example.net/login?t=1"}), "to portal.example.net"),
    ],
)
def test_what_is_no_answer_of_meta_says_nothing_about_the_token(
    api: respx.MockRouter, response: httpx.Response, said: str
) -> None:
    _answering(api, response)
    with closing(_graph()) as graph:
        silence = _silenced(lambda: graph.ask("me"))
    assert said in str(silence)
    assert "token" not in str(silence)
    assert silence.finding.fix


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (104, "An access token is required to request this resource."),
        (2500, "An active access token must be used to query information about the current user."),
    ],
)
def test_token_that_did_not_arrive_is_not_a_token_that_is_refused(
    api: respx.MockRouter, code: int, message: str
) -> None:
    """A gateway that takes the header out makes Meta say so; nothing follows for the token."""
    _answering(api, httpx.Response(400, json={"error": {"code": code, "message": message, "fbtrace_id": "AbC"}}))
    with closing(_graph()) as graph:
        silence = _silenced(lambda: graph.ask("me"))
    assert f"Meta got no token although one was sent (error {code})" in str(silence)
    assert silence.finding.fix
    assert "`Authorization`" in silence.finding.fix.text


def test_other_error_with_the_same_code_is_refused(api: respx.MockRouter) -> None:
    _answering(api, httpx.Response(400, json={"error": {"code": 2500, "message": "Unknown path components: /x"}}))
    with closing(_graph()) as graph:
        assert _refused(graph, "x").code == 2500


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (httpx.ConnectTimeout("timed out"), "no connection to graph.example.com within"),
        (httpx.ReadTimeout("timed out"), "graph.example.com did not answer in full within"),
        (httpx.ConnectError("[Errno 111] Connection refused"), "Connection refused"),
        (httpx.ProxyError("407 Proxy Authentication Required"), "the proxy refused"),
        (httpx.RemoteProtocolError("Server disconnected"), "broke: Server disconnected"),
        (httpx.ConnectError(f"bad header: {TOKEN}"), "bad header"),
    ],
)
def test_fault_of_the_network_is_one_sentence(api: respx.MockRouter, fault: Exception, said: str) -> None:
    api.get(url__regex=".*").mock(side_effect=fault)
    with closing(_graph()) as graph:
        silence = _silenced(lambda: graph.ask("me"))
    assert said in str(silence)
    assert TOKEN not in "".join(traceback.format_exception(silence))


def test_usage_is_remembered_from_every_answer(api: respx.MockRouter) -> None:
    usage = {"118340927561042": [{"type": "whatsapp_business_management", "call_count": 97, "total_time": 3}]}
    _answering(
        api,
        httpx.Response(200, json={}, headers={"x-app-usage": '{"call_count": 12, "total_cputime": 40}'}),
        httpx.Response(400, json={"error": {"code": 80008, "message": "limit"}}, headers={
            "x-app-usage": '{"call_count": 13}', "x-business-use-case-usage": json.dumps(usage),
        }),
        httpx.Response(200, json={}, headers={"x-app-usage": "not JSON"}),
    )  # fmt: skip
    with closing(_graph()) as graph:
        graph.ask("a")
        _refused(graph, "b")
        graph.ask("c")
    assert {(each.subject, each.percent, each.figure) for each in graph.usage} == {
        ("app", 13.0, "call_count"),
        ("whatsapp_business_management of 118340927561042", 97.0, "call_count"),
    }


def test_pages_are_read_by_cursor_and_not_for_ever(api: respx.MockRouter) -> None:
    """The `next` of an answer is a URL that anybody could have written; only its cursor is used."""

    def page(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("after", "0")) + 1
        paging = {"cursors": {"after": str(number)}, "next": "https://elsewhere.example.net/steal"}
        return httpx.Response(200, json={"data": [{"id": str(number)}], "paging": paging})

    api.get(url__regex=".*").mock(side_effect=page)
    with closing(_graph()) as graph:
        assert [row.id for row in graph.rows("me/accounts", Node, pages=3)] == ["1", "2", "3"]
    assert {call.request.url.host for call in api.calls} == {"graph.example.com"}


def test_last_page_ends_the_list(api: respx.MockRouter) -> None:
    _answering(api, httpx.Response(200, json={"data": [{"id": "1"}], "paging": {"cursors": {"after": "x"}}}))
    with closing(_graph()) as graph:
        assert len(graph.rows("me/accounts", Node)) == 1


def test_answer_of_another_shape_is_told_by_its_place_and_not_by_its_value(api: respx.MockRouter) -> None:
    _answering(api, httpx.Response(200, json={"id": {"secret": "hidden treasure"}}))
    with closing(_graph()) as graph:
        silence = _silenced(lambda: graph.node("1", Node))
    assert "unexpected shape: id" in str(silence)
    assert "treasure" not in str(silence)


def test_nothing_is_logged(api: respx.MockRouter, caplog: pytest.LogCaptureFixture) -> None:
    """A user who turns on logging of everything does not get a token into the log of a CI job."""
    caplog.set_level(logging.DEBUG)
    _answering(api, httpx.Response(200, json={"data": {"is_valid": True}}))
    with closing(_graph()) as graph:
        graph.debug_token(as_app=True)
    assert not [record for record in caplog.records if record.name.startswith(("httpx", "httpcore"))]
    assert TOKEN not in caplog.text


# From here on with real sockets: what a mock cannot show.


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line
        self.server.requests.append(head.decode())
        try:
            self.server.respond(self.wfile.write)
        except OSError:
            return  # the client went away, which is what some tests want


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, respond: Callable[[Callable[[bytes], Any]], object]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.respond = respond
        self.requests: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def _serving(respond: Callable[[Callable[[bytes], Any]], object]) -> Iterator[_Server]:
    with _Server(respond) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def test_redirect_is_not_followed_and_takes_the_token_nowhere() -> None:
    with _serving(lambda write: write(_http(b"{}"))) as elsewhere:
        redirect = _http(b"", f"Location: {elsewhere.url}/v25.0/me", status="307 Temporary Redirect")
        with _serving(lambda write: write(redirect)) as server, closing(_graph(server.url)) as graph:
            with pytest.raises(Unreachable, match=r"HTTP 307 to 127\.0\.0\.1"):
                graph.ask("me")
            assert len(server.requests) == 1
        assert elsewhere.requests == []


def test_small_answer_that_unpacks_to_a_large_one_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(64 * 1024 * 1024))
    with (
        _serving(lambda write: write(_http(bomb, "Content-Encoding: gzip"))) as server,
        closing(_graph(server.url)) as graph,
        pytest.raises(Unreachable, match="larger than anything"),
    ):
        graph.ask("me")


def test_answer_without_end_is_not_read_to_its_end() -> None:
    def pour(write: Callable[[bytes], Any]) -> None:
        write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")

    with (
        _serving(pour) as server,
        closing(_graph(server.url)) as graph,
        pytest.raises(Unreachable, match="larger than anything"),
    ):
        graph.ask("me")


def test_answer_that_drips_ends_with_the_time_of_a_call() -> None:
    """Every byte comes in time, and the whole never does."""
    over = threading.Event()

    def drip(write: Callable[[bytes], Any]) -> None:
        write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not over.wait(0.02):
            write(b"1\r\n \r\n")

    with (
        _serving(drip) as server,
        closing(_graph(server.url, longest_call=0.3)) as graph,
        pytest.raises(Unreachable, match="did not answer in full within"),
    ):
        graph.ask("me")
    over.set()


def test_server_that_says_nothing_is_given_up() -> None:
    over = threading.Event()
    with (
        _serving(lambda _: over.wait(30)) as server,
        closing(_graph(server.url, longest_call=0.2)) as graph,
    ):
        with pytest.raises(Unreachable, match="did not answer in full within"):
            graph.ask("me")
        over.set()


@pytest.mark.parametrize(
    "answer",
    [b"", b"SSH-2.0-OpenSSH_9.9\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", b"HTTP/1.1 2"],
    ids=["nothing", "another-protocol", "cut-off", "half-a-head"],
)
def test_connection_that_breaks_is_told_as_that(answer: bytes) -> None:
    with (
        _serving(lambda write: write(answer)) as server,
        closing(_graph(server.url)) as graph,
        pytest.raises(Unreachable, match=r"the connection to 127\.0\.0\.1 broke"),
    ):
        graph.ask("me")


def test_closed_port_is_told_as_that() -> None:
    with _serving(lambda write: write(b"")) as server:
        url = server.url
    with closing(_graph(url)) as graph, pytest.raises(Unreachable, match=r"no connection to 127\.0\.0\.1"):
        graph.ask("me")


def test_packed_answer_is_unpacked() -> None:
    body = gzip.compress(b'{"id": "1"}')
    with (
        _serving(lambda write: write(_http(body, "Content-Encoding: gzip"))) as server,
        closing(_graph(server.url)) as graph,
    ):
        answer = graph.ask("me")
    assert isinstance(answer, Answer)
    assert answer.body == {"id": "1"}
    assert answer.milliseconds > 0
    assert answer.headers["content-encoding"] == "gzip"


def test_answer_that_is_not_packed_as_it_says_is_not_meta_s() -> None:
    with (
        _serving(lambda write: write(_http(b"not packed", "Content-Encoding: gzip"))) as server,
        closing(_graph(server.url)) as graph,
        pytest.raises(Unreachable, match="cannot be decompressed"),
    ):
        graph.ask("me")


def test_proxy_that_refuses_is_named_and_gets_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = _http(b"", "Proxy-Authenticate: Basic", status="407 Proxy Authentication Required")
    with _serving(lambda write: write(refusal)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with closing(_graph()) as graph, pytest.raises(Unreachable, match=r"the proxy refused .*407"):
            graph.ask("me")
        assert proxy.requests
        assert proxy.requests[0].startswith("CONNECT graph.example.com:443")
        assert TOKEN not in "".join(proxy.requests)


def test_address_that_is_known_to_answer_is_asked_under_the_name_of_the_host() -> None:
    """An HTTP library would try all addresses in turn and hang on a dead one."""
    with _serving(lambda write: write(_http(b"{}"))) as server:
        port = server.server_address[1]
        named = _graph(f"http://localhost:{port}", address=lambda: "127.0.0.1")
        with closing(named) as graph:
            assert graph.ask("me").body == {}
        assert f"\r\nHost: localhost:{port}\r\n" in server.requests[0]


def test_this_machine_is_never_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with _serving(lambda write: write(_http(b"{}"))) as server, closing(_graph(server.url)) as graph:
        assert graph.ask("me").body == {}


@pytest.mark.parametrize("proxy", ["nonsense://proxy", "socks5://127.0.0.1:1080", "http://[::1"])
def test_proxy_that_cannot_be_used_is_told_as_that(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with closing(_graph()) as graph, pytest.raises(Unreachable, match="the proxy settings cannot be used"):
        graph.ask("me")
