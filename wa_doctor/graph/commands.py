"""
Commands that change something at Meta, written out for a person to run; this program never runs them.

A shell's own `printf` hands the token to curl by its standard input, so that no process list shows it. They are
for a POSIX shell with the variables of README.md set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wa_doctor.context import Context

_AS_BEARER = 'printf "Authorization: Bearer %s" "$WA_ACCESS_TOKEN" | curl -X POST -H @-'


def register(ctx: Context) -> str:
    """Return the command that registers the number with its two-step PIN."""
    body = '{"messaging_product":"whatsapp","pin":"SIX_DIGITS"}'
    url = _url(ctx, f"{ctx.settings.phone_number_id.strip()}/register")
    return f"{_AS_BEARER} -H 'Content-Type: application/json' -d '{body}' {url}"


def subscribe(ctx: Context) -> str:
    """Return the command that subscribes the token's app to the account."""
    return f"{_AS_BEARER} {_url(ctx, f'{ctx.settings.waba_id.strip()}/subscribed_apps')}"


def renewal(ctx: Context) -> str:
    """Return the command that exchanges a system user's token of 60 days for a new one."""
    query = (
        "grant_type=fb_exchange_token&set_token_expires_in_60_days=true"
        "&client_id=%s&client_secret=%s&fb_exchange_token=%s"
    )
    return (
        f"printf 'get\\nurl={_url(ctx, 'oauth/access_token')}\\ndata=\"{query}\"\\n'"
        ' "$WA_APP_ID" "$WA_APP_SECRET" "$WA_ACCESS_TOKEN" | curl --config -'
    )


def _url(ctx: Context, path: str) -> str:
    return f"https://graph.facebook.com/{ctx.settings.api_version}/{path}"
