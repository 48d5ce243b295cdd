"""
What is kept of a profile beside the keyring: ids, URLs, the API version and the directory of own facts.

A plain file that people may edit. It never holds a secret, and one that somebody put there is refused.
"""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from wa_doctor.redact import plain
from wa_doctor.settings import BY_NAME, SettingsError

DEFAULT = "default"
"""The profile that is used unasked."""


def path() -> Path:
    """Return the file that holds the profiles."""
    from platformdirs import user_config_path

    return user_config_path("wa-doctor", appauthor=False) / "profiles.toml"


def read() -> dict[str, dict[str, str]]:
    """
    Read the profiles: `[NAME]` tables of settings that are no secret, and `facts`, a directory of overrides.

    Raises:
        SettingsError: the file cannot be read, has an unknown key, or holds a secret.

    """
    file = path()
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise SettingsError(f"the profiles in {file} cannot be read: {plain(exc, 160)}") from exc
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise SettingsError(f"{file}: {name!r} stands outside of a profile such as [default]")
        for key, value in table.items():
            if key in BY_NAME and BY_NAME[key].secret:
                raise SettingsError(f"{file}: [{name}] holds a secret; take {key} out and run `wa-doctor auth login`")
            if (key not in BY_NAME and key != "facts") or not isinstance(value, str):
                raise SettingsError(f"{file}: [{name}] has a key or value that is not understood: {key}")
    return tables


def named(name: str) -> dict[str, str]:
    """
    Return what is kept of a profile; with an empty name, of the default one, if there is one.

    Raises:
        SettingsError: as for `read`, or there is no profile of that name; the message names the nearest.

    """
    stored = read()
    if name and name not in stored:
        near = difflib.get_close_matches(name, stored, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ";"
        raise SettingsError(f"there is no profile {name!r}{hint} `wa-doctor auth list` shows them.")
    return stored.get(name or DEFAULT, {})


def own_facts(name: str, environ: Mapping[str, str] = os.environ) -> Path | None:
    """
    Return the directory of fact files that belongs to the profile in use, or None.

    Raises:
        SettingsError: as for `named`.

    """
    directory = named(name or environ.get("WA_PROFILE", "").strip()).get("facts", "")
    return Path(directory) if directory else None


def save(name: str, values: Mapping[str, str] | None) -> None:
    """
    Write what is kept of a profile, or remove the profile with None; the others stay, whatever goes wrong.

    Raises:
        SettingsError: as for `read`, or the file cannot be written.

    """
    stored = read()
    if values is None:
        stored.pop(name, None)
    else:
        stored[name] = dict(values)
    text = "\n".join(
        f"[{_quoted(profile)}]\n" + "".join(f"{key} = {_quoted(value)}\n" for key, value in table.items())
        for profile, table in sorted(stored.items())
    )
    file = path()
    beside = file.with_suffix(".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(text.encode())
        beside.replace(file)
    except UnicodeEncodeError as exc:
        raise SettingsError("a profile cannot hold bytes that are no text") from exc
    except OSError as exc:
        raise SettingsError(f"the profiles cannot be written to {file}: {exc.strerror or exc}") from exc


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string, but for DEL and for what JSON writes as two halves of a surrogate.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
