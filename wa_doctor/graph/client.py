"""
Asks the Graph API; the only module that knows httpx.

It raises exactly two things: `ApiError`, when Meta said no, and `Unreachable`, when nobody said anything that
can be trusted. It only reads. A token leaves in a header, follows no redirect, and goes nowhere over plain
http but to this machine.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from ipaddress import ip_address
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from wa_doctor import __version__
from wa_doctor.graph.place import Place, place_of
from wa_doctor.graph.proof import appsecret_proof
from wa_doctor.graph.refusal import NOT_METAS, ApiError, Unreachable, late, lost_token, not_meta
from wa_doctor.graph.usage import Usage, read_usage
from wa_doctor.redact import Secret, plain

if TYPE_CHECKING:
    import ssl

    import httpx
    from pydantic import BaseModel

    from wa_doctor.graph.answers import DebugToken, Page

_LARGEST_ANSWER = 4 * 1024 * 1024
_GRACE = 0.5  # seconds for the thread below to say by itself that its time was over

Shape = TypeVar("Shape", bound="BaseModel")


@dataclass(frozen=True, slots=True)
class Answer:
    """Meta's yes: the JSON object, the headers with lower-case names, and how long it took in milliseconds."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a call can be made with. `proof` is the form of `appsecret_proof`: timed, plain or off."""

    token: Secret | None = None
    app_id: str = ""
    app_secret: Secret | None = None
    proof: str = "timed"


