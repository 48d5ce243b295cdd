"""Probe the way to the API: DNS, every address, TLS, proxy, whether it is Meta, clock, latency. Needs no token."""

from __future__ import annotations

from typing import Annotated

import typer

from wa_doctor.cli import options as given


def command(
    api_version: given.ApiVersion = "",
    base_url: given.BaseUrl = "",
    samples: Annotated[
        int, typer.Option("--samples", metavar="N", min=1, max=50, help="How many answers to time.")
    ] = 5,
    only: given.Only = None,
    skip: given.Skip = None,
    fail_on: given.FailOn = "error",
    timeout: given.Timeout = 30.0,
    wait: given.Wait = "0",
    format: given.Format = "text",
    report: given.Reports = None,
    profile: given.Profile = "",
    env_file: given.EnvFile = None,
    sandbox: given.Sandbox = "",
    facts: given.Facts = None,
    color: given.Color = "auto",
    verbose: given.Verbose = False,
    quiet: given.Quiet = False,
) -> None:
    from wa_doctor.checkup import Request
    from wa_doctor.cli.checkup import carry_out, sources
    from wa_doctor.cli.output import destinations
    from wa_doctor.model import Severity

    given.lay_over(facts, profile)
    given.known_format(format, "report")
    request = Request(
        command="probe",
        sandbox=sandbox,
        only=tuple(only or ()),
        skip=tuple(skip or ()),
        fail_on=Severity(fail_on),
        timeout=timeout,
        wait=given.duration(wait),
        samples=samples,
        sources=sources(
            {"api_version": api_version, "base_url": base_url},
            token_stdin=False,
            env_file=env_file,
            profile=profile,
            no_keyring=True,
        ),
    )
    carry_out(request, format, given.look(color, verbose, quiet), destinations(report, "report"))
