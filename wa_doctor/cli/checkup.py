"""What `check`, `token` and `probe` share on the command line: reading the token, progress, delivering."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from wa_doctor.cli.options import nearest
from wa_doctor.cli.output import Destination, deliver, say
from wa_doctor.registry import SelectionError
from wa_doctor.settings import SettingsError, Sources

if TYPE_CHECKING:
    from wa_doctor.checkup import Request
    from wa_doctor.model import Result
    from wa_doctor.render import Look

_LONGEST_LINE = 64 * 1024  # bytes


def carry_out(request: Request, format: str, look: Look, files: Sequence[Destination]) -> None:
    """Perform the check-up, write it and leave with its exit code; usage errors name what to change."""
    from wa_doctor.checkup import perform

    _usable_sandbox(request.sandbox, request.sources)
    progress = Progress()
    try:
        report = perform(request, observe=progress.show)
    except (SelectionError, SettingsError) as exc:
        raise typer.BadParameter(str(exc)) from exc
    finally:
        progress.clear()
    for note in report.notes:
        say(note)
    raise deliver("report", report, format, look, files, report.summary.exit_code)


def _usable_sandbox(name: str, sources: Sources) -> None:
    if not name:
        return

    from wa_doctor import sandbox

    unused = [*(["--env-file"] if sources.env_file else []), *(["--profile"] if sources.profile else [])]
    if unused:
        raise typer.BadParameter(f"--sandbox brings values of its own; leave {' and '.join(unused)} out")
    if name not in sandbox.scenarios():
        raise typer.BadParameter(f"no sandbox scenario is called {name!r}{nearest(name, sandbox.scenarios())}")


def token_line(wanted: bool, name: str = "access token", option: str = "--token-stdin") -> str | None:
    """
    Read a secret from the first line of stdin, without an echo where somebody types it.

    Raises:
        typer.BadParameter: stdin holds nothing.

    """
    if not wanted:
        return None
    if sys.stdin.isatty():
        from getpass import getpass

        line = getpass(f"{name.capitalize()}: ", stream=sys.stderr)
    else:
        # PowerShell may begin a pipe with a byte order mark, and Windows would read that in another encoding.
        line = sys.stdin.buffer.readline(_LONGEST_LINE).decode("utf-8-sig", "backslashreplace")
    line = line.rstrip("\r\n")
    if not line.strip():
        raise typer.BadParameter(f"{option} was given, but stdin holds no token")
    return line


def sources(options: dict[str, str], *, token_stdin: bool, env_file: object, profile: str, no_keyring: bool) -> Sources:
    """Say where values may come from, as the common options have it."""
    from pathlib import Path

    return Sources(
        options=options,
        token_line=token_line(token_stdin),
        env_file=env_file if isinstance(env_file, Path) else None,
        profile=profile,
        keyring=not no_keyring,
    )


class Progress:
    """One line on stderr that says how far the run is; only a terminal gets it."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._done = 0

    def show(self, result: Result, total: int) -> None:
        """Count one result."""
        if self._on:
            self._done = self._done % total + 1
            sys.stderr.write(f"\r\x1b[K{self._done}/{total} {result.check}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._on and self._done:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
