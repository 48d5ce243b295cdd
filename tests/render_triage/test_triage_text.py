"""The triage for a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from wa_doctor.model import Severity
from wa_doctor.render import Look
from wa_doctor.render.terminal import cells
from wa_doctor.webhooks.document import Cause, Unreadable
from wa_doctor.webhooks.totals import Hour, MessageTotals

if TYPE_CHECKING:
    from wa_doctor.model import Fix
    from wa_doctor.webhooks.document import Triage

Write = Callable[..., str]

HOUR = 3600


def _unbroken(document: Triage) -> set[str]:
    fixes: list[Fix | None] = [document.first_step]
    fixes += [fix for cause in document.causes for fix in cause.fixes]
    fixes += [fix for error in document.errors for fix in error.fixes]
    fixes += [event.fix for event in document.account]
    fixes += [incident.fix for incident in document.incidents]
    fixes += [recipient.fix for recipient in document.silent]
    fixes += [finding.fix for finding in document.webhooks.findings]
    fixes += [subject.fix for subject in document.subjects.worst(None)]
    return {each for fix in fixes if fix for each in (fix.command, fix.url)}


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("verbose", [False, True])
def test_only_what_must_not_be_broken_is_longer_than_the_page(
    columns: int, verbose: bool, any_triage: Triage, write: Write
) -> None:
    """A line is too long only where it holds one address or one command and nothing else."""
    whole = _unbroken(any_triage)
    for line in write("text", any_triage, Look(width=columns, verbose=verbose)).splitlines():
        assert cells(line) <= columns or " " not in line.strip() or line.strip() in whole, line


def test_what_to_do_first_is_the_last_thing_to_read(triage: Triage, write: Write) -> None:
    """A terminal shows the end of a long text."""
    lines = write("text", triage).splitlines()

    assert lines[-3].startswith("First (131049, 961 messages): wait 24 hours before")
    assert [line for line in lines if line.startswith("First")] == lines[-3:-2]


def test_a_fix_is_written_once(triage: Triage, write: Write) -> None:
    """What helps against three things is advised with the first and as what to do first."""
    text = write("text", triage, Look(width=200, verbose=True))

    assert text.count("→ Wait 24 hours before the next marketing message") == 1


def test_bars_have_one_scale(triage: Triage, write: Write) -> None:
    """Twice as many messages have a bar twice as long, and a single one has a bar at all."""
    totals = MessageTotals(1_000, 600, 0, 300, 99, 1, 0, 0, 0)
    text = write("text", replace(triage, messages=totals))
    bars = [line.count("█") for line in text.splitlines() if line[2:4] in ("✓ ", "✗ ", "! ", "? ") and "%" in line][:4]

    assert bars[0] == pytest.approx(2 * bars[1], abs=1)
    assert bars[3] == 1


def _sparkline(hours: list[Hour], triage: Triage, write: Write, columns: int = 80) -> str:
    lines = write("text", replace(triage, hours=tuple(hours)), Look(width=columns)).splitlines()
    return next(lines[at + 1] for at, line in enumerate(lines) if line.startswith("Failures"))


def test_the_sparkline_has_a_sign_for_each_hour(triage: Triage, write: Write) -> None:
    """An hour without failures is a space, one with few is low, the worst is high."""
    hours = [Hour(at * HOUR, 0, 0, 0, 0, 0, failures, {}) for at, failures in enumerate((8, 0, 1, 4))]

    assert _sparkline(hours, triage, write) == "  █ ▁▄"


def test_hours_that_are_left_out_keep_their_place(triage: Triage, write: Write) -> None:
    """The list of hours has holes, the time axis has none."""
    hours = [Hour(at * HOUR, 0, 0, 0, 0, 0, 1, {}) for at in (0, 5)]

    assert _sparkline(hours, triage, write) == "  █    █"


def test_a_year_of_failures_fits_on_a_line(triage: Triage, write: Write) -> None:
    """One sign stands for as many hours as it must, and none of the failures is lost."""
    hours = [Hour(at * HOUR, 0, 0, 0, 0, 0, 1, {}) for at in range(365 * 24)]
    document = replace(triage, hours=tuple(hours))
    text = write("text", document, Look(width=80))

    assert len(_sparkline(hours, triage, write)) <= 80
    assert "Failures, each sign 7 days" in text
    assert "most in one of them: 168" in text


def test_no_failures_need_no_sparkline(triages: dict[str, Triage], write: Write) -> None:
    """A healthy log is short."""
    text = write("text", triages["healthy"])

    assert "Failures" not in text
    assert "Messages, the worst first" not in text
    assert text.endswith("the message was delivered   2.3 s\n")


def test_quiet_keeps_totals_causes_and_the_first_step(triage: Triage, write: Write) -> None:
    """With `-q` nobody scrolls."""
    text = write("text", replace(triage, checklist=None), Look(quiet=True))

    assert len(text.splitlines()) < 25
    assert "131049" in text
    assert "First (131049, 961 messages): wait" in text
    assert "wamid" not in text
    assert "[ ]" in write("text", triage, Look(quiet=True)), "--undelivered asked for it"


def test_verbose_shows_the_timeline_of_each_message(triage: Triage, write: Write) -> None:
    """With `-v` nothing has to be looked up in JSON."""
    text = write("text", triage, Look(verbose=True))

    assert "2026-11-18 10:00:06  sent (came 3 times)" in text
    assert "time unknown  accepted" in text
    assert "failed 131056/2494" in text
    assert "the account: it was verified" in text


def test_the_message_that_was_asked_for_stands_alone(triages: dict[str, Triage], write: Write) -> None:
    """With `--message` there is everything about it and nothing about the others."""
    text = write("text", triages["one"])

    assert "likely    Meta does not serve the region: the number" in text
    assert "[ ] Can you write to our number?" in text
    assert "Failures by hour" not in text


def test_a_message_that_is_not_there_is_said_to_be_missing(triages: dict[str, Triage], write: Write) -> None:
    """An id with a slip in it is not answered by silence."""
    subjects = triages["empty"].subjects
    missing = replace(triages["one"], message="wamid.TYPO", subjects=subjects)

    assert "no message wamid.TYPO is in the log" in write("text", missing)
    assert "No message `wamid.TYPO` is in the log." in write("markdown", missing)


def test_a_limit_shows_delivered_messages_too(triage: Triage, write: Write) -> None:
    """Whoever asks for more rows gets them, also those of which nothing is to be said."""
    assert "wamid.SAMPLEAAA006" not in write("text", triage)
    assert "wamid.SAMPLEAAA006" in write("text", replace(triage, limit=100))


def test_what_could_not_be_read_is_listed_when_it_is_asked_for(triage: Triage, write: Write) -> None:
    """The count is always there, the places with `-v`, with `--list-unreadable`, and where nothing else was read."""
    listed = replace(triage, input=replace(triage.input, list_wanted=True))

    assert "14 unreadable" in write("text", triage)
    assert "hooks.ndjson.gz:812" not in write("text", triage)
    assert "hooks.ndjson.gz:812: no JSON" in write("text", listed)
    assert "13 more\n" in write("text", listed)
    assert "14 more: --list-unreadable" in write("text", triage)


def test_a_source_that_was_not_read_to_its_end_is_always_named(triage: Triage, write: Write) -> None:
    """A broken line is a matter of course in a log; half a log is not, and ten of a thousand empty files will do."""
    many = tuple(Unreadable(f"logs/{number}.gz", 0, "it is empty") for number in range(25))
    text = write("text", replace(triage, input=replace(triage.input, unreadable=0, unreadable_list=many)))

    assert "hooks.ndjson.gz: the gzip stream ends too early" in write("text", triage)
    assert text.count("it is empty") == 10
    assert "15 more: --list-unreadable" in text


def test_a_cause_that_counts_no_messages_has_no_share_of_them(triage: Triage, write: Write) -> None:
    """An error outside of a status is counted in times, and a finding about the webhooks in nothing."""
    fix = triage.causes[0].fixes[0]
    besides = (
        Cause(1, Severity.WARNING, "Rate limit hit", "It stands 7 times outside.", 7, 0.0, 130429, (fix,)),
        Cause(2, Severity.WARNING, "events came again", "", 0, 0.0, None, (fix,)),
    )
    alone = replace(triage, causes=besides, first_step=fix)
    text = write("text", alone)

    assert re.search(r"^  ! 7 +130429 Rate limit hit$", text, re.MULTILINE)
    assert re.search(r"^  ! +events came again$", text, re.MULTILINE)
    assert "First (130429, 7 times): " in text
    assert "| ! | `130429` Rate limit hit<br>It stands 7 times outside. | 7 |" in write("markdown", alone)
    assert "| ! | events came again |  |" in write("markdown", alone)
    assert "events came again</h3>" in write("html", alone)
    for format in ("text", "markdown", "html"):
        assert "130429 130429" not in write(format, alone)
