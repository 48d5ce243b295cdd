"""
Writes the completions of the shells from the command tree; none of them calls the program when Tab is pressed.

`python -m wa_doctor.cli.completion DIRECTORY` writes the files that are kept under `completions/`.
"""

from __future__ import annotations

from wa_doctor.cli.completion import bash, fish, powershell, zsh
from wa_doctor.cli.completion.tree import read_tree


def scripts() -> dict[str, str]:
    """Return the text of every completion by the name of its file."""
    root = read_tree()
    return {
        "wa-doctor.bash": bash.script(root),
        "_wa-doctor": zsh.script(root),
        "wa-doctor.fish": fish.script(root),
        "wa-doctor.ps1": powershell.script(root),
    }
