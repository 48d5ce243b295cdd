"""What a check says, what a run amounts to, and that nothing foreign gets past the border."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from wa_doctor.model import (
    Finding,
    Fix,
    Result,
    Severity,
    Status,
    Unverified,
    error,
    exit_code,
    notice,
    summarise,
    warning,
)

DIRTY = "two\nlines \x1b[31mand colour"
CLEAN = "two lines [31mand colour"


def _result(status: Status, *findings: Finding, check: str = "token-valid") -> Result:
    return Result(check, check.partition("-")[0], "it is so", status, findings=findings)


def test_text_is_made_plain_where_it_enters() -> None:
    finding = error(DIRTY, fix=DIRTY, command=DIRTY, url=DIRTY, subject=DIRTY, evidence={"a": DIRTY, "b": (DIRTY,)})
    assert (finding.message, finding.subject) == (CLEAN, CLEAN)
    assert finding.fix == Fix(CLEAN, CLEAN, CLEAN)
    assert finding.evidence == {"a": CLEAN, "b": (CLEAN,)}
    assert Result("a-b", "a", "it is so", Status.SKIP, DIRTY).reason == CLEAN
    assert Unverified(DIRTY).finding.message == CLEAN


def test_evidence_keeps_what_is_no_text() -> None:
    assert notice("n", evidence={"n": 1, "f": 0.5, "b": True, "o": None}).evidence == {
        "n": 1, "f": 0.5, "b": True, "o": None,
    }  # fmt: skip


def test_severity_is_in_the_name_of_the_function() -> None:
    assert notice("n").severity is Severity.NOTICE
    assert warning("w", fix="Do.").severity is Severity.WARNING
    assert error("e", fix="Do.").severity is Severity.ERROR


def test_notice_needs_no_fix() -> None:
    assert notice("n").fix is None
    assert notice("n", fix="Do.").fix == Fix("Do.")


def test_finding_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        notice("n").message = "other"  # type: ignore[misc]


def test_worst_finding_is_the_first_of_the_most_severe() -> None:
    first, second = error("first", fix="Do."), error("second", fix="Do.")
    assert _result(Status.FAIL, notice("n"), warning("w", fix="Do."), first, second).worst == first
    assert _result(Status.PASS).worst is None


@pytest.mark.parametrize(
    ("statuses", "code", "strict"),
    [
        ("pass", 0, 0),
        ("pass skip", 0, 0),
        ("pass warn", 0, 1),
        ("warn", 0, 1),
        ("pass fail", 1, 1),
        ("pass unknown", 3, 3),
        ("pass crash", 3, 3),
        ("warn unknown", 3, 1),
        ("fail unknown crash warn", 1, 1),
        ("skip skip", 3, 3),
        ("", 3, 3),
    ],
)
def test_exit_code_means_one_thing(statuses: str, code: int, strict: int) -> None:
    """`strict` is the code with `--fail-on warning`."""
    results = [_result(Status(each)) for each in statuses.split()]
    assert exit_code(results) == code
    assert exit_code(results, Severity.WARNING) == strict
    assert summarise(tuple(results)).exit_code == code


def test_every_status_is_counted() -> None:
    counts = summarise((_result(Status.PASS), _result(Status.PASS), _result(Status.SKIP))).counts
    assert set(counts) == set(Status)
    assert (counts[Status.PASS], counts[Status.SKIP], counts[Status.FAIL]) == (2, 1, 0)


def test_first_step_is_the_fix_of_the_first_problem() -> None:
    """A failure comes before doubt, doubt before a warning; within one, the order of the report decides."""
    warned = _result(Status.WARN, warning("w", fix="Warned."), check="config-version")
    doubted = _result(Status.UNKNOWN, warning("u", fix="Doubted."), check="api-graph")
    failed = _result(Status.FAIL, notice("n", fix="Noticed."), error("e", fix="Failed."), check="token-valid")
    later = _result(Status.FAIL, error("e", fix="Later."), check="number-access")

    summary = summarise((warned, doubted, failed, later))
    assert summary.first_step == Fix("Failed.")
    assert summary.first_check == "token-valid"
    assert summarise((warned, doubted)).first_step == Fix("Doubted.")
    assert summarise((warned,)).first_step == Fix("Warned.")


def test_nothing_wrong_has_no_first_step() -> None:
    summary = summarise((_result(Status.PASS, notice("n", fix="Noticed.")), _result(Status.SKIP)))
    assert summary.first_step is None
    assert summary.first_check == ""
