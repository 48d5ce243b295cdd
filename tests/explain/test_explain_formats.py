"""Every format of an explanation and of the catalogue: golden files, schemas, and what must hold whatever is pasted."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from wa_doctor.explain.arguments import explain_words
from wa_doctor.explain.catalogue import UnknownCategory, catalogue
from wa_doctor.explain.diagnosis import diagnose
from wa_doctor.explain.explanation import Evidence, Explanation, Match, RankedCause
from wa_doctor.knowledge.facts import Step
from wa_doctor.render import Look, formats, render
from wa_doctor.render.terminal import cells

Compare = Callable[[str, str], None]

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
NASTY = "a 100% \x1b[31mred\x1b[0m <b>\u202eanswer</b>, a|pipe `tick` @octocat ::error::x %0A ##[error]y\n::warning::z"

STORY = """
# Customers get nothing

Sending works, but text messages never arrive at some customers. <b>It's 100%</b> sure: `x|y` @octocat ::error::boo

```json
{"statuses":[{"id":"wamid.G1","status":"failed","recipient_id":"5491122334455","errors":[{"code":131047,
"title":"Re-engagement message","error_data":{"details":"More than 24 hours have passed\\u001b[31m."}}]}]}
```

```
{"error":{"message":"(#100) Invalid parameter","code":100,"error_subcode":2388293,"error_user_title":"Ungültig <i>",
"error_user_msg":"Zu viele Variablen: 100 %","fbtrace_id":"AgOlDeN0001"}}
```
"""

INPUTS: dict[str, Explanation] = {
    "story": diagnose([STORY]),
    "code": explain_words(["131030"]),
    "codes": explain_words(["190/463", "470", "token-scopes"]),
    "nothing": explain_words(["wibble"]),
    "unknown": explain_words(["987654"]),
}
FORMATS = ("text", "json", "markdown")


def written(explanation: Any, format: str, document: str = "explain", **look: Any) -> str:
    """Return what a format writes, 80 columns wide."""
    out = io.StringIO()
    render(document, format, explanation, out, Look(color="never", width=80, **look))
    return out.getvalue()


def schema(name: str) -> Any:
    """Return a schema that knows dates."""
    return jsonschema.Draft202012Validator(
        json.loads((SCHEMAS / name).read_text(encoding="utf-8")),
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", INPUTS)
def test_a_format_writes_what_its_golden_file_holds(name: str, format: str, golden: Compare) -> None:
    """Byte for byte; a change is read before it is accepted."""
    ending = {"text": "txt", "json": "json", "markdown": "md"}[format]
    golden(f"explain-{name}.{ending}", written(INPUTS[name], format))


def test_every_format_is_there() -> None:
    """The five formats of the contract, and those of a list."""
    assert formats("explain") == ("text", "github", "json", "junit", "markdown")
    assert formats("catalogue") == ("text", "json", "markdown")


@pytest.mark.parametrize("name", INPUTS)
def test_the_document_fits_its_schema(name: str) -> None:
    """A script can rely on every field."""
    document = json.loads(written(INPUTS[name], "json"))
    schema("explain-v1.json").validate(document)
    assert list(document)[:4] == ["schema", "matches", "causes", "unmatched"]


@pytest.mark.parametrize("category", ["", "template", "onprem_legacy"])
def test_the_list_fits_its_schema(category: str) -> None:
    """All of it, and one category."""
    document = json.loads(written(catalogue(category), "json", "catalogue"))
    schema("errors-v1.json").validate(document)
    codes = [row["code"] for row in document["errors"]]
    assert codes == sorted(codes)
    assert {row["category"] for row in document["errors"]} == ({category} if category else {*_categories()})


def _categories() -> set[str]:
    return {fact.category for fact in catalogue().facts}


def test_the_list_is_a_line_a_code() -> None:
    """80 columns, the code first."""
    lines = written(catalogue("template"), "text", "catalogue").splitlines()
    assert any(re.match(r"132001 +Template does not exist +template", line) for line in lines)
    assert max(map(cells, lines)) <= 80
    table = written(catalogue("template"), "markdown", "catalogue").splitlines()
    assert len(table) == len(catalogue("template").facts) + 2


def test_an_unknown_category_names_the_nearest() -> None:
    """A typo is no empty list."""
    with pytest.raises(UnknownCategory, match="did you mean 'template'"):
        catalogue("templat")
    with pytest.raises(UnknownCategory, match="there are"):
        catalogue("zzz")


@pytest.mark.parametrize("name", INPUTS)
def test_text_fits_into_eighty_columns(name: str) -> None:
    """Only a command or an address may be longer, because it is copied."""
    for verbose in (False, True):
        for line in written(INPUTS[name], "text", verbose=verbose).splitlines():
            copied = line.strip().startswith(("wa-doctor", "curl", "printf", "https://", "Make sure:", "More"))
            assert cells(line) <= 80 or copied, line


def test_a_bare_code_gives_its_record() -> None:
    """Title, cause, numbered steps, retry, who, link, date."""
    text = written(INPUTS["code"], "text")
    assert text.startswith("131030 Recipient phone number not in allowed list\n")
    assert "\n  1. " in text
    assert "\n     wa-doctor recipient NUMBER\n" in text
    assert "Do not retry before the cause is removed" in text
    assert "Who acts    the developer" in text
    assert re.search(r"Known +confidence high, source of 20\d\d-\d\d-\d\d\n", text)
    assert "Most likely" not in text


def test_a_story_gives_the_causes_before_what_was_recognised() -> None:
    """What is wrong first, what was seen behind it."""
    text = written(INPUTS["story"], "text")
    assert text.startswith("Most likely\n  1. ")
    assert text.index("Make sure: ") < text.index("\nRecognised\n") < text.index("131047 Re-engagement")
    assert "for the end user: Ungültig <i> - Zu viele Variablen: 100 %" in text


def test_quiet_gives_the_first_cause_and_what_to_do() -> None:
    """A line that can be read in a log."""
    text = written(INPUTS["story"], "text", quiet=True)
    assert text.splitlines()[0] == INPUTS["story"].causes[0].title
    assert "Recognised" not in text
    assert written(INPUTS["code"], "text", quiet=True).startswith("131030 Recipient phone number not in allowed list\n")


def test_verbose_gives_every_cause() -> None:
    """Three are enough for most readers."""
    many = diagnose(["The webhook cannot be verified: the callback URL or verify token couldn't be validated. (ngrok)"])
    assert len(many.causes) > 3
    assert written(many, "text").count("\n  4. ") == 0
    assert f"  {len(many.causes)}. " in written(many, "text", verbose=True)


def test_nothing_recognised_says_what_was_looked_for() -> None:
    """And what to paste instead."""
    text = written(INPUTS["nothing"], "text")
    assert text.startswith("Nothing recognised.\n  'wibble' is no check or family of checks")
    assert "Looked for\n" in text
    assert "Paste instead\n" in text
    document = json.loads(written(INPUTS["nothing"], "json"))
    assert document["looked_for"]
    assert document["paste_instead"]
    assert document["exit_code"] == 1


def hostile() -> Explanation:
    """Return an explanation in which every foreign text tries to get out of its place."""
    evidence = Evidence("text", NASTY, "A1", NASTY, 400, NASTY, NASTY)
    match = Match(
        "error", NASTY, NASTY, (Step(NASTY, "wa-doctor token", "https://x.example/"),), code=1, evidence=evidence
    )
    cause = RankedCause(1, "x", NASTY, "f", NASTY, (NASTY,), (Step(NASTY),), "", ("developer",), 0.9)
    return Explanation((match,), (cause,), (NASTY,))


def test_what_is_pasted_cannot_leave_its_place_in_markdown() -> None:
    """No mention, no HTML, no table cell."""
    text = written(hostile(), "markdown")
    assert "<b>" not in text
    assert "@octocat" not in text
    assert "\x1b" not in text


def test_what_is_pasted_cannot_give_commands_to_a_runner() -> None:
    """A line of a paste that looks like a workflow command is not one."""
    text = written(hostile(), "github")
    before, _, rest = text.partition("::stop-commands::")
    assert all(line.startswith("::error title=wa-doctor explain") for line in before.splitlines())
    word = rest.splitlines()[0]
    assert rest.rstrip().endswith(f"::{word}::")


def test_json_is_ascii_and_one_document() -> None:
    """Nothing in it can act on a terminal."""
    text = written(hostile(), "json")
    assert text.isascii()
    assert "\x1b" not in text
    json.loads(text)


@pytest.mark.parametrize("name", INPUTS)
def test_junit_can_be_parsed_and_names_each_match(name: str) -> None:
    """A build server shows what was recognised as failures."""
    suite = ET.fromstring(written(INPUTS[name], "junit"))[0]  # noqa: S314 - our own output
    cases = suite.findall("testcase")
    names = [case.get("name") for case in cases]
    assert len(names) == len(set(names)) >= 1
    if name == "nothing":
        assert suite.find("testcase/error") is not None
    if name == "story":
        assert any("131047" in (name or "") for name in names)
        step = next(each for each in suite.iter("property") if each.get("name") == "first step")
        assert INPUTS["story"].causes[0].fix[0].text[:40] in (step.get("value") or "")


def test_a_story_without_any_match_is_told_by_its_causes_in_ci() -> None:
    """A ticket of prose is not an empty report."""
    found = diagnose(["Webhook verified, Test from the dashboard arrives, real messages never do."])
    assert not found.matches
    assert "waba-not-subscribed" in written(found, "junit")


def test_own_facts_are_named() -> None:
    """An override is never silent."""
    own = Explanation(INPUTS["code"].matches, bare=True, overrides=("errors/131030.toml",))
    for format in ("text", "json", "markdown"):
        assert "errors/131030.toml" in written(own, format)


def test_an_output_that_knows_no_unicode_is_served() -> None:
    """An old Windows console gets every line."""
    for format in formats("explain"):
        raw = io.BytesIO()
        out = io.TextIOWrapper(raw, encoding="ascii")
        render("explain", format, INPUTS["story"], out, Look(color="never", width=80))
        out.flush()
        assert raw.getvalue()
