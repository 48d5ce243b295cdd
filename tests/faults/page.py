"""`docs/faults.md`: what the program said of each fault when it was last written, read and written here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from itertools import groupby
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
WRITE = "pytest tests/faults --write-faults"

_HEAD = f"""\
<!-- Written by `{WRITE}`; do not edit. -->

# Real faults

What `wa-doctor` says when it meets the real thing. Every row is a test in `tests/faults/`: the installed program runs as a process in a network namespace in which graph.facebook.com, lookaside.fbsbx.com and metastatus.com are served at public addresses over TLS, and one thing is wrong. "Made by" names the software that makes the fault; "server" is a small one of the test's own.

A check that only waits for a broken one is skipped and names it; that is not shown here. In no row does a `token-*` check fail: an unreachable API says nothing about a token. The exit code is that of the whole run. The time is that of the run as its report gives it, on two cores that had other work as well, and in brackets stands the `--timeout` that it had to keep; both are in seconds.
"""  # noqa: E501 - a paragraph is one line
_COLUMNS = ("fault", "made by", "check", "status", "what wa-doctor says", "exit", "time (limit)")

HEADINGS = (
    "Names",
    "Connections",
    "TLS",
    "Proxies",
    "Answers",
    "Answers to calls that carry the token",
    "Webhook endpoints",
)
"""The parts of the page, one a module of tests, in their order."""

_PASSING = re.compile(r"\b\d+ ms\b|\b\d{4}-\d\d-\d\d \d\d:\d\d UTC")


@dataclass(frozen=True, slots=True)
class Row:
    """One fault and what was said of it, as the page has it."""

    fault: str
    by: str
    check: str
    status: str
    says: str
    exit: str
    time: str

    @property
    def lasting(self) -> tuple[str, ...]:
        """What must be the same whenever it runs: no time, neither the row's own nor one in the sentence."""
        return (self.fault, self.by, self.check, self.status, _PASSING.sub("...", self.says), self.exit)


def read() -> dict[tuple[str, str], Row]:
    """Return the rows of the committed page by their heading and their fault."""
    rows: dict[tuple[str, str], Row] = {}
    heading = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines() if PAGE.exists() else ():
        cells = [_plain(cell) for cell in line[2:-2].split(" | ")]
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line.startswith("| ") and tuple(cells) != _COLUMNS:
            rows[heading, cells[0]] = Row(*cells)
    return rows


def write(rows: Iterable[tuple[str, Row]]) -> None:
    """Write the page from rows, each with the heading it belongs under."""
    text = _HEAD
    for heading, group in groupby(sorted(rows, key=lambda each: HEADINGS.index(each[0])), key=lambda each: each[0]):
        table = [_line(_COLUMNS), "|" + "---|" * len(_COLUMNS), *(_line(_marked(row)) for _, row in group)]
        text += "\n".join(["", f"## {heading}", "", *table, ""])
    PAGE.write_text(text, encoding="utf-8")


def _marked(row: Row) -> tuple[str, ...]:
    fault, by, check, status, says, code, time = astuple(row)
    return fault, by, f"`{check}`", status, says, code, time


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _plain(cell: str) -> str:
    return cell.replace("\\|", "|").strip("`")
