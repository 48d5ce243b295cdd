"""What is said about one recipient: plain frozen data, standard library only."""

from __future__ import annotations

from dataclasses import dataclass

from wa_doctor.knowledge import regions
from wa_doctor.redact import plain

BLOCKED, UNCERTAIN, INVALID, ALLOWED = VERDICTS = ("blocked", "uncertain", "invalid", "allowed")
KINDS = ("phone", "bsuid", "code", "name", "group")

_LONGEST_INPUT = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A region as it is shown: ISO 3166 code (several joined by `+` for a group) and English name, or nothing."""

    code: str = ""
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.code})" if self.code and self.name else self.name or self.code


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    Whether the platform can serve a recipient, and why.

    `kind` is what the input was read as, `digits` the number with its calling code and nothing else. `sources` are
    keys of `wa_doctor.knowledge.regions.sources()`; `confidence` is `certain`, `high`, `medium` or `low`.
    """

    input: str
    kind: str
    verdict: str
    reason: str
    region: Place = Place()
    notes: tuple[str, ...] = ()
    fix: str = ""
    sources: tuple[str, ...] = ()
    confidence: str = "high"
    digits: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "input", plain(self.input, _LONGEST_INPUT))

    @property
    def region_code(self) -> str:
        """The ISO 3166 code of the region, or nothing."""
        return self.region.code

    @property
    def region_name(self) -> str:
        """The English name of the region, or nothing."""
        return self.region.name

    @property
    def source(self) -> str:
        """The address (or, where it has none, the title) of the source that weighs most."""
        return regions.url_of(self.sources[0]) if self.sources else ""
