"""What a business has on WhatsApp: the portfolio, its accounts (WABAs), their templates and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Usage:
    """Percent of a rate limit that is used, and the minutes until access is regained; 100 means throttled."""

    call_count: int = 1
    total_cputime: int = 1
    total_time: int = 1
    regain_minutes: int = 0

    @property
    def exhausted(self) -> bool:
        """Whether calls are refused."""
        return max(self.call_count, self.total_cputime, self.total_time) >= 100


@dataclass(frozen=True, slots=True)
class Business:
    """A business portfolio; `verification` as Meta writes it in live answers, in lower case."""

    id: str
    name: str
    verification: str = "verified"


@dataclass(frozen=True, slots=True)
class Template:
    """A message template in one language; `example` holds one value for each placeholder of its body."""

    id: str
    name: str
    language: str
    category: str
    body: str
    example: tuple[str, ...] = ()
    status: str = "APPROVED"


@dataclass(frozen=True, slots=True)
class Account:
    """
    A WhatsApp Business account (WABA).

    `subscribed` are the apps that get its webhooks; `overrides` gives one of them another callback URL.
    """

    id: str
    name: str
    business: str
    country: str
    currency: str
    timezone_id: str
    template_namespace: str
    review: str = "APPROVED"
    ownership: str = "SELF"
    payment_method: bool = True
    banned: bool = False
    subscribed: tuple[str, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class Profile:
    """What people see when they open the business in WhatsApp; empty fields are left out of answers."""

    about: str = ""
    address: str = ""
    description: str = ""
    email: str = ""
    vertical: str = "UNDEFINED"
    websites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    """
    A business phone number; `display` is how Meta formats it.

    `allowed_recipients` (digits) holds for a test number, whose `account_mode` is SANDBOX. `override_url` is
    the number's own callback URL. A field that is empty is known to the API and left out of its answers.
    """

    id: str
    account: str
    display: str
    verified_name: str
    country: str = ""
    dial_code: str = ""
    status: str = "CONNECTED"
    platform_type: str = "CLOUD_API"
    quality_rating: str = "GREEN"
    name_status: str = "APPROVED"
    code_verification_status: str = "VERIFIED"
    account_mode: str = "LIVE"
    throughput: str = "STANDARD"
    messaging_limit: str = "TIER_2K"
    last_onboarded: str = ""
    is_pin_enabled: bool = True
    is_official: bool = False
    override_url: str = ""
    allowed_recipients: tuple[str, ...] = ()
    profile: Profile = Profile()

    @property
    def registered(self) -> bool:
        """Whether messages can be sent from it."""
        return self.status == "CONNECTED" and self.platform_type == "CLOUD_API"
