"""Every JSON document that a command without network writes is described by a schema, and is as described."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from wa_doctor.cli.app import run

SCHEMAS = Path(__file__).parents[1] / "docs" / "schemas"


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem)
def test_schema_is_one_and_is_named_after_its_document(path: Path) -> None:
    schema = _schema(path.stem)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"]
    assert schema["properties"]["schema"]["const"] == f"wa-doctor/{path.stem.replace('-v', '/v')}"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("checks --format json", "checks-v1"),
        ("facts --format json", "facts-v1"),
        ("auth list --format json", "profiles-v1"),
        ("sandbox --list --format json", "scenarios-v1"),
        ("checks --format json --only nothing", "error-v1"),
        ("check --sandbox healthy --format json", "report-v1"),
    ],
)
def test_document_is_as_described(
    line: str, name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    run(line.split())
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, _schema(name), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    assert set(document) <= set(_schema(name)["properties"]), "a field that is not described"


def test_profiles_are_as_described(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wa_doctor import profiles

    monkeypatch.setattr(profiles, "path", lambda: tmp_path / "profiles.toml")
    profiles.save("work", {"waba_id": "118340927561042"})
    assert run(["auth", "list", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, _schema("profiles-v1"))
    assert document["profiles"][0]["values"] == {"waba_id": "118340927561042"}


def _schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    return schema
