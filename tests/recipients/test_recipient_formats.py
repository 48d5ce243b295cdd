"""Verdicts in every format: golden files for what people and scripts read, structure for what machines read."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from wa_doctor.recipients import judge
from wa_doctor.recipients.bulk import Output, Sink, run
from wa_doctor.recipients.document import Document, document
from wa_doctor.render import Look, formats, render
from wa_doctor.render.recipients import json as as_json

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "recipients-v1.json").read_text(encoding="utf-8"))

INPUTS = (
    "+53 5234 5678",
    "5352345678",
    "+380 50 123 4567",
    "+7 949 123 45 67",
    "TR",
    "Donbas",
    "+1 202 555 0123",
    "+52 55 1234 5678",
    "VE.1349120865530274",
    "Irann",
    '100%, "<x>":\u001b[31m\u202e\nred',
)
LIST = 'name,phone\nAna,+5352345678\n"B, ""C""",+442071234567\nD,+380501234567\nE\nF,+989121234567\nG,12\n'
NARROW = Look(width=80)


@pytest.fixture(scope="module")
def verdicts() -> Document:
    """Return a verdict of every kind, and a value with everything that breaks formats."""
    return document(judge(value) for value in INPUTS)


def bulk(*sinks: Sink) -> tuple[list[str], Document]:
    """Judge the list above; its duration is set to a fixed one."""
    outs = [io.StringIO(newline="") for _ in sinks]
    outputs = [Output(sink, out) for sink, out in zip(sinks, outs, strict=True)]
    found = run(io.BytesIO(LIST.encode()), "list.csv", outputs)
    assert found.bulk
    object.__setattr__(found.bulk, "seconds", 0.5)
    return [out.getvalue() for out in outs], found


