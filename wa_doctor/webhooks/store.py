"""
Keeps the state of every message: in memory while there is room, in an SQLite file where there is none.

States can be merged in any order, so a store that is full writes all it has to disk and begins anew; what belongs
together is merged in the end. The verdicts are the same either way.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Self

from wa_doctor.webhooks.fold import merge

if TYPE_CHECKING:
    import sqlite3

Block = tuple[Sequence[str], Sequence[bytes]]
"""Ids, and the state that belongs to each."""

BYTES_A_MESSAGE = 220  # id, state and their place in the dictionary, measured


class MessageStore:
    """
    The messages of a run. `states` is the dictionary in memory: the reader writes to it, then calls `relieve`.

    Use it as a context manager: what it wrote to disk holds phone numbers and goes when it is closed.
    """

    def __init__(self, limit: int) -> None:
        self.states: dict[str, bytes] = {}
        self._limit = max(1, limit)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._database: sqlite3.Connection | None = None
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._database:
            self._database.close()
        if self._folder:
            self._folder.cleanup()

    def __len__(self) -> int:
        return self._count if self._database else len(self.states)

    @property
    def spilled(self) -> bool:
        """Whether the messages went to disk."""
        return self._database is not None

    def relieve(self) -> None:
        """Write everything to disk if there is more of it than fits."""
        if len(self.states) >= self._limit:
            self._spill()

    def _spill(self) -> None:
        if self._database is None:
            self._open()
        database = self._on_disk()
        database.executemany("INSERT INTO piece VALUES (?, ?)", self.states.items())
        database.commit()
        self.states.clear()

    def _open(self) -> None:
        import sqlite3

        self._folder = tempfile.TemporaryDirectory(prefix="wa-doctor-", ignore_cleanup_errors=True)
        self._database = sqlite3.connect(Path(self._folder.name) / "messages.sqlite")
        # A file that nobody reads after this run needs no journal.
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "temp_store=FILE"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute("CREATE TABLE piece (id TEXT, state BLOB)")

    def _on_disk(self) -> sqlite3.Connection:
        if self._database is None:
            raise RuntimeError("nothing was written to disk")
        return self._database

    def finish(self, first: Callable[[bytes], int]) -> None:
        """Bring together what belongs together; `first` gives the time by which messages are put in order."""
        if self._database is None:
            return
        self._spill()
        self._database.execute("CREATE TABLE message (id TEXT PRIMARY KEY, first INTEGER, state BLOB) WITHOUT ROWID")
        merged = ((id, first(state), state) for id, state in self._merged())
        self._database.executemany("INSERT INTO message VALUES (?, ?, ?)", merged)
        self._database.execute("DROP TABLE piece")
        self._database.commit()
        (self._count,) = self._database.execute("SELECT count(*) FROM message").fetchone()

    def _merged(self) -> Iterator[tuple[str, bytes]]:
        current, state = "", b""
        for id, piece in self._on_disk().execute("SELECT id, state FROM piece ORDER BY id"):
            if id == current:
                state = merge(state, piece)
                continue
            if current:
                yield current, state
            current, state = id, piece
        if current:
            yield current, state

    def get(self, id: str) -> bytes | None:
        """Return the state of one message."""
        if self._database is None:
            return self.states.get(id)
        row = self._database.execute("SELECT state FROM message WHERE id = ?", (id,)).fetchone()
        return row[0] if row else None

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Yield every message and its state."""
        if self._database is None:
            return iter(self.states.items())
        return self._database.execute("SELECT id, state FROM message")

    def blocks(self, size: int) -> Iterator[Block]:
        """Yield every message and its state, up to `size` of them at once."""
        if self._database is None:
            ids, states = iter(self.states), iter(self.states.values())
            while block := list(islice(ids, size)):
                yield block, list(islice(states, size))
            return
        rows = self._database.execute("SELECT id, state FROM message")
        while found := rows.fetchmany(size):
            yield [id for id, _ in found], [state for _, state in found]

    def in_time(self, first: Callable[[bytes], int]) -> Iterator[tuple[str, bytes]]:
        """Yield every message and its state by first time; messages of one second by id."""
        if self._database is None:
            # Two stable sorts of bare ids take a third of the memory of one by tuples.
            ids = sorted(self.states)
            ids.sort(key=lambda id: first(self.states[id]))
            return ((id, self.states[id]) for id in ids)
        return self._database.execute("SELECT id, state FROM message ORDER BY first, id")
