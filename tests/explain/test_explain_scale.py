"""Texts of any size: work grows with their length and memory does not. Counted, never timed."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator

import pytest

from wa_doctor.explain.diagnosis import diagnose
from wa_doctor.explain.reading.source import CHUNK, OVERLAP, Chunk, chunks
from wa_doctor.explain.reading.structures import MOST_LOOSE, Effort, structures

MEGABYTES = 50
BLOCK = 1 << 18


def repeated(piece: str, size: int) -> Iterator[str]:
    """Yield a text of `size` characters in blocks, without ever holding it."""
    block = piece * (BLOCK // len(piece) + 1)
    for _ in range(size // len(block) + 1):
        yield block


HOSTILE = [
    "{",
    "[",
    '"',
    '{"',
    "['",
    '{"a":',
    "[[{{",
    '[{"a":',
    "{'a':[",
    '{\\"',
    "\\\\\\",
    "array (",
    "(#",
    "#1",
    "a{b",
    "<",
    "é{",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_visited_a_bounded_number_of_times(piece: str) -> None:
    """However a structure is begun and never ended, each character is looked at a few times at most."""
    text = piece * (400_000 // len(piece))
    effort = Effort()
    assert sum(1 for _ in structures(text, effort)) <= len(text)
    assert effort.visited <= 16 * len(text)


def test_what_the_slow_reader_reads_is_capped() -> None:
    """Beyond the cap a log of Python dicts is still searched for codes."""
    line = "{'error': {'code': 131056, 'message': None}}\n"
    effort = Effort()
    found = diagnose(repeated(line, 2 * MOST_LOOSE), effort)
    assert effort.loose <= MOST_LOOSE + 4096
    assert found.matches[0].code == 131056


def test_a_long_webhook_is_read_whole() -> None:
    """The largest body Meta sends has three megabytes; the error may stand at its end."""
    statuses: list[dict[str, object]] = [
        {"id": f"wamid.{n}", "status": "sent", "recipient_id": "491511111111"} for n in range(9000)
    ]
    statuses.append({"id": "wamid.x", "status": "failed", "errors": [{"code": 131042, "title": "Payment"}]})
    text = json.dumps({"object": "whatsapp_business_account", "statuses": statuses})
    assert 500_000 < len(text) < CHUNK
    found = diagnose([text])
    assert found.matches[0].evidence.where == "statuses[9000].errors[0]"


PROSE = "Nothing worth a word happened in this minute of the night, and nobody wrote. "
LAST = '\n{"error":{"code":131042,"message":"Business eligibility payment issue","fbtrace_id":"AtEnD000001"}}\n'


def night(size: int) -> Iterator[str]:
    """Yield a long log of prose with an error as its last line."""
    yield from repeated(PROSE, size)
    yield LAST


def test_an_error_behind_fifty_megabytes_of_prose_is_found() -> None:
    """A whole night's log may be piped in, and almost none of it is looked at twice."""
    size = MEGABYTES * 1_000_000
    effort = Effort()
    found = diagnose(night(size), effort)
    assert [match.evidence.fbtrace_id for match in found.matches] == ["AtEnD000001"]
    assert found.causes[0].id == "payment-missing"
    assert effort.visited < size / 1000


def peak(size: int) -> int:
    """Return the most bytes that were held while a text of a size was explained."""
    tracemalloc.start()
    try:
        diagnose(night(size))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_text() -> None:
    """Four times the text takes the same."""
    diagnose([PROSE])  # what is loaded once counts for nobody
    assert peak(12_000_000) < 1.2 * peak(3_000_000)


@pytest.mark.parametrize("piece", ["{", '"'])
def test_fifty_megabytes_of_one_character_end(piece: str) -> None:
    """The worst that a broken program writes."""
    effort = Effort()
    found = diagnose(repeated(piece, MEGABYTES * 1_000_000), effort)
    assert found.exit_code == 1
    assert effort.visited <= 3 * MOST_LOOSE


def test_chunks_hold_no_more_than_they_say() -> None:
    """The reader never has more in hand than a chunk and its overlap."""
    parts: list[Chunk] = []
    for chunk in chunks(repeated("abc ", 5 * CHUNK)):
        assert len(chunk.text) <= CHUNK + OVERLAP
        parts.append(Chunk("", chunk.own, chunk.first, chunk.last))
    assert len(parts) > 4


def test_a_log_of_ever_new_errors_is_bounded() -> None:
    """Matches, ids, numbers and statuses are kept up to a limit."""

    def lines() -> Iterator[str]:
        for number in range(20_000):
            yield (
                f'{{"statuses":[{{"id":"wamid.{number}","status":"failed","recipient_id":"4915{number:08}",'
                f'"errors":[{{"code":{200_000 + number},"title":"t{number}","message":"m"}}]}}]}}\n'
            )

    found = diagnose(lines())
    assert len(found.matches) <= 40
    assert len(found.causes) <= 5
