"""The checks there are, and how some of them are chosen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import pytest

from wa_doctor.registry import FAMILIES, Check, UnknownCheck, load, select

if TYPE_CHECKING:
    from wa_doctor.context import Context
    from wa_doctor.model import Finding

CHECKS = load()


def _nothing(_: Context) -> Iterator[Finding]:
    yield from ()


def _checks(**needs: str) -> dict[str, Check]:
    return {
        id.replace("_", "-"): Check(id.replace("_", "-"), "it is so", _nothing, tuple(each.split()))
        for id, each in needs.items()
    }


CHAIN = _checks(config_token="", api_graph="", token_valid="config-token api-graph", token_kind="token-valid")


@pytest.mark.parametrize("check", CHECKS.values(), ids=list(CHECKS))
def test_check_is_declared_as_users_will_read_it(check: Check) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", check.id)
    assert check.family in FAMILIES, "a family without a place in the order"
    assert check.look.__module__ == f"wa_doctor.checks.{check.family}"
    assert check.summary
    assert not check.summary.endswith(".")
    assert check.description
    assert set(check.needs) <= set(CHECKS)


def test_needs_have_an_order() -> None:
    TopologicalSorter({check.id: check.needs for check in CHECKS.values()}).prepare()


def test_families_come_in_the_order_of_the_chain() -> None:
    families = list(dict.fromkeys(check.family for check in CHECKS.values()))
    assert families == [family for family in FAMILIES if family in families]


def test_nothing_asked_for_is_everything() -> None:
    assert select(CHECKS).checks == CHECKS
    assert select(CHECKS).brought == frozenset()


def test_check_brings_what_it_needs() -> None:
    chosen = select(CHAIN, ["token-kind"])
    assert list(chosen.checks) == ["config-token", "api-graph", "token-valid", "token-kind"]
    assert chosen.brought == {"config-token", "api-graph", "token-valid"}


def test_family_is_all_of_it() -> None:
    chosen = select(CHAIN, ["token"])
    assert chosen.brought == {"config-token", "api-graph"}
    assert set(select(CHAIN, ["token", "api-graph"]).checks) == set(CHAIN)


def test_what_is_left_out_is_not_brought_back() -> None:
    chosen = select(CHAIN, ["token-kind"], ["api"])
    assert "api-graph" not in chosen.checks
    assert "token-valid" in chosen.checks
    assert set(select(CHAIN, skip=["token"]).checks) == {"config-token", "api-graph"}


def test_leaving_out_wins_over_asking() -> None:
    assert select(CHAIN, ["token-kind"], ["token-kind"]).checks == {}


@pytest.mark.parametrize(
    ("name", "near"),
    [("token-kinds", "token-kind"), ("tokn", "token"), ("apigraph", "api-graph"), ("zzz", "")],
)
def test_unknown_name_is_answered_with_the_nearest(name: str, near: str) -> None:
    for only, skip in (((name,), ()), ((), (name,))):
        with pytest.raises(UnknownCheck) as caught:
            select(CHAIN, only, skip)
        assert repr(name) in str(caught.value)
        assert (f"did you mean {near!r}?" in str(caught.value)) == bool(near)
