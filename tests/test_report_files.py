"""The files of `--report`: what is in them is what this run found, or they say that it came to nothing."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import jsonschema
import pytest

from wa_doctor import checkup
from wa_doctor.cli.app import run
from wa_doctor.render.report import junit

SCHEMA = Path(__file__).parents[1] / "docs" / "schemas" / "error-v1.json"
OLD = "of an earlier run"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, and return it."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def _check(*reports: str) -> int:
    return run(["check", "--sandbox", "healthy", "--only", "config", "-q", *(f"--report={each}" for each in reports)])


def _refuse(monkeypatch: pytest.MonkeyPatch, trouble: BaseException) -> None:
    def perform(*_: object, **__: object) -> None:
        raise trouble

    monkeypatch.setattr(checkup, "perform", perform)


@pytest.mark.parametrize(
    ("trouble", "kind", "code"),
    [
        (KeyboardInterrupt(), "interrupted", 130),
        (ValueError("oops"), "crash", 3),
        (OSError(5, "Input/output error"), "system", 3),
    ],
)
@pytest.mark.parametrize("before", [OLD, None], ids=["old-files", "no-files"])
def test_run_without_a_report_leaves_nothing_that_passes_for_one(
    monkeypatch: pytest.MonkeyPatch, folder: Path, before: str | None, trouble: BaseException, kind: str, code: int
) -> None:
    """JSON says why there is none; of the others there is no file, which every CI system takes for a failure."""
    if before:
        for name in ("r.json", "r.xml", "r.md"):
            (folder / name).write_text(before, encoding="utf-8")
    _refuse(monkeypatch, trouble)
    assert _check("json=r.json", "junit=r.xml", "markdown=r.md") == code
    assert [each.name for each in folder.iterdir()] == ["r.json"]
    document = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert (document["error"]["kind"], document["exit_code"]) == (kind, code)


def test_usage_error_leaves_every_file_alone(folder: Path) -> None:
    (folder / "old.xml").write_text(OLD, encoding="utf-8")
    arguments = ["check", "--sandbox", "healthy", "--report", "junit=old.xml", "--report", "json=new.json"]
    assert run([*arguments, "--only", "nothing-like-it"]) == 2
    assert [each.name for each in folder.iterdir()] == ["old.xml"]
    assert (folder / "old.xml").read_text(encoding="utf-8") == OLD


def test_report_that_breaks_off_is_taken_away_and_those_before_it_stay(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    def render(_: object, out: object, __: object) -> None:
        print("<half of it", file=out)  # type: ignore[call-overload]
        raise KeyboardInterrupt

    monkeypatch.setattr(junit, "render", render)
    assert _check("json=r.json", "junit=r.xml", "markdown=r.md") == 130
    assert [each.name for each in folder.iterdir()] == ["r.json"]
    assert json.loads((folder / "r.json").read_text(encoding="utf-8"))["schema"] == "wa-doctor/report/v1"


def test_report_that_does_not_fit_on_the_disk_is_taken_away(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    def render(_: object, __: object, ___: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(junit, "render", render)
    assert _check("junit=r.xml", "json=r.json") == 3
    assert [each.name for each in folder.iterdir()] == ["r.json"]


@pytest.mark.parametrize(
    ("reports", "said"),
    [
        (["json=a.x", "junit=a.x"], "two reports would be written to a.x"),
        (["json=a.x", "json=./b/../a.x"], "two reports would be written to"),
        (["json=-"], "--report writes a file; for stdout there is --format json"),
        (["json=b"], "cannot be written"),
    ],
)
def test_report_that_could_not_be_found_again_is_a_usage_error(
    folder: Path, capsys: pytest.CaptureFixture[str], reports: list[str], said: str
) -> None:
    (folder / "b").mkdir()
    assert _check(*reports) == 2
    assert said in capsys.readouterr().err
    assert [each.name for each in folder.iterdir()] == ["b"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own on Windows")
def test_links_are_followed(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.json").symlink_to(tmp_path / "elsewhere.json")
    (folder / "b.json").symlink_to(tmp_path / "elsewhere.json")
    assert _check("json=a.json", "json=b.json") == 2
    assert "two reports" in capsys.readouterr().err
    assert _check("json=a.json") == 0
    assert (folder / "a.json").is_symlink()
    assert (tmp_path / "elsewhere.json").is_file()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_device_takes_any_number_of_reports_and_is_never_taken_away(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """A pipe that nobody reads yet does not hold the run either."""
    os.mkfifo(folder / "pipe")
    _refuse(monkeypatch, KeyboardInterrupt())
    assert _check(f"json={os.devnull}", f"junit={os.devnull}", "json=pipe", "markdown=pipe") == 130
    assert (folder / "pipe").is_fifo()
