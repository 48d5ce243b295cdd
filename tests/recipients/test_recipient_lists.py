"""Lists: how they are read, laid out and written again, and that a bad row costs that row."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wa_doctor.model import Severity
from wa_doctor.recipients import judge
from wa_doctor.recipients.bulk import INTERRUPTED, Output, Sink, Unwritable, run
from wa_doctor.recipients.intake import LONGEST_LINE, UnreadableList
from wa_doctor.recipients.layout import UnclearList, find_layout
from wa_doctor.recipients.outcomes import Outcomes
from wa_doctor.recipients.progress import Progress, described
from wa_doctor.render.recipients import csv as as_csv
from wa_doctor.render.recipients import json as as_json
from wa_doctor.render.recipients import ndjson as as_ndjson

if TYPE_CHECKING:
    from wa_doctor.recipients.document import Document

APPENDED = ["verdict", "region", "reason"]


def judged(data: bytes | str, sink: Callable[[], Sink] = as_csv.Rows, **options: object) -> tuple[str, Document]:
    """Return what is written of a list, and the summary."""
    out = io.StringIO(newline="")
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    document = run(stream, "list", [Output(sink(), out)], **options)  # type: ignore[arg-type]
    return out.getvalue(), document


def table(text: str, delimiter: str = ",") -> list[list[str]]:
    """Return the rows of CSV, which must be well-formed."""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def test_the_columns_of_a_list_are_kept_and_three_are_appended() -> None:
    text, document = judged("id,phone,name\n1,+5352345678,Ana\n2,+442071234567,Bob\n")

    head, cuba, britain = table(text)
    assert head == ["id", "phone", "name", *APPENDED]
    assert cuba[:5] == ["1", "+5352345678", "Ana", "blocked", "CU"]
    assert britain[:5] == ["2", "+442071234567", "Bob", "allowed", "GB"]
    assert document.counts == {"blocked": 1, "uncertain": 0, "invalid": 0, "allowed": 1}
    assert document.exit_code == 1


def test_what_stood_in_a_row_is_written_again_as_it_stood() -> None:
    """Spaces, quotes that were not needed, and line ends are the list's own."""
    text, _ = judged('id,phone,name\r\n 1 ,"+44 20 7123 4567","O""Hara"\r\n')

    assert text.splitlines(keepends=True)[1].startswith(' 1 ,"+44 20 7123 4567","O""Hara",allowed,GB,')
    assert text.endswith("\r\n")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_is_found_and_used(delimiter: str) -> None:
    rows = [["name", "Teléfono"], ["Ana, María", "+5352345678"], ["Bo;b", "+989121234567"]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)

    text, _ = judged(out.getvalue())

    assert [row[:4] for row in table(text, delimiter)] == [
        [*rows[0], *APPENDED[:2]],
        [*rows[1], "blocked", "CU"],
        [*rows[2], "blocked", "IR"],
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "phone",
        "Phone_Number",
        "number",
        "wa_id",
        "WhatsApp",
        "msisdn",
        "Mobile",
        "telefono",
        "Teléfono",
        "tel",
        "to",
        "recipient",
        "Телефон",
        "电话",
        "phone-e164",
    ],
)
def test_the_column_is_found_by_its_heading(heading: str) -> None:
    layout = find_layout([f"id,{heading},note", "1,+5352345678,+442071234567"])

    assert (layout.column, layout.column_name) == (1, heading)


def test_the_surest_heading_wins() -> None:
    """A column called number may number the rows; one called phone does not."""
    assert find_layout(["number,phone,wa_id", "1,2,3"]).column_name == "wa_id"
    assert find_layout(["number,phone", "1,2"]).column_name == "phone"


def test_a_column_called_wa_id_holds_wa_ids() -> None:
    """Ten bare digits are uncertain, but not where the list itself says what they are."""
    _, document = judged("name,wa_id\nAna,5352345678\n")

    assert document.counts["blocked"] == 1
    assert document.bulk
    assert any("wa_ids" in notice for notice in document.bulk.notices)


