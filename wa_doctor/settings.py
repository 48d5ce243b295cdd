"""
Where every value comes from: option, environment, env file, profile, keyring, in this order.

Each value remembers its source, because the report says it. Secrets are never taken from an option's value.
"""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from wa_doctor.redact import Secret, plain

if TYPE_CHECKING:
    from dotenv.parser import Binding

META = "https://graph.facebook.com"

_LARGEST_ENV_FILE = 1024 * 1024  # characters
_MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Setting:
    """One value a run can use: its name in profiles and reports, and the variables it is read from, ours first."""

    name: str
    label: str
    environment: tuple[str, ...]
    secret: bool = False

    @property
    def option(self) -> str:
        """The option of the command line."""
        return "--token-stdin" if self.name == "access_token" else f"--{self.name.replace('_', '-')}"


SETTINGS = (
    Setting(
        "access_token",
        "access token",
        ("WA_ACCESS_TOKEN", "CLOUD_API_ACCESS_TOKEN", "WHATSAPP_TOKEN", "WHATSAPP_ACCESS_TOKEN"),
        secret=True,
    ),
    Setting("phone_number_id", "phone number id", ("WA_PHONE_NUMBER_ID", "PHONE_NUMBER_ID")),
    Setting("waba_id", "WABA id", ("WA_WABA_ID", "WABA_ID", "WA_BUSINESS_ACCOUNT_ID")),
    Setting("app_id", "app id", ("WA_APP_ID", "M4D_APP_ID", "APP_ID")),
    Setting("app_secret", "app secret", ("WA_APP_SECRET", "M4D_APP_SECRET", "APP_SECRET"), secret=True),
    Setting("api_version", "API version", ("WA_API_VERSION", "CLOUD_API_VERSION")),
    Setting("base_url", "base URL", ("WA_BASE_URL",)),
    Setting(
        "verify_token",
        "verify token",
        ("WA_VERIFY_TOKEN", "WEBHOOK_VERIFICATION_TOKEN", "VERIFY_TOKEN"),
        secret=True,
    ),
    Setting("callback_url", "callback URL", ("WA_CALLBACK_URL",)),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}
SECRETS = tuple(setting for setting in SETTINGS if setting.secret)


