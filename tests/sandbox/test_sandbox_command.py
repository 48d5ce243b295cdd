"""`wa-doctor sandbox` as its users run it: a process of its own, and what it prints."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import jsonschema
import pytest

from wa_doctor import sandbox
from wa_doctor.sandbox import handout

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
Start = Callable[..., "subprocess.Popen[str]"]

COMMAND = (sys.executable, "-m", "wa_doctor", "sandbox")


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that starts the command; what is still running at the end is killed."""
    with ExitStack() as stack:

        def run(*options: str) -> subprocess.Popen[str]:
            process = stack.enter_context(
                subprocess.Popen(
                    [*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
                )
            )
            stack.callback(process.kill)
            return process

        yield run


def output(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout
    return process.stdout


def document(process: subprocess.Popen[str]) -> str:
    """Read from a process that goes on: one JSON document, up to the line that ends it."""
    text = ""
    for line in output(process):
        text += line
        if line == "}\n":
            break
    return text


def validate(name: str, text: str) -> dict[str, object]:
    table = json.loads(text)
    jsonschema.validate(table, json.loads((SCHEMAS / f"{name}-v1.json").read_text(encoding="utf-8")))
    assert isinstance(table, dict)
    return table


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=60, check=False)


def test_a_script_reads_one_document_and_calls_what_it_names(start: Start) -> None:
    process = start("--format", "json", "--scenario", "test-number")
    table = validate("sandbox", document(process))
    credentials, base_url = table["credentials"], table["base_url"]
    assert isinstance(credentials, dict)
    assert isinstance(base_url, str)
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=20)
    connection.request(
        "GET",
        f"/{credentials['api_version']}/{credentials['phone_number_id']}?fields=account_mode",
        headers={"Authorization": f"Bearer {credentials['access_token']}"},
    )
    assert json.loads(connection.getresponse().read())["account_mode"] == "SANDBOX"
    connection.close()


@pytest.mark.skipif(os.name == "nt", reason="a process cannot be sent Ctrl-C alone on Windows")
@pytest.mark.parametrize("format", ["text", "json"])
def test_ctrl_c_ends_it_with_130_and_no_traceback(start: Start, format: str) -> None:
    process = start("--format", format)
    first = output(process).readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == ""
    assert first
    assert (first + out).count("wa-doctor/error/v1") == 0


def test_a_port_in_use_is_a_usage_error() -> None:
    with sandbox.start("healthy") as running:
        port = urlsplit(running.base_url).port
        second = run("--port", str(port))
    assert second.returncode == 2
    assert second.stdout == ""
    assert f"port {port}" in second.stderr
    assert "--port" in second.stderr
    assert len(second.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--scenario", "helthy"), "'healthy'"),
        (("--shell", "powershel"), "'powershell'"),
        (("--format", "jsn"), "'json'"),
        (("--port", "70000"), "70000"),
        (("--host", ""), "an empty address"),
    ],
)
def test_a_wrong_option_is_a_usage_error_that_helps(options: tuple[str, ...], named: str) -> None:
    done = run(*options)
    assert (done.returncode, done.stdout) == (2, "")
    assert named in done.stderr
    assert "Traceback" not in done.stderr


def test_the_list_names_every_scenario_in_a_line() -> None:
    done = run("--list")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(sandbox.names())


def test_the_list_is_a_document_too() -> None:
    table = validate("scenarios", run("--list", "--format", "json").stdout)
    assert isinstance(table["scenarios"], list)
    assert [each["name"] for each in table["scenarios"]] == list(sandbox.names())


def test_verbose_writes_requests_to_stderr_only(start: Start) -> None:
    process = start("--format", "json", "--verbose")
    base_url = str(json.loads(document(process))["base_url"])
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=20)
    connection.request("GET", "/v25.0/me?access_token=x")
    connection.getresponse().read()
    connection.close()
    assert process.stderr
    assert process.stderr.readline() == "GET /v25.0/me 400\n"


def test_the_variables_are_those_that_wa_doctor_reads() -> None:
    with sandbox.start("healthy") as running:
        assert handout.environment(running) == {
            "WA_ACCESS_TOKEN": running.credentials["access_token"],
            "WA_PHONE_NUMBER_ID": running.credentials["phone_number_id"],
            "WA_WABA_ID": running.credentials["waba_id"],
            "WA_APP_ID": running.credentials["app_id"],
            "WA_APP_SECRET": running.credentials["app_secret"],
            "WA_API_VERSION": "v25.0",
            "WA_BASE_URL": running.base_url,
        }


@pytest.mark.parametrize("shell", handout.SHELLS)
def test_the_block_says_that_it_is_a_sandbox(shell: str) -> None:
    with sandbox.start("healthy") as running:
        first, second, *_ = handout.variables(running, shell).splitlines()
    assert first.startswith("# wa-doctor sandbox, scenario healthy")
    assert "nothing is sent" in second


def test_what_the_scenario_does_not_give_is_unset() -> None:
    """A real app secret left in the shell would be held against the sandbox's token."""
    with sandbox.start("introspection-refused") as running:
        assert handout.variables(running, "sh").splitlines()[-1] == "unset WA_APP_SECRET M4D_APP_SECRET APP_SECRET"
        assert handout.variables(running, "powershell").splitlines()[-1] == (
            "Remove-Item Env:WA_APP_SECRET, Env:M4D_APP_SECRET, Env:APP_SECRET -ErrorAction Ignore"
        )


@pytest.mark.skipif(not shutil.which("sh"), reason="there is no sh here")
def test_a_shell_takes_the_block_as_it_is() -> None:
    with sandbox.start("introspection-refused") as running:
        script = handout.variables(running, "sh") + "env"
        done = subprocess.run(
            ["sh", "-eu"],
            input=script,
            capture_output=True,
            text=True,
            check=True,
            env={"PATH": os.environ["PATH"], "APP_SECRET": "left over"},
        )
        set_now = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
        assert handout.environment(running).items() <= set_now.items()
    assert "APP_SECRET" not in set_now


@pytest.mark.parametrize("name", sandbox.names())
def test_no_value_can_end_its_quotes(name: str) -> None:
    with sandbox.start(name) as running:
        assert all(re.fullmatch(r"[\w.:/-]+", value) for value in handout.environment(running).values())


def test_a_closed_pipe_does_not_end_the_server(start: Start) -> None:
    """`wa-doctor sandbox --port N | head -1` goes on serving."""
    process = start("--verbose")
    line = ""
    while "WA_BASE_URL" not in line:
        line = output(process).readline()
    output(process).close()
    where = urlsplit(line.split("'")[1])
    connection = http.client.HTTPConnection(where.netloc, timeout=20)
    connection.request("GET", "/v25.0/me")
    assert connection.getresponse().status == 400
    connection.close()
