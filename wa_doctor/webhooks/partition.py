"""
The states of the messages in a part of a log, for engines that split logs among machines.

    states = dict(states_of(lines))          # anywhere, for any part of the log
    merged = merge(states_here[id], states_there[id])
    verdict = judge(merged).verdict

What a line may be is the same as for `wa-doctor triage`, except that a structure has to end in the line it begins in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wa_doctor.webhooks.reading.intake import Intake
from wa_doctor.webhooks.reading.ledger import Ledger
from wa_doctor.webhooks.store import MessageStore

_ALL = 1 << 62


def states_of(lines: Iterable[str | bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the id and the state of every message that the lines tell something about; see `fold` for the state."""
    from wa_doctor.webhooks.reading.sifting import Sifter

    ledger = Ledger()
    with MessageStore(_ALL) as store:
        sifter = Sifter(Intake(store, ledger))
        sifter.begin("")
        for line in lines:
            sifter.line((line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line).strip())
        ledger.close()
        yield from store.items()
