"""What README.md shows is what the program does."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from wa_doctor.cli.app import COMMANDS
from wa_doctor.settings import SETTINGS

if TYPE_CHECKING:
    import pytest

README = Path(__file__).parent.parent / "README.md"
CAPTURE = re.compile(r"<!-- capture: (?P<command>.+?) -->\n```text\n(?P<shown>.*?)```\n<!-- /capture -->", re.DOTALL)


def _steady(text: str) -> str:
    """Leave out what differs from run to run: the port of the sandbox and durations."""
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    text = re.sub(r" +(?=sandbox [a-z-]+$)", "  ", text, flags=re.MULTILINE)
    return re.sub(r"\b\d+(\.\d+)? (ms|s)\b", "TIME", text)


def test_the_terminal_capture_is_what_the_command_prints(request: pytest.FixtureRequest) -> None:
    """`pytest --update-golden` writes it anew."""
    readme = README.read_text(encoding="utf-8")
    found = CAPTURE.search(readme)
    assert found, "README.md has no capture"
    script = Path(sysconfig.get_path("scripts"), "wa-doctor")
    answer = subprocess.run(
        [str(script), *shlex.split(found["command"])[1:]],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )

    if request.config.getoption("--update-golden"):
        README.write_text(
            readme[: found.start("shown")] + answer.stdout + readme[found.end("shown") :], encoding="utf-8"
        )
    else:
        assert _steady(answer.stdout) == _steady(found["shown"])


def test_every_command_is_in_the_manual() -> None:
    """A command nobody reads about is a command nobody uses."""
    readme = README.read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"wa-doctor {name}" not in readme] == []


def test_every_variable_is_in_the_manual() -> None:
    """Every name a value is read from stands in the table."""
    readme = README.read_text(encoding="utf-8")
    assert [name for setting in SETTINGS for name in setting.environment if f"`{name}`" not in readme] == []


def test_every_link_into_the_repository_leads_somewhere() -> None:
    """A page that was renamed is renamed here too."""
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (README.parent / link).exists()] == []
