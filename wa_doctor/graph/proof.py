"""
`appsecret_proof`: shows that the caller holds the app secret, so that a stolen token alone is worth nothing.

https://developers.facebook.com/documentation/facebook-login/security (read 2026-06-30): lower-case hex
HMAC-SHA256 keyed with the app secret, over `TOKEN|UNIX_SECONDS` with the same seconds sent as
`appsecret_time`; stale after five minutes. The older form signs the token alone.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wa_doctor.redact import Secret

FORMS = ("timed", "plain", "off")


def appsecret_proof(token: Secret, app_secret: Secret, *, form: str, unix_seconds: int) -> dict[str, str]:
    """Return the query parameters that prove possession of the app secret; none for the form `off`."""
    if form == "off":
        return {}
    signed = token.octets + (f"|{unix_seconds}".encode() if form == "timed" else b"")
    digest = hmac.new(app_secret.octets, signed, hashlib.sha256).hexdigest()
    return {"appsecret_proof": digest} | ({"appsecret_time": str(unix_seconds)} if form == "timed" else {})
