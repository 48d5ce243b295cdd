"""Sends the harmless event to an endpoint: signed as Meta signs, not signed, and signed wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from wa_doctor.endpoint import delivery
from wa_doctor.endpoint.steps import Step, decided, left_out

if TYPE_CHECKING:
    from wa_doctor.endpoint.callback import Callback
    from wa_doctor.endpoint.conversation import Line, Reply
    from wa_doctor.network.deadline import Deadline
    from wa_doctor.redact import Secret

SIGNED = ("signed", "a signed event is accepted")
UNSIGNED = ("unsigned", "an unsigned event is refused")
WRONGLY_SIGNED = ("wrongly-signed", "a forged event is refused")
ALL = ("events", "events are checked")


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends events over one line. `deadline` gives the time for one exchange."""

    callback: Callback
    line: Line
    deadline: Callable[[], Deadline]

    def genuine(self, app_secret: Secret | None) -> tuple[Step, float | None]:
        """
        Send the event signed; return the step, and the milliseconds of the answer.

        Where it is refused, events without escaped characters tell a wrong secret from a signature that is
        computed over rewritten JSON.
        """
        if app_secret is None:
            return left_out(*SIGNED, "needs the app secret (WA_APP_SECRET)"), None
        reply = self._send(delivery.ESCAPED, delivery.signature(delivery.ESCAPED, app_secret))
        refused = reply.answer is not None and not delivery.accepted(reply)
        rewritten = refused and any(
            delivery.accepted(self._send(body, delivery.signature(body, app_secret)))
            for body in (delivery.COMPACT, delivery.SPACED)
        )
        ms = reply.answer.ms if reply.answer else None
        judge = partial(delivery.judge_signed, reply, rewritten)
        return decided(*SIGNED, judge, ms=ms, address=reply.address), ms

    def forgeries(self) -> Iterator[Step]:
        """Send the event without a signature and with one that nobody can have made; neither needs a secret."""
        for step, what, signed in (
            (UNSIGNED, "an unsigned event", ""),
            (WRONGLY_SIGNED, "a wrongly signed event", delivery.forged(delivery.ESCAPED)),
        ):
            reply = self._send(delivery.ESCAPED, signed)
            ms = reply.answer.ms if reply.answer else None
            yield decided(*step, partial(delivery.judge_forged, reply, what), ms=ms, address=reply.address)

    def _send(self, body: bytes, signed: str) -> Reply:
        return self.line.post(self.callback.target(), delivery.headers(signed), body, self.deadline())
