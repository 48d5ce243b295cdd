"""The command as a user runs it: exit codes, formats, options, one line for what is wrong."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import wa_doctor
from wa_doctor.knowledge import facts as knowledge_facts
from wa_doctor.webhooks.story import catalogue

Run = Callable[..., Any]
Log = Callable[..., Path]

SCHEMA = json.loads(
    (Path(wa_doctor.__file__).parent.parent / "docs/schemas/triage-v1.json").read_text(encoding="utf-8")
)
DAY = 86_400


@pytest.fixture
def rich_log(hook: Any, log: Log) -> Path:
    """Return a log with something of everything."""
    lines: list[object] = [hook.status(f"wamid.ok{index}", "read", hook.noon + index * 60) for index in range(30)]
    lines += [hook.status("wamid.f", "failed", hook.noon, "15550100888", code=131049, category="marketing")]
    lines += [hook.status(f"wamid.b{index}", "failed", hook.noon + 9, "15550100888", code=2) for index in range(9)]
    lines += [hook.status("wamid.s", "sent", hook.noon - 3 * DAY, "989120000001")]
    lines += [hook.status("wamid.ok1", "failed", hook.noon + 61, code=131026)]
    lines += [{"time": "2026-06-01T12:00:00Z", "response": hook.answer("wamid.a")}, hook.incoming("wamid.in")]
    lines += [
        hook.of({"event": "FLAGGED", "display_phone_number": "15550142200"}, "phone_number_quality_update", hook.noon)
    ]
    lines += ['{"entry": [', json.dumps(hook.status("wamid.x", "sent"))[:99]]
    return log(*lines)


@pytest.mark.parametrize(
    "options", [(), ("--undelivered",), ("--message", "wamid.s"), ("--limit", "3"), ("--pseudonyms",)]
)
def test_the_json_document_keeps_its_schema(options: tuple[str, ...], rich_log: Path, run: Run) -> None:
    document = run(rich_log, "--format", "json", *options).document
    jsonschema.validate(document, SCHEMA, format_checker=jsonschema.FormatChecker())
    messages = document["messages"]
    parts = ("delivered", "failed", "undelivered", "accepted")
    assert sum(messages[part] for part in parts) == messages["total"] == 42


def test_every_line_of_ndjson_keeps_the_schema_of_a_message(rich_log: Path, run: Run) -> None:
    lines = [json.loads(line) for line in run(rich_log, "--format", "ndjson").out.splitlines()]
    schema = {"$defs": SCHEMA["$defs"], "$ref": "#/$defs/subject"}
    for line in lines:
        jsonschema.validate({key: value for key, value in line.items() if key != "schema"}, schema)
    assert len(lines) == 42


def test_csv_has_a_row_a_message(rich_log: Path, run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run(rich_log, "--format", "csv").out)))
    assert len(rows) == 42
    assert {row["id"]: row["verdict"] for row in rows}["wamid.f"] == "failed"


@pytest.mark.parametrize("format", ["text", "json", "ndjson", "csv", "markdown", "html"])
def test_the_exit_code_is_the_same_in_every_format(format: str, rich_log: Path, run: Run) -> None:
    assert run(rich_log, "--format", format).code == 1


@pytest.mark.parametrize(
    ("word", "age", "options", "code"),
    [
        ("read", 0, (), 0),
        ("sent", 60, (), 0),
        ("sent", 60, ("--fail-on", "warning"), 0),
        ("sent", 9 * DAY, (), 0),
        ("sent", 9 * DAY, ("--fail-on", "warning"), 1),
        ("failed", 0, (), 1),
    ],
)
def test_the_exit_code_says_whether_something_failed(
    word: str, age: int, options: tuple[str, ...], code: int, hook: Any, log: Log, run: Run
) -> None:
    path = log(hook.status("wamid.A", word, hook.noon - age), hook.status("wamid.B", "read", hook.noon))
    assert run(path, *options).code == code


@pytest.mark.parametrize("content", ["", "just text\n", '{"a": 1}\n', '{"entry": [\n'])
def test_nothing_recognised_is_not_verified(content: str, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "log"
    path.write_text(content, encoding="utf-8")
    ended = run(path)
    assert ended.code == 3
    assert "recognised" in ended.out


def test_one_message_can_be_asked_for(rich_log: Path, run: Run) -> None:
    for id, code in (("wamid.f", 1), ("wamid.ok1", 0), ("wamid.s", 0)):
        ended = run(rich_log, "--message", id, "--format", "json")
        assert [each["id"] for each in ended.document["subjects"]] == [id]
        assert ended.code == code
    assert run(rich_log, "--message", "wamid.s", "--fail-on", "warning").code == 1


def test_a_message_that_is_not_there_is_said_not_to_be(rich_log: Path, run: Run) -> None:
    ended = run(rich_log, "--message", "wamid.unknown", "--format", "json")
    assert (ended.code, ended.document["subjects"]) == (3, [])
    assert any("wamid.unknown" in note for note in ended.document["notes"])


def test_the_checklist_names_versions_terms_and_blocks(rich_log: Path, run: Run) -> None:
    out = run(rich_log, "--undelivered").out
    for word in ("2.21.15.15", "2.21.170.4", "2.2130.10", "2.2132.6", "wa.me/tos", "blocked", "not on WhatsApp"):
        assert word in out
    assert "2.21.15.15" not in run(rich_log).out


def test_unreadable_places_are_listed_when_asked_for(hook: Any, log: Log, run: Run) -> None:
    path = log(hook.status("wamid.A", "read"), *['{"entry": ['] * 25)
    few = run(path, "--format", "json").document["input"]
    all_of_them = run(path, "--format", "json", "--list-unreadable").document["input"]
    assert (few["unreadable"], len(few["unreadable_list"])) == (25, 10)
    assert [each["line"] for each in all_of_them["unreadable_list"]] == list(range(2, 27))


def test_stdin_is_read(hook: Any, run: Run) -> None:
    ended = run("-", "--format", "json", stdin=json.dumps(hook.status("wamid.A", "read")).encode())
    assert ended.document["messages"]["read"] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere.log",), "there is no nowhere.log"),
        (("-", "--format", "yaml"), "no format"),
        (("-", "--since", "last week"), "is no time"),
        (("-", "--memory", "lots"), "is no size"),
        (
            ("-", "--since", "2026-03-02", "--until", "2026-03-01"),
            "--since 2026-03-02 is not before --until 2026-03-01",
        ),
        (("-", "--limit", "-1"), "limit"),
        ((), "FILE"),
    ],
)
def test_a_mistake_in_the_call_is_one_line(arguments: tuple[str, ...], words: str, run: Run) -> None:
    ended = run(*arguments)
    assert ended.code == 2
    assert words in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("format", ["text", "json", "ndjson", "csv", "markdown", "html"])
def test_what_cannot_be_read_is_one_line_in_every_format(
    format: str, hook: Any, log: Log, tmp_path: Path, run: Run
) -> None:
    """On stderr where the format is for programs or files, in the report itself where it is for the eye."""
    picture = tmp_path / "picture"
    picture.write_bytes(bytes(range(256)))
    ended = run(log(hook.status("wamid.A", "read")), picture, "--format", format)
    line = f"{picture}: it is a binary file, no text"
    assert ended.code == 3
    assert ended.err.splitlines() == ([] if format == "text" else [f"wa-doctor: {line}"])
    assert ("it is a binary file" in " ".join(ended.out.split())) is (format not in ("ndjson", "csv"))


def test_a_quiet_run_still_says_what_was_not_read(tmp_path: Path, run: Run) -> None:
    (tmp_path / "log").write_bytes(b"")
    assert run(tmp_path / "log", "-q").err == f"wa-doctor: {tmp_path / 'log'}: it is empty\n"


def test_of_many_empty_files_ten_are_named(tmp_path: Path, run: Run) -> None:
    for number in range(25):
        (tmp_path / f"{number:02}.json").write_bytes(b"")
    lines = run(tmp_path, "--format", "csv").err.splitlines()
    assert lines[9:] == [
        f"wa-doctor: {tmp_path / '09.json'}: it is empty",
        "wa-doctor: 15 more: --list-unreadable",
    ]
    assert len(run(tmp_path, "--format", "csv", "--list-unreadable").err.splitlines()) == 25


@pytest.mark.parametrize(
    ("since", "until", "count"),
    [
        ("2026-06-01", "", 3),
        ("2026-06-01T12:30:00Z", "", 2),
        ("", "2026-06-01T12:30:00Z", 1),
        ("1780318800", "1780322400", 1),
    ],
)
def test_a_period_is_given_in_any_notation(since: str, until: str, count: int, hook: Any, log: Log, run: Run) -> None:
    path = log(*[hook.status(f"wamid.{hour}", "read", hook.noon + hour * 3600) for hour in range(3)])
    document = run(path, "--format", "json", "--since", since, "--until", until).document
    assert document["messages"]["total"] == count


def test_a_report_goes_to_files_too(rich_log: Path, tmp_path: Path, run: Run) -> None:
    run(rich_log, "--report", f"json={tmp_path / 'r.json'}", "--report", f"html={tmp_path / 'r.html'}")
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["schema"] == "wa-doctor/triage/v1"
    assert "<html" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_own_facts_change_what_is_said(
    hook: Any, log: Log, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowledge_facts, "_overlays", [])
    catalogue.known.cache_clear()
    facts = tmp_path / "facts" / "errors"
    facts.mkdir(parents=True)
    source = Path(wa_doctor.__file__).parent / "knowledge/data/errors/131026.toml"
    text = source.read_text(encoding="utf-8")
    (facts / "131026.toml").write_text(
        text.replace('title = "Message undeliverable"', 'title = "Ours"'), encoding="utf-8"
    )
    path = log(hook.status("wamid.A", "failed", code=131026))
    document = run(path, "--format", "json", "--facts", facts.parent).document
    assert document["errors"][0]["title"] == "Ours"
    assert document["overrides"] == ["errors/131026.toml"]
    catalogue.known.cache_clear()
