"""`docs/sandbox.md` stays true: its code runs, its TOML loads, its links lead somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import httpx
import pytest

from wa_doctor import sandbox

PAGE = Path(__file__).parents[1] / "docs" / "sandbox.md"
TEXT = PAGE.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_the_toml_on_the_page_is_a_scenario() -> None:
    (text,) = blocks("toml")
    assert sandbox.compose("page", tomllib.loads(text)).world == sandbox.scenarios()["token-expires-soon"].world


def test_the_scenario_made_in_python_runs() -> None:
    (code,) = [each for each in blocks("python") if "compose(" in each]
    names: dict[str, object] = {"sandbox": sandbox}
    exec(compile(code, PAGE.name, "exec"), names)  # noqa: S102 - our own page
    running = names["running"]
    assert isinstance(running, sandbox.RunningSandbox)
    assert running.scenario.world.accounts["shop"].banned


def test_pywa_is_pointed_at_the_sandbox_as_the_page_says() -> None:
    from pywa.client import WhatsApp

    (code,) = [each for each in blocks("python") if "WhatsApp(" in each]
    with sandbox.start("healthy") as graph:
        names: dict[str, object] = {"httpx": httpx, "WhatsApp": WhatsApp, "graph": graph, "given": graph.credentials}
        exec(compile(code, PAGE.name, "exec"), names)  # noqa: S102 - our own page
        client, session = names["whatsapp"], names["session"]
        assert isinstance(client, WhatsApp)
        assert isinstance(session, httpx.Client)
        assert client.get_business_phone_number().status == "CONNECTED"
        session.close()


def test_requests_is_shown_as_it_works() -> None:
    """The interface of httpx is the same interface for what the page does with requests."""
    (code,) = [each for each in blocks("python") if "requests.Session" in each]
    names: dict[str, object] = {}
    with sandbox.start("healthy") as graph, httpx.Client() as client:
        exec(compile(code.replace("requests.Session()", "client"), PAGE.name, "exec"), {"client": client}, names)  # noqa: S102
        shown = names["test_the_number_is_connected"]
        assert callable(shown)
        shown(graph)


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", TEXT))
def test_a_link_leads_to_a_file(link: str) -> None:
    assert (PAGE.parent / link).is_file()


@pytest.mark.parametrize("path", re.findall(r"`((?:tests|wa_doctor)/[\w/.]+)`", TEXT))
def test_a_path_on_the_page_exists(path: str) -> None:
    assert (PAGE.parents[1] / path).exists()


def test_the_ids_on_the_page_are_those_of_the_healthy_world() -> None:
    with sandbox.start("healthy") as running:
        for name in ("phone_number_id", "waba_id", "app_id", "api_version"):
            assert f"'{running.credentials[name]}'" in TEXT
