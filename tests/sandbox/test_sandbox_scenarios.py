"""Scenarios as data: found by being there, laid over the healthy world, refused when they say nonsense."""

from __future__ import annotations

from typing import Any

import pytest

from wa_doctor import sandbox
from wa_doctor.knowledge.facts import InvalidFact
from wa_doctor.sandbox import UnknownScenario, compose, scenarios
from wa_doctor.sandbox.scenario import FOLDER, merge

DESIGNED = {
    *("healthy", "expired-token", "revoked-token", "malformed-token", "missing-messaging", "missing-management"),
    *("token-expires-soon", "user-token", "introspection-refused", "asset-not-assigned", "wrong-waba"),
    *("unregistered-number", "test-number", "name-declined", "payment-missing", "not-subscribed", "stale-override"),
    *("proof-required", "rate-limited", "api-down", "version-upgraded", "captive-portal", "garbage-answers", "slow"),
}
EXPECT = {"summary": "s", "expect": {"exit_code": 0}}


def test_every_designed_scenario_is_there() -> None:
    assert set(scenarios()) == DESIGNED == {path.stem for path in FOLDER.glob("*.toml")}


def test_healthy_is_named_first() -> None:
    assert sandbox.names()[0] == "healthy"


@pytest.mark.parametrize("name", sorted(DESIGNED))
def test_a_scenario_says_what_is_wrong_and_what_to_expect(name: str) -> None:
    scenario = scenarios()[name]
    assert scenario.name == name
    assert scenario.summary[0].islower() or scenario.summary.startswith("Meta")
    assert not scenario.summary.endswith(".")
    wrong = scenario.expect.fail or scenario.expect.warn or scenario.expect.unknown
    assert bool(wrong) is (name != "healthy")
    assert scenario.expect.exit_code == (1 if scenario.expect.fail else 3 if scenario.expect.unknown else 0)


@pytest.mark.parametrize("name", sorted(DESIGNED - {"healthy"}))
def test_a_scenario_differs_from_the_healthy_world(name: str) -> None:
    assert scenarios()[name].world != scenarios()["healthy"].world


def test_an_unknown_scenario_names_the_nearest() -> None:
    with pytest.raises(UnknownScenario, match="'revoked-token'"):
        sandbox.start("revokd-token")
    assert "nonsense" not in scenarios()


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        ({"tokns": {}}, "unknown key 'tokns'"),
        ({"tokens": {"bot": {"scope": []}}}, "tokens.bot: unknown key 'scope'"),
        ({"tokens": {"bot": {"expires_in_days": "soon"}}}, "expires_in_days must be float"),
        ({"tokens": {"bto": {"dead_by": 460}}}, "the key 'app' is missing"),
        ({"tokens": {"bot": {"app": "crn"}}}, "tokens.bot.app names 'crn'"),
        ({"tokens": {"bot": {"assets": ["shop", "shed"]}}}, "names 'shed'"),
        ({"tokens": {"bot": {"unassigned": "gone"}}}, "unassigned must be one of"),
        ({"accounts": {"shop": {"subscribed": ["crm", "x"]}}}, "accounts.shop names 'x'"),
        ({"numbers": {"support": {"account": "shed"}}}, "numbers.support.account names 'shed'"),
        ({"given": {"account": "shed"}}, "given.account names 'shed'"),
        ({"apps": {"courier": {"id": "871204396655018"}}}, "the id 871204396655018 is used twice"),
        ({"faults": {"garbage": {"me": "soup"}}}, "garbage.me must be one of"),
        ({"versions": {"oldest": "25"}}, "a version looks like v25.0"),
        ({"versions": {"oldest": "v26.0"}}, "in the order"),
        ({"expect": {"exit_code": 0, "fails": []}}, "unknown key 'fails'"),
        ({"expect": 0}, r"needs an \[expect\] table"),
        ({"summary": ""}, "needs a summary"),
    ],
)
def test_nonsense_in_a_scenario_is_refused(difference: dict[str, Any], said: str) -> None:
    """A typo must not quietly give the healthy world."""
    with pytest.raises(InvalidFact, match=said):
        compose("mine", {**EXPECT, **difference})


def test_tables_merge_deeply_and_arrays_are_replaced() -> None:
    under = {"a": {"b": {"c": 1, "d": [1, 2]}, "e": 2}}
    assert merge(under, {"a": {"b": {"d": [3]}}}) == {"a": {"b": {"c": 1, "d": [3]}, "e": 2}}
    assert under["a"]["b"] == {"c": 1, "d": [1, 2]}


def test_a_table_may_replace_a_value_and_a_value_a_table() -> None:
    assert merge({"a": 1, "b": {"c": 1}}, {"a": {"x": 1}, "b": 2}) == {"a": {"x": 1}, "b": 2}


def test_credentials_are_the_same_every_time_and_differ_by_scenario() -> None:
    """A recorded run can be compared with the next; no two scenarios share a token."""
    with sandbox.start("healthy") as one, sandbox.start("healthy") as two, sandbox.start("slow") as three:
        assert one.credentials == two.credentials
        assert one.credentials["access_token"] != three.credentials["access_token"]
        assert one.credentials["app_secret"] != three.credentials["app_secret"]


def test_a_token_looks_like_one_of_metas() -> None:
    with sandbox.start("healthy") as running:
        token = running.credentials["access_token"]
        assert token.startswith("EAA")
        assert token.isalnum()
        assert token.isascii()
        assert 180 <= len(token) <= 300
        assert len(running.credentials["app_secret"]) == 32


def test_what_a_scenario_does_not_give_has_no_key() -> None:
    with sandbox.start("introspection-refused") as running:
        assert set(running.credentials) == {"access_token", "phone_number_id", "waba_id", "app_id", "api_version"}


def test_no_token_shows_itself_in_a_repr() -> None:
    with sandbox.start("healthy") as running:
        assert running.credentials["access_token"] not in repr(running)
