"""Webhooks to make logs of, and ways to triage them: the engine, and the command as a user runs it."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from wa_doctor.cli.app import run as run_program
from wa_doctor.webhooks.document import Triage
from wa_doctor.webhooks.triage import Request, triage

if TYPE_CHECKING:
    from wa_doctor.webhooks.message import Subject

NOON = 1_780_315_200  # 2026-06-01 12:00 UTC
NUMBER_ID = "209900112233445"
DISPLAY = "15550142200"
PERSON = "4915550100777"
ACCOUNT = "118822334455667"


class Webhooks:
    """Makes webhooks as Meta sends them, each as a table."""

    noon = NOON
    person = PERSON
    number_id = NUMBER_ID
    account = ACCOUNT

    def of(self, value: dict[str, Any], field: str = "messages", time: int | None = None) -> dict[str, Any]:
        """Return a webhook with one change."""
        entry: dict[str, Any] = {"id": ACCOUNT, "changes": [{"field": field, "value": value}]}
        if time is not None:
            entry["time"] = time
        return {"object": "whatsapp_business_account", "entry": [entry]}

    def status(
        self,
        id: str,
        word: str,
        time: int | str = NOON,
        to: str = PERSON,
        *,
        code: int | None = None,
        category: str = "",
        number: str = NUMBER_ID,
        **more: Any,
    ) -> dict[str, Any]:
        """Return a webhook with one status."""
        status: dict[str, Any] = {"id": id, "status": word, "timestamp": str(time), "recipient_id": to, **more}
        if code is not None:
            status["errors"] = [{"code": code, "title": f"Title of {code}", "message": f"Title of {code}"}]
        if category:
            status["pricing"] = {"billable": True, "pricing_model": "PMP", "category": category}
        return self.of(
            {
                "messaging_product": "whatsapp",
                "metadata": {
                    "display_phone_number": DISPLAY if number == NUMBER_ID else f"1555{number[-7:]}",
                    "phone_number_id": number,
                },
                "statuses": [status],
            }
        )

    def incoming(self, id: str, time: int = NOON, sender: str = PERSON, **more: Any) -> dict[str, Any]:
        """Return a webhook with one message of a customer."""
        message = {"id": id, "from": sender, "timestamp": str(time), "type": "text", "text": {"body": "hello"}, **more}
        return self.of(
            {
                "messaging_product": "whatsapp",
                "metadata": {"display_phone_number": DISPLAY, "phone_number_id": NUMBER_ID},
                "messages": [message],
            }
        )

    def answer(self, id: str, status: str = "accepted", to: str = PERSON) -> dict[str, Any]:
        """Return what the API answers to a send."""
        return {
            "messaging_product": "whatsapp",
            "contacts": [{"input": f"+{to}", "wa_id": to}],
            "messages": [{"id": id, "message_status": status}],
        }


@dataclass(frozen=True)
class Ended:
    """How a run of the command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What `--format json` wrote."""
        return json.loads(self.out)


Log = Callable[..., Path]
Judge = Callable[..., Triage]
Run = Callable[..., Ended]


@pytest.fixture
def hook() -> Webhooks:
    """Return the maker of webhooks."""
    return Webhooks()


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """Return a function that writes tables (as JSON) and lines (as they are) to a file of the test."""

    def write(*lines: object, name: str = "log.ndjson") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
        path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        return path

    return write


@pytest.fixture
def judged(log: Log) -> Iterator[Judge]:
    """Return a function that triages lines, or files, and returns the document."""
    with ExitStack() as stack:

        def judge(*lines: object, **asked: Any) -> Triage:
            paths = [line for line in lines if isinstance(line, Path)] or [log(*lines)]
            return stack.enter_context(triage(Request(tuple(map(str, paths)), **asked)))

        yield judge


@pytest.fixture
def messages() -> Callable[[Triage], dict[str, Subject]]:
    """Return a function that gives the messages of a document by id."""
    return lambda document: {subject.id: subject for subject in document.subjects.in_time()}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs `wa-doctor triage` with these arguments."""

    def command(*arguments: object, stdin: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(stdin))))
        code = run_program(["triage", *map(str, arguments)])
        out, err = capsys.readouterr()
        return Ended(code, out, err)

    return command
