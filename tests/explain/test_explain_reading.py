"""Everything that can be pasted is read: structures in any notation, fragments, transcripts, numbers."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path
from typing import Any

import pytest

from wa_doctor.explain.matching import is_known
from wa_doctor.explain.reading.envelopes import read_structure
from wa_doctor.explain.reading.fragments import Spans, read_fragments
from wa_doctor.explain.reading.lowered import lowered
from wa_doctor.explain.reading.numbers import read_numbers
from wa_doctor.explain.reading.record import MENTIONS, MOST, Record
from wa_doctor.explain.reading.source import CHUNK, OVERLAP, chunks, pieces
from wa_doctor.explain.reading.structures import Effort, structures, unescape
from wa_doctor.explain.reading.transcript import read_statuses, read_transcript

BODIES = tomllib.loads((Path(__file__).parent / "bodies.toml").read_text(encoding="utf-8"))["body"]


def read(text: str) -> Record:
    """Read a short text as `diagnose` does."""
    record, effort = Record(), Effort()
    found = list(structures(text, effort))
    telling = [(each.start, each.end) for each in found if read_structure(each.value, record, effort)]
    lower = lowered(text)
    read_fragments(text, lower, len(text), Spans(telling), is_known, record)
    read_transcript(text, lower, len(text), record)
    read_statuses(text, len(text), record)
    read_numbers(text, len(text), record)
    return record


def loose(text: str) -> Any:
    """Return the one structure in a text."""
    (found,) = structures(text, Effort())
    return found.value


@pytest.mark.parametrize("body", BODIES, ids=lambda body: str(body["name"]))
def test_a_pasted_body_gives_its_errors(body: dict[str, Any]) -> None:
    """Each error once, with its subcode and the place it stood."""
    record = read(body["text"])
    found = [[seen.code, seen.subcode or 0, seen.where] for seen in record.settled()]
    assert sorted(found, key=str) == sorted(body["errors"], key=str)
    assert set(body.get("http", [])) <= set(record.http)


def test_every_body_has_a_name_of_its_own() -> None:
    """A failing case can be told from the others."""
    names = [body["name"] for body in BODIES]
    assert len(names) == len(set(names)) >= 40


def test_the_details_the_trace_and_the_users_words_are_kept() -> None:
    """What a support engineer passes on is there, and the localised text is only shown."""
    (seen,) = read(
        '{"error":{"message":"(#100) Invalid parameter","code":100,"error_subcode":2388293,"is_transient":false,'
        '"error_user_title":"Zu viele Variablen","error_user_msg":"Die Vorlage hat zu viele Variablen.",'
        '"error_data":{"blame_field_specs":[["components"]]},"fbtrace_id":"AtRaCe99"}}'
    ).settled()
    assert (seen.fbtrace_id, seen.user_title, seen.details) == ("AtRaCe99", "Zu viele Variablen", "blamed: components")
    assert "Variablen" not in seen.words


def test_a_transient_error_says_so() -> None:
    """The flag that means retry survives the reading."""
    (seen,) = read(
        '{"error":{"code":2,"message":"(#2) Service temporarily unavailable","is_transient":true}}'
    ).settled()
    assert seen.transient


def test_the_http_status_of_an_envelope_goes_with_its_error() -> None:
    """A status beside the body is the status of the error in it."""
    (seen,) = read(
        '{"response":{"status":403,"data":{"error":{"code":10,"message":"no","type":"OAuthException"}}}}'
    ).settled()
    assert seen.http_status == 403


def test_the_same_error_a_thousand_times_is_one_error_with_a_count() -> None:
    """A log repeats itself; the explanation does not."""
    line = '{"error":{"code":131056,"message":"(#131056) pair rate limit hit"}}\n'
    (seen,) = read(line * 1000).settled()
    assert seen.count == 1000


def test_a_code_mentioned_a_thousand_times_in_prose_is_counted() -> None:
    """Prose is not kept either, beyond the first mentions."""
    (seen,) = read("failed with (#131026)\n" * 1000).settled()
    assert seen.count == 1000 > MENTIONS


def test_many_different_errors_are_bounded() -> None:
    """Somebody's log of made-up codes does not grow the memory."""
    text = "".join(f'{{"error":{{"code":{1_000_000 + number},"message":"x"}}}}\n' for number in range(3 * MOST))
    assert len(read(text).errors) == MOST


def test_a_code_named_as_an_aside_is_marked() -> None:
    """To say that a wrong number gives 131030 is not to say that 131030 happened."""
    record = read("the recipient is right (a wrong recipient gives 131030 with error_subcode 2655007)")
    assert [(seen.code, seen.subcode, seen.aside) for seen in record.settled()] == [(131030, 2655007, True)]


def test_an_excerpt_never_holds_a_token() -> None:
    """A curl command in a ticket is shown without its secret."""
    token = "EAA" + "b7" * 60
    (seen,) = read(f'curl -H "Authorization: Bearer {token}" ... (#190) Malformed access token').settled()
    assert "b7b7" not in seen.text
    assert "(#190) Malformed" in seen.text


