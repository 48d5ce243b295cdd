"""`wa-doctor explain` from the outside: what is read, the exit code, the streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"httpx", "keyring", "pydantic", "rich", "asyncio", "dotenv", "truststore", "jsonschema"}


def run(*arguments: str, stdin: bytes | None = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the program with something on its stdin."""
    return subprocess.run(
        [sys.executable, "-m", "wa_doctor", "explain", *arguments], input=stdin, capture_output=True, check=False
    )


def test_a_code_is_explained() -> None:
    """The shortest use."""
    done = run("190")
    assert done.returncode == 0
    assert done.stdout.startswith(b"190 ")
    assert done.stderr == b""


def test_a_pipe_is_read_without_being_asked() -> None:
    """`grep error app.log | wa-doctor explain` is what people type first."""
    done = run("--format", "json", stdin=b'{"error":{"code":131047,"message":"(#131047) Re-engagement message"}}')
    assert json.loads(done.stdout)["causes"][0]["id"] == "window-24h-closed"


def test_a_dash_reads_stdin() -> None:
    """The usual sign, as an argument and as a file."""
    body = b"(#133010) Account not registered"
    assert run("-", stdin=body).stdout == run("--from", "-", stdin=body).stdout != b""


def test_a_file_is_read(tmp_path: Path) -> None:
    """In any Unicode encoding."""
    path = tmp_path / "ticket.md"
    path.write_text("webhook says (#2200) Callback verification failed", encoding="utf-16")
    done = run("--from", str(path))
    assert done.returncode == 0
    assert b"2200" in done.stdout


def test_a_binary_file_is_no_crash(tmp_path: Path) -> None:
    """What cannot be decoded is replaced, and nothing is recognised in it."""
    path = tmp_path / "photo.bin"
    path.write_bytes(bytes(range(256)) * 500)
    done = run("--from", str(path))
    assert done.returncode == 1
    assert b"Nothing recognised" in done.stdout


def test_nothing_on_stdin_is_nothing_recognised() -> None:
    """An empty pipe is an answer, not a usage error."""
    done = run(stdin=b"")
    assert done.returncode == 1
    assert b"Looked for" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--from", "no/such/file.log"), b"cannot be read: No such file"),
        (("--from", "."), b"cannot be read"),
        (("190", "--from", "x"), b"not both"),
        (("190", "--format", "jsom"), b"did you mean 'json'"),
        (("--list", "190"), b"--list takes nothing"),
        (("--category", "templat"), b"did you mean 'template'"),
        (("--list", "--format", "junit"), b"no format is called 'junit'"),
        (("190", "--facts", "no/such/dir"), b"no/such/dir"),
        (("190", "--report", "json"), b"FORMAT=PATH"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(arguments: tuple[str, ...], says: bytes) -> None:
    """It names what is wrong and what was meant; nothing stands on stdout."""
    done = run(*arguments)
    assert done.returncode == 2
    assert says in done.stderr.replace(b"\\", b"/")
    assert done.stderr.count(b"\n") == 1
    assert done.stdout == b""


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no pseudo-terminals here")
def test_nothing_to_explain_on_a_terminal_is_a_usage_error() -> None:
    """It says what to give instead of waiting for somebody to type a ticket."""
    leader, follower = os.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "wa_doctor", "explain"], stdin=follower, capture_output=True, check=False
        )
    finally:
        os.close(follower)
        os.close(leader)
    assert done.returncode == 2
    assert b"nothing to explain; give a code such as 190" in done.stderr


def test_the_list_of_codes() -> None:
    """All of them, or a category, as text and as JSON."""
    assert run("--list").stdout.count(b"\n") > 250
    listed = json.loads(run("--list", "--category", "template", "--format", "json").stdout)
    assert {row["category"] for row in listed["errors"]} == {"template"}
    assert run("--category", "template").stdout == run("--list", "--category", "template").stdout


def test_reports_are_written_beside_the_text(tmp_path: Path) -> None:
    """One run, several formats."""
    path = tmp_path / "found.json"
    done = run("131030", "--report", f"json={path}")
    assert done.stdout.startswith(b"131030 ")
    assert json.loads(path.read_text(encoding="utf-8"))["matches"][0]["code"] == 131030


def test_a_users_own_code_is_explained_and_named(tmp_path: Path) -> None:
    """`--facts` extends the catalogue under the same rules."""
    own = tmp_path / "errors"
    own.mkdir()
    (own / "999001.toml").write_text(
        'code = 999001\ntitle = "Ours"\ncategory = "parameter"\ncause = "It is ours."\n'
        'fix = [{ text = "Ask us." }]\nretry = { policy = "no" }\nwho = ["developer"]\nappears_in = ["sync_response"]\n'
        'docs_url = "https://example.com/"\nstatus = "current"\nconfidence = "low"\nsources = ["pywa"]\n'
        "checked = 2026-08-12\n",
        encoding="utf-8",
    )
    done = run("999001", "--facts", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert b"It is ours." in done.stdout
    assert b"errors/999001.toml" in done.stdout


def test_a_closed_pipe_is_not_an_error() -> None:
    """`wa-doctor explain --list | head -1`."""
    with subprocess.Popen(
        [sys.executable, "-m", "wa_doctor", "explain", "--list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


LOADED = """
import sys
from wa_doctor.cli.app import run
code = run(sys.argv[1:])
sys.stderr.write(" ".join(sorted(name for name in sys.modules if "." not in name)))
raise SystemExit(code)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("explain", "190"),
        ("explain", "--format", "json", "(#131030) not in allowed list 5491122334455"),
        ("explain", "--list"),
    ],
)
def test_to_explain_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    """The answer to a code is there before a client for the network would be."""
    done = subprocess.run([sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert HEAVY & set(done.stderr.split()) == set()


def test_a_bare_code_reads_one_record_and_no_symptoms() -> None:
    """To look up a code, a hundred files of patterns are of no use."""
    program = (
        "import sys\n"
        "from wa_doctor.explain.arguments import explain_words\n"
        "from wa_doctor.knowledge import causes, facts, symptoms\n"
        "explain_words(['190'])\n"
        "caches = (facts.read, symptoms.symptoms, causes.causes)\n"
        "print(*(cache.cache_info().currsize for cache in caches))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "0", "0"]
