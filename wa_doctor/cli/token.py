"""Debug the access token: validity, kind, expiry, scopes, assets, and the proof that it works."""

from __future__ import annotations

from wa_doctor.cli import options as given


def command(
    phone_number_id: given.PhoneNumberId = "",
    waba_id: given.WabaId = "",
    app_id: given.AppId = "",
    api_version: given.ApiVersion = "",
    base_url: given.BaseUrl = "",
    token_stdin: given.TokenStdin = False,
    proof: given.Proof = "timed",
    only: given.Only = None,
    skip: given.Skip = None,
    fail_on: given.FailOn = "error",
    timeout: given.Timeout = 30.0,
    wait: given.Wait = "0",
    format: given.Format = "text",
    report: given.Reports = None,
    profile: given.Profile = "",
    env_file: given.EnvFile = None,
    no_keyring: given.NoKeyring = False,
    sandbox: given.Sandbox = "",
    facts: given.Facts = None,
    color: given.Color = "auto",
    verbose: given.Verbose = False,
    quiet: given.Quiet = False,
) -> None:
    from wa_doctor.checkup import Request
    from wa_doctor.cli.checkup import carry_out, sources
    from wa_doctor.cli.output import destinations
    from wa_doctor.graph.proof import FORMS
    from wa_doctor.model import Severity

    given.lay_over(facts, profile)
    given.known_format(format, "report")
    request = Request(
        command="token",
        sandbox=sandbox,
        only=tuple(only or ()),
        skip=tuple(skip or ()),
        fail_on=Severity(fail_on),
        timeout=timeout,
        wait=given.duration(wait),
        proof=given.one_of(proof, FORMS, "form of the proof"),
        sources=sources(
            {
                "phone_number_id": phone_number_id,
                "waba_id": waba_id,
                "app_id": app_id,
                "api_version": api_version,
                "base_url": base_url,
            },
            token_stdin=token_stdin,
            env_file=env_file,
            profile=profile,
            no_keyring=no_keyring,
        ),
    )
    carry_out(request, format, given.look(color, verbose, quiet), destinations(report, "report"))
