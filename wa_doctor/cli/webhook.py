"""
Test a callback URL as Meta would: handshake, a wrong token, TLS chain, latency; with --post, signed events.

The verify token comes from WA_VERIFY_TOKEN, an env file, the keyring or --verify-token-stdin, never from an option.
Without --post nothing but GETs is sent. With it the endpoint gets a harmless event, signed with WA_APP_SECRET and
forged; docs/webhook.md shows it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from wa_doctor.cli import options as given


def command(
    url: Annotated[
        str, typer.Argument(metavar="[URL]", help="The callback URL; WA_CALLBACK_URL where none is given.")
    ] = "",
    verify_token_stdin: Annotated[
        bool, typer.Option("--verify-token-stdin", help="Read the verify token from stdin.")
    ] = False,
    post: Annotated[
        bool, typer.Option("--post", help="Post a harmless event as well: signed, unsigned and wrongly signed.")
    ] = False,
    local: Annotated[
        bool, typer.Option("--local", help="The endpoint is on this machine or network and need not be reachable.")
    ] = False,
    fail_on: given.FailOn = "error",
    timeout: given.Timeout = 60.0,
    wait: given.Wait = "0",
    format: given.Format = "text",
    report: given.Reports = None,
    profile: given.Profile = "",
    env_file: given.EnvFile = None,
    no_keyring: given.NoKeyring = False,
    facts: given.Facts = None,
    color: given.Color = "auto",
    verbose: given.Verbose = False,
    quiet: given.Quiet = False,
) -> None:
    from wa_doctor.checkup import Request
    from wa_doctor.cli.checkup import carry_out, sources, token_line
    from wa_doctor.cli.output import destinations
    from wa_doctor.model import Severity

    given.lay_over(facts, profile)
    given.known_format(format, "report")
    known = sources({"callback_url": url}, token_stdin=False, env_file=env_file, profile=profile, no_keyring=no_keyring)
    line = token_line(verify_token_stdin, "verify token", "--verify-token-stdin")
    request = Request(
        command="webhook",
        sources=replace(known, verify_token_line=line, wanted=("verify_token",), arguments=("callback_url",)),
        fail_on=Severity(fail_on),
        timeout=timeout,
        wait=given.duration(wait),
        post=post,
        local=local,
    )
    carry_out(request, format, given.look(color, verbose, quiet), destinations(report, "report"))