@dataclass(eq=False)
class Graph:
    """
    One client a run: the same question is asked once, whoever asks it, and different questions do not wait.

    `remaining` gives the seconds left in the run; no call outlives it or takes longer than `longest_call`.
    `address` gives the address of the host that is known to answer, empty if none is known or a proxy is asked.
    """

    base_url: str
    version: str
    credentials: Credentials
    now: Callable[[], datetime]
    remaining: Callable[[], float]
    longest_call: float = 10.0
    address: Callable[[], str] = str
    transport: httpx.BaseTransport | None = None
    _asked: dict[object, Future[Answer]] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _client: httpx.Client | None = field(default=None, init=False)
    _usage: dict[str, Usage] = field(default_factory=dict, init=False)

    @property
    def has_app_credentials(self) -> bool:
        """Whether calls can be made as the app."""
        return bool(self.credentials.app_id and self.credentials.app_secret)

    def send_no_proof(self) -> None:
        """Stop sending an `appsecret_proof`: its secret is another app's, and Meta refuses a wrong proof."""
        self.credentials = replace(self.credentials, proof="off")

    @property
    def usage(self) -> tuple[Usage, ...]:
        """What the answers so far said about the rate limits, the latest of each."""
        with self._lock:
            return tuple(self._usage.values())

    def debug_token(self, *, as_app: bool) -> DebugToken:
        """Introspect the token of the credentials, as the app or as the token itself."""
        from wa_doctor.graph.answers import DebugToken

        token = self.credentials.token
        if token is None:
            raise Unreachable("there is no token to ask about", fix="Set WA_ACCESS_TOKEN.")
        said = self.ask("debug_token", {"input_token": token}, as_app=as_app).body.get("data")
        if not isinstance(said, dict) or "is_valid" not in said:
            raise Unreachable("Meta's answer says nothing about the token", fix="Try again in a minute.")
        return self.read(said, DebugToken)

    def node(self, path: str, shape: type[Shape], *, fields: tuple[str, ...] = ()) -> Shape:
        """Read one node in the given shape, e.g. `node(waba_id, Waba, fields=("id", "name"))`."""
        answer = self.ask(path, {"fields": ",".join(fields)} if fields else {})
        return self.read(answer.body, shape)

    def rows(self, path: str, shape: type[Shape], *, as_app: bool = False, pages: int = 5) -> tuple[Shape, ...]:
        """Read a list, at most `pages` pages of 100 rows."""
        return tuple(self.read(row, shape) for page in self._pages(path, as_app, pages) for row in page.data)

    def _pages(self, path: str, as_app: bool, pages: int) -> Iterator[Page]:
        from wa_doctor.graph.answers import Page

        after = ""
        for _ in range(pages):
            page = self.read(
                self.ask(path, {"limit": "100"} | ({"after": after} if after else {}), as_app=as_app).body, Page
            )
            yield page
            after = page.paging.cursors.after
            if not (page.paging.next and after):
                return

    @staticmethod
    def read(body: object, shape: type[Shape]) -> Shape:
        """
        Give an answer its shape.

        Raises:
            Unreachable: it has another one, so that nothing can be said from it.

        """
        from pydantic import ValidationError

        try:
            return shape.model_validate({} if body is None else body)
        except ValidationError as exc:
            first = exc.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "the answer"
            raise Unreachable(
                f"Meta's answer has an unexpected shape: {place}: {first['msg']}",
                fix="Try again; if it stays so, report it with the version that `wa-doctor --version` prints.",
            ) from exc

    def ask(self, path: str, params: Mapping[str, str | Secret] | None = None, *, as_app: bool = False) -> Answer:
        """
        Send one GET, or return what the same question was answered before.

        Raises:
            ApiError: Meta said no.
            Unreachable: nobody said anything that can be trusted.

        """
        question = (path, tuple(sorted((params or {}).items(), key=lambda item: item[0])), as_app)
        limit = min(self.longest_call, self.remaining())
        if limit <= 0:
            raise Unreachable("the time of the run was over before Meta was asked", fix="Raise `--timeout`.")
        with self._lock:
            future = self._asked.get(question)
            mine = future is None
            if future is None:
                future = self._asked[question] = Future()
        if mine:
            # In a thread of its own, for an answer that comes a byte at a time never meets a limit of the library.
            work = threading.Thread(
                target=self._fulfil, args=(future, path, params or {}, as_app, limit), name=path, daemon=True
            )
            work.start()
        try:
            return future.result(timeout=limit + _GRACE)
        except TimeoutError:
            raise late(self._host, limit) from None

    def _fulfil(
        self, future: Future[Answer], path: str, params: Mapping[str, str | Secret], as_app: bool, limit: float
    ) -> None:
        try:
            future.set_result(self._send(path, params, as_app, limit))
        except BaseException as exc:  # noqa: BLE001 - whoever asked gets it
            future.set_exception(exc)

    def _send(self, path: str, params: Mapping[str, str | Secret], as_app: bool, limit: float) -> Answer:
        _spare_its_command_line()
        import httpx

        query = {name: value.reveal() if isinstance(value, Secret) else value for name, value in params.items()}
        query |= {} if as_app else self._proof()
        place = place_of(self.base_url, self.address())
        whole = f"{place.url}/{self.version}/{path}" if self.version else f"{place.url}/{path}"
        started = monotonic()
        try:
            with self._open(place).stream(
                "GET",
                whole,
                params=query,
                headers={"Authorization": f"Bearer {self._caller(as_app)}", **place.headers},
                extensions=place.extensions,
                timeout=httpx.Timeout(limit),
            ) as response:
                body = self._body(response, started + limit)
                took = (monotonic() - started) * 1000
                headers = {name.lower(): value for name, value in response.headers.items()}
                return self._judge(response.status_code, headers, body, took)
        except TimeoutError:
            raise late(self._host, limit) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as exc:
            raise silence(exc, self._host, limit) from None

    @property
    def _host(self) -> str:
        return urlsplit(self.base_url).hostname or self.base_url

    def _caller(self, as_app: bool) -> str:
        known = self.credentials
        if as_app and known.app_secret:
            caller = f"{known.app_id}|{known.app_secret.reveal()}"
        else:
            caller = known.token.reveal() if known.token else ""
        if not caller.isascii() or not caller.isprintable():
            raise Unreachable(
                "the token holds characters that no request can carry, so Meta was not asked",
                fix="Copy the token again, without what surrounds it.",
            )
        return caller

    def _proof(self) -> dict[str, str]:
        known = self.credentials
        if known.token is None or known.app_secret is None:
            return {}
        return appsecret_proof(
            known.token, known.app_secret, form=known.proof, unix_seconds=int(self.now().timestamp())
        )

    def _open(self, place: Place) -> httpx.Client:
        with self._lock:
            if self._client is None:
                self._client = _client(self.base_url, self.transport, through_proxy=not place.chosen)
            return self._client

    def _body(self, response: httpx.Response, end: float) -> bytes:
        inflate = _inflater(response.headers.get("content-encoding", ""))
        body = bytearray()
        for chunk in response.iter_raw():
            body += inflate(chunk, _LARGEST_ANSWER + 1 - len(body))
            if len(body) > _LARGEST_ANSWER:
                raise Unreachable(
                    "the answer is larger than anything Meta sends here, so it was not read to its end", fix=NOT_METAS
                )
            if monotonic() > end:
                raise TimeoutError
        return bytes(body)

    def _judge(self, status: int, headers: Mapping[str, str], body: bytes, took: float) -> Answer:
        seen = read_usage(headers)
        with self._lock:
            self._usage.update((each.subject, each) for each in seen)
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            raise not_meta(status, headers) from None
        if not isinstance(answer, dict):
            raise not_meta(status, headers)
        if "error" in answer:
            raise self._refusal(status, headers, answer["error"])
        if status != 200:
            raise not_meta(status, headers)
        return Answer(answer, headers, took)

    def _refusal(self, status: int, headers: Mapping[str, str], error: object) -> Exception:
        from wa_doctor.graph.answers import Envelope

        if not isinstance(error, dict) or "code" not in error:
            return not_meta(status, headers)
        said = self.read(error, Envelope)
        refusal = ApiError(
            status,
            said.code,
            said.message,
            subcode=said.error_subcode,
            type=said.type,
            details=said.details,
            user_title=said.error_user_title,
            user_message=said.error_user_msg,
            is_transient=said.is_transient,
            trace_id=said.fbtrace_id,
            headers=headers,
        )
        return lost_token(refusal) if refusal.got_no_token and self.credentials.token else refusal

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None


