"""The whole program in every scenario of the sandbox: exit code, ids, and a stdout that is the report alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from wa_doctor import sandbox

if TYPE_CHECKING:
    from tests.program.conftest import Program

SCENARIOS = sandbox.names()
FORMATS = ("text", "json", "junit", "github", "markdown")
SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "report-v1.json"

# Without --sandbox these two would ask hosts of Meta.
NO_STRANGERS = ("--skip", "api-media", "--skip", "platform")


@cache
def _secrets(scenario: str) -> tuple[str, ...]:
    with sandbox.start(scenario) as running:
        return tuple(
            running.credentials[each] for each in ("access_token", "app_secret") if each in running.credentials
        )


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario_ends_as_it_expects(scenario: str, program: Program, tmp_path: Path) -> None:
    """The exit code and the ids are exactly those that the scenario names, and every report can be written at once."""
    paths = {format: tmp_path / f"report.{format}" for format in FORMATS}
    reports = [word for format, path in paths.items() for word in ("--report", f"{format}={path}")]
    expect = sandbox.scenarios()[scenario].expect

    ended = program("check", "--sandbox", scenario, "--format", "json", "-v", *reports, code=expect.exit_code)

    assert ended.document["summary"]["exit_code"] == expect.exit_code
    assert {status: ended.ids(status) for status in ("fail", "warn", "unknown", "crash")} == {
        "fail": set(expect.fail),
        "warn": set(expect.warn),
        "unknown": set(expect.unknown),
        "crash": set(),
    }
    assert ended.stderr == ""
    for path in paths.values():
        READERS[path.suffix[1:]](path.read_text(encoding="utf-8"), expect.exit_code)
    everything = ended.stdout + "".join(path.read_text(encoding="utf-8") for path in paths.values())
    assert not any(secret in everything for secret in _secrets(scenario))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("scenario", [name for name in SCENARIOS if name != "slow"])
def test_stdout_is_the_report_and_nothing_else(scenario: str, format: str, program: Program) -> None:
    expect = sandbox.scenarios()[scenario].expect
    ended = program("check", "--sandbox", scenario, "--format", format, code=expect.exit_code)
    READERS[format](ended.stdout, expect.exit_code)
    assert ended.stderr == ""
    assert not any(secret in ended.stdout for secret in _secrets(scenario))


@pytest.mark.parametrize("scenario", ["healthy", "expired-token", "proof-required", "rate-limited", "test-number"])
def test_sandbox_of_its_own_is_used_by_its_variables(scenario: str, program: Program) -> None:
    """Another process serves; the variables it hands out are all that a check-up needs, and the report names them."""
    expect = sandbox.scenarios()[scenario].expect
    with program.sandbox(scenario) as served:
        ended = program(
            "check", "--format", "json", *NO_STRANGERS, code=expect.exit_code, environ=served["environment"]
        )
    assert ended.ids("fail") == set(expect.fail)
    assert ended.ids("unknown") == set(expect.unknown)
    assert {each["source"] for each in ended.document["inputs"]} == set(served["environment"])
    assert ended.document["target"]["base_url"] == served["base_url"]
    assert served["credentials"]["access_token"] not in ended.stdout + ended.stderr


@pytest.mark.parametrize("command", ["token", "probe"])
@pytest.mark.parametrize("format", FORMATS)
def test_parts_of_a_check_up_are_reports_too(command: str, format: str, program: Program) -> None:
    ended = program(command, "--sandbox", "healthy", "--format", format, code=0)
    READERS[format](ended.stdout, 0)
    assert ended.stderr == ""
    assert not any(secret in ended.stdout for secret in _secrets("healthy"))


def test_report_names_what_to_do_first(program: Program) -> None:
    ended = program("check", "--sandbox", "not-subscribed", "--format", "json", code=1)
    assert ended.document["summary"]["first_step"]["check"] == "webhook-subscribed"
    text = program("check", "--sandbox", "not-subscribed", code=1).stdout
    assert text.rstrip().splitlines()[-1].startswith(("First: ", " "))


def test_warnings_count_when_they_are_asked_to(program: Program) -> None:
    assert program("check", "--sandbox", "test-number", code=0).code == 0
    assert program("check", "--sandbox", "test-number", "--fail-on", "warning", code=1).code == 1


def test_only_and_skip_choose(program: Program) -> None:
    only = program("check", "--sandbox", "healthy", "--only", "number-owner", "--format", "json", code=0)
    assert only.ids("pass") == {"number-owner"}
    without = program("check", "--sandbox", "not-subscribed", "--skip", "webhook", "--format", "json", code=0)
    assert not any(each.startswith("webhook") for each in without.ids("pass") | without.ids("fail"))


def test_nothing_left_to_run_is_not_a_pass(program: Program) -> None:
    """Somebody who skips everything has not verified anything."""
    program("check", "--sandbox", "healthy", "--only", "number-owner", "--skip", "number", code=3)


def test_step_summary_is_written_for_github(program: Program, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    program(
        "check",
        "--sandbox",
        "expired-token",
        "--format",
        "github",
        code=1,
        environ={"GITHUB_STEP_SUMMARY": str(summary)},
    )
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert "token-valid" in text or "Meta accepts the token" in text


def _is_json(text: str, code: int) -> None:
    document = json.loads(text)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert document["summary"]["exit_code"] == code


def _is_junit(text: str, code: int) -> None:
    suites = ET.fromstring(text)  # noqa: S314 - our own output
    broken = suites.findall(".//failure") + suites.findall(".//error")
    assert bool(broken) == (code != 0)


def _is_github(text: str, code: int) -> None:
    """Read it as a runner does: between `stop-commands` and its token, nothing is a command."""
    kinds = []
    stopped = ""
    for line in text.splitlines():
        if stopped:
            stopped = "" if line == f"::{stopped}::" else stopped
        elif stop := re.fullmatch(r"::stop-commands::(\w{16,})", line):
            stopped = stop[1]
        elif line.startswith("::"):
            found = re.fullmatch(r"::(error|warning)(?: [a-z]+=[^:,\r\n]*(?:,[a-z]+=[^:,]*)*)?::\S.*", line)
            assert found, line
            kinds.append(found[1])
    assert not stopped
    assert ("error" in kinds) == (code == 1)
    assert code == 0 or kinds


def _is_text(text: str, code: int) -> None:
    assert 'SANDBOX "' in text
    assert "\x1b" not in text
    assert all(len(line) <= 80 or "http" in line or "`" in line for line in text.splitlines())
    assert ("First: " in text) == (code != 0 or "warning" in text)


def _is_markdown(text: str, _: int) -> None:
    assert text.startswith("#")
    assert text.endswith("\n")


READERS: dict[str, Callable[[str, int], Any]] = {
    "json": _is_json,
    "junit": _is_junit,
    "github": _is_github,
    "text": _is_text,
    "markdown": _is_markdown,
}
