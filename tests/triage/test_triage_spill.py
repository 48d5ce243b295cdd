"""More messages than fit into memory go to disk, and nothing else changes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from wa_doctor.webhooks.document import Triage
from wa_doctor.webhooks.store import BYTES_A_MESSAGE, MessageStore

Judge = Callable[..., Triage]
Log = Callable[..., Path]


@pytest.fixture
def long_log(hook: Any, log: Log) -> Path:
    """Return a log whose messages are told in pieces far from each other, longer than one read."""
    words = ("sent", "delivered", "failed", "read")
    lines = [
        hook.status(
            f"wamid.{index}",
            word,
            hook.noon + index + 3 * turn,
            f"49155502{index % 300:05d}",
            code=131026 if turn == 2 else None,
        )
        for turn, word in enumerate(words)
        for index in range(1500)
        if turn == 0 or index % (turn + 3) == 0
    ]
    return log(*lines)


def test_on_disk_every_verdict_is_the_same(long_log: Path, judged: Judge) -> None:
    inside = judged(long_log)
    outside = judged(long_log, memory=100 * BYTES_A_MESSAGE)
    assert not inside.spilled
    assert outside.spilled
    assert list(outside.subjects.in_time()) == list(inside.subjects.in_time())
    assert list(outside.subjects.worst(70)) == list(inside.subjects.worst(70))
    assert list(outside.subjects.worst(None)) == list(inside.subjects.worst(None))
    assert outside.messages == inside.messages
    assert outside.errors == inside.errors
    assert outside.silent == inside.silent
    assert outside.causes == inside.causes
    assert asdict(outside.webhooks) == asdict(inside.webhooks) | {"out_of_order": outside.webhooks.out_of_order}


def test_what_went_to_disk_is_gone_afterwards(
    long_log: Path, run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds phone numbers."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    ended = run(long_log, "--memory", "1k", "--format", "json")
    assert any("temporary file" in note for note in ended.document["notes"])
    assert list((tmp_path / "temporary").iterdir()) == []


def test_it_is_gone_also_when_the_run_is_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def interrupted() -> None:
        with MessageStore(1) as store:
            store.states["wamid.A"] = b"x"
            store.relieve()
            assert list(tmp_path.iterdir())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_an_id_may_hold_any_character(hook: Any, judged: Judge) -> None:
    ids = ["wamid.\u00e9", "\x00", "a\nb", "'; DROP TABLE message; --", "\ud800"]
    document = judged(*[hook.status(id, "sent") for id in ids], memory=BYTES_A_MESSAGE)
    assert document.messages.total == len(ids)
    assert len(list(document.subjects.in_time())) == len(ids)
