"""The two ways a call can end without an answer: Meta said no, or nobody said anything that can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
        return self.code in (0, 102, 190, 450, 452) or (self.code == 2500 and "access token" in self.message)

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
