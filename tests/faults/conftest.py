"""The whole program among real faults, each in a network namespace of its own, and the page written of them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import certifi
import pytest

from tests.faults import page
from tests.faults.internet import Internet
from tests.faults.namespace import namespace, obstacle
from tests.faults.page import Row
from tests.faults.trust import Trust
from tests.program.conftest import SCRIPT, Ended, Program

GRACE = 15.0  # seconds beyond its own limit that a process may take to start and to end on a busy machine

_NUMBERS = count(1)

_OTHER_ROOTS = {"CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"}

# `ip netns exec` gives each process mounts of its own: only there the authority takes the place of certifi's roots.
_TRUSTING = ("sh", "-c", 'mount --bind "$1" "$2" && shift 2 && exec "$@"', "sh")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--write-faults`."""
    parser.addoption("--write-faults", action="store_true", help="write docs/faults.md from what was seen")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker that names a fault."""
    config.addinivalue_line("markers", "fault(name, by): a row of docs/faults.md, and the software that makes it")
    config.addinivalue_line("markers", "needs(tools): the test is skipped where one of these programs is missing")
    if config.getoption("--write-faults", False) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(PageWriter())


class PageWriter:
    """Gathers the rows of all tests, wherever they ran, and writes the page if every fault was met."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, str, Row]] = []
        self._missing = 0

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count the tests that were not to run."""
        self._missing += len(items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the rows of a test that ran."""
        if report.when == "call" and report.passed:
            for name, value in report.user_properties:
                if name == "fault" and isinstance(value, tuple | list):
                    place, heading, *cells = value
                    self._rows.append((place, heading, Row(*cells)))
        elif (report.failed or report.skipped) and "fault" in report.keywords:
            self._missing += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the page."""
        absent = set(page.HEADINGS) - {heading for _, heading, _ in self._rows}
        if self._missing or absent:
            terminalreporter.write_line("docs/faults.md is not written: not every test of tests/faults ran and passed")
            return
        page.write((heading, row) for _, heading, row in sorted(self._rows, key=lambda each: each[0]))
        terminalreporter.write_line(f"docs/faults.md is written: {len(self._rows)} faults")


@pytest.fixture(scope="session")
def _spaces() -> str:
    return obstacle()


@pytest.fixture(scope="session")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    """Make the authority that the program trusts."""
    return Trust(tmp_path_factory.mktemp("trust"), "Example Trust Services", "Example Root R1")


@pytest.fixture
def internet(request: pytest.FixtureRequest, _spaces: str, trust: Trust, tmp_path: Path) -> Iterator[Internet]:
    """Make the hosts of a check-up; all is well until the test changes it."""
    if _spaces:
        pytest.skip(_spaces)
    for tool in (each for marker in request.node.iter_markers("needs") for each in marker.args):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed")
    with namespace(f"wad-{os.getpid()}-{next(_NUMBERS)}") as space:
        made = Internet(space, trust, tmp_path)
        try:
            yield made
        finally:
            made.close()


def _marker(request: pytest.FixtureRequest) -> pytest.Mark:
    marker = request.node.get_closest_marker("fault")
    assert marker, "a test of this folder names its fault"
    return marker  # type: ignore[no-any-return]


@dataclass(eq=False)
class Doctor:
    """The installed program inside the namespace. `secrets` must never be seen in what it writes."""

    internet: Internet
    program: Program
    request: pytest.FixtureRequest
    secrets: list[str] = field(default_factory=list)

    def says(
        self,
        check: str,
        status: str,
        *words: str,
        code: int,
        limit: float = 10.0,
        command: Sequence[str] = ("check",),
        environ: Mapping[str, str] | None = None,
        through: Sequence[str] = (),
    ) -> Ended:
        """
        Run the program and hold it to this: one check ends so, with these words in a finding, and this exit code.

        `environ` is added to its environment, `through` is a command that runs it. It is killed, and the test fails,
        if it does not keep its own `--timeout`, which is `limit` seconds.
        """
        self.internet.open()
        arguments = [*command, "--timeout", f"{limit:g}", "--format", "json"]
        done = subprocess.run(
            self.internet.space.command(
                *_TRUSTING, self.internet.trust.root, certifi.where(), *through, SCRIPT, *arguments
            ),
            env=self._environment(environ or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=limit + GRACE,
        )
        ended = Ended(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
        said = _held(ended, check, status, words, code, [*self.secrets, *self._own_secrets()])
        took = ended.document["duration_ms"]
        self._note(Row(*self._names(), check, status, said, str(code), f"{took / 1000:.1f} ({limit:g})"))
        return ended

    def _environment(self, changes: Mapping[str, str]) -> dict[str, str]:
        own = {f"WA_{name.upper()}": value for name, value in self.internet.credentials.items()}
        trust = {"SSL_CERT_FILE": str(self.internet.trust.root)}
        whole = self.program.environment() | own | trust | dict(changes)
        return {name: value for name, value in whole.items() if name in changes or name not in _OTHER_ROOTS}

    def _own_secrets(self) -> list[str]:
        known = self.internet.credentials
        return [known[name] for name in ("access_token", "app_secret") if known.get(name)]

    def _names(self) -> tuple[str, str]:
        marker = _marker(self.request)
        return str(marker.args[0]), str(marker.kwargs.get("by", "server"))

    def _note(self, row: Row) -> None:
        position = self.request.session.items.index(self.request.node)
        heading = self.request.module.HEADING
        self.request.node.user_properties.append(("fault", (position, heading, *astuple(row))))
        if not self.request.config.getoption("--write-faults", False):
            kept = page.read().get((heading, row.fault))
            assert kept, f"docs/faults.md has no row for this fault; run `{page.WRITE}`"
            assert kept.lasting == row.lasting, f"docs/faults.md says otherwise; run `{page.WRITE}`"


def _held(ended: Ended, check: str, status: str, words: Sequence[str], code: int, secrets: Sequence[str]) -> str:
    everything = ended.stdout + ended.stderr
    assert "Traceback" not in everything, ended.stderr
    assert not [secret for secret in secrets if secret in everything], "a secret was shown"
    assert "checks" in ended.document, everything
    checks = {each["id"]: each for each in ended.document["checks"]}
    told = "\n".join(f"{each['status']:8} {id:20} {_sentences(each)}" for id, each in checks.items())
    assert not ended.ids("crash"), told
    assert not [id for id in ended.ids("fail") if id.startswith("token-")], f"the token is blamed\n{told}"
    assert checks[check]["status"] == status, told
    said = [each for each in _sentences(checks[check]) if all(word in each for word in words)]
    assert said, told
    assert ended.code == code, told
    assert code == 0 or ended.document["summary"]["first_step"], "nothing to do first"
    return said[0]


def _sentences(check: Mapping[str, Any]) -> list[str]:
    order = ("error", "warning", "notice")
    found = sorted(check["findings"], key=lambda each: order.index(each["severity"]))
    return [str(each["message"]) for each in found] or [str(check["reason"])]


@pytest.fixture
def doctor(internet: Internet, tmp_path: Path, request: pytest.FixtureRequest) -> Doctor:
    """Return the program among these hosts."""
    home = tmp_path / "home"
    home.mkdir()
    return Doctor(internet, Program(home, {"XDG_CONFIG_HOME": str(home / ".config")}), request)
