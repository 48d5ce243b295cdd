"""What a run counts beside the messages: the input, errors outside of statuses, account events, how webhooks came."""

from __future__ import annotations

import os
import struct
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import starmap

from wa_doctor.redact import plain
from wa_doctor.webhooks.document import UNREADABLE_KEPT, Unreadable

MOST_LISTED = 100_000  # places that `--list-unreadable` names
MOST_ACCOUNT_EVENTS = 5_000
RETRY_AFTER = 5  # seconds after which the same event is taken for a retry and not for a second subscription

_DETAILS = 3
_LONGEST_WORDS = 400  # characters of a title or of details
_REMEMBERED = 1 << 12  # events, and incoming messages, of which a repeat is recognised
_MOST_REMEMBERED = 100_000  # customers of whom a wish or a move is kept
_MOVED = "user_changed_number"
_IN_MEMORY = 1 << 25  # bytes of the record of who wrote when
_AT_ONCE = 12 << 12  # bytes of that record
_pack_writer = struct.Struct("<QI").pack
_iterate_writers = struct.Struct("<QI").iter_unpack


@dataclass(frozen=True, slots=True)
class AccountSeen:
    """
    An event of the account, a number or a template as a webhook tells it; `time` is 0 where unknown.

    `about` is what it concerns in Meta's words, `account` the id of the WhatsApp Business Account, `template` and
    `display` the template and the business number where it concerns one.
    """

    time: int
    field: str
    event: str
    about: str
    account: str
    template: str
    display: str
    details: tuple[str, ...]


