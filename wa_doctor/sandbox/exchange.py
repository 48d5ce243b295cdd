"""What comes in and what goes out of the emulated API, and the errors in Meta's envelope."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json; charset=UTF-8"
HTML = "text/html; charset=utf-8"

READ_THE_DOCS = "Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api"


@dataclass(frozen=True, slots=True)
class Request:
    """
    One call. `segments` are the decoded parts of the path without the version.

    `params` holds the query and, for a POST, the fields of its form or JSON body on top of it.
    """

    method: str
    segments: tuple[str, ...]
    version: str
    params: Mapping[str, Any]
    token: str
    base_url: str

    @property
    def verb(self) -> str:
        """The method as Meta's error texts name it; a HEAD is a GET without its body."""
        return "get" if self.method == "HEAD" else self.method.lower()

    def text(self, name: str) -> str:
        """Return a parameter that must be text, or an empty string."""
        value = self.params.get(name, "")
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply: the status, the body as it goes out, and the headers that belong to it alone."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def ok(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
    """Answer 200 with a JSON object."""
    return Answer(200, encode(body), headers=headers or {})


def encode(body: Mapping[str, Any]) -> bytes:
    """Write JSON as Meta does: compact, ASCII, with `/` escaped."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()


class Refusal(Exception):
    """
    An error of the Graph API.

    `oauth` is the word of the `www-authenticate` header, which comes with every error, also with HTTP 400.
    """

    def __init__(
        self,
        code: int,
        message: str,
        *,
        status: int = 400,
        kind: str = "OAuthException",
        subcode: int | None = None,
        details: str = "",
        is_transient: bool = False,
        oauth: str = "invalid_request",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.oauth = oauth
        self.headers = dict(headers or {})
        self._error: dict[str, Any] = {"message": message, "type": kind, "code": code}
        if details:
            self._error["error_data"] = {"messaging_product": "whatsapp", "details": details}
        if subcode is not None:
            self._error["error_subcode"] = subcode
        if is_transient:
            self._error["is_transient"] = True

    def answer(self, trace: str) -> Answer:
        """Write the envelope; `trace` stands in it as `fbtrace_id` and is the request id of the headers."""
        said = str(self).replace('"', "'").encode("ascii", "replace").decode()
        line = " ".join(said.split())
        headers = {"www-authenticate": f'OAuth "Facebook Platform" "{self.oauth}" "{line}"', **self.headers}
        return Answer(self.status, encode({"error": {**self._error, "fbtrace_id": trace}}), headers=headers)


def no_object(request: Request, id: str) -> Refusal:
    """Refuse a wrong id, an asset out of reach, or a call that the node does not know: Meta does not say which."""
    return Refusal(
        100,
        f"Unsupported {request.verb} request. Object with ID '{id}' does not exist, cannot be loaded due to missing "
        f"permissions, or does not support this operation. {READ_THE_DOCS}",
        kind="GraphMethodException",
        subcode=33,
    )


def no_field(name: str, node: str) -> Refusal:
    """Refuse a whole call for one field, or an edge, that the node does not know."""
    return Refusal(100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({node})")


def unknown_path(path: str) -> Refusal:
    """Refuse a path that cannot be one of the API."""
    return Refusal(2500, f"Unknown path components: /{path}")


def denied(scope: str) -> Refusal:
    """Refuse for a missing permission. The code is documented, the sentence is not: match on the code."""
    return Refusal(200, f"(#200) Requires {scope} permission to manage the object", status=403, oauth="access_denied")
