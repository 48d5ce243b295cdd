"""Every format of the report: golden files byte for byte, and what must hold of each whatever the report says."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from wa_doctor.graph.description import TokenDescription
from wa_doctor.model import (
    Input,
    Report,
    Result,
    Severity,
    Status,
    Target,
    error,
    notice,
    summarise,
    warning,
)
from wa_doctor.network.timings import Timings
from wa_doctor.redact import Secret
from wa_doctor.render import Look, formats, render
from wa_doctor.render.report import _wording as wording
from wa_doctor.render.report import github, markdown
from wa_doctor.render.terminal import cells

Compare = Callable[[str, str], None]

STARTED = datetime(2026, 11, 22, 9, 41, 7, tzinfo=UTC)
SCHEMA = Path(__file__).parent.parent / "docs" / "schemas" / "report-v1.json"
NASTY = (
    "a 100% \x1b[31mred\x1b[0m <b>answer</b>: \u202eright to left\u202c, a|pipe, `ticks`, @octocat and #7,\n"
    "::error::injected %0A::warning::too ##[error]old https://evil.example/?q=1&r=<x> :rocket: _end_"
)
LONG_URL = "https://developers.facebook.example/docs/whatsapp/business-management-api/" + "a-long-way/" * 6 + "#scopes"

RESULTS = (
    Result("config-token", "config", "a token was found and has the shape of one", Status.PASS, duration_ms=1),
    Result(
        "config-version",
        "config",
        "a version is pinned, known and not near its end",
        Status.WARN,
        duration_ms=0,
        findings=(
            warning(
                "v23.0 ends in 12 days (2026-12-04); afterwards Meta answers with the oldest version that is left",
                fix="Set `WA_API_VERSION=v25.0` and read the changelog in between.",
                url="https://developers.facebook.example/docs/graph-api/changelog",
                evidence={"version": "v23.0", "ends": "2026-12-04", "days": 12},
            ),
        ),
    ),
    Result(
        "api-tls",
        "api",
        "the TLS chain verifies",
        Status.PASS,
        duration_ms=87,
        findings=(
            notice("TLSv1.3, issued by DigiCert", evidence={"version": "TLSv1.3", "names": ("a.example", "b.example")}),
            notice("the certificate ends in 61 days", subject="graph.facebook.com"),
        ),
    ),
    Result(
        "api-media",
        "api",
        "the media host accepts a TLS connection",
        Status.UNKNOWN,
        "no answer from lookaside.fbsbx.com:443 within 5 s",
        duration_ms=5003,
        findings=(
            warning(
                "no answer from lookaside.fbsbx.com:443 within 5 s",
                fix="Allow outgoing connections to lookaside.fbsbx.com, port 443.",
                command="curl -sv https://lookaside.fbsbx.com/ -o /dev/null",
            ),
        ),
    ),
    Result(
        "api-clock",
        "api",
        "the clock agrees with Meta's",
        Status.CRASH,
        "this is a bug in wa-doctor: ZeroDivisionError: division by zero (wa_doctor.checks.api:120)",
    ),
    Result(
        "token-scopes",
        "token",
        "both WhatsApp permissions are granted",
        Status.FAIL,
        duration_ms=1204,
        findings=(
            error(
                "whatsapp_business_messaging is missing: every send is refused with error 10",
                subject="whatsapp_business_messaging",
                fix="Generate a new token with both permissions ticked (Business settings > Users > System users > "
                "Generate new token), then set WA_ACCESS_TOKEN.",
                url=LONG_URL,
                evidence={"granted": ("public_profile",), "fbtrace_id": "Ahg4_Bc7|dE", "code": 10, "subcode": None},
            ),
            error(
                "whatsapp_business_management is missing: the WABA cannot be read",
                subject="whatsapp_business_management",
                fix="Generate a new token with both permissions ticked (Business settings > Users > System users > "
                "Generate new token), then set WA_ACCESS_TOKEN.",
                url=LONG_URL,
            ),
            notice("business_management is not granted, which sending does not need"),
        ),
    ),
    Result(
        "token-valid",
        "token",
        "Meta accepts the token",
        Status.FAIL,
        "no answer to /me/permissions",
        duration_ms=310,
        findings=(
            error(
                NASTY,
                fix="Take the quotes off with `sed 's/\"//g | cut -c1-9'`, then run it again.",
                command="wa-doctor explain 190/463 | less",
                url="https://example.com/a|b?c=<d>&e=f",
            ),
        ),
    ),
    Result("token-app", "token", "the token belongs to the app", Status.SKIP, "no app id was given"),
    *(
        Result(id, id.partition("-")[0], summary, Status.SKIP, "needs token-scopes", "token-scopes")
        for id, summary in (
            ("token-assets", "granular scopes include the WABA"),
            ("account-access", "the WABA can be read with this token"),
            ("number-access", "the phone number can be read with this token"),
            ("number-owner", "the number belongs to the WABA"),
            ("health-send", "Meta's health status lets every entity send"),
        )
    ),
    Result(
        "planet-alignment",
        "planet",
        "wide: 健康診断が通りました、すべて順調です",
        Status.PASS,
        findings=(
            notice("a name that is wide: 株式会社エイチ・ツー・オー and a note too long for any line of a page"),
        ),
    ),
)
REPORT = Report(
    command="check",
    version="1.2.3",
    started=STARTED,
    duration_ms=6789,
    target=Target("https://graph.facebook.com", "v23.0", "106540352242922", "102290129340398", "", "acme"),
    summary=summarise(RESULTS),
    results=RESULTS,
    inputs=(
        Input("access token", "set, SHA-256 0123456789ab", "WA_ACCESS_TOKEN"),
        Input("phone number id", "106540352242922", "--phone-number-id"),
        Input("WABA id", "102290129340398", "WABA_ID in /srv/acme/whatsapp/.env"),
        Input(
            "callback URL", "https://hooks.acme.example/whatsapp/cloud-api/v1/events?tenant=42&x=<y>", "profile acme"
        ),
    ),
    facts={"errors": "2026-06-24", "versions": "2026-08-01"},
    overrides=("errors/190.toml",),
)
TOKEN = TokenDescription(
    fingerprint="0123456789ab",
    source="WA_ACCESS_TOKEN",
    introspected_by="the token itself",
    valid=True,
    kind="SYSTEM_USER",
    app_id="670843887433847",
    application="Acme | CRM",
    user_id="122100000000001",
    issued_at=datetime(2026, 1, 2, 14, 0, tzinfo=UTC),
    expires_at=datetime(2026, 11, 25, 14, 0, tzinfo=UTC),
    data_access_never_ends=True,
    scopes=("whatsapp_business_management", "business_management", "public_profile"),
    granular_scopes=(
        ("whatsapp_business_management", ("102290129340398", "102290129340399")),
        ("business_management", None),
    ),
    functional=(
        ("reading the WABA", "ok"),
        ("reading the phone number", "refused: (#10) Application does not have permission for this action"),
        ("reading the templates", "not checked"),
    ),
)
TIMINGS = Timings(
    dns=12.4,
    connect=24.9,
    tunnel=None,
    tls=51.26,
    server=83.0,
    transfer=0.8,
    samples=(80.1, 85.5, 84.2, 121.0, 79.9),
    address="2a03:2880:f12f:83:face:b00c::25de",
    other=Timings(
        dns=None,
        connect=3.1,
        tunnel=31.0,
        tls=62.7,
        server=99.5,
        transfer=1.0,
        samples=(101.0,),
        via="http://proxy.acme.example:3128",
        address="10.1.2.3",
    ),
)
TOKEN_REPORT = replace(REPORT, command="token", token=TOKEN)
PROBE_REPORT = replace(REPORT, command="probe", timings=TIMINGS)
SANDBOX_REPORT = replace(
    REPORT,
    target=replace(REPORT.target, base_url="http://127.0.0.1:8123", sandbox="healthy"),
    results=RESULTS[:1],
    summary=summarise(RESULTS[:1]),
    overrides=(),
)


EVERYDAY = Look()


def written(format: str, report: Report = REPORT, look: Look = EVERYDAY, encoding: str = "utf-8") -> str:
    """Return what a format writes to a stream of an encoding."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    render("report", format, report, out, look)
    out.flush()
    return raw.getvalue().decode(encoding)


