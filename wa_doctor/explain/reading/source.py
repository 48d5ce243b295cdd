"""Turns bytes or text of any size into chunks that are read one after the other, in bounded memory."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1 << 20  # characters of one chunk
OVERLAP = 1 << 15  # characters that are read again at the start of the next, so that nothing is cut in two

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """
    A part of the text.

    What begins before `own` is reported from this chunk; what begins behind it is reported from the next one,
    which starts there. In the last chunk `own` is its length.
    """

    text: str
    own: int
    first: bool
    last: bool


def pieces(stream: BinaryIO) -> Iterator[str]:
    """
    Decode a stream: the encoding its byte order mark names, else UTF-8; what cannot be decoded is replaced.

    PowerShell writes UTF-16 when output is redirected to a file, and such a file has a mark.
    """
    head = stream.read(CHUNK)
    encoding = next((name for mark, name in _BOMS if head.startswith(mark)), "utf-8")
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while head:
        yield decoder.decode(head)
        head = stream.read(CHUNK)
    yield decoder.decode(b"", final=True)


def chunks(parts: Iterable[str], size: int = CHUNK, overlap: int = OVERLAP) -> Iterator[Chunk]:
    """Cut text that comes in parts into chunks of at most `size` plus `overlap` characters; NUL is dropped."""
    held, first = "", True
    for part in parts:
        held += part.replace("\0", "")
        while len(held) > size + overlap:
            yield Chunk(held[: size + overlap], size, first, last=False)
            held, first = held[size:], False
    if held or first:
        yield Chunk(held, len(held), first, last=True)
