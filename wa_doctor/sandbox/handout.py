"""
What a sandbox tells its user: variables to copy into a shell, or a document for a script.

The credentials in it are no secrets: they are made up, and open nothing but this sandbox.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from wa_doctor.settings import SETTINGS

if TYPE_CHECKING:
    from wa_doctor.sandbox.running import RunningSandbox
    from wa_doctor.sandbox.scenario import Scenario

SHELLS = ("sh", "powershell")
"""The shells that `variables` can write for; `sh` is bash, zsh and every other POSIX shell."""


def environment(sandbox: RunningSandbox) -> dict[str, str]:
    """Return the environment variables that make wa-doctor use a running sandbox."""
    given = {"base_url": sandbox.base_url, **sandbox.credentials}
    return {setting.environment[0]: given[setting.name] for setting in SETTINGS if setting.name in given}


def variables(sandbox: RunningSandbox, shell: str) -> str:
    """
    Write the variables as lines for a shell, under a line that says what they are.

    What the scenario does not give is unset, under every name it could be read from: a value left over from
    real work would otherwise be mixed with the sandbox.
    """
    assign, unset = _WRITERS[shell]
    missing = [name for setting in SETTINGS if setting.name in _REAL for name in setting.environment]
    wanted = environment(sandbox)
    lines = [
        f"# wa-doctor sandbox, scenario {sandbox.scenario.name}: {sandbox.scenario.summary}.",
        "# An emulation on this machine: nothing is sent, and the token and the secret open nothing anywhere else.",
        *(assign(name, value) for name, value in wanted.items()),
        *unset([name for name in missing if name not in wanted and _name_of(name) not in sandbox.credentials]),
    ]
    return "\n".join(lines) + "\n"


_REAL = ("access_token", "phone_number_id", "waba_id", "app_id", "app_secret", "api_version")


def _name_of(variable: str) -> str:
    return next(setting.name for setting in SETTINGS if variable in setting.environment)


def _export(name: str, value: str) -> str:
    return f"export {name}='{value}'"


def _unset(names: Iterable[str]) -> Iterator[str]:
    listed = " ".join(names)
    if listed:
        yield f"unset {listed}"


def _assign(name: str, value: str) -> str:
    return f"$env:{name} = '{value}'"


def _remove(names: Iterable[str]) -> Iterator[str]:
    listed = ", ".join(f"Env:{name}" for name in names)
    if listed:
        yield f"Remove-Item {listed} -ErrorAction Ignore"


_Assign = Callable[[str, str], str]
_Unset = Callable[[Iterable[str]], Iterator[str]]
_WRITERS: dict[str, tuple[_Assign, _Unset]] = {"sh": (_export, _unset), "powershell": (_assign, _remove)}


def document(sandbox: RunningSandbox) -> str:
    """Write `wa-doctor/sandbox/v1`: one JSON object."""
    return _json(
        {
            "schema": "wa-doctor/sandbox/v1",
            "scenario": _scenario(sandbox.scenario),
            "base_url": sandbox.base_url,
            "credentials": dict(sandbox.credentials),
            "environment": environment(sandbox),
        }
    )


def listing(scenarios: Iterable[Scenario]) -> str:
    """Write names and summaries, one scenario a line."""
    known = tuple(scenarios)
    width = max(len(each.name) for each in known)
    return "".join(f"{each.name.ljust(width)}  {each.summary}\n" for each in known)


def list_document(scenarios: Iterable[Scenario]) -> str:
    """Write `wa-doctor/scenarios/v1`: one JSON object."""
    return _json({"schema": "wa-doctor/scenarios/v1", "scenarios": [_scenario(each) for each in scenarios]})


def _scenario(scenario: Scenario) -> dict[str, Any]:
    expect = scenario.expect
    return {
        "name": scenario.name,
        "summary": scenario.summary,
        "expect": {
            "exit_code": expect.exit_code,
            "fail": list(expect.fail),
            "warn": list(expect.warn),
            "unknown": list(expect.unknown),
        },
    }


def _json(table: dict[str, Any]) -> str:
    return json.dumps(table, indent=2) + "\n"
