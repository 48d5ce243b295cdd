"""
The parts of a webhook that a triage needs, as types; the only module that knows msgspec, so import it late.

Decoding into these skips everything else in the payload, which is what makes it fast. Numbers may come as text
(`timestamp` does). A payload of another shape is no error here: the caller takes it apart by hand.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct


class ErrorData(Struct, gc=False):
    """What stands beside an error since v16."""

    details: str = ""


class Error(Struct, gc=False):
    """One error of a status, of an incoming message, or of the webhook itself; `details` as before v16."""

    code: int
    title: str = ""
    message: str = ""
    details: str = ""
    error_subcode: int | None = None
    error_data: ErrorData | None = None


class Pricing(Struct, gc=False):
    """What a message cost."""

    category: str = ""


class Status(Struct, gc=False):
    """One event of an outgoing message. A group or a business-scoped user has no number in `recipient_id`."""

    id: str
    status: str
    timestamp: int
    recipient_id: int = 0
    recipient_user_id: str = ""
    type: str = ""
    pricing: Pricing | None = None
    errors: tuple[Error, ...] = ()


class Incoming(Struct, gc=False):
    """One message of a customer."""

    id: str
    timestamp: int
    sender: int = msgspec.field(name="from", default=0)
    errors: tuple[Error, ...] = ()


class Metadata(Struct, gc=False):
    """The business number a webhook is about."""

    phone_number_id: str = ""
    display_phone_number: str = ""


class Value(Struct, gc=False):
    """What a change says, as far as it concerns messages."""

    metadata: Metadata | None = None
    statuses: tuple[Status, ...] = ()
    messages: tuple[Incoming, ...] = ()
    errors: tuple[Error, ...] = ()


class Change(Struct, gc=False):
    """One change of a webhook."""

    field: str
    value: Value


class Entry(Struct, gc=False):
    """What a webhook says about one WhatsApp Business Account."""

    changes: tuple[Change, ...]


class Webhook(Struct, gc=False, tag_field="object", tag="whatsapp_business_account"):
    """One webhook; of another product of Meta's it is another shape."""

    entry: tuple[Entry, ...]


NotThisShape = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

_decoder = msgspec.json.Decoder(Webhook, strict=False)

decode = _decoder.decode
decode_lines = _decoder.decode_lines
any_json_lines = msgspec.json.Decoder().decode_lines


def any_json(text: bytes | str) -> Any:
    """
    Decode any JSON text into dicts and lists.

    Raises:
        NotThisShape: it is none.

    """
    return msgspec.json.decode(text)


def webhook(value: Any) -> Webhook:
    """
    Convert a decoded JSON value.

    Raises:
        NotThisShape: it has another shape.

    """
    return msgspec.convert(value, Webhook, strict=False)


def status(value: Any) -> Status:
    """Convert a decoded JSON value; raises as `webhook` does."""
    return msgspec.convert(value, Status, strict=False)
