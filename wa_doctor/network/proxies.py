"""
Finds the proxy that applies to a URL, the way HTTP clients do, and shows it without its credentials.

The rules are those that curl, Python, Go and Node agree on: lower case before upper case, `ALL_PROXY` last,
a value without a scheme means http, `NO_PROXY` lists domains (with all below them), addresses, networks or `*`.
"""

from __future__ import annotations

import base64
import ipaddress
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from wa_doctor.redact import HIDDEN, register

if TYPE_CHECKING:
    from wa_doctor.network.target import Target

_PORTS = {"http": 80, "https": 443, "socks": 1080, "socks4": 1080, "socks4a": 1080, "socks5": 1080, "socks5h": 1080}


class InvalidProxy(ValueError):
    """A proxy setting that is no proxy. `source` is the variable it stands in; the message repeats no secret."""

    def __init__(self, source: str, shown: str, why: str) -> None:
        super().__init__(f"{source} is {shown!r}, {why}")
        self.source = source


class SocksUnsupported(Exception):
    """The probe speaks to HTTP proxies only."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """
    A proxy and where it was set. `shown` is its URL without credentials.

    `authorization` is the value of the header that carries them, empty without any.
    """

    scheme: str
    host: str
    port: int
    source: str
    authorization: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        """The URL without credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def speaks_socks(self) -> bool:
        """Whether it is a SOCKS proxy, which needs another way of asking than HTTP's."""
        return self.scheme.startswith("socks")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which proxy applies; if none does although one is set, `exempted_by` says which `NO_PROXY` entry did that."""

    proxy: Proxy | None
    exempted_by: str = ""


def choose(target: Target, environ: Mapping[str, str]) -> Choice:
    """
    Decide which proxy a client would use for the target.

    The system's settings (macOS, Windows) count only when the environment names no proxy. This machine itself
    is never asked for through one, by us as by browsers.

    Raises:
        InvalidProxy: what is set is no proxy URL.

    """
    if _is_this_machine(target.host):
        return Choice(None)
    for name in _variables(target.scheme):
        if value := environ.get(name, "").strip():
            if entry := _exemption(target, environ.get("no_proxy") or environ.get("NO_PROXY") or ""):
                return Choice(None, entry)
            return Choice(parse(value, name))
    return _system_choice(target)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _variables(scheme: str) -> tuple[str, ...]:
    return (f"{scheme}_proxy", f"{scheme.upper()}_PROXY", "all_proxy", "ALL_PROXY")


def _system_choice(target: Target) -> Choice:
    if sys.platform not in ("darwin", "win32"):
        return Choice(None)
    value = urllib.request.getproxies().get(target.scheme, "")
    if not value:
        return Choice(None)
    if urllib.request.proxy_bypass(target.host):
        return Choice(None, "the system's exceptions")
    return Choice(parse(value, "the system settings"))


def parse(value: str, source: str) -> Proxy:
    """
    Read a proxy URL; its password is remembered as a secret.

    Raises:
        InvalidProxy: it is none.

    """
    whole = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(whole)
        host, port = parts.hostname or "", parts.port
    except ValueError as exc:
        raise InvalidProxy(source, _without_credentials(value), "which is no proxy URL") from exc
    if parts.password:
        register(parts.password)
        register(unquote(parts.password))
    if parts.scheme not in _PORTS:
        raise InvalidProxy(source, _without_credentials(value), f"whose scheme {parts.scheme!r} no proxy has")
    if parts.path.startswith("//"):
        raise InvalidProxy(source, _without_credentials(value), "whose scheme has no colon behind it")
    if not host or any(character.isspace() or character in "\"'<>" for character in whole):
        raise InvalidProxy(source, _without_credentials(value), "which names no proxy host")
    authorization = ""
    if parts.username is not None:
        credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(credentials.encode()).decode()
        register(authorization.removeprefix("Basic "))
    return Proxy(parts.scheme, host, port or _PORTS[parts.scheme], source, authorization)


def _without_credentials(value: str) -> str:
    credentials, at, rest = value.rpartition("@")
    if not at:
        return value
    scheme, separator, _ = credentials.partition("://")
    return f"{scheme}{separator}{HIDDEN}@{rest}" if separator else f"{HIDDEN}@{rest}"


def _exemption(target: Target, listed: str) -> str:
    for entry in listed.replace(",", " ").split():
        if entry == "*" or _covers(entry, target):
            return entry
    return ""


def _covers(entry: str, target: Target) -> bool:
    try:
        return ipaddress.ip_address(target.host) in ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        pass
    name, colon, port = entry.rpartition(":")
    if colon and port.isdigit() and not name.endswith(":"):
        if int(port) != target.port:
            return False
        entry = name
    domain = entry.lower().removeprefix("*").strip(".[]")
    return bool(domain) and (target.host == domain or target.host.endswith(f".{domain}"))
