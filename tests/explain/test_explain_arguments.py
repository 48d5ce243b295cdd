"""What is given on the command line: codes in every spelling, check ids, families, or the words of a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from wa_doctor.explain.arguments import explain_words
from wa_doctor.explain.matching import known_codes
from wa_doctor.knowledge import errors


@pytest.mark.parametrize(
    ("word", "code", "subcode"),
    [
        ("190", 190, None),
        ("190/463", 190, 463),
        ("190:463", 190, 463),
        ("#131030", 131030, None),
        ("(#131030)", 131030, None),
        ("131030:", 131030, None),
        ("0", 0, None),
        ("250", 250, None),
        ("100/33", 100, 33),
        ("2655007", 2655007, None),
    ],
)
def test_a_code_is_read_in_every_spelling(word: str, code: int, subcode: int | None) -> None:
    """As it stands in a message, in a table, or in somebody's notes."""
    found = explain_words([word])
    assert (found.matches[0].code, found.matches[0].subcode) == (code, subcode)
    assert found.bare
    assert found.exit_code == 0
    assert found.matches[0].evidence.where == "argument"


def test_several_codes_are_explained_in_their_order() -> None:
    """One answer to one question each."""
    assert [match.code for match in explain_words(["131047", "190", "100/33"]).matches] == [131047, 190, 100]


def test_a_subcode_alone_is_explained_under_every_code_it_belongs_to() -> None:
    """463 says nothing by itself."""
    assert {(match.code, match.subcode) for match in explain_words(["463"]).matches} >= {(190, 463), (102, 463)}


def test_a_number_that_is_an_http_status_as_well_is_told_both_ways() -> None:
    """400 is an On-Premises code and what every refused request answers."""
    kinds = [(match.kind, match.status) for match in explain_words(["401"]).matches]
    assert kinds == [("error", "retired"), ("http", "current")]
    assert [match.kind for match in explain_words(["503"]).matches] == ["http"]


def test_an_unknown_code_is_no_success() -> None:
    """Saying that nothing is known is no explanation."""
    found = explain_words(["987654"])
    assert found.matches[0].status == "unknown"
    assert found.exit_code == 1


def test_a_check_is_explained_by_its_summary_and_its_docstring() -> None:
    """The same words that the documentation prints."""
    (match,) = explain_words(["token-scopes"]).matches
    assert (match.kind, match.id, match.title) == ("check", "token-scopes", "both WhatsApp permissions are granted")
    assert match.fix[0].command == "wa-doctor check --only token-scopes"


def test_a_family_is_explained_check_by_check() -> None:
    """All of `token`, in order."""
    ids = [match.id for match in explain_words(["token"]).matches]
    assert "token-valid" in ids
    assert all(id.startswith("token-") for id in ids)


def test_a_misspelt_check_names_the_nearest() -> None:
    """A typo is not searched for in prose."""
    found = explain_words(["token-scope"])
    assert found.exit_code == 1
    assert found.unmatched == ("'token-scope' is no check or family of checks; did you mean 'token-scopes'?",)


def test_words_without_quotes_are_one_message() -> None:
    """Nobody quotes what they paste into a shell."""
    found = explain_words(["Recipient", "phone", "number", "not", "in", "allowed", "list"])
    assert found.matches[0].code == 131030
    assert not found.bare


def test_a_code_in_front_of_its_message_is_a_code() -> None:
    """`131047: Re-engagement message` is how libraries print it."""
    found = explain_words(["131047:", "Re-engagement", "message"])
    assert [match.code for match in found.matches] == [131047]
    assert found.causes[0].id == "window-24h-closed"


def test_a_bare_number_in_a_sentence_is_no_code() -> None:
    """Only the first word may be one."""
    assert explain_words(["we", "sent", "190", "things"]).matches == ()


def test_a_code_and_a_phone_number_are_weighed_together() -> None:
    """The shortest way to ask about the digit rule."""
    assert explain_words(["131030", "5491122334455"]).causes[0].id == "recipient-digits-differ"


def test_a_file_that_was_named_without_from_is_pointed_out(tmp_path: Path) -> None:
    """A path is no message."""
    log = tmp_path / "send.log"
    log.write_text("x", encoding="utf-8")
    assert "--from" in explain_words([str(log)]).unmatched[0]


def test_the_known_codes_are_those_of_the_catalogue() -> None:
    """The quick list of file names says the same as the records."""
    assert known_codes() == {fact.code for fact in errors.errors() if fact.code_max is None}
