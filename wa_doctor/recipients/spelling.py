"""Makes two spellings of one name the same: letter case, accents, punctuation, and what a paste brings along."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not take apart, and that people type one for the other.
_SAME = str.maketrans(
    {
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ß": "ss",
        "ي": "ی",
        "ى": "ی",
        "ك": "ک",
        "ـ": "",
        "'": "",
        "’": "",
        "ʼ": "",
        "ʹ": "",
        "`": "",
        "&": " and ",
    }
)
_MARKED = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW")
_WORDS = {"saint": "st", "the": ""}
_INITIALS = re.compile(r"\b([a-z]) (?=[a-z]\b)")


def same_spelling(name: str) -> str:
    """
    Return the form under which a name is looked up: lower case, no accents, single spaces.

    Marks are dropped only in scripts where people leave them out; in others (Devanagari, Thai) they are vowels.
    """
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_SAME)
    words = _letters(folded).split()
    kept = [word for word in (_WORDS.get(each, each) for each in words) if word] or words
    return _INITIALS.sub(r"\1", " ".join(kept))


def _letters(text: str) -> str:
    if text.isascii():
        return "".join(character if character.isalnum() else " " for character in text)
    kept: list[str] = []
    dropping = False
    for character in unicodedata.normalize("NFD", text):
        kind = unicodedata.category(character)
        if kind[0] == "M":
            if not dropping:
                kept.append(character)
        elif kind[0] in "LN":
            dropping = unicodedata.name(character, "").startswith(_MARKED)
            kept.append(character)
        elif kind != "Cf":
            kept.append(" ")
    # Taking a letter apart may bring out another that people type in two ways, such as the yeh under a hamza.
    return unicodedata.normalize("NFC", "".join(kept)).translate(_SAME)