@pytest.mark.parametrize("wanted", ["Kontakt", "kontakt", "2"])
def test_a_column_can_be_named_or_numbered(wanted: str) -> None:
    text, _ = judged("Name,Kontakt\nAna,+5352345678\n", column=wanted)

    assert [row[2] for row in table(text)] == ["verdict", "blocked"]


def test_a_numbered_column_of_a_list_without_headings_loses_no_row() -> None:
    text, document = judged("Ana,+5352345678\nBob,+442071234567\n", column="2")

    assert [row[:3] for row in table(text)] == [["Ana", "+5352345678", "blocked"], ["Bob", "+442071234567", "allowed"]]
    assert document.total == 2


@pytest.mark.parametrize(
    ("sample", "wanted", "says"),
    [
        (["a,b", "1,2"], "", "--column"),
        (["name,phone", "1,2"], "phnoe", "did you mean 'phone'?"),
        (["name,phone", "1,2"], "9", "there are 'name', 'phone'"),
    ],
)
def test_a_column_that_cannot_be_told_is_asked_for(sample: list[str], wanted: str, says: str) -> None:
    with pytest.raises(UnclearList, match=says.replace("?", r"\?")):
        find_layout(sample, wanted)


def test_lines_are_values() -> None:
    text, document = judged("+5352345678\n\nUA-43\nIran, Islamic Republic of\n+44 20 7123 4567\n")

    assert [row[:3] for row in table(text)] == [
        ["input", "verdict", "region"],
        ["+5352345678", "blocked", "CU"],
        ["UA-43", "blocked", "UA-43"],
        ["Iran, Islamic Republic of", "blocked", "IR"],
        ["+44 20 7123 4567", "allowed", "GB"],
    ]
    assert document.total == 4


def test_a_single_column_may_have_a_heading() -> None:
    text, document = judged("phone\n+5352345678\n")

    assert table(text)[0] == ["phone", *APPENDED]
    assert document.total == 1


def test_a_code_is_not_taken_for_a_heading() -> None:
    """TO is Tonga, even in the first line."""
    _, document = judged("TO\nCU\n")

    assert document.counts == {"blocked": 1, "uncertain": 0, "invalid": 0, "allowed": 1}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ('2,"+5352345678,Bob', "quotes of this row do not match"),
        ('2,"+53"52345678,Bob', "quotes of this row do not match"),
        ("2,+5352345678", "2 columns and should have 3"),
        ("2", "1 column and should have 3"),
        ("2,+5352345678,Bob,more", "4 columns and should have 3"),
        ("2,+5352345678,B\0b", "NUL"),
        ("2,+5352345678,B\rb", "carriage return"),
    ],
)
def test_a_bad_row_costs_that_row(row: str, says: str) -> None:
    """The rows around it are judged, and what is written has as many columns everywhere."""
    text, document = judged(f'id,phone,name\n1,+442071234567,Ana\n{row}\n3,+989121234567,Cyd\n4,"+1 202 555 0123",D\n')

    rows = table(text)
    assert {len(each) for each in rows} == {6}
    assert [each[3] for each in rows[1:]] == ["allowed", "invalid", "blocked", "allowed"]
    assert says in rows[2][5]
    assert document.counts["invalid"] == 1


def test_what_a_spreadsheet_appends_is_no_bad_row() -> None:
    """Empty columns behind the last one are left out."""
    text, document = judged("id,phone\n1,+5352345678,,,\n")

    assert table(text)[1][:3] == ["1", "+5352345678", "blocked"]
    assert document.counts["invalid"] == 0


def test_a_quote_inside_a_field_is_a_character() -> None:
    text, _ = judged('size,phone\n5" pipe,+5352345678\n6" pipe,+442071234567\n')

    assert text.splitlines()[1].startswith('5" pipe,+5352345678,blocked')
    assert [row[2] for row in table(text)[1:]] == ["blocked", "allowed"]


def test_a_quoted_field_may_hold_line_ends() -> None:
    text, document = judged('id,address,phone\n1,"Main St 1\nHavana",+5352345678\n2,"x",+442071234567\n')

    assert table(text)[1][:4] == ["1", "Main St 1\nHavana", "+5352345678", "blocked"]
    assert document.total == 2


