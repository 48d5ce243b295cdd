"""`wa-doctor triage` as people run it: on files, directories, pipes, and on what is no log."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(sysconfig.get_path("scripts"), "wa-doctor")
SENT, LATER = 1767225600, 1767225604


def webhook(*statuses: tuple[str, str, int], code: int = 131026) -> dict[str, Any]:
    """Return a webhook with these statuses: message id, status, time."""
    rows = []
    for id, status, time in statuses:
        row: dict[str, Any] = {"id": id, "status": status, "timestamp": str(time), "recipient_id": "447700900123"}
        if status == "failed":
            row["errors"] = [{"code": code, "title": "Message undeliverable", "error_data": {"details": "as it is"}}]
        rows.append(row)
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "109927745130846"}, "statuses": rows}
    change = {"field": "messages", "value": value}
    return {"object": "whatsapp_business_account", "entry": [{"id": "118340927561042", "changes": [change]}]}


LINES = [
    json.dumps(webhook(("wamid.one", "delivered", LATER))),
    json.dumps(webhook(("wamid.one", "sent", SENT))),
    json.dumps(webhook(("wamid.two", "sent", SENT), ("wamid.two", "failed", LATER))),
    json.dumps(webhook(("wamid.three", "sent", SENT))),
    json.dumps(webhook(("wamid.four", "failed", LATER))),
    json.dumps(webhook(("wamid.four", "delivered", LATER + 1))),
    '{"object":"whatsapp_business_account","entry":[{"id":"1","chan',
]


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the installed program."""
    return subprocess.run([str(SCRIPT), "triage", *arguments], input=stdin, capture_output=True, check=False)


def document(*arguments: str, stdin: bytes = b"") -> dict[str, Any]:
    """Return the JSON document of a run."""
    answer = run(*arguments, "--format", "json", stdin=stdin)
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "webhooks.ndjson"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return path


def test_every_message_gets_one_verdict(log: Path) -> None:
    """A delivery outweighs a failure, `sent` alone is undelivered, and a broken line costs that line."""
    found = document(str(log))
    verdicts = {each["id"]: each["verdict"] for each in found["subjects"]}

    assert verdicts == {
        "wamid.one": "delivered",
        "wamid.two": "failed",
        "wamid.three": "undelivered",
        "wamid.four": "delivered",
    }
    assert found["messages"]["conflicting"] == 1
    assert found["input"]["unreadable"] == 1
    assert found["errors"][0]["code"] == 131026


def test_a_failed_message_is_a_problem(log: Path) -> None:
    assert run(str(log)).returncode == 1


def test_a_message_that_never_arrived_is_a_warning(tmp_path: Path) -> None:
    """At the end of the log a message is on its way; two weeks before that it should have arrived."""
    end = json.dumps(webhook(("wamid.last", "delivered", SENT + 14 * 86400)))
    old, new = tmp_path / "old.ndjson", tmp_path / "new.ndjson"
    old.write_text(LINES[3] + "\n" + end, encoding="utf-8")
    new.write_text(LINES[3], encoding="utf-8")

    assert [run(str(path)).returncode for path in (old, new)] == [0, 0]
    assert [run(str(path), "--fail-on", "warning").returncode for path in (old, new)] == [1, 0]


def wrapped(line: str) -> dict[str, str]:
    """Return the same payload as logs of different systems hold it."""
    return {
        "plain": line,
        "behind words": f"2026-01-01T00:00:05Z INFO webhook received: {line}",
        "escaped": json.dumps({"level": "info", "body": line}),
        "docker": json.dumps({"log": line + "\n", "stream": "stdout", "time": "2026-01-01T00:00:05Z"}),
        "repr": f"body={json.loads(line)!r}",
        "base64": json.dumps({"isBase64Encoded": True, "body": base64.b64encode(line.encode()).decode()}),
    }


