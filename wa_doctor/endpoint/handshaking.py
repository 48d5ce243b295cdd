"""Repeats Meta's handshake with an endpoint: the right token, a wrong one, and the URL in another spelling."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wa_doctor.endpoint import challenge, form
from wa_doctor.endpoint.steps import Step, left_out, taken, undecided
from wa_doctor.model import Finding, Severity, Status, Unverified, notice
from wa_doctor.redact import HIDDEN

if TYPE_CHECKING:
    from wa_doctor.endpoint.callback import Callback
    from wa_doctor.endpoint.conversation import Line, Reply
    from wa_doctor.network.deadline import Deadline
    from wa_doctor.redact import Secret

CHALLENGE = ("challenge", "the challenge comes back")
WRONG_TOKEN = ("wrong-token", "a wrong token is refused")
CHARACTERS = ("characters", "URL and token arrive unchanged")

_BLANKED = 6  # characters from which on every text is freed of a secret
_SET_TOKEN = (
    "Set WA_VERIFY_TOKEN to the token that the endpoint expects, or give it with --verify-token-stdin; to leave this"
    " out of a check-up, use `--skip webhook-endpoint`."
)


@dataclass(frozen=True, slots=True)
class Handshaken:
    """What came of the challenges over one line. `times` are those of its answers, in milliseconds."""

    step: Step
    reply: Reply
    times: tuple[float, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether Meta would be content."""
        return self.step.status is Status.PASS


@dataclass(frozen=True, slots=True)
class Handshaking:
    """The handshake with one endpoint. `deadline` gives the time for one exchange."""

    callback: Callback
    token: Secret | None
    deadline: Callable[[], Deadline]

    def shake(self, line: Line) -> Handshaken:
        """Send two challenges over a line, with the right token or, where that is not known, with a random one."""
        title = (CHALLENGE[0], f"{CHALLENGE[1]} over {line.address.family}")
        ip, before = line.address.ip, ""
        times: tuple[float, ...] = ()
        for _ in range(2):
            sent = challenge.new_challenge()
            reply = self._ask(line, sent, self._word())
            times += (reply.answer.ms,) if reply.answer else ()
            if reply.wants_certificate:
                break
            try:
                found = self._judged(reply, sent, before)
            except Unverified as exc:
                return Handshaken(undecided(*title, exc.finding, address=ip), reply, times)
            if found:
                ms = reply.answer.ms if reply.answer else None
                return Handshaken(taken(*title, found, ms=ms, address=ip), reply, times)
            before = sent
        said = f"echoed in {' and '.join(f'{each:.0f} ms' for each in times)}"
        return Handshaken(taken(*title, (), said=said, ms=max(times, default=None), address=ip), reply, times)

    def _word(self) -> bytes:
        return self.token.octets if self.token else _wrong()

    def _judged(self, reply: Reply, sent: str, before: str) -> list[Finding]:
        if self.token is None and not challenge.tells(reply, sent):
            raise _not_known(reply)
        if challenge.echoes(reply, sent):
            return []
        return list(challenge.judge(self.callback, self._without_token(reply), sent, before))

    def _without_token(self, reply: Reply) -> Reply:
        # A token this short is not blanked by itself: it is too common a string. An endpoint may send it back.
        word = self._word()
        if reply.answer is None or not 0 < len(word) < _BLANKED or word not in reply.answer.body:
            return reply
        return replace(reply, answer=replace(reply.answer, body=reply.answer.body.replace(word, HIDDEN.encode())))

    def _ask(self, line: Line, sent: str, token: bytes, *, spelling: str = "") -> Reply:
        return line.get(self.callback.target(challenge.parameters(sent, token), spelling=spelling), self.deadline())

    def try_wrong_token(self, line: Line, before: Handshaken) -> Step:
        """Send a token that cannot be right; `before` is what the right one came to."""
        if before.reply.answer is None:
            return left_out(*WRONG_TOKEN, "needs an answer")
        sent = challenge.new_challenge()
        reply = self._ask(line, sent, _wrong())
        try:
            found = list(challenge.judge_wrong_token(reply, sent))
        except Unverified as exc:
            return undecided(*WRONG_TOKEN, exc.finding, address=line.address.ip)
        if not before.accepted and self.token and all(each.severity is Severity.NOTICE for each in found):
            return left_out(*WRONG_TOKEN, "means nothing while the right one is not accepted")
        return taken(*WRONG_TOKEN, found, ms=reply.answer.ms if reply.answer else None, address=line.address.ip)

    def try_characters(self, line: Line, before: Handshaken) -> Step:
        """Look at the characters of token and URL, and send the URL in the other spelling it can arrive in."""
        found = list(form.judge_token(self.token.reveal())) if self.token else []
        spelling = self.callback.other_spelling()
        if spelling and self.token and before.accepted:
            sent = challenge.new_challenge()
            reply = self._ask(line, sent, self._word(), spelling=spelling)
            if challenge.echoes(reply, sent):
                found.append(notice("the special characters of the URL are understood in both spellings"))
            else:
                found.append(form.spelt_otherwise(self.callback, reply.answer.status if reply.answer else None))
        elif spelling:
            found.append(form.special_characters(self.callback))
        return taken(*CHARACTERS, found, said="" if found else "no special characters")


def _wrong() -> bytes:
    return f"not-the-token-{secrets.token_hex(6)}".encode()


def _not_known(reply: Reply) -> Unverified:
    refused = f"; a random one is refused with HTTP {reply.answer.status}" if reply.answer else ""
    return Unverified(f"the verify token is not known, so Meta's handshake cannot be repeated{refused}", fix=_SET_TOKEN)
