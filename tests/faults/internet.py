"""
The hosts that a check-up meets, inside one namespace: healthy until a test changes something.

The addresses are out of Meta's ranges, for public ones are expected; nothing leaves the namespace.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.reactions import forwarding, passing_on, static
from tests.network.conftest import Handle, Server
from tests.platform.conftest import Page
from tests.program.conftest import SCRIPT
from wa_doctor import sandbox

if TYPE_CHECKING:
    from tests.faults.namespace import Namespace
    from tests.faults.trust import Trust

GRAPH, MEDIA, STATUS = "graph.facebook.com", "lookaside.fbsbx.com", "metastatus.com"
GRAPH_IPV4, GRAPH_IPV6 = "157.240.9.35", "2a03:2880:f1ff:83:face:b00c:0:25de"

_SANDBOX = 8200

_NGINX = """
daemon off;
pid {folder}/nginx.pid;
worker_processes 1;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    {http}
}}
"""


@dataclass(eq=False)
class Site:
    """
    One host: the addresses that are its own, those that swallow what is sent to them, and who serves there.

    Without a `handle` nobody listens, and a connection is refused; without `tls` it is served in the clear.
    """

    addresses: list[str] = field(default_factory=list)
    swallowed: list[str] = field(default_factory=list)
    handle: Handle | None = None
    tls: ssl.SSLContext | None = None
    port: int = 443


class Internet:
    """
    The hosts, found by their names in the hosts file, or by dnsmasq once a test has called `names()`.

    The hosts are not there before `open()`: until then a test can change them.
    """

    def __init__(self, space: Namespace, trust: Trust, folder: Path) -> None:
        self.space = space
        self.trust = trust
        self.folder = folder
        self.scenario = "healthy"
        self.sites = {
            GRAPH: Site([GRAPH_IPV4, GRAPH_IPV6]),
            MEDIA: Site(["157.240.9.27"]),
            STATUS: Site(["157.240.9.41"]),
        }
        self.credentials: dict[str, str] = {}
        for name, site in self.sites.items():
            site.tls = trust.issue(name).context()
        self.graph.handle = forwarding(_SANDBOX)
        self.sites[MEDIA].handle = static({})
        page = Page()
        page.all_well()
        self.sites[STATUS].handle = static(page.bodies)
        self._servers: list[Server] = []
        self._name_servers = 0
        self._running: sandbox.RunningSandbox | None = None

    @property
    def graph(self) -> Site:
        """The host of the Graph API."""
        return self.sites[GRAPH]

    def serve(self, site: Site, *command: str | Path, port: int) -> None:
        """Let a program serve as a host, on a port of loopback; `command` starts it."""
        site.tls, site.handle = None, passing_on(port)
        self.space.start(*command, port=port, log=self.folder / f"{Path(command[0]).name}.log")

    def nginx(self, site: Site, http: str) -> None:
        """Let nginx serve as a host with these settings of its http block, at port 8443."""
        settings = self.folder / "nginx.conf"
        settings.write_text(_NGINX.format(folder=self.folder, http=http))
        self.serve(site, "nginx", "-c", settings, "-e", "stderr", port=8443)

    def with_a_token(self, reaction: Handle) -> None:
        """Let the Graph API answer as ever without a token, and so to a request that carries one."""
        self.graph.handle = forwarding(_SANDBOX, with_a_token=reaction)

    def lose_tokens(self) -> None:
        """Let the Graph API never see a token."""
        self.graph.handle = forwarding(_SANDBOX, without=b"authorization")

    def serve_through(self, *command: str) -> None:
        """Let the Graph API run in a process of its own, below a command that changes what it sees."""
        port = _SANDBOX + 1
        served = (SCRIPT, "sandbox", "--scenario", self.scenario, "--port", str(port))
        self.space.start(*command, *served, port=port, log=self.folder / "sandbox.log")
        self.graph.handle = forwarding(port)

    def open(self) -> None:
        """Give the hosts their names and addresses, and let them serve."""
        for site in self.sites.values():
            for address in site.addresses:
                self.space.own(address)
        self._running = self.space.inside(lambda: sandbox.start(self.scenario, port=_SANDBOX))
        self.credentials = dict(self._running.credentials)
        for site in self.sites.values():
            for address in site.addresses if site.handle else ():
                self._servers.append(self.space.inside(partial(_listen, site, address)))
        if not self._name_servers:
            self.space.hosts(self._names())

    def close(self) -> None:
        """Stop serving."""
        for server in self._servers:
            server.close()
        if self._running:
            self._running.stop()

    def names(self, *options: str, records: bool = True, port: int = 53) -> None:
        """Start a dnsmasq that knows the hosts as they are now (or, without `records`, none of them)."""
        self._name_servers += 1
        known = [f"--host-record={name},{','.join(ips)}" for name, ips in self._names().items() if ips and records]
        self.space.start(
            "dnsmasq",
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--log-facility=-",
            "--pid-file=",
            "--user=root",
            "--no-hosts",
            "--no-resolv",
            "--bind-interfaces",
            "--listen-address=127.0.0.1",
            f"--port={port}",
            *known,
            *options,
            port=port,
            log=self.folder / f"dnsmasq-{port}.log",
        )

    def _names(self) -> dict[str, list[str]]:
        return {name: [*site.addresses, *site.swallowed] for name, site in self.sites.items()}


def _listen(site: Site, address: str) -> Server:
    assert site.handle
    return Server(site.handle, tls=site.tls, host=address, port=site.port)
