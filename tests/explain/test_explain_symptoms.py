"""Symptoms, circumstances and causes as data: each can be found, none is broken, every reference leads somewhere."""

from __future__ import annotations

import re
import warnings
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from wa_doctor import registry
from wa_doctor.explain.recognition import comparable, seen_in
from wa_doctor.knowledge import errors, facts
from wa_doctor.knowledge.causes import Cause, Rule, causes
from wa_doctor.knowledge.facts import InvalidFact
from wa_doctor.knowledge.symptoms import Circumstance, Symptom, anchor, circumstances, expand, symptoms

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMANDS = {"check", "token", "probe", "recipient", "explain", "triage", "webhook", "status"}

# Signs that are computed, in `wa_doctor/explain/reading` and `wa_doctor/explain/reasoning`.
COMPUTED = re.compile(
    r"http-\d{3}|http-5xx|status-(?:sent|delivered|read|failed)|message-status-[a-z-]+|digits-(?:argentina|mexico|brazil)"
    r"|template-(?:approved|pending|rejected|paused|disabled|flagged)"
)
COMPUTED_NAMES = {
    "account-restricted",
    "both-spellings",
    "delivered-and-failed",
    "error-transient",
    "flow-endpoint-alert",
    "host-instagram",
    "html-answer-text",
    "id-is-no-id",
    "id-looks-like-phone",
    "name-not-approved",
    "number-not-connected",
    "number-not-on-cloud-api",
    "number-restricted",
    "number-with-00",
    "onprem-error",
    "onprem-path",
    "partner-removed",
    "quality-red",
    "recipient-digit-rule",
    "recipient-equals-sender",
    "recipient-in-blocked-region",
    "recipient-us",
    "request-template",
    "send-accepted",
    "subscribed-an-app",
    "subscribed-meta-test-app",
    "token-in-text-faulty",
    "token-is-app-token",
    "token-is-page-token",
    "token-scope-missing",
    "usage-exhausted",
}

ALL: tuple[Symptom | Circumstance, ...] = (*symptoms(), *circumstances())


@pytest.mark.parametrize("each", ALL, ids=lambda each: str(each.id))
def test_the_examples_are_recognised_and_the_counterexamples_are_not(each: Symptom | Circumstance) -> None:
    """What a symptom claims to recognise, it does."""
    assert [text for text in each.examples if not seen_in(each, text)] == []
    assert [text for text in each.counterexamples if seen_in(each, text)] == []


@pytest.mark.parametrize("each", ALL, ids=lambda each: str(each.id))
def test_every_pattern_has_an_example(each: Symptom | Circumstance) -> None:
    """A pattern that matches nothing known is a guess."""
    texts = [comparable(text).lower for text in each.examples]
    unused = [pattern for pattern in each.patterns if not any(re.search(expand(pattern), text) for text in texts)]
    assert unused == []


def test_every_pattern_of_a_symptom_can_be_ruled_out_without_searching() -> None:
    """Symptoms are looked for in logs of any size, so each pattern has a run of letters that must be there."""
    assert [(each.id, pattern) for each in symptoms() for pattern in each.patterns if not anchor(pattern)] == []


@pytest.mark.parametrize(
    ("pattern", "run"),
    [
        (r"read timed out", "timed"),
        (r"curl(?: error)?:? \(?28\)?\b", "curl"),
        (r"callbacks? verification", "verification"),
        (r"(?:one|two)", ""),
        (r"abc|def", ""),
        (r"<gap>x", ""),
        (r"[abc]{3}def", "def"),
    ],
)
def test_the_run_that_must_be_there_is_found(pattern: str, run: str) -> None:
    """Groups, classes, optional characters and groups of words are not counted on."""
    assert anchor(pattern) == run


def test_the_words_of_a_text_rule_a_pattern_out_only_where_it_cannot_match() -> None:
    """The quick question never hides a symptom: asked of every example, it says yes."""
    asked = [
        (each.id, pattern, comparable(text)) for each in ALL for text in each.examples for pattern in each.patterns
    ]
    wrong = [
        (id, pattern, text.shown)
        for id, pattern, text in asked
        if re.search(expand(pattern), text.lower) and not text.may_hold(pattern)
    ]
    assert wrong == []