@pytest.mark.parametrize("form", list(wrapped("{}")))
def test_a_payload_is_found_wherever_a_log_puts_it(form: str) -> None:
    """The verdict is the same in every envelope."""
    line = wrapped(LINES[2])[form]
    found = document("-", stdin=line.encode() + b"\n")

    assert [(each["id"], each["verdict"]) for each in found["subjects"]] == [("wamid.two", "failed")], found["input"]


def test_compressed_files_and_directories_are_read(tmp_path: Path) -> None:
    """In any order: each line is a file of its own."""
    for number, line in enumerate(LINES[:-1]):
        with gzip.open(tmp_path / f"{9 - number}.ndjson.gz", "wt", encoding="utf-8") as out:
            out.write(line + "\n")
    found = document(str(tmp_path))

    assert found["input"]["files"] == 6
    assert found["messages"]["total"] == 4


def test_a_gzip_file_that_breaks_off_gives_what_it_held(tmp_path: Path) -> None:
    whole = gzip.compress("\n".join(LINES * 200).encode())
    path = tmp_path / "cut.gz"
    path.write_bytes(whole[: len(whole) // 2])
    answer = run(str(path), "--format", "json")

    assert json.loads(answer.stdout)["messages"]["total"] >= 1


def test_every_message_is_a_row_of_the_csv(log: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run(str(log), "--format", "csv").stdout.decode())))

    assert sorted(row["id"] for row in rows) == ["wamid.four", "wamid.one", "wamid.three", "wamid.two"]


def test_every_message_is_a_line_of_the_ndjson(log: Path) -> None:
    lines = run(str(log), "--format", "ndjson").stdout.decode().splitlines()

    assert sorted(json.loads(line)["id"] for line in lines) == ["wamid.four", "wamid.one", "wamid.three", "wamid.two"]


def test_numbers_are_masked_unless_they_are_asked_for(log: Path) -> None:
    """A ticket is pasted in public."""
    for format in ("text", "json", "ndjson", "csv", "markdown", "html"):
        assert b"447700900123" not in run(str(log), "--format", format).stdout, format
    assert b"447700900123" in run(str(log), "--format", "csv", "--show-personal-data").stdout


def test_little_memory_gives_the_same_verdicts() -> None:
    """What does not fit goes to disk."""
    many = "\n".join(json.dumps(webhook((f"wamid.{n}", "sent", SENT + n))) for n in range(3000)).encode()
    small, large = (document("-", "--memory", size, stdin=many)["messages"] for size in ("1m", "1g"))

    assert small == large
    assert small["total"] == 3000


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    answer = run(str(tmp_path / "missing"))

    assert answer.returncode in (2, 3)
    assert len(answer.stderr.splitlines()) >= 1
    assert b"Traceback" not in answer.stderr


def hard(link: Path, target: Path) -> Path:
    """Make a second name of a file."""
    link.hardlink_to(target)
    return link


def soft(link: Path, target: Path) -> Path:
    """Make a link to a file."""
    link.symlink_to(target)
    return link


@pytest.mark.parametrize(
    "other",
    [
        lambda log: log,
        lambda log: log.parent / "somewhere" / ".." / log.name,
        lambda log: soft(log.with_name("link"), log),
        lambda log: hard(log.with_name("twin"), log),
    ],
    ids=["the same name", "another path", "a link", "a second name"],
)
@pytest.mark.parametrize("given", ["triage", "triage a directory", "triage -", "explain", "explain -", "recipient"])
def test_a_report_is_never_written_over_what_is_read(given: str, other: Callable[[Path], Path], log: Path) -> None:
    """A log that was overwritten is gone; so it is refused before anything is read or written."""
    (log.parent / "somewhere").mkdir()
    kept = log.read_bytes()
    arguments = {
        "triage": ["triage", str(log)],
        "triage a directory": ["triage", str(log.parent)],
        "triage -": ["triage", "-"],
        "explain": ["explain", "--from", str(log)],
        "explain -": ["explain"],
        "recipient": ["recipient", "--from", str(log)],
    }[given]
    with log.open("rb") as stdin:
        command = [str(SCRIPT), *arguments, "--report", f"json={other(log)}"]
        answer = subprocess.run(command, stdin=stdin, capture_output=True, check=False)
    lines = answer.stderr.decode().splitlines()

    assert (answer.returncode, answer.stdout) == (2, b"")
    assert [line.startswith("wa-doctor: --report would write ") for line in lines] == [True], lines
    assert log.read_bytes() == kept