GOLDEN = {
    "report-80.txt": lambda: written("text", look=Look(width=80)),
    "report-120.txt": lambda: written("text", look=Look(width=120)),
    "report-ascii.txt": lambda: written("text", PROBE_REPORT, encoding="ascii"),
    "report-quiet.txt": lambda: written("text", look=Look(quiet=True)),
    "report-verbose.txt": lambda: written("text", TOKEN_REPORT, Look(verbose=True)),
    "report-color.txt": lambda: written("text", look=Look(color="always")),
    "report-sandbox.txt": lambda: written("text", SANDBOX_REPORT),
    "report-probe-120.txt": lambda: written("text", PROBE_REPORT, Look(width=120)),
    "report.json": lambda: written("json"),
    "report-token.json": lambda: written("json", TOKEN_REPORT),
    "report-probe.json": lambda: written("json", PROBE_REPORT),
    "report.junit.xml": lambda: written("junit"),
    "report.github.txt": lambda: written("github"),
    "report.markdown.md": lambda: written("markdown"),
    "report-token.markdown.md": lambda: written("markdown", TOKEN_REPORT),
    "report-probe.markdown.md": lambda: written("markdown", PROBE_REPORT),
}
EVERY_REPORT = (REPORT, TOKEN_REPORT, PROBE_REPORT, SANDBOX_REPORT)


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name: str, golden: Compare) -> None:
    """A format writes what somebody has read and found good."""
    golden(name, GOLDEN[name]())


