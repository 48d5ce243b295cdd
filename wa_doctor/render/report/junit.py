"""
The report for build servers: one JUnit test suite, one test case a check.

JUnit knows no warning: a warning is a test case that passed and says so on its system-out. What could not be
verified is an `error`, which is JUnit's word for a test that came to no verdict.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, TextIO
from xml.etree import ElementTree as ET

from wa_doctor.model import Finding, Report, Result, Status
from wa_doctor.render.report import _wording as wording

if TYPE_CHECKING:
    from wa_doctor.render import Look

# What XML 1.0 section 2.2 leaves out of Char, and the controls it discourages.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, out: TextIO, look: Look) -> None:  # noqa: ARG001 - one shape, however it should look
    """Write the XML; characters that `out` cannot encode become references."""
    counts = report.summary.counts
    totals = {
        "name": f"wa-doctor {report.command}",
        "tests": str(len(report.results)),
        "failures": str(counts.get(Status.FAIL, 0)),
        "errors": str(counts.get(Status.UNKNOWN, 0) + counts.get(Status.CRASH, 0)),
        "skipped": str(counts.get(Status.SKIP, 0)),
        "time": _seconds(report.duration_ms),
    }
    suites = ET.Element("testsuites", totals)
    # The schema of JUnit's files has no room for a time zone: the moment is in UTC and does not say so.
    moment = report.started.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    suite = ET.SubElement(suites, "testsuite", {**totals, "timestamp": moment})
    _properties(suite, report)
    for result in report.results:
        _case(suite, result)
    ET.indent(suites)
    text = ET.tostring(suites, encoding="unicode")
    out.write('<?xml version="1.0" encoding="utf-8"?>\n' + _encodable(text, out) + "\n")


def _properties(suite: ET.Element, report: Report) -> None:
    target, step = report.target, report.summary.first_step
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("wa-doctor version", report.version),
        ("base URL", target.base_url),
        ("API version", target.api_version),
        ("phone number id", target.phone_number_id),
        ("WABA id", target.waba_id),
        ("app id", target.app_id),
        ("profile", target.profile),
        ("sandbox", target.sandbox),
        ("first step", f"{step.text} {step.command or step.url}".strip() if step else ""),
    ):
        if value:
            ET.SubElement(properties, "property", {"name": name, "value": _legal(value)})


def _case(suite: ET.Element, result: Result) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        {"classname": result.family, "name": result.check, "time": _seconds(result.duration_ms)},
    )
    told = wording.concerns(result)
    worst = result.worst if told else None
    message = _legal(worst.message if worst else wording.reason(result))
    if result.status is Status.SKIP:
        ET.SubElement(case, "skipped", {"message": _legal(wording.reason(result))})
    elif result.status is Status.FAIL:
        ET.SubElement(case, "failure", {"message": message, "type": "fail"}).text = _body(result, told)
    elif result.status in (Status.UNKNOWN, Status.CRASH):
        said = _legal(wording.reason(result))
        ET.SubElement(case, "error", {"message": said, "type": result.status.value}).text = _body(result, told)
    elif result.status is Status.WARN:
        ET.SubElement(case, "system-out").text = _body(result, told)


def _body(result: Result, told: tuple[Finding, ...]) -> str:
    lines = [f"expected: {result.summary}"]
    for finding in told:
        lines.append(f"{finding.severity.value}: {finding.message}")
        if finding.fix:
            lines += [f"  {part}" for part in (finding.fix.text, finding.fix.command, finding.fix.url) if part]
    if result.status is not Status.CRASH and (reason := wording.remainder(result)):
        lines.append(reason)
    return _legal("\n".join(lines))


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.3f}"


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)


def _encodable(text: str, out: TextIO) -> str:
    try:
        text.encode(getattr(out, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return text.encode("ascii", "xmlcharrefreplace").decode()
    return text