def steps(pattern: str) -> int:
    """
    Return how many ways a pattern can split one text at most: the product of its repetitions.

    A word and the space behind it, repeated, can be split in one way only, so its letters do not count.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from re import _parser  # type: ignore[attr-defined]

        return _ways(_parser.parse(expand(pattern)))


def _ways(parsed: Any) -> int:
    total = 1
    for operation, argument in parsed:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            low, high, inside = argument
            total *= (min(int(high), 10**9) - low + 1) * (1 if _is_word(inside) else max(1, _ways(inside)))
        elif name == "SUBPATTERN":
            total *= _ways(argument[-1])
        elif name == "BRANCH":
            total *= max(1, *(_ways(branch) for branch in argument[1]))
        elif name in ("ASSERT", "ASSERT_NOT"):
            total *= _ways(argument[1])
    return total


def _is_word(inside: Any) -> bool:
    while len(inside) == 1 and str(inside[0][0]) == "SUBPATTERN":
        inside = inside[0][1][-1]
    return len(inside) == 2 and str(inside[0][0]) == "MAX_REPEAT" and inside[1][1] == ord(" ")


def test_no_pattern_can_run_away() -> None:
    """Every repetition has an end, so that no text can make a search try more than a bounded number of ways."""
    limit = 20_000_000
    heavy = [(each.id, pattern, steps(pattern)) for each in ALL for pattern in (*each.patterns, *each.unless)]
    assert [entry for entry in heavy if entry[2] >= limit] == []


@pytest.mark.parametrize(
    "hostile",
    [
        "a" * 3000,
        "webhook " * 400,
        "message not " * 250,
        "template is not not not not " * 100,
        "token " * 500 + "!",
        "sent but nothing " * 200,
        "number " * 400 + "id",
        "(" * 1500 + ")" * 1500,
    ],
)
def test_hostile_texts_are_searched_to_their_end(hostile: str) -> None:
    """Repeated words of the patterns themselves are the worst a text can hold; every search of it ends."""
    prepared = comparable(hostile)
    for each in ALL:
        for pattern in each.patterns:
            re.search(expand(pattern), prepared.lower)


def test_every_symptom_points_to_a_cause() -> None:
    """There is something to do about each."""
    known = {cause.id for cause in causes()}
    assert [(each.id, each.cause) for each in symptoms() if each.cause not in known] == []


def test_a_symptom_that_is_an_errors_message_names_one_that_is_known() -> None:
    """Its record says what to do."""
    assert [each.id for each in symptoms() if each.code is not None and errors.error(each.code) is None] == []


def test_ids_are_kebab_case_and_used_once() -> None:
    """A sign is named by its id, whatever it is."""
    ids = [each.id for each in ALL]
    assert len(ids) == len(set(ids))
    ids += [cause.id for cause in causes()]
    assert [id for id in ids if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", id)] == []


def rules() -> Iterator[tuple[Cause, Rule]]:
    """Yield every rule with its cause."""
    for cause in causes():
        for rule in cause.when:
            yield cause, rule


def test_every_sign_a_rule_names_can_occur() -> None:
    """A misspelt sign would make a rule that never holds."""
    known = {each.id for each in ALL} | COMPUTED_NAMES
    named = {(cause.id, sign) for cause, rule in rules() for sign in (*rule.all, *rule.any, *rule.none)}
    assert sorted(pair for pair in named if pair[1] not in known and not COMPUTED.fullmatch(pair[1])) == []


def test_every_computed_sign_is_computed_somewhere() -> None:
    """The list above names nothing that is gone."""
    root = Path(facts.__file__).parents[1] / "explain"
    source = "\n".join(path.read_text(encoding="utf-8") for path in root.rglob("*.py"))
    assert sorted(name for name in COMPUTED_NAMES if f'"{name}"' not in source) == []


def test_every_circumstance_is_weighed_by_a_rule() -> None:
    """What nobody asks need not be looked for."""
    named = {sign for _, rule in rules() for sign in (*rule.all, *rule.any, *rule.none)}
    assert [each.id for each in circumstances() if each.id not in named] == []


def test_every_code_a_rule_names_is_in_the_catalogue() -> None:
    """A rule about a code that does not exist never holds."""
    codes = {(cause.id, code) for cause, rule in rules() for code in rule.codes}
    unknown = sorted((id, code) for id, code in codes if errors.error(code) is None)
    assert unknown == [("api-call-limit", 80001)]  # the limit of a Page, whose body is the same


@pytest.mark.parametrize("cause", causes(), ids=lambda cause: str(cause.id))
def test_a_cause_can_be_read_and_done(cause: Cause) -> None:
    """Title without a full stop, sentences with one, steps that begin with a capital letter."""
    assert not cause.title.endswith(".")
    assert cause.explanation.endswith(".")
    assert all(step.text[:1].isupper() or step.text == "{digits}" for step in cause.fix)
    assert all(step.text.endswith((".", "{digits}")) for step in cause.fix)
    assert all(rule.why.endswith(".") for rule in cause.when if rule.weight > 0)
    assert len(cause.explanation) <= 560
    assert cause.docs_url.startswith("https://")


def test_every_cause_can_come_up() -> None:
    """Something speaks for each."""
    pointed = {each.cause for each in symptoms()}
    assert [
        cause.id for cause in causes() if cause.id not in pointed and not any(r.weight > 0 for r in cause.when)
    ] == []


def test_every_command_of_a_cause_exists() -> None:
    """Commands and check ids are names that are there, each check behind an option of its own."""
    known = {*registry.load(), *registry.FAMILIES}
    wrong = []
    for cause in causes():
        for command in (cause.confirm, *(step.command for step in cause.fix)):
            words = command.split()
            if words[:1] == ["wa-doctor"]:
                names = {name for option, name in pairwise(words) if option == "--only"}
                if words[1] not in COMMANDS or names - known:
                    wrong.append((cause.id, command))
    assert wrong == []


def test_no_command_shows_a_token_to_other_users_of_the_machine() -> None:
    """An argument of curl stands in the list of processes; its standard input does not."""
    commands = [step.command for cause in causes() for step in cause.fix if "graph.facebook.com" in step.command]
    assert commands
    assert [
        command
        for command in commands
        if not command.startswith('printf "Authorization: Bearer %s" "$WA_ACCESS_TOKEN" | curl ')
    ] == []


def test_every_source_is_explained() -> None:
    """Facts are dated data: somebody can look up where each was read, and when."""
    known = facts.sources()
    cited = {(symptom.id, source) for symptom in symptoms() for source in symptom.sources}
    cited |= {(cause.id, source) for cause in causes() for source in cause.sources}
    assert sorted(pair for pair in cited if pair[1] not in known) == []


def test_every_symptom_says_where_it_was_read() -> None:
    """Texts of programs are facts, too."""
    assert [each.id for each in symptoms() if not each.sources] == []


@pytest.mark.parametrize(
    ("kind", "table", "wrong"),
    [
        (Symptom, {"id": "x"}, "title"),
        (Symptom, {"id": "x", "title": "t", "cause": "c", "weight": 50, "checked": 1}, "checked"),
        (Circumstance, {"id": "x", "title": "t", "patterns": ["Upper"], "examples": ["e"]}, "lower case"),
        (Circumstance, {"id": "x", "title": "t", "patterns": [], "examples": ["e"]}, "patterns"),
        (Circumstance, {"id": "x", "title": "t", "patterns": ["a"], "examples": ["e"], "weigth": 3}, "weigth"),
        (Rule, {"weight": 0, "any": ["x"]}, "weight"),
        (Rule, {"weight": 50, "any": ["x"]}, "why"),
        (Rule, {"weight": 50, "why": "It is so."}, "codes, all or any"),
        (Rule, {"weight": 50, "why": "It is so.", "any": ["x"], "details": "y"}, "narrow codes"),
    ],
)
def test_a_record_that_cannot_be_used_is_refused_by_name(kind: type, table: dict[str, Any], wrong: str) -> None:
    """A user who adds facts of their own learns what is wrong with them."""
    with pytest.raises(InvalidFact, match=wrong):
        facts.build(kind, table, "mine.toml")


def test_words_that_are_not_there_are_refused() -> None:
    """A pattern that names a group of words that does not exist is not silently literal."""
    with pytest.raises(InvalidFact, match="nowhere"):
        expand("<nowhere>")
