"""Webhooks are found in whatever a log wraps around them; what is broken costs itself and nothing else."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from wa_doctor.webhooks.document import Triage
from wa_doctor.webhooks.reading import fragments
from wa_doctor.webhooks.reading.lines import LONGEST_LINE
from wa_doctor.webhooks.reading.sifting import Sifter

Log = Callable[..., Path]
Judge = Callable[..., Triage]

NOON = 1_780_315_200
WRITTEN = "2026-06-01T12:00:07Z"


def _statuses() -> dict[str, Any]:
    status: dict[str, Any] = {
        "id": "wamid.A1",
        "status": "failed",
        "timestamp": str(NOON),
        "recipient_id": "4915550100777",
    }
    status["errors"] = [{"code": 131026, "title": 'It said "no"', "error_data": {"details": "a\nb {c} ünï 'd'"}}]
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550142200", "phone_number_id": "209900112233445"},
        "statuses": [status],
    }
    change = {"value": value, "field": "messages"}
    return {"object": "whatsapp_business_account", "entry": [{"id": "118822334455667", "changes": [change]}]}


def _escaped(text: str) -> str:
    return json.dumps(text)[1:-1]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@dataclass(frozen=True)
class Given:
    """A webhook as a table and as the text that Meta sends."""

    table: dict[str, Any]
    text: str


FORMS: dict[str, tuple[Callable[[Given], str], bool]] = {
    "bare": (lambda given: given.text, False),
    "pretty-printed": (lambda given: json.dumps(given.table, indent=2), False),
    "in a list": (lambda given: f"[{given.text}]", False),
    "in a pretty-printed list": (lambda given: json.dumps([given.table], indent=4), False),
    "behind a byte order mark": (lambda given: f"\ufeff{given.text}", False),
    "with Windows line ends": (lambda given: f"{given.text}\r", False),
    "behind time and level": (lambda given: f"{WRITTEN} INFO webhook: {given.text}", True),
    "between other things": (lambda given: f"[2026-06-01 12:00:07] got {given.text} from 10.0.0.1 (200)", True),
    "pretty-printed behind a time": (lambda given: f"{WRITTEN} got {json.dumps(given.table, indent=2)}\nnext", True),
    "behind prose with braces": (lambda given: f"worker {{7}} of {{app}}: {given.text}", False),
    "value of a field": (lambda given: json.dumps({"time": WRITTEN, "body": given.table, "ok": True}), True),
    "text of a field": (lambda given: json.dumps({"ts": NOON * 1000 + 7000, "body": given.text}), True),
    "text in a text": (lambda given: json.dumps({"log": json.dumps({"message": given.text})}), False),
    "Docker": (lambda given: json.dumps({"log": given.text + "\n", "stream": "stdout", "time": WRITTEN}), True),
    "escaped in a line": (lambda given: f'level=info time={WRITTEN} body="{_escaped(given.text)}"', True),
    "nginx": (
        lambda given: (
            '10.0.0.1 - - [01/Jun/2026:12:00:07 +0000] "POST /hook" 200 "'
            + _escaped(given.text).replace('\\"', "\\x22").replace("\\\\", "\\x5C")
            + '"'
        ),
        True,
    ),
    "CSV": (lambda given: '17,{},"{}",200'.format(WRITTEN, given.text.replace('"', '""')), True),
    "Python repr": (lambda given: f"INFO:root:payload {given.table!r}", False),
    "Python bytes": (lambda given: f"INFO:root:payload {given.text.encode()!r}", False),
    "API Gateway": (
        lambda given: json.dumps(
            {
                "requestContext": {"requestTimeEpoch": NOON * 1000 + 7000},
                "isBase64Encoded": True,
                "body": _base64(given.text),
            }
        ),
        True,
    ),
    "base64 in a line": (lambda given: f"payload={_base64(given.text)}", False),
    "CloudWatch export": (
        lambda given: json.dumps({"events": [{"timestamp": NOON * 1000 + 7000, "message": f"x {given.text}"}]}),
        True,
    ),
    "CloudWatch subscription": (
        lambda given: json.dumps(
            {
                "awslogs": {
                    "data": base64.b64encode(
                        gzip.compress(
                            json.dumps({"logEvents": [{"timestamp": NOON * 1000, "message": given.text}]}).encode()
                        )
                    ).decode()
                }
            }
        ),
        True,
    ),
    "one change": (lambda given: json.dumps(given.table["entry"][0]["changes"][0]), False),
    "one value": (lambda given: json.dumps(given.table["entry"][0]["changes"][0]["value"]), False),
    "one status": (
        lambda given: json.dumps(given.table["entry"][0]["changes"][0]["value"]["statuses"][0]),
        False,
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_webhook_is_found_in_what_surrounds_it(form: str, judged: Judge) -> None:
    wrap, timed = FORMS[form]
    table = _statuses()
    document = judged(wrap(Given(table, json.dumps(table))))
    assert document.input.unreadable == 0
    assert document.messages.failed == document.messages.total == 1
    (error,) = document.errors
    assert (error.code, error.count) == (131026, 1)
    assert bool(document.webhooks.timed) == timed


def test_what_ruby_and_javascript_print_is_read(judged: Judge) -> None:
    ruby = '{"statuses"=>[{"id"=>"wamid.R", "status"=>"read", "timestamp"=>"1780315200", "recipient_id"=>"1"}]}'
    script = "{ statuses: [ { id: 'wamid.J', status: 'read', timestamp: '1780315200', recipient_id: '1' } ] }"
    document = judged(f"I, got {ruby}", f"entry: [1] got {script} 'statuses'")
    assert document.messages.read == 2


def test_a_log_in_utf16_is_read(log: Log, judged: Judge) -> None:
    """What a redirection in PowerShell writes."""
    path = log(_statuses())
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    assert judged(path).messages.failed == 1


def test_a_broken_line_costs_itself_and_is_named(hook: Any, judged: Judge) -> None:
    whole = json.dumps(hook.status("wamid.A", "sent"))
    lines = [
        whole,
        whole[:150],
        whole.replace("wamid.A", "wamid.B"),
        whole.replace('"timestamp":', '"timestamp"'),
        "",
        whole,
    ]
    document = judged(*lines, list_unreadable=True)
    assert document.messages.total == 2
    assert [(each.line, bool(each.reason)) for each in document.input.unreadable_list] == [(2, True), (4, True)]
    assert (document.input.lines, document.input.unreadable) == (6, 2)


def test_a_status_inside_a_broken_line_is_not_believed(hook: Any, judged: Judge) -> None:
    """The status is whole, but nobody knows what it was part of."""
    whole = json.dumps(hook.status("wamid.A", "sent"))
    document = judged(whole[:-4], hook.status("wamid.B", "sent"))
    assert document.messages.total == 1
    assert document.input.unreadable == 1


def test_broken_lines_among_many_are_counted_exactly(hook: Any, judged: Judge) -> None:
    """Around a broken line many are decoded at once, so the others must come out whole and the numbers right."""
    lines = [json.dumps(hook.status(f"wamid.{index}", "delivered")) for index in range(3000)]
    broken = [5, 6, 700, 1500, 1501, 2999]
    for index in broken:
        lines[index] = lines[index][: 40 + index % 200]
    document = judged(*lines, list_unreadable=True)
    assert document.messages.delivered == 3000 - len(broken)
    assert [each.line - 1 for each in document.input.unreadable_list] == broken
    assert document.input.lines == 3000


@pytest.mark.parametrize("run", [1, 3, 4, 5, 70, 400])
@pytest.mark.parametrize("form", ["behind time and level", "Docker", "nginx"])
def test_bare_and_wrapped_lines_are_read_in_runs_of_any_length(run: int, form: str, hook: Any, judged: Judge) -> None:
    """Whether lines can be decoded many at once is not tried for each, and a change must be noticed all the same."""
    wrap, timed = FORMS[form]
    lines: list[str] = []
    for index in range(1200):
        table = hook.status(f"wamid.{index}", "delivered", hook.noon + index % 7)
        text = json.dumps(table)
        lines.append(wrap(Given(table, text)) if index // run % 2 else text)
    broken = [3, 401, 402, 811, 1199]
    for index in broken:
        lines[index] = json.dumps(hook.status("wamid.lost", "failed"))[:-9]
    document = judged(*lines, list_unreadable=True)
    assert (document.messages.total, document.messages.delivered) == (1200 - len(broken),) * 2
    assert [each.line - 1 for each in document.input.unreadable_list] == broken
    assert document.input.lines == 1200
    wrapped = sum(1 for index in range(1200) if index // run % 2 and index not in broken)
    assert document.webhooks.timed == (wrapped if timed else 0)


def test_neither_broken_nor_wrapped_lines_slow_down_those_behind_them(
    hook: Any, judged: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bare webhooks are decoded many at once again as soon as they come again."""
    alone: list[bytes] = []
    read = Sifter.line

    def counted(sifter: Sifter, line: bytes) -> bool:
        alone.append(line)
        return read(sifter, line)

    monkeypatch.setattr(Sifter, "line", counted)
    texts = [json.dumps(hook.status(f"wamid.{index}", "sent")) for index in range(4000)]
    texts[100:200] = [f"{WRITTEN} INFO {text}" for text in texts[100:200]]
    for index in (900, 1900, 2900):
        texts[index] = texts[index][:80]
    assert judged(*texts).messages.total == 3997
    assert len(alone) < 300


