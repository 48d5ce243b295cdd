"""What docs/triage.md says is so: its options, its example log, its code."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wa_doctor
from wa_doctor.render import formats
from wa_doctor.webhooks.message import Verdict

Run = Callable[..., Any]

DOCS = Path(wa_doctor.__file__).parent.parent / "docs"
PAGE = (DOCS / "triage.md").read_text(encoding="utf-8")


def test_every_option_and_format_is_on_the_page(run: Run) -> None:
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", run("--help").out)) - {"--help"}
    assert len(options) > 10
    assert [option for option in sorted(options) if f"`{option}" not in PAGE] == []
    assert [format for format in formats("triage") if f"| `{format}` |" not in PAGE] == []


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_page_shows_the_totals_of_its_example_log(verdict: Verdict, run: Run) -> None:
    ended = run(DOCS / "examples" / "webhooks.ndjson", "--format", "json")
    assert ended.code == 1
    shown = re.search(rf"^  . {verdict}\b.*? +(\d+) +[\d.]+%", PAGE, re.MULTILINE)
    assert shown
    assert int(shown[1]) == ended.document["messages"][verdict]


def test_the_reason_on_the_page_is_that_of_the_example_log(run: Run) -> None:
    ended = run(DOCS / "examples" / "webhooks.ndjson", "--message", "wamid.EXAMPLE09", "--format", "json")
    (message,) = ended.document["subjects"]
    assert message["reasons"][0]["title"] == "Iran is not served"
    assert "likely    Iran is not served" in PAGE


@pytest.mark.parametrize(
    "arguments", re.findall(r"^\$ wa-doctor triage docs/examples/webhooks.ndjson (.*)", PAGE, re.MULTILINE)
)
def test_every_line_of_an_example_is_printed_in_that_order(arguments: str, run: Run) -> None:
    """The page leaves lines out, and writes none of its own; only how long it took differs."""
    block = PAGE.partition(f"webhooks.ndjson {arguments}\n")[2].partition("```")[0]
    printed = iter(run(DOCS / "examples" / "webhooks.ndjson", *arguments.split()).out.splitlines())
    known = [re.sub(r"\d+ ms$", "", line) for line in block.splitlines()]
    assert len(known) > 10
    assert [line for line in known if all(line != re.sub(r"\d+ ms$", "", each) for each in printed)] == []


def test_the_code_on_the_page_runs() -> None:
    """Its last line asserts what it shows."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(code, "docs/triage.md", "exec"), {})  # noqa: S102 - our own page
