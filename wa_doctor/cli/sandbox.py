"""
Serve an emulated Graph API with a named scenario, for demos, for tests and for the CI of other code.

It prints the variables to copy into another shell and serves until Ctrl-C, which ends it with exit code 130.
Nothing leaves this machine, and its credentials open nothing anywhere else.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from wa_doctor.cli import choices
from wa_doctor.cli import options as given
from wa_doctor.cli.output import say, with_pipe

_FORMATS = ("text", "json")


def command(
    scenario: Annotated[
        str,
        typer.Option(
            "--scenario",
            metavar="NAME",
            autocompletion=choices.scenario_names,
            help="What is wrong; --list shows them.",
        ),
    ] = "healthy",
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to serve at.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="Port to serve at; 0 takes a free one.")
    ] = 0,
    list_: Annotated[bool, typer.Option("--list", help="List the scenarios and exit.")] = False,
    shell: Annotated[
        str, typer.Option("--shell", metavar="sh|powershell", help="Whose syntax the variables are written in.")
    ] = "sh",
    format: Annotated[str, typer.Option("--format", metavar="text|json", help="How to write to stdout.")] = "text",
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Write each request to stderr: method, path, status.")
    ] = False,
) -> None:
    from wa_doctor import sandbox
    from wa_doctor.sandbox import handout

    given.one_of(format, _FORMATS, "format")
    given.one_of(shell, handout.SHELLS, "shell")
    given.one_of(scenario, sandbox.names(), "sandbox scenario")
    if list_:
        known = sandbox.scenarios().values()
        text = handout.listing(known) if format == "text" else handout.list_document(known)
        with_pipe(lambda out: out.write(text))
        return
    try:
        running = sandbox.start(scenario, host=host, port=port, verbose=verbose)
    except sandbox.PortInUse as exc:
        raise typer.BadParameter(f"{exc}; choose another --port, or 0 for a free one") from exc
    with running:
        text = handout.variables(running, shell) if format == "text" else handout.document(running)
        try:
            with_pipe(lambda out: out.write(text))
            _tell(running.base_url)
            running.wait()
        except KeyboardInterrupt:
            raise typer.Exit(130) from None


def _tell(base_url: str) -> None:
    if sys.stderr.isatty():
        say(f"serving at {base_url}; Ctrl-C ends it")
