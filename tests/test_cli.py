"""The root of the command line: which commands there are, what they share, and what becomes of their trouble."""

from __future__ import annotations

import importlib
import json
import pkgutil
from typing import Any

import pytest
import typer

from wa_doctor import __version__, cli
from wa_doctor.cli import app
from wa_doctor.cli.app import COMMANDS, run
from wa_doctor.cli.completion.tree import Command, read_tree
from wa_doctor.cli.options import duration, nearest, one_of
from wa_doctor.redact import Secret
from wa_doctor.settings import SECRETS

TREE = {command.typed: command for command in read_tree().walk()}
LEAVES = {typed: command for typed, command in TREE.items() if not command.commands}


def test_every_module_of_a_command_is_a_command() -> None:
    """A module with `command` or `app` that is not in the list could never be called."""
    found = set()
    for each in pkgutil.iter_modules(cli.__path__):
        module = importlib.import_module(f"{cli.__name__}.{each.name}")
        if hasattr(module, "command") or isinstance(getattr(module, "app", None), typer.Typer):
            found.add(each.name)
    assert found == set(COMMANDS)


@pytest.mark.parametrize("typed", TREE)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_is_there_at_every_level(typed: str, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*typed.split()[1:], option]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith(f"Usage: {typed}")
    assert shown.err == ""
    assert "\x1b" not in shown.out


@pytest.mark.parametrize("typed", [typed for typed, command in TREE.items() if command.commands])
def test_help_of_a_group_lists_its_commands_and_cuts_no_sentence(
    typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run([*typed.split()[1:], "--help"])
    listed = capsys.readouterr().out.partition("Commands:")[2]
    assert "..." not in listed
    assert all(f"  {command.path[-1]} " in listed for command in TREE[typed].commands)


@pytest.mark.parametrize("typed", TREE)
def test_every_option_says_what_it_does(typed: str) -> None:
    command: Command = TREE[typed]
    assert command.meaning
    assert all(option.meaning for option in command.options)


@pytest.mark.parametrize("typed", LEAVES)
def test_no_option_takes_a_secret(typed: str) -> None:
    """What is typed can be read in the list of processes and in the history of the shell."""
    spelt = {f"--{setting.name.replace('_', '-')}" for setting in SECRETS} | {"--token", "--secret", "--password"}
    assert not {name for option in LEAVES[typed].options for name in option.names} & spelt


def test_check_has_every_common_option() -> None:
    names = {name for option in LEAVES["wa-doctor check"].options for name in option.names}
    assert names >= {
        "--format", "--report", "--only", "--skip", "--fail-on", "--timeout", "--wait", "--profile", "--env-file",
        "--no-keyring", "--sandbox", "--color", "-v", "-q", "--token-stdin", "--callback-url", "--to",
    }  # fmt: skip


@pytest.mark.parametrize("typed", LEAVES)
def test_option_that_two_commands_have_is_the_same(typed: str) -> None:
    """Whoever learnt an option with one command knows it with all."""
    shared = {"--fail-on", "--timeout", "--wait", "--only", "--skip", "--env-file", "--color", "-v", "-q"}
    known = {name: option for option in LEAVES["wa-doctor check"].options for name in option.names}
    for option in LEAVES[typed].options:
        for name in set(option.names) & shared & set(known):
            assert (option.metavar, option.repeatable) == (known[name].metavar, known[name].repeatable)


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version_is_told_behind_other_options_too(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([option]) == 0
    assert capsys.readouterr().out == f"wa-doctor {__version__}\n"


class _Trouble:
    """A command that raises what a test gives it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, trouble: BaseException) -> None:
        def command(**_: object) -> None:
            raise trouble

        def load(_: str) -> Any:
            made = typer.Typer(add_completion=False)
            made.command()(command_without_options)
            return typer.main.get_command(made)

        def command_without_options() -> None:
            command()

        monkeypatch.setattr(app, "load_command", load)


def test_crash_is_one_line_with_its_place(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A user gets what to report, and neither a traceback nor what a variable held."""
    token = Secret("EAAgInTheMessageOfAnException0123456789").reveal()
    _Trouble(monkeypatch, ValueError(f"no {token}\nof mine"))
    assert run(["check"]) == 3
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1
    assert "this is a bug in wa-doctor: ValueError: no [hidden] of mine" in shown.err
    assert "test_cli" in shown.err


@pytest.mark.parametrize(
    ("trouble", "kind", "code"),
    [
        (ValueError("oops"), "crash", 3),
        (PermissionError(13, "Permission denied", "/etc/shadow"), "system", 3),
        (KeyboardInterrupt(), "interrupted", 130),
        (typer.Abort(), "interrupted", 130),
        (typer.BadParameter("that is none"), "usage", 2),
    ],
)
def test_trouble_is_a_document_where_one_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    trouble: BaseException,
    kind: str,
    code: int,
) -> None:
    _Trouble(monkeypatch, trouble)
    monkeypatch.setattr(app, "_wants_json", lambda _: True)
    assert run(["check"]) == code
    document = json.loads(capsys.readouterr().out)
    assert document["error"]["kind"] == kind
    assert document["exit_code"] == code


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("check --format json", True),
        ("check --format=json", True),
        ("check -v --format json --nonsense", True),
        ("check --format text", False),
        ("check --report json=out.json", False),
        ("check --format", False),
        ("", False),
        ("json", False),
    ],
)
def test_document_is_asked_for_by_its_option(line: str, wanted: bool) -> None:
    assert app._wants_json(line.split()) == wanted


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("90", 90), ("90s", 90), ("1.5m", 90), ("5m", 300), (" 1h ", 3600)]
)
def test_duration_is_read(text: str, seconds: float) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "-5m", "5 m", "1d", "5M", "0x10", "1e3", "nan"])
def test_duration_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no duration"):
        duration(text)


def test_unknown_value_is_answered_with_the_nearest_or_with_all() -> None:
    assert nearest("jsn", ["text", "json"]) == "; did you mean 'json'?"
    assert nearest("@", ["text", "json"]) == "; known are text, json"
    assert one_of("json", ["text", "json"], "format") == "json"
    with pytest.raises(typer.BadParameter, match="no format is called 'jsn'; did you mean 'json'"):
        one_of("jsn", ["text", "json"], "format")
