"""`wa-doctor triage` as people run it: on files, directories, pipes, and on what is no log."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import subprocess
import sysconfig
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


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty", b""), ("binary", bytes(range(256)) * 40), ("prose", b"nothing of this is a webhook\n" * 50)],
)
def test_what_is_no_log_ends_with_3_and_says_so(tmp_path: Path, name: str, content: bytes) -> None:
    """Nothing was read, which is not the same as nothing is wrong."""
    path = tmp_path / name
    path.write_bytes(content)
    answer = run(str(path))

    assert answer.returncode == 3
    assert b"Traceback" not in answer.stderr


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    answer = run(str(tmp_path / "missing"))

    assert answer.returncode in (2, 3)
    assert len(answer.stderr.splitlines()) >= 1
    assert b"Traceback" not in answer.stderr


def test_a_closed_pipe_is_not_an_error(log: Path) -> None:
    line = f"'{SCRIPT}' triage '{log}' | head -1"
    answer = subprocess.run(["bash", "-c", line], capture_output=True, check=False)

    assert b"Traceback" not in answer.stderr


def test_the_checklist_for_a_customer_names_the_versions_of_the_app(log: Path) -> None:
    """Minimum versions per platform are what a support engineer reads out."""
    shown = run(str(log), "--undelivered").stdout.decode()

    assert "2.21.170.4" in shown
    assert "2.21.15.15" in shown
