"""`platform-*`: what Meta says about its own platform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wa_doctor.model import Finding, Skip
from wa_doctor.platform.judgement import judge
from wa_doctor.registry import check

if TYPE_CHECKING:
    from wa_doctor.context import Context


@check("platform-status", "Meta reports no open incident")
def status(ctx: Context) -> Iterator[Finding]:
    """
    Reads Meta's status page, https://metastatus.com, for the WhatsApp Business Platform and the Graph API. An open
    incident is a warning: it explains much and is no fault of yours. A page that cannot be read never fails a
    check-up; `wa-doctor status` shows all there is on it.

    No incident does not mean that all is well: what lasts less than 10 minutes is not reported, nor is the network
    between you and Meta, nor webhooks that do not arrive.
    """
    if ctx.status_page is None:
        raise Skip("a sandbox has no network")
    yield from judge(ctx.status_page.board(), asked_for=ctx.status_page.whole)
