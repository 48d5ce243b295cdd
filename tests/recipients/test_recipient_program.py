"""The program itself, as a subprocess with real files and real pipes: exit codes, streams, and how it ends early."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-m", "wa_doctor", "recipient")
ROWS = b"id,phone\n" + b"".join(b"%d,+98912%07d\n" % (number, number) for number in range(200_000))


def recipient(*arguments: str, given: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run it to its end."""
    surroundings = {**os.environ, "PYTHONIOENCODING": "utf-8", **environment}
    return subprocess.run([*COMMAND, *arguments], input=given, capture_output=True, env=surroundings, check=False)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["+442071234567"], 0),
        (["+380501234567"], 0),
        (["+380501234567", "--fail-on", "warning"], 1),
        (["+5352345678"], 1),
        (["Irann"], 1),
        (["+442071234567", "CU"], 1),
        (["5352345678"], 0),
        (["5352345678", "--wa-id"], 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_the_exit_code_means_one_thing(arguments: list[str], code: int) -> None:
    """The same in every format: 1 for anything blocked or invalid."""
    for format in ("text", "json", "csv", "junit"):
        done = recipient(*arguments, "--format", format)
        assert (done.returncode, done.stderr) == (code, b""), format


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "no recipient was given"),
        (["+1", "--from", "x"], "not both"),
        (["+1", "--column", "phone"], "--column is for lists"),
        (["--from", "/nowhere/list.csv"], "/nowhere/list.csv: No such file"),
        (["--from", "."], "directory"),
        (["+1", "--format", "yaml"], "no format is called 'yaml'"),
        (["+1", "--facts", "/nowhere"], "not a directory"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistake_gets_one_clear_line(arguments: list[str], says: str) -> None:
    done = recipient(*arguments)

    assert (done.returncode, done.stdout) == (2, b"")
    assert says in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_a_list_comes_from_a_pipe_and_goes_to_one() -> None:
    done = recipient("-", "--format", "csv", given="name;móvil\nZoë;+5352345678\n".encode())

    assert list(csv.reader(done.stdout.decode().splitlines(), delimiter=";"))[1][:4] == [
        "Zoë",
        "+5352345678",
        "blocked",
        "CU",
    ]
    assert "1 blocked" in done.stderr.decode()
    assert done.returncode == 1


def test_what_is_written_is_utf8_whatever_the_locale() -> None:
    done = recipient("-", "--format", "csv", given="Türkiye\n".encode(), PYTHONIOENCODING="ascii", LC_ALL="C")

    assert "Türkiye,allowed,TR," in done.stdout.decode()


@pytest.mark.parametrize("format", ["text", "json", "csv", "ndjson", "markdown", "junit", "github"])
def test_a_list_is_written_in_every_format(format: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(ROWS[:100_000].rpartition(b"\n")[0] + b"\n")

    done = recipient("--from", str(path), "--format", format)

    assert done.returncode == 1
    assert b"blocked" in done.stdout
    if format == "json":
        assert json.loads(done.stdout)["summary"]["blocked"] > 1000


def test_several_reports_come_from_one_reading(tmp_path: Path) -> None:
    """A pipe can be read once; the table, the lines of JSON and the summary all come from it."""
    table, lines, page = (tmp_path / name for name in ("out.csv", "out.ndjson", "out.md"))

    done = recipient(
        "-",
        "--report", f"csv={table}",
        "--report", f"ndjson={lines}",
        "--report", f"markdown={page}",
        given=b"phone\n+5352345678\n+442071234567\n",
    )  # fmt: skip

    assert "The first to look at" in done.stdout.decode()
    assert len(table.read_text(encoding="utf-8").splitlines()) == 3
    assert [json.loads(line)["verdict"] for line in lines.read_text(encoding="utf-8").splitlines()] == [
        "blocked",
        "allowed",
    ]
    assert "1 blocked" in page.read_text(encoding="utf-8")


def test_a_report_never_writes_over_the_list(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"phone\n+5352345678\n")

    done = recipient("--from", str(path), "--report", f"csv={path}")

    assert done.returncode == 2
    assert path.read_bytes() == b"phone\n+5352345678\n"


def test_a_column_that_cannot_be_told_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("who,where\nAna,+5352345678\n", encoding="utf-8")

    asked = recipient("--from", str(path))
    told = recipient("--from", str(path), "--column", "where")

    assert (asked.returncode, told.returncode) == (2, 1)
    assert "--column" in asked.stderr.decode()


def test_an_excel_workbook_is_named_as_one(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK\x03\x04rest")

    done = recipient("--from", str(path))

    assert done.returncode == 2
    assert "Excel workbook" in done.stderr.decode()


def test_a_user_s_facts_decide(tmp_path: Path) -> None:
    """A file that cannot be used is named in one line; a good one is in force."""
    folder = tmp_path / "regions" / "verdicts"
    folder.mkdir(parents=True)
    (folder / "SY.toml").write_text(
        'code = "SY"\nname = "Syria"\nverdict = "allowed"\nreason = "it left the list"\nconfidence = "certain"\n'
        'sources = ["us"]\nchecked = 2026-12-01\n',
        encoding="utf-8",
    )
    good = recipient("SY", "--facts", str(tmp_path))
    (folder / "SY.toml").write_text("code = 5", encoding="utf-8")
    bad = recipient("SY", "--facts", str(tmp_path))

    assert (good.returncode, bad.returncode) == (0, 2)
    assert "SY.toml" in bad.stderr.decode()
    assert bad.stderr.count(b"\n") == 1


@pytest.mark.parametrize("format", ["csv", "ndjson", "json"])
def test_a_closed_pipe_is_not_an_error(format: str, tmp_path: Path) -> None:
    """`| head -1` ends it quietly, with the exit code of what was judged until then."""
    path = tmp_path / "list.csv"
    path.write_bytes(ROWS)
    with subprocess.Popen(
        [*COMMAND, "--from", str(path), "--format", format], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout
        assert running.stderr
        assert running.stdout.readline()
        running.stdout.close()
        said = running.stderr.read()

    assert (running.returncode, said) == (1, b"")


def started(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start it with pipes at both ends."""
    return subprocess.Popen(
        [*COMMAND, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_rows_come_as_soon_as_they_are_judged() -> None:
    """A list that is still being written is judged as far as it is; Ctrl-C leaves whole rows and a summary."""
    with started(["-", "--format", "csv"]) as running:
        assert running.stdin
        assert running.stdout
        assert running.stderr
        running.stdin.write(b"phone\n+5352345678\n+4420712")
        assert running.stdout.readline() == b"phone,verdict,region,reason\n"
        row = running.stdout.readline()
        running.send_signal(signal.SIGINT)
        rest, said = running.stdout.read(), running.stderr.read().decode()

    assert row.startswith(b"+5352345678,blocked,CU,")
    assert rest == b""
    assert "interrupted" in said
    assert "1 blocked" in said
    assert running.returncode == 130


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_an_interrupted_document_is_still_a_document() -> None:
    with started(["-", "--format", "json"]) as running:
        assert running.stdin
        assert running.stdout
        running.stdin.write(b"phone\n+5352345678\n")
        head = running.stdout.read(1)
        while b"5352345678" not in head:
            head += running.stdout.read(1)
        running.send_signal(signal.SIGINT)
        document = json.loads(head + running.stdout.read())

    assert [each["verdict"] for each in document["results"]] == ["blocked"]
    assert document["summary"]["exit_code"] == running.returncode == 130