def test_text_is_normal_in_a_log_and_broken_in_a_file_of_webhooks(hook: Any, log: Log, judged: Judge) -> None:
    webhook = hook.status("wamid.A", "sent")
    mixed = judged(log("starting up", "listening", webhook, name="app.log"))
    pure = judged(log(webhook, webhook, "oops", name="pure.ndjson"))
    assert (mixed.input.other, mixed.input.unreadable) == (2, 0)
    assert (pure.input.other, pure.input.unreadable) == (0, 1)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_long_list_is_read_piece_by_piece(indent: int | None, hook: Any, log: Log, judged: Judge) -> None:
    """A list of many megabytes on one line is never held whole, and neither is a pretty-printed one."""
    tables = [hook.status(f"wamid.{index}", "delivered", text="x" * 300) for index in range(4000)]
    path = log(json.dumps(tables, indent=indent), name="list.json")
    document = judged(path)
    assert path.stat().st_size > 2 << 20
    assert (document.messages.delivered, document.input.unreadable, document.input.other) == (4000, 0, 0)
    assert document.input.lines == path.read_text(encoding="utf-8").count("\n")


@pytest.mark.parametrize("between", [",", ", ", ",  "])
def test_a_list_on_one_long_line_is_read_whole(between: str, hook: Any, log: Log, judged: Judge) -> None:
    """Webhooks side by side are read many at once, and what looks like a seam inside of a text is none."""
    told = [hook.status(f"wamid.{index:060}", "delivered", hook.noon + index) for index in range(8000)]
    told[4000] = hook.incoming("wamid.in", text={"body": '},{"object":"whatsapp_business_account"'})
    line = f"[{between.join(json.dumps(each, separators=(',', ':')) for each in told)}]"
    document = judged(log(line))
    assert len(line) > 2 * LONGEST_LINE
    assert (document.messages.total, document.messages.incoming, document.input.lines) == (7999, 1, 1)
    assert document.input.unreadable == 0