def test_an_excerpt_masks_the_phone_number_of_a_third_person() -> None:
    """Country and last digits are enough to see which number it is."""
    (seen,) = read("to +49 151 2345 6789 failed: (#131026)").settled()
    assert "2345" not in seen.text
    assert "4915" in seen.text


def test_an_id_of_meta_is_not_masked() -> None:
    """The id is what the reader has to compare."""
    (seen,) = read("Object with ID '104455667788990' does not exist (#100)").settled()
    assert "104455667788990" in seen.text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{'a': 'it''s'}", {"a": "it"}),
        ('{"a": "x" + "y"}', {"a": "xy"}),
        ("{a: undefined, b: [Object], c: <Buffer 7b 22>, d: None}", {"a": None, "b": None, "c": None, "d": None}),
        ("{when: datetime.datetime(2026, 1, 2, 3, 4)}", {"when": None}),
        ("[Object: null prototype] { code: 131030 }", {"code": 131030}),
        ("{<ref *1> a: 1, b: [Circular *1]}", {"a": 1, "b": None}),
        ("{'x': b'bytes', 'y': u'text'}", {"x": "bytes", "y": "text"}),
    ],
)
def test_notations_of_other_languages_are_read(text: str, value: Any) -> None:
    """What a language prints that is no JSON does not stop the reading of the rest."""
    found = [structure.value for structure in structures(text, Effort())]
    assert value in found or value == found[0]


def test_a_structure_inside_a_structure_is_not_yielded_again() -> None:
    """One paste is one structure."""
    assert loose('{"a": {"b": [1, {"c": 2}]}}') == {"a": {"b": [1, {"c": 2}]}}


@pytest.mark.parametrize(("escaped", "plain"), [(r"\"", '"'), (r"\n", "\n"), (r"é", "é"), (r"\\", "\\"), (r"\/", "/")])
def test_one_level_of_backslashes_comes_off(escaped: str, plain: str) -> None:
    """An escaped body becomes the body."""
    assert unescape(escaped) == plain


def test_a_deep_structure_is_read_as_far_as_webhooks_go() -> None:
    """Nothing recurses until the interpreter gives up."""
    assert not next(structures("{'a':" * 5000 + "1", Effort())).whole


@pytest.mark.parametrize("mark", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_text_of_any_unicode_encoding_is_decoded(mark: str) -> None:
    """PowerShell redirects as UTF-16 with a mark."""
    text = '{"error":{"code":131030,"message":"Número"}}'
    assert "".join(pieces(io.BytesIO(text.encode(mark)))) == text


def test_bytes_that_are_no_text_are_replaced() -> None:
    """A binary file is read to its end, and what is text in it is found."""
    found = "".join(pieces(io.BytesIO(b"\xff\xfe\x00\x9d" + b"\x80" * 10)))
    assert "�" in found or found


def test_chunks_overlap_so_that_nothing_is_cut_in_two() -> None:
    """A body at the border of two chunks is in one of them as a whole."""
    body = '{"error":{"code":131042,"message":"x"}}'
    text = "." * (CHUNK - 10) + body + "." * (2 * CHUNK)
    parts = list(chunks([text]))
    assert any(body in part.text[: part.own + OVERLAP] and part.text.find(body) < part.own for part in parts)
    assert [part.first for part in parts] == [True] + [False] * (len(parts) - 1)
    assert parts[-1].last


def test_an_empty_text_is_one_empty_chunk() -> None:
    """There is always a first chunk."""
    assert [(part.text, part.first, part.last) for part in chunks([])] == [("", True, True)]


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("send to +54 9 11 2233-4455 please", "5491122334455"),
        ('{"to": "5511912345678"}', "5511912345678"),
        ("recipient 5215512345678 fails", "5215512345678"),
        ("stored as 00491512345678", "491512345678"),
    ],
)
def test_phone_numbers_are_found(text: str, digits: str) -> None:
    """In a field, with a plus, behind a word that names it, and with 00."""
    assert digits in read(text).numbers


def test_the_beginnings_of_masked_numbers_name_the_country() -> None:
    """Whoever knows the digit rule reads 549... as Argentina."""
    assert {"digits-argentina", "extra-digit-said"} <= set(read("sends to 549... fail, 54... arrive").signs)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Object with ID 'messages' does not exist", "messages"),
        ("Object with ID '' does not exist", ""),
        ("POST https://graph.facebook.com/v25.0/104455667788990/messages", "104455667788990"),
        ("POST /v20.0/undefined/messages", "undefined"),
        ("POST /+4930123456/register", "+4930123456"),
        ("phone_number_id='+49 176 1234567'", "+491761234567"),
    ],
)
def test_what_stood_in_the_place_of_an_id_is_kept(text: str, id: str) -> None:
    """The path of the request says which id was sent."""
    assert id in read(text).objects


def test_headers_of_a_transcript_are_kept() -> None:
    """The trace id and the version that answered stand in them."""
    record = read(
        "< HTTP/2 400\r\n< facebook-api-version: v24.0\r\n< x-fb-request-id: AbC123\r\n< set-cookie: secret=1\r\n"
    )
    assert record.headers == {"facebook-api-version": "v24.0", "x-fb-request-id": "AbC123"}
    assert 400 in record.http
