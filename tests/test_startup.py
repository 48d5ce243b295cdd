"""What starts fast stays fast: told by the modules that are loaded, not by a clock."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"asyncio", "click", "dotenv", "httpx", "keyring", "pydantic", "rich", "truststore"}

_SCRIPT = """
import os, sys
sys.argv = ["wa-doctor", *sys.argv[1:]]
from wa_doctor.__main__ import main
os._exit = sys.exit
try:
    main()
except SystemExit as end:
    code = end.code or 0
else:
    code = 0
print(code, *sys.modules, file=sys.stderr)
"""


def _loaded(line: str, tmp_path: Path, **environ: str) -> set[str]:
    own = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "APPDATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *line.split()],
        env=os.environ | own | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    code, *modules = done.stderr.splitlines()[-1].split()
    assert code in ("0", "1", "3"), done.stderr
    return set(modules)


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version_is_answered_before_anything_is_imported(option: str, tmp_path: Path) -> None:
    """Only the package, its version and its entry point are loaded beyond what Python loads itself."""
    bare = set(
        subprocess.run(
            [sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
        ).stdout.split()
    )
    assert _loaded(option, tmp_path) - bare == {"wa_doctor", "wa_doctor.__main__"}


@pytest.mark.parametrize(
    "line",
    [
        "--help",
        "check --help",
        "explain 190",
        "explain 190 --format json",
        "explain token-scopes",
        "recipient +5352345678",
        "recipient Cuba --format json",
        "checks",
        "checks --format json",
        "facts",
        "sandbox --list",
    ],
)
def test_what_needs_no_network_loads_nothing_heavy(line: str, tmp_path: Path) -> None:
    assert not _loaded(line, tmp_path) & HEAVY


def test_triage_of_a_log_loads_nothing_heavy(tmp_path: Path) -> None:
    log = tmp_path / "log.ndjson"
    event = '{"object": "whatsapp_business_account", "entry": []}'
    log.write_text(f"{event}\n", encoding="utf-8")
    assert not _loaded(f"triage {log}", tmp_path) & HEAVY


def test_check_loads_only_what_it_uses(tmp_path: Path) -> None:
    """Without a terminal there is no rich; with a token there is no keyring; an answer has a shape by pydantic."""
    loaded = _loaded("check --sandbox healthy", tmp_path)
    assert {"httpx", "pydantic"} <= loaded
    assert not loaded & (HEAVY - {"httpx", "pydantic"})


def test_httpx_does_not_bring_its_own_command_line(tmp_path: Path) -> None:
    """Where click is installed beside rich, httpx would load both."""
    (tmp_path / "click.py").write_text("", encoding="utf-8")
    assert "click" not in _loaded("check --sandbox healthy", tmp_path, PYTHONPATH=str(tmp_path))


def test_colour_is_what_loads_rich(tmp_path: Path) -> None:
    assert "rich" in _loaded("check --sandbox healthy --color always", tmp_path)


def test_settings_of_a_run_without_a_profile_need_no_keyring(tmp_path: Path) -> None:
    assert "keyring" not in _loaded("check --only config", tmp_path)
