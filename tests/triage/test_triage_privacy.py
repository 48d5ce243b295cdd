"""Who may see the report sees no phone number that is not his; ids can be replaced by names that stay the same."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from typing import Any

import pytest

from wa_doctor.webhooks.story.naming import Naming, pseudonym

Run = Callable[..., Any]
Log = Callable[..., Any]

FORMATS = ("text", "json", "ndjson", "csv", "markdown", "html")
PERSON = "4915550100777"
ID = (
    "wamid."
    + base64.b64encode(
        b"\x1c\x18\x0d" + PERSON.encode() + b"\x15\x02\x00\x11\x18\x12" + b"0A1B2C3D4E5F607182\0"
    ).decode()
)


@pytest.fixture
def private(hook: Any, log: Log) -> Any:
    """Return a log in which a phone number stands wherever one can stand."""
    said = f"(#131030) {PERSON} or +49 155 50100777 is not allowed"
    lines = [
        hook.status(ID, "failed", errors=[{"code": 131030, "title": said, "error_data": {"details": said}}]),
        hook.incoming("wamid.in", sender=PERSON),
        *[hook.status(f"wamid.s{day}", "sent", hook.noon - day * 86_400) for day in range(2, 6)],
        hook.of({"user_preferences": [{"wa_id": PERSON, "value": "stop", "timestamp": hook.noon}]}, "user_preferences"),
    ]
    return log(*lines)


@pytest.mark.parametrize("format", FORMATS)
def test_numbers_are_masked(format: str, private: Any, run: Run) -> None:
    out = run(private, "--format", format, "--verbose").out
    assert PERSON not in out
    assert "50100777" not in out
    assert "4915*******77" in out or format == "markdown"


@pytest.mark.parametrize("format", ["text", "json", "ndjson", "csv"])
def test_numbers_are_shown_when_asked_for(format: str, private: Any, run: Run) -> None:
    assert PERSON in run(private, "--format", format, "--show-personal-data").out


@pytest.mark.parametrize("format", FORMATS)
def test_pseudonyms_take_the_number_out_of_ids_too(format: str, private: Any, run: Run) -> None:
    """An id of Meta's holds the recipient's number in base64."""
    out = run(private, "--format", format, "--pseudonyms", "--verbose").out
    assert ID not in out
    assert PERSON not in out
    assert pseudonym(ID) in out


def test_the_same_log_gives_the_same_pseudonyms_in_any_order(hook: Any, log: Log, run: Run) -> None:
    lines = [hook.status(f"wamid.{index}", "read", to=f"49155501007{index:02d}") for index in range(20)]
    one = run(log(*lines, name="1"), "--format", "csv", "--pseudonyms").out
    other = run(log(*random.sample(lines, 20), name="2"), "--format", "csv", "--pseudonyms").out
    assert sorted(one.splitlines()) == sorted(other.splitlines())
    assert "49155501007" not in one


def test_a_recipient_cannot_be_found_by_trying_all_numbers() -> None:
    """Without the log there is no key."""
    names = {Naming(masked=True, pseudonyms=True, key=key).recipient(PERSON) for key in ("wamid.A", "wamid.B")}
    assert len(names) == 2


def test_a_message_can_be_asked_for_by_its_pseudonym(private: Any, run: Run) -> None:
    ended = run(private, "--message", pseudonym(ID), "--pseudonyms", "--format", "json")
    (subject,) = ended.document["subjects"]
    assert (subject["id"], subject["verdict"]) == (pseudonym(ID), "failed")
    assert ID not in ended.out


def test_business_scoped_users_are_masked_but_for_their_country() -> None:
    assert Naming(masked=True, pseudonyms=False).recipient("US.13491208655302741918") == "US.******18"
