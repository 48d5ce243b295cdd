"""What is shown on a terminal while a long log is read, and that it is shown nowhere else."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wa_doctor.cli.progress import described
from wa_doctor.webhooks.reading import sources

SCRIPT = Path(sysconfig.get_path("scripts"), "wa-doctor")
MB = 1_000_000

Log = Callable[..., Path]


@pytest.mark.parametrize(
    ("done", "size", "reading", "after", "words"),
    [
        (30 * MB, 120 * MB, 2.0, 0.0, "25%, 30 MB of 120 MB read, 15 MB/s, 6 s left"),
        (30 * MB, 0, 2.0, 0.0, "30 MB read, 15 MB/s"),
        (0, 120 * MB, 0.0, 0.2, "0 MB of 120 MB read, 0 MB/s"),
        (120 * MB, 120 * MB, 8.0, 3.0, "120 MB read, judging the messages, 3 s"),
        (120 * MB, 0, 8.0, 3.0, "120 MB read, no more came for 3 s"),
        (10 * MB, 10**11, 1.0, 0.0, "0%, 10 MB of 100.0 GB read, 10 MB/s, 2 h 46 min left"),
        (10 * MB, 10**9, 1.0, 0.0, "1%, 10 MB of 1,000 MB read, 10 MB/s, 1 min 39 s left"),
    ],
)
def test_the_line_says_how_far_how_fast_and_how_long(
    done: int, size: int, reading: float, after: float, words: str
) -> None:
    assert described(done, size, reading, after) == words


@pytest.mark.parametrize("size", [0, 10**15])
def test_the_line_fits_a_terminal_of_80_columns(size: int) -> None:
    assert len(described(10**14, size, 1e5)) < 80


def test_how_much_is_on_stdin_is_known_where_it_is_a_file(hook: Any, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    path = log(hook.status("wamid.A", "read"))
    with path.open(encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert sources.size_of(["-", str(path)]) == 2 * path.stat().st_size


def _on_a_terminal(text: bytes, *arguments: str, wait_for: str) -> tuple[str, str]:
    """
    Run the program with stderr on a terminal of 80 columns, and `text` coming in on stdin.

    The end of it is held back until the terminal shows `wait_for`. Return what was shown, and stdout.
    """
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [str(SCRIPT), "triage", "-", *arguments]
    shown = b""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=theirs) as program:
        os.close(theirs)
        assert program.stdin
        program.stdin.write(text)
        program.stdin.flush()
        while not re.search(wait_for, shown.decode()):
            shown += os.read(ours, 1 << 16)
        out, _ = program.communicate(timeout=120)
    with contextlib.suppress(OSError):  # the terminal is gone
        while block := os.read(ours, 1 << 16):
            shown += block
    os.close(ours)
    return shown.decode(), out.decode()


@pytest.fixture
def text(hook: Any) -> bytes:
    return "".join(json.dumps(hook.status(f"wamid.{number}", "read")) + "\n" for number in range(3000)).encode()


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_progress_is_shown_and_taken_away(text: bytes) -> None:
    shown, out = _on_a_terminal(text, wait_for=r"\d MB read, \d+ MB/s[^\r]*\r")
    lines = shown.split("\r")

    assert max(map(len, lines)) < 80
    assert "\n" not in shown
    assert not lines[-1]
    assert not lines[-2].strip()
    assert "MB/s" not in out
    assert "Messages  3,000" in out


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_it_is_said_when_no_more_comes(text: bytes) -> None:
    """Whoever waits for a pipe should not think that the program hangs."""
    shown, _ = _on_a_terminal(text, wait_for="no more came for 2 s")

    assert "no more came" in shown


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_quiet_run_shows_no_progress(text: bytes) -> None:
    shown, _ = _on_a_terminal(text, "--quiet", wait_for="")

    assert shown == ""
