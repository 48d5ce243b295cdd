"""
An emulated Graph API with named scenarios: for demos, for the CI of other people's code, for our own tests.

It listens on this machine, answers from a small world (apps, tokens, accounts, numbers), and sends nothing
anywhere. `docs/sandbox.md` says exactly what is emulated.
"""

from __future__ import annotations

from wa_doctor.sandbox.running import PortInUse, RunningSandbox, serve, start
from wa_doctor.sandbox.scenario import Expectation, Scenario, UnknownScenario, compose, names, scenarios

__all__ = [
    "Expectation",
    "PortInUse",
    "RunningSandbox",
    "Scenario",
    "UnknownScenario",
    "compose",
    "names",
    "scenarios",
    "serve",
    "start",
]