def written(value: Document, format: str, look: Look = NARROW, encoding: str = "utf-8") -> str:
    """Return what a format writes to a stream of that encoding."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    render("recipients", format, value, out, look)
    out.flush()
    return raw.getvalue().decode(encoding)


CASES = {
    "text.txt": ("text", Look(width=80), "utf-8"),
    "text-verbose.txt": ("text", Look(width=100, verbose=True), "utf-8"),
    "text-quiet.txt": ("text", Look(width=80, quiet=True), "utf-8"),
    "text-ascii.txt": ("text", Look(width=80), "ascii"),
    "text-color.txt": ("text", Look(width=80, color="always"), "utf-8"),
    "markdown.md": ("markdown", Look(), "utf-8"),
    "csv.csv": ("csv", Look(), "utf-8"),
    "ndjson.ndjson": ("ndjson", Look(), "utf-8"),
    "json.json": ("json", Look(), "utf-8"),
}


@pytest.mark.parametrize("name", CASES)
def test_verdicts_are_written_as_the_golden_file(name: str, verdicts: Document, request: pytest.FixtureRequest) -> None:
    format, look, encoding = CASES[name]
    compare(f"recipients-{name}", written(verdicts, format, look, encoding), request)


@pytest.mark.parametrize("name", ["text.txt", "text-quiet.txt", "markdown.md"])
def test_a_list_is_summed_up_as_the_golden_file(name: str, request: pytest.FixtureRequest) -> None:
    format, look, encoding = CASES[name]
    compare(f"list-{name}", written(bulk()[1], format, look, encoding), request)


def compare(name: str, text: str, request: pytest.FixtureRequest) -> None:
    """Compare with a golden file, byte for byte, or rewrite it when asked to."""
    path = GOLDEN / name
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()


def test_every_format_is_tested_here() -> None:
    tested = {format for format, _, _ in CASES.values()} | {"junit", "github"}

    assert set(formats("recipients")) == tested


@pytest.mark.parametrize("format", formats("recipients"))
def test_no_control_character_gets_through(format: str, verdicts: Document) -> None:
    """An escape sequence in a value colours nothing, reorders nothing and starts no workflow command."""
    text = written(verdicts, format)

    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_the_document_follows_its_schema(verdicts: Document) -> None:
    jsonschema.validate(json.loads(written(verdicts, "json")), SCHEMA)


def test_the_document_of_a_list_follows_the_same_schema() -> None:
    (text,), _ = bulk(as_json.Rows())

    found = json.loads(text)
    jsonschema.validate(found, SCHEMA)
    assert [each["verdict"] for each in found["results"]] == [
        "blocked",
        "allowed",
        "uncertain",
        "invalid",
        "blocked",
        "invalid",
    ]


def test_the_document_of_nothing_follows_it_too() -> None:
    found = json.loads(written(document([]), "json"))

    jsonschema.validate(found, SCHEMA)
    assert found["summary"]["exit_code"] == 3


def test_every_field_of_the_document_is_described(verdicts: Document) -> None:
    """A field that the schema does not know would be undocumented for ever."""

    def unknown(value: object, schema: dict[str, object], path: str) -> Iterator[str]:
        known = schema.get("properties")
        if isinstance(value, dict) and isinstance(known, dict):
            for key, each in value.items():
                yield from unknown(each, known[key], f"{path}.{key}") if key in known else [f"{path}.{key}"]
        items = schema.get("items")
        if isinstance(value, list) and isinstance(items, dict):
            for each in value:
                yield from unknown(each, items, f"{path}[]")

    (of_a_list,), _ = bulk(as_json.Rows())
    for text in (written(verdicts, "json"), of_a_list):
        assert not list(unknown(json.loads(text), SCHEMA, ""))


def test_a_build_server_sees_one_test_a_recipient(verdicts: Document) -> None:
    suite = ET.fromstring(written(verdicts, "junit"))  # noqa: S314 - our own

    cases = list(suite.iter("testcase"))
    assert len({case.get("name") for case in cases}) == len(INPUTS)
    assert suite.get("failures") == str(verdicts.counts["blocked"] + verdicts.counts["invalid"])
    assert sum(case.find("system-out") is not None for case in cases) == verdicts.counts["uncertain"]


def test_a_build_server_sees_the_problems_of_a_list() -> None:
    suite = ET.fromstring(written(bulk()[1], "junit"))  # noqa: S314 - our own

    assert [case.get("name") for case in suite.iter("testcase")] == [
        "recipient-list",
        "recipient-region row 2: +5352345678",
        "recipient-region row 4: +380501234567",
        "recipient-format row 5: E",
        "recipient-region row 6: +989121234567",
        "recipient-format row 7: 12",
    ]
    assert suite.get("failures") == "4"


def test_github_gets_an_annotation_a_problem(verdicts: Document) -> None:
    lines = written(verdicts, "github").splitlines()

    errors = [line for line in lines if line.startswith("::error ")]
    warnings = [line for line in lines if line.startswith("::warning ")]
    assert len(errors) == verdicts.counts["blocked"] + verdicts.counts["invalid"]
    assert len(warnings) == verdicts.counts["uncertain"]
    assert any("assigned, not where" in line for line in lines)


def test_text_and_markdown_say_what_no_answer_can_know(verdicts: Document) -> None:
    for format in ("text", "markdown"):
        text = " ".join(written(verdicts, format).split())
        assert text.count("A number shows where it was assigned, not where its user is now") == 1
        assert "130497 is another rule" in text
        assert "read 2026-10-10" in text


def test_no_cell_of_ours_is_a_formula(verdicts: Document) -> None:
    """A spreadsheet runs what begins with = + - or @; only the value itself, which is the list's, may."""
    for row in list(csv.reader(io.StringIO(written(verdicts, "csv"))))[1:]:
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row[1:])


def test_a_verdict_in_plain_text_loads_nothing_heavy() -> None:
    """One number, judged and written: no httpx, keyring, pydantic, nor rich where nobody looks at a terminal."""
    program = (
        "import sys\n"
        "from wa_doctor.recipients import judge\n"
        "from wa_doctor.recipients.document import document\n"
        "from wa_doctor.render import render\n"
        "render('recipients', 'text', document([judge('+5352345678')]), sys.stdout)\n"
        "heavy = {'httpx', 'keyring', 'pydantic', 'rich', 'asyncio', 'babel', 'phonenumbers', 'pycountry', 'difflib'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)

    assert "blocked" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_names_are_loaded_only_for_a_name() -> None:
    program = (
        "from wa_doctor.recipients import judge, names\n"
        "judge('+5352345678'); judge('IR.123'); judge('CU')\n"
        "assert names._spellings.cache_info().currsize == 0\n"
        "judge('Kuba')\n"
        "assert names._spellings.cache_info().currsize == 1\n"
    )

    subprocess.run([sys.executable, "-c", program], check=True)