def test_a_quoted_field_may_go_on_in_the_next_batch() -> None:
    """However the list arrives: here one byte at a time."""
    data = b'id,address,phone\n1,"Main St 1\nHavana",+5352345678\n2,"x",+442071234567\n'

    text, document = judged_in_pieces([data[index : index + 1] for index in range(len(data))])

    assert text == judged(data)[0]
    assert document.total == 2


def judged_in_pieces(pieces: list[bytes]) -> tuple[str, Document]:
    """Judge a list that arrives in pieces."""

    class Pieces(io.RawIOBase):
        def read1(self, _: int) -> bytes:
            return waiting.pop(0) if waiting else b""

    waiting = list(pieces)
    out = io.StringIO(newline="")
    # The first piece must hold the header and a row, as a pipe's first piece does.
    waiting = [b"".join(waiting[:20]), *waiting[20:]]
    document = run(Pieces(), "list", [Output(as_csv.Rows(), out)])  # type: ignore[arg-type]
    return out.getvalue(), document


@pytest.mark.parametrize(
    ("encoded", "says"),
    [
        ("id,phone,name\n1,+5352345678,Zoë\n".encode("utf-8-sig"), ""),
        ("id,phone,name\n1,+5352345678,Zoë\n".encode("utf-16"), "UTF-16"),
        ("id,phone,name\n1,+5352345678,Zoë\n".encode("utf-16-le"), "UTF-16"),
        ("id,phone,name\n1,+5352345678,Zoë\n".encode("utf-16-be"), "UTF-16"),
        ("id,phone,name\n1,+5352345678,Zoë\n".encode("latin-1"), "1 lines are not UTF-8"),
        (b"id,phone,name\r1,+5352345678,Zo\xc3\xab\r", ""),
    ],
    ids=["bom", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "old-mac"],
)
def test_a_list_is_read_whatever_wrote_it(encoded: bytes, says: str) -> None:
    text, document = judged(encoded)

    assert [row[:4] for row in table(text)] == [
        ["id", "phone", "name", "verdict"],
        ["1", "+5352345678", "Zoë", "blocked"],
    ]
    assert document.bulk
    assert says in " ".join(document.bulk.notices)


def test_one_line_in_another_encoding_spoils_no_other() -> None:
    rows = (
        "id,phone,name\n1,+5352345678,Zoë\n".encode() + "2,+5352345678,Zoë\n".encode("latin-1") + "3,+1,Zoë\n".encode()
    )

    text, _ = judged(rows)

    assert [row[2] for row in table(text)[1:]] == ["Zoë"] * 3


@pytest.mark.parametrize("magic", [b"PK\x03\x04rest", b"\x1f\x8brest", b"%PDF-1.7", b"\xd0\xcf\x11\xe0rest", b"PAR1"])
def test_what_is_no_list_is_refused_with_what_to_do(magic: bytes) -> None:
    with pytest.raises(UnreadableList, match="export it as CSV"):
        judged(magic)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_line_without_end_does_not_fill_the_memory(encoding: str) -> None:
    data = "id,phone\n1,+5352345678\n2," + "x" * (3 * LONGEST_LINE) + "\n3,+442071234567\n"

    text, document = judged(data.encode(encoding))

    assert [row[2] for row in table(text)[1:]] == ["blocked", "invalid", "allowed"]
    assert len(text) < LONGEST_LINE
    assert document.bulk
    assert any("cut" in notice for notice in document.bulk.notices)


def test_an_empty_list_is_nothing_that_ran() -> None:
    assert judged("")[1].exit_code == 3
    assert judged("id,phone\n")[1].exit_code == 3


@pytest.mark.parametrize(
    ("numbers", "fail_on", "code"),
    [
        ("+442071234567\n", Severity.ERROR, 0),
        ("+380501234567\n", Severity.ERROR, 0),
        ("+380501234567\n", Severity.WARNING, 1),
        ("+5352345678\n", Severity.ERROR, 1),
        ("xyz\n", Severity.ERROR, 1),
    ],
)
def test_the_exit_code_is_that_of_the_worst_row(numbers: str, fail_on: Severity, code: int) -> None:
    assert judged(numbers, fail_on=fail_on)[1].exit_code == code


