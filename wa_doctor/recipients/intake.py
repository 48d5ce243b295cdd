"""
Reads a list of any size, whatever wrote it: finds the encoding and gives the lines in batches.

UTF-8 and UTF-16 are recognised, with and without a byte order mark. What is not UTF-8 is read as Latin-1, line by
line, so that one bad byte does not spoil a file.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

BATCH = 1 << 17
"""Bytes that are read at once."""

LONGEST_LINE = 1 << 20
KEPT_OF_IT = 1 << 16

_FOREIGN = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "compressed with gzip",
    b"%PDF": "a PDF",
    b"PAR1": "a Parquet file",
}
_WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class UnreadableList(Exception):
    """A list that cannot be read at all; the message says why, and what to do."""


@dataclass(slots=True)
class Notices:
    """
    What was noticed while reading.

    `newline` ends the lines of the list, `latin` counts those read as Latin-1, `cut` those cut for their length,
    `position` the bytes read so far.
    """

    encoding: str = "UTF-8"
    newline: str = "\n"
    latin: int = 0
    cut: int = 0
    position: int = 0

    def sentences(self) -> tuple[str, ...]:
        """Say it, or nothing."""
        found = []
        if self.encoding != "UTF-8":
            found.append(f"the list was read as {self.encoding} and what is written is UTF-8")
        if self.latin:
            found.append(f"{self.latin} lines are not UTF-8 and were read as Latin-1; what is written is UTF-8")
        if self.cut:
            found.append(f"{self.cut} lines were longer than 1 MiB and were cut")
        return tuple(found)


class _Readable(Protocol):
    def __call__(self, size: int, /) -> bytes: ...


def open_list(path: Path) -> BinaryIO:
    """
    Open a file.

    Raises:
        UnreadableList: it does not exist, is a directory, or may not be read.

    """
    try:
        return path.open("rb", buffering=0)
    except OSError as exc:
        raise UnreadableList(f"{path}: {exc.strerror or exc}") from exc


def batches(stream: BinaryIO, notices: Notices) -> Iterator[list[str]]:
    """
    Yield the lines without their ends, in batches, as soon as they can be read.

    `notices.position` is the number of bytes read so far.

    Raises:
        UnreadableList: the stream breaks, or is a kind of file that holds no lines.

    """
    read = _guarded(getattr(stream, "read1", stream.read), notices)
    first = read(BATCH)
    for magic, kind in _FOREIGN.items():
        if first.startswith(magic):
            raise UnreadableList(f"this is {kind}, not a list: export it as CSV (UTF-8) and give that")
    wide = _wide(first)
    if wide:
        notices.encoding = "UTF-16"
        read = _transcoded(first.removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE), read, wide)
        first = read(BATCH)
    for block in _blocks(first.removeprefix(codecs.BOM_UTF8), read, notices):
        lines = block.split("\n")
        if not lines[-1]:
            lines.pop()
        if "\r" in block:
            notices.newline = "\r\n" if "\r\n" in block else notices.newline
            lines = [line.removesuffix("\r") for line in lines]
        if lines:
            yield lines


def _guarded(read: _Readable, notices: Notices) -> Callable[[int], bytes]:
    def guarded(size: int) -> bytes:
        try:
            data = read(size)
        except OSError as exc:
            raise UnreadableList(f"the list cannot be read: {exc.strerror or exc}") from exc
        notices.position += len(data)
        return data or b""

    return guarded


def _wide(first: bytes) -> str:
    for mark, name in _WIDE.items():
        if first.startswith(mark):
            return name
    # Without a mark, text that is mostly ASCII has a NUL in every second byte.
    sample = first[:200]
    if len(sample) >= 4 and sample[1::2].count(0) * 4 >= len(sample[1::2]) * 3:
        return "utf-16-le"
    return "utf-16-be" if len(sample) >= 4 and sample[::2].count(0) * 4 >= len(sample[::2]) * 3 else ""


def _transcoded(first: bytes, read: Callable[[int], bytes], encoding: str) -> Callable[[int], bytes]:
    """Return a reader that gives what `first` and `read` hold as UTF-8."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    waiting = [first]

    def transcoded(size: int) -> bytes:
        while data := waiting.pop() if waiting else read(size):
            if text := decoder.decode(data):
                return text.encode()
        return decoder.decode(b"", final=True).encode()

    return transcoded


def _blocks(first: bytes, read: Callable[[int], bytes], notices: Notices) -> Iterator[str]:
    old_mac = b"\r" in first and b"\n" not in first
    rest, data, skipping = b"", first, False
    while data:
        data = data.replace(b"\r", b"\n") if old_mac else data
        if skipping:
            end = data.find(b"\n")
            data, skipping = (data[end:], False) if end >= 0 else (b"", True)
        rest += data
        cut = rest.rfind(b"\n") + 1
        if cut:
            yield _decoded(rest[:cut], notices)
            rest = rest[cut:]
        elif len(rest) > LONGEST_LINE and not skipping:
            notices.cut += 1
            rest, skipping = rest[:KEPT_OF_IT], True
        data = read(BATCH)
    if rest:
        yield _decoded(rest, notices)


def _decoded(block: bytes, notices: Notices) -> str:
    try:
        return block.decode()
    except UnicodeDecodeError:
        return "\n".join(_line(line, notices) for line in block.split(b"\n"))


def _line(line: bytes, notices: Notices) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        notices.latin += 1
        return line.decode("latin-1")
