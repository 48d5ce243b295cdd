"""The options that commands share, each declared once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from wa_doctor.cli import choices
from wa_doctor.model import Severity
from wa_doctor.render import COLOR, Look, formats

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


def format_option(names: str) -> Any:
    """Return `--format` for a document that has these formats."""
    return typer.Option(
        "--format", metavar="FORMAT", autocompletion=choices.format_names, help=f"How to write to stdout: {names}."
    )


def nearest(value: str, known: Iterable[str]) -> str:
    """Return a hint such as `; did you mean 'json'?`, or the list of what is known where nothing is near."""
    names = list(known)
    near = difflib.get_close_matches(value, names, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(names)}"


def one_of(value: str, known: Iterable[str], what: str) -> str:
    """
    Return the value if it is known.

    Raises:
        typer.BadParameter: it is not; the message names the nearest.

    """
    names = list(known)
    if value in names:
        return value
    raise typer.BadParameter(f"no {what} is called {value!r}{nearest(value, names)}")


def duration(text: str) -> float:
    """
    Read a duration such as `90`, `90s`, `5m` or `1h` as seconds.

    Raises:
        typer.BadParameter: it is none.

    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text.strip())
    if not found:
        raise typer.BadParameter(f"{text!r} is no duration; write 90s, 5m or 1h")
    return float(found[1]) * _UNITS[found[2]]


def _fail_on(value: str) -> str:
    return one_of(value, (Severity.ERROR, Severity.WARNING), "threshold")


def _color(value: str) -> str:
    return one_of(value, COLOR, "colour setting")


def _seconds(value: float) -> float:
    if not 0 < value <= 3600:
        raise typer.BadParameter("give a number of seconds above 0 and up to 3600")
    return value


Format = Annotated[str, format_option("text, json, junit, github or markdown")]
Reports = Annotated[
    list[str] | None,
    typer.Option(
        "--report",
        metavar="FORMAT=PATH",
        autocompletion=choices.report_names,
        help="Write a report to a file as well. Repeatable.",
    ),
]
FailOn = Annotated[
    str,
    typer.Option("--fail-on", metavar="error|warning", callback=_fail_on, help="What makes the exit code 1."),
]
Color = Annotated[
    str, typer.Option("--color", metavar="auto|always|never", callback=_color, help="Colour in text output.")
]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Show evidence, notices and durations.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Show only what did not pass.")]
Facts = Annotated[
    Path | None,
    typer.Option("--facts", metavar="DIR", help="Lay your own fact files over the built-in ones."),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="ID",
        autocompletion=choices.check_names,
        help="Run this check or family, and what it needs. Repeatable.",
    ),
]
Skip = Annotated[
    list[str] | None,
    typer.Option(
        "--skip", metavar="ID", autocompletion=choices.check_names, help="Leave out a check or family. Repeatable."
    ),
]
Timeout = Annotated[
    float,
    typer.Option("--timeout", metavar="SECONDS", callback=_seconds, help="The whole run is over after this time."),
]
Wait = Annotated[
    str,
    typer.Option("--wait", metavar="DURATION", help="Try again until then what could not be verified, e.g. 5m."),
]
Profile = Annotated[str, typer.Option("--profile", metavar="NAME", help="Use the values kept under this name.")]
EnvFile = Annotated[
    Path | None, typer.Option("--env-file", metavar="PATH", help="Read values that are not in the environment.")
]
NoKeyring = Annotated[bool, typer.Option("--no-keyring", help="Do not ask the system keyring.")]
Sandbox = Annotated[
    str,
    typer.Option(
        "--sandbox",
        metavar="SCENARIO",
        autocompletion=choices.scenario_names,
        help="Use an emulated API: no credentials, no network.",
    ),
]
TokenStdin = Annotated[bool, typer.Option("--token-stdin", help="Read the access token from stdin.")]
PhoneNumberId = Annotated[
    str, typer.Option("--phone-number-id", metavar="ID", help="Id of the business phone number, not the number.")
]
WabaId = Annotated[str, typer.Option("--waba-id", metavar="ID", help="Id of the WhatsApp Business Account.")]
AppId = Annotated[str, typer.Option("--app-id", metavar="ID", help="Id of the app that the token should belong to.")]
ApiVersion = Annotated[str, typer.Option("--api-version", metavar="VERSION", help="Graph API version, e.g. v25.0.")]
BaseUrl = Annotated[str, typer.Option("--base-url", metavar="URL", help="Where the API is, if not at Meta.")]
CallbackUrl = Annotated[
    str,
    typer.Option("--callback-url", metavar="URL", help="Test this callback URL as Meta would; nothing is posted."),
]
Proof = Annotated[
    str,
    typer.Option("--proof", metavar="timed|plain|off", help="Form of the appsecret_proof that is sent."),
]


def look(color: str, verbose: bool, quiet: bool) -> Look:
    """Gather what concerns the look of a text."""
    return Look(color=color, verbose=verbose, quiet=quiet)


def known_format(value: str, document: str) -> str:
    """Return the name of a format the document can be written in, or raise `typer.BadParameter`."""
    return one_of(value, formats(document), "format")


def lay_over(directory: Path | None, profile: str = "") -> None:
    """
    Lay a user's facts over ours: those of `--facts`, or else those of the profile in use.

    Raises:
        typer.BadParameter: the directory, a file in it or the profiles are not what they should be.

    """
    from wa_doctor.profiles import own_facts
    from wa_doctor.settings import SettingsError

    try:
        own = directory or own_facts(profile)
    except SettingsError as exc:
        raise typer.BadParameter(str(exc)) from exc
    if own is None:
        return

    from wa_doctor.knowledge import facts

    try:
        facts.overlay(own)
    except facts.InvalidFact as exc:
        raise typer.BadParameter(str(exc)) from exc
