"""Says of an id in a request what it cannot be: a telephone number, a word, the id of another kind of node."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wa_doctor.explain.reading.record import ErrorSeen, Record

Sign = tuple[str, str, Mapping[str, str]]

# Phone number IDs and WABA IDs have had 14 to 17 digits for years; telephone numbers with country code have 10 to 13.
PHONE_LENGTHS = range(10, 14)

_WRITING = re.compile(r"[+() .\-]")
_MASKED = re.compile(r"[xX*#.\d_-]*")
_WABA_EDGES = frozenset(("message_templates", "phone_numbers", "subscribed_apps", "template_analytics", "flows"))
_EDGES = _WABA_EDGES | frozenset(
    ("messages", "media", "register", "deregister", "whatsapp_business_profile", "request_code", "verify_code")
)
_EMPTY = frozenset(("undefined", "null", "none", "nil", "nan", "false", "true", "object", "promise"))
_NAMED = re.compile(r"[<{$%\[:]|phone.?number|phone.?id|waba|your|number.?id|\bid\b|placeholder|env", re.IGNORECASE)


def signs(record: Record, errors: tuple[ErrorSeen, ...]) -> Iterator[Sign]:
    """Yield what is wrong with the ids that stood where a node id belongs."""
    refused = any(seen.code == 100 and seen.subcode in (33, None) for seen in errors)
    for id, role in record.objects.items():
        if role == "object" and is_word(id):
            yield "id-is-no-id", id, {"id": id or "nothing"}
        elif role == "path" and (id in _EDGES or id.lower() in _EMPTY or (_NAMED.search(id) and not id.isdigit())):
            yield "id-is-no-id", id, {"id": id}
        elif looks_like_phone(id, record) and (role in ("object", "path", "phone_number_id") or refused):
            yield "id-looks-like-phone", id, {"id": id}
    for call in record.calls:
        if len(call.path) >= 2 and call.path[1] in _WABA_EDGES and refused:
            yield "waba-id-said", "/".join(call.path[:2]), {}


def is_word(id: str) -> bool:
    """Say whether something in the place of an id is a word, or nothing; a masked id (`xxxx`) is neither."""
    if id.startswith("wamid"):
        return False
    bare = _WRITING.sub("", id)
    return not bare or not _MASKED.fullmatch(bare)


def looks_like_phone(id: str, record: Record) -> bool:
    """Say whether an id is a telephone number: by its plus, its length, or because the text says that it is one."""
    digits = _WRITING.sub("", id)
    if not digits.isdigit():
        return False
    if id.startswith("+") or record.numbers.get(digits) in ("sender", "to", "wa_id"):
        return True
    return len(digits) in PHONE_LENGTHS and not digits.startswith("0") and len(set(digits)) > 3
