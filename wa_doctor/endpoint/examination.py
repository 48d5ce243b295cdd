"""
The whole test of an endpoint, in Meta's order: the way there, the handshake, then what only we do.

It sends GETs alone unless it is told to post. What one step shows can make later ones senseless: those are left
out with the reason, never guessed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from wa_doctor.endpoint import certificates, events, form, latency
from wa_doctor.endpoint.callback import InvalidCallbackUrl, read
from wa_doctor.endpoint.handshaking import CHALLENGE, CHARACTERS, WRONG_TOKEN, Handshaken, Handshaking
from wa_doctor.endpoint.steps import Examined, Step, left_out, taken, undecided
from wa_doctor.endpoint.way_there import Explorer
from wa_doctor.model import Finding, Severity, Status, Unverified, error, notice, warning
from wa_doctor.network.deadline import Deadline
from wa_doctor.network.resolve import Lookup, getaddrinfo
from wa_doctor.network.stores import CERTIFI, SYSTEM, Store
from wa_doctor.redact import plain_url

if TYPE_CHECKING:
    from wa_doctor.endpoint.callback import Callback
    from wa_doctor.endpoint.conversation import Line, Reply
    from wa_doctor.endpoint.way_there import WayThere
    from wa_doctor.knowledge.webhook_delivery import Pace
    from wa_doctor.redact import Secret

URL = ("url", "the URL has the right form")
LATENCY = ("latency", "answers are fast")

_AFTER_THE_WAY = (CHALLENGE, WRONG_TOKEN, CHARACTERS, events.ALL, LATENCY)
_SPARE = 0.5  # seconds kept of the run, so that what was found gets into the report


class _OutOfTime(Exception):
    """The time of the run is over."""


@dataclass(eq=False, kw_only=True)
class Endpoint:
    """
    One endpoint and how to test it; every method can be called from any thread and gives the same answer each time.

    `post` allows POSTs, `local` says that Meta need not reach it. One exchange takes at most `timeout` seconds,
    `remaining()` gives those the run has left. `strict` is the store that decides, `lenient` the one to go on with.
    """

    url: str
    verify_token: Secret | None
    app_secret: Secret | None
    post: bool
    local: bool
    timeout: float
    remaining: Callable[[], float]
    now: Callable[[], datetime]
    environ: Mapping[str, str]
    lookup: Lookup = getaddrinfo
    strict: Store = CERTIFI
    lenient: Store = SYSTEM
    pace: Pace | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False)
    _examined: Examined | None = field(default=None, init=False)

    @property
    def seen(self) -> Examined | None:
        """What the test came to; None while nobody asked, or it is not over."""
        return self._examined

    def examined(self) -> Examined:
        """Test the endpoint, or return what came of it before. Never raises."""
        with self._turn:
            if self._examined is None:
                self._examined = _Test(self).run()
            return self._examined

    def judged(self) -> Iterator[Finding]:
        """
        Yield what was found, a word on the whole first where all is well.

        Raises:
            Unverified: a step came to no verdict.

        """
        examined = self.examined()
        found, unverified = examined.findings, examined.unverified
        if not unverified and all(each.severity is Severity.NOTICE for each in found):
            yield notice(_well(examined))
        yield from found
        for first in unverified[:1]:
            text, command, url = (first.fix.text, first.fix.command, first.fix.url) if first.fix else ("", "", "")
            raise Unverified(first.message, fix=text, command=command, url=url, evidence=first.evidence)


def _well(examined: Examined) -> str:
    median = f", median {examined.median_ms:.0f} ms" if examined.median_ms is not None else ""
    return f"{'handshake and events' if examined.posted else 'the handshake'} answered as Meta wants{median}"


@dataclass(eq=False, slots=True)
class _Test:
    """One run of the test."""

    of: Endpoint
    steps: list[Step] = field(default_factory=list)
    way: WayThere | None = None
    shaken: list[Handshaken] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    mutual_tls: bool = False

    def run(self) -> Examined:
        try:
            callback = read(self.of.url)
            self._go(callback)
        except InvalidCallbackUrl as exc:
            self.steps.append(taken(*URL, [_no_url(exc)]))
        except _OutOfTime:
            over = warning("the time of the run was over before the test", fix="Raise `--timeout`.")
            self.steps.append(undecided("rest", "the steps that are left", over))
        answered = {each.step.address: max(each.times) for each in self.shaken if each.times}
        addresses = self.way.addresses if self.way else ()
        return Examined(
            plain_url(self.of.url),
            self.of.local,
            self.of.post,
            self.mutual_tls,
            tuple(self.steps),
            tuple(replace(each, answer_ms=answered.get(each.ip)) for each in addresses),
            tuple(self.times),
        )

    def _deadline(self) -> Deadline:
        left = min(self.of.timeout, self.of.remaining() - _SPARE)
        if left <= 0:
            raise _OutOfTime
        return Deadline(left)

    def _go(self, callback: Callback) -> None:
        of = self.of
        self.steps.append(taken(*URL, form.judge_url(callback, local=of.local)))
        explorer = Explorer(
            callback=callback,
            local=of.local,
            strict=of.strict,
            lenient=of.lenient,
            lookup=of.lookup,
            environ=of.environ,
            now=of.now,
            deadline=self._deadline,
        )
        self.way = explorer.explore()
        self.steps += self.way.steps
        lines = {each.address.family: each for each in reversed(self.way.lines)}
        if lines:
            self._converse(callback, [lines[family] for family in sorted(lines)])
        elif self.way.demands_ours:
            self._turned_away(callback, "the TLS handshake ends without one")
        else:
            self._leave_out(_AFTER_THE_WAY, _gap(self.way.steps))

    def _converse(self, callback: Callback, lines: Sequence[Line]) -> None:
        handshaking = Handshaking(callback, self.of.verify_token, self._deadline)
        for line in lines:
            shaken = handshaking.shake(line)
            if shaken.reply.wants_certificate:
                self._turned_away(callback, _how(shaken.reply))
                return
            self.shaken.append(shaken)
            self.steps.append(shaken.step)
            self.times += shaken.times
        first = self.shaken[0]
        self.steps.append(handshaking.try_wrong_token(lines[0], first))
        self.steps.append(handshaking.try_characters(lines[0], first))
        self._events(callback, lines[0], first)
        self._latency()

    def _events(self, callback: Callback, line: Line, first: Handshaken) -> None:
        if not self.of.post:
            self._leave_out([events.ALL], "--post sends an event")
        elif first.reply.answer is None:
            self._leave_out([events.ALL], "needs an answer to the challenge")
        else:
            sender = events.Sender(callback, line, self._deadline)
            step, ms = sender.genuine(self.of.app_secret)
            self.steps.append(step)
            self.times += [] if ms is None else [ms]
            for forgery in sender.forgeries():
                self.steps.append(forgery)

    def _latency(self) -> None:
        if self.times:
            self.steps.append(taken(*LATENCY, latency.judge(self.times, self.of.pace)))
        else:
            self._leave_out([LATENCY], "nothing was answered")

    def _leave_out(self, steps: Sequence[tuple[str, str]], reason: str) -> None:
        self.steps += [left_out(*step, reason) for step in steps]

    def _turned_away(self, callback: Callback, how: str) -> None:
        self.mutual_tls = True
        self.steps.append(undecided(*CHALLENGE, certificates.demands_ours(callback.host, how)))
        self._leave_out(_AFTER_THE_WAY[1:], "only Meta's certificate opens the way")


def _no_url(problem: Exception) -> Finding:
    return error(
        f"the callback URL cannot be called: {problem}",
        fix="Write it as https://HOST/PATH, as it stands in App Dashboard > WhatsApp > Configuration.",
    )


def _gap(steps: Sequence[Step]) -> str:
    last = next((each.name for each in reversed(steps) if each.status in (Status.FAIL, Status.UNKNOWN)), "")
    return {
        "name": "needs an address",
        "connect": "needs a connection",
        "certificate": "needs a certificate that is trusted",
    }.get(last, "needs a connection that lasts")


def _how(reply: Reply) -> str:
    if reply.answer is not None:
        return f"it answers HTTP {reply.answer.status} to whoever shows none"
    return "it hangs up on whoever shows none"
