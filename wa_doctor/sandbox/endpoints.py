"""
The emulated API: one call in, one answer out, computed from the world.

It reads. The only calls that do something are a message (accepted, sent nowhere) and a read receipt; every
other one that would change the world is answered as Meta answers an operation that a node does not support.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wa_doctor.sandbox.access import Caller, Door, business_usage, check_limit, reach
from wa_doctor.sandbox.accounts import Account, Business, Number, Template
from wa_doctor.sandbox.exchange import READ_THE_DOCS, Answer, Refusal, Request, denied, no_object, ok, unknown_path
from wa_doctor.sandbox.fields import parse
from wa_doctor.sandbox.introspection import debug_token
from wa_doctor.sandbox.messages import send
from wa_doctor.sandbox.nodes import Kind, Node, View
from wa_doctor.sandbox.paging import page
from wa_doctor.sandbox.platform_nodes import APP, BUSINESS, USER
from wa_doctor.sandbox.whatsapp_nodes import ACCOUNT, NUMBER, TEMPLATE
from wa_doctor.sandbox.world import BUSINESS_MANAGEMENT, MANAGEMENT, MESSAGING, App, Token


def respond(door: Door, request: Request) -> Answer:
    """
    Answer one call.

    Raises:
        Refusal: the API says no.

    """
    now = datetime.now(UTC)
    if not request.segments:
        raise Refusal(100, f"Unsupported {request.verb} request. {READ_THE_DOCS}", kind="GraphMethodException")
    first, *rest = request.segments
    if len(rest) > 1:
        raise unknown_path("/".join(request.segments))
    edge = rest[0] if rest else ""
    if (first, edge, request.verb) == ("debug_token", "", "get"):
        return debug_token(door, request, now)
    if first == "me":
        return _me(door, request, now, edge)
    return _node(door, request, now, first, edge)


def _me(door: Door, request: Request, now: datetime, edge: str) -> Answer:
    caller = door.admit(request, now)
    if caller is None or caller.token is None:
        raise Refusal(2500, "An active access token must be used to query information about the current user.")
    return _user(door, request, caller, caller.token, edge)


def _node(door: Door, request: Request, now: datetime, id: str, edge: str) -> Answer:
    caller = door.admit(request, now, status=400 if id == "app" else 401)
    if caller is None:
        if edge == "whatsapp_business_profile":
            raise Refusal(200, "Provide valid app ID")
        raise Refusal(104, "An access token is required to request this resource.")
    match caller.app if id == "app" else door.world.find(id) or _user_of(caller, id):
        case App() as app:
            return _app(door, request, caller, app, edge)
        case Business() as business:
            return _business(door, request, caller, business, edge)
        case Token() as token:
            return _user(door, request, caller, token, edge)
        case Account() | Number() | Template() as node:
            return _whatsapp(door, request, caller, node, edge)
    if id.isidentifier():
        raise Refusal(803, f"(#803) Some of the aliases you requested do not exist: {id}", status=404)
    raise no_object(request, id)


def _user_of(caller: Caller, id: str) -> Token | None:
    return caller.token if caller.token and caller.token.user_id == id else None


def _user(door: Door, request: Request, caller: Caller, token: Token, edge: str) -> Answer:
    if request.verb != "get":
        raise no_object(request, token.user_id)
    return ok(_read(door, request, caller, USER, token, edge))


def _app(door: Door, request: Request, caller: Caller, app: App, edge: str) -> Answer:
    if request.verb != "get" or app is not caller.app:
        raise no_object(request, app.id)
    if edge == "subscriptions" and caller.token:
        raise Refusal(15, "(#15) This method must be called with an app access_token.")
    return ok(_read(door, request, caller, APP, app, edge))


def _business(door: Door, request: Request, caller: Caller, business: Business, edge: str) -> Answer:
    token = caller.token
    assigned = [door.world.accounts[alias] for alias in token.assets] if token else []
    if request.verb != "get" or token is None or business not in map(door.world.business_of, assigned):
        raise no_object(request, business.id)
    if BUSINESS_MANAGEMENT not in token.scopes or BUSINESS_MANAGEMENT in token.declined:
        raise denied(BUSINESS_MANAGEMENT)
    return ok(_read(door, request, caller, BUSINESS, business, edge))


def _whatsapp(door: Door, request: Request, caller: Caller, node: Account | Number | Template, edge: str) -> Answer:
    account = door.world.account_of(node)
    either = (MANAGEMENT, MESSAGING)
    if request.method == "POST" and edge == "messages" and isinstance(node, Number):
        reach(door.world, caller, account, either, request, node.id)
        return send(request, caller, node, account)
    if request.verb != "get":
        raise no_object(request, node.id)
    reach(door.world, caller, account, either if isinstance(node, Number) else (MANAGEMENT,), request, node.id)
    check_limit(account)
    match node:
        case Account():
            body = _read(door, request, caller, ACCOUNT, node, edge)
        case Number():
            body = _read(door, request, caller, NUMBER, node, edge)
        case Template():
            body = _read(door, request, caller, TEMPLATE, node, edge)
    return ok(body, business_usage(account))


def _read(door: Door, request: Request, caller: Caller, kind: Kind[Node], node: Node, edge: str) -> dict[str, Any]:
    view = View(door.world, caller.app, caller.token, request.params)
    wanted = parse(request.text("fields"))
    if not edge:
        return kind.read(view, node, wanted)
    chosen = kind.edge(edge)
    rows = chosen.rows(view, node, wanted)
    body: dict[str, Any] = page(request, rows) if chosen.paged else {"data": rows}
    summed = request.text("summary").replace(" ", "").split(",")
    if chosen.summary and summed != [""]:
        body["summary"] = {name: value for name, value in chosen.summary(view, node).items() if name in summed}
    return body
