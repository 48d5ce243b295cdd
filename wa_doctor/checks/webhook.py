"""`webhook-*`: whether events of the account would reach the app."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wa_doctor.checks.number import number
from wa_doctor.graph import nodes
from wa_doctor.graph.commands import subscribe
from wa_doctor.graph.refusal import ApiError
from wa_doctor.graph.token import introspect
from wa_doctor.model import Finding, Skip, Unverified, error, notice, warning
from wa_doctor.redact import plain_url
from wa_doctor.registry import check

if TYPE_CHECKING:
    from wa_doctor.context import Context

WEBHOOKS = "https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks"
META_TEST_APP = "2202427980234937"  # "WA DevX Webhook Events 1P App": behind the dashboard's test button only


def own_app(ctx: Context) -> str:
    """Return the id of the app the token belongs to, from the first place that knows it, or an empty string."""
    if ctx.settings.app_id.strip():
        return ctx.settings.app_id.strip()
    try:
        answer = introspect(ctx.graph).answer
        if answer and answer.app_id:
            return answer.app_id
        health = number(ctx).health_status if ctx.settings.phone_number_id.strip() else None
    except (ApiError, Unverified):
        return ""
    entities = health.entities if health else ()
    return next((entity.id for entity in entities if entity.entity_type == "APP"), "")


@check("webhook-subscribed", "this app gets the account's webhooks", needs=("account-access",))
def subscribed(ctx: Context) -> Iterator[Finding]:
    """
    A verified callback URL is not enough: the app must also be subscribed to the account. Without that the
    dashboard's test button works and nothing real arrives. That some app is subscribed says nothing either; it
    must be this one, and Meta's own test app in the list does not count.
    """
    rows = nodes.subscribed_apps(ctx.graph, ctx.settings.waba_id.strip())
    apps = {row.whatsapp_business_api_data.id: row.whatsapp_business_api_data.name for row in rows}
    real = {id: name for id, name in apps.items() if id != META_TEST_APP}
    shown = tuple(f"{id} {name}" for id, name in apps.items())
    own = own_app(ctx)
    fix = "Subscribe the app to the account, with a token of that app."
    if own in real:
        yield notice(f'"{real[own]}"' if real[own] else f"app {own}", subject=own)
        others = [name or id for id, name in real.items() if id != own]
        if others:
            yield notice(f"so do {', '.join(others)}: every one of them gets each event", subject=own)
    elif not apps:
        yield error(
            "no app is subscribed to the account, so no webhook is sent", fix=fix, command=subscribe(ctx), url=WEBHOOKS
        )
    elif not real:
        yield error(
            "only Meta's own test app is subscribed, so nothing real arrives",
            fix=fix,
            command=subscribe(ctx),
            url=WEBHOOKS,
            evidence={"subscribed": shown},
        )
    elif not own:
        raise Unverified(
            f"subscribed is {', '.join(shown)}; whether that is this app is not known",
            fix="Set WA_APP_ID to the app's id.",
            url=WEBHOOKS,
        )
    else:
        yield error(
            f"another app is subscribed ({', '.join(shown)}), not app {own}",
            fix=fix,
            command=subscribe(ctx),
            url=WEBHOOKS,
            subject=own,
            evidence={"subscribed": shown},
        )


@check("webhook-override", "no override sends webhooks elsewhere", needs=("number-access",))
def override(ctx: Context) -> Iterator[Finding]:
    """
    A callback URL can be set on the number, which beats one on the account, which beats the app's. One that was
    left behind by an earlier set-up takes messages away from the app without a word. Events about templates and
    the account always go to the app's URL.
    """
    where = number(ctx).webhook_configuration
    wanted = ctx.settings.callback_url.strip()
    levels = (("number", where.phone_number), ("account", where.whatsapp_business_account))
    level, url = next(((level, url) for level, url in levels if url), ("", ""))
    effective = url or where.application
    remove = (
        "POST an empty `override_callback_uri` to the number to remove it."
        if level == "number"
        else "POST to the account's subscribed_apps without a body to remove it."
    )
    seen = {"app": where.application, "account": where.whatsapp_business_account, "number": where.phone_number}
    evidence = {name: plain_url(each) for name, each in seen.items() if each}
    if wanted and effective and effective.rstrip("/") != wanted.rstrip("/"):
        yield error(
            f"messages go to {plain_url(effective)} ({level or 'app'}), not to the configured callback URL",
            fix=remove if level else "Set the callback URL in App Dashboard > WhatsApp > Configuration.",
            url=f"{WEBHOOKS}/override",
            evidence=evidence,
        )
    elif level and url != where.application and url != wanted:
        yield warning(
            f"an override on the {level} sends messages to {plain_url(url)}, not to the app's URL",
            fix=f"Keep it if it is meant; otherwise: {remove} Set WA_CALLBACK_URL to have this decided.",
            url=f"{WEBHOOKS}/override",
            evidence=evidence,
        )
    elif effective:
        yield notice(f"messages go to {plain_url(effective)}")
    else:
        yield notice("Meta states no callback URL")


@check("webhook-endpoint", "the endpoint answers Meta's handshake")
def endpoint(ctx: Context) -> Iterator[Finding]:
    """
    Does to the callback URL what Meta does when it is saved, and a little more: looks it up, connects to every
    address, trusts nobody but public authorities, sends two challenges with the verify token and one with a wrong
    one, and takes the time. It sends no event; `wa-doctor webhook URL --post` does.

    Runs where a callback URL is given.
    """
    if ctx.endpoint is None and ctx.settings.callback_url.strip():
        raise Skip("a sandbox has no network")
    if ctx.endpoint is None:
        raise Skip("no callback URL was given (--callback-url)")
    yield from ctx.endpoint.judged()


@check("webhook-fields", "the app subscribes to messages", needs=("token-app",), after_doubt=True)
def fields(ctx: Context) -> Iterator[Finding]:
    """
    In App Dashboard > WhatsApp > Configuration > Webhook fields each kind of event is switched on by itself;
    `messages` carries both incoming messages and the statuses of outgoing ones. Only the app itself is told what
    it subscribes to, so this needs the app secret.
    """
    app_id = own_app(ctx)
    if not ctx.graph.has_app_credentials or not app_id:
        raise Skip("needs the app's id and secret (WA_APP_ID, WA_APP_SECRET)")
    try:
        rows = nodes.subscriptions(ctx.graph, app_id)
    except ApiError as refusal:
        if refusal.about_token:  # the caller was the app, so this speaks of its secret
            raise Skip("needs the right app secret", caused_by="token-proof") from None
        raise
    ours = [row for row in rows if row.object == "whatsapp_business_account"]
    menu = "App Dashboard > WhatsApp > Configuration"
    if not ours:
        yield error(
            "the app has no webhook for WhatsApp",
            fix=f"Enter callback URL and verify token in {menu}, then subscribe to messages.",
            url=WEBHOOKS,
            subject=app_id,
        )
        return
    names = {field.name for row in ours for field in row.fields}
    if "messages" not in names:
        yield error(
            "the app does not subscribe to messages",
            fix=f"Switch on messages in {menu} > Webhook fields.",
            url=WEBHOOKS,
            evidence={"fields": tuple(sorted(names))},
        )
    elif not any(row.active for row in ours):
        yield error("the app's webhook is not active", fix=f"Verify the callback URL again in {menu}.", url=WEBHOOKS)
    else:
        yield notice(
            f"{len(names)} {'field' if len(names) == 1 else 'fields'}", evidence={"fields": tuple(sorted(names))}
        )
