"""Hosts that are, or are taken for, the Cloud API."""

from __future__ import annotations

from dataclasses import dataclass

from wa_doctor.knowledge import facts

KINDS = ("cloud-api", "on-premises", "bsp", "other-meta")


@dataclass(frozen=True, slots=True)
class HostFact:
    """A host, what kind of API answers there, and what to call it in a sentence."""

    host: str
    kind: str
    name: str
    sources: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}")


@facts.remembered
def hosts() -> tuple[HostFact, ...]:
    """Return every host there is a fact about."""
    return tuple(
        facts.build(HostFact, table, f"{path.name}: host {table.get('host', '?')}")
        for path in facts.files("hosts.toml")
        for table in facts.read(path).get("host", [])
    )


def host(name: str) -> HostFact | None:
    """Return what is known of a host or of the domain it belongs to."""
    lower = name.lower().rstrip(".")
    return next((each for each in hosts() if lower == each.host or lower.endswith(f".{each.host}")), None)
