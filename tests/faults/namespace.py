"""Network namespaces: a loopback, a name server's address and routes of their own, which nobody else sees."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

STARTING = 20.0  # seconds that a server may take until it accepts connections
_CLONE_NEWNET = 0x40000000


class NotServing(RuntimeError):
    """A server that was started ended at once, or accepts no connection; the message is what it said."""


def obstacle() -> str:
    """Say why this machine makes no network namespaces; empty if it does."""
    if sys.platform != "linux":
        return "network namespaces are a thing of Linux"
    if os.geteuid() != 0:
        return "only root makes network namespaces"
    if not shutil.which("ip"):
        return "ip (package iproute2) is not installed"
    name = f"wad-{os.getpid()}-try"
    try:
        with namespace(name):
            return ""
    except (OSError, subprocess.CalledProcessError) as exc:
        said = exc.stderr if isinstance(exc, subprocess.CalledProcessError) else exc
        return f"this machine makes no network namespaces: {str(said).strip()}"


@contextlib.contextmanager
def namespace(name: str) -> Iterator[Namespace]:
    """Make a namespace; when done, end what runs in it and remove every trace of it."""
    made = Namespace(name)
    try:
        made.create()
        yield made
    finally:
        made.remove()


class Namespace:
    """
    One namespace. What is sent to an address that nobody here has is swallowed, as by a firewall that drops.

    `etc` is laid over `/etc` for the programs that run inside.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.etc = Path("/etc/netns") / name
        self._processes: list[subprocess.Popen[bytes]] = []

    def create(self) -> None:
        """Make it, with a loopback and a way out that leads nowhere. Raises CalledProcessError, OSError."""
        self.etc.mkdir(parents=True)
        (self.etc / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        (self.etc / "nsswitch.conf").write_text("hosts: files dns\n")
        self.hosts({})
        _run("ip", "netns", "add", self.name)
        self.ip("link", "set", "lo", "up")
        # Nobody looks at what comes out at the other end, and nobody is asked who lives there (no ARP).
        self.ip("link", "add", "out", "arp", "off", "type", "veth", "peer", "name", "nowhere")
        self.ip("address", "add", "100.96.0.2/30", "dev", "out")
        self.ip("address", "add", "2a0e:fade::2/64", "dev", "out", "nodad")
        self.ip("link", "set", "nowhere", "up")
        self.ip("link", "set", "out", "arp", "off", "up")
        self.ip("route", "add", "default", "dev", "out")
        self.ip("-6", "route", "add", "default", "dev", "out")

    def remove(self) -> None:
        """End what runs inside and remove the namespace. Never raises."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        subprocess.run(["ip", "netns", "delete", self.name], capture_output=True, check=False)
        shutil.rmtree(self.etc, ignore_errors=True)

    def ip(self, *arguments: str) -> None:
        """Run `ip` on the namespace. Raises CalledProcessError."""
        _run("ip", "-n", self.name, *arguments)

    def own(self, address: str) -> None:
        """Give the namespace an address; a connection to it is refused where nobody listens."""
        self.ip("address", "add", f"{address}/{128 if ':' in address else 32}", "dev", "lo")

    def hosts(self, addresses: dict[str, list[str]]) -> None:
        """Write the hosts file."""
        lines = ["127.0.0.1 localhost", *(f"{ip} {name}" for name, ips in addresses.items() for ip in ips)]
        (self.etc / "hosts").write_text("\n".join(lines) + "\n")

    def command(self, *arguments: str | Path) -> list[str]:
        """Return the command that runs another inside."""
        return ["ip", "netns", "exec", self.name, *map(str, arguments)]

    def inside(self, work: Callable[[], T]) -> T:
        """Do something in a thread that is inside: sockets and threads made there stay there."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(self._enter, work).result()

    def start(self, *arguments: str | Path, port: int, log: Path) -> None:
        """Start a server inside and wait until it accepts connections on a port of the inner loopback."""
        with log.open("wb") as out:
            process = subprocess.Popen(
                self.command(*arguments), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
            )
        self._processes.append(process)
        end = time.monotonic() + STARTING
        while not self.inside(lambda: _accepts(port)):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
            if process.poll() is not None or time.monotonic() > end:
                raise NotServing(f"{arguments[0]}: {log.read_text(errors='replace')[-2000:]}")

    def _enter(self, work: Callable[[], T]) -> T:
        library = ctypes.CDLL(None, use_errno=True)
        with Path("/run/netns", self.name).open("rb") as handle:
            if library.setns(handle.fileno(), _CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), f"setns {self.name}")
        return work()


def _run(*command: str) -> None:
    subprocess.run(command, capture_output=True, check=True, text=True)


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
