"""Takes in what a webhook says about the account, a number or a template: the part of the story that is no message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from wa_doctor.knowledge.webhooks import FieldFact, webhooks
from wa_doctor.redact import plain
from wa_doctor.webhooks.reading import moments
from wa_doctor.webhooks.reading.ledger import MOST_ACCOUNT_EVENTS, AccountSeen, Ledger

LIMIT = "LIMIT/"
"""What the word of an event begins with that only tells a messaging limit; the limit is behind it."""

_LONGEST = 200  # characters of a detail
_TIERS = ("TIER_50", "TIER_250", "TIER_1K", "TIER_2K", "TIER_10K", "TIER_100K", "TIER_UNLIMITED")
_LIMITS = ("max_daily_conversations_per_business", "max_daily_conversation_per_phone")
_PLACE = re.compile(r"\{(@?)([\w.]+)\}")


def take(field: str, value: Mapping[str, Any], entry: Mapping[str, Any], ledger: Ledger, arrived: int = 0) -> None:
    """
    Take in one change of a field other than `messages`.

    `arrived` is when the log wrote it, which counts where the webhook itself says no time; 0 where unknown.
    """
    if field == "user_preferences":
        _take_preferences(value, ledger)
        return
    for where in ("errors", "history", "calls", "statuses"):
        _take_errors(value.get(where), ledger)
    if field == "message_template_status_update" and "new_quality_score" in value and "event" not in value:
        field = "message_template_quality_update"
    fact = webhooks().get(field)
    if fact is None or not (fact.word or fact.always):
        return
    for one in _events(fact, value):
        event = _Told(field, fact, one, entry).event(arrived)
        if event is not None and len(ledger.account) < MOST_ACCOUNT_EVENTS:
            ledger.account[event] = None


def _events(fact: FieldFact, value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    elements = value.get(fact.each) if fact.each else None
    if isinstance(elements, list) and elements:
        yield from ({**value, fact.each: element} for element in elements)
    else:
        yield value


class _Told:
    def __init__(self, field: str, fact: FieldFact, value: Mapping[str, Any], entry: Mapping[str, Any]) -> None:
        self.field = field
        self.fact = fact
        self.value = {**value, "limit_change": _limit_change(value), "limit": _limit(value)}
        self.entry = entry

    def event(self, arrived: int) -> AccountSeen | None:
        """Return the event, or None where the value names none."""
        word = self.fact.always or "/".join(filter(None, (self.text(key) for key in self.fact.word)))
        if not word:
            return None
        about = next(filter(None, map(self._filled, self.fact.about)), "")
        return AccountSeen(
            time=self._time() or arrived,
            field=self.field,
            event=plain(word, 120),
            about=plain(about, 100),
            account=plain(self.entry.get("id", ""), 40),
            template=plain(self.text("message_template_name"), 100),
            display=self.text("display_phone_number") or self.text("phone_number"),
            details=tuple(
                dict.fromkeys(plain(text, _LONGEST) for text in map(self._filled, self.fact.details) if text)
            ),
        )

    def _time(self) -> int:
        given = (self.entry.get("time"), *(self.text(path) for path in ("timestamp", *self.fact.time)))
        return next(filter(None, map(moments.seconds, given)), 0)

    def _filled(self, words: str) -> str:
        """Return words with the values in their places; nothing where one of them is missing."""
        values = {place[0]: self._value(place[1], place[2]) for place in _PLACE.finditer(words)}
        return _PLACE.sub(lambda place: values[place[0]], words) if all(values.values()) else ""

    def _value(self, is_time: str, path: str) -> str:
        text = self.text(path)
        if text.upper() in ("NONE", "NULL"):
            return ""
        # A date in words stays as it is.
        seconds = moments.seconds(text) if is_time else None
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC" if seconds else text

    def text(self, path: str) -> str:
        """Return what stands under a path with dots; of a list, that of each element."""
        return ", ".join(dict.fromkeys(_texts(self.value, path.split("."))))


def _texts(value: object, path: list[str]) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _texts(each, path)
    elif not path:
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value):
            yield str(value)
    elif isinstance(value, Mapping):
        yield from _texts(value.get(path[0]), path[1:])


def _limit_change(value: Mapping[str, Any]) -> str:
    old, new = value.get("old_limit"), value.get("current_limit")
    if old in _TIERS and new in _TIERS and old != new:
        return "LIMIT_LOWERED" if _TIERS.index(new) < _TIERS.index(old) else "LIMIT_RAISED"
    return ""


def _limit(value: Mapping[str, Any]) -> str:
    for limit in map(value.get, _LIMITS):
        text = str(limit).removeprefix("TIER_").replace("UNLIMITED", "-1")
        if text.endswith("K"):
            text = f"{text[:-1]}000"
        digits = text.removeprefix("-")
        if not isinstance(limit, bool) and digits.isascii() and digits.isdigit() and len(digits) < 10:
            return f"{LIMIT}{text}"
    return ""


def _take_preferences(value: Mapping[str, Any], ledger: Ledger) -> None:
    preferences = value.get("user_preferences")
    for each in preferences if isinstance(preferences, list) else ():
        if not isinstance(each, Mapping) or not isinstance(each.get("value"), str):
            continue
        who, time = each.get("wa_id") or each.get("user_id"), moments.seconds(each.get("timestamp"))
        if isinstance(who, str) and time is not None:
            ledger.note_preference(who, time, stopped=each["value"] == "stop")


def _take_errors(value: object, ledger: Ledger) -> None:
    """Count errors that stand in a list, or in the `errors` of its elements."""
    for each in value if isinstance(value, list) else ():
        if not isinstance(each, Mapping):
            continue
        code = each.get("code")
        if isinstance(code, int) and not isinstance(code, bool) and abs(code) < 1 << 31:
            ledger.elsewhere[code, None] += 1
            data = each.get("error_data")
            details = data.get("details") if isinstance(data, Mapping) else ""
            title = each.get("title") or each.get("message")
            ledger.note_error(
                code, title if isinstance(title, str) else "", details if isinstance(details, str) else ""
            )
        elif "errors" in each:
            _take_errors(each["errors"], ledger)
