"""Values are found at the first place that has them, and each remembers where."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wa_doctor import env_file, profiles
from wa_doctor.env_file import read_env_file
from wa_doctor.redact import Secret, plain
from wa_doctor.settings import META, SETTINGS, Settings, SettingsError, Sources, Value, gather

WABA = "118340927561042"


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of the profiles, which does not exist yet."""
    path = tmp_path / "config" / "profiles.toml"
    monkeypatch.setattr(profiles, "path", lambda: path)
    return path


def _gather(**more: object) -> Settings:
    return gather(Sources(**({"environ": {}, "keyring": False} | more)))  # type: ignore[arg-type]


def _env_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "settings.env"
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_given_is_meta_and_the_default_version() -> None:
    found = _gather()
    assert found.values == {}
    assert found.base_url == META
    assert found.api_version.startswith("v")
    assert (found.access_token, found.waba_id, found.source("waba_id"), found.profile) == (None, "", "", "")


def test_secrets_are_held_as_secrets() -> None:
    secrets = {"WA_ACCESS_TOKEN": "EAAg0123456789", "WA_APP_SECRET": "0f1e2d3c4b5a", "WA_VERIFY_TOKEN": "correct-horse"}
    found = _gather(environ=secrets)
    assert found.access_token == Secret("EAAg0123456789")
    assert found.app_secret == Secret("0f1e2d3c4b5a")
    assert found.verify_token == Secret("correct-horse")
    assert found.text("access_token") == ""
    assert not any(value in repr(found) for value in secrets.values())


def test_base_url_has_no_slash_at_its_end() -> None:
    assert (
        _gather(options={"base_url": " https://gateway.example.com/wa// "}).base_url == "https://gateway.example.com/wa"
    )


def test_value_keeps_its_blanks_for_the_check_that_looks_for_them() -> None:
    assert _gather(environ={"WA_WABA_ID": f" {WABA}\n"}).waba_id == f" {WABA}\n"


@pytest.mark.parametrize("raw", ["0f1e2d3c4b5a\n", " 0f1e2d3c4b5a", "0f1e2d3c4b5a\r\n", "0f1e2d3c4b5a\u00a0"])
def test_white_space_around_a_secret_is_removed_and_told(raw: str) -> None:
    """Secret stores keep a line break, and every signature and handshake would be wrong; nothing else is told."""
    found = _gather(environ={"WA_APP_SECRET": raw}, verify_token_line=raw)
    assert found.app_secret == found.verify_token == Secret("0f1e2d3c4b5a")
    assert set(found.notes) == {
        "white space around the app secret was removed",
        "white space around the verify token was removed",
    }


def test_white_space_in_a_place_that_is_not_used_is_not_told() -> None:
    clean = _gather(
        environ={"WA_APP_SECRET": "0f1e2d3c4b5a", "APP_SECRET": "0f1e2d3c4b5a ", "WA_ACCESS_TOKEN": "EAAg "}
    )
    assert clean.notes == ()
    assert clean.access_token == Secret("EAAg "), "config-token names this"


def test_values_in_use_are_listed_with_their_sources() -> None:
    found = _gather(options={"waba_id": WABA}, environ={"WA_APP_SECRET": "0f1e2d3c4b5a"})
    assert list(found.in_use()) == [
        ("WABA id", WABA, "--waba-id"),
        ("app secret", f"[hidden], sha256 {Secret('0f1e2d3c4b5a').fingerprint}", "WA_APP_SECRET"),
        ("API version", found.api_version, "default"),
        ("base URL", META, "default"),
    ]
    assert list(found.in_use({"waba_id", "callback_url"})) == [("WABA id", WABA, "--waba-id")]
    pinned = _gather(environ={"WA_API_VERSION": "v24.0"}, options={"base_url": "http://localhost:8080"})
    assert list(pinned.in_use()) == [
        ("API version", "v24.0", "WA_API_VERSION"),
        ("base URL", "http://localhost:8080", "--base-url"),
    ]


def test_urls_are_shown_without_their_secrets() -> None:
    """The one of a gateway may hold a password, and a callback URL a key; neither is shown by anything."""
    found = _gather(
        options={"base_url": "https://ops:hunter-hunter@gateway.example.com/wa"},
        environ={"WA_CALLBACK_URL": "https://hooks.example.com/wa?key=Zx81Qp57Lm20"},
    )
    assert found.shown("base_url") == "https://gateway.example.com/wa"
    assert found.shown("callback_url") == "https://hooks.example.com/wa?[hidden]"
    assert plain("hunter-hunter, Zx81Qp57Lm20") == "[hidden], [hidden]"
    assert found.shown("app_id") == ""


def test_verify_token_line_wins_over_the_environment() -> None:
    found = _gather(verify_token_line="from-stdin", environ={"WA_VERIFY_TOKEN": "from-environment"})
    assert found.verify_token == Secret("from-stdin")
    assert found.source("verify_token") == "--verify-token-stdin"


