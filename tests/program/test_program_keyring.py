"""Secrets of a profile and the keyring: one that works, those that do not, and a real Secret Service."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.program.conftest import Ended, Program

BACKENDS = Path(__file__).parent / "backends"
TOKEN = "EAAhKeptInTheKeyringOfSomebody0123456789"
WABA = "118340927561042"


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """Return the file of the pretended keyring."""
    return tmp_path / "held.json"


@pytest.fixture
def keyring(program: Program, held: Path) -> Callable[..., Ended]:
    """Return a function that runs the program with one of the pretended keyrings."""

    def run(backend: str, *arguments: str, stdin: str = "", **environ: str) -> Ended:
        where = {"PYTHONPATH": str(BACKENDS), "PYTHON_KEYRING_BACKEND": backend, "PRETEND_KEYRING_FILE": str(held)}
        ended = program(*arguments, stdin=stdin, environ=where | environ)
        assert TOKEN not in ended.stdout + ended.stderr
        return ended

    return run


KEPT = "pretend_keyrings.Kept"
LOGIN = ("auth", "login", "--token-stdin", "--waba-id", WABA)


def test_login_check_list_logout(keyring: Callable[..., Ended], held: Path) -> None:
    """What login stores, check finds; logout leaves nothing."""
    assert keyring(KEPT, *LOGIN, stdin=TOKEN).code == 0
    assert TOKEN in held.read_text(encoding="utf-8")

    sources = _sources(keyring(KEPT, "check", "--only", "config-token", "--format", "json"))
    assert sources.items() >= {("access token", "keyring, profile default"), ("WABA id", "profile default")}
    assert keyring(KEPT, "auth", "list", "--format", "json").document["profiles"][0]["secrets"] == ["access_token"]

    assert keyring(KEPT, "auth", "logout").code == 0
    assert held.read_text(encoding="utf-8") == "{}"
    assert keyring(KEPT, "auth", "logout").code == 1
    assert keyring(KEPT, "check", "--only", "config-token").code == 1


def test_profiles_do_not_mix(keyring: Callable[..., Ended]) -> None:
    keyring(KEPT, *LOGIN, "--profile", "shop", stdin=TOKEN)
    other = keyring(KEPT, "check", "--only", "config-token", "--format", "json")
    assert other.ids("fail") == {"config-token"}
    named = keyring(KEPT, "check", "--only", "config-token", "--format", "json", "--profile", "shop")
    assert named.ids("pass") == {"config-token"}
    assert named.document["target"]["profile"] == "shop"
    assert keyring(KEPT, "check", "--only", "config-token", WA_PROFILE="shop").code == 0


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [
        (("--no-keyring",), {}),
        ((), {"CI": "true"}),
        ((), {"WA_ACCESS_TOKEN": "EAAgivenInTheEnvironment"}),
    ],
    ids=["asked-not-to", "in-CI", "token-found"],
)
def test_keyring_is_left_alone(
    keyring: Callable[..., Ended], arguments: tuple[str, ...], environ: dict[str, str]
) -> None:
    """A keyring that would hang shows that it is not asked."""
    keyring(KEPT, *LOGIN, stdin=TOKEN)
    ended = keyring("pretend_keyrings.Hanging", "check", "--only", "config-token", *arguments, **environ)
    assert "keyring" not in ended.stderr


@pytest.mark.parametrize(
    ("backend", "why"),
    [
        ("pretend_keyrings.Locked", "the keyring is locked"),
        ("pretend_keyrings.Failing", "User interaction is not allowed"),
        ("pretend_keyrings.Quitting", "no display"),
        ("pretend_keyrings.Hanging", "did not answer within 5 s"),
        ("keyring.backends.fail.Keyring", "this system has no keyring"),
        ("no_such_module.Keyring", "no_such_module"),
    ],
)
def test_keyring_that_does_not_answer_costs_one_line(keyring: Callable[..., Ended], backend: str, why: str) -> None:
    """The check-up goes on without it, and login says that nothing was stored."""
    keyring(KEPT, *LOGIN, stdin=TOKEN)

    ended = keyring(backend, "check", "--only", "config-token", "--format", "json")
    assert ended.code == 1
    assert ended.ids("fail") == {"config-token"}
    assert len(ended.stderr.splitlines()) == 1
    assert why in ended.stderr
    assert "\x1b" not in ended.stderr

    login = keyring(backend, *LOGIN, stdin=TOKEN)
    assert login.code == 3
    assert "nothing was stored" in login.stderr
    assert login.stdout == ""


def test_logout_forgets_what_it_can_where_the_keyring_does_not_answer(
    keyring: Callable[..., Ended], held: Path
) -> None:
    """The ids are gone, what may be left is told, and the same command removes it later."""
    keyring(KEPT, *LOGIN, "--profile", "the shop", stdin=TOKEN)
    ended = keyring("keyring.backends.fail.Keyring", "auth", "logout", "--profile", "the shop")
    assert ended.code == 3
    assert "may still hold secrets of the profile 'the shop': this system has no keyring" in ended.stderr
    assert "`wa-doctor auth logout --profile" in ended.stderr
    assert keyring(KEPT, "auth", "list", "--format", "json").document["profiles"] == []
    assert TOKEN in held.read_text(encoding="utf-8")
    assert keyring(KEPT, "auth", "logout", "--profile", "the shop").code == 0
    assert held.read_text(encoding="utf-8") == "{}"


def test_command_that_login_prints_can_be_copied(keyring: Callable[..., Ended]) -> None:
    ended = keyring(KEPT, *LOGIN, "--profile", "prod 😀 & sons", stdin=TOKEN)
    command = re.search("`(.*)`", ended.stdout)
    assert command
    split = shlex.split(command[1])
    assert split == ["wa-doctor", "check", "--profile", "prod 😀 & sons"]
    assert keyring(KEPT, *split[1:], "--only", "config-token").code == 0


@pytest.mark.parametrize("name", ["", " ", "shop ", "two\nlines", "\x1b[31m"])
def test_name_that_nobody_could_type_is_no_profile(keyring: Callable[..., Ended], held: Path, name: str) -> None:
    ended = keyring(KEPT, *LOGIN, "--profile", name, stdin=TOKEN)
    assert ended.code == 2
    assert "the name of a profile is one line" in ended.stderr
    assert not held.exists()


def test_password_in_a_base_url_is_neither_stored_nor_shown(keyring: Callable[..., Ended], program: Program) -> None:
    url = "https://ops:hunter-hunter@gateway.example.com/wa"
    ended = keyring(KEPT, *LOGIN, "--base-url", url, stdin=TOKEN)
    assert ended.code == 2
    assert "without user, password or query" in ended.stderr
    for path in program.profile_files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'[by-hand]\nbase_url = "{url}"\ncallback_url = "{url}"\n', encoding="utf-8")
    for format in ("text", "json"):
        shown = keyring(KEPT, "auth", "list", "--format", format).stdout
        assert "https://gateway.example.com/wa" in shown
        assert "hunter" not in ended.stdout + ended.stderr + shown


def test_keyring_that_keeps_nothing_is_found_out(keyring: Callable[..., Ended]) -> None:
    login = keyring("keyring.backends.null.Keyring", *LOGIN, stdin=TOKEN)
    assert login.code == 3
    assert "did not keep it" in login.stderr
    assert keyring(KEPT, "auth", "list", "--format", "json").document["profiles"] == []


def test_nothing_is_stored_as_plain_text(keyring: Callable[..., Ended], held: Path, tmp_path: Path) -> None:
    """The keyring of that name writes secrets into a file as they are."""
    module = tmp_path / "keyrings" / "alt" / "file.py"
    module.parent.mkdir(parents=True)
    module.write_text("from pretend_keyrings import Kept\nclass PlaintextKeyring(Kept): ...\n", encoding="utf-8")
    path = f"{tmp_path}{os.pathsep}{BACKENDS}"
    login = keyring("keyrings.alt.file.PlaintextKeyring", *LOGIN, stdin=TOKEN, PYTHONPATH=path)
    assert login.code == 3
    assert "as plain text" in login.stderr
    assert not held.exists()


def test_login_without_a_terminal_names_the_other_way(keyring: Callable[..., Ended]) -> None:
    ended = keyring(KEPT, "auth", "login")
    assert ended.code == 2
    assert "--token-stdin" in ended.stderr


SESSION = """
printf password | gnome-keyring-daemon {start} --components=secrets >/dev/null 2>&1
shift $1
for line in "$@"; do
    printf %s "$TOKEN" | sh -c "$line"
    echo "exit code $?"
