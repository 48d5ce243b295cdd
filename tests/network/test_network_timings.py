"""The figures of an exchange, as they are drawn."""

from __future__ import annotations

from wa_doctor.network.timings import Stage, Timings


def test_stages_follow_each_other_and_add_up() -> None:
    """Differences, not cumulative figures; what did not happen has no bar."""
    timings = Timings(dns=10, connect=20, tunnel=None, tls=30, server=40, transfer=5, samples=(9, 1, 5))
    assert timings.stages == (
        Stage("dns", 0, 10),
        Stage("connect", 10, 20),
        Stage("tls", 30, 30),
        Stage("server", 60, 40),
        Stage("transfer", 100, 5),
    )
    assert timings.total == 105


def test_samples_are_summed_up() -> None:
    """The fastest, the one in the middle and the slowest; of an even number the middle of the middle two."""
    timings = Timings(dns=None, connect=1, tunnel=None, tls=None, server=1, transfer=1, samples=(9, 1, 5, 7))
    assert (timings.minimum, timings.median, timings.maximum) == (1, 6, 9)
    assert timings.total == 3
