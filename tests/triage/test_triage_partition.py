"""Split among workers, a log gives the verdicts that it gives whole."""

from __future__ import annotations

import gzip
import importlib.util
import json
import random
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import wa_doctor
from wa_doctor.webhooks.document import Triage
from wa_doctor.webhooks.fold import judge, merge
from wa_doctor.webhooks.partition import states_of

Judge = Callable[..., Triage]
Log = Callable[..., Path]


@pytest.fixture
def tables(hook: Any) -> list[dict[str, Any]]:
    """Return webhooks of two hundred messages in no order, some told twice."""
    chance = random.Random(11)  # noqa: S311 - an order, no secret
    found = []
    for index in range(200):
        words = chance.choice((("sent",), ("sent", "failed"), ("sent", "delivered", "read"), ("failed", "delivered")))
        for turn, word in enumerate(words):
            code = 131026 if word == "failed" else None
            found.append(hook.status(f"wamid.{index}", word, hook.noon + index + turn, code=code))
    found += chance.sample(found, 50)
    return chance.sample(found, len(found))


def test_partial_states_merge_to_the_verdicts_of_the_whole(tables: list[dict[str, Any]], judged: Judge) -> None:
    lines = [json.dumps(table) for table in tables]
    parts = [dict(states_of(lines[part::7])) for part in range(7)]
    merged = {id: reduce(merge, (part.get(id, b"") for part in parts)) for id in {id for part in parts for id in part}}
    expected = {subject.id: subject.verdict for subject in judged(*lines).subjects.in_time()}
    assert {id: judge(state).verdict for id, state in merged.items()} == expected


def test_lines_in_envelopes_are_read_as_the_command_reads_them(hook: Any) -> None:
    table = hook.status("wamid.A", "read")
    lines = [f"2026-06-01T12:00:00Z INFO {json.dumps(table)}", json.dumps({"log": json.dumps(table)}), "nothing"]
    ((id, state),) = states_of(lines)
    assert (id, judge(state).repeats) == ("wamid.A", 1)


def _example() -> ModuleType:
    path = Path(wa_doctor.__file__).parent.parent / "docs/examples/triage_with_dask.py"
    spec = importlib.util.spec_from_file_location("triage_with_dask", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.filterwarnings("default")  # what other libraries deprecate is not ours
@pytest.mark.parametrize("compressed", [False, True])
def test_the_example_for_dask_gives_the_same_verdicts(
    compressed: bool, tables: list[dict[str, Any]], log: Log, judged: Judge
) -> None:
    """In small blocks over two files, reduced by another engine."""
    dask = pytest.importorskip("dask", reason="needs the extra `cluster`")
    paths = [log(*tables[:300], name="1.ndjson"), log(*tables[300:], name="2.ndjson")]
    paths[0].write_bytes(paths[0].read_bytes() + b"\xff\xfe is no text\n")
    if compressed:
        for path in paths:
            path.with_suffix(".ndjson.gz").write_bytes(gzip.compress(path.read_bytes()))
    given = [str(path.with_suffix(".ndjson.gz") if compressed else path) for path in paths]
    with dask.config.set(scheduler="threads"):
        bag = _example().verdicts(given, blocksize="20kB", shares=5)
        found = bag.compute()
    expected = {
        subject.id: (str(subject.verdict), " ".join(str(code) for code, _ in subject.codes))
        for subject in judged(*paths).subjects.in_time()
    }
    assert {id: (verdict, codes) for id, verdict, codes in found} == expected
    assert len(found) == len(expected)
    assert bag.npartitions == 5
