"""Files, directories, stdin, packed or damaged: what can be read is read, and the rest is one line."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

from wa_doctor.webhooks.document import Triage
from wa_doctor.webhooks.reading import sources

Log = Callable[..., Path]
Judge = Callable[..., Triage]


@pytest.fixture
def text(hook: Any) -> bytes:
    """Return a log of 3000 messages, more than fits into one block of a decompressor."""
    lines = [json.dumps(hook.status(f"wamid.{index:04d}", "read", hook.noon + index)) for index in range(3000)]
    return "\n".join(lines).encode() + b"\n"


def _packed(pack: Callable[[bytes], bytes], text: bytes) -> bytes:
    half = len(text) // 2
    return pack(text[:half]) + pack(text[half:])


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstandard"])
def test_packed_logs_are_known_by_their_first_bytes(
    pack: Callable[[bytes], bytes], text: bytes, tmp_path: Path, judged: Judge
) -> None:
    """Whatever they are called; what was appended to them later is another member and is read too."""
    path = tmp_path / "export.log"
    path.write_bytes(_packed(pack, text))
    document = judged(path)
    assert document.messages.read == 3000
    assert document.input.bytes == len(text)


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstandard"])
def test_of_a_truncated_archive_what_is_there_is_read(
    pack: Callable[[bytes], bytes], text: bytes, tmp_path: Path, judged: Judge
) -> None:
    packed = _packed(pack, text)
    path = tmp_path / "log.packed"
    path.write_bytes(packed[: len(packed) * 3 // 4])
    document = judged(path)
    assert 1000 < document.messages.read < 3000
    (problem,) = [each for each in document.input.unreadable_list if not each.line]
    assert "cut off" in problem.reason
    assert document.exit_code == 0


def test_of_a_damaged_archive_what_is_there_is_read(text: bytes, tmp_path: Path, judged: Judge) -> None:
    packed = bytearray(gzip.compress(text))
    packed[-8:] = b"\0" * 8
    path = tmp_path / "log.gz"
    path.write_bytes(packed)
    document = judged(path)
    assert document.messages.read == 3000
    assert "damaged" in document.input.unreadable_list[0].reason


def test_behind_a_packed_log_there_may_be_something_else(text: bytes, tmp_path: Path, judged: Judge) -> None:
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(text) + b"something else")
    document = judged(path)
    assert document.messages.read == 3000
    assert "something else" in document.input.unreadable_list[0].reason


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_the_encoding_is_known_by_the_first_bytes(encoding: str, text: bytes, tmp_path: Path, judged: Judge) -> None:
    """Windows writes UTF-16, with a mark or without."""
    path = tmp_path / "log"
    path.write_bytes(text.decode().encode(encoding))
    assert judged(path).messages.read == 3000


@pytest.mark.parametrize("end", [b"\r\n", b"\r", b"\n\n", b"\0\n"])
def test_any_line_end_will_do(end: bytes, text: bytes, tmp_path: Path, judged: Judge) -> None:
    path = tmp_path / "log"
    path.write_bytes(b" " * 8192 + text.replace(b"\n", end))
    assert judged(path).messages.read == 3000


def test_bytes_that_are_no_text_cost_no_event(hook: Any, tmp_path: Path, judged: Judge) -> None:
    line = json.dumps(hook.status("wamid.A", "failed", code=9, note="caf\u00e9"), ensure_ascii=False)
    path = tmp_path / "log"
    path.write_bytes(line.encode("latin-1") + b"\n")
    assert judged(path).messages.failed == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (bytes(range(256)) * 40, "binary"),
        (b"PK\x03\x04rest", "zip archive"),
        (gzip.compress(b"\0\1\2" * 5000, mtime=0), "binary"),
        (b"log/\0".ljust(257, b"\0") + b"ustar\0", "tar archive"),
        (gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0), "packed twice"),
        (b"\x28\xb5\x2f\xfdnot a frame", "damaged"),
        (b"\x1f\x8b\x08\x00", "cut off"),
    ],
)
def test_what_is_no_log_is_one_line(content: bytes, reason: str, tmp_path: Path, judged: Judge) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    document = judged(path)
    assert [reason in each.reason for each in document.input.unreadable_list] == [True]
    assert document.exit_code == 3


def test_a_directory_is_read_by_name_without_hidden_files(hook: Any, log: Log, tmp_path: Path) -> None:
    for name in ("logs/b.ndjson", "logs/a/2.ndjson", "logs/a/1.ndjson", "logs/.hidden", "logs/.git/config"):
        log(hook.status("wamid.A", "sent"), name=name)
    found = [Path(each).relative_to(tmp_path).as_posix() for each in sources.expand([str(tmp_path / "logs")])]
    assert found == ["logs/b.ndjson", "logs/a/1.ndjson", "logs/a/2.ndjson"]


def test_a_file_under_several_names_is_read_once(hook: Any, log: Log, tmp_path: Path, judged: Judge) -> None:
    """`triage logs/ logs/a.log` would make a repeat of every event."""
    path = log(hook.status("wamid.A", "read"), name="logs/a.log")
    (tmp_path / "logs" / "link").symlink_to(path)
    (tmp_path / "logs" / "twin").hardlink_to(path)
    document = judged(path, tmp_path / "logs", path)
    assert document.input.files == 1
    assert document.webhooks.duplicates == 0


def test_a_directory_that_may_not_be_looked_into_is_one_line(
    hook: Any, log: Log, tmp_path: Path, judged: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = log(hook.status("wamid.A", "read"), name="logs/closed/a.log").parent
    log(hook.status("wamid.B", "read"), name="logs/open/b.log")
    look = os.scandir

    def scandir(path: str) -> Any:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(closed))
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)
    document = judged(tmp_path / "logs")
    assert document.messages.read == 1
    assert [(each.file, each.reason) for each in document.input.unreadable_list] == [
        (str(closed), "it cannot be opened: Permission denied")
    ]


def test_a_directory_without_logs_is_one_line(tmp_path: Path, judged: Judge) -> None:
    document = judged(tmp_path)
    assert [each.reason for each in document.input.unreadable_list] == ["there is no file in it"]
    assert document.exit_code == 3


def test_an_empty_directory_beside_logs_is_one_line(hook: Any, log: Log, tmp_path: Path, judged: Judge) -> None:
    """Somebody named it because they expected something in it."""
    (tmp_path / "empty" / "inner").mkdir(parents=True)
    document = judged(log(hook.status("wamid.A", "read")), tmp_path / "empty")
    assert document.messages.read == 1
    assert [(each.file, each.reason) for each in document.input.unreadable_list] == [
        (str(tmp_path / "empty"), "there is no file in it")
    ]


def test_files_may_come_in_any_order(hook: Any, log: Log, judged: Judge) -> None:
    """A message that was sent in one file and failed in another is one message."""
    first = log(hook.status("wamid.A", "sent"), hook.status("wamid.B", "sent"), name="1.log")
    second = log(hook.status("wamid.A", "failed", hook.noon + 9, code=131026), name="2.log")
    for paths in ((first, second), (second, first)):
        messages = judged(*paths).messages
        assert (messages.total, messages.failed, messages.undelivered) == (2, 1, 1)


def test_a_source_that_vanishes_is_one_line(hook: Any, log: Log, judged: Judge, tmp_path: Path) -> None:
    """A run over many files goes on with the next; nothing failed, but not everything could be looked at."""
    document = judged(tmp_path / "gone.log", log(hook.status("wamid.A", "read")))
    assert document.messages.read == 1
    assert "cannot be opened" in document.input.unreadable_list[0].reason
    assert document.exit_code == 3


def test_the_size_is_unknown_where_stdin_is_among_the_sources(log: Log) -> None:
    path = log("x" * 99)
    assert sources.size_of([str(path), str(path), "nothing"]) == 200
    assert sources.size_of([str(path), "-"]) == 0