class SettingsError(ValueError):
    """A source of settings that cannot be used: one sentence for a person, exit code 2."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value and where it was found."""

    value: str | Secret
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """All that was found. `notes` are lines worth telling the user that stop nothing."""

    values: Mapping[str, Value]
    profile: str = ""
    notes: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """Return a value that is no secret, or an empty string."""
        found = self.values.get(name)
        return found.value if found and isinstance(found.value, str) else ""

    def secret(self, name: str) -> Secret | None:
        """Return a secret, or None."""
        found = self.values.get(name)
        return found.value if found and isinstance(found.value, Secret) else None

    def source(self, name: str) -> str:
        """Say where a value came from, or an empty string."""
        found = self.values.get(name)
        return found.source if found else ""

    @property
    def base_url(self) -> str:
        """The base URL without a slash at its end; Meta's where none was given."""
        return (self.text("base_url").strip() or META).rstrip("/")

    @property
    def api_version(self) -> str:
        """The API version asked for; the one this program asks for by default where none was given."""
        from wa_doctor.knowledge.versions import default_version

        return self.text("api_version").strip() or default_version()

    @property
    def phone_number_id(self) -> str:
        """The phone number id, or an empty string."""
        return self.text("phone_number_id")

    @property
    def waba_id(self) -> str:
        """The id of the WhatsApp Business Account, or an empty string."""
        return self.text("waba_id")

    @property
    def app_id(self) -> str:
        """The app id, or an empty string."""
        return self.text("app_id")

    @property
    def callback_url(self) -> str:
        """The callback URL that webhooks should reach, or an empty string."""
        return self.text("callback_url")

    @property
    def access_token(self) -> Secret | None:
        """The access token."""
        return self.secret("access_token")

    @property
    def app_secret(self) -> Secret | None:
        """The app secret."""
        return self.secret("app_secret")

    @property
    def verify_token(self) -> Secret | None:
        """The verify token of the webhook."""
        return self.secret("verify_token")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """
    What `gather` may look at.

    `options` holds what was given on the command line, `token_line` what came in by `--token-stdin`, and
    `verify_token_line` what came in by `--verify-token-stdin`. The keyring is asked only where one of `wanted` is
    still missing.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    token_line: str | None = None
    verify_token_line: str | None = None
    wanted: tuple[str, ...] = ("access_token",)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    env_file: Path | None = None
    profile: str = ""
    keyring: bool = True


def gather(sources: Sources) -> Settings:
    """
    Find every value at the first place that has it.

    Raises:
        SettingsError: an env file or profile cannot be read, or a profile of that name does not exist.

    """
    found: dict[str, Value] = {}
    notes: list[str] = []
    profile = sources.profile or sources.environ.get("WA_PROFILE", "").strip()
    for name, value, source in _in_order(sources, profile, notes):
        if name not in found:
            found[name] = Value(Secret(value) if BY_NAME[name].secret else value, source)
    stored = profile or ("default" if "default" in profiles() else "")
    if stored and sources.keyring and set(sources.wanted) - found.keys() and not sources.environ.get("CI"):
        for name, secret in _from_keyring(stored, notes):
            found.setdefault(name, Value(secret, f"keyring, profile {stored}"))
    return Settings(found, profile or ("default" if _used(found, "profile default", "keyring") else ""), tuple(notes))


def _used(found: Mapping[str, Value], *sources: str) -> bool:
    return any(value.source.startswith(sources) for value in found.values())


def _in_order(sources: Sources, profile: str, notes: list[str]) -> Iterator[tuple[str, str, str]]:
    if sources.token_line is not None:
        yield "access_token", sources.token_line, "--token-stdin"
    if sources.verify_token_line is not None:
        yield "verify_token", sources.verify_token_line, "--verify-token-stdin"
    for name, value in sources.options.items():
        if value:
            yield name, value, BY_NAME[name].option
    yield from _from_variables(sources.environ, "")
    if sources.env_file is not None:
        yield from _from_variables(read_env_file(sources.env_file, notes), f" in {sources.env_file}")
    yield from _from_profile(profile)


def _from_variables(variables: Mapping[str, str], where: str) -> Iterator[tuple[str, str, str]]:
    for setting in SETTINGS:
        for variable in setting.environment:
            if variables.get(variable, "").strip():
                yield setting.name, variables[variable], variable + where
                break


def own_facts(profile: str, environ: Mapping[str, str] = os.environ) -> Path | None:
    """
    Return the directory of fact files that belongs to the profile in use, or None.

    Raises:
        SettingsError: the profiles cannot be read, or there is none of that name.

    """
    directory = _profile(profile or environ.get("WA_PROFILE", "").strip()).get("facts", "")
    return Path(directory) if directory else None


def _from_profile(profile: str) -> Iterator[tuple[str, str, str]]:
    for key, value in _profile(profile).items():
        if key in BY_NAME:
            yield key, value, f"profile {profile or 'default'}"


def _profile(profile: str) -> dict[str, str]:
    stored = profiles()
    if profile and profile not in stored:
        near = difflib.get_close_matches(profile, stored, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ";"
        raise SettingsError(f"there is no profile {profile!r}{hint} `wa-doctor auth list` shows them.")
    return stored.get(profile or "default", {})


def _from_keyring(profile: str, notes: list[str]) -> Iterator[tuple[str, Secret]]:
    from wa_doctor import keyring_store

    try:
        for setting in SECRETS:
            secret = keyring_store.get(profile, setting.name)
            if secret:
                yield setting.name, secret
    except keyring_store.KeyringUnavailable as exc:
        notes.append(f"the keyring was not read: {exc}; set WA_ACCESS_TOKEN, or use --token-stdin")


def read_env_file(path: Path, notes: list[str]) -> dict[str, str]:
    """
    Read an env file; lines that are not understood are left out and noted by their numbers, never by their text.

    Nothing is interpolated: a `$` in a value is a `$`.

    Raises:
        SettingsError: the file cannot be read, is not text, or is larger than any env file is.

    """
    from io import StringIO

    from dotenv.parser import parse_stream

    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(_LARGEST_ENV_FILE + 1)
    except OSError as exc:
        raise SettingsError(f"the env file {path} cannot be read: {exc.strerror or exc}") from exc
    except UnicodeDecodeError as exc:
        raise SettingsError(f"the env file {path} is not UTF-8 text") from exc
    if len(text) > _LARGEST_ENV_FILE:
        raise SettingsError(f"the env file {path} is larger than {_LARGEST_ENV_FILE // 1024} KiB, so it is none")
    bindings = tuple(parse_stream(StringIO(text)))
    if left_out := [each.original.line for each in bindings if each.error or _has_no_value(each)]:
        notes.append(_left_out(path, left_out))
    return {each.key: each.value for each in bindings if each.key is not None and each.value is not None}


def _has_no_value(binding: Binding) -> bool:
    return binding.key is not None and binding.value is None and not binding.original.string.startswith("export ")


def _left_out(path: Path, lines: list[int]) -> str:
    first = ", ".join(map(str, lines[:_MOST_LINES]))
    more = f" and {len(lines) - _MOST_LINES} more" if len(lines) > _MOST_LINES else ""
    return f"the env file {path}: not understood and left out: {'lines' if lines[1:] else 'line'} {first}{more}"


def profiles_path() -> Path:
    """Return the file that holds what is no secret of each profile."""
    from platformdirs import user_config_path

    return user_config_path("wa-doctor", appauthor=False) / "profiles.toml"


def profiles() -> dict[str, dict[str, str]]:
    """
    Read the profiles: `[NAME]` tables of ids, URLs, the API version and `facts`, a directory of overrides.

    Raises:
        SettingsError: the file cannot be read, has an unknown key, or holds a secret.

    """
    path = profiles_path()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise SettingsError(f"the profiles in {path} cannot be read: {plain(exc, 160)}") from exc
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise SettingsError(f"{path}: {name!r} stands outside of a profile such as [default]")
        for key, value in table.items():
            if key in BY_NAME and BY_NAME[key].secret:
                raise SettingsError(f"{path}: [{name}] holds a secret; take {key} out and run `wa-doctor auth login`")
            if (key not in BY_NAME and key != "facts") or not isinstance(value, str):
                raise SettingsError(f"{path}: [{name}] has a key or value that is not understood: {key}")
    return tables


def save_profile(name: str, values: Mapping[str, str] | None) -> None:
    """
    Write what is no secret of a profile, or remove the profile with None.

    Raises:
        SettingsError: the file cannot be written.

    """
    stored = profiles()
    if values is None:
        stored.pop(name, None)
    else:
        stored[name] = dict(values)
    text = "\n".join(
        f"[{_quoted(profile)}]\n" + "".join(f"{key} = {_quoted(value)}\n" for key, value in table.items())
        for profile, table in sorted(stored.items())
    )
    path = profiles_path()
    beside = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(text.encode())
        beside.replace(path)
    except UnicodeEncodeError as exc:
        raise SettingsError("a profile cannot hold bytes that are no text") from exc
    except OSError as exc:
        raise SettingsError(f"the profiles cannot be written to {path}: {exc.strerror or exc}") from exc


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string, but for DEL and for what JSON writes as two halves of a surrogate.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
