"""Opens what a user names as logs: files, directories, stdin; `.gz` and `.zst` known by their first bytes."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from wa_doctor.webhooks.reading import packed
from wa_doctor.webhooks.reading.packed import Unusable

__all__ = ["STDIN", "Opened", "Unusable", "expand", "open_source", "size_of"]

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
    _GZIP: "packed twice; unpack it once first",
    _ZSTD: "packed twice; unpack it once first",
}
_TAR, _TAR_AT = b"ustar", 257
# The mark of UTF-32 begins with that of UTF-16.
_ENCODINGS = {
    b"\xff\xfe\0\0": "utf-32-le",
    b"\0\0\xfe\xff": "utf-32-be",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}


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
            self._read = packed.gunzipped(self.raw)
        elif head.startswith(_ZSTD):
            self._read = packed.unzstd(self.raw)
        first = self._read(1 << 13)
        for magic, words in _NO_TEXT.items():
            if first.startswith(magic):
                raise Unusable(f"it is {words}")
        if first.startswith(_TAR, _TAR_AT):
            raise Unusable("it is a tar archive; unpack it first")
        mark, encoding = _encoding(first)
        if encoding:
            self._read = _recoded(self._read, first.removeprefix(mark), encoding)
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


def _encoding(first: bytes) -> tuple[bytes, str]:
    for mark, encoding in _ENCODINGS.items():
        if first.startswith(mark):
            return mark, encoding
    # UTF-16 without a mark: in a log nearly every other byte is zero, and those between are not.
    even, odd = first[::2], first[1::2]
    if odd and 0 not in even and odd.count(0) > 0.9 * len(odd):
        return b"", "utf-16-le"
    if odd and 0 not in odd and even.count(0) > 0.9 * len(even):
        return b"", "utf-16-be"
    return b"", ""


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
    Yield the files behind names, in their order, each once under whatever names and links it is given.

    Those of a directory come by path; hidden ones are left out, and so is what is no file, as a pipe without a
    writer would be waited for. A name that is neither file nor directory, and a directory that is empty or may not be
    looked into, is yielded as it is; opening it says what is wrong.
    """
    seen: set[object] = set()
    for name in names:
        for each in _files(name):
            identity = _identity(each)
            if identity not in seen:
                seen.add(identity)
                yield each


def _files(name: str) -> Iterator[str]:
    if name == STDIN or not Path(name).is_dir():
        yield name
        return
    closed: list[str] = []
    is_empty = True
    for folder, inner, files in os.walk(name, onerror=lambda exc: closed.append(exc.filename)):
        yield from closed
        closed.clear()
        inner[:] = sorted(each for each in inner if not each.startswith("."))
        for each in sorted(files):
            path = os.path.join(folder, each)  # noqa: PTH118 - a string is what the caller shows
            if not each.startswith(".") and _may_be_read(path):
                is_empty = False
                yield path
    yield from closed or ([name] if is_empty else ())


def _may_be_read(path: str) -> bool:
    try:
        return stat.S_ISREG(Path(path).stat().st_mode)
    except OSError:
        return True


def _identity(name: str) -> object:
    try:
        found = None if name == STDIN else Path(name).stat()
    except OSError:
        found = None
    # Some file systems give no number.
    return (found.st_dev, found.st_ino) if found and found.st_ino else name


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
            _refuse_directory(name)
            opened = Opened(Path(name).open("rb", buffering=1 << 17), size)  # noqa: SIM115 - `close` is the caller's
        opened.begin()
    except OSError as exc:
        raise Unusable(f"it cannot be opened: {exc.strerror or exc}") from exc
    except Unusable:
        if opened:
            opened.close()
        raise
    return opened


def _refuse_directory(name: str) -> None:
    if Path(name).is_dir():
        os.scandir(name).close()  # says why it may not be looked into, which opening it would not
        raise Unusable("there is no file in it")


def size_of(names: Sequence[str]) -> int:
    """Return the bytes on disk of all files together, 0 where a pipe is among them and nobody knows."""
    total = 0
    for name in names:
        try:
            found = os.fstat(sys.stdin.fileno()) if name == STDIN else Path(name).stat()
        except OSError:
            if name == STDIN:
                return 0
            continue  # opening it says what is wrong
        if not stat.S_ISREG(found.st_mode):
            return 0
        total += found.st_size
    return total
