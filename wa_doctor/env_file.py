"""Reads env files: `NAME=value` lines, as other programs read them, from a file or a shell's `<(...)`."""

from __future__ import annotations

import stat
import threading
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from wa_doctor.settings import SettingsError

if TYPE_CHECKING:
    from dotenv.parser import Binding

LIMIT_SECONDS = 5.0
"""How long something that is no regular file, such as a pipe, may take to come to its end."""

_LARGEST = 1024 * 1024  # characters
_MOST_LINES = 5


def read_env_file(path: Path, notes: list[str]) -> dict[str, str]:
    """
    Read an env file; lines that are not understood are left out and noted by their numbers, never by their text.

    Nothing is interpolated: a `$` in a value is a `$`.

    Raises:
        SettingsError: the file cannot be read, is not text, is larger than any env file is, or does not end in time.

    """
    from dotenv.parser import parse_stream

    try:
        text = _text(path) if stat.S_ISREG(path.stat().st_mode) else _text_in_time(path)
    except OSError as exc:
        raise SettingsError(f"the env file {path} cannot be read: {exc.strerror or exc}") from exc
    except UnicodeDecodeError as exc:
        raise SettingsError(f"the env file {path} is not UTF-8 text") from exc
    if len(text) > _LARGEST:
        raise SettingsError(f"the env file {path} is larger than {_LARGEST // 1024} KiB, so it is none")
    bindings = tuple(parse_stream(StringIO(text)))
    if left_out := [each.original.line for each in bindings if each.error or _has_no_value(each)]:
        notes.append(_left_out(path, left_out))
    return {each.key: each.value for each in bindings if each.key is not None and each.value is not None}


def _text(path: Path) -> str:
    with path.open(encoding="utf-8-sig") as file:
        return file.read(_LARGEST + 1)


def _text_in_time(path: Path) -> str:
    # A pipe that nobody writes to would hold the program for ever, as early as where it is opened.
    outcome: list[str] = []
    failure: list[Exception] = []

    def read() -> None:
        try:
            outcome.append(_text(path))
        except (OSError, UnicodeDecodeError) as exc:
            failure.append(exc)

    reader = threading.Thread(target=read, name="env file", daemon=True)
    reader.start()
    reader.join(LIMIT_SECONDS)
    if failure:
        raise failure[0]
    if not outcome:
        raise SettingsError(f"the env file {path} is no file, and nobody wrote it within {LIMIT_SECONDS:.0f} s")
    return outcome[0]


def _has_no_value(binding: Binding) -> bool:
    return binding.key is not None and binding.value is None and not binding.original.string.startswith("export ")


def _left_out(path: Path, lines: list[int]) -> str:
    first = ", ".join(map(str, lines[:_MOST_LINES]))
    more = f" and {len(lines) - _MOST_LINES} more" if len(lines) > _MOST_LINES else ""
    return f"the env file {path}: not understood and left out: {'lines' if lines[1:] else 'line'} {first}{more}"