def test_no_variable_is_read_for_two_values() -> None:
    names = [name for setting in SETTINGS for name in setting.environment]
    assert len(names) == len(set(names))
    assert all(setting.environment[0] == f"WA_{setting.name.upper()}" for setting in SETTINGS)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"WA_WABA_ID={WABA}", WABA),
        (f"export WA_WABA_ID = '{WABA}'  # ours", WABA),
        (f'WA_WABA_ID="{WABA}"\r\n', WABA),
        (f"\ufeffWA_WABA_ID={WABA}\n", WABA),
        ("WA_WABA_ID=$OTHER", "$OTHER"),
        ("WA_WABA_ID=", ""),
        (f"WA_WABA_ID=1\nWA_WABA_ID={WABA}\n", WABA),
        ("", ""),
    ],
)
def test_env_file_is_read_as_other_programs_read_it(tmp_path: Path, text: str, value: str) -> None:
    assert _gather(env_file=_env_file(tmp_path, text)).waba_id == value


def test_lines_of_an_env_file_that_are_left_out_are_told_by_number(tmp_path: Path) -> None:
    notes: list[str] = []
    path = _env_file(tmp_path, "EAAgWithoutItsName0123456789\nA=1\nexport B\n= 2\n")
    assert read_env_file(path, notes) == {"A": "1"}
    assert notes == [f"the env file {path}: not understood and left out: lines 1, 4"]


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """Return a named pipe that nobody writes to."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no named pipes")
    path = tmp_path / "pipe.env"
    os.mkfifo(path)
    return path


def test_pipe_that_nobody_writes_to_is_given_up(pipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env_file, "LIMIT_SECONDS", 0.05)
    with pytest.raises(SettingsError, match="nobody wrote it"):
        read_env_file(pipe, [])


def test_pipe_that_somebody_writes_to_is_read(pipe: Path) -> None:
    writer = threading.Thread(target=pipe.write_text, args=(f"WA_WABA_ID={WABA}\n",), daemon=True)
    writer.start()
    assert _gather(env_file=pipe).waba_id == WABA


@given(st.binary(max_size=300))
def test_no_env_file_is_a_crash(content: bytes) -> None:
    """It is read, or refused as what settings are refused with."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "settings.env"
        path.write_bytes(content)
        with contextlib.suppress(SettingsError):
            read_env_file(path, [])


def test_unknown_profile_is_answered_with_the_nearest() -> None:
    profiles.save("production", {})
    with pytest.raises(SettingsError, match="did you mean 'production'"):
        _gather(profile="prodution")
    with pytest.raises(SettingsError, match="there is no profile 'x'; `wa-doctor auth list`"):
        _gather(environ={"WA_PROFILE": "x"})


def test_default_profile_is_named_only_where_it_was_used() -> None:
    profiles.save("default", {"waba_id": WABA})
    assert _gather().profile == "default"
    assert _gather(options={"waba_id": "1"}).profile == ""
    assert _gather(profile="default", options={"waba_id": "1"}).profile == "default"


def test_wanted_secret_is_looked_for_in_the_keyring_and_no_other_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring comes last, and never in CI."""
    from wa_doctor import keyring_store

    asked: list[str] = []

    def get(profile: str, name: str) -> Secret | None:
        asked.append(f"{profile}/{name}")
        return Secret("EAAgFromTheKeyring0123456789") if name == "access_token" else None

    monkeypatch.setattr(keyring_store, "get", get)
    profiles.save("default", {"waba_id": WABA})

    found = _gather(keyring=True)
    assert found.access_token == Secret("EAAgFromTheKeyring0123456789")
    assert found.source("access_token") == "keyring, profile default"
    assert asked == ["default/access_token", "default/app_secret", "default/verify_token"]

    asked.clear()
    _gather(keyring=True, environ={"CI": "true"})
    _gather(keyring=True, environ={"WA_ACCESS_TOKEN": "EAAg0123456789"})
    _gather(keyring=False)
    profiles.save("default", None)
    _gather(keyring=True)
    assert asked == []


def test_keyring_that_gives_no_answer_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    from wa_doctor import keyring_store

    def get(profile: str, name: str) -> Secret | None:
        raise keyring_store.KeyringUnavailable(f"{profile}/{name} is locked")

    monkeypatch.setattr(keyring_store, "get", get)
    profiles.save("default", {"waba_id": WABA})
    found = _gather(keyring=True)
    assert found.access_token is None
    assert found.waba_id == WABA
    assert found.notes == (
        "the keyring was not read: default/access_token is locked; set WA_ACCESS_TOKEN, or use --token-stdin",
    )


def test_settings_say_what_kind_of_value_they_hold() -> None:
    found = Settings({"waba_id": Value("1", "--waba-id"), "app_secret": Value(Secret("0f1e2d3c"), "WA_APP_SECRET")})
    assert found.secret("waba_id") is None
    assert found.text("app_secret") == ""
    assert found.source("app_secret") == "WA_APP_SECRET"
