"""Streams as shells hand them over: closed, full, not a terminal, a terminal, in another encoding."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.program.conftest import SCRIPT

if TYPE_CHECKING:
    from tests.program.conftest import Program

Line = Callable[[str], subprocess.CompletedProcess[str]]
CHECK = "wa-doctor check --sandbox healthy"


@pytest.fixture
def bash(program: Program) -> Line:
    """Return a function that runs a line in bash; its pipe statuses are the last line of stdout."""
    if sys.platform == "win32" or not shutil.which("bash"):
        pytest.skip("bash is not installed")

    def run(line: str) -> subprocess.CompletedProcess[str]:
        environment = program.environment()
        done = subprocess.run(
            ["bash", "-c", f'{line}\necho "codes ${{PIPESTATUS[*]}}"'],
            env=environment | {"PATH": f"{SCRIPT.parent}:{environment['PATH']}"},
            cwd=program.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert "Traceback" not in done.stderr
        assert "Exception ignored" not in done.stderr
        return done

    return run


@pytest.mark.parametrize(
    "line",
    [
        CHECK,
        f"{CHECK} -v",
        f"{CHECK} --format json",
        f"{CHECK} --format junit",
        "wa-doctor checks",
        "wa-doctor sandbox --list",
        "wa-doctor explain 190",
        "wa-doctor explain --list",
        "wa-doctor recipient +442079460321",
        "wa-doctor facts",
        "wa-doctor --help",
        "wa-doctor check --help",
        "wa-doctor --version",
    ],
)
@pytest.mark.parametrize("reader", ["true", "head -1"])
def test_closed_pipe_is_not_an_error(bash: Line, line: str, reader: str) -> None:
    done = bash(f"{line} | {reader}")
    assert done.stdout.splitlines()[-1] == "codes 0 0"
    assert done.stderr == ""


def test_closed_pipe_keeps_the_verdict(bash: Line) -> None:
    assert bash("wa-doctor check --sandbox expired-token | true").stdout == "codes 1 0\n"


def test_closed_pipe_for_errors_keeps_the_verdict(bash: Line) -> None:
    assert bash("wa-doctor check --sandbx 2>&1 | true").stdout == "codes 2 0\n"


def _list(program: Program, last: str) -> int:
    rows = [*(f"{number},+4420712{number:05}" for number in range(20_000)), f"20000,{last}"]
    (program.home / "list.csv").write_text("\n".join(["id,phone", *rows]) + "\n", encoding="utf-8")
    return len(rows)


@pytest.mark.parametrize("format", ["csv", "ndjson", "json"])
def test_reader_who_has_seen_enough_cuts_no_report(bash: Line, program: Program, format: str) -> None:
    """The rest of the list is judged for the files, and the problem at its end is in the exit code."""
    rows = _list(program, "+5352345678")
    reports = "--report ndjson=out.ndjson --report csv=out.csv --report json=out.json"
    done = bash(f"wa-doctor recipient --from list.csv --format {format} {reports} 2>said | head -3")
    assert done.stdout.endswith("codes 1 0\n")
    found = [json.loads(line) for line in (program.home / "out.ndjson").read_text(encoding="utf-8").splitlines()]
    assert sum("verdict" in each for each in found) == rows
    assert len((program.home / "out.csv").read_text(encoding="utf-8").splitlines()) == rows + 1
    assert json.loads((program.home / "out.json").read_text(encoding="utf-8"))["summary"]["blocked"] == 1
    assert "Broken pipe" not in (program.home / "said").read_text(encoding="utf-8")


def test_reader_who_has_seen_enough_ends_a_list_that_goes_nowhere_else(bash: Line) -> None:
    """The exit code is that of the rows that were judged."""
    endless = "(echo +5352345678; yes +442071234567)"
    assert bash(f"{endless} | wa-doctor recipient - --format csv | head -3").stdout.endswith(" 1 0\n")
    assert bash("yes +442071234567 | wa-doctor recipient - --format csv | head -3").stdout.endswith(" 0 0\n")


def test_list_on_a_full_disk_is_told_and_its_report_is_whole(bash: Line, program: Program) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    rows = _list(program, "+442071234567")
    done = bash("wa-doctor recipient --from list.csv --format csv --report csv=out.csv -q >/dev/full")
    assert done.stdout == "codes 3\n"
    assert "stdout could not be written: No space left on device" in done.stderr
    assert len((program.home / "out.csv").read_text(encoding="utf-8").splitlines()) == rows + 1
    assert bash("wa-doctor recipient --from list.csv --format csv >/dev/full").stdout == "codes 3\n"
    assert bash("wa-doctor recipient --from list.csv --report csv=/dev/full").stdout.endswith("codes 3\n")


def test_list_that_cannot_be_read_leaves_the_reports_alone(bash: Line, program: Program) -> None:
    (program.home / "out.csv").write_text("of an earlier run", encoding="utf-8")
    done = bash(
        "printf 'a,b,c\\nx,y,z\\n' | wa-doctor recipient - --column d --report csv=out.csv --report json=out.json"
    )
    assert done.stdout.endswith(" 2\n")
    assert (program.home / "out.csv").read_text(encoding="utf-8") == "of an earlier run"
    assert not (program.home / "out.json").exists()


@pytest.mark.parametrize("line", [CHECK, "wa-doctor --version", "wa-doctor --help", "wa-doctor checks --format json"])
def test_closed_stdout_is_not_an_error(bash: Line, line: str) -> None:
    done = bash(f"{line} >&-")
    assert done.stdout == "codes 0\n"
    assert done.stderr == ""


def test_closed_stdin_and_stderr_are_not_an_error(bash: Line) -> None:
    assert bash(f"{CHECK} --format json <&- 2>&-").stdout.endswith("codes 0\n")
    assert bash("wa-doctor check --nonsense 2>&-").stdout == "codes 2\n"
    done = bash("wa-doctor check --token-stdin <&-")
    assert done.stdout == "codes 2\n"
    assert "stdin holds no token" in done.stderr


@pytest.mark.parametrize("line", [CHECK, f"{CHECK} --format json", "wa-doctor --help"])
def test_full_disk_is_told_and_never_a_success(bash: Line, line: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    done = bash(f"{line} >/dev/full")
    assert done.stdout == "codes 3\n"
    assert "No space left on device" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_report_on_a_full_disk_is_told_and_the_others_are_written(bash: Line, program: Program) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    done = bash(f"{CHECK} -q --report json=/dev/full --report junit=out.xml")
    assert done.stdout.endswith("codes 3\n")
    assert "/dev/full could not be written" in done.stderr
    ET.parse(program.home / "out.xml")  # noqa: S314 - our own output


def test_env_file_can_come_from_another_program(bash: Line) -> None:
    """As a shell hands it over: a pipe with a name of its own."""
    done = bash("wa-doctor check --only config-token --env-file <(echo WA_ACCESS_TOKEN=EAAgPiped0123456789)")
    assert "codes 0" in done.stdout
    done = bash("echo WA_ACCESS_TOKEN=EAAgPiped0123456789 | wa-doctor check --only config-token --env-file /dev/stdin")
    assert "codes 0 0" in done.stdout


def test_env_file_that_nobody_writes_is_a_usage_error(bash: Line) -> None:
    done = bash("mkfifo pipe && wa-doctor check --env-file pipe")
    assert done.stdout == "codes 2\n"
    assert "nobody wrote it within 5 s" in done.stderr


ENCODINGS = ["ascii", "latin-1", "cp1252", "cp437", "utf-8"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("format", ["text", "json", "junit", "github", "markdown"])
def test_every_format_can_be_written_in_every_encoding(program: Program, encoding: str, format: str) -> None:
    """The glyphs are others where the encoding has no better ones, and a document stays a document."""
    done = subprocess.run(
        [SCRIPT, "check", "--sandbox", "expired-token", "--only", "token", "--format", format],
        env=program.environment(PYTHONIOENCODING=encoding),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1
    assert done.stderr == b""
    text = done.stdout.decode(encoding)
    assert "\\u" not in text or format == "json"
    if format == "json":
        json.loads(done.stdout)
    elif format == "junit":
        ET.fromstring(done.stdout)  # noqa: S314 - our own output
    elif format == "text" and encoding == "ascii":
        assert "  x Meta accepts the token" in text


def test_names_stay_apart_in_an_encoding_that_has_none_of_their_letters(program: Program) -> None:
    ended = program("recipient", "Донбасс", "Дoнбасс", code=1, environ={"PYTHONIOENCODING": "latin-1"})
    assert "\\u0414\\u043e\\u043d" in ended.stdout
    assert "??" not in ended.stdout


def test_locale_without_utf8_is_served(bash: Line) -> None:
    done = bash("LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 wa-doctor check --sandbox expired-token -q")
    assert done.stdout.isascii()
    assert done.stdout.endswith("codes 1\n")


@pytest.fixture
def terminal(program: Program) -> Callable[..., tuple[int, str]]:
    """Return a function that runs the program on a terminal; it gives the exit code and all that was written."""
    if sys.platform == "win32":
        pytest.skip("there are no pseudo-terminals")
    import pty

    def run(*arguments: str, interrupt_after: str = "", **environ: str) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        written = ""
        with subprocess.Popen(
            [SCRIPT, *arguments],
            env=program.environment(**({"TERM": "xterm"} | environ)),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        ) as process:
            os.close(theirs)
            try:
                while chunk := _read(ours):
                    written += chunk
                    if interrupt_after and interrupt_after in written:
                        interrupt_after = ""
                        process.send_signal(signal.SIGINT)
                code = process.wait(60)
            finally:
                process.kill()
                os.close(ours)
        assert "Traceback" not in written
        return code, written

    return run


def _read(terminal: int) -> str:
    try:
        return os.read(terminal, 65536).decode(errors="replace")
    except OSError:  # how Linux says that the other side is closed
        return ""


def test_progress_is_one_line_that_is_taken_away(terminal: Callable[..., tuple[int, str]]) -> None:
    code, written = terminal("check", "--sandbox", "healthy", "--format", "json")
    assert code == 0
    progress, _, document = written.rpartition("\r\x1b[K")
    assert "\n" not in progress
    assert re.search(r"\d+/\d+ token-valid", progress)
    json.loads(document)


def test_interrupted_run_says_so_and_clears_its_line(terminal: Callable[..., tuple[int, str]]) -> None:
    code, written = terminal("check", "--sandbox", "slow", interrupt_after="config-host")
    assert code == 130
    assert written.endswith("\r\x1b[Kwa-doctor: interrupted\r\n")


def test_interrupted_run_leaves_a_document_where_one_was_asked_for(terminal: Callable[..., tuple[int, str]]) -> None:
    code, written = terminal("check", "--sandbox", "slow", "--format", "json", interrupt_after="config-host")
    assert code == 130
    assert json.loads(written.partition("interrupted\r\n")[2])["error"]["kind"] == "interrupted"


def test_interrupted_run_leaves_no_report_that_passes_for_one(
    terminal: Callable[..., tuple[int, str]], program: Program
) -> None:
    """JSON says what happened, and a file of an earlier run is gone."""
    json_file, junit_file = program.home / "out.json", program.home / "out.xml"
    junit_file.write_text("<testsuites/>", encoding="utf-8")
    reports = (f"--report=json={json_file}", f"--report=junit={junit_file}")
    assert terminal("check", "--sandbox", "slow", *reports, interrupt_after="config-host")[0] == 130
    assert json.loads(json_file.read_text(encoding="utf-8"))["error"]["kind"] == "interrupted"
    assert not junit_file.exists()


def test_interrupted_wait_ends_at_once(terminal: Callable[..., tuple[int, str]]) -> None:
    code, written = terminal("check", "--sandbox", "api-down", "--wait", "1h", interrupt_after="webhook-override")
    assert code == 130
    assert written.endswith("wa-doctor: interrupted\r\n")


def test_interrupted_sandbox_ends_with_130(terminal: Callable[..., tuple[int, str]]) -> None:
    assert terminal("sandbox", "--port", "0", interrupt_after="WA_BASE_URL")[0] == 130


def test_terminal_gets_colour(terminal: Callable[..., tuple[int, str]]) -> None:
    assert "\x1b[1;31m" in terminal("check", "--sandbox", "expired-token")[1]


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "TERM=dumb"])
def test_colour_can_be_declined(terminal: Callable[..., tuple[int, str]], environ: dict[str, str]) -> None:
    code, written = terminal("check", "--sandbox", "expired-token", **environ)
    assert code == 1
    assert "\x1b[" not in written.rpartition("\r\x1b[K")[2]


def test_dumb_terminal_gets_no_escape_sequence_at_all(terminal: Callable[..., tuple[int, str]]) -> None:
    assert "\x1b" not in terminal("check", "--sandbox", "healthy", TERM="dumb")[1]


def test_colour_can_be_forced(program: Program) -> None:
    plain = program("check", "--sandbox", "healthy", "-q", code=0)
    assert "\x1b" not in plain.stdout
    forced = program("check", "--sandbox", "healthy", "-q", code=0, environ={"FORCE_COLOR": "1"})
    assert "\x1b[" in forced.stdout
    asked = program("check", "--sandbox", "healthy", "-q", "--color", "always", code=0, environ={"NO_COLOR": "1"})
    assert "\x1b[" in asked.stdout
    document = program("check", "--sandbox", "healthy", "--format", "json", code=0, environ={"FORCE_COLOR": "1"})
    assert "\x1b" not in document.stdout


def test_prompt_takes_a_token_without_showing_it(terminal: Callable[..., tuple[int, str]]) -> None:
    """Ctrl-C at the prompt ends the program, and nothing is left on the terminal but the question."""
    code, written = terminal("auth", "login", interrupt_after="(not shown): ")
    assert code == 130
    assert "interrupted" in written