def test_every_format_has_a_golden_file() -> None:
    """A new format cannot be forgotten here."""
    covered = {name.split(".")[1] for name in GOLDEN if name.count(".") == 2} | {"text", "json"}

    assert set(formats("report")) == covered


# What holds of every format.


@pytest.mark.parametrize("format", formats("report"))
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_no_stream_is_too_narrow_for_the_characters(format: str, encoding: str) -> None:
    """A terminal or file that knows no check mark gets something else instead of an exception."""
    for report in EVERY_REPORT:
        assert written(format, report, encoding=encoding)


@pytest.mark.parametrize("format", formats("report"))
def test_no_control_character_gets_out(format: str) -> None:
    """Whatever a configured value holds, it colours no terminal and reorders no line."""
    target = Target("https://graph.example/\x1b[31m\u202e\x00", "v1\x07\n", profile="\x9bboo")
    text = written(format, replace(REPORT, target=target, inputs=(Input("a\x1b", "b\x08\n::error::", "c\u2066"),)))

    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    if format != "junit":
        assert not re.search("[\u200e\u200f\u2028-\u202e\u2066-\u2069]", text)


@pytest.mark.parametrize("format", formats("report"))
def test_a_known_secret_is_in_no_format(format: str) -> None:
    """A token that Meta repeats in its message is blanked when the finding is built."""
    secret = Secret("EAAGnotarealtoken0123456789notarealtoken")
    result = Result(
        "token-valid",
        "token",
        "Meta accepts the token",
        Status.FAIL,
        f"with {secret.reveal()}",
        findings=(
            error(
                f"Malformed access token {secret.reveal()}",
                fix=f"Replace {secret.reveal()}.",
                evidence={"asked": f"/debug_token?input_token={secret.reveal()}"},
            ),
        ),
    )
    report = replace(TOKEN_REPORT, results=(result,), summary=summarise((result,)))

    assert secret.reveal() not in written(format, report, Look(verbose=True))


