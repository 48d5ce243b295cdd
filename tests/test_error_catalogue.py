"""The catalogue of errors: every record can be used, and one that cannot is refused by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wa_doctor import registry
from wa_doctor.knowledge import errors, facts
from wa_doctor.knowledge.facts import InvalidFact
from wa_doctor.redact import scrub

if TYPE_CHECKING:
    from wa_doctor.knowledge.errors import ErrorFact
    from wa_doctor.knowledge.facts import Step

BUILT = date(2026, 11, 22)  # the day the facts were gathered; nothing can have been read later than it or than today

PLACES = {
    "sync_response",
    "status_webhook",
    "value_errors_webhook",
    "inbound_message_webhook",
    "history_webhook",
    "call_webhook",
    "health_status",
    "onprem",
}

COMMANDS = {"check", "token", "probe", "recipient", "explain", "triage", "webhook", "status"}

# Ids are a promise to scripts and are never reused, so naming them here cannot go stale.
# fmt: off
CHECKS = {
    "config-token", "config-ids", "config-host", "config-version",
    "api-dns", "api-connect", "api-tls", "api-graph", "api-clock", "api-version", "api-media", "platform-status",
    "token-valid", "token-app", "token-kind", "token-expiry", "token-scopes", "token-assets", "token-proof",
    "account-access", "account-review", "account-region", "account-quota",
    "number-access", "number-owner", "number-registered", "number-name", "number-quality", "number-mode",
    "health-send", "webhook-subscribed", "webhook-override", "webhook-fields", "webhook-endpoint",
    "recipient-format", "recipient-region", "recipient-marketing",
}

# Every code that was found in documents and recorded answers. One that is missing was lost by accident.
CODES = [
    0, 1, 2, 3, 4, 10, 17, 32, 33, 100, 101, 102, 104, 190, 192, 200, 201, 341, 368, 400, 401, 402, 408, 410, 429,
    430, 431, 432, 433, 470, 471, 472, 480, 500, 501, 506, 613, 803, 1000, 1001, 1002, 1004, 1005, 1006, 1007, 1008,
    1009, 1010, 1011, 1013, 1014, 1015, 1016, 1021, 1022, 1023, 1024, 1025, 1026, 1031, 2000, 2001, 2002, 2003,
    2004, 2005, 2008, 2061, 2062, 2064, 2065, 2066, 2067, 2068, 2069, 2070, 80007, 80008, 130403, 130429, 130470,
    130472, 130497, 130501, 131000, 131002, 131005, 131008, 131009, 131014, 131016, 131020, 131021, 131026, 131027,
    131030, 131031, 131035, 131036, 131037, 131041, 131042, 131044, 131045, 131047, 131048, 131049, 131050, 131051,
    131052, 131053, 131055, 131056, 131057, 131059, 131060, 131061, 131062, 131063, 131064, 131201, 131202, 131203,
    131204, 131207, 131208, 131209, 131210, 131211, 131212, 131213, 131214, 131215, 132000, 132001, 132005, 132007,
    132008, 132012, 132015, 132016, 132018, 132068, 132069, 133000, 133004, 133005, 133006, 133008, 133009, 133010,
    133015, 133016, 134011, 134100, 134101, 134102, 134103, 135000, 135002, 136024, 136025, 137000, 138000, 138001,
    138002, 138003, 138004, 138005, 138006, 138007, 138009, 138011, 138012, 138013, 138014, 138015, 138017, 138018,
    138019, 138020, 138021, 138022, 138023, 138024, 138025, 139000, 139001, 139002, 139003, 139004, 139006, 139100,
    139101, 139102, 139103, 141002, 141006, 141010, 141014, 147001, 147002, 147003, 147004, 147005, 200002, 200005,
    200006, 200007, 1609005, 1752041, 2388001, 2388004, 2388012, 2388019, 2388023, 2388024, 2388027, 2388039,
    2388040, 2388042, 2388043, 2388044, 2388046, 2388047, 2388049, 2388072, 2388073, 2388077, 2388091, 2388093,
    2388100, 2388103, 2388155, 2388293, 2388299, 2494002, 2494010, 2494055, 2494071, 2494100, 2494164, 2494165,
    2494166, 2494167, 2494168, 2494176, 2494177, 2494179, 2593079, 2593085, 2593107, 2593108, 2593109, 2655007,
    2655111,
]
# fmt: on

RECORD = """
code = 999001
title = "Made up"
category = "parameter"
cause = "It exists in this test only."
fix = [{ text = "Leave it alone." }]
retry = { policy = "no" }
who = ["developer"]
appears_in = ["sync_response"]
docs_url = "https://example.com/999001"
status = "undocumented"
confidence = "low"
sources = ["pywa"]
checked = 2026-08-12
"""


@pytest.fixture(scope="module")
def catalogue() -> list[ErrorFact]:
    """Return every record."""
    return list(errors.errors())


@pytest.fixture
def add(tmp_path: Path) -> Iterator[Callable[[str, str], None]]:
    """Return a function that lays one record of a user over ours."""
    (tmp_path / "errors").mkdir()

    def write(name: str, text: str) -> None:
        (tmp_path / "errors" / f"{name}.toml").write_text(text, encoding="utf-8")
        facts.overlay(tmp_path)

    yield write
    facts.forget()


def steps(fact: ErrorFact) -> Iterator[Step]:
    """Yield every step of a record, those of its subcodes too."""
    yield from fact.fix
    for subcode in fact.subcode:
        yield from subcode.fix


def sentences(text: str) -> int:
    """Count the ends of sentences."""
    return len(re.findall(r"[.!?](?=\s|$)", text))


def test_no_code_was_lost(catalogue: list[ErrorFact]) -> None:
    """All 256 codes of the collection have a record."""
    assert len(CODES) == len(set(CODES)) == 256
    assert set(CODES) - {fact.code for fact in catalogue} == set()


def test_the_catalogue_is_sorted_and_has_each_code_once(catalogue: list[ErrorFact]) -> None:
    """A reader who pages through finds each code in its place."""
    codes = [fact.code for fact in catalogue]
    assert codes == sorted(set(codes))


def test_every_cause_can_be_read_at_a_glance(catalogue: list[ErrorFact]) -> None:
    """At most three sentences and 420 characters, complete ones."""
    causes = [(fact.code, fact.cause) for fact in catalogue]
    causes += [(each.subcode, each.cause) for fact in catalogue for each in fact.subcode]
    assert [
        (code, cause)
        for code, cause in causes
        if not cause.endswith(".") or len(cause) > 420 or not 1 <= sentences(cause) <= 3
    ] == []


def test_every_record_says_what_to_do(catalogue: list[ErrorFact]) -> None:
    """A step is a sentence: it begins with a capital letter and ends with a full stop."""
    assert [fact.code for fact in catalogue if not fact.fix] == []
    assert [
        (fact.code, step.text)
        for fact in catalogue
        for step in steps(fact)
        if not (step.text.endswith(".") and step.text[0].isupper())
    ] == []


def test_every_wa_doctor_command_in_a_fix_exists(catalogue: list[ErrorFact]) -> None:
    """A command, a check id and a code to explain are names that are there."""
    known = CHECKS | set(registry.FAMILIES)
    wrong = []
    for fact in catalogue:
        for step in steps(fact):
            words = step.command.split()
            if words[:1] == ["wa-doctor"]:
                names = [name for option, name in pairwise(words) if option == "--only"]
                if words[1] not in COMMANDS or set(names) - known:
                    wrong.append((fact.code, step.command))
                if words[1] == "explain" and words[2][0].isdigit():
                    code, _, subcode = words[2].partition("/")
                    other = errors.error(int(code))
                    if other is None or (subcode and other.about(int(subcode)) is None):
                        wrong.append((fact.code, step.command))
    assert wrong == []


def test_every_request_in_a_fix_can_be_pasted(catalogue: list[ErrorFact]) -> None:
    """A pinned version, and a token that neither a log of URLs nor a list of processes shows."""
    commands = [(fact.code, step.command) for fact in catalogue for step in steps(fact) if step.command]
    requests = [(code, command) for code, command in commands if "graph.facebook.com" in command]
    assert len(requests) > 50
    assert [
        (code, command)
        for code, command in requests
        if not re.search(r"graph\.facebook\.com/v\d+\.0/", command)
        or not command.startswith('printf "Authorization: Bearer %s" "$WA_ACCESS_TOKEN" | curl ')
        or "access_token=" in command
    ] == []


def test_every_fact_says_where_it_was_read(catalogue: list[ErrorFact]) -> None:
    """Each key of a source is explained in `sources.toml`."""
    known = facts.sources()
    assert [(fact.code, key) for fact in catalogue for key in fact.sources if key not in known] == []


def test_checked_is_the_day_of_the_newest_source(catalogue: list[ErrorFact]) -> None:
    """A record is exactly as fresh as the newest thing it rests on."""
    known = facts.sources()
    newest = {fact.code: max(known[key].read for key in fact.sources) for fact in catalogue}
    assert [(f.code, f.checked, newest[f.code]) for f in catalogue if f.checked != newest[f.code]] == []


def test_nothing_was_read_in_the_future() -> None:
    """A mistyped year would keep a fact fresh for ever."""
    latest = max(BUILT, datetime.now(UTC).date())
    assert {key: source.read for key, source in facts.sources().items() if source.read > latest} == {}


def test_sources_are_sorted_and_their_addresses_are_https() -> None:
    """A source is found by eye, and its link is safe to open."""
    known = facts.sources()
    assert list(known) == sorted(known)
    assert [key for key, source in known.items() if source.url and not source.url.startswith("https://")] == []


def test_every_address_in_the_catalogue_is_https(catalogue: list[ErrorFact]) -> None:
    """Links of records and of their steps are safe to open."""
    addresses = [(fact.code, url) for fact in catalogue for url in (fact.docs_url, *fact.links)]
    addresses += [(fact.code, step.url) for fact in catalogue for step in steps(fact) if step.url]
    assert [(code, url) for code, url in addresses if not url.startswith("https://")] == []


def test_no_record_holds_anything_that_looks_like_a_credential(catalogue: list[ErrorFact]) -> None:
    """No text would be blanked when it is printed."""
    assert [fact.code for fact in catalogue if scrub(repr(fact)) != repr(fact)] == []


def test_places_http_statuses_and_waiting_times_have_one_vocabulary(catalogue: list[ErrorFact]) -> None:
    """Programs can rely on the words and figures."""
    assert {place for fact in catalogue for place in fact.appears_in} <= PLACES
    assert [fact.code for fact in catalogue if not all(200 <= each <= 599 for each in fact.http_status)] == []
    assert [fact.code for fact in catalogue if fact.retry.after and fact.retry.policy != "after"] == []


def test_a_subcode_names_a_code_that_is_known(catalogue: list[ErrorFact]) -> None:
    """`subcode_of` leads to a record."""
    codes = {fact.code for fact in catalogue}
    assert [fact.code for fact in catalogue if fact.subcode_of is not None and fact.subcode_of not in codes] == []


def test_localised_texts_are_no_matching_material(catalogue: list[ErrorFact]) -> None:
    """`error_user_title` and `error_user_msg` follow the reader's language; what is matched is plain English."""
    matched = [(fact.code, text) for fact in catalogue for text in (*fact.details_seen, *fact.other_titles)]
    assert [(code, text) for code, text in matched if not text.isascii()] == []


