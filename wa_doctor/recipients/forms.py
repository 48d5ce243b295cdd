"""
Reads the ways in which people write a phone number, down to its digits; decides nothing about them.

Letters are never turned into digits: a keypad word in a number is a mistake here, not a spelling.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_SEPARATORS = frozenset(" -.()/+")
_QUOTES = "'\"‘’“”„«»`"

_SCHEME = re.compile(r"(?:tel|sms|callto|whatsapp):(?://)?", re.IGNORECASE)
_LINK = re.compile(
    r"(?:(?:https?:)?//)?(?:www\.)?wa\.me/(.*)|(?:https?://)?(?:(?:api|web|www)\.)?whatsapp\.com/(.*)|whatsapp://(.*)",
    re.IGNORECASE,
)
_LINK_NUMBER = re.compile(r"(?:\+|%2b)?\d[\d -]*(?=$|[/?#&])", re.IGNORECASE)
_LINK_PHONE = re.compile(r"[?&]phone=((?:\+|%2b)?\d[\d -]*)(?=$|[#&])", re.IGNORECASE)
_JID = re.compile(r"(\d+)(?:[:.]\d+)*@(?:s\.whatsapp\.net|c\.us)", re.IGNORECASE)
_NO_PERSON = {"g.us": "a group", "lid": "a hidden identity", "broadcast": "a broadcast list", "newsletter": "a channel"}

_LABEL = re.compile(r"[^\d+]{1,30}:\s*(?=[+(\d])")
_SPREADSHEET = re.compile(r"\+?\d(?:[.,]\d+)?e\+?\d{1,2}", re.IGNORECASE)
_DECIMAL = re.compile(r"(\+?\d{5,})\.0+")
_EXTENSION = re.compile(r"(?:ext\.?|extension|x|#|доб\.?|;ext=)\s*:?\s*\d{1,6}$", re.IGNORECASE)
_CONTEXT = re.compile(r";phone-context=(\+[\d-]+)", re.IGNORECASE)
_TRUNK_ZERO = re.compile(r"(?<=\d)\s*\(\s*0\s*\)")

# A flag is two letters from a block of its own; beside a number it is decoration.
_FIRST_OF_FLAGS = 0x1F1E6
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")


@dataclass(frozen=True, slots=True)
class Digits:
    """
    The digits of a number, without plus and without international prefix.

    `explicit` says that a calling code is known to stand in front: there was a plus or `00`, or the form holds a
    wa_id and nothing else. Without it the digits may as well be a number as written inside some country.
    """

    digits: str
    explicit: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with something that was meant as a number, and what was probably meant."""

    reason: str
    fix: str = "Write the number with + and its calling code, digits only."
    meant: str = ""


def simplify(text: str) -> str:
    """
    Return the text in plain characters: digits of any script as 0-9, one kind of dash, space and plus.

    What a paste brings along (bidirectional marks, zero-width and no-break spaces, emoji) goes; letters stay, and
    a flag on its own becomes the code of its country.
    """
    if not text.isascii():
        flag = _FLAG.fullmatch(text.strip())
        text = (
            "".join(chr(ord(each) - _FIRST_OF_FLAGS + ord("A")) for each in flag[0])
            if flag
            else "".join(map(_simple, text))
        )
    text = text.strip().removeprefix("=").strip(_QUOTES + " \t\r\n\v\f").rstrip(",; ")
    return " ".join(text.split())


def _simple(character: str) -> str:
    if character.isascii():
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    kind = unicodedata.category(character)
    if kind in ("Cf", "Me") or character == "\ufe0f":
        return ""
    if kind in ("Zs", "Zl", "Zp"):
        return " "
    if character in "＋﹢⁺₊➕﬩":
        return "+"
    if kind == "Pd" or character in "−﹣⁃":
        return "-"
    if kind == "So":
        return " "
    if kind in ("Ps", "Pe", "Po"):
        plain = unicodedata.normalize("NFKC", character)
        return plain if len(plain) == 1 else character
    # Letters and ligatures keep their full-width forms apart from digits: only what is a letter may become one.
    if kind[0] == "L" and "FULLWIDTH" in unicodedata.name(character, ""):
        return unicodedata.normalize("NFKC", character)
    return character


def read_number(text: str, *, wa_id: bool = False) -> Digits | Trouble | None:
    """
    Read a simplified text as a phone number; None if it is not meant as one.

    With `wa_id`, bare digits are known to begin with their calling code.
    """
    found = _link(text)
    if isinstance(found, (Digits, Trouble)):
        return found
    scheme = _SCHEME.match(text)
    if scheme:
        text = _without_parameters(text[scheme.end() :])
    elif label := _LABEL.match(text):
        text = text[label.end() :]
    if not _is_meant_as_number(text, bool(scheme)):
        return None
    return _trouble(text) or _digits(text, wa_id=wa_id)