def _spare_its_command_line() -> None:
    # httpx imports a command line of its own, and with it click and rich, where those are installed.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]


def _client(base_url: str, transport: httpx.BaseTransport | None, *, through_proxy: bool) -> httpx.Client:
    import httpx

    # At INFO httpx logs whole URLs, and `input_token` stands in one.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    parts = urlsplit(base_url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise Unreachable(
            "the token is not sent over plain http", fix="Use https:// in WA_BASE_URL, or leave it unset for Meta's."
        )
    try:
        return httpx.Client(
            transport=transport,
            verify=_trust(parts.scheme),
            trust_env=through_proxy and not is_loopback(parts.hostname or ""),
            follow_redirects=False,
            headers={"User-Agent": f"wa-doctor/{__version__}", "Accept-Encoding": "identity"},
        )
    except (ValueError, ImportError, httpx.InvalidURL) as exc:
        raise Unreachable(
            f"the proxy settings cannot be used: {exc}",
            fix="Correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY; `wa-doctor probe` shows them.",
        ) from None


def _trust(scheme: str) -> ssl.SSLContext:
    import ssl

    if scheme != "https":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # no handshake happens, and loading a store takes time

    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def is_loopback(host: str) -> bool:
    """Say whether a host name or address is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _inflater(encoding: str) -> Callable[[bytes, int], bytes]:
    if encoding.strip().lower() not in ("gzip", "deflate"):
        return lambda chunk, _: chunk
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)

    def inflate(chunk: bytes, largest: int) -> bytes:
        try:
            return stream.decompress(chunk, max(1, largest))
        except zlib.error:
            raise Unreachable(
                "the answer cannot be decompressed, so it is not Meta's or was damaged", fix=NOT_METAS
            ) from None

    return inflate


def silence(exc: Exception, host: str, limit: float) -> Unreachable:
    """Turn a fault of the HTTP library into one sentence about the network."""
    import httpx

    reason = plain(str(exc).partition(":")[0] if "EAA" in str(exc) else str(exc), 160) or type(exc).__name__
    if isinstance(exc, httpx.ConnectTimeout):
        said = f"no connection to {host} within {limit:.0f} s"
    elif isinstance(exc, httpx.TimeoutException):
        return late(host, limit)
    elif isinstance(exc, httpx.ProxyError):
        said = f"the proxy refused the connection to {host}: {reason}"
    elif isinstance(exc, httpx.ConnectError):
        said = f"no connection to {host}: {reason}"
    else:
        said = f"the connection to {host} broke: {reason}"
    return Unreachable(said, fix="See which link is broken, from DNS to the answer.", command="wa-doctor probe")