# Text.


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("verbose", [False, True])
def test_only_what_must_not_be_broken_is_longer_than_the_page(columns: int, verbose: bool) -> None:
    """A line is too long only where it holds one address or one command and nothing else."""
    whole = {step.command for each in RESULTS for step in (finding.fix for finding in each.findings) if step}
    for report in EVERY_REPORT:
        for line in written("text", report, Look(width=columns, verbose=verbose)).splitlines():
            said = line.strip()
            assert cells(line) <= columns or " " not in said or said in whole or said.startswith("callback URL"), line


def test_quiet_shows_what_is_wrong_and_the_last_lines() -> None:
    """With `-q` nothing is shown of what passed or was skipped, and of the values."""
    text = written("text", look=Look(quiet=True))

    assert "✓" not in text
    assert "not checked:" not in text
    assert "Values used" not in text
    assert "✗ both WhatsApp permissions are granted" in text
    assert text.count("\nFirst: ") == 1


def test_quiet_keeps_quiet_about_a_run_without_problems() -> None:
    """With `-q` a healthy set-up is one line, and the sandbox still says that it is one."""
    assert written("text", SANDBOX_REPORT, Look(quiet=True)).splitlines() == [
        'SANDBOX "healthy": nothing here reaches Meta',
        "1 passed   6.8 s",
    ]


def test_verbose_shows_ids_durations_notices_and_evidence() -> None:
    """With `-v` a reader can quote everything that JSON holds of a check."""
    text = written("text", look=Look(verbose=True))

    assert "(token-scopes, 1.2 s)" in text
    assert "fbtrace_id: Ahg4_Bc7|dE" in text
    assert "the certificate ends in 61 days" in text
    assert "Facts read: errors 2026-06-24" in text
    assert "more checks wait" not in text


def test_a_few_skips_are_told_one_by_one() -> None:
    """Two checks that wait for the same one are not worth a summary."""
    results = tuple(each for each in RESULTS if each.check not in ("number-access", "number-owner", "health-send"))
    text = written("text", replace(REPORT, results=results))

    assert "more checks wait" not in text
    assert text.count("not checked: needs token-scopes") == 2


def test_skips_for_one_reason_without_a_cause_are_told_together() -> None:
    """Three checks that were not asked for share one line."""
    ids = ("recipient-format", "recipient-region", "recipient-marketing")
    results = tuple(Result(id, "recipient", id, Status.SKIP, "no recipient was given with --to") for id in ids)
    text = written("text", replace(REPORT, results=results))

    assert (
        "\n  - recipient-format, recipient-region, recipient-marketing\n"
        "      not checked: no recipient was given with --to\n"
    ) in text


def test_a_run_of_nothing_says_so() -> None:
    """A report without a single verdict does not look like success."""
    text = written("text", replace(REPORT, results=(), summary=summarise(()), inputs=(), overrides=()))

    assert "nothing was checked" in text
    assert "nothing was checked" in written("markdown", replace(REPORT, results=(), summary=summarise(())))


def test_a_token_nobody_could_introspect_is_unknown_not_unscoped() -> None:
    """Silence about the scopes is never written as missing scopes."""
    refused = TokenDescription("0123456789ab", "keyring", refused="(#100) You must provide an app access token")
    text = written("text", replace(TOKEN_REPORT, token=refused))

    assert "? whatsapp_business_messaging: not known" in text
    assert "whatsapp_business_messaging is missing\n" not in text
    assert "? not known: (#100) You must provide an app access token" in text


def test_the_waterfall_has_one_scale() -> None:
    """A stage that took twice as long has a bar twice as long, and begins where the one before ended."""
    plain = Timings(10.0, 20.0, None, 40.0, 80.0, 10.0, (80.0,))
    rows = [line for line in written("text", replace(PROBE_REPORT, timings=plain)).splitlines() if "█" in line]
    bars = [(row.index("█"), row.count("█")) for row in rows]

    assert [begin for begin, _ in bars[1:]] == [begin + length for begin, length in bars[:-1]]
    assert bars[3][1] == pytest.approx(2 * bars[2][1], abs=1)