def test_headings_that_are_taken_are_not_written_twice() -> None:
    """A list that was judged before can be judged again."""
    once, _ = judged("phone\n+5352345678\n")
    twice, _ = judged(once)

    assert table(twice)[0] == ["phone", *APPENDED, "wa_doctor_verdict", "wa_doctor_region", "wa_doctor_reason"]
    assert table(twice)[1][1] == table(twice)[1][4] == "blocked"


def test_lines_of_json_name_the_columns() -> None:
    text, _ = judged('id,100% sure,phone,id\n1,"a\nb",+5352345678,"x"\n2,c\n', as_ndjson.Rows)

    first, bad = map(json.loads, text.splitlines())
    assert first == {
        "id": "1",
        "100% sure": "a\nb",
        "phone": "+5352345678",
        "id_4": "x",
        "verdict": "blocked",
        "region": "CU",
        "reason": first["reason"],
    }
    assert bad["verdict"] == "invalid"
    assert bad["id"] == "2,c"


def test_the_document_of_a_list_holds_every_row() -> None:
    text, document = judged("phone\n+5352345678\n+442071234567\nx\n", as_json.Rows)

    written = json.loads(text)
    assert [result["verdict"] for result in written["results"]] == ["blocked", "allowed", "invalid"]
    assert written["summary"] == {**document.counts, "exit_code": 1}
    assert written["input"]["rows"] == 3


def test_what_was_found_is_counted_by_verdict_and_place() -> None:
    _, document = judged("+5352345678\n+53 7 861 2345\n+442071234567\nKorea\nCorea\n+380501234567\n+380671234567\n")

    assert document.bulk
    assert {
        (each.verdict, each.place.code): each.count for each in document.bulk.tallies if each.place.code != "KP+KR"
    } == {
        ("blocked", "CU"): 2,
        ("allowed", "GB"): 1,
        ("uncertain", "UA"): 2,
    }
    assert document.counts["uncertain"] == 4


def test_problems_name_their_row() -> None:
    """Rows count from 1 as a spreadsheet shows them, the heading included."""
    _, document = judged("phone\n+442071234567\n+5352345678\n")

    assert document.bulk
    assert [(each.row, each.verdict.region.code) for each in document.bulk.problems] == [(3, "CU")]


VALUES = st.one_of(
    st.from_regex(r"\+?(00)?[0-9]{6,16}", fullmatch=True),
    st.from_regex(r"\+?(380|7978|7949|53|98|1|44|8)[ ()-]?0?[0-9 ()-]{6,12}", fullmatch=True),
    st.text(min_size=1, max_size=20),
)


@settings(deadline=None, max_examples=500)
@given(VALUES, st.booleans())
@example("+38006512345678", False)
@example("89781500000", False)
@example("00989121234567", False)
@example("+98(0)9121234567", False)
@example("53٥٢٣٤٥٦٧٨", False)
@example("5352345678", True)
def test_a_list_judges_as_a_single_value_is_judged(value: str, wa_id: bool) -> None:
    """The short way for millions comes to the same as the long way, the first time and every other time."""
    outcomes = Outcomes(wa_id=wa_id)
    expected = judge(value, wa_id=wa_id, suggest=False)

    for _ in range(2):
        found = outcomes.of(value)
        assert (found.verdict, found.place, found.reason) == (expected.verdict, expected.region, expected.reason)


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_characters="\0\r", codec="utf-8")), min_size=3, max_size=3), min_size=1
    )
)
def test_any_csv_keeps_its_cells(rows: list[list[str]]) -> None:
    """Whatever the csv module writes is written again with the same cells, row by row."""
    rows = [
        row for row in rows if len("".join(row)) > 0 and all("\n" not in cell or cell.count("\n") < 90 for cell in row)
    ]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([["a", "phone", "c"], *rows])

    text, document = judged(out.getvalue())

    assert [row[:3] for row in table(text)[1:]] == rows
    assert document.total == len(rows)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=400))