def test_retired_codes_point_to_the_cloud_api(catalogue: list[ErrorFact]) -> None:
    """Whoever still meets the old client is told where to go."""
    retired = [fact for fact in catalogue if fact.category == "onprem_legacy"]
    assert len(retired) == 54
    assert [fact.code for fact in retired if not any("Cloud API" in step.text for step in fact.fix)] == []


@pytest.mark.parametrize(
    ("code", "subcode", "says"),
    [
        (190, 463, "past its end"),
        (190, 460, "password"),
        (190, 459, "security check"),
        (190, 492, "Page"),
        (200, 458, "A new token does not cure it"),
        (100, 33, "Three causes"),
        (613, 1996, "unusual"),
        (131030, 2655007, "test number"),
    ],
)
def test_a_subcode_has_a_cause_of_its_own(code: int, subcode: int, says: str) -> None:
    """The subcode says more than the code."""
    fact = errors.error(code)
    assert fact is not None
    found = fact.about(subcode)
    assert found is not None
    assert says in found.cause


def test_an_unknown_subcode_is_none_and_no_guess() -> None:
    """A number that nobody explained is not explained."""
    fact = errors.error(190)
    assert fact is not None
    assert fact.about(1) is None
    assert fact.about(None) is None


def test_an_unknown_code_is_none_and_no_guess() -> None:
    """A number that nobody explained is not explained."""
    assert errors.error(987654321) is None


