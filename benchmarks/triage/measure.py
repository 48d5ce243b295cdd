"""
Compares `wa-doctor triage` with `jq` and `awk` on the same log: `python benchmarks/triage/measure.py LOG [--runs N]`.

Both run by turns and the median of each is taken, so that what else the machine does falls on both. `jq` takes out
only id, status and time, and `awk` keeps the best status of each message; wa-doctor judges everything and writes its
report. Memory for a message is the peak less that of a log of a hundred lines, divided by the messages.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

JQ = "fromjson? | .entry[].changes[].value.statuses[]? | [.id, .status, .timestamp] | @tsv"
AWK = """
{ rank = $2 == "read" ? 4 : $2 == "delivered" ? 3 : $2 == "sent" ? 2 : 1; if (rank > best[$1]) best[$1] = rank }
END { for (id in best) count[best[id]]++; for (rank in count) print rank, count[rank] }
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took: seconds on the clock, seconds of processor, and bytes at the peak (of its largest process)."""

    seconds: float
    processor: float
    peak: int


def run(command: Sequence[str]) -> Cost:
    """Run a command whose output nobody wants."""
    began = time.perf_counter()
    # As installed: nobody compiles the program anew for every run.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet) as process:
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    scale = 1 if sys.platform == "darwin" else 1024
    return Cost(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale)


def messages(log: Path) -> int:
    """Return how many messages wa-doctor finds in a log."""
    command = [sys.executable, "-m", "wa_doctor", "triage", str(log), "--format", "json", "--limit", "0"]
    found = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    return int(found["messages"]["total"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Compare wa-doctor triage with jq and awk.")
    parser.add_argument("log", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    log = arguments.log
    if not shutil.which("jq") or not shutil.which("awk"):
        sys.exit("jq and awk are needed: apt-get install jq gawk")
    theirs = ["sh", "-c", f"jq -rR '{JQ}' \"$0\" | awk -F'\\t' '{AWK}'", str(log)]
    ours = [sys.executable, "-m", "wa_doctor", "triage", str(log)]
    costs: dict[str, list[Cost]] = {"jq + awk": [], "wa-doctor": []}
    for _ in range(arguments.runs):
        costs["jq + awk"].append(run(theirs))
        costs["wa-doctor"].append(run(ours))
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.ndjson"
        with log.open("rb") as whole:
            small.write_bytes(b"".join(whole.readline() for _ in range(100)))
        base = run([*ours[:-1], str(small)]).peak
    count = messages(log)
    peak = max(cost.peak for cost in costs["wa-doctor"])
    print(f"{log.stat().st_size / 1e6:,.0f} MB, {count:,} messages, {arguments.runs} runs, median")
    for name, found in costs.items():
        clock = statistics.median(cost.seconds for cost in found)
        processor = statistics.median(cost.processor for cost in found)
        print(
            f"{name:10} {clock:6.1f} s   {processor:6.1f} s of processor   {max(c.peak for c in found) / 1e6:5.0f} MB"
        )
    ratios = [their.seconds / our.seconds for their, our in zip(*costs.values(), strict=True)]
    work = [their.processor / our.processor for their, our in zip(*costs.values(), strict=True)]
    print(f"wa-doctor is {statistics.median(ratios):.1f} times as fast, {min(ratios):.1f} to {max(ratios):.1f}")
    print(f"and takes {1 / statistics.median(work):.2f} of the processor time")
    print(f"{(peak - base) / count:.0f} bytes a message above a base of {base / 1e6:.0f} MB, {peak / count:.0f} in all")


if __name__ == "__main__":
    main()
