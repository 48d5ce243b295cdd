"""What stands between a caller and the API in the scenarios where something does: a portal, an outage, garbage."""

from __future__ import annotations

from wa_doctor.sandbox.accounts import Account, Number
from wa_doctor.sandbox.exchange import HTML, Answer, Refusal, Request
from wa_doctor.sandbox.world import App, World

PORTAL = "portal"
_LOGIN_PAGE = """<!doctype html>
<html lang="en"><head><title>Quay Hotel guest network</title></head>
<body><h1>Welcome</h1><p>Accept the terms of the guest network to go online.</p></body></html>
"""


def portal(request: Request) -> Answer:
    """Answer as a captive portal: whatever is asked leads to its login page."""
    if request.segments[:1] == (PORTAL,):
        return Answer(200, _LOGIN_PAGE.encode(), HTML)
    return Answer(302, b"", HTML, {"location": f"{request.base_url}/{PORTAL}/login"})


def down() -> Refusal:
    """Return the error that Meta gives while the service is down or overloaded."""
    return Refusal(2, "(#2) Service temporarily unavailable", status=503, is_transient=True)


def garbage(world: World, request: Request, answer: Answer) -> Answer:
    """Damage an answer as the world says; a call without a token, and what is not named there, stays whole."""
    kind = world.faults.garbage.get(_asked(world, request), "") if request.token else ""
    if kind == "truncated":
        return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.content_type, answer.headers)
    if kind == "mislabelled":
        return Answer(200, b"<html><body>It works!</body></html>\n", answer.content_type, answer.headers)
    if kind == "empty":
        return Answer(200, b"", answer.content_type, answer.headers)
    return answer


def _asked(world: World, request: Request) -> str:
    first = request.segments[0] if request.segments else ""
    node = world.find(first)
    if isinstance(node, App):
        return "app"
    if isinstance(node, Account):
        return "account"
    return "number" if isinstance(node, Number) else first
