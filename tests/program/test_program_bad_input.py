"""What people get wrong costs them one line that says so, the right exit code, and never a traceback."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

if TYPE_CHECKING:
    from tests.program.conftest import Program

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"

USAGE = {
    "chek": "did you mean 'check'?",
    "check --sandbx healthy": "--sandbox",
    "check --sandbox expired-tokn": "did you mean 'expired-token'?",
    "check --sandbox": "requires an argument",
    "check --only token-scope": "did you mean 'token-scopes'?",
    "check --skip nothing/like/it": "`wa-doctor checks` lists them",
    "check --format jsn": "did you mean 'json'?",
    "check --fail-on never": "known are error, warning",
    "check --color sometimes": "known are auto, always, never",
    "check --proof timd": "did you mean 'timed'?",
    "check --samples many": "--samples",
    "check --samples 0": "--samples",
    "check --timeout 0": "above 0",
    "check --timeout nan": "above 0",
    "check --wait soon": "write 90s, 5m or 1h",
    "check --report out.json": "FORMAT=PATH",
    "check --report jsn=out.json": "did you mean 'json'?",
    "check --report json=-": "for stdout there is --format json",
    "check --report json=out.x --report junit=out.x": "two reports would be written to out.x",
    "check --report json=missing/directory/out.json": "cannot be written: No such file or directory",
    "check --report json=.": "cannot be written",
    "check --env-file missing.env": "cannot be read: No such file or directory",
    "check --env-file .": "cannot be read",
    "check --facts missing": "missing",
    "check --profile nobody": "there is no profile 'nobody'",
    "check --token-stdin": "stdin holds no token",
    "check EAAtokenAsAnArgument0123456789": "unexpected extra argument",
    "sandbox --scenario helthy": "did you mean 'healthy'?",
    "sandbox --port 65536": "--port",
    "checks --only tokn": "did you mean 'token'?",
    "recipient": "no recipient was given",
    "recipient --from missing.csv": "No such file or directory",
    "explain --from missing.log": "No such file or directory",
    "explain --list --category templates": "did you mean 'template'?",
    "facts --max-age 0": "--max-age",
    "auth lgin": "lgin",
}


@pytest.mark.parametrize(("line", "said"), USAGE.items())
def test_usage_error_is_one_line_that_helps(program: Program, line: str, said: str) -> None:
    ended = program(*line.split(), code=2)
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stderr.startswith("wa-doctor: ")
    assert said in ended.stderr
    assert "EAA" not in ended.stderr


@pytest.mark.parametrize(("line", "said"), USAGE.items())
def test_usage_error_is_a_document_where_one_was_asked_for(program: Program, line: str, said: str) -> None:
    """There is exactly one JSON document on stdout, whatever goes wrong."""
    if "--format" in line or line.endswith(("--sandbox", "lgin")):
        pytest.skip("this line cannot take --format json")
    command, *rest = line.split()
    ended = program(command, "--format", "json", *rest, code=2)
    assert ended.document["schema"] == "wa-doctor/error/v1"
    assert ended.document["error"]["kind"] == "usage"
    assert said in ended.document["error"]["message"]
    assert ended.document["exit_code"] == 2
    jsonschema.validate(ended.document, json.loads((SCHEMAS / "error-v1.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("line", ["", "auth"])
def test_nothing_said_shows_the_help(program: Program, line: str) -> None:
    ended = program(*line.split(), code=2)
    assert ended.stdout == ""
    assert "Commands:" in ended.stderr


def test_secret_has_no_option(program: Program) -> None:
    """Whoever tries to put a token on the command line is refused, and does not read it again."""
    for option in ("--access-token", "--token", "--app-secret", "--verify-token"):
        ended = program("check", f"{option}=EAAgSecretSecretSecret0123456789", code=2)
        assert "EAAg" not in ended.stderr + ended.stdout


def _env_file(folder: Path, content: bytes) -> Path:
    path = folder / "settings.env"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfeW\x00A\x00_\x00", "is not UTF-8 text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is not UTF-8 text"),
        (b"# " + b"x" * 1024 * 1024, "is larger than 1024 KiB"),
    ],
    ids=["utf-16", "picture", "huge"],
)
def test_env_file_that_is_none_is_refused(program: Program, tmp_path: Path, content: bytes, said: str) -> None:
    ended = program("check", "--env-file", _env_file(tmp_path, content), code=2)
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_env_file_that_never_ends_is_refused(program: Program) -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("there is no /dev/zero")
    assert "is larger than" in program("check", "--env-file", "/dev/zero", code=2).stderr


def test_garbage_in_an_env_file_costs_its_lines_alone(program: Program, tmp_path: Path) -> None:
    """One line names the lines, and never what stands in them: it may be half a secret."""
    lines = [
        "EAAlostItsName0123456789abcdef",
        "= nameless",
        "{}",
        "[x",
        "]",
        "(y)",
        "WA_ACCESS_TOKEN=EAAgood0123456789",
    ]
    ended = program(
        "check", "--only", "config-token", "--format", "json",
        "--env-file", _env_file(tmp_path, "\n".join(lines).encode()),
        code=0,
    )  # fmt: skip
    assert len(ended.stderr.splitlines()) == 1
    assert "not understood and left out" in ended.stderr
    assert "EAA" not in ended.stderr + ended.stdout
    assert "lines 1, 2, 3, 4, 5 and 1 more" in ended.stderr


def test_unreadable_env_file_is_named(program: Program, tmp_path: Path) -> None:
    path = _env_file(tmp_path, b"WA_APP_ID=1")
    path.chmod(0)
    if sys.platform == "win32" or os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert "Permission denied" in program("check", "--env-file", path, code=2).stderr


def test_report_that_may_not_be_written_is_named_before_anything_runs(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("kept", encoding="utf-8")
    path.chmod(0o400)
    if os.access(path, os.W_OK):
        pytest.skip("this user may write everything")
    program("check", "--sandbox", "healthy", "--report", f"json={path}", code=2)
    assert path.read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[default]\nwaba_id = 5\n", "waba_id"),
        ("[default\n", "cannot be read"),
        ('[default]\naccess_token = "EAAgInAFile0123456789"\n', "holds a secret"),
        ('waba_id = "1"\n', "outside of a profile"),
        ('[default]\nwabaid = "1"\n', "wabaid"),
        ("\x00", "cannot be read"),
    ],
)
def test_broken_profiles_are_named_with_their_file(program: Program, text: str, said: str) -> None:
    for path in program.profile_files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    ended = program("check", code=2)
    assert said in ended.stderr
    assert "profiles.toml" in ended.stderr
    assert "EAAg" not in ended.stderr


def test_bytes_that_are_no_text_are_no_token(program: Program) -> None:
    ended = program("check", "--only", "config-token", "--token-stdin", "--format", "json", stdin=b"\xff\xfe\x00\n")
    assert ended.ids("fail") == {"config-token"}


def test_bytes_that_are_no_text_are_found_in_a_variable(program: Program) -> None:
    if sys.platform == "win32":
        pytest.skip("variables are text on Windows")
    broken = os.fsdecode(b"EAA\xffabcdefghijklmnop")
    ended = program(
        "check", "--only", "config", "--format", "json", environ={"WA_ACCESS_TOKEN": broken, "WA_APP_SECRET": broken}
    )
    assert ended.ids("fail") == {"config-token"}
    assert "characters that no token has" in ended.stdout
    assert "abcdefghijklmnop" not in ended.stdout


def test_byte_order_mark_is_no_part_of_a_token(program: Program) -> None:
    """PowerShell puts one at the beginning of what it pipes."""
    piped = b"\xef\xbb\xbfEAAgPipedByPowerShell0123456789\r\n"
    program("check", "--only", "config-token", "--token-stdin", stdin=piped, code=0)


def test_time_that_is_over_ends_the_run(program: Program) -> None:
    """Every answer of this sandbox takes longer than the whole run may."""
    ended = program("check", "--sandbox", "slow", "--timeout", "1", "--format", "json", code=3)
    assert ended.ids("fail") == set()
    assert ended.ids("unknown")


def test_server_that_nobody_runs_says_nothing_about_the_token(program: Program, free_port: int) -> None:
    """Unreachable is not invalid."""
    ended = program(
        "token", "--base-url", f"http://127.0.0.1:{free_port}", "--format", "json",
        environ={"WA_ACCESS_TOKEN": "EAAgTokenOfSomebody0123456789abcdefghij"},
    )  # fmt: skip
    assert ended.code in (1, 3)
    assert "token-valid" not in ended.ids("fail")


def test_port_that_is_taken_is_named(program: Program, taken_port: int) -> None:
    ended = program("sandbox", "--port", str(taken_port), code=2)
    assert "choose another --port" in ended.stderr
