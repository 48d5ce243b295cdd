"""`docs/faults.md` has a row for every fault that the tests of this folder make, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.faults import page


def test_every_fault_is_on_the_page_and_no_other(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--write-faults", False):
        pytest.skip("the page is written when all tests are through")
    made: list[tuple[str, str]] = []
    for path in Path(__file__).parent.glob("test_faults_*.py"):
        text = path.read_text(encoding="utf-8")
        heading = re.search(r'^HEADING = "(.+)"$', text, re.MULTILINE)
        faults = re.findall(r'mark\.fault\(\s*"([^"]+)"', text)
        made += [(heading[1], fault) for fault in faults] if heading else []

    assert len(made) == len(set(made)), "two faults of one part have the same name"
    assert set(made) == set(page.read()), f"run `{page.WRITE}`"
