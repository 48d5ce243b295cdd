"""The two ways a call can end without an answer: Meta said no, or nobody said anything that can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from wa_doctor.knowledge import errors
from wa_doctor.model import Unverified
from wa_doctor.redact import plain


class Unreachable(Unverified):
    """
    Nobody said anything we can trust: no connection, no complete answer, or an answer that is not Meta's.

    The argument is a sentence about the network, never about the token.
    """


@dataclass(eq=False)
class ApiError(Exception):
    """
    Meta said no. `message`, `details` and the `user_` texts are as sent, made plain.

    `status` is the HTTP status, `trace_id` Meta's `fbtrace_id` for a support ticket.
    """

    status: int
    code: int
    message: str
    subcode: int | None = None
    type: str = ""
    details: str = ""
    user_title: str = ""
    user_message: str = ""
    is_transient: bool = False
    trace_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for name in ("message", "type", "details", "user_title", "user_message", "trace_id"):
            setattr(self, name, plain(getattr(self, name)))
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.label}: {self.message}"

    @property
    def label(self) -> str:
        """The code as people write it: `190/463`, or `100` alone."""
        return f"{self.code}/{self.subcode}" if self.subcode else str(self.code)

    @property
    def transient(self) -> bool:
        """Whether this says nothing about the set-up: a fault or a limit on Meta's side that passes."""
        if self.is_transient or self.status >= 500 or self.status == 429:
            return self.code not in (3, 190)
        fact = errors.error(self.code)
        return bool(fact and fact.category in ("platform", "throttling") and fact.retry.policy != "no")

    @property
    def about_token(self) -> bool:
        """Whether Meta refuses the token itself (and not what was asked with it)."""
        return self.code in (0, 102, 190, 450, 452)

    @property
    def got_no_token(self) -> bool:
        """Whether Meta says that the call came without a token."""
        return self.code == 104 or (self.code == 2500 and "active access token" in self.message)

    @property
    def wants_proof(self) -> bool:
        """Whether the app demands an `appsecret_proof`, or refuses the one that was sent; told by the text alone."""
        return "appsecret_proof" in self.message

    @property
    def evidence(self) -> dict[str, str | int | None]:
        """What a report shows of this."""
        shown: dict[str, str | int | None] = {"error": self.label, "http_status": self.status, "message": self.message}
        if self.details:
            shown["details"] = self.details
        if self.user_message:
            shown["shown_to_user"] = f"{self.user_title}: {self.user_message}".strip(": ")
        if self.trace_id:
            shown["fbtrace_id"] = self.trace_id
        return shown


NOT_METAS = "Find out what stands between this machine and Meta: a portal, a proxy or a wrong base URL."
"""What to do about an answer that is not Meta's."""


def not_meta(status: int, headers: Mapping[str, str]) -> Unreachable:
    """Say what came instead of a Graph answer."""
    if status >= 500:
        return Unreachable(
            f"the server answered HTTP {status} without a Graph error",
            fix="Wait a few minutes and try again, or let `--wait 5m` do it.",
            command="wa-doctor check --wait 5m",
        )
    if status == 429:
        return Unreachable(
            "somebody limits the rate of calls before they reach Meta: HTTP 429 without a Graph error",
            fix="Wait and try again; if it lasts, ask who runs the gateway or proxy in between.",
            command="wa-doctor check --wait 5m",
        )
    if status == 407:
        return Unreachable(
            "a proxy on the way demands credentials: HTTP 407",
            fix="Write them into HTTPS_PROXY as http://USER:PASSWORD@HOST:PORT.",
            command="wa-doctor probe",
        )
    kind = plain(headers.get("content-type", "no content type"), 60)
    where = f" to {_host(headers['location'])}" if headers.get("location") else ""
    return Unreachable(
        f"the answer is not Meta's: HTTP {status}{where}, {kind}", fix=NOT_METAS, command="wa-doctor probe"
    )


def _host(location: str) -> str:
    try:
        return plain(urlsplit(location).netloc, 80) or "another path"
    except ValueError:
        return plain(location, 80)


def late(host: str, seconds: float) -> Unreachable:
    """Say that an answer was not all there in time, be it that none of it came or that it has no end."""
    return Unreachable(
        f"{host} did not answer in full within {seconds:.0f} s",
        fix="Try again with a longer `--timeout`, or see where the time goes.",
        command="wa-doctor probe",
    )


def lost_token(refusal: ApiError) -> Unreachable:
    """Say that the token was sent and did not arrive; nothing follows for the token."""
    return Unreachable(
        f"Meta got no token although one was sent (error {refusal.label}): something on the way takes it out",
        fix="Have the proxy or gateway in between pass on the header `Authorization`, or go round it.",
        command="wa-doctor probe",
        evidence=refusal.evidence,
    )