@pytest.mark.parametrize(("code", "finds"), [(200, 200), (201, 201), (250, 201), (299, 201), (300, None), (199, None)])
def test_a_range_covers_its_ends_and_yields_to_a_record_of_its_own(code: int, finds: int | None) -> None:
    """201 to 299 is one record, 200 another."""
    fact = errors.error(code)
    assert (fact.code if fact else None) == finds


def test_a_wrong_pin_comes_before_a_ban() -> None:
    """131031 on `/register` is mostly a mistyped PIN."""
    fact = errors.error(131031)
    assert fact is not None
    assert "PIN" in fact.fix[0].text


def test_access_denied_is_looked_at_from_the_health_status_first() -> None:
    """131005 comes with good tokens too; the one cause that shows nowhere else is tried before the token."""
    fact = errors.error(131005)
    assert fact is not None
    commands = [step.command for step in fact.fix if step.command]
    assert commands[0] == "wa-doctor check --only health-send"


def test_a_user_can_add_a_code(add: Callable[[str, str], None]) -> None:
    """A new file is a new record."""
    add("999001", RECORD)
    fact = errors.error(999001)
    assert fact is not None
    assert fact.title == "Made up"
    assert 999001 in [each.code for each in errors.errors()]


def test_a_record_of_a_user_replaces_ours(add: Callable[[str, str], None]) -> None:
    """A file of the same name stands in the place of ours."""
    add("190", RECORD.replace("999001", "190", 1))
    fact = errors.error(190)
    assert fact is not None
    assert fact.title == "Made up"
    assert [each.title for each in errors.errors() if each.code == 190] == ["Made up"]


