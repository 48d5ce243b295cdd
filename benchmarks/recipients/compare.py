"""
Compares a list judged by wa-doctor with a plain copy by the csv module, and with phonenumbers where it is installed.

    pip install phonenumbers            # optional
    python benchmarks/recipients/compare.py 1000000

Every way runs in a process of its own, in turns, several times; the median is shown. Seconds differ from machine to
machine and from minute to minute: the ratios, taken in one run, are what the README quotes.
"""

from __future__ import annotations

import importlib.util
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 5
PHONENUMBERS_ROWS = 20_000  # it is slow enough to need no more

GENERATE = Path(__file__).with_name("generate.py")

# Linux tells a process its own peak; elsewhere the column stays empty.
_PEAK = """
import atexit, pathlib, sys
def tell():
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        sys.stderr.write("PEAK " + status.read_text().partition("VmHWM:")[2].split()[0])
atexit.register(tell)
"""

_COPY = """
import csv, sys
with open(sys.argv[1], newline="") as source, open(sys.argv[2], "w", newline="") as target:
    csv.writer(target).writerows(csv.reader(source))
"""

_WA_DOCTOR = """
import sys
from wa_doctor.cli.app import run
path, target, format = sys.argv[1:4]
sys.stdout = open(target, "w")
run(["recipient", "--from", path, "--format", format, "-q"])
sys.stdout.close()
"""

_PHONENUMBERS = """
import csv, sys
import phonenumbers
with open(sys.argv[1], newline="") as source, open(sys.argv[2], "w", newline="") as target:
    write = csv.writer(target).writerow
    for row in csv.reader(source):
        try:
            number = row[1] if row[1].startswith(("+", "00")) else "+" + row[1]
            region = phonenumbers.region_code_for_number(phonenumbers.parse(number.replace("00", "+", 1), None))
        except phonenumbers.NumberParseException:
            region = ""
        write([*row, region or ""])
"""


def main(count: int) -> None:
    """Run every way in turns and print rows a second, the ratio to the copy, and the peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        whole, part, target = (Path(folder, name) for name in ("list.csv", "part.csv", "out"))
        for path, wanted in ((whole, count), (part, PHONENUMBERS_ROWS)):
            with path.open("wb") as out:
                subprocess.run([sys.executable, str(GENERATE), str(wanted)], stdout=out, check=True)
        ways = {
            "csv module, copy only": (_COPY, whole, count, ()),
            "wa-doctor, csv to csv": (_WA_DOCTOR, whole, count, ("csv",)),
            "wa-doctor, csv to ndjson": (_WA_DOCTOR, whole, count, ("ndjson",)),
            "wa-doctor, summary only": (_WA_DOCTOR, whole, count, ("text",)),
        }
        if importlib.util.find_spec("phonenumbers"):
            ways["phonenumbers, parse and region"] = (_PHONENUMBERS, part, min(count, PHONENUMBERS_ROWS), ())
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        peaks: dict[str, str] = {}
        for _ in range(ROUNDS):
            for name, (code, source, _, arguments) in ways.items():
                spent, peaks[name] = _timed(code, str(source), str(target), *arguments)
                seconds[name].append(spent)
        copy = count / statistics.median(seconds["csv module, copy only"])
        sys.stdout.write(f"{count:,} rows, {whole.stat().st_size / 1e6:.0f} MB, median of {ROUNDS} rounds\n")
        for name, (_, _, judged, _) in ways.items():
            speed = judged / statistics.median(seconds[name])
            sys.stdout.write(f"{name:32} {speed:>10,.0f} rows/s  {speed / copy:5.2f} x copy  {peaks[name]:>5} MB\n")


def _timed(code: str, *arguments: str) -> tuple[float, str]:
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", _PEAK + code, *arguments], capture_output=True, text=True, check=True)
    spent = time.perf_counter() - started
    peak = done.stderr.rpartition("PEAK ")[2].strip()
    return spent, f"{int(peak) // 1024}" if peak.isdecimal() else ""


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
