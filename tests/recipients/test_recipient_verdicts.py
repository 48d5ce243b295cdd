"""Recipients are tested by a file: `verdicts.toml` says what each form, trap and name is judged as."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wa_doctor.knowledge import numbering, regions
from wa_doctor.recipients import VERDICTS, judge, other_forms
from wa_doctor.recipients.names import find_code
from wa_doctor.recipients.spelling import same_spelling
from wa_doctor.recipients.verdict import KINDS

# A machine that is busy with other things is no finding.
unhurried = settings(deadline=None)

SECTIONS = tomllib.loads((Path(__file__).parent / "verdicts.toml").read_text(encoding="utf-8"))
CASES = [
    pytest.param(case, id=f"{section}-{case['input'].encode('unicode_escape').decode()}")
    for section, table in SECTIONS.items()
    for case in table["cases"]
]


@pytest.mark.parametrize("case", CASES)
def test_a_recipient_is_judged_as_the_file_says(case: dict[str, Any]) -> None:
    found = judge(case["input"], wa_id=case.get("wa_id", False))

    assert (case["verdict"], case.get("region", "")) == (found.verdict, found.region.code), found
    assert case.get("kind", found.kind) == found.kind
    assert case.get("digits", found.digits) == found.digits
    for words in case.get("says", ()):
        assert words in found.reason
    for words in case.get("notes", ()):
        assert any(words in note for note in found.notes), found.notes


@pytest.mark.parametrize("case", CASES)
def test_every_answer_can_be_acted_on_and_checked(case: dict[str, Any]) -> None:
    """What is not allowed has a fix, a verdict about a region has a source, and neither breaks a table or a formula."""
    found = judge(case["input"], wa_id=case.get("wa_id", False))

    if found.verdict != "allowed":
        assert re.fullmatch(r"[A-Z].*\.", found.fix), found.fix
    if found.verdict != "invalid":
        assert found.source.startswith("https://"), found
    assert not found.reason.endswith("."), found.reason
    assert found.reason[0] not in "=+-@", found.reason
    assert found.verdict in VERDICTS
    assert found.kind in KINDS


@unhurried
@given(st.text())
@example("+")
@example("(0)")
@example("wa.me/")
@example('="')
@example("\ud800")
@example("IR." + "1" * 129)
def test_no_text_is_too_strange(text: str) -> None:
    assert judge(text).verdict in VERDICTS


NUMBERS = st.from_regex(r"[1-9][0-9]{6,14}", fullmatch=True)


@unhurried
@given(NUMBERS, st.lists(st.sampled_from([" ", "-", ".", "\u00a0", "\u200b", "–", "/"]), min_size=15, max_size=15))
def test_separators_change_no_verdict(digits: str, separators: list[str]) -> None:
    written = "+" + "".join(digit + separator for digit, separator in zip(digits, separators, strict=False)).rstrip(
        ".0"
    )
    plain = "+" + "".join(character for character in written if character.isdecimal())

    if len(plain) > 8 and not re.search(r"\.0+$", written):
        assert judge(plain).verdict == judge(written).verdict


@unhurried
@given(NUMBERS, st.sampled_from(["٠", "۰", "०", "০", "０", "𝟎"]))
def test_the_script_of_the_digits_changes_no_verdict(digits: str, zero: str) -> None:
    written = "".join(chr(ord(zero) + int(digit)) for digit in digits)

    assert judge(f"+{digits}").verdict == judge(f"+{written}").verdict


@unhurried
@given(NUMBERS)
def test_every_explicit_form_of_a_number_comes_to_one_verdict(digits: str) -> None:
    expected = judge(f"+{digits}")

    for form in (f"00{digits}", f"https://wa.me/{digits}", f"tel:+{digits}", f"{digits}@s.whatsapp.net"):
        assert (expected.verdict, expected.digits) == (judge(form).verdict, judge(form).digits)
    assert expected.verdict == judge(digits, wa_id=True).verdict or len(digits) == 3


@unhurried
@given(NUMBERS)
def test_bare_digits_are_never_surer_than_the_same_with_a_plus(digits: str) -> None:
    """What a plus would make blocked may become uncertain without it, and never allowed."""
    bare, explicit = judge(digits), judge(f"+{digits}")

    assert bare.verdict in {explicit.verdict, "uncertain"}


@unhurried
@given(
    st.from_regex(
        r"(53[1-8]|98|850|963|7949|7959|7979|38065|38069|38071|38072|7365|7869|7856|7857)[0-9]{7}", fullmatch=True
    )
)
def test_no_number_of_a_listed_prefix_gets_through(digits: str) -> None:
    assert judge(f"+{digits}").verdict == "blocked"


def test_a_name_in_every_language_is_judged_as_its_country() -> None:
    """Every generated spelling comes to the verdict of its country, except what is a code or stands for several."""
    single, _ = numbering.spellings()
    countries = {code: judge(code).verdict for code in set(single.values())}
    several = {same_spelling(name) for name in regions.names().ambiguous}

    wrong = {
        name: (code, found.verdict)
        for name, code in single.items()
        if name not in several
        and not find_code(name)
        and (found := judge(name, suggest=False)).verdict != countries[code]
    }

    assert wrong == {}


def test_no_code_hides_a_name_of_a_listed_region() -> None:
    """Codes come before names, so a short name of a listed region must not be another country's code."""
    single, _ = numbering.spellings()
    listed = {code for code, fact in regions.regions().items() if fact.verdict == "blocked"}

    hidden = {name for name, code in single.items() if code in listed and find_code(name)}

    assert hidden == set()


@pytest.mark.parametrize("code", sorted(regions.regions()))
def test_every_name_written_by_hand_is_judged_as_its_region(code: str) -> None:
    for name in regions.names().names.get(code, ()):
        assert judge(name).region.code == code, name


def test_no_name_of_a_listed_region_is_shared_without_a_word() -> None:
    """A spelling that two countries share must stand among the ambiguous names if one of them is on the list."""
    single, shared = numbering.spellings()
    listed = {code for code, fact in regions.regions().items() if fact.verdict == "blocked"}

    assert not {name for name, codes in shared.items() if listed & set(codes)}
    for region, names in regions.names().names.items():
        for name in names:
            assert single.get(same_spelling(name), region) == region, name


@pytest.mark.parametrize(
    ("digits", "other"),
    [
        ("5491123456789", "541123456789"),
        ("541123456789", "5491123456789"),
        ("5215512345678", "525512345678"),
        ("525512345678", "5215512345678"),
        ("5548999123456", "554899123456"),
        ("554899123456", "5548999123456"),
    ],
)
def test_the_other_digits_of_a_number_are_known(digits: str, other: str) -> None:
    assert other_forms(digits) == (other,)


@pytest.mark.parametrize("digits", ["554832123456", "447700900123", "52551234567", "", "12025550123"])
def test_most_numbers_have_no_other_digits(digits: str) -> None:
    """A Brazilian fixed line has no ninth digit, and no other country has such a rule."""
    assert other_forms(digits) == ()


def test_what_holds_for_every_answer_is_said() -> None:
    """A number shows where it was assigned, and no error will confirm a verdict."""
    listed = regions.list_fact()

    assert "assigned" in listed.assigned
    assert "130497" in listed.silence
    assert str(listed.checked) == "2026-10-10"
