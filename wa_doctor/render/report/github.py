"""
The report for GitHub Actions: annotations, the text report in the log, the step summary.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands

The runner looks for commands behind leading spaces too, and for `##[command]` anywhere in a line
(actions/runner, ActionCommand.cs), so indentation protects nobody: the text report is written while commands
are stopped. The word that starts them again is the hash of what stands between, which therefore cannot hold it.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from wa_doctor.model import Finding, Report, Severity, Status
from wa_doctor.render import terminal
from wa_doctor.render.report import _wording as wording
from wa_doctor.render.report import markdown
from wa_doctor.render.report import text as plain_text

if TYPE_CHECKING:
    from wa_doctor.render import Look

MOST = 10
"""Annotations of a kind that GitHub shows for a step; it drops the others without a word."""

ROOM = 1024 * 1024
"""Bytes that a step summary may hold; GitHub refuses the whole file when there are more."""

_LOG_COLUMNS = 120
_CUT = "\n\nThe rest did not fit into the step summary; it is in the log.\n"


def render(report: Report, out: TextIO, look: Look) -> None:
    """Write annotations and the text report to `out`, and append to the step summary if there is one."""
    annotations = list(_annotations(report))
    dropped = []
    for kind in ("error", "warning"):
        mine = [line for severity, line in annotations if severity == kind]
        out.writelines(terminal.writable(line, out) + "\n" for line in mine[:MOST])
        if more := len(mine) - MOST:
            dropped += [f"{more} more {kind}{'' if more == 1 else 's'}"] if more > 0 else []
    if dropped:
        out.write(f"{' and '.join(dropped)}: GitHub shows {MOST} annotations of a kind, the report has them all.\n")
    body = _captured(
        lambda stream: plain_text.render(report, stream, replace(look, width=look.width or _LOG_COLUMNS)),
        getattr(out, "encoding", None) or "utf-8",
    )
    word = hashlib.sha256(body.encode()).hexdigest()
    out.write(f"::stop-commands::{word}\n{body}::{word}::\n")
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        _append(Path(path), _captured(lambda stream: markdown.render(report, stream, look), "utf-8"))


def _annotations(report: Report) -> Iterator[tuple[str, str]]:
    for result in report.results:
        if result.status not in wording.PROBLEMS:
            continue
        for finding in wording.concerns(result):
            yield finding.severity.value, _command(finding.severity, result.check, _text(finding))
        if reason := wording.remainder(result):
            severity = Severity.ERROR if result.status is Status.CRASH else Severity.WARNING
            yield severity.value, _command(severity, result.check, reason)


def _text(finding: Finding) -> str:
    fix = finding.fix
    return "\n".join(part for part in (finding.message, *((fix.text, fix.command, fix.url) if fix else ())) if part)


def _command(severity: Severity, check: str, text: str) -> str:
    return f"::{severity.value} title={_property(f'wa-doctor {check}')}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _captured(write: Callable[[TextIO], None], encoding: str) -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    write(stream)
    stream.flush()
    return raw.getvalue().decode(encoding)


def _append(path: Path, text: str) -> None:
    try:
        room = ROOM - (path.stat().st_size if path.exists() else 0)
        data = _fitting(text.encode(), room)
        with path.open("ab") as stream:
            stream.write(data)
    except OSError as exc:
        sys.stderr.write(f"wa-doctor: the step summary {path} could not be written: {exc.strerror or exc}\n")
        return
    if not data:
        sys.stderr.write(f"wa-doctor: the step summary {path} is full; the report is in the log\n")


def _fitting(data: bytes, room: int) -> bytes:
    if len(data) <= room:
        return data
    closing = "\n</details>\n"
    kept = data[: max(0, room - len(_CUT) - len(closing))].decode(errors="ignore")
    kept = kept[: kept.rfind("\n") + 1]
    whole = kept + (closing if kept.count("<details>") > kept.count("</details>") else "") + _CUT
    return whole.encode() if len(whole.encode()) <= room else b""
