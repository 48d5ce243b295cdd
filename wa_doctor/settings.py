"""
Where every value comes from: option, environment, env file, profile, keyring, in this order.

Each value remembers its source, because the report says it. Secrets are never taken from an option's value.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wa_doctor.redact import HIDDEN, Secret, plain, plain_url, register_url

META = "https://graph.facebook.com"
DEFAULT = "default"
"""The source of a value that nobody gave."""


@dataclass(frozen=True, slots=True)
class Setting:
    """
    One value a run can use: its name in profiles and reports, and the variables it is read from, ours first.

    White space around a `trimmed` value is removed; around others a check finds it and says so.
    """

    name: str
    label: str
    environment: tuple[str, ...]
    secret: bool = False
    trimmed: bool = False
    url: bool = False

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
    Setting("app_secret", "app secret", ("WA_APP_SECRET", "M4D_APP_SECRET", "APP_SECRET"), secret=True, trimmed=True),
    Setting("api_version", "API version", ("WA_API_VERSION", "CLOUD_API_VERSION")),
    Setting("base_url", "base URL", ("WA_BASE_URL",), url=True),
    Setting(
        "verify_token",
        "verify token",
        ("WA_VERIFY_TOKEN", "WEBHOOK_VERIFICATION_TOKEN", "VERIFY_TOKEN"),
        secret=True,
        trimmed=True,
    ),
    Setting("callback_url", "callback URL", ("WA_CALLBACK_URL",), url=True),
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

    def __post_init__(self) -> None:
        for setting in SETTINGS:
            if setting.url:
                register_url(self.text(setting.name))

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

    def shown(self, name: str) -> str:
        """Return the value in use as it may be printed: of a secret the fingerprint, of a URL no password or query."""
        found = self.values.get(name)
        if found is None:
            return self._defaults().get(name, "")
        if isinstance(found.value, Secret):
            return f"{HIDDEN}, sha256 {found.value.fingerprint}"
        return plain_url(found.value) if BY_NAME[name].url else plain(found.value, 200)

    def in_use(self, names: Collection[str] | None = None) -> Iterator[tuple[str, str, str]]:
        """Yield the label, the value as it may be printed, and the source of each value, or of those `names`."""
        known = self.values.keys() | self._defaults().keys()
        for setting in SETTINGS:
            if setting.name in known and (names is None or setting.name in names):
                yield setting.label, self.shown(setting.name), self.source(setting.name) or DEFAULT

    def _defaults(self) -> dict[str, str]:
        return {"api_version": self.api_version, "base_url": META}

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

    `options` holds what was given on the command line (`arguments` names what was no option there), `token_line`
    what came in by `--token-stdin`, `verify_token_line` what came in by `--verify-token-stdin`. The keyring is asked
    only where one of `wanted` is still missing.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
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
            found[name] = _value(BY_NAME[name], value, source, notes)
    if sources.keyring and set(sources.wanted) - found.keys() and not sources.environ.get("CI"):
        for name, value, source in _from_keyring(profile, notes):
            if name not in found:
                found[name] = _value(BY_NAME[name], value, source, notes)
    return Settings(found, profile or ("default" if _used(found, "profile default", "keyring") else ""), tuple(notes))


def _value(setting: Setting, raw: str, source: str, notes: list[str]) -> Value:
    if setting.trimmed and raw != raw.strip():
        notes.append(f"white space around the {setting.label} was removed")
        raw = raw.strip()
    return Value(Secret(raw) if setting.secret else raw, source)


def _used(found: Mapping[str, Value], *sources: str) -> bool:
    return any(value.source.startswith(sources) for value in found.values())


def _in_order(sources: Sources, profile: str, notes: list[str]) -> Iterator[tuple[str, str, str]]:
    if sources.token_line is not None:
        yield "access_token", sources.token_line, "--token-stdin"
    if sources.verify_token_line is not None:
        yield "verify_token", sources.verify_token_line, "--verify-token-stdin"
    for name, value in sources.options.items():
        if value:
            yield name, value, "argument" if name in sources.arguments else BY_NAME[name].option
    yield from _from_variables(sources.environ, "")
    if sources.env_file is not None:
        from wa_doctor.env_file import read_env_file

        yield from _from_variables(read_env_file(sources.env_file, notes), f" in {sources.env_file}")
    yield from _from_profile(profile)


def _from_variables(variables: Mapping[str, str], where: str) -> Iterator[tuple[str, str, str]]:
    for setting in SETTINGS:
        for variable in setting.environment:
            if variables.get(variable, "").strip():
                yield setting.name, variables[variable], variable + where
                break


def _from_profile(profile: str) -> Iterator[tuple[str, str, str]]:
    from wa_doctor import profiles

    for key, value in profiles.named(profile).items():
        if key in BY_NAME and value.strip():
            yield key, value, f"profile {profile or 'default'}"


def _from_keyring(profile: str, notes: list[str]) -> Iterator[tuple[str, str, str]]:
    from wa_doctor import keyring_store, profiles

    stored = profile or profiles.DEFAULT
    if stored not in profiles.read():
        return
    try:
        for setting in SECRETS:
            secret = keyring_store.get(stored, setting.name)
            if secret:
                yield setting.name, secret.reveal(), f"keyring, profile {stored}"
    except keyring_store.KeyringUnavailable as exc:
        notes.append(f"the keyring was not read: {exc}; set WA_ACCESS_TOKEN, or use --token-stdin")
