"""
Keep credentials of a profile in the system keyring.

Ids and URLs of a profile are kept in a plain file, secrets in the keyring and nowhere else.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from wa_doctor.cli import options as given
from wa_doctor.cli.output import say

app = typer.Typer(
    help=__doc__.strip(),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Name = Annotated[str, typer.Option("--profile", metavar="NAME", help="The profile; `default` is used unasked.")]


@app.command()
def login(
    profile: Name = "default",
    token_stdin: given.TokenStdin = False,
    with_app_secret: Annotated[bool, typer.Option("--with-app-secret", help="Ask for the app secret too.")] = False,
    with_verify_token: Annotated[
        bool, typer.Option("--with-verify-token", help="Ask for the verify token of the webhook too.")
    ] = False,
    phone_number_id: given.PhoneNumberId = "",
    waba_id: given.WabaId = "",
    app_id: given.AppId = "",
    api_version: given.ApiVersion = "",
    base_url: given.BaseUrl = "",
    facts: Annotated[
        Path | None, typer.Option("--facts", metavar="DIR", help="Fact files of your own for this profile.")
    ] = None,
) -> None:
    """Store a token, and what belongs to it, under a name. Nothing is echoed and nothing is sent."""
    from wa_doctor import keyring_store, profiles, settings
    from wa_doctor.cli.checkup import token_line
    from wa_doctor.redact import Secret, plain, plain_url

    if profile != profile.strip() or not profile or not profile.isprintable():
        raise typer.BadParameter("the name of a profile is one line of printable characters, with no space around it")
    if plain_url(base_url) != plain(base_url):
        raise typer.BadParameter(
            "ids and URLs are kept in a plain file; give a base URL without user, password or query"
        )
    if facts:
        given.lay_over(facts)
    secrets = {"access_token": (token_line(token_stdin) or "").strip() or _ask("Access token")}
    if with_app_secret:
        secrets["app_secret"] = _ask("App secret")
    if with_verify_token:
        secrets["verify_token"] = _ask("Verify token")
    values = {
        "phone_number_id": phone_number_id,
        "waba_id": waba_id,
        "app_id": app_id,
        "api_version": api_version,
        "base_url": base_url,
        "facts": str(facts.absolute()) if facts else "",
    }
    kept: list[str] = []
    try:
        before = profiles.read().get(profile, {})
        for name, value in secrets.items():
            keyring_store.put(profile, name, Secret(value))
            kept.append(settings.BY_NAME[name].label)
        profiles.save(profile, before | {name: value for name, value in values.items() if value})
    except (keyring_store.KeyringUnavailable, settings.SettingsError) as exc:
        stored = f"only the {' and the '.join(kept)}" if kept else "nothing"
        say(f"{stored} was stored: {exc}")
        say("set WA_ACCESS_TOKEN in the environment instead, or pipe the token into --token-stdin")
        raise typer.Exit(3) from exc
    typer.echo(f"Stored the profile {profile!r}. Now run `{_command('check', profile)}`.")


@app.command()
def logout(
    profile: Name = "default",
) -> None:
    """Forget a profile: its secrets in the keyring and its ids."""
    from wa_doctor import keyring_store, profiles, settings

    gone: list[str] = []
    left = ""
    try:
        known = profile in profiles.read()
        if known:
            profiles.save(profile, None)
    except settings.SettingsError as exc:
        say(f"the profile {profile!r} was not removed: {exc}")
        raise typer.Exit(3) from exc
    try:
        gone.extend(each.label for each in settings.SECRETS if keyring_store.forget(profile, each.name))
    except keyring_store.KeyringUnavailable as exc:
        left = str(exc)
    if known or gone:
        typer.echo(f"Removed the profile {profile!r}" + (f" ({', '.join(gone)})." if gone else "."))
    if left:
        say(f"the keyring may still hold secrets of the profile {profile!r}: {left}")
        say(f"run `{_command('auth logout', profile)}` again where it answers")
        raise typer.Exit(3)
    if not (known or gone):
        say(f"there is no profile {profile!r}")
        raise typer.Exit(1)


@app.command(name="list")
def list_profiles(format: given.Format = "text") -> None:
    """Show the profiles and what is kept of each. Of secrets, only their names."""
    from wa_doctor import keyring_store, profiles, settings
    from wa_doctor.cli.output import deliver
    from wa_doctor.redact import plain_url

    given.known_format(format, "profiles")
    try:
        stored = profiles.read()
    except settings.SettingsError as exc:
        raise typer.BadParameter(str(exc)) from exc
    urls = {setting.name for setting in settings.SETTINGS if setting.url}
    shown = {
        name: {key: plain_url(value) if key in urls else value for key, value in values.items()}
        for name, values in stored.items()
    }
    held: dict[str, tuple[str, ...]] = {}
    try:
        for name in stored:
            held[name] = tuple(each.name for each in settings.SECRETS if keyring_store.get(name, each.name))
    except keyring_store.KeyringUnavailable as exc:
        say(f"the keyring was not read: {exc}")
    raise deliver("profiles", (shown, held), format, given.look("auto", False, False), (), 0)


def _ask(what: str) -> str:
    if not sys.stdin.isatty():
        hint = "pipe it into --token-stdin" if what == "Access token" else "run this in a terminal"
        raise typer.BadParameter(f"there is no terminal to ask for the {what.lower()}; {hint}")

    from getpass import getpass

    answer = getpass(f"{what} (not shown): ", stream=sys.stderr).strip()
    if not answer:
        raise typer.BadParameter(f"no {what.lower()} was given")
    return answer


def _command(words: str, profile: str) -> str:
    if profile == "default":
        return f"wa-doctor {words}"

    import shlex
    import subprocess

    quoted = subprocess.list2cmdline([profile]) if sys.platform == "win32" else shlex.quote(profile)
    return f"wa-doctor {words} --profile {quoted}"
