"""What can be typed as the value of an option; completions are generated from this."""

from __future__ import annotations

import typer  # noqa: TC002 - typer reads the annotations when it runs

from wa_doctor.render import formats

# What a command writes, where it is no report.
_DOCUMENTS = {
    "checks": "checks",
    "explain": "explain",
    "facts": "facts",
    "list": "profiles",
    "recipient": "recipients",
    "triage": "triage",
}


def format_names(ctx: typer.Context) -> list[str]:
    """Return the formats that the command of this context can write."""
    return list(formats(_DOCUMENTS.get(ctx.command.name or "", "report")))


def report_names(ctx: typer.Context) -> list[str]:
    """Return the same as the beginning of `FORMAT=PATH`."""
    return [f"{name}=" for name in format_names(ctx)]


def check_names() -> list[tuple[str, str]]:
    """Return every family and every check, with what is true when it passes."""
    from wa_doctor.registry import load

    checks = load()
    families = dict.fromkeys(check.family for check in checks.values())
    return [(family, f"all checks of the family {family}") for family in families] + [
        (id, check.summary) for id, check in checks.items()
    ]


def scenario_names() -> list[tuple[str, str]]:
    """Return every scenario of the sandbox, with what is wrong in it."""
    from wa_doctor import sandbox

    return [(name, scenario.summary) for name, scenario in sandbox.scenarios().items()]
