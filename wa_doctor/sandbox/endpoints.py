"""
The emulated API: one call in, one answer out, computed from the world.

It reads. The only calls that do something are a message (accepted, sent nowhere) and a read receipt; every
other one that would change the world is answered as Meta answers an operation that a node does not support.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from wa_doctor.sandbox import nodes
from wa_doctor.sandbox.access import Caller, Door, business_usage, check_limit, reach
from wa_doctor.sandbox.exchange import (
    READ_THE_DOCS,
    Answer,
    Refusal,
    Request,
    denied,
    no_field,
    no_object,
    ok,
    unknown_path,
)
from wa_doctor.sandbox.fields import Field, parse
from wa_doctor.sandbox.introspection import debug_token
from wa_doctor.sandbox.messages import send
from wa_doctor.sandbox.world import (
    BUSINESS,
    MANAGEMENT,
    MESSAGING,
    Account,
    App,
    Business,
    Number,
    Template,
    Token,
)

_LARGEST_PAGE = 100
_DEFAULT_PAGE = 25


def respond(door: Door, request: Request) -> Answer:
    """
    Answer one call.

    Raises:
        Refusal: the API says no.

    """
    now = datetime.now(UTC)
    first, rest = (request.segments[0], request.segments[1:]) if request.segments else ("", ())
    if not first:
        raise Refusal(100, f"Unsupported {request.verb} request. {READ_THE_DOCS}", kind="GraphMethodException")
    if len(rest) > 1:
        raise unknown_path("/".join(request.segments))
    edge = rest[0] if rest else ""
    if first == "debug_token" and not edge and request.verb == "get":
        return debug_token(door, request, now)
    if first == "me":
        return _me(door, request, now, edge)
    if first == "app":
        return _app_of_the_token(door, request, now, edge)
    return _node(door, request, now, first, edge)


def _me(door: Door, request: Request, now: datetime, edge: str) -> Answer:
    caller = door.admit(request, now)
    if caller is None or caller.token is None:
        raise Refusal(2500, "An active access token must be used to query information about the current user.")
    if request.verb != "get":
        raise no_object(request, "me")
    return _user(door, request, caller, caller.token, edge)


def _user(door: Door, request: Request, caller: Caller, token: Token, edge: str) -> Answer:
    view = nodes.View(door.world, caller.app, token)
    if not edge:
        return ok(nodes.USER.read(view, token, parse(request.text("fields"))))
    if edge != "permissions":
        raise no_field(edge, nodes.USER.name)
    rows = [
        {"permission": scope, "status": "declined" if scope in token.declined else "granted"}
        for scope in dict.fromkeys((*token.scopes, *token.declined))
    ]
    return ok(_page(request, rows))


def _app_of_the_token(door: Door, request: Request, now: datetime, edge: str) -> Answer:
    caller = door.admit(request, now)
    if caller is None:
        raise _no_token()
    return _app(door, request, caller, caller.app, edge)


def _node(door: Door, request: Request, now: datetime, id: str, edge: str) -> Answer:
    caller = door.admit(request, now, status=401)
    if caller is None:
        raise _no_profile_token() if edge == "whatsapp_business_profile" else _no_token()
    node = door.world.find(id) or _user_of(caller, id)
    if node is None:
        if not id[:1].isdecimal() and id.isidentifier():
            raise Refusal(803, f"(#803) Some of the aliases you requested do not exist: {id}", status=404)
        raise no_object(request, id)
    if isinstance(node, App):
        return _app(door, request, caller, node, edge)
    if isinstance(node, Business):
        return _business(door, request, caller, node, edge)
    if isinstance(node, Token):
        return _read_only(request, id, lambda: _user(door, request, caller, node, edge))
    return _whatsapp(door, request, caller, node, edge)


def _user_of(caller: Caller, id: str) -> Token | None:
    return caller.token if caller.token and caller.token.user_id == id else None


def _no_token() -> Refusal:
    return Refusal(104, "An access token is required to request this resource.")


def _no_profile_token() -> Refusal:
    return Refusal(200, "Provide valid app ID")


def _read_only(request: Request, id: str, read: Callable[[], Answer]) -> Answer:
    if request.verb != "get":
        raise no_object(request, id)
    return read()


def _app(door: Door, request: Request, caller: Caller, app: App, edge: str) -> Answer:
    if request.verb != "get" or app is not caller.app:
        raise no_object(request, app.id)
    if not edge:
        return ok(nodes.APP.read(nodes.View(door.world, app), app, parse(request.text("fields"))))
    if edge != "subscriptions":
        raise no_field(edge, nodes.APP.name)
    if caller.token:
        raise Refusal(15, "(#15) This method must be called with an app access_token.")
    rows = [
        {
            "object": object_type,
            "callback_url": each.callback_url,
            "active": each.active,
            "fields": [{"name": name, "version": door.world.versions.default} for name in each.fields],
        }
        for object_type, each in app.subscriptions.items()
    ]
    return ok({"data": rows})


def _business(door: Door, request: Request, caller: Caller, business: Business, edge: str) -> Answer:
    token = caller.token
    owned = [each for each in door.world.accounts.values() if door.world.business_of(each) is business]
    assigned = [door.world.accounts[alias] for alias in token.assets] if token else []
    if request.verb != "get" or token is None or not any(each in assigned for each in owned):
        raise no_object(request, business.id)
    if BUSINESS not in token.scopes or BUSINESS in token.declined:
        raise denied(BUSINESS)
    view = nodes.View(door.world, caller.app, token)
    wanted = parse(request.text("fields"))
    if not edge:
        return ok(nodes.BUSINESS.read(view, business, wanted))
    if edge != "owned_whatsapp_business_accounts":
        raise no_field(edge, nodes.BUSINESS.name)
    return ok(_page(request, [nodes.ACCOUNT.read(view, each, wanted) for each in owned if each in assigned]))


def _whatsapp(door: Door, request: Request, caller: Caller, node: Account | Number | Template, edge: str) -> Answer:
    account = door.world.account_of(node)
    if request.method == "POST" and edge == "messages" and isinstance(node, Number):
        reach(door.world, caller, account, (MESSAGING, MANAGEMENT), request, node.id)
        return send(request, caller, node, account)
    if request.verb != "get":
        raise no_object(request, node.id)
    reach(door.world, caller, account, _scopes(node), request, node.id)
    check_limit(account)
    view = nodes.View(door.world, caller.app, caller.token)
    wanted = parse(request.text("fields"))
    body = _edge(request, view, node, edge, wanted) if edge else _fields(view, node, wanted)
    return ok(body, business_usage(account))


def _scopes(node: Account | Number | Template) -> tuple[str, ...]:
    return (MANAGEMENT, MESSAGING) if isinstance(node, Number) else (MANAGEMENT,)


def _fields(view: nodes.View, node: Account | Number | Template, wanted: tuple[Field, ...]) -> dict[str, Any]:
    if isinstance(node, Account):
        return nodes.ACCOUNT.read(view, node, wanted)
    if isinstance(node, Number):
        return nodes.NUMBER.read(view, node, wanted)
    return nodes.TEMPLATE.read(view, node, wanted)


def _edge(
    request: Request,
    view: nodes.View,
    node: Account | Number | Template,
    edge: str,
    wanted: tuple[Field, ...],
) -> dict[str, Any]:
    if isinstance(node, Number):
        if edge == "whatsapp_business_profile":
            return {"data": [_profile(node, wanted)]}
        raise no_field(edge, nodes.NUMBER.name)
    if isinstance(node, Template):
        raise no_field(edge, nodes.TEMPLATE.name)
    if edge == "phone_numbers":
        numbers = [each for each in view.world.numbers.values() if view.world.account_of(each) is node]
        return _page(request, [nodes.NUMBER.read(view, each, wanted) for each in numbers])
    if edge == "message_templates":
        kept = [each for each in node.templates.values() if _asked_for(request, each)]
        return _page(request, [nodes.TEMPLATE.read(view, each, wanted) for each in kept])
    if edge == "subscribed_apps":
        return {"data": [_subscribed(view, node, alias) for alias in node.subscribed]}
    raise no_field(edge, nodes.ACCOUNT.name)


def _asked_for(request: Request, template: Template) -> bool:
    return all(
        request.text(name) in ("", getattr(template, name)) for name in ("name", "language", "status", "category")
    )


def _subscribed(view: nodes.View, account: Account, alias: str) -> dict[str, Any]:
    app = view.world.apps[alias]
    row: dict[str, Any] = {
        "whatsapp_business_api_data": nodes.APP.read(view, app, (Field("category"), Field("link"), Field("name")))
    }
    override = account.overrides.get(alias)
    return row | ({"override_callback_uri": override} if override else {})


def _profile(number: Number, wanted: tuple[Field, ...]) -> dict[str, Any]:
    profile = number.profile
    known: dict[str, Any] = {
        "about": profile.about,
        "address": profile.address,
        "description": profile.description,
        "email": profile.email,
        "profile_picture_url": "",
        "websites": list(profile.websites),
        "vertical": profile.vertical,
        "messaging_product": "whatsapp",
    }
    for each in wanted:
        if each.name not in known:
            raise no_field(each.name, "WhatsAppBusinessProfile")
    names = [each.name for each in wanted] or ["vertical"]
    return {name: known[name] for name in (*names, "messaging_product") if known[name]}


def _page(request: Request, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    limit = _limit(request)
    start = _position(request.text("after"), -1) + 1
    before = request.text("before")
    if before:
        end = _position(before, 0)
        start = max(0, end - limit)
        limit = end - start
    shown = rows[start : start + limit]
    if not shown:
        return {"data": []}
    last = start + len(shown) - 1
    paging: dict[str, Any] = {"cursors": {"before": _cursor(start), "after": _cursor(last)}}
    if last + 1 < len(rows):
        paging["next"] = _next(request, _cursor(last))
    return {"data": list(shown), "paging": paging}


def _next(request: Request, after: str) -> str:
    # As with Meta, the URL carries the access token when the call had it in its query.
    kept = {name: value for name, value in request.params.items() if name not in ("after", "before")}
    path = "/".join(part for part in (request.version, *request.segments) if part)
    return f"{request.base_url}/{path}?{urlencode(kept | {'after': after})}"


def _limit(request: Request) -> int:
    text = request.text("limit")
    if not text:
        return _DEFAULT_PAGE
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0):
        raise Refusal(100, "(#100) Param limit must be a positive integer")
    return min(int(text), _LARGEST_PAGE)


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"row {position}".encode()).decode().rstrip("=")


def _position(cursor: str, without: int) -> int:
    if not cursor:
        return without
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        text = ""
    word, _, position = text.partition(" ")
    if word != "row" or not position.isdecimal():
        raise Refusal(100, "(#100) Invalid cursors values")
    return int(position)
