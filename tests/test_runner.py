"""Order, gates, crashes and the deadline of a run, with checks that are made up for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from wa_doctor.context import Context
from wa_doctor.graph.client import Credentials, Graph
from wa_doctor.graph.refusal import ApiError, Unreachable
from wa_doctor.model import Finding, Result, Skip, Status, Unverified, error, notice, warning
from wa_doctor.registry import Check, Look
from wa_doctor.runner import run, run_one
from wa_doctor.settings import Settings


def _context(remaining: Callable[[], float] = lambda: 20.0) -> Context:
    def now() -> datetime:
        return datetime(2026, 11, 22, tzinfo=UTC)

    def no_survey(*_: object) -> Any:
        raise NotImplementedError

    graph = Graph("http://127.0.0.1:9", "v25.0", Credentials(), now=now, remaining=remaining)
    return Context(settings=Settings({}), graph=graph, remaining=remaining, survey_host=no_survey, now=now)


def _says(*findings: Finding | Exception) -> Look:
    def look(_: Context) -> Iterator[Finding]:
        for each in findings:
            if isinstance(each, Exception):
                raise each
            yield each

    return look


PASSES = _says()
FAILS = _says(error("it is broken", fix="Mend it."))
DOUBTS = _says(Unreachable("nobody answered", fix="Wait."))


def _run(*checks: Check, remaining: Callable[[], float] = lambda: 20.0) -> dict[str, Result]:
    return {result.check: result for result in run({each.id: each for each in checks}, _context(remaining))}


def _check(id: str, look: Look = PASSES, *needs: str, after_doubt: bool = False) -> Check:
    return Check(id, "it is so", look, needs, after_doubt)


@pytest.mark.parametrize(
    ("look", "status", "reason"),
    [
        (PASSES, Status.PASS, ""),
        (_says(notice("by the way")), Status.PASS, ""),
        (_says(notice("by the way"), warning("soon", fix="Do.")), Status.WARN, ""),
        (_says(warning("soon", fix="Do."), error("now", fix="Do.")), Status.FAIL, ""),
        (_says(Skip("not asked for")), Status.SKIP, "not asked for"),
        (_says(Unverified("no answer")), Status.UNKNOWN, "no answer"),
        (DOUBTS, Status.UNKNOWN, "nobody answered"),
        (_says(warning("soon", fix="Do."), Unverified("no answer")), Status.UNKNOWN, "no answer"),
        (_says(error("now", fix="Do."), Unverified("no answer")), Status.FAIL, "no answer"),
        (_says(ApiError(400, 100, "Unsupported get request", subcode=33)), Status.FAIL, ""),
        (_says(ApiError(503, 2, "Service unavailable")), Status.UNKNOWN, ""),
        (_says(ApiError(400, 80008, "too many calls")), Status.UNKNOWN, ""),
        (_says(ApiError(400, 987654, "never heard of")), Status.FAIL, ""),
        (_says(ValueError("oops\n\x1b[31m")), Status.CRASH, "ValueError: oops [31m"),
    ],
)
def test_status_follows_from_what_a_check_says(look: Look, status: Status, reason: str) -> None:
    result = run_one(_check("a-check", look), _context())
    assert result.status is status
    assert reason in result.reason
    assert result.duration_ms >= 0
    if status in (Status.FAIL, Status.UNKNOWN):
        assert result.findings
        assert result.worst


def test_crash_names_its_place_and_keeps_what_was_said() -> None:
    result = run_one(_check("a-check", _says(notice("so far"), KeyError("x"))), _context())
    assert "this is a bug in wa-doctor: KeyError" in result.reason
    assert "test_runner" in result.reason
    assert [each.message for each in result.findings] == ["so far"]


def test_crash_takes_no_other_check_with_it() -> None:
    results = _run(_check("a-check", _says(ValueError("oops"))), _check("b-check"))
    assert [each.status for each in results.values()] == [Status.CRASH, Status.PASS]


def test_results_come_in_the_order_of_the_checks() -> None:
    assert list(_run(_check("c-one", PASSES, "a-one"), _check("b-one"), _check("a-one"))) == ["c-one", "b-one", "a-one"]


@pytest.mark.parametrize("before", [FAILS, _says(ValueError("oops")), DOUBTS])
def test_check_waits_for_what_it_needs(before: Look) -> None:
    result = _run(_check("a-one", before), _check("b-one", FAILS, "a-one"))["b-one"]
    assert result.status is Status.SKIP
    assert (result.reason, result.caused_by) == ("needs a-one", "a-one")


@pytest.mark.parametrize("before", [PASSES, _says(warning("soon", fix="Do."))])
def test_pass_and_warning_open_the_gate(before: Look) -> None:
    assert _run(_check("a-one", before), _check("b-one", PASSES, "a-one"))["b-one"].status is Status.PASS


def test_doubt_opens_the_gate_of_a_check_that_can_decide() -> None:
    results = _run(
        _check("a-one", DOUBTS),
        _check("b-one", PASSES, "a-one", after_doubt=True),
        _check("c-one", PASSES, "a-one"),
    )
    assert [each.status for each in results.values()] == [Status.UNKNOWN, Status.PASS, Status.SKIP]


def test_failure_closes_the_gate_even_of_a_check_that_can_decide() -> None:
    results = _run(_check("a-one", FAILS), _check("b-one", PASSES, "a-one", after_doubt=True))
    assert results["b-one"].caused_by == "a-one"


def test_consequence_names_the_root_and_not_the_way_to_it() -> None:
    results = _run(_check("a-one", FAILS), _check("b-one", PASSES, "a-one"), _check("c-one", PASSES, "b-one"))
    assert results["c-one"].caused_by == "a-one"


def test_skip_without_a_cause_passes_its_reason_on() -> None:
    results = _run(
        _check("a-one", _says(Skip("no id was given"))),
        _check("b-one", PASSES, "a-one"),
        _check("c-one", PASSES, "b-one"),
    )
    assert {(each.reason, each.caused_by) for each in list(results.values())[1:]} == {
        ("needs a-one: no id was given", "")
    }


def test_skip_that_knows_its_cause_passes_the_cause_on() -> None:
    results = _run(_check("a-one", _says(Skip("waits", caused_by="z-one"))), _check("b-one", PASSES, "a-one"))
    assert results["b-one"].caused_by == "z-one"


def test_a_need_the_user_left_out_gates_nothing() -> None:
    """Who leaves a check out vouches for it; to skip what needs it would look like success."""
    result = _run(_check("b-one", PASSES, "a-one"))["b-one"]
    assert result.status is Status.PASS


def test_independent_checks_run_side_by_side() -> None:
    """Each waits for the other; one after the other, they would wait for ever."""
    both = threading.Barrier(2)

    def meet(_: Context) -> Iterator[Finding]:
        both.wait(10)
        yield from ()

    results = _run(_check("a-one", meet), _check("b-one", meet))
    assert {each.status for each in results.values()} == {Status.PASS}


def test_run_ends_when_its_time_is_over() -> None:
    """A call that hangs cannot be cancelled; the run goes on without it, and says so."""
    released = threading.Event()

    def hang(_: Context) -> Iterator[Finding]:
        released.wait(30)
        yield from ()

    results = _run(_check("a-one", hang), _check("b-one"), _check("c-one", PASSES, "a-one"), remaining=lambda: 0.05)
    released.set()
    assert [each.status for each in results.values()] == [Status.UNKNOWN, Status.PASS, Status.SKIP]
    assert "time of the run was over" in results["a-one"].reason
    assert results["c-one"].caused_by == "a-one"


def test_every_result_is_observed_once() -> None:
    seen: list[str] = []
    checks = (_check("a-one", FAILS), _check("b-one", PASSES, "a-one"), _check("c-one"))
    run({each.id: each for each in checks}, _context(), observe=lambda result: seen.append(result.check))
    assert sorted(seen) == ["a-one", "b-one", "c-one"]


def test_nothing_to_run_is_no_result() -> None:
    assert run({}, _context()) == ()