@pytest.mark.parametrize(
    ("milliseconds", "shown"), [(0, "0 ms"), (84, "84 ms"), (910, "0.9 s"), (59_949, "59.9 s"), (125_000, "2 min 5 s")]
)
def test_spans_of_time(milliseconds: int, shown: str) -> None:
    """A duration has the unit that a person would choose."""
    assert wording.span(milliseconds) == shown


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 11, 25, 14, tzinfo=UTC), "2026-11-25 14:00 UTC (in 3 days)"),
        (datetime(2026, 11, 22, 8, 41, 7, tzinfo=UTC), "2026-11-22 08:41 UTC (1 hour ago)"),
        (datetime(2026, 11, 22, 9, 41, 30, tzinfo=UTC), "2026-11-22 09:41 UTC (in less than a minute)"),
        (datetime(2030, 1, 1, tzinfo=UTC), "2030-01-01 00:00 UTC (in 3 years)"),
        (datetime(2026, 1, 2, 15, tzinfo=timezone(timedelta(hours=1))), "2026-01-02 14:00 UTC (323 days ago)"),
    ],
)
def test_moments(moment: datetime, shown: str) -> None:
    """A moment is written in UTC, with how far it is from the run."""
    assert wording.when(moment, STARTED) == shown


# JSON.


def _closed(schema: Any) -> Any:
    """Return the schema with every object closed, so that a field it does not describe is an error."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    return closed if "properties" not in schema else {**closed, "additionalProperties": False}


@pytest.mark.parametrize("report", EVERY_REPORT, ids=["check", "token", "probe", "sandbox"])
def test_json_is_described_to_the_last_field(report: Report) -> None:
    """Every field that is written stands in the schema, and nothing that the schema demands is left out."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(
        _closed(schema), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )

    assert [each.message for each in validator.iter_errors(json.loads(written("json", report)))] == []


def test_every_field_of_the_schema_is_described() -> None:
    """Whoever writes a script finds the meaning of every key in the schema."""

    def bare(schema: Any, path: str) -> list[str]:
        if isinstance(schema, list):
            return [found for each in schema for found in bare(each, path)]
        if not isinstance(schema, dict):
            return []
        fields = schema.get("properties", {}) if isinstance(schema.get("properties"), dict) else {}
        missing = [f"{path}.{key}" for key, value in fields.items() if not value.get("description")]
        return missing + [found for key, value in schema.items() for found in bare(value, f"{path}.{key}")]

    assert bare(json.loads(SCHEMA.read_text(encoding="utf-8")), "") == []


def test_json_says_the_same_in_any_encoding() -> None:
    """A stream that knows only ASCII gets escapes, not question marks."""
    assert json.loads(written("json", encoding="ascii")) == json.loads(written("json"))


def test_json_does_not_depend_on_how_text_should_look() -> None:
    """Neither `-v` nor `-q` nor a colour changes what a script reads."""
    assert written("json", look=Look(color="always", verbose=True, quiet=True)) == written("json")


def test_json_has_no_figures_that_json_has_not() -> None:
    """A figure that is no number becomes null instead of `NaN`, which no strict parser reads."""
    finding = notice("latency", evidence={"median": float("nan")})
    report = replace(REPORT, results=(Result("api-x", "api", "x", Status.PASS, findings=(finding,)),))

    assert json.loads(written("json", report))["checks"][0]["findings"][0]["evidence"] == {"median": None}


# JUnit.


def test_junit_says_how_every_check_ended() -> None:
    """The elements of a test case follow the status, and the totals are those of the test cases."""
    suite = ET.fromstring(written("junit")).find("testsuite")  # noqa: S314 - our own output
    assert suite is not None
    cases = {case.get("name"): [child.tag for child in case] for case in suite.iter("testcase")}

    assert cases["config-token"] == []
    assert cases["config-version"] == ["system-out"]
    assert cases["token-valid"] == ["failure"]
    assert cases["token-app"] == ["skipped"]
    assert cases["api-media"] == ["error"]
    assert cases["api-clock"] == ["error"]
    for total, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert suite.get(total) == str(len(list(suite.iter(tag))))


