"""Unpacks logs as they are read; of a damaged or truncated one all that can be unpacked."""

from __future__ import annotations

import io
import sys
import zlib
from collections.abc import Callable
from typing import Any

Read = Callable[[int], bytes]

_PIECE = 1 << 12  # compressed bytes at a time, so that a bomb grows to some megabytes and no further


class Unusable(Exception):
    """A source, or the rest of one, that cannot be read; the argument says why, in words."""


class _Stream(io.RawIOBase):
    """The compressed bytes as a stream."""

    def __init__(self, raw: Read) -> None:
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._raw(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def gunzipped(raw: Read) -> Read:
    """Return a function that reads what gzip packed, member after member, from one that reads the file."""
    import gzip

    return _safely(gzip.GzipFile(fileobj=io.BufferedReader(_Stream(raw), 1 << 16)).read1)


def unzstd(raw: Read) -> Read:
    """
    Return the same for Zstandard.

    Raises:
        Unusable: nothing is installed that can unpack it.

    """
    if sys.version_info >= (3, 14):
        from compression import zstd

        file = zstd.ZstdFile(io.BufferedReader(_Stream(raw), 1 << 16))

        def read(size: int) -> bytes:
            try:
                return file.read1(size)
            except zstd.ZstdError as exc:
                raise ValueError(str(exc)) from exc

        return _safely(read)

    try:
        import zstandard
    except ImportError:
        raise Unusable(
            "it is Zstandard: run `pip install zstandard`, or `zstd -dc FILE | wa-doctor triage -`"
        ) from None

    return _safely(_Zstd(_Stream(raw), zstandard).read)


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


def _safely(read: Read) -> Read:
    def safe(size: int) -> bytes:
        try:
            return read(size)
        except EOFError:
            raise Unusable("it is cut off: what could be unpacked was read") from None
        except (OSError, zlib.error, ValueError) as exc:
            if str(exc).startswith("Not a gzipped file"):
                raise Unusable("behind its last packed part stands something else, which was not read") from None
            raise Unusable(f"it is damaged: what could be unpacked was read ({exc})") from None

    return safe
