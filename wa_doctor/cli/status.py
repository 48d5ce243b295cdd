"""
Show what Meta publishes about its platform: services, open incidents, availability and latency.

Reads https://metastatus.com. An open incident is a warning; `--fail-on warning` makes it exit code 1, and a page
that cannot be read is exit code 3. WA_STATUS_URL names another page, for mirrors and tests.
"""

from __future__ import annotations

from wa_doctor.cli import options as given


def command(
    fail_on: given.FailOn = "error",
    timeout: given.Timeout = 15.0,
    wait: given.Wait = "0",
    format: given.Format = "text",
    report: given.Reports = None,
    facts: given.Facts = None,
    color: given.Color = "auto",
    verbose: given.Verbose = False,
    quiet: given.Quiet = False,
) -> None:
    from wa_doctor.checkup import Request
    from wa_doctor.cli.checkup import carry_out
    from wa_doctor.cli.output import destinations
    from wa_doctor.model import Severity
    from wa_doctor.settings import Sources

    given.lay_over(facts)
    given.known_format(format, "report")
    request = Request(
        command="status",
        sources=Sources(environ={}, keyring=False),
        fail_on=Severity(fail_on),
        timeout=timeout,
        wait=given.duration(wait),
    )
    carry_out(request, format, given.look(color, verbose, quiet), destinations(report, "report"))
