"""The keyring answers, or it is told in time and in one sentence why it did not."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import InitError, KeyringLocked, NoKeyringError

from wa_doctor import keyring_store
from wa_doctor.keyring_store import KeyringUnavailable
from wa_doctor.redact import Secret


class Memory(KeyringBackend):
    """A keyring that works, in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is held."""
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Hold it."""
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        del self.held[service, username]


class Broken(Memory):
    """A keyring that raises, or never comes back."""

    def __init__(self, trouble: BaseException | threading.Event) -> None:
        super().__init__()
        self.trouble = trouble

    def get_password(self, service: str, username: str) -> str | None:
        """Break."""
        del service, username
        if isinstance(self.trouble, threading.Event):
            self.trouble.wait(30)
            return None
        raise self.trouble


@pytest.fixture
def memory() -> Iterator[Memory]:
    """Make a keyring in memory the one that is used."""
    before = keyring.get_keyring()
    backend = Memory()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def test_secret_comes_back(memory: Memory) -> None:
    keyring_store.put("work", "access_token", Secret("EAAg0123456789"))
    assert memory.held == {("wa-doctor", "work/access_token"): "EAAg0123456789"}
    assert keyring_store.get("work", "access_token") == Secret("EAAg0123456789")
    assert keyring_store.get("other", "access_token") is None


@pytest.mark.usefixtures("memory")
def test_forgetting_says_whether_there_was_something() -> None:
    keyring_store.put("work", "access_token", Secret("EAAg0123456789"))
    assert keyring_store.forget("work", "access_token")
    assert not keyring_store.forget("work", "access_token")
    assert keyring_store.get("work", "access_token") is None


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (NoKeyringError("No recommended backend was available.\nInstall one"), "this system has no keyring"),
        (KeyringLocked("Failed to unlock the collection!"), "the keyring is locked or its service does not run"),
        (InitError("Failed to create the collection"), "the keyring is locked or its service does not run"),
        (OSError(5, "Input/output\nerror \x1b[31m"), "the keyring failed: [Errno 5] Input/output error [31m"),
        (RuntimeError(), "the keyring failed: RuntimeError"),
        (SystemExit("no display"), "the keyring failed: no display"),
    ],
)
@pytest.mark.usefixtures("memory")
def test_trouble_is_one_sentence(trouble: BaseException, said: str) -> None:
    keyring.set_keyring(Broken(trouble))
    for question in (keyring_store.get, keyring_store.forget):
        with pytest.raises(KeyringUnavailable) as caught:
            question("work", "access_token")
        assert str(caught.value) == said
        assert caught.value.__suppress_context__


@pytest.mark.usefixtures("memory")
def test_keyring_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring_store, "LIMIT_SECONDS", 0.05)
    released = threading.Event()
    keyring.set_keyring(Broken(released))
    with pytest.raises(KeyringUnavailable, match="may wait to be unlocked"):
        keyring_store.get("work", "access_token")
    released.set()


def test_keyring_that_keeps_plain_text_gets_nothing(memory: Memory) -> None:
    plaintext = type("PlaintextKeyring", (Memory,), {"__module__": "keyrings.alt.file"})()
    keyring.set_keyring(plaintext)
    with pytest.raises(KeyringUnavailable, match="as plain text"):
        keyring_store.put("work", "access_token", Secret("EAAg0123456789"))
    assert plaintext.held == memory.held == {}


def test_keyring_that_forgets_at_once_is_found_out(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "set_password", lambda *_: None)
    with pytest.raises(KeyringUnavailable, match="did not keep it"):
        keyring_store.put("work", "access_token", Secret("EAAg0123456789"))
