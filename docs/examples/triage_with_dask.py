# ruff: noqa: INP001 - a program to copy, no part of a package
"""
Judges every message of logs that are too many for one process, with the code of `wa-doctor triage` inside Dask.

    pip install "wa-doctor[cluster]"
    python triage_with_dask.py LOGS... > verdicts.csv

It runs on all cores of one machine; connect a `dask.distributed.Client` first and it runs on a cluster. Spark and Beam
have the same three steps: `states_of` for a partition, `merge` to reduce by message id, `judge` for what comes out.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from operator import itemgetter

import dask.bag

from wa_doctor.webhooks.fold import judge, merge
from wa_doctor.webhooks.partition import states_of


def verdicts(paths: Sequence[str], blocksize: str = "64MiB") -> dask.bag.Bag:
    """Return `(id, verdict, codes)` of every message in NDJSON files, in no order."""
    lines = dask.bag.read_text(list(paths), blocksize=blocksize)
    states = lines.map_partitions(states_of)
    merged = states.foldby(itemgetter(0), _add, b"", merge, b"")
    return merged.map(_judged)


def _add(state: bytes, told: tuple[str, bytes]) -> bytes:
    return merge(state, told[1])


def _judged(message: tuple[str, bytes]) -> tuple[str, str, str]:
    id, state = message
    judgement = judge(state)
    return id, judgement.verdict.value, " ".join(str(code) for code, _ in judgement.codes)


def main() -> None:
    """Write the verdicts of the logs named on the command line."""
    out = csv.writer(sys.stdout)
    out.writerow(("id", "verdict", "codes"))
    out.writerows(verdicts(sys.argv[1:]).compute())


if __name__ == "__main__":
    main()