@pytest.mark.parametrize("command", [["triage"], ["explain", "--from"], ["recipient", "--from"]], ids=" ".join)
def test_stdout_is_never_the_file_that_is_read(command: list[str], log: Path) -> None:
    """`wa-doctor triage log >> log` would put the report behind the webhooks."""
    kept = log.read_bytes()
    with log.open("ab") as out:
        answer = subprocess.run([str(SCRIPT), *command, str(log)], stdout=out, stderr=subprocess.PIPE, check=False)

    assert answer.returncode == 2
    assert f"stdout would write over {log}" in answer.stderr.decode()
    assert log.read_bytes() == kept


def test_a_report_does_not_go_among_the_logs(log: Path) -> None:
    """The next run would read it as one; what is hidden is not read."""
    answer = run(str(log.parent), "--report", f"json={log.parent / 'new' / '..' / 'report.json'}")
    (log.parent / ".reports").mkdir()
    hidden = run(str(log.parent), "--report", f"json={log.parent / '.reports' / 'report.json'}")

    assert answer.returncode == 2
    assert b"among what is read" in answer.stderr or b"cannot be written" in answer.stderr
    assert not (log.parent / "report.json").exists()
    assert hidden.returncode == 1
    assert (log.parent / ".reports" / "report.json").exists()


def test_a_report_may_go_to_a_device_that_is_also_read() -> None:
    answer = run(os.devnull, "--report", f"json={os.devnull}")

    assert answer.returncode == 3
    assert b"empty" in answer.stdout


BAD = {
    "empty": b"",
    "only line ends": b"\n\n\n",
    "binary": bytes(range(256)) * 40,
    "binary without a zero": bytes(range(1, 256)) * 40,
    "prose": b"nothing of this is a webhook\n" * 50,
    "html": b"<html><body>not found</body></html>\n",
    "a brace": b"{",
    "an empty list": b"[]\n",
    "null": b"null\n",
    "deep": b'{"entry":' * 100_000,
    "deep over many lines": b'{"entry":\n' * 2_000,
    "braces": b"{" * 3_000_000,
    "brackets": b"[" * 100_000 + b"]" * 100_000,
    "a long line": b"x" * 3_000_000,
    "a string without an end": b'{"object":"' + b"x" * 3_000_000,
    "zeros behind text": b'{"a":1}\n' + b"\0" * 3_000_000,
    "gzip that ends at once": gzip.compress(b"")[:12],
    "gzip in gzip": gzip.compress(gzip.compress(b"x")),
    "a number of 5,000 digits": b'{"entry":' + b"9" * 5000 + b"}\n",
}


@pytest.mark.parametrize("name", list(BAD))
def test_nothing_readable_ends_with_3_in_every_format(name: str, tmp_path: Path) -> None:
    """Nothing was read, which is not the same as nothing is wrong; and it is no accident of ours."""
    path = tmp_path / "log"
    path.write_bytes(BAD[name])
    reports = {format: tmp_path / f"report.{format}" for format in ("json", "ndjson", "csv", "markdown", "html")}
    answer = run(str(path), *(f"--report={format}={report}" for format, report in reports.items()))

    assert answer.returncode == 3, answer.stderr
    assert answer.stderr == b""
    assert answer.stdout
    assert [format for format, report in reports.items() if not report.read_bytes()] == ["ndjson"]


