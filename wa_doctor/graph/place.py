"""Where a call goes: to the host by its name, or to the one of its addresses that is known to answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Place:
    """The URL below which calls go, and the headers and extensions that name the host to HTTP and TLS."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    extensions: dict[str, str] = field(default_factory=dict)

    @property
    def chosen(self) -> bool:
        """Whether an address was put in the place of the name, so that no proxy may be asked."""
        return bool(self.extensions)


def place_of(base_url: str, address: str) -> Place:
    """
    Put an address in the place of the host of a URL; an empty one, or one with a zone, leaves it alone.

    An HTTP library tries the addresses of a host one after the other, and spends all its time on one that is dead.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if not address or "%" in address or address == host:
        return Place(base_url)
    name = f"[{address}]" if ":" in address else address
    port = f":{parts.port}" if parts.port else ""
    url = parts._replace(netloc=f"{name}{port}").geturl()
    return Place(url, {"Host": f"{host}{port}"}, {"sni_hostname": host})
