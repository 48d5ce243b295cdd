"""Every format of a triage: golden files byte for byte, and what must hold of each whatever the log says."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from wa_doctor.redact import Secret, plain
from wa_doctor.render import Look, formats, render
from wa_doctor.render.triage import _wording as wording
from wa_doctor.webhooks.document import FieldCount, Triage
from wa_doctor.webhooks.message import Moment, Subject, Subjects, Verdict

Compare = Callable[[str, str], None]
Write = Callable[..., str]

GOLDEN = {
    "triage-80.txt": ("text", "triage", Look(width=80), "utf-8"),
    "triage-120.txt": ("text", "triage", Look(width=120), "utf-8"),
    "triage-verbose.txt": ("text", "triage", Look(verbose=True), "utf-8"),
    "triage-quiet.txt": ("text", "triage", Look(quiet=True), "utf-8"),
    "triage-ascii.txt": ("text", "triage", Look(), "ascii"),
    "triage-color.txt": ("text", "triage", Look(color="always"), "utf-8"),
    "triage-one.txt": ("text", "one", Look(), "utf-8"),
    "triage-empty.txt": ("text", "empty", Look(), "utf-8"),
    "triage-healthy.txt": ("text", "healthy", Look(), "utf-8"),
    "triage.json": ("json", "triage", Look(), "utf-8"),
    "triage-empty.json": ("json", "empty", Look(), "utf-8"),
    "triage.ndjson": ("ndjson", "triage", Look(), "utf-8"),
    "triage.csv": ("csv", "triage", Look(), "utf-8"),
    "triage.markdown.md": ("markdown", "triage", Look(), "utf-8"),
    "triage-one.markdown.md": ("markdown", "one", Look(), "utf-8"),
    "triage.body.html": ("html", "triage", Look(), "utf-8"),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name: str, triages: dict[str, Triage], write: Write, golden: Compare) -> None:
    """A format writes what somebody has read and found good."""
    format, which, look, encoding = GOLDEN[name]
    text = write(format, triages[which], look, encoding)
    if format == "html":  # styles and scripts are files of their own, which a copy would only follow
        text = text[text.index("<body>") : text.index("<script>")]
    golden(name, text)


def test_every_format_has_a_golden_file() -> None:
    """A new format cannot be forgotten here."""
    assert set(formats("triage")) == {format for format, *_ in GOLDEN.values()}


@pytest.mark.parametrize("format", formats("triage"))
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_no_stream_is_too_narrow_for_the_characters(
    format: str, encoding: str, any_triage: Triage, write: Write
) -> None:
    """A terminal or file that knows no check mark gets something else instead of an exception."""
    text = write(format, any_triage, Look(), encoding)

    assert text or not len(any_triage.subjects)


@pytest.mark.parametrize("format", formats("triage"))
def test_no_control_character_gets_out(
    format: str, triage: Triage, write: Write, listed: Callable[..., Subjects]
) -> None:
    """Should one slip into the document, it colours no terminal and reorders no line."""
    raw = "\x1b[31m\u202e\x00\x07\x9b\u2066\u2028"
    subject = Subject(raw, Verdict.FAILED, raw, (Moment(1, "sent", note=raw),), recipient=raw, template=raw)
    document = replace(
        triage,
        notes=(raw,),
        input=replace(triage.input, sources=(raw,), fields=(FieldCount(raw, 1, False),)),
        subjects=listed((subject,)),
    )

    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]", write(format, document))


@pytest.mark.parametrize("format", formats("triage"))
def test_a_known_secret_is_in_no_format(
    format: str, triage: Triage, write: Write, listed: Callable[..., Subjects]
) -> None:
    """A token that stood in the log was blanked when it entered the document."""
    secret = Secret("EAAGnotarealtoken0123456789notarealtoken")
    why = plain(f"refused: Bearer {secret.reveal()}")
    subjects = listed((replace(next(triage.subjects.worst(1)), why=why),))
    text = write(format, replace(triage, notes=(why,), subjects=subjects), Look(verbose=True))

    assert secret.reveal() not in text
    assert "[hidden]" in text.replace("\\[hidden\\]", "[hidden]")


@dataclass(frozen=True)
class Flow:
    """Messages that come one by one and see what was written of those before."""

    out: io.StringIO
    count: int
    behind: list[int]

    def __len__(self) -> int:
        return self.count

    def in_time(self) -> Iterator[Subject]:
        """Yield a message when the two before it are written."""
        return self.worst(self.count)

    def worst(self, limit: int | None) -> Iterator[Subject]:
        """Yield a message when the two before it are written."""
        for number in range(self.count if limit is None else min(limit, self.count)):
            yield Subject(f"message-{number}-", Verdict.DELIVERED, "delivered", (Moment(number, "delivered"),))
            written = self.out.getvalue()
            self.behind.append(sum(f"message-{each}-" not in written for each in range(max(0, number - 2), number)))


@pytest.mark.parametrize("format", ["json", "ndjson", "csv"])
def test_messages_are_written_as_they_come(format: str, triage: Triage) -> None:
    """When a message is asked for, those before it are out: a million of them are never held together."""
    out = io.StringIO()
    flow = Flow(out, 50, [])
    render("triage", format, replace(triage, subjects=flow), out, Look())

    assert flow.behind == [0] * 50


@pytest.mark.parametrize("format", ["json", "ndjson", "csv", "markdown", "html"])
def test_only_text_depends_on_how_it_should_look(format: str, write: Write) -> None:
    """Neither `-v` nor `-q` nor a colour changes what a script or a colleague reads."""
    assert write(format, look=Look(color="always", verbose=True, quiet=True, width=200)) == write(format)


# Words and figures.


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3_605, "1 h"),
        (3_660, "1 h 1 min"),
        (86_400, "1 day"),
        (2_592_000, "30 days"),
        (180_000, "2 days 2 h"),
        (-5, "-5 s"),
    ],
)
def test_durations(seconds: int, shown: str) -> None:
    """A duration has the two largest units it needs."""
    assert wording.lasting(seconds) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0, "0.0%"), (0.00001, "<0.1%"), (0.125, "12.5%"), (0.9999, ">99.9%"), (1, "100.0%")],
)
def test_shares(share: float, shown: str) -> None:
    """A little is not nothing, and nearly all is not all."""
    assert wording.percent(share) == shown


@pytest.mark.parametrize(
    ("octets", "shown"),
    [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (99_960, "100 kB"), (999_600, "1.0 MB"), (579e6, "579 MB")],
)
def test_sizes(octets: int, shown: str) -> None:
    """A size has the unit that a file manager would choose."""
    assert wording.size(int(octets)) == shown


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        (1_794_960_000, "2026-11-18T00:00:00Z"),
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (10**15, "9999-12-31T23:59:59Z"),
        (None, None),
    ],
)
def test_times(time: int | None, shown: str | None) -> None:
    """A time is UTC to the second, and one that no calendar has does not end the run."""
    assert wording.iso(time) == shown


def test_what_two_times_share_is_not_written_twice() -> None:
    """From ten to eleven on one day has one date."""
    assert wording.period(1_794_960_000, 1_794_963_600) == "2026-11-18 00:00 to 01:00"
    assert wording.period(1_794_960_000, 1_795_060_000) == "2026-11-18 00:00 to 2026-11-19 03:46"
    assert wording.period(1_794_960_000, 1_794_960_001) == "2026-11-18 00:00"


def test_young_messages_are_not_called_lost(triage: Triage, triages: dict[str, Triage]) -> None:
    """What was sent a minute before the log ends is on its way."""
    healthy = triages["healthy"]
    waiting = replace(healthy, messages=replace(healthy.messages, total=3, delivered=1, undelivered=2, in_flight=2))

    assert wording.headline(waiting) == "2 still on the way of 3 messages"
    assert wording.headline(triage) == "1,332 failed, 203 not delivered and 25 still on the way of 10,000 messages"
    assert wording.headline(triages["empty"]) == "no outgoing message was found"


@pytest.mark.parametrize(
    ("sources", "command"),
    [
        (("logs/a.ndjson", "b.gz"), "wa-doctor triage --format csv logs/a.ndjson b.gz"),
        (("-",), "wa-doctor triage --format csv FILE..."),
        (("a b",), "wa-doctor triage --format csv FILE..."),
        (("$(reboot)",), "wa-doctor triage --format csv FILE..."),
        (("a" * 61,), "wa-doctor triage --format csv FILE..."),
    ],
)
def test_a_command_to_paste_holds_only_harmless_names(sources: tuple[str, ...], command: str, triage: Triage) -> None:
    """A name that a shell would take apart is left to the reader."""
    assert wording.everything(replace(triage, input=replace(triage.input, sources=sources))) == command


def test_numbers_that_are_shown_are_announced(triage: Triage, write: Write) -> None:
    """Whoever passes the result on is told that it holds phone numbers."""
    shown = replace(triage, masked=False)
    for format in ("text", "markdown", "html"):
        assert "phone numbers are shown in full" in write(format, shown)
        assert "phone numbers are shown in full" not in write(format, triage)