def test_junit_is_the_same_document_in_ascii() -> None:
    """Characters that the stream does not know become references, which a parser turns back."""
    assert ET.canonicalize(written("junit", encoding="ascii")) == ET.canonicalize(written("junit"))


def test_junit_leaves_out_what_xml_cannot_hold() -> None:
    """A NUL, an ESC or a non-character in a value of the caller does not make the file unreadable."""
    target = replace(REPORT.target, profile="a\x00b\x1bc\ufffed")
    root = ET.fromstring(written("junit", replace(REPORT, target=target)))  # noqa: S314 - our own output

    assert [each.get("value") for each in root.iter("property") if each.get("name") == "profile"] == ["abcd"]


# GitHub.


def _obeyed(log: str) -> list[str]:
    """Return the commands that GitHub's runner would obey, by the rules of its ActionCommandManager."""
    obeyed = []
    word = ""
    for line in log.splitlines():
        found = re.match(r"\s*::([^ :]+)( [^:]*)?::(.*)", line) or re.search(r"##\[([^] ]+)( [^]]*)?\](.*)", line)
        if word:
            word = "" if found and found[1] == word else word
        elif found:
            obeyed.append(found[1])
            word = found[3] if found[1] == "stop-commands" else ""
    assert not word, "commands are left stopped"
    return obeyed


def _report_of(count: int, severity: Severity = Severity.ERROR) -> Report:
    say = error if severity is Severity.ERROR else warning
    status = Status.FAIL if severity is Severity.ERROR else Status.WARN
    results = tuple(
        Result(f"api-{number}", "api", "it works", status, findings=(say(f"it does not {number}", fix="Mend it."),))
        for number in range(count)
    )
    return replace(REPORT, results=results, summary=summarise(results))


def test_nothing_from_outside_becomes_a_command() -> None:
    """A message with a command in it, behind spaces, or in the old spelling, is shown and not obeyed."""
    results = tuple(
        Result(f"api-{number}", "api", "x", Status.FAIL, findings=(error(text, fix=text, command=text),))
        for number, text in enumerate(
            ("::error::boo", "##[error]boo", "x\n::stop-commands::boo", "%0A::add-mask::boo", ",title=boo::warning::x")
        )
    )
    log = written("github", replace(REPORT, results=results, summary=summarise(results)), Look(verbose=True))

    assert _obeyed(log) == ["error"] * len(results) + ["stop-commands"]
    assert "title=wa-doctor api-3::%250A::add-mask::boo%0A" in log


def test_at_most_ten_annotations_of_a_kind() -> None:
    """The eleventh and twelfth error are in the report and said in one line, because GitHub drops them silently."""
    log = written("github", _report_of(12))

    assert _obeyed(log).count("error") == 10
    assert "\n2 more errors: GitHub shows 10 annotations of a kind, the report has them all.\n" in log
    assert "it does not 11" in log


def test_ten_annotations_need_no_remark() -> None:
    """The limit is ten, not nine."""
    log = written("github", _report_of(10, Severity.WARNING))

    assert _obeyed(log).count("warning") == 10
    assert "more warning" not in log


def test_what_could_not_be_verified_is_a_warning_and_a_crash_is_an_error() -> None:
    """The annotations follow the table of statuses, also where a check has nothing but a reason."""
    results = (
        Result("api-dns", "api", "x", Status.UNKNOWN, "no answer"),
        Result("api-tls", "api", "x", Status.CRASH, "this is a bug in wa-doctor: boo"),
        Result("api-media", "api", "x", Status.PASS, findings=(notice("boo"),)),
    )
    log = written("github", replace(REPORT, results=results, summary=summarise(results)))

    assert log.splitlines()[:3] == [
        "::error title=wa-doctor api-tls::this is a bug in wa-doctor: boo",
        "::warning title=wa-doctor api-dns::no answer",
        log.splitlines()[2],
    ]
    assert log.splitlines()[2].startswith("::stop-commands::")


