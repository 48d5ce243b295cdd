"""What is installed is complete, and it works in a new environment on every Python that is promised."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wa_doctor import __version__

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "wa_doctor"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PROMISED = [each.rpartition(" ")[2] for each in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", each)]

# It asks the package index for what we need, so nobody does it by accident; the fixture hides the variable later.
IN_CI = bool(os.environ.get("CI"))


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of what belongs to the project, without asking any index."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=300,
    )
    (built,) = folder.glob("*.whl")
    return built


def _files() -> Iterator[str]:
    for path in PACKAGE.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(ROOT).as_posix()


def test_wheel_has_every_file_of_the_package(wheel: Path) -> None:
    """Facts, scenarios and the mark of a typed package are as much of it as the code."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    expected = set(_files())
    assert {name for name in names if not name.partition("/")[0].endswith(".dist-info")} == expected
    assert "wa_doctor/py.typed" in expected
    assert "wa_doctor/sandbox/scenarios/healthy.toml" in expected
    assert any(name.startswith("wa_doctor/knowledge/data/errors/") for name in expected)


def test_wheel_says_what_it_is(wheel: Path) -> None:
    assert wheel.name == f"wa_doctor-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        info = f"wa_doctor-{__version__}.dist-info"
        metadata = archive.read(f"{info}/METADATA").decode()
        assert "wa-doctor = wa_doctor.__main__:main" in archive.read(f"{info}/entry_points.txt").decode()
        assert any(name.endswith("/LICENSE") for name in archive.namelist())
    assert "License-Expression: MIT" in metadata
    assert "Requires-Python: >=3.11" in metadata


def test_promised_versions_begin_with_the_required_one() -> None:
    assert PROJECT["requires-python"] == f">={PROMISED[0]}"
    assert {"3.11", "3.12", "3.13"} <= set(PROMISED)


@pytest.mark.parametrize(
    ("name", "ends"),
    [("run command", ".venv/bin/wa-doctor check --sandbox healthy"), ("test command", ".venv/bin/pytest")],
)
def test_readme_is_the_one_place_of_its_commands(name: str, ends: str) -> None:
    """`.ci/run` takes the two commands from the README, so that what people type is what is tested."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(rf"^<!-- {name} -->\n```sh\n(.+)\n```$", readme, re.MULTILINE)
    assert block, f"README.md has no code block of one line below <!-- {name} -->"
    assert block[1].startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert block[1].endswith(f"&& {ends}")
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert f"readme '{name}'" in script
    assert ends not in script, "a second place"


@pytest.mark.slow
@pytest.mark.parametrize("version", PROMISED)
def test_new_environment_can_install_and_run(version: str, tmp_path: Path) -> None:
    """`pip install .` in an environment that has nothing, as a user does it, and then the first thing to run."""
    if not IN_CI:
        pytest.skip("it installs from the package index: set CI=true to run it")
    python = _python(version)
    source = tmp_path / "source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".*", "tests", "benchmarks", "__pycache__"))
    environment = tmp_path / "environment"
    scripts = environment / ("Scripts" if sys.platform == "win32" else "bin")
    _call(python, "-m", "venv", environment)
    _call(scripts / "python", "-m", "pip", "install", "--quiet", source)
    shutil.rmtree(source)
    assert _call(scripts / "wa-doctor", "--version").split()[-1] == __version__
    report = _call(scripts / "wa-doctor", "check", "--sandbox", "healthy", "--no-keyring")
    assert 'SANDBOX "healthy"' in report
    _call(scripts / "wa-doctor", "explain", "190")
    _call(scripts / "python", "-m", "wa_doctor", "checks")


def _call(*command: str | Path) -> str:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def _python(version: str) -> str | Path:
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    candidates: list[str | Path] = [found for found in [shutil.which(f"python{version}")] if found]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    candidates += sorted(pyenv.glob(f"versions/{version}.*/bin/python"), reverse=True)
    for candidate in candidates:
        told = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False, timeout=60)
        if told.stdout.startswith(f"Python {version}."):
            return candidate
    pytest.skip(f"there is no Python {version} on this machine")
