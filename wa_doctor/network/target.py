"""What a probe asks for: the parts of a base URL and the path below it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

_PORTS = {"https": 443, "http": 80}


class InvalidTarget(ValueError):
    """A base URL that names no host to connect to."""


@dataclass(frozen=True, slots=True)
class Target:
    """`host` is ASCII and without brackets; `path` begins with a slash and is safe inside a request line."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def secure(self) -> bool:
        """Whether it is asked for over TLS."""
        return self.scheme == "https"

    @property
    def authority(self) -> str:
        """Host and port as a `CONNECT` wants them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def host_header(self) -> str:
        """Host, and the port unless the scheme implies it."""
        if self.port != _PORTS[self.scheme]:
            return self.authority
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def url(self) -> str:
        """The whole URL."""
        return f"{self.scheme}://{self.host_header}{self.path}"


def target_of(base_url: str, path: str) -> Target:
    """
    Join a base URL and a path.

    Raises:
        InvalidTarget: the base URL has no scheme of http or https, no host, or a port that is none.

    """
    try:
        parts = urlsplit(base_url.strip())
        port = parts.port
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii")
    except ValueError as exc:
        raise InvalidTarget(f"{exc}") from exc
    if parts.scheme not in _PORTS or not host:
        raise InvalidTarget("a base URL begins with https:// and a host name")
    whole = parts.path.rstrip("/") + "/" + path.lstrip("/")
    return Target(parts.scheme, host, port or _PORTS[parts.scheme], quote(whole, safe="/%:?=&,.~+-"))
