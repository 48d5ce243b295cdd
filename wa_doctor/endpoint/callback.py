"""A callback URL: its parts as they are sent."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlsplit

from wa_doctor.network.target import Target
from wa_doctor.redact import plain, plain_url, register_url

_PORTS = {"https": 443, "http": 80}

# What a name can end in that no name server on the internet answers for (RFC 2606, 6761, 6762, 8375 and habit).
_NOT_PUBLIC = ("localhost", "local", "internal", "intranet", "lan", "home", "home.arpa", "corp", "test", "invalid")

# What a request line can carry as it stands; anything else is written as a percent code, as every client does.
_AS_IT_STANDS = "/%:?=&,;.~+-_!*'()@$[]"


class InvalidCallbackUrl(ValueError):
    """A callback URL that nobody can call; the message says why."""


@dataclass(frozen=True, slots=True)
class Callback:
    """
    A callback URL in its parts. `path` and `query` are as they go into a request, the query without `?`.

    `shown` is what may be printed: without user, password, query and fragment, in which people put secrets.
    """

    scheme: str
    host: str
    port: int
    path: str
    query: str = field(repr=False)
    shown: str
    length: int
    has_credentials: bool = False
    has_fragment: bool = False
    was_encoded: bool = False

    @property
    def secure(self) -> bool:
        """Whether it is https."""
        return self.scheme == "https"

    @property
    def private_name(self) -> bool:
        """Whether the host is a name that exists on a network of its own only; an address is no name."""
        if _is_address(self.host):
            return False
        return "." not in self.host or any(self.host.endswith(f".{end}") for end in _NOT_PUBLIC)

    @property
    def own_parameters(self) -> tuple[str, ...]:
        """The names of the parameters that stand in the URL itself."""
        return tuple(name for name, _ in parse_qsl(self.query, keep_blank_values=True))

    def target(self, parameters: str = "", *, spelling: str = "") -> Target:
        """Return what to ask for, with more parameters behind those of the URL, or another `spelling` of both."""
        path, _, query = (spelling or f"{self.path}?{self.query}").partition("?")
        whole = "&".join(part for part in (query, parameters) if part)
        return Target(self.scheme, self.host, self.port, f"{path}?{whole}" if whole else path)

    def other_spelling(self) -> str:
        """
        Return path and query with the characters that senders spell differently spelt the other way.

        `+` and `%2B`, percent codes in either case, and codes for characters that need none. Empty where the URL
        has none of them.
        """
        written = f"{self.path}?{self.query}" if self.query else self.path
        turned = re.sub(r"\+|%[0-9A-Fa-f]{2}", _turned, written)
        return "" if turned == written else turned


def read(url: str) -> Callback:
    """
    Take a callback URL apart.

    A password, and what looks like a secret in its query, is remembered: it is blanked wherever it comes up.

    Raises:
        InvalidCallbackUrl: it has no host, another scheme than http or https, or a port that is none.

    """
    text = url.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii")
    except ValueError as exc:
        raise InvalidCallbackUrl(plain(exc, 160)) from None
    if parts.scheme not in _PORTS or not host:
        raise InvalidCallbackUrl("a callback URL begins with https:// and a host name")
    register_url(text)
    path = quote(parts.path or "/", safe=_AS_IT_STANDS)
    query = quote(parts.query, safe=_AS_IT_STANDS)
    return Callback(
        scheme=parts.scheme,
        host=host,
        port=port or _PORTS[parts.scheme],
        path=path,
        query=query,
        shown=plain_url(text),
        length=len(text),
        has_credentials=parts.username is not None,
        has_fragment=bool(parts.fragment),
        was_encoded=(path, query) != (parts.path or "/", parts.query),
    )


def _turned(found: re.Match[str]) -> str:
    code = found[0]
    if code == "+":
        return "%2B"
    if code.upper() == "%2B":
        return "+"
    character = chr(int(code[1:], 16))
    if character.isascii() and (character.isalnum() or character in "-._~"):
        return character
    return code.lower() if code != code.lower() else code.upper()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