def _link(text: str) -> Digits | Trouble | None:
    jid = _JID.fullmatch(text)
    if jid:
        return _wa_id(jid[1])
    if "@" in text:
        kind = _NO_PERSON.get(text.rpartition("@")[2].lower())
        if kind:
            return Trouble(f"this is the id of {kind}, not a recipient")
        return Trouble("an e-mail address is no WhatsApp recipient")
    link = _LINK.fullmatch(text)
    if not link:
        return None
    rest = link[1] if link[1] is not None else link[2] if link[2] is not None else link[3]
    number = _LINK_NUMBER.match(rest) if link[1] is not None else None
    phone = _LINK_PHONE.search(rest)
    if not (number or phone):
        return Trouble("this link holds no phone number", "Open the link in WhatsApp and take the number shown there.")
    return _wa_id(re.sub(r"%2b|\D", "", number[0] if number else phone[1] if phone else "", flags=re.IGNORECASE))


def _wa_id(digits: str) -> Digits | Trouble:
    digits = digits.removeprefix("00")
    return _national(digits) if digits.startswith("0") else Digits(digits, explicit=True)


def _without_parameters(text: str) -> str:
    # RFC 3966: a local number may say in its context which calling code it belongs to.
    context = _CONTEXT.search(text)
    if ";ext=" in text.lower():
        return text
    number = text.partition(";")[0].partition("?")[0]
    return f"{context[1]}{number}" if context and not number.startswith("+") else number


def _is_meant_as_number(text: str, has_scheme: bool) -> bool:
    digits = sum(character.isdecimal() for character in text)
    if has_scheme or text.lstrip("( ").startswith("+"):
        return bool(digits) or has_scheme
    letters = sum(character.isalpha() for character in text)
    return digits > letters or digits >= 4


def _trouble(text: str) -> Trouble | None:
    if _SPREADSHEET.fullmatch(text):
        return Trouble(
            "a spreadsheet has rounded this number and its last digits are lost",
            "Format the column as text in the spreadsheet, take the numbers from their origin, and export again.",
        )
    if re.search(r"\d", text) and (extension := _EXTENSION.search(text)):
        return Trouble(
            f"an extension ({extension[0].strip()}) cannot be reached over WhatsApp",
            "Leave the extension out if the number in front of it is on WhatsApp.",
        )
    letter = next((character for character in text if character.isalpha()), "")
    if letter:
        return Trouble(
            f"a letter ({letter}) stands in the number, and letters are never read as digits here",
            "Replace the letters by the digits that are meant.",
        )
    strange = next((each for each in text if not each.isdecimal() and each not in _SEPARATORS), "")
    if strange:
        return Trouble(f"the character {strange!r} does not belong in a phone number")
    if not re.search(r"\d", text):
        return Trouble("there is no digit in this number")
    signs = text.count("+")
    if signs > 1:
        return Trouble("there is more than one plus in it: two numbers in one value?", "Give one number a value.")
    if signs and not text.lstrip("( ").startswith("+"):
        return Trouble("the plus does not stand in front", "Put the plus in front of the calling code.")
    return None


def _digits(text: str, *, wa_id: bool) -> Digits | Trouble:
    notes: tuple[str, ...] = ()
    decimal = _DECIMAL.fullmatch(text)
    if decimal:
        text = decimal[1]
        notes = ("the .0 at the end was left out: a spreadsheet or data frame has read the number as a decimal",)
    plus = "+" in text
    digits = "".join(filter(str.isdecimal, _TRUNK_ZERO.sub("", text)))
    if plus:
        if digits.startswith("0"):
            meant = "+" + digits.lstrip("0")
            return Trouble("a zero stands behind the plus, and no calling code begins with 0", meant=meant)
        return Digits(digits, explicit=True, notes=notes)
    if digits.startswith("00"):
        return _wa_id(digits) if not digits.startswith("000") else _national(digits)
    if digits.startswith("0"):
        return _national(digits)
    return Digits(digits, explicit=wa_id, notes=notes)


def _national(digits: str) -> Trouble:
    return Trouble(
        "it begins with 0, so it is written as inside a country: the calling code is missing",
        "Leave the 0 out and write + and the calling code in front.",
        meant="+" + digits[3:] if digits.startswith("011") and len(digits) > 9 else "",
    )
