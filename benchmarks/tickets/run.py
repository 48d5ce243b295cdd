"""
How often `wa-doctor explain` finds the true cause of real tickets.

Run `python benchmarks/tickets/run.py DIRECTORY` over a directory of tickets (Markdown with a front matter, a title, a
`Symptom:` and a `Resolution:`). Only what stands before the resolution is explained, by the installed program, as a
person would do it. `key.toml` beside this file says which causes are right; a ticket without a key is printed with
what was found and counts for nothing.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEY = Path(__file__).with_name("key.toml")
PLACES = ("first", "first three", "absent")

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one ticket: `first`, `first three`, `absent`, `unknowable`, or `no key`."""

    ticket: str
    place: str
    found: tuple[str, ...]


def symptom(text: str) -> str:
    """Return the part of a ticket that a person in trouble would have: title and symptom, not the resolution."""
    return _FRONT_MATTER.sub("", text).partition("\nResolution:")[0]


def explain(text: str, command: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of the causes that the program names, in its order."""
    done = subprocess.run(  # the program under test, with arguments of ours
        [*command, "explain", "--format", "json", "-"],
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if not done.stdout:
        sys.exit(f"{command[0]} said nothing: {done.stderr.strip()}")
    return tuple(cause["id"] for cause in json.loads(done.stdout)["causes"])


def judge(ticket: str, found: tuple[str, ...], key: Mapping[str, Mapping[str, Any]]) -> Outcome:
    """Compare what was found with the key."""
    entry = key.get(ticket)
    if entry is None:
        return Outcome(ticket, "no key", found)
    if entry.get("unknowable"):
        return Outcome(ticket, "unknowable", found)
    right = list(entry["causes"])
    if found[:1] and found[0] in right:
        return Outcome(ticket, "first", found)
    return Outcome(ticket, "first three" if set(found[:3]) & set(right) else "absent", found)


def main() -> None:
    """Explain every ticket of a directory and print where the true cause stands."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("directory", type=Path, help="where the tickets are, one Markdown file each")
    arguments.add_argument("--key", type=Path, default=KEY, help="another key than the one beside this file")
    given = arguments.parse_args()
    key = tomllib.loads(given.key.read_text(encoding="utf-8"))
    command = (sys.executable, "-m", "wa_doctor")
    tickets = sorted(given.directory.glob("*.md"))
    if not tickets:
        sys.exit(f"there are no tickets in {given.directory}")
    outcomes = []
    for path in tickets:
        found = explain(symptom(path.read_text(encoding="utf-8")), command)
        outcome = judge(path.stem.partition("_")[0], found, key)
        outcomes.append(outcome)
        print(f"{outcome.ticket:6} {outcome.place:12} {', '.join(found[:3]) or '(nothing)'}")
    counts = Counter(outcome.place for outcome in outcomes)
    counted = sum(counts[place] for place in PLACES)
    if counted:
        first, three = counts["first"], counts["first"] + counts["first three"]
        print(f"first {first}/{counted} ({first / counted:.0%}), first three {three}/{counted} ({three / counted:.0%})")
    for place in ("unknowable", "no key"):
        if counts[place]:
            print(f"{place}: {counts[place]}")


if __name__ == "__main__":
    main()