def test_a_long_line_that_is_broken_is_one_line_that_cannot_be_read(hook: Any, log: Log, judged: Judge) -> None:
    told = [json.dumps(hook.status(f"wamid.{index:060}", "delivered")) for index in range(8000)]
    line = f'[{",".join(told[:4000])},{{"object": broken}},{{oh}},{",".join(told[4000:])},{{"object":'
    document = judged(log(line, hook.status("wamid.last", "sent")))
    assert (document.messages.total, document.input.lines, document.input.unreadable) == (8001, 2, 1)


def test_an_endless_line_without_a_webhook_is_one_line(log: Log, judged: Judge) -> None:
    document = judged(log("x" * 5_000_000, '{"a":' * 300_000))
    assert document.messages.total == 0
    assert document.input.lines == 2
    assert document.input.unreadable <= 2


def test_other_products_of_meta_are_left_out(hook: Any, judged: Judge) -> None:
    page = {"object": "page", "entry": [{"id": "1", "changes": [{"field": "feed", "value": {}}]}]}
    document = judged(page, {**page, "object": "instagram"}, hook.status("wamid.A", "sent"))
    assert document.input.webhooks == 1
    assert any("other products" in note for note in document.notes)


def test_lists_that_a_form_decoder_made_tables_of_are_read(hook: Any, judged: Judge) -> None:
    table = hook.status("wamid.A", "read")
    value = table["entry"][0]["changes"][0]["value"]
    value["statuses"] = {"0": value["statuses"][0]}
    table["entry"] = {"0": {**table["entry"][0], "changes": {"0": table["entry"][0]["changes"][0]}}}
    assert judged(table).messages.read == 1


def test_a_send_and_its_answer_in_one_line_name_the_template(hook: Any, judged: Judge) -> None:
    request = {"to": "4915550100777", "type": "template", "template": {"name": "promo", "language": {"code": "en"}}}
    document = judged({"time": WRITTEN, "request": request, "response": hook.answer("wamid.A")})
    assert document.messages.accepted == 1
    assert [group.name for group in document.templates] == ["promo"]


def test_a_refused_send_is_counted_with_its_code(judged: Judge) -> None:
    error = {"message": "(#131030) Recipient not allowed", "type": "OAuthException", "code": 131030, "fbtrace_id": "A"}
    document = judged({"error": error})
    assert [(each.code, each.elsewhere, each.count) for each in document.errors] == [(131030, 1, 0)]
    assert document.exit_code == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"entry":', "cut off"),
        ('{"entry": nope, "object": "whatsapp_business_account"}', "broken"),
        ("entry", "no JSON"),
    ],
)
def test_why_a_line_cannot_be_read_is_said(text: str, reason: str) -> None:
    assert reason in fragments.why_not(text)


def test_prose_full_of_braces_is_given_up_soon() -> None:
    assert fragments.whole_values("{" * 100_000) == []


def test_a_bomb_in_base64_is_not_unpacked_whole() -> None:
    packed = base64.b64encode(gzip.compress(b"{" * (1 << 26))).decode()
    assert len(fragments.unpack(packed)) <= 1 << 24
