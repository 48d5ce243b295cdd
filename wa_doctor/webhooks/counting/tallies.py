"""What is counted over all messages, in memory that hardly grows with them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from wa_doctor.webhooks.message import Verdict

VERDICTS = tuple(Verdict)
FAILED, UNDELIVERED, ACCEPTED, DELIVERED = range(len(VERDICTS))

HOUR = 3600
SPAN = 600  # seconds; the log is looked at in such pieces to find where nothing came
BLOCK = 1_000_000  # numbers that share all but their last six digits are in one region
FLIGHT = 60  # minutes in which a message may be on its way without anything being wrong
NEWEST_KEPT = 3000
SILENT_AFTER = 3  # messages, before it says anything that none arrived
MOST_RECIPIENTS = 100_000  # of whom trouble is remembered

Code = tuple[int, int | None]
Recipient = int | str  # a number without its plus, or the id of a group or a business-scoped user


@dataclass(slots=True)
class ErrorTally:
    """
    What is known of one code with its subcode.

    `minutes` counts failures by minute since 1970. `where` counts them by place, for each kind of place: `number`,
    `template`, `category`, `block` (of numbers) and `user` (region of a business-scoped user).
    """

    count: int = 0
    conflicting: int = 0
    first: int = 0
    last: int = 0
    minutes: Counter[int] = field(default_factory=Counter)
    where: dict[str, Counter[int | str]] = field(default_factory=lambda: defaultdict(Counter))


@dataclass(slots=True)
class Acquaintance:
    """
    What the log tells about one recipient: what became of the messages, and when that person wrote last.

    `first` and `last` are when messages in trouble began, `moved` when WhatsApp told that the number was left for
    another. Times are 0 where there is none.
    """

    failed: int = 0
    waiting: int = 0
    delivered: int = 0
    first: int = 0
    last: int = 0
    last_delivered: int = 0
    last_wrote: int = 0
    moved: int = 0
    codes: tuple[int, ...] = ()


@dataclass(slots=True)
class Tallies:
    """
    The counts. Lists with four elements count by verdict, in the order of `VERDICTS`.

    `spans` counts messages by the span of their first event, `numbers` by business number, `blocks` by block of
    recipients' numbers (0 where there is none), `users` by region of business-scoped users, `templates` by template.
    `good_numbers` and `good_templates` say when the last message of each that arrived began, `last_good` when the
    last of all did; `failing_numbers` and `failing_templates` count failures by minute. `delays` are seconds from
    `sent` to `delivered`, `waiting` the minutes in which those that wait were sent. `newest` holds for each verdict
    but delivered the newest messages, at least `NEWEST_KEPT` of them if there are as many. `trouble` counts the
    messages to a recipient that did not arrive, negative once one of them waits and did not fail.
    """

    totals: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    read: int = 0
    conflicting: int = 0
    repeats: int = 0
    unannounced: int = 0
    out_of_order: int = 0
    first: int = 0
    last: int = 0
    last_good: int = 0
    spans: list[Counter[int]] = field(default_factory=lambda: [Counter() for _ in VERDICTS])
    numbers: list[Counter[int | str]] = field(default_factory=lambda: [Counter() for _ in VERDICTS])
    good_numbers: dict[int | str, int] = field(default_factory=dict)
    good_templates: dict[str, int] = field(default_factory=dict)
    blocks: list[Counter[int]] = field(default_factory=lambda: [Counter() for _ in VERDICTS])
    users: list[Counter[str]] = field(default_factory=lambda: [Counter() for _ in VERDICTS])
    categories: list[Counter[str]] = field(default_factory=lambda: [Counter() for _ in VERDICTS])
    templates: list[Counter[str]] = field(default_factory=lambda: [Counter() for _ in VERDICTS])
    errors: dict[Code, ErrorTally] = field(default_factory=lambda: defaultdict(ErrorTally))
    failing_numbers: dict[int | str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    failing_templates: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    newest: list[list[tuple[int, str]]] = field(default_factory=lambda: [[] for _ in VERDICTS])
    delays: Counter[int] = field(default_factory=Counter)
    waiting: Counter[int] = field(default_factory=Counter)
    trouble: dict[Recipient, int] = field(default_factory=dict)

    def note_trouble(self, recipient: Recipient, *, waits: bool) -> None:
        """Count a message that did not arrive."""
        known = self.trouble.get(recipient)
        if known is None:
            if len(self.trouble) < MOST_RECIPIENTS and recipient:
                self.trouble[recipient] = -1 if waits else 1
        elif waits or known < 0:
            self.trouble[recipient] = -abs(known) - 1
        else:
            self.trouble[recipient] = known + 1

    def note_newest(self, verdict: int, first: int, id: str) -> None:
        """Remember a message that is in trouble, and forget the older ones where there are many."""
        newest = self.newest[verdict]
        newest.append((first, id))
        if len(newest) >= 2 * NEWEST_KEPT:
            newest.sort(reverse=True)
            del newest[NEWEST_KEPT:]
