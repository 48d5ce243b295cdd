"""The two sets of trusted roots that clients are divided over: the system's and certifi's."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Store:
    """A set of roots. `context` makes a fresh client context that verifies against it, chain and host name."""

    name: str
    context: Callable[[], ssl.SSLContext]


def _system() -> ssl.SSLContext:
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _certifi() -> ssl.SSLContext:
    import certifi

    return ssl.create_default_context(cafile=certifi.where())


SYSTEM = Store("system", _system)
"""What the operating system trusts: browsers, curl on most systems, wa-doctor itself."""

CERTIFI = Store("certifi", _certifi)
"""What the certifi package carries: Python's requests and httpx unless told otherwise; close to Node's and Java's."""