@example(b"\r,")
@example(b'"\r",1\n')
def test_no_bytes_are_too_strange(data: bytes) -> None:
    """Whatever they are, there is a table or one clear sentence."""
    try:
        text, document = judged(b"id,phone\n" + data)
    except (UnreadableList, UnclearList):
        return
    assert len(table(text)) == document.total + 1


def test_memory_does_not_grow_with_the_list() -> None:
    """Ten times the rows, no more memory: nothing is kept of a row."""

    class Endless(io.RawIOBase):
        """Made-up rows, so many batches of them."""

        def __init__(self, batches: int) -> None:
            self.left = batches
            self.number = 0

        def read1(self, _: int) -> bytes:
            if not self.left:
                return b""
            self.left -= 1
            head = b"id,phone\n" if self.number == 0 else b""
            rows = [b"%d,+98912%07d" % (number, number) for number in range(self.number, self.number + 2000)]
            self.number += 2000
            return head + b"\n".join(rows) + b"\n"

    class Nowhere(io.StringIO):
        def write(self, text: str, /) -> int:
            return len(text)

    def peak(batches: int) -> int:
        tracemalloc.start()
        try:
            document = run(Endless(batches), "list", [Output(as_csv.Rows(), Nowhere())])  # type: ignore[arg-type]
            assert document.total == batches * 2000
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)
    assert peak(50) < peak(5) * 1.5


def test_a_file_that_cannot_be_written_is_named() -> None:
    class Full(io.StringIO):
        def write(self, _: str, /) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(Unwritable, match=r"out\.csv could not be written: No space left"):
        run(io.BytesIO(b"+5352345678\n"), "list", [Output(as_csv.Rows(), Full(), "out.csv")])


def test_a_reader_who_has_gone_is_not_hidden() -> None:
    class Closed(io.StringIO):
        def write(self, _: str, /) -> int:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        run(io.BytesIO(b"+5352345678\n"), "list", [Output(as_csv.Rows(), Closed())])


@pytest.mark.parametrize(
    ("trouble", "stopped", "code"), [(KeyboardInterrupt(), INTERRUPTED, 130), (OSError(5, "I/O error"), "I/O error", 3)]
)
def test_what_was_written_is_whole_when_a_list_ends_early(trouble: BaseException, stopped: str, code: int) -> None:
    """By Ctrl-C or by a disk that fails: complete rows, a valid document, and a summary of what was judged."""

    class Breaking(io.RawIOBase):
        def __init__(self) -> None:
            self.pieces = [b"phone\n+442071234567\n+44207123"]

        def read1(self, _: int) -> bytes:
            if self.pieces:
                return self.pieces.pop()
            raise trouble

    out = io.StringIO()
    document = run(Breaking(), "list", [Output(as_json.Rows(), out)])  # type: ignore[arg-type]

    written = json.loads(out.getvalue())
    assert len(written["results"]) == document.total == 1
    assert written["summary"]["exit_code"] == document.exit_code == code
    assert stopped in written["input"]["stopped"]


def test_progress_says_how_much_is_left() -> None:
    assert described(1_500_000, 50, 200, 5.0) == "1,500,000 rows  300,000 rows/s  25%  15 s left"
    assert described(1_500_000, 50, 0, 100.0) == "1,500,000 rows  15,000 rows/s"
    assert described(10, 10, 1000, 10.0).endswith("16 min 30 s left")


def test_progress_leaves_nothing_behind() -> None:
    out = io.StringIO()
    progress = Progress(out)
    progress._shown -= 10
    progress(1000, 10)
    progress.clear()

    assert "1,000 rows" in out.getvalue()
    assert out.getvalue().rpartition("\r")[0].endswith(" ")


def test_a_real_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"phone\n" + b"".join(b"+98912%07d\n" % number for number in range(50_000)))
    with path.open("rb", buffering=0) as stream:
        out = io.StringIO()
        document = run(stream, "list.csv", [Output(as_csv.Rows(), out)])

    assert document.counts["blocked"] == 50_000
    assert out.getvalue().count("\n") == 50_001
