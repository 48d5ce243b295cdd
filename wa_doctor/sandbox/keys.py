"""
The tokens and app secrets of a sandbox: made from the scenario's name, so that none is ever committed.

They look like Meta's (`EAA`, letters and digits, about 200 characters) and open nothing.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wa_doctor.sandbox.world import App, Token, World

_TOKEN_LENGTH = 204


def _stream(seed: str, length: int) -> str:
    letters = ""
    turn = 0
    while len(letters) < length:
        digest = hashlib.sha512(f"{seed}/{turn}".encode()).digest()
        letters += "".join(each for each in base64.b64encode(digest).decode() if each.isalnum())
        turn += 1
    return letters[:length]


@dataclass(frozen=True, slots=True)
class Keys:
    """The credentials of one scenario's world."""

    scenario: str
    world: World

    def token(self, alias: str) -> str:
        """Return the text of a token."""
        return "EAA" + _stream(f"token/{self.scenario}/{alias}", _TOKEN_LENGTH - 5) + "ZD"

    def secret(self, app: App) -> str:
        """Return the app secret: 32 hex digits."""
        return hashlib.sha256(f"secret/{self.scenario}/{app.id}".encode()).hexdigest()[:32]

    def holder(self, text: str) -> Token | None:
        """Return the token that was issued under this text, if any was."""
        return next((each for alias, each in self.world.tokens.items() if self.token(alias) == text), None)

    def given(self) -> dict[str, str]:
        """Return what the user of the scenario holds; what is not given has no key."""
        world, given = self.world, self.world.given
        held: dict[str, str] = {}
        if given.token:
            text = self.token(given.token)
            held["access_token"] = text[: len(text) - given.lost_characters]
        if given.number:
            held["phone_number_id"] = world.numbers[given.number].id
        if given.account:
            held["waba_id"] = world.accounts[given.account].id
        if given.app:
            held["app_id"] = world.apps[given.app].id
            if given.app_secret:
                held["app_secret"] = self.secret(world.apps[given.app])
        if given.api_version:
            held["api_version"] = given.api_version
        return held
