"""The program as a user has it: the installed script in a process of its own, with an environment of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(sysconfig.get_path("scripts")) / ("wa-doctor.exe" if sys.platform == "win32" else "wa-doctor")


@dataclass(frozen=True, slots=True)
class Ended:
    """What a process left behind."""

    code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document that stdout is."""
        found = json.loads(self.stdout)
        assert isinstance(found, dict)
        return found

    def ids(self, status: str) -> set[str]:
        """Return the checks of the report that ended so."""
        return {check["id"] for check in self.document["checks"] if check["status"] == status}


@dataclass(frozen=True, slots=True)
class Program:
    """Runs the script; `environ` is all that its environment differs by from the one of the tests."""

    home: Path
    environ: Mapping[str, str]

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a process, with a home that holds nothing of the caller's."""
        own = {"HOME": self.home, "USERPROFILE": self.home, "APPDATA": self.home, "LOCALAPPDATA": self.home}
        return os.environ | {name: str(path) for name, path in own.items()} | dict(self.environ) | more

    def __call__(
        self,
        *arguments: str | Path,
        stdin: str | bytes = "",
        code: int | None = None,
        cwd: Path | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Ended:
        """Run to the end; `code` is the exit code that it has to have."""
        done = subprocess.run(
            [SCRIPT, *arguments],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            env=self.environment(**(environ or {})),
            cwd=cwd or self.home,
            capture_output=True,
            check=False,
            timeout=120,
        )
        ended = Ended(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
        assert "Traceback" not in ended.stdout + ended.stderr, ended.stderr
        if code is not None:
            assert ended.code == code, (ended.stdout[-2000:], ended.stderr)
        return ended

    def profile_files(self) -> tuple[Path, ...]:
        """Return where the profiles are kept on the systems there are."""
        folders = (".config", "Library/Application Support", ".")  # Linux, macOS, Windows
        return tuple(self.home / folder / "wa-doctor" / "profiles.toml" for folder in folders)

    @contextmanager
    def sandbox(self, scenario: str = "healthy") -> Iterator[dict[str, Any]]:
        """Let a sandbox serve in a process of its own; give the document in which it says how to use it."""
        with subprocess.Popen(
            [SCRIPT, "sandbox", "--scenario", scenario, "--port", "0", "--format", "json"],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout
            text = b""
            try:
                while not text.endswith(b"\n}\n"):
                    line = process.stdout.readline()
                    assert line, "the sandbox ended"
                    text += line
                yield json.loads(text)
            finally:
                process.kill()


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Return the installed script, with an empty home below `tmp_path`."""
    home = tmp_path / "home"
    home.mkdir()
    return Program(home, {"XDG_CONFIG_HOME": str(home / ".config")})


@pytest.fixture
def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Return a port of this machine that somebody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]