def test_good_lines_survive_every_bad_neighbour(log: Path) -> None:
    """Each kind of rubbish in a file of its own, and the log between them."""
    for number, content in enumerate(BAD.values()):
        log.with_name(f"{'a' if number % 2 else 'z'}{number}").write_bytes(content)
    found = document(str(log.parent))

    assert found["messages"]["total"] == 4
    assert found["exit_code"] == 1


WRONG: list[object] = [None, [], {}, True, -5, 10**30, 1.5, "", "abc", "-1", "1e9"]


@pytest.mark.parametrize("key", ["timestamp", "id", "status", "recipient_id", "errors"])
def test_a_field_of_the_wrong_type_costs_its_event_at_most(key: str) -> None:
    """The status beside it in the same webhook is judged, and what is left out is counted."""
    lines = []
    for number, value in enumerate(WRONG):
        odd = webhook((f"wamid.odd{number}", "failed", LATER), (f"wamid.good{number}", "failed", LATER))
        odd["entry"][0]["changes"][0]["value"]["statuses"][0][key] = value
        lines.append(json.dumps(odd))
    found = document("-", stdin="\n".join(lines).encode())
    verdicts = {each["id"]: each["verdict"] for each in found["subjects"]}
    good = {id for id in verdicts if id.startswith("wamid.good")}

    assert {verdicts[id] for id in good} == {"failed"}
    assert len(good) == len(WRONG)
    assert len(verdicts) - len(good) + found["input"]["unreadable"] == len(WRONG)


@pytest.mark.parametrize(
    "time",
    [SENT * 1000, str(SENT * 1000), float(SENT), f"{SENT}.5", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00"],
)
def test_a_time_in_another_notation_is_the_same_time(time: object) -> None:
    odd = webhook(("wamid.one", "sent", SENT))
    odd["entry"][0]["changes"][0]["value"]["statuses"][0]["timestamp"] = time
    (found,) = document("-", stdin=json.dumps(odd).encode())["subjects"]

    assert found["timeline"][0]["time"] == "2026-01-01T00:00:00Z"


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes")
def test_a_pipe_without_a_writer_does_not_stop_a_directory(log: Path) -> None:
    """Whoever opened it would wait for ever."""
    os.mkfifo(log.with_name("a.pipe"))
    answer = subprocess.run([str(SCRIPT), "triage", str(log.parent)], capture_output=True, check=False, timeout=60)

    assert answer.returncode == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes")
def test_a_pipe_that_is_named_is_read(log: Path, tmp_path: Path) -> None:
    """As the shell gives one for `<(zcat log.gz)`."""
    pipe = tmp_path / "a.pipe"
    os.mkfifo(pipe)
    with subprocess.Popen([str(SCRIPT), "triage", str(pipe)], stdout=subprocess.PIPE) as program:
        pipe.write_bytes(log.read_bytes())
        out, _ = program.communicate(timeout=60)

    assert program.returncode == 1
    assert b"Messages  4" in out


def test_a_directory_that_contains_itself_is_read_once(log: Path) -> None:
    log.parent.joinpath("again").symlink_to(log.parent, target_is_directory=True)
    found = document(str(log.parent))

    assert found["input"]["files"] == 1
    assert found["messages"]["total"] == 4


def test_nothing_but_the_report_is_written_where_nobody_looks(log: Path) -> None:
    """Progress is for a terminal."""
    assert run(str(log), "--format", "csv").stderr == b""


def test_a_closed_pipe_is_not_an_error(log: Path) -> None:
    line = f"'{SCRIPT}' triage '{log}' | head -1"
    answer = subprocess.run(["bash", "-c", line], capture_output=True, check=False)

    assert b"Traceback" not in answer.stderr


def test_the_checklist_for_a_customer_names_the_versions_of_the_app(log: Path) -> None:
    """Minimum versions per platform are what a support engineer reads out."""
    shown = run(str(log), "--undelivered").stdout.decode()

    assert "2.21.170.4" in shown
    assert "2.21.15.15" in shown
