"""
The world an emulated Graph API answers from: apps, tokens, businesses, accounts, numbers, and what is wrong.

Everything is named by an alias (the key of its TOML table) and refers to others by theirs, so that a scenario
says its difference in one line. Times are days relative to the start of the sandbox; a negative one is past.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from wa_doctor.sandbox.accounts import Account, Business, Number, Template, Usage

MANAGEMENT = "whatsapp_business_management"
MESSAGING = "whatsapp_business_messaging"
BUSINESS_MANAGEMENT = "business_management"

GARBAGE = ("truncated", "mislabelled", "empty")
REFUSALS = ("missing", "denied")


@dataclass(frozen=True, slots=True)
class Versions:
    """Which API versions are served; a call for an older one is upgraded to `oldest`, as Meta does."""

    default: str
    oldest: str
    newest: str

    def __post_init__(self) -> None:
        for each in (self.default, self.oldest, self.newest):
            number(each)
        if not number(self.oldest) <= number(self.default) <= number(self.newest):
            raise ValueError("versions must be in the order oldest, default, newest")


def number(version: str) -> tuple[int, int]:
    """
    Turn `v25.0` into a pair that sorts.

    Raises:
        ValueError: it is not a version.

    """
    major, dot, minor = version.removeprefix("v").partition(".")
    if not (version.startswith("v") and dot and major.isdecimal() and minor.isdecimal()):
        raise ValueError(f"a version looks like v25.0, not {version!r}")
    return int(major), int(minor)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What an app asked Meta to send it about one kind of object, and where."""

    callback_url: str
    fields: tuple[str, ...]
    active: bool = True


@dataclass(frozen=True, slots=True)
class App:
    """
    A Meta app. `subscriptions` are keyed by object, such as `whatsapp_business_account`.

    `requires_proof`: the switch "Require App Secret". `native`: its type is Native/Desktop, so that a call
    with its app access token counts as one without a token.
    """

    id: str
    name: str
    requires_proof: bool = False
    native: bool = False
    subscriptions: Mapping[str, Subscription] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Token:
    """
    An access token that Meta issued.

    `assets` are the accounts its user is assigned to. `targets` restricts a scope to accounts
    (`granular_scopes`). `issued_days_ago` 0 is not told, as with short-lived tokens. `expires_in_days` and
    `data_access_ends_in_days` None never end. `dead_by` is the subcode of 190 that it died of, such
    as 460. `introspects_itself`: its user has a role on the app. `debug_only`: copied from the debugger page.
    `unassigned`: how Meta refuses an account it does not reach, `missing` (100/33) or `denied` (200).
    """

    app: str
    user_id: str
    user_name: str
    scopes: tuple[str, ...]
    kind: str = "SYSTEM_USER"
    assets: tuple[str, ...] = ()
    targets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    declined: tuple[str, ...] = ()
    issued_days_ago: float = 0.0
    expires_in_days: float | None = None
    data_access_ends_in_days: float | None = None
    dead_by: int = 0
    introspects_itself: bool = True
    debug_only: bool = False
    unassigned: str = "missing"

    def __post_init__(self) -> None:
        if self.unassigned not in REFUSALS:
            raise ValueError(f"unassigned must be one of {', '.join(REFUSALS)}, not {self.unassigned!r}")


@dataclass(frozen=True, slots=True)
class Faults:
    """
    What goes wrong before or around the API.

    `down`: every call gets code 2. `portal`: a captive portal answers instead of Meta. `delay_seconds`: how
    long every answer takes. `garbage` names what calls with a token get instead of JSON, by what was asked
    (`debug_token`, `me`, `app`, `account`, `number`): `truncated`, `mislabelled` or `empty`.
    """

    down: bool = False
    portal: bool = False
    delay_seconds: float = 0.0
    garbage: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for asked, kind in self.garbage.items():
            if kind not in GARBAGE:
                raise ValueError(f"garbage.{asked} must be one of {', '.join(GARBAGE)}, not {kind!r}")


@dataclass(frozen=True, slots=True)
class Given:
    """
    What the user of the scenario holds, by alias; an empty alias means that it is not given.

    `lost_characters` is how much of the end of the token was lost when it was copied.
    """

    token: str
    number: str
    account: str
    app: str
    api_version: str
    app_secret: bool = True
    lost_characters: int = 0


@dataclass(frozen=True, slots=True)
class World:
    """Everything there is; every alias that is referred to exists."""

    versions: Versions
    apps: Mapping[str, App]
    tokens: Mapping[str, Token]
    businesses: Mapping[str, Business]
    accounts: Mapping[str, Account]
    numbers: Mapping[str, Number]
    given: Given
    faults: Faults = Faults()

    def __post_init__(self) -> None:
        for place, alias, known in self._references():
            if alias and alias not in known:
                raise ValueError(f"{place} names {alias!r}; known are {', '.join(known)}")
        ids = [each.id for each in self._with_id()]
        twice = sorted({each for each in ids if ids.count(each) > 1})
        if twice:
            raise ValueError(f"the id {twice[0]} is used twice")

    def _references(self) -> Iterator[tuple[str, str, Iterable[str]]]:
        for alias, token in self.tokens.items():
            yield f"tokens.{alias}.app", token.app, self.apps
            for account in (*token.assets, *(each for targets in token.targets.values() for each in targets)):
                yield f"tokens.{alias}", account, self.accounts
        for alias, waba in self.accounts.items():
            yield f"accounts.{alias}.business", waba.business, self.businesses
            for app in (*waba.subscribed, *waba.overrides):
                yield f"accounts.{alias}", app, self.apps
        for alias, phone in self.numbers.items():
            yield f"numbers.{alias}.account", phone.account, self.accounts
        for name, known in (
            ("token", self.tokens),
            ("number", self.numbers),
            ("account", self.accounts),
            ("app", self.apps),
        ):
            yield f"given.{name}", getattr(self.given, name), known

    def _with_id(self) -> Iterator[App | Business | Account | Number | Template]:
        yield from self.apps.values()
        yield from self.businesses.values()
        yield from self.accounts.values()
        yield from self.numbers.values()
        for account in self.accounts.values():
            yield from account.templates.values()

    def find(self, id: str) -> App | Business | Account | Number | Template | None:
        """Return what carries the id, if anything does."""
        return next((each for each in self._with_id() if each.id == id), None)

    def account_of(self, node: Account | Number | Template) -> Account:
        """Return the account that a number or a template belongs to; an account belongs to itself."""
        if isinstance(node, Account):
            return node
        if isinstance(node, Number):
            return self.accounts[node.account]
        return next(each for each in self.accounts.values() if node in each.templates.values())

    def alias_of(self, app: App) -> str:
        """Return the alias of an app."""
        return next(alias for alias, each in self.apps.items() if each is app)

    def business_of(self, account: Account) -> Business:
        """Return the portfolio that owns an account."""
        return self.businesses[account.business]
