"""Runs blocking calls at the same time and gives up on those that do not come back."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from wa_doctor.network.deadline import Deadline

T = TypeVar("T")


def as_they_end(calls: Sequence[Callable[[], T]], deadline: Deadline) -> Iterator[tuple[int, T]]:
    """
    Start every call in a thread of its own; yield the position and result of each as it ends, until the deadline.

    The threads are daemons: a `getaddrinfo` that hangs cannot be cancelled, and must not keep the program
    from ending. What a call raises is raised here.
    """
    ended: queue.SimpleQueue[tuple[int, T | None, BaseException | None]] = queue.SimpleQueue()

    def run(position: int, call: Callable[[], T]) -> None:
        try:
            ended.put((position, call(), None))
        except BaseException as exc:  # noqa: BLE001 - handed to the caller, who decides
            ended.put((position, None, exc))

    for position, call in enumerate(calls):
        threading.Thread(target=run, args=(position, call), daemon=True, name=f"wa-doctor-network-{position}").start()
    for _ in calls:
        try:
            position, result, exc = ended.get(timeout=deadline.left())
        except (queue.Empty, TimeoutError):
            return
        if exc is not None:
            raise exc
        yield position, result  # type: ignore[misc]


def all_of(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Run calls that end by themselves side by side; return their results in the order given."""
    results = dict(as_they_end(calls, Deadline(threading.TIMEOUT_MAX)))
    return [results[position] for position in range(len(calls))]
