"""How people and messages are called in a triage: as they are, masked, or by a name that stands for them."""

from __future__ import annotations

import hashlib
import hmac
import re

from wa_doctor.explain.masking import mask, mask_numbers
from wa_doctor.redact import plain

_LENGTH = 10  # hex digits: a million messages share none
_WAMID = re.compile(r"wamid\.[A-Za-z0-9+/_=-]{1,190}")


class Naming:
    """
    Gives names to recipients and message ids.

    `key` makes the pseudonyms of recipients: a phone number could be found by trying all of them, so the key is
    taken from the log itself. Who has the same log gets the same pseudonyms; who has only the report learns nothing.
    An id is long and random, so its pseudonym needs no key.
    """

    def __init__(self, *, masked: bool, pseudonyms: bool, key: str = "") -> None:
        self.masked = masked
        self.pseudonyms = pseudonyms
        self._key = key.encode("utf-8", "surrogatepass")

    def id(self, id: str) -> str:
        """Return what a message is called."""
        if self.pseudonyms:
            return pseudonym(id)
        # An id as Meta makes it is safe, and never a secret, whatever letters stand in its base64.
        return id if _WAMID.fullmatch(id) else plain(id, 200)

    def recipient(self, recipient: str) -> str:
        """Return what a recipient is called."""
        if not recipient:
            return ""
        if self.pseudonyms:
            digest = hmac.new(self._key, recipient.encode("utf-8", "surrogatepass"), hashlib.sha256)
            return f"r-{digest.hexdigest()[:_LENGTH]}"
        if not self.masked:
            return plain(recipient, 100)
        digits = recipient.isascii() and recipient.isdigit()
        return mask(recipient)[:100] if digits else plain(_shortened(recipient), 100)

    def text(self, text: str) -> str:
        """Return a text from the log, phone numbers in it masked."""
        return plain(mask_numbers(text) if self.masked or self.pseudonyms else text, 300)


def pseudonym(id: str) -> str:
    """Return the pseudonym of a message id, the same wherever it is computed."""
    return f"m-{hashlib.sha256(id.encode('utf-8', 'surrogatepass')).hexdigest()[:_LENGTH]}"


def _shortened(recipient: str) -> str:
    # A business-scoped user id stands for a person as a number does; its country is no secret.
    return f"{recipient[:3]}{'*' * 6}{recipient[-2:]}" if len(recipient) > 8 else recipient
