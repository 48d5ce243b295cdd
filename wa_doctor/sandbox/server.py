"""The HTTP side of the sandbox: sockets and requests in, answers with Meta's headers out."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from wa_doctor.redact import plain
from wa_doctor.sandbox.exchange import Answer, Request

_LARGEST_BODY = 1024 * 1024
_MOST_PARAMETERS = 200
_IDLE_SECONDS = 120

Respond = Callable[[Request], Answer]


class BadRequest(ValueError):
    """A request that cannot be read; `status` is the HTTP status that says so."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Server(ThreadingHTTPServer):
    """
    Serves until it is stopped; threads never keep the process alive.

    `verbose` writes one line a request to stderr: method, path without its query, status.
    """

    daemon_threads = True
    request_queue_size = 128
    # On Windows this option would let two servers share a port, and a port in use would go unnoticed.
    allow_reuse_address = os.name == "posix"

    def __init__(
        self, host: str, port: int, respond: Respond, *, delay_seconds: float = 0.0, verbose: bool = False
    ) -> None:
        if not host:
            raise ValueError("it would mean every interface")
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.respond = respond
        self.delay_seconds = delay_seconds
        self.verbose = verbose
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((host, port), Handler)
        named = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
        self.base_url = f"http://{f'[{named}]' if ':' in named else named}:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without asking the DNS for this machine's name, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that stopping can end it."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about a client that hung up; anything else is a fault of ours and shows itself."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Stop serving, end waiting answers and idle connections, free the port."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._lock:
            left = tuple(self._open)
        for each in left:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    """Reads one request after another from a connection that is kept alive."""

    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    wbufsize = -1  # head and body leave together: two small packets would wait for each other
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        """Answer any method; which one a node supports is decided behind this."""
        try:
            request = self._read()
        except BadRequest as exc:
            self.send_error(exc.status, str(exc))
            return
        if self.server.delay_seconds:
            self.server.stopping.wait(self.server.delay_seconds)
        self._write(self.server.respond(request))

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET  # noqa: N815 - http.server's names

    def _read(self) -> Request:
        target = urlsplit(self.path)
        try:
            params: dict[str, Any] = dict(
                parse_qsl(target.query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
            )
        except ValueError as exc:
            raise BadRequest(400, "too many parameters") from exc
        params |= self._body()
        scheme, _, credential = self.headers.get("Authorization", "").strip().partition(" ")
        token = credential.strip() if scheme.lower() in ("bearer", "oauth") else ""
        given = params.get("access_token", "")
        segments = tuple(unquote(part) for part in target.path.split("/") if part)
        version = segments[0] if segments and _is_version(segments[0]) else ""
        return Request(
            self.command,
            segments[1:] if version else segments,
            version,
            params,
            token or (given if isinstance(given, str) else ""),
            self.server.base_url,
        )

    def _body(self) -> dict[str, Any]:
        if "Transfer-Encoding" in self.headers:
            raise BadRequest(411, "a body needs a Content-Length here")
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdecimal()):
            raise BadRequest(400, "the Content-Length is no number")
        if int(length) > _LARGEST_BODY:
            raise BadRequest(413, "the body is too large")
        raw = self.rfile.read(int(length))
        if len(raw) < int(length):
            raise BadRequest(400, "the body ended early")
        if self.command not in ("POST", "PUT", "PATCH", "DELETE"):
            return {}
        return _fields(raw, self.headers.get_content_type())

    def _write(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        for name, value in (("content-type", answer.content_type), *answer.headers.items()):
            self.send_header(name, value)
        self.send_header("date", self.date_time_string())
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self._note(answer.status)

    def handle_expect_100(self) -> bool:
        """Let a client go on with its body at once: the line must not wait in the buffer."""
        goes_on = super().handle_expect_100()
        self.wfile.flush()
        return goes_on

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Refuse a request that cannot be read, in one line of text, and close the connection."""
        body = f"{message or self.responses.get(code, ('refused',))[0]}\n".encode()
        self.close_connection = True
        self.send_response_only(code)
        self.send_header("content-type", "text/plain; charset=utf-8")
        self.send_header("connection", "close")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self._note(code)

    def _note(self, status: int) -> None:
        if self.server.verbose:
            path = plain(urlsplit(getattr(self, "path", "")).path, 200)
            print(f"{self.command or '-'} {path} {status}", file=sys.stderr, flush=True)  # noqa: T201

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: `verbose` has its own line, which never holds a query."""


def _is_version(part: str) -> bool:
    major, dot, minor = part[1:].partition(".")
    return part[:1] == "v" and bool(dot) and all(each.isascii() and each.isdecimal() for each in (major, minor))


def _fields(raw: bytes, content_type: str) -> dict[str, Any]:
    try:
        if content_type == "application/json" and raw:
            table = json.loads(raw)
            return table if isinstance(table, dict) else {}
        if content_type == "application/x-www-form-urlencoded":
            return {name: _value(text) for name, text in _form(raw)}
    except (ValueError, RecursionError) as exc:
        raise BadRequest(400, "the body cannot be read") from exc
    return {}


def _form(raw: bytes) -> list[tuple[str, str]]:
    return parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)


def _value(text: str) -> Any:
    if text[:1] not in ("{", "["):
        return text
    try:
        return json.loads(text)  # the official SDKs send objects as JSON inside a form
    except ValueError:
        return text
