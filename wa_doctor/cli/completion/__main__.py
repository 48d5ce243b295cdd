"""Write the completions to a directory: `python -m wa_doctor.cli.completion DIRECTORY`."""

from __future__ import annotations

import sys
from pathlib import Path

from wa_doctor.cli.completion import scripts


def main(arguments: list[str]) -> int:
    """Write the files and return the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m wa_doctor.cli.completion DIRECTORY\n")
        return 2
    directory = Path(arguments[0])
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in scripts().items():
        (directory / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
