# ruff: noqa: INP001 - a program to copy, no part of a package
"""
Judges every message of logs that are too many for one process, with the code of `wa-doctor triage` inside Dask.

    pip install "wa-doctor[cluster]"
    python triage_with_dask.py LOGS... > verdicts.csv

It runs on all cores of one machine; connect a `dask.distributed.Client` first and it runs on a cluster. Spark and Beam
have the same three steps: `states_of` for a part of the log, `merge` to reduce by message id, `judge` for what comes
out.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from zlib import crc32

import dask.bag
from dask import delayed

from wa_doctor.webhooks.fold import judge, merge
from wa_doctor.webhooks.partition import states_of

Verdict = tuple[str, str, str]


def verdicts(paths: Sequence[str], blocksize: str = "64MiB", shares: int = 32) -> dask.bag.Bag:
    """Return `(id, verdict, codes)` of every message in NDJSON files, in no order, as a bag with so many partitions."""
    whole = any(path.endswith((".gz", ".zst")) for path in paths)  # a compressed file cannot be read in blocks
    lines = dask.bag.read_text(list(paths), blocksize=None if whole else blocksize, errors="replace")
    # What the blocks say about a message meets in the share that its id belongs to: no process holds all of them.
    split = [delayed(states_by_share, nout=shares)(block, shares) for block in lines.to_delayed()]
    return dask.bag.from_delayed([delayed(judged)(list(parts)) for parts in zip(*split, strict=True)])


def states_by_share(lines: Iterable[str], shares: int) -> list[dict[str, bytes]]:
    """Return the states of the messages in a part of the log, in so many tables."""
    tables: list[dict[str, bytes]] = [{} for _ in range(shares)]
    for id, state in states_of(lines):
        tables[crc32(id.encode("utf-8", "surrogatepass")) % shares][id] = state
    return tables


def judged(tables: Iterable[Mapping[str, bytes]]) -> list[Verdict]:
    """Bring the states of one share together and judge its messages."""
    merged: dict[str, bytes] = {}
    for table in tables:
        for id, state in table.items():
            merged[id] = merge(merged.get(id, b""), state)
    return [_row(id, state) for id, state in merged.items()]


def _row(id: str, state: bytes) -> Verdict:
    judgement = judge(state)
    return id, judgement.verdict.value, " ".join(str(code) for code, _ in judgement.codes)


def main() -> None:
    """Write the verdicts of the logs named on the command line."""
    out = csv.writer(sys.stdout)
    out.writerow(("id", "verdict", "codes"))
    out.writerows(verdicts(sys.argv[1:]).compute())


if __name__ == "__main__":
    main()
