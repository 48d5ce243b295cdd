"""What is known of how Meta delivers webhooks, and of what it expects of an endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wa_doctor.knowledge import facts


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast an endpoint answers, in milliseconds: up to `good` is, over `slow` is slow, over `too_slow` fails."""

    good: int
    slow: int
    too_slow: int


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """The certificate Meta shows: the file of the authority that signs it, its common name, and since when."""

    authority: str
    name: str
    since: date
    url: str


@dataclass(frozen=True, slots=True)
class DeliveryFact:
    """All of it. An event that is not answered 200 is sent again for `retry_days`."""

    retry_days: int
    override_limit: int
    pace: Pace
    client_certificate: ClientCertificate
    checked: date
    sources: tuple[str, ...]


@facts.remembered
def delivery() -> DeliveryFact:
    """Return what is known."""
    path = facts.find("webhook_delivery/delivery.toml")
    if path is None:
        raise facts.InvalidFact("webhook_delivery/delivery.toml is missing")
    return facts.build(DeliveryFact, facts.read(path), path.name)


def webhook_delivery() -> tuple[DeliveryFact, ...]:
    """Return every record of this kind, for whoever validates the facts."""
    return (delivery(),)