def test_the_step_summary_is_appended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an earlier step wrote stays; the Markdown report comes behind it."""
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    written("github", encoding="ascii")

    assert summary.read_bytes().decode() == "before\n" + written("markdown")


def test_only_the_github_format_writes_the_step_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable alone makes no other format write files."""
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    for format in set(formats("report")) - {"github"}:
        written(format)

    assert not summary.exists()


@pytest.mark.parametrize("used", [0, 700_000])
def test_the_step_summary_stays_below_a_mebibyte(used: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that is too long is cut between two lines, and says so."""
    summary = tmp_path / "summary.md"
    summary.write_bytes(b"x" * used)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    written("github", _report_of(9000))
    text = summary.read_text(encoding="utf-8")

    assert used + 200_000 < summary.stat().st_size <= github.ROOM
    assert text.endswith("\nThe rest did not fit into the step summary; it is in the log.\n")
    assert text.count("<details>") == text.count("</details>")


def test_a_full_step_summary_is_one_line_on_stderr(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even the remark fits: the file stays as it is, and somebody is told."""
    summary = tmp_path / "summary.md"
    summary.write_bytes(b"x" * (github.ROOM - 10))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    written("github")

    assert summary.stat().st_size == github.ROOM - 10
    assert capsys.readouterr().err == f"wa-doctor: the step summary {summary} is full; the report is in the log\n"


def test_a_step_summary_that_cannot_be_written_is_one_line_on_stderr(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The annotations are written all the same."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "missing" / "summary.md"))
    log = written("github")
    told = capsys.readouterr().err

    assert log.startswith("::error ")
    assert told.startswith(f"wa-doctor: the step summary {tmp_path}")
    assert told.count("\n") == 1


# Markdown.


@pytest.mark.parametrize("report", EVERY_REPORT, ids=["check", "token", "probe", "sandbox"])
def test_no_cell_breaks_its_table(report: Report) -> None:
    """A pipe in a message, a command or an address starts no column."""
    tables = re.findall(r"(?:^\|.*\|\n)+", written("markdown", report), re.MULTILINE)

    assert len(tables) > 1
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1, table


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ask @octocat", "ask @&#8203;octocat"),
        ("(#100) Invalid", "(#&#8203;100) Invalid"),
        ("see https://x.example", "see https:&#8203;//x.example"),
        ("see www.x.example", "see www&#8203;.x.example"),
        ("a:rocket:b", "a:&#8203;rocket:b"),
        ("GH-12 and !34", "GH-&#8203;12 and !&#8203;34"),
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("&lt;", "&amp;lt;"),
        ("a | b \\ c", "a \\| b \\\\ c"),
        ("`code` *b* [l](u) ~s~", "\\`code\\` \\*b\\* \\[l\\](u) \\~s\\~"),
        ("_em_ snake_case", "\\_em\\_ snake_case"),
        ("two\nlines", "two lines"),
    ],
)
def test_markdown_shows_text_as_it_is(text: str, shown: str) -> None:
    """Nothing that comes from outside mentions, refers, links, draws or formats."""
    assert markdown.escape(text) == shown


def test_only_web_addresses_become_links() -> None:
    """An address that would run something is shown as text."""
    assert markdown.link("javascript:alert(1)") == "javascript:alert(1)"
    assert markdown.link("https://x.example/a|b> c") == "<https://x.example/a%7Cb%3E%20c>"


def test_a_command_with_backticks_stays_one_command() -> None:
    """The fence of a code span is longer than any run of backticks in it."""
    assert markdown.code("echo `date`") == "`` echo `date` ``"
    assert markdown.prose("Run `a | b` now_") == "Run `a \\| b` now\\_"
