"""Checks are tested by files: `tests/cases/CHECK/STATUS-WHAT.toml` is a world and what the check says about it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from wa_doctor import sandbox
from wa_doctor.context import Context, Deadline
from wa_doctor.graph.client import Credentials, Graph
from wa_doctor.knowledge import facts
from wa_doctor.model import Result, Severity, Status
from wa_doctor.network.survey import Survey
from wa_doctor.redact import Secret
from wa_doctor.registry import load
from wa_doctor.runner import run_one
from wa_doctor.sandbox.scenario import HERE, Expectation, Scenario, merge
from wa_doctor.sandbox.world import World
from wa_doctor.settings import BY_NAME, Settings, Value

CASES = Path(__file__).parent / "cases"
FILES = sorted(CASES.rglob("*.toml"))
# Only real names, addresses, certificates, a status page or a callback URL show these: both sides of each are in
# tests/network, tests/platform and tests/endpoint.
SHOWN_ELSEWHERE = {"api-dns", "api-connect", "api-tls", "api-media", "platform-status", "webhook-endpoint"}


def _named(path: Path) -> str:
    return path.relative_to(CASES).with_suffix("").as_posix()


@pytest.mark.parametrize("path", FILES, ids=_named)
def test_case(path: Path) -> None:
    """What the file expects is what the check says, and the token is in none of it."""
    case, result, token = _ran(path)

    shown = f"{result.status}: {result.reason} | " + " | ".join(each.message for each in result.findings)
    assert path.stem.partition("-")[0] == case["expect"]["status"], "the file is named after the status"
    assert case["expect"]["status"] == result.status, shown
    for words in case["expect"].get("says", ()):
        assert words in shown
    for words in case["expect"].get("fix", ()):
        assert any(each.fix and words in each.fix.text for each in result.findings), result.findings
    for words in (*case["expect"].get("never", ()), token):
        assert not words or words not in repr(result)


@pytest.mark.parametrize("path", FILES, ids=_named)
def test_every_problem_ends_in_something_to_do(path: Path) -> None:
    """An error or a warning has a fix: a sentence that begins with a capital and ends with a full stop."""
    _, result, _ = _ran(path)
    for finding in result.findings:
        if finding.severity is not Severity.NOTICE:
            assert finding.fix is not None
            assert finding.fix.text[0].isupper()
            assert finding.fix.text.endswith((".", "!")), finding.fix.text
        assert not finding.message.endswith("."), finding.message


@pytest.mark.parametrize("id", sorted(set(load()) - SHOWN_ELSEWHERE))
def test_both_sides_are_covered(id: str) -> None:
    """A check has a case in which it passes and one in which it does not."""
    kinds = {path.stem.partition("-")[0] for path in (CASES / id).glob("*.toml")}
    assert "pass" in kinds
    assert kinds & {"fail", "warn", "unknown"}


def test_every_case_belongs_to_a_check() -> None:
    """A folder that is named after no check would never be run."""
    assert {path.parent.name for path in FILES} <= set(load())


@cache
def _ran(path: Path) -> tuple[Mapping[str, Any], Result, str]:
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    return case, *_look(path.parent.name, case)


def _look(id: str, case: Mapping[str, Any]) -> tuple[Result, str]:
    options = case.get("options", {})
    if not options.get("sandbox", True):
        return run_one(load()[id], _context(case, {}, "")), ""
    with sandbox.serve(_scenario(case)) as running:
        given = {"base_url": running.base_url, **running.credentials}
        context = _context(case, given, "case")
        try:
            return run_one(load()[id], context), running.credentials["access_token"]
        finally:
            context.graph.close()


def _scenario(case: Mapping[str, Any]) -> Scenario:
    table = merge(facts.read(HERE / "world.toml"), case.get("world", {}))
    return Scenario("case", "a case", Expectation(0), facts.build(World, table, "case"))


def _context(case: Mapping[str, Any], given: Mapping[str, str], scenario: str) -> Context:
    options = case.get("options", {})
    values = {name: value for name, value in ({**given} | case.get("given", {})).items() if value}
    settings = Settings(
        {name: Value(Secret(value) if BY_NAME[name].secret else value, "a case") for name, value in values.items()}
    )
    remaining = Deadline(20)

    def now() -> datetime:
        fixed: datetime | None = options.get("now")
        return (fixed or datetime.now(UTC)) + timedelta(seconds=options.get("skew_seconds", 0))

    def survey_host(base_url: str, path: str) -> Survey:
        return Survey(base_url, path, timeout=5, samples=2, now=now, environ={}, remaining=remaining)

    return Context(
        settings=settings,
        graph=Graph(
            settings.base_url,
            settings.api_version,
            Credentials(
                token=settings.access_token,
                app_id=settings.app_id,
                app_secret=settings.app_secret,
                proof=options.get("proof", "timed"),
            ),
            now=now,
            remaining=remaining,
        ),
        remaining=remaining,
        survey_host=survey_host,
        now=now,
        sandbox=scenario,
        recipients=tuple(options.get("recipients", ())),
        marketing=options.get("marketing", False),
    )


def test_a_status_that_no_file_can_be_named_after_does_not_exist() -> None:
    """The names of the files and the statuses are the same words."""
    assert {path.stem.partition("-")[0] for path in FILES} <= {status.value for status in Status}
