"""
The parts of a webhook that a triage needs, as types; the only module that knows msgspec, so import it late.

Decoding into these skips everything else in the payload and checks what is left in C, which is what makes it fast.
Numbers may come as text (`timestamp` does). A payload of another shape, which is everything but the usual statuses and
messages, is no error here: the caller takes it apart by hand. What is missing is None, since an empty list for each
would take a tenth of the time.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from wa_doctor.webhooks.reading.moments import NEWEST, OLDEST

Seconds = Annotated[int, Meta(ge=OLDEST, lt=NEWEST)]
Code = Annotated[int, Meta(ge=-(1 << 31), lt=1 << 31)]
Word = Literal["sent", "delivered", "read", "played", "failed"]
Category = Literal[
    "",
    "authentication",
    "authentication-international",
    "authentication_international",
    "marketing",
    "marketing_lite",
    "referral_conversion",
    "service",
    "utility",
]


class ErrorData(Struct, gc=False):
    """What stands beside an error since v16."""

    details: str = ""


class Error(Struct, gc=False):
    """One error of a status, of an incoming message, or of the webhook itself; `details` as before v16."""

    code: Code
    title: str = ""
    message: str = ""
    details: str = ""
    error_subcode: Code | None = None
    error_data: ErrorData | None = None


class Pricing(Struct, gc=False):
    """What a message cost."""

    category: Category = ""


class Status(Struct, gc=False):
    """One event of an outgoing message to a number; one to a group or a business-scoped user is another shape."""

    id: Annotated[str, Meta(min_length=1)]
    status: Word
    timestamp: Seconds
    recipient_id: Annotated[int, Meta(ge=1, le=10**18)]
    type: Literal["message"] = "message"
    pricing: Pricing | None = None
    errors: list[Error] | None = None


class System(Struct, gc=False):
    """What WhatsApp itself says in the name of a customer."""

    type: str = ""


class Incoming(Struct, gc=False):
    """One message of a customer."""

    id: str
    timestamp: Seconds
    sender: Annotated[int, Meta(ge=1, le=10**18)] = msgspec.field(name="from")
    errors: list[Error] | None = None
    system: System | None = None


class Metadata(Struct, gc=False):
    """The business number a webhook is about."""

    phone_number_id: Annotated[int, Meta(ge=1, le=10**18)]
    display_phone_number: str = ""


class Value(Struct, gc=False):
    """What a change says, as far as it concerns messages."""

    metadata: Metadata
    statuses: list[Status] | None = None
    messages: list[Incoming] | None = None
    errors: list[Error] | None = None


class Change(Struct, gc=False):
    """One change of a webhook about messages."""

    field: Literal["messages"]
    value: Value


class Entry(Struct, gc=False):
    """What a webhook says about one WhatsApp Business Account, of which `id` is the id."""

    changes: list[Change]
    id: str = ""


class Webhook(Struct, gc=False, tag_field="object", tag="whatsapp_business_account"):
    """One webhook; of another product of Meta's it is another shape."""

    entry: list[Entry]


NotThisShape = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

_decoder = msgspec.json.Decoder(Webhook, strict=False)

decode = _decoder.decode
decode_lines = _decoder.decode_lines


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
