"""
The root of the command line: finds a command by its module, and turns whatever goes wrong into one line.

A command is a module here with a function `command`, or with a typer app `app` for a group. It is imported
only when it is called.
"""

from __future__ import annotations

import difflib
import importlib
import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from wa_doctor import __version__
from wa_doctor.redact import plain

# In the order of the help text; tests/test_cli.py compares them with the modules there are.
COMMANDS = (
    "check",
    "token",
    "probe",
    "recipient",
    "explain",
    "triage",
    "webhook",
    "status",
    "facts",
    "auth",
    "sandbox",
    "checks",
)


class LazyGroup(TyperGroup):
    """A group that imports the module of a command when somebody asks for that command."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the help text."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command; an unknown one is a usage error that names the nearest."""
        if cmd_name not in COMMANDS:
            near = difflib.get_close_matches(cmd_name, COMMANDS, n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise typer.BadParameter(f"there is no command {cmd_name!r}{hint}", ctx=ctx)
        return load_command(cmd_name)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Ctrl-C ends it as `run` wants to hear it, not as typer would, without a word."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as exc:
            raise typer.Abort from exc


def load_command(name: str) -> Any:
    """Import one command and build it."""
    module = importlib.import_module(f"wa_doctor.cli.{name}")
    summary = (module.__doc__ or "").strip()
    if hasattr(module, "app"):
        command = get_command(module.app)
    else:
        app = _typer(help=summary)
        app.command(name=name, help=summary, context_settings=_HELP)(module.command)
        command = get_command(app)
    command.name = name
    command.short_help = summary.splitlines()[0]
    return command


_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def _typer(**settings: Any) -> typer.Typer:
    # Plain help loads no rich, and no traceback of ours may ever show the locals of a frame.
    return typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        pretty_exceptions_show_locals=False,
        **settings,
    )


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wa-doctor {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("-V", "--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """
    Find out why a WhatsApp Business Cloud API integration does not work, and what to do first.

    Start with `wa-doctor check`, or try `wa-doctor check --sandbox healthy`, which needs no credentials.
    Exit codes: 0 nothing found, 1 a problem, 2 usage, 3 something could not be verified, 130 interrupted.
    """


def root() -> Any:
    """Build the root command."""
    app = _typer(cls=LazyGroup, no_args_is_help=True, context_settings=_HELP)
    app.callback()(_root)
    return get_command(app)


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code; nothing but an exit code leaves it."""
    from wa_doctor.cli.output import open_streams, settle_streams

    open_streams()
    try:
        return _run(arguments)
    finally:
        settle_streams()


def _run(arguments: Sequence[str]) -> int:
    try:
        code = root().main(args=list(arguments), prog_name="wa-doctor", standalone_mode=False)
    except SystemExit:
        return 0  # typer ends so, with 1, when nobody reads the help to its end
    except (typer.Abort, KeyboardInterrupt):
        return _fail(arguments, "interrupted", "interrupted", 130)
    except OSError as exc:
        return _fail(arguments, "system", f"the system refused: {exc.strerror or exc}{_file(exc)}", 3)
    except Exception as exc:  # noqa: BLE001 - a user gets one line, never a traceback
        # Typer brings its own copy of click and exports no class for "a usage error", so it is known by its shape.
        if type(exc).__name__ == "NoArgsIsHelpError":
            typer.echo(str(exc), err=True)
            return 2
        if hasattr(exc, "format_message") and hasattr(exc, "exit_code"):
            return _fail(arguments, "usage", _usage(exc), 2)
        return _fail(arguments, "crash", f"this is a bug in wa-doctor: {type(exc).__name__}: {exc} {_place(exc)}", 3)
    return code if isinstance(code, int) else 0


def _usage(exc: Any) -> str:
    context = getattr(exc, "ctx", None)
    where = context.command_path if context else "wa-doctor"
    # "Invalid value:" says nothing where no option is named after it.
    message = exc.message if getattr(exc, "param", True) is None else exc.format_message()
    end = "" if message.endswith(("?", "!", ".")) else "."
    return f"{message}{end} Try '{where} --help'."


def _file(exc: OSError) -> str:
    return f": {exc.filename}" if exc.filename else ""


def _place(exc: BaseException) -> str:
    trace = exc.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"({trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno})" if trace else ""


def _fail(arguments: Sequence[str], kind: str, message: str, code: int) -> int:
    """Say what went wrong in one line, and as a document too where one was asked for."""
    from wa_doctor.cli.output import say, with_pipe, withdraw

    line = plain(message, 800)
    say(line)
    document = {"schema": "wa-doctor/error/v1", "error": {"kind": kind, "message": line}, "exit_code": code}
    text = json.dumps(document, indent=2) + "\n"
    if kind != "usage":
        withdraw(text)
    if _wants_json(arguments):
        with_pipe(lambda out: out.write(text))
    return code


def _wants_json(arguments: Sequence[str]) -> bool:
    pairs = pairwise([*arguments, ""])
    return any(each == "--format=json" or (each == "--format" and after == "json") for each, after in pairs)
