"""The command tree as completions need it: plain data, read from the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from wa_doctor.cli.app import root

PROGRAM = "wa-doctor"

# What stands unquoted in every one of the shells.
_PLAIN = re.compile(r"[A-Za-z0-9_.+/=-]+")


@dataclass(frozen=True, slots=True)
class Value:
    """One thing that can be typed, and what it means; `meaning` may be empty."""

    text: str
    meaning: str = ""

    def __post_init__(self) -> None:
        if not _PLAIN.fullmatch(self.text):
            raise ValueError(f"{self.text!r} would have to be quoted in a completion")


@dataclass(frozen=True, slots=True)
class Parameter:
    """
    An option, or the argument of a command when `names` is empty.

    `metavar` is empty for a flag. `paths` is `files`, `directories` or empty.
    """

    names: tuple[str, ...]
    meaning: str
    metavar: str = ""
    repeatable: bool = False
    values: tuple[Value, ...] = ()
    paths: str = ""

    @property
    def leads_to_files(self) -> bool:
        """Whether a file name follows the value, as in `json=report.json`."""
        return bool(self.values) and all(value.text.endswith("=") for value in self.values)


@dataclass(frozen=True, slots=True)
class Command:
    """A command or a group; `path` is what is typed to get there, the program's name first."""

    path: tuple[str, ...]
    meaning: str
    options: tuple[Parameter, ...]
    argument: Parameter | None = None
    commands: tuple[Command, ...] = ()

    @property
    def typed(self) -> str:
        """The path with spaces between."""
        return " ".join(self.path)

    def walk(self) -> Iterator[Command]:
        """Yield this command and everything below it."""
        yield self
        for command in self.commands:
            yield from command.walk()


def read_tree() -> Command:
    """Read the whole tree from the program."""
    return _command(root(), (PROGRAM,), None)


def _command(command: Any, path: tuple[str, ...], parent: Any) -> Command:
    context = command.make_context(path[-1], [], parent=parent, resilient_parsing=True)
    below = command.list_commands(context) if hasattr(command, "list_commands") else ()
    parameters = [each for each in command.get_params(context) if not getattr(each, "hidden", False)]
    arguments = [each for each in parameters if each.param_type_name == "argument"]
    return Command(
        path,
        _first_sentence(command.help or ""),
        tuple(_parameter(each, context) for each in parameters if each.param_type_name == "option"),
        _parameter(arguments[0], context) if arguments else None,
        tuple(_command(command.get_command(context, name), (*path, name), context) for name in below),
    )


def _parameter(parameter: Any, context: Any) -> Parameter:
    named = parameter.param_type_name == "option"
    flag = named and getattr(parameter, "is_flag", False)
    metavar = "" if flag else (parameter.metavar or parameter.human_readable_name).upper()
    return Parameter(
        tuple(sorted((*parameter.opts, *parameter.secondary_opts), key=len)) if named else (),
        _first_sentence(getattr(parameter, "help", None) or ""),
        metavar if "|" not in metavar else parameter.name.upper(),
        repeatable=parameter.multiple if named else parameter.nargs != 1,
        values=() if flag else tuple(_values(parameter, context)),
        paths="" if flag else _paths(parameter, metavar),
    )


def _values(parameter: Any, context: Any) -> Iterator[Value]:
    if "|" in (parameter.metavar or ""):
        yield from (Value(each) for each in parameter.metavar.split("|"))
        return
    for item in parameter.shell_complete(context, ""):
        if item.type == "plain":
            yield Value(item.value, item.help or "")


def _paths(parameter: Any, metavar: str) -> str:
    if metavar in ("DIR", "DIRECTORY"):
        return "directories"
    return "files" if metavar in ("FILE", "PATH") or parameter.type.name in ("file", "path", "filename") else ""


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s+(?=[A-Z`])", " ".join(text.split()), maxsplit=1)[0].rstrip(".")


def vocabularies(root: Command) -> dict[tuple[Value, ...], str]:
    """Give every set of values whose members have a meaning a name, after the first option that takes it."""
    named: dict[tuple[Value, ...], str] = {}
    for command in root.walk():
        for parameter in _taking(command):
            if parameter.values not in named and any(value.meaning for value in parameter.values):
                name = (parameter.names[-1] if parameter.names else command.path[-1]).lstrip("-").replace("-", "_")
                named[parameter.values] = name if name not in named.values() else f"{command.path[-1]}_{name}"
    return named


def _taking(command: Command) -> Iterable[Parameter]:
    return (*command.options, *([command.argument] if command.argument else ()))