@dataclass(slots=True)
class Ledger:
    """
    The running counts.

    `size` is in bytes, after decompression. `fields` leaves out `messages`, of which `messages_changes` counts the
    changes. `left_out` counts statuses of what is no message, by type. `elsewhere` counts errors by code and subcode
    that stood outside of a status. `accounts` is the id of the account by business number. `preferences` says of a
    customer when marketing was last stopped (true) or resumed, `moved` when a customer left a number for another.
    `problems` are sources that could not be read to their end, `unread` how many could not be read at all. `delays`
    are seconds from event to arrival, `local_delays` those of arrivals without a zone. `repeated_incoming` counts
    messages of customers that came again.
    """

    list_all: bool = False
    files: int = 0
    lines: int = 0
    size: int = 0
    webhooks: int = 0
    answers: int = 0
    refusals: int = 0
    foreign: int = 0
    events: int = 0
    incoming: int = 0
    repeated_incoming: int = 0
    other: int = 0
    unreadable: int = 0
    unreadable_list: list[Unreadable] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    unread: int = 0
    messages_changes: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    elsewhere: Counter[tuple[int, int | None]] = field(default_factory=Counter)
    titles: dict[int, str] = field(default_factory=dict)
    details: dict[int, dict[str, None]] = field(default_factory=dict)
    displays: dict[int, str] = field(default_factory=dict)
    accounts: dict[int, str] = field(default_factory=dict)
    account: dict[AccountSeen, None] = field(default_factory=dict)
    preferences: dict[str, tuple[int, bool]] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    delays: Counter[int] = field(default_factory=Counter)
    local_delays: Counter[int] = field(default_factory=Counter)
    retries: int = 0
    last_arrival: int = 0
    _recent_ids: tuple[set[int], set[int]] = field(default_factory=lambda: (set(), set()))
    _groups: dict[tuple[str, str], None] = field(default_factory=dict)
    _arrivals: tuple[dict[int, int], dict[int, int]] = field(default_factory=lambda: ({}, {}))
    _written: bytearray = field(default_factory=bytearray)
    _writers: tempfile.SpooledTemporaryFile[bytes] | None = None

    def problem(self, name: str, reason: str, *, unread: bool = False) -> None:
        """Note that a source could not be read to its end, or (`unread`) not at all."""
        self.unread += unread
        self.problems.append((plain(name, 200), plain(reason, 300)))

    def room(self) -> int:
        """Return how many more places that cannot be read are named."""
        return (MOST_LISTED if self.list_all else UNREADABLE_KEPT) - len(self.unreadable_list)

    def cannot_read(self, file: str, line: int, reason: str) -> None:
        """Count a line or an event that could not be read, and name it while there is room."""
        self.unreadable += 1
        if self.room() > 0:
            self.unreadable_list.append(Unreadable(plain(file, 200), line, plain(reason, 200)))

    def note_number(self, number: int, display: str, account: str) -> None:
        """Keep how a business number is shown, and which account it belongs to, as it is told first."""
        self.displays.setdefault(number, display)
        self.accounts.setdefault(number, account)

    def note_error(self, code: int, title: str, details: str) -> None:
        """Keep the words that came with a code, as they came: the first title, up to three details."""
        if title and code not in self.titles:
            self.titles[code] = title[:_LONGEST_WORDS]
        known = self.details.get(code)
        if known is None:
            known = self.details[code] = {}
        if details and details not in known and len(known) < _DETAILS and details != self.titles.get(code):
            known[details[:_LONGEST_WORDS]] = None

    def note_writers(self, writers: Iterable[tuple[int, int]]) -> None:
        """Keep which customer wrote when: 12 bytes a message, on disk where it becomes much."""
        self._written += b"".join(starmap(_pack_writer, writers))
        if len(self._written) >= _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if self._writers is None:
            self._writers = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by `close`
        self._writers.write(self._written)
        self._written.clear()

    def note_preference(self, who: str, time: int, *, stopped: bool) -> None:
        """Keep the last word of a customer about marketing messages."""
        if time >= self.preferences.get(who, (0, False))[0] and len(self.preferences) < _MOST_REMEMBERED:
            self.preferences[who] = time, stopped

    def note_system(self, kind: str, who: int, time: int) -> None:
        """Keep that a customer left a number; other messages of the system say nothing about delivery."""
        if kind == _MOVED and len(self.moved) < _MOST_REMEMBERED:
            self.moved[who] = max(time, self.moved.get(who, 0))

    def writers(self) -> Iterator[tuple[int, int]]:
        """Yield who wrote when."""
        self._flush()
        if self._writers is None:
            return
        self._writers.seek(0)
        while block := self._writers.read(_AT_ONCE):
            yield from _iterate_writers(block)
        self._writers.seek(0, os.SEEK_END)

    def close(self) -> None:
        """Let go of what is on disk."""
        if self._writers:
            self._writers.close()

    def note_incoming(self, ids: Iterable[str]) -> None:
        """Count messages of customers, and how many of them were among the last that came."""
        newer, older = self._recent_ids
        keys = list(map(hash, ids))
        fresh = set(keys)
        known = fresh & newer | fresh & older
        self.incoming += len(keys)
        self.repeated_incoming += len(keys) - len(fresh) + len(known)
        newer |= fresh - known
        if len(newer) > _REMEMBERED:
            self._recent_ids = set(), newer

    def first_of_group(self, id: str, word: str) -> bool:
        """Say whether a status of a message to a group is the first; each participant has one, and none is a repeat."""
        if (id, word) in self._groups:
            return False
        if len(self._groups) < _MOST_REMEMBERED:
            self._groups[id, word] = None
        return True

    def note_arrival(self, event: int, time: int, arrival: int, *, zone_known: bool) -> None:
        """Count how late an event came, and whether it is a retry of one that came before."""
        self.last_arrival = max(self.last_arrival, arrival)
        delay = arrival - time
        (self.delays if zone_known else self.local_delays)[max(-86_400, min(delay, 40 * 86_400))] += 1
        newer, older = self._arrivals
        before = newer.get(event, older.get(event))
        if before is None:
            newer[event] = arrival
            if len(newer) > _REMEMBERED:
                self._arrivals = {}, newer
        elif arrival - before >= RETRY_AFTER:
            self.retries += 1
