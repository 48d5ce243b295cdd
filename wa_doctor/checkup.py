"""
One check-up from beginning to end: settings, context, checks, report.

This is what `check`, `token`, `probe`, `webhook` and `status` share; they differ in which checks they ask for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from wa_doctor import __version__, assembly, sections
from wa_doctor.context import utc_now
from wa_doctor.knowledge import facts
from wa_doctor.model import Input, Report, Result, Severity, Status, Summary, Target, summarise
from wa_doctor.redact import Secret, plain, plain_url
from wa_doctor.registry import Selection, SelectionError, load, select
from wa_doctor.runner import run
from wa_doctor.settings import BY_NAME, Settings, Sources, Value, gather

if TYPE_CHECKING:
    from wa_doctor.context import Context

# What a command looks at; a check-up looks at everything.
SCOPE = {
    "check": (),
    "token": ("config-token", "config-ids", "token", "account-access", "number-access"),
    "probe": ("config-host", "config-version", "api", "platform"),
    "webhook": ("webhook-endpoint",),
    "status": ("platform",),
}

# The values a command looks at, where it does not look at all of them.
USES: Mapping[str, Collection[str]] = {
    "probe": ("api_version", "base_url"),
    "webhook": ("callback_url", "verify_token", "app_secret"),
    "status": (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    What the user asked for. Times are in seconds; `wait` 0 means one try.

    `post` allows the test of the callback URL to post events, `local` says that Meta need not reach it.
    """

    command: str = "check"
    sources: Sources = field(default_factory=Sources)
    sandbox: str = ""
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    fail_on: Severity = Severity.ERROR
    timeout: float = 30.0
    wait: float = 0.0
    proof: str = "timed"
    recipients: tuple[str, ...] = ()
    marketing: bool = False
    samples: int = 5
    post: bool = False
    local: bool = False
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)


def selection(request: Request) -> Selection:
    """
    Choose the checks.

    Raises:
        SelectionError: a name given to `--only` or `--skip` is neither a check nor a family, or this command runs no
            such check.

    """
    checks = load()
    select(checks, request.only or None, request.skip)  # a name must exist, even if this command would not run it
    scope = [id for id in SCOPE[request.command] if id in checks or any(c.family == id for c in checks.values())]
    inside = {id: check for id, check in checks.items() if not scope or id in scope or check.family in scope}
    only = tuple(
        id for id, check in inside.items() if not request.only or id in request.only or check.family in request.only
    )
    if not only:
        raise SelectionError(f"`wa-doctor {request.command}` runs no check of {', '.join(request.only)}")
    return select(checks, only, request.skip)


def _pause(seconds: float) -> None:
    Event().wait(seconds)


def perform(
    request: Request,
    *,
    observe: Callable[[Result, int], None] = lambda _, __: None,
    pause: Callable[[float], None] = _pause,
) -> Report:
    """
    Run the check-up; with `wait`, again until nothing is unknown or the time is over.

    `observe` is told each result as it comes, with the number of checks there are. `pause` lets so many seconds
    pass between two tries.

    Raises:
        SettingsError: a source of settings cannot be used.
        SelectionError: a check that does not exist was named, or none is left to run.
        KeyError: the sandbox scenario does not exist.

    """
    chosen = selection(request)
    started, clock = utc_now(), monotonic()
    with ExitStack() as stack:
        settings = _settings(request, stack)
        attempt = 0
        while True:
            context = assembly.context(request, settings)
            stack.callback(context.graph.close)
            results = run(chosen.checks, context, observe=lambda result: observe(result, len(chosen.checks)))
            attempt += 1
            left = request.wait - (monotonic() - clock)
            # To go on calling while a limit holds makes the block longer.
            blocked = 60 * max((each.regain_minutes for each in context.graph.usage), default=0.0)
            if left <= blocked or not any(result.status is Status.UNKNOWN for result in results):
                break
            pause(max(blocked, min(left, 30.0, 2.0**attempt)))
        shown = tuple(
            result
            for result in results
            if result.check not in chosen.brought or result.status not in (Status.PASS, Status.SKIP)
        )
        return Report(
            command=request.command,
            version=__version__,
            started=started,
            duration_ms=round((monotonic() - clock) * 1000),
            target=_target(request, settings),
            summary=_summary(request, context, shown),
            results=shown,
            inputs=_inputs(settings, USES.get(request.command)),
            facts=_facts(),
            overrides=facts.overrides(),
            notes=settings.notes,
            token=sections.token(context, results),
            timings=sections.timings(context, results),
            platform=sections.platform(context),
            endpoint=sections.endpoint(context),
        )


def _summary(request: Request, context: Context, results: tuple[Result, ...]) -> Summary:
    from wa_doctor.platform.quotation import speaks_of_downtime, with_incident

    summary = summarise(results, request.fail_on)
    unwanted = {"platform", "platform-status"} & set(request.skip)
    if context.status_page is None or unwanted or not speaks_of_downtime(results):
        return summary
    return with_incident(summary, context.status_page.board())


def _settings(request: Request, stack: ExitStack) -> Settings:
    if USES.get(request.command) == ():
        return Settings({})
    if not request.sandbox:
        return gather(request.sources)

    from wa_doctor import sandbox

    running = stack.enter_context(sandbox.start(request.sandbox))
    source = f"sandbox {request.sandbox}"
    options = {**request.sources.options, "access_token": request.sources.token_line or ""}
    given = {"base_url": running.base_url, **running.credentials} | {
        name: value for name, value in options.items() if value
    }
    return Settings(
        {
            name: Value(
                Secret(value) if BY_NAME[name].secret else value,
                BY_NAME[name].option if options.get(name) else source,
            )
            for name, value in given.items()
        }
    )


def _target(request: Request, settings: Settings) -> Target:
    used = USES.get(request.command)
    if used is not None and "base_url" not in used:
        return Target(profile=plain(settings.profile, 80), sandbox=request.sandbox)
    return Target(
        base_url=plain_url(settings.base_url),
        api_version=plain(settings.api_version, 40),
        phone_number_id=plain(settings.phone_number_id, 80),
        waba_id=plain(settings.waba_id, 80),
        app_id=plain(settings.app_id, 80),
        profile=plain(settings.profile, 80),
        sandbox=request.sandbox,
    )


def _inputs(settings: Settings, used: Collection[str] | None) -> tuple[Input, ...]:
    return tuple(Input(*each) for each in settings.in_use(used))


def _facts() -> dict[str, str]:
    from wa_doctor.knowledge.freshness import newest_days

    return {name: day.isoformat() for name, day in newest_days().items()}
