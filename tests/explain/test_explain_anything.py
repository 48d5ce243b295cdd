"""Whatever is pasted, there is an answer: no exception, no secret, no unbounded line."""

from __future__ import annotations

import io
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from wa_doctor.explain.diagnosis import diagnose
from wa_doctor.render import Look, formats, render

TOKEN = "EAAG" + "q9" * 90

PIECES = st.sampled_from(
    [
        '{"error":{"code":',
        "131030",
        "190/463",
        '"error_subcode":463',
        "}",
        "]",
        "[",
        "{'a': ",
        '"',
        "'",
        "\\",
        '\\"',
        "\n",
        "(#131047)",
        "errors",
        "array (",
        "=>",
        "HTTP/2 401",
        "webhook verified",
        "never arrives",
        TOKEN,
        "+5491122334455",
        "access_token=",
        "Object with ID '",
        "statuses",
        '"status":"failed"',
        "http://localhost",
        "\x1b[31m",
        "\u202e",
        "é",
        "\x00",
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=25))
@settings(max_examples=200, deadline=None)
def test_anything_is_explained_without_an_exception_and_without_a_secret(parts: list[str]) -> None:
    """Pieces of real pastes in any order, and any characters between them."""
    found = diagnose(["".join(parts)])
    assert found.exit_code in (0, 1)
    for format in formats("explain"):
        out = io.StringIO()
        render("explain", format, found, out, Look(color="never", width=80))
        assert "q9q9q9q9q9" not in out.getvalue()
        assert "\x1b" not in out.getvalue()
        if format == "json":
            json.loads(out.getvalue())


@given(st.lists(st.text(max_size=40), max_size=20))
@settings(max_examples=100, deadline=None)
def test_how_a_text_is_cut_into_parts_changes_nothing(parts: list[str]) -> None:
    """A pipe gives what it gives."""
    assert diagnose(parts) == diagnose(["".join(parts)])
