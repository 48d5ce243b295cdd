"""A sandbox for a test and a client that speaks plain HTTP to it over a real socket."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest

from wa_doctor import sandbox

if TYPE_CHECKING:
    from wa_doctor.sandbox import RunningSandbox


@dataclass(frozen=True)
class Reply:
    """What came back: the status, the raw body, and the headers with lower-case names."""

    status: int
    raw: bytes
    headers: Mapping[str, str]

    @property
    def body(self) -> dict[str, Any]:
        """Return the body, which is a JSON object."""
        table = json.loads(self.raw)
        assert isinstance(table, dict)
        return table

    @property
    def error(self) -> dict[str, Any]:
        """Return the error of the body."""
        error = self.body["error"]
        assert isinstance(error, dict)
        return error

    @property
    def code(self) -> tuple[int, int | None]:
        """The code and the subcode."""
        return self.error["code"], self.error.get("error_subcode")


@dataclass
class Client:
    """One connection to a sandbox, which sends the token of its credentials unless told otherwise."""

    sandbox: RunningSandbox
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        where = urlsplit(self.sandbox.base_url)
        assert where.hostname
        self.connection = http.client.HTTPConnection(where.hostname, where.port or 0, timeout=20)

    @property
    def given(self) -> Mapping[str, str]:
        """What the user of the scenario holds."""
        return self.sandbox.credentials

    @property
    def token(self) -> str:
        """The access token."""
        return self.given["access_token"]

    @property
    def app_token(self) -> str:
        """The app access token."""
        return f"{self.given['app_id']}|{self.given['app_secret']}"

    @property
    def number(self) -> str:
        """The phone number id."""
        return self.given["phone_number_id"]

    @property
    def account(self) -> str:
        """The WABA id."""
        return self.given["waba_id"]

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        token: str | None = None,
    ) -> Reply:
        """Send any request."""
        caller = self.token if token is None else token
        authorization = {"Authorization": f"Bearer {caller}"} if caller else {}
        self.connection.request(method, path, body, {**authorization, **(headers or {})})
        response = self.connection.getresponse()
        return Reply(response.status, response.read(), {name.lower(): value for name, value in response.getheaders()})

    def get(self, path: str, *, token: str | None = None, **params: str) -> Reply:
        """Ask for a path of v25.0."""
        return self.send("GET", f"/v25.0/{path}" + (f"?{urlencode(params)}" if params else ""), token=token)

    def post(self, path: str, table: Mapping[str, Any], *, token: str | None = None) -> Reply:
        """Post JSON to a path of v25.0."""
        body, headers = json.dumps(table).encode(), {"Content-Type": "application/json"}
        return self.send("POST", f"/v25.0/{path}", body, headers, token=token)

    def debug(self, token: str, *, by: str | None = None, **params: str) -> Reply:
        """Introspect a token, as the app unless told otherwise."""
        return self.get("debug_token", token=self.app_token if by is None else by, input_token=token, **params)


@pytest.fixture
def serve() -> Iterator[Callable[..., Client]]:
    """Return a function that serves a named scenario, or the healthy world with a difference, for one test."""
    with ExitStack() as stack:

        def start(name: str = "healthy", **difference: Any) -> Client:
            if difference:
                table = {"summary": "made by a test", "expect": {"exit_code": 0}, **difference}
                running = stack.enter_context(sandbox.serve(sandbox.compose(name, table)))
            else:
                running = stack.enter_context(sandbox.start(name))
            client = Client(running)
            stack.callback(client.connection.close)
            return client

        yield start


@pytest.fixture(scope="session")
def _healthy_sandbox() -> Iterator[RunningSandbox]:
    with sandbox.start("healthy") as running:
        yield running


@pytest.fixture
def healthy(_healthy_sandbox: RunningSandbox) -> Iterator[Client]:
    """Return a connection to the healthy world; tests can share it, for nothing in it ever changes."""
    client = Client(_healthy_sandbox)
    yield client
    client.connection.close()