def test_a_range_of_a_user_is_found(add: Callable[[str, str], None]) -> None:
    """A range can be added as well."""
    add("999001-999009", RECORD.replace("code = 999001", "code = 999001\ncode_max = 999009"))
    fact = errors.error(999005)
    assert fact is not None
    assert fact.code_max == 999009


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("cause =", "couse =", "unknown key 'couse'"),
        ('{ text = "Leave it alone." }', '{ txt = "Leave it alone." }', r"fix\[0\]: unknown key 'txt'"),
        ('cause = "It exists in this test only."\n', "", "the key 'cause' is missing"),
        ("checked = 2026-08-12\n", "", "the key 'checked' is missing"),
        ('fix = [{ text = "Leave it alone." }]', 'fix = [{ command = "wa-doctor token" }]', "'text' is missing"),
        ("code = 999001", 'code = "999001"', "code must be int"),
        ("code = 999001", "code = true", "code must be int"),
        ("checked = 2026-08-12", 'checked = "2026-08-12"', "checked must be date"),
        ('who = ["developer"]', 'who = "developer"', "who must be an array"),
        ('retry = { policy = "no" }', 'retry = "no"', "retry must be a table"),
        ('policy = "no"', 'policy = "never"', "retry.policy must be one of"),
        ('policy = "no"', 'policy = "after", after = "a day"', "retry.after must be a duration"),
        ('status = "undocumented"', 'status = "dead"', "status must be one of"),
        ('confidence = "low"', 'confidence = "sure"', "confidence must be one of"),
        ('who = ["developer"]', 'who = ["somebody"]', "who must be one of"),
        ('fix = [{ text = "Leave it alone." }]', "fix = []", "fix must not be empty"),
        ('title = "Made up"', 'title = "Made up', "TOML|Illegal|Unterminated|line"),
    ],
)
def test_a_bad_record_is_refused_with_file_and_key(
    add: Callable[[str, str], None], old: str, new: str, says: str
) -> None:
    """Whoever wrote it reads where the mistake is."""
    assert old in RECORD
    add("999001", RECORD.replace(old, new, 1))
    with pytest.raises(InvalidFact, match=says) as refused:
        errors.error(999001)
    assert "999001.toml" in str(refused.value)


@pytest.mark.parametrize("subcodes", [(2, 1), (1, 1)])
def test_subcodes_out_of_order_or_twice_are_refused(add: Callable[[str, str], None], subcodes: tuple[int, int]) -> None:
    """Two records of one subcode would be a coin toss."""
    tables = "".join(f'\n[[subcode]]\nsubcode = {each}\ntitle = "t"\ncause = "C."\n' for each in subcodes)
    add("999001", RECORD + tables)
    with pytest.raises(InvalidFact, match="subcodes must be sorted"):
        errors.error(999001)


def test_a_file_that_is_named_after_another_code_is_refused(add: Callable[[str, str], None]) -> None:
    """A code is looked up by file name, so the name must be true."""
    add("999002", RECORD)
    with pytest.raises(InvalidFact, match=r"999002\.toml: .*should be 999001\.toml"):
        errors.error(999002)


def test_a_directory_with_a_stranger_in_it_is_refused(add: Callable[[str, str], None], tmp_path: Path) -> None:
    """A misspelt directory is not silently ignored."""
    (tmp_path / "erors").mkdir()
    with pytest.raises(InvalidFact, match="'erors'"):
        add("999001", RECORD)
