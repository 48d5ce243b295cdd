"""Opens what a user names as logs: files, directories, stdin; `.gz` and `.zst` known by their first bytes."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

STDIN = "-"

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_NO_TEXT = {
    b"PK\x03\x04": "a zip archive; unpack it first",
    b"7z\xbc\xaf": "a 7z archive; unpack it first",
    b"BZh": "bzip2; unpack it first",
    b"\xfd7zXZ": "xz; unpack it first",
    b"PAR1": "a Parquet file; export it as JSON lines first",
    b"SQLite format 3": "an SQLite database; export it as JSON lines first",
    b"%PDF": "a PDF",
}
_ENCODINGS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_PIECE = 1 << 12  # compressed bytes at a time, so that a bomb grows to some megabytes and no further


class Unusable(Exception):
    """A source, or the rest of one, that cannot be read; the argument says why, in words."""


class Opened:
    """
    One source that is being read.

    `raw` is a buffered binary stream, `size` its length on disk, 0 where nobody knows.
    """

    def __init__(self, raw: Any, size: int) -> None:
        self._raw = raw
        self.size = size
        self._position = 0
        self._read: Callable[[int], bytes] = self._plain

    @property
    def position(self) -> int:
        """How many of the `size` bytes were read."""
        return self._position

    def begin(self) -> None:
        """
        Look at the first bytes and decide how to read.

        Raises:
            Unusable: it is no text, or cannot be read.

        """
        head = self._peek()
        if head.startswith(_GZIP):
            self._read = self._safely(_gunzipped(_Counting(self)))
        elif head.startswith(_ZSTD):
            self._read = self._safely(_unzstd(_Counting(self)))
        first = self._read(1 << 13)
        for magic, words in _NO_TEXT.items():
            if first.startswith(magic):
                raise Unusable(f"it is {words}")
        encoding = _ENCODINGS.get(first[:2])
        if encoding:
            self._read = _recoded(self._read, first[2:], encoding)
            return
        if b"\0" in first:
            raise Unusable("it is a binary file, no text")
        self._read = _behind(first.removeprefix(b"\xef\xbb\xbf"), self._read)

    def read(self, size: int) -> bytes:
        """
        Return up to about `size` bytes of text in UTF-8, nothing at the end.

        Raises:
            Unusable: the rest cannot be read.

        """
        return self._read(size)

    def close(self) -> None:
        """Let go of the file; stdin stays open."""
        if self._raw is not getattr(sys.stdin, "buffer", None):
            self._raw.close()

    def raw(self, size: int) -> bytes:
        """Return bytes as they are on disk."""
        data: bytes = self._raw.read1(size)
        self._position += len(data)
        return data

    def _plain(self, size: int) -> bytes:
        try:
            return self.raw(size)
        except OSError as exc:
            raise Unusable(f"it cannot be read: {exc.strerror or exc}") from exc

    def _peek(self) -> bytes:
        try:
            head: bytes = self._raw.peek(16)
        except OSError as exc:
            raise Unusable(f"it cannot be read: {exc.strerror or exc}") from exc
        return head

    def _safely(self, read: Callable[[int], bytes]) -> Callable[[int], bytes]:
        def safe(size: int) -> bytes:
            try:
                return read(size)
            except EOFError:
                raise Unusable("it is cut off: what could be unpacked was read") from None
            except (OSError, zlib.error, ValueError) as exc:
                raise Unusable(f"it is damaged: what could be unpacked was read ({exc})") from None

        return safe


class _Counting(io.RawIOBase):
    """The compressed bytes as a stream, counted."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._opened.raw(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _gunzipped(stream: io.RawIOBase) -> Callable[[int], bytes]:
    import gzip

    return gzip.GzipFile(fileobj=io.BufferedReader(stream, 1 << 16)).read1


def _unzstd(stream: io.RawIOBase) -> Callable[[int], bytes]:
    if sys.version_info >= (3, 14):
        from compression import zstd

        return zstd.ZstdFile(io.BufferedReader(stream, 1 << 16)).read1

    try:
        import zstandard
    except ImportError:
        raise Unusable(
            "it is Zstandard: run `pip install zstandard`, or `zstd -dc FILE | wa-doctor triage -`"
        ) from None

    return _Zstd(stream, zstandard).read


class _Zstd:
    """Unpacks frame after frame and knows, unlike the library's own stream, when the last one is cut off."""

    def __init__(self, stream: io.RawIOBase, zstandard: Any) -> None:
        self._stream = stream
        self._library = zstandard
        self._frame: Any = None
        self._rest = b""

    def read(self, size: int) -> bytes:  # noqa: ARG002 - as much as one piece of the file gives
        while True:
            data = self._rest or self._stream.read(_PIECE) or b""
            self._rest = b""
            if not data:
                if self._frame is not None:
                    raise EOFError
                return b""
            if self._frame is None:
                self._frame = self._library.ZstdDecompressor().decompressobj()
            try:
                text: bytes = self._frame.decompress(data)
            except self._library.ZstdError as exc:
                raise ValueError(str(exc)) from exc
            if self._frame.eof:
                self._rest = self._frame.unused_data
                self._frame = None
            if text:
                return text


def _behind(first: bytes, read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    pending = [first] if first else []

    def joined(size: int) -> bytes:
        return pending.pop() if pending else read(size)

    return joined


def _recoded(read: Callable[[int], bytes], first: bytes, encoding: str) -> Callable[[int], bytes]:
    import codecs

    decoder = codecs.getincrementaldecoder(encoding)("replace")
    source = _behind(first, read)

    def recoded(size: int) -> bytes:
        while True:
            data = source(size)
            text = decoder.decode(data, final=not data)
            if text or not data:
                return text.encode("utf-8", "replace")

    return recoded


def expand(names: Sequence[str]) -> Iterator[str]:
    """
    Yield the files behind names, in their order: those of a directory by path, hidden ones left out.

    A name that is neither is yielded as it is; opening it says what is wrong.
    """
    for name in names:
        path = Path(name)
        if name == STDIN or not path.is_dir():
            yield name
            continue
        for folder, inner, files in os.walk(path):
            inner[:] = sorted(each for each in inner if not each.startswith("."))
            for each in sorted(files):
                if not each.startswith("."):
                    yield os.path.join(folder, each)  # noqa: PTH118 - a string is what the caller shows


def open_source(name: str) -> Opened:
    """
    Open one file or stdin.

    Raises:
        Unusable: it cannot be opened, or is no text.

    """
    opened: Opened | None = None
    try:
        if name == STDIN:
            opened = Opened(sys.stdin.buffer, 0)
        else:
            size = Path(name).stat().st_size
            opened = Opened(Path(name).open("rb", buffering=1 << 17), size)  # noqa: SIM115 - `close` is the caller's
        opened.begin()
    except OSError as exc:
        raise Unusable(f"it cannot be opened: {exc.strerror or exc}") from exc
    except Unusable:
        if opened:
            opened.close()
        raise
    return opened


def size_of(names: Sequence[str]) -> int:
    """Return the bytes on disk of all files together, 0 where stdin is among them and nobody knows."""
    if STDIN in names:
        return 0
    total = 0
    for name in names:
        with contextlib.suppress(OSError):
            total += Path(name).stat().st_size
    return total
