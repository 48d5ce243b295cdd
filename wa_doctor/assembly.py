"""
Puts the world of a run together from what was asked for: the Graph client, surveys, the status page, the endpoint.

Nothing is sent here. A sandbox has no network, so that page and endpoint are left out unless they are on this
machine too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wa_doctor.context import Context, Deadline, utc_now
from wa_doctor.graph.client import Credentials, Graph, is_loopback
from wa_doctor.network.verdicts.agreement import TOLERATED

if TYPE_CHECKING:
    from datetime import datetime

    from wa_doctor.checkup import Request
    from wa_doctor.endpoint.examination import Endpoint
    from wa_doctor.network.survey import Survey
    from wa_doctor.platform.status_page import StatusPage
    from wa_doctor.settings import Settings


def context(request: Request, settings: Settings) -> Context:
    """Build the world of one run; its time begins now."""
    remaining = Deadline(request.timeout)
    longest = min(10.0, max(0.5, request.timeout / 2))

    def answering_address() -> str:
        return made.survey.answering_address()

    def metas_time() -> datetime:
        # A proof that a wrong clock made old is refused, and every check below would speak of that and nothing else.
        ahead = made.survey.skew()
        return utc_now() - ahead if abs(ahead) > TOLERATED else utc_now()

    graph = Graph(
        settings.base_url,
        settings.api_version,
        Credentials(
            token=settings.access_token,
            app_id=settings.app_id.strip(),
            app_secret=settings.app_secret,
            proof=request.proof,
        ),
        now=metas_time,
        remaining=remaining,
        longest_call=longest,
        address=answering_address,
    )

    def survey_host(base_url: str, path: str) -> Survey:
        from wa_doctor.network.survey import Survey

        return Survey(
            base_url,
            path,
            timeout=longest,
            samples=request.samples,
            now=utc_now,
            environ=request.environ,
            remaining=remaining,
        )

    made = Context(
        settings=settings,
        graph=graph,
        remaining=remaining,
        survey_host=survey_host,
        sandbox=request.sandbox,
        recipients=request.recipients,
        marketing=request.marketing,
        samples=request.samples,
        status_page=_status_page(request, remaining),
        endpoint=_endpoint(request, settings, remaining, longest),
    )
    return made


def _endpoint(request: Request, settings: Settings, remaining: Callable[[], float], longest: float) -> Endpoint | None:
    url = settings.callback_url.strip()
    if not url or (request.sandbox and not is_loopback(_host(url))):
        return None

    from wa_doctor.endpoint.examination import Endpoint

    return Endpoint(
        url=url,
        verify_token=settings.verify_token,
        app_secret=settings.app_secret,
        post=request.post,
        local=request.local or bool(request.sandbox),
        timeout=longest,
        remaining=remaining,
        now=utc_now,
        environ=request.environ,
    )


def _status_page(request: Request, remaining: Callable[[], float]) -> StatusPage | None:
    from wa_doctor.platform.status_page import PATIENCE, StatusPage, base_url

    url = base_url(request.environ)
    if request.sandbox and not is_loopback(_host(url)):
        return None
    alone = request.command == "status"
    patience = max(PATIENCE, request.timeout / 2) if alone else PATIENCE
    return StatusPage(url, whole=alone, patience=patience, remaining=remaining, environ=request.environ, now=utc_now)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
