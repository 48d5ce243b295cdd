"""
Keeps the secrets of a profile in the system keyring; the only module that knows keyring.

A keyring can be missing, locked, or wait for ever for a window that nobody sees, so every call has a limit.
There is no fall-back to a file.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from wa_doctor.redact import Secret, plain

SERVICE = "wa-doctor"
LIMIT_SECONDS = 5.0

_PLAINTEXT = ("keyrings.alt.file", "keyrings.cryptfile")

Answer = TypeVar("Answer")


class KeyringUnavailable(Exception):
    """The keyring gave no answer; the argument says why in one sentence."""


def get(profile: str, name: str) -> Secret | None:
    """
    Return a secret of a profile, or None where there is none.

    Raises:
        KeyringUnavailable: there is no keyring, it is locked, or it did not answer in time.

    """
    value = _ask(lambda keyring: keyring.get_password(SERVICE, f"{profile}/{name}"))
    return Secret(value) if value else None


def put(profile: str, name: str, secret: Secret) -> None:
    """
    Store a secret, never in a keyring that keeps plain text.

    Raises:
        KeyringUnavailable: as for `get`, or the backend would write it to a plain file, or did not keep it.

    """

    def store(keyring: _Keyring) -> None:
        backend = keyring.get_keyring()
        if type(backend).__module__.startswith(_PLAINTEXT) and "Plaintext" in type(backend).__name__:
            raise KeyringUnavailable("the configured keyring keeps secrets as plain text, so nothing was stored")
        keyring.set_password(SERVICE, f"{profile}/{name}", secret.reveal())
        if keyring.get_password(SERVICE, f"{profile}/{name}") != secret.reveal():
            raise KeyringUnavailable(f"the configured keyring ({type(backend).__module__}) did not keep it")

    _ask(store)


def forget(profile: str, name: str) -> bool:
    """
    Remove a secret; return whether there was one.

    Raises:
        KeyringUnavailable: as for `get`.

    """

    def remove(keyring: _Keyring) -> bool:
        if keyring.get_password(SERVICE, f"{profile}/{name}") is None:
            return False
        keyring.delete_password(SERVICE, f"{profile}/{name}")
        return True

    return _ask(remove)


class _Keyring(Protocol):
    """The part of the keyring module that is used here, as a type."""

    def get_password(self, service: str, name: str) -> str | None: ...
    def set_password(self, service: str, name: str, password: str) -> None: ...
    def delete_password(self, service: str, name: str) -> None: ...
    def get_keyring(self) -> object: ...


def _ask(question: Callable[[_Keyring], Answer]) -> Answer:
    outcome: list[Answer] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            import keyring

            outcome.append(question(keyring))
        except BaseException as exc:  # noqa: BLE001 - backends raise whatever their system does
            failure.append(exc)

    worker = threading.Thread(target=work, name="keyring", daemon=True)
    worker.start()
    worker.join(LIMIT_SECONDS)
    if failure:
        if isinstance(failure[0], KeyringUnavailable):
            raise failure[0]
        raise KeyringUnavailable(_why(failure[0])) from None
    if not outcome:
        raise KeyringUnavailable(f"the keyring did not answer within {LIMIT_SECONDS:.0f} s; it may wait to be unlocked")
    return outcome[0]


def _why(exc: BaseException) -> str:
    name = type(exc).__name__
    if name == "NoKeyringError":
        return "this system has no keyring"
    if name in ("KeyringLocked", "InitError"):
        return "the keyring is locked or its service does not run"
    return f"the keyring failed: {plain(exc, 160) or name}"
