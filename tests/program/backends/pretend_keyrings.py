"""Keyrings that behave as keyrings do on other people's machines; a test names one in PYTHON_KEYRING_BACKEND."""
# ruff: noqa: ARG002 - the arguments are those of every keyring

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked


class Kept(KeyringBackend):
    """Keeps everything in the file that PRETEND_KEYRING_FILE names."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        """Return what was stored."""
        return _read().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store it."""
        _write(_read() | {f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        held = _read()
        del held[f"{service}/{username}"]
        _write(held)


class Locked(Kept):
    """Is locked, and nobody is there to unlock it."""

    def get_password(self, service: str, username: str) -> str | None:
        """Refuse."""
        raise KeyringLocked("Failed to unlock the collection!")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Refuse."""
        raise KeyringLocked("Failed to unlock the collection!")


class Failing(Locked):
    """Fails with what its system gives it: more than one line, and an escape sequence."""

    def get_password(self, service: str, username: str) -> str | None:
        """Fail."""
        raise RuntimeError("SecItemCopyMatching: -25308\n\x1b[31mUser interaction is not allowed")


class Quitting(Locked):
    """Ends the thread that asks it."""

    def get_password(self, service: str, username: str) -> str | None:
        """End the thread."""
        raise SystemExit("no display")


class Hanging(Locked):
    """Waits for a window that nobody sees."""

    def get_password(self, service: str, username: str) -> str | None:
        """Wait for ever."""
        threading.Event().wait()
        return None


def _read() -> dict[str, str]:
    path = Path(os.environ["PRETEND_KEYRING_FILE"])
    held: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return held


def _write(held: dict[str, str]) -> None:
    Path(os.environ["PRETEND_KEYRING_FILE"]).write_text(json.dumps(held), encoding="utf-8")