done
"""


@pytest.fixture
def session(program: Program, tmp_path: Path) -> Callable[..., str]:
    """Return a function that runs command lines in a D-Bus session with a Secret Service of its own."""
    if sys.platform != "linux":
        pytest.skip("the Secret Service is a thing of Linux desktops")
    for needed in ("dbus-run-session", "gnome-keyring-daemon"):
        if not shutil.which(needed):
            pytest.skip(f"{needed} is not installed")
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)

    def run(start: str, *lines: str) -> str:
        environment = program.environment(
            XDG_RUNTIME_DIR=str(runtime), TOKEN=TOKEN, XDG_DATA_HOME=str(program.home / ".local" / "share")
        )
        del environment["PYTHON_KEYRING_BACKEND"]
        environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
        done = subprocess.run(
            ["dbus-run-session", "--", "sh", "-c", SESSION.format(start=start), "sh", "1", *lines],
            env=environment | {"PATH": f"{Path(sys.executable).parent}:{environment['PATH']}"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert TOKEN not in done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


LOGIN_LINE = f"wa-doctor auth login --profile work --token-stdin --waba-id {WABA}"
CHECK_LINE = "wa-doctor check --profile work --only config-token"


def test_real_keyring_keeps_a_token(session: Callable[..., str]) -> None:
    said = session("--unlock", LOGIN_LINE, CHECK_LINE, "wa-doctor auth logout --profile work", "wa-doctor auth list")
    assert said.count("exit code 0") == 4, said
    assert "Stored the profile 'work'" in said
    assert "keyring, profile work" in said
    assert "Removed the profile 'work' (access token)" in said
    assert "No profile is stored" in said


def test_real_keyring_that_is_locked_is_named_as_that(session: Callable[..., str]) -> None:
    """A second session starts without the password, and there is no window to ask for it."""
    session("--unlock", LOGIN_LINE)
    said = session("--start", CHECK_LINE)
    assert "the keyring was not read: the keyring is locked" in said
    assert "exit code 1" in said


def _sources(ended: Ended) -> dict[str, str]:
    return {each["name"]: each["source"] for each in ended.document["inputs"]}
