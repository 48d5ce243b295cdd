"""What reaches a terminal: widths, wrapping, colour, and characters that the other side can take."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from wa_doctor.render import terminal

ARROWS = [[("✗", "fail"), (" it → works… ", ""), ("50 % «ok»", "dim")]]


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


def stream(encoding: str) -> tuple[io.TextIOWrapper, io.BytesIO]:
    """Return a text stream of an encoding and the bytes behind it."""
    raw = io.BytesIO()
    return io.TextIOWrapper(raw, encoding=encoding, newline="\n"), raw


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", 0), ("plain", 5), ("日本", 4), ("e\u0301", 1), ("a\u200db", 2), ("हिन्दी", 5), ("Ａ", 2), ("العربية", 7)],
)
def test_cells_are_columns_not_characters(text: str, columns: int) -> None:
    """A wide character takes two columns, a combining mark or a joiner none."""
    assert terminal.cells(text) == columns


def test_pad_counts_columns() -> None:
    """Text in a wide script lines up with text in a narrow one."""
    assert terminal.pad("日本", 6) == "日本  "
    assert terminal.pad("too long", 3) == "too long"


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [("short", 5, "short"), ("longer", 5, "long…"), ("日本語", 5, "日本…"), ("a b c", 3, "a…")],
)
def test_shorten_stays_within_the_columns(text: str, columns: int, shown: str) -> None:
    """The ellipsis is inside the columns that were given."""
    assert terminal.shorten(text, columns) == shown


def test_wrap_hangs_behind_its_indent() -> None:
    """The first line has its own indentation, the others the hanging one."""
    lines = list(terminal.wrap("one two three four five", 14, "-> ", "   "))

    assert lines == ["-> one two", "   three four", "   five"]


def test_wrap_without_hang_keeps_the_indent() -> None:
    """A paragraph is indented as a whole."""
    assert list(terminal.wrap("one two three", 9, "  ")) == ["  one two", "  three"]


@pytest.mark.parametrize(
    "whole",
    ["https://developers.facebook.example/a/very/long/address", "`wa-doctor check --only token --fail-on warning`."],
)
def test_wrap_breaks_no_address_and_no_command(whole: str) -> None:
    """What a person copies stands on one line, however narrow the page is."""
    assert whole in list(terminal.wrap(f"First run {whole} and read on", 20))


def test_wrap_of_nothing_is_one_empty_line() -> None:
    """A caller always gets a line."""
    assert list(terminal.wrap("", 20, "  ")) == [""]


def test_wrap_never_loses_a_word() -> None:
    """Every word comes out once and in order, at any width."""
    text = "a `b c` dd https://e.example/f ``gg `h"
    for columns in range(1, 40):
        assert " ".join(" ".join(terminal.wrap(text, columns)).split()) == text


@pytest.mark.parametrize("color", ["never", "always"])
def test_control_characters_never_get_through(color: str) -> None:
    """A text that forgot to be made plain still cannot colour the terminal, reorder or start a line."""
    out = io.StringIO()
    terminal.write([[("a\x1b]0;title\x07b\n\r\x9b31m\u202ec\u2028d", "dim")]], out, color)
    text = out.getvalue().replace("\x1b[2m", "").replace("\x1b[0m", "")

    assert text == "a ]0;title b   31m c d\n"


@pytest.mark.parametrize("color", ["never", "always"])
def test_ascii_gets_the_nearest_thing(color: str) -> None:
    """A stream that knows no arrow gets an ASCII one, and a code where there is nothing near."""
    out, raw = stream("ascii")
    terminal.write(ARROWS, out, color)
    out.flush()

    assert raw.getvalue().lstrip(b"\x1b[1;3m").startswith(b"\\u2717")
    assert b" it -> works... " in raw.getvalue()
    assert b"50 % \\xabok\\xbb" in raw.getvalue()


def test_glyphs_are_what_the_stream_can_encode() -> None:
    """No mark of the ASCII set needs anything else, and no two marks of a status are the same."""
    for encoding, passed in (("utf-8", "✓"), ("ascii", "+"), ("cp1252", "+"), ("cp437", "+")):
        marks = terminal.glyphs(stream(encoding)[0])

        assert marks.passed == passed
        assert len({marks.passed, marks.warned, marks.failed, marks.skipped, marks.unknown}) == 5


@pytest.mark.parametrize(
    ("color", "environment", "screen", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_who_decides_about_color(
    color: str, environment: dict[str, str], screen: bool, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option decides, then NO_COLOR, FORCE_COLOR and TERM, then whether somebody is looking; and rich obeys."""
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    out = Screen() if screen else io.StringIO()
    terminal.write([[("hot", "fail")]], out, color)

    assert terminal.wants_color(out, color) is wanted
    assert out.getvalue() == ("\x1b[1;31mhot\x1b[0m\n" if wanted else "hot\n")


def test_color_changes_no_character() -> None:
    """Without the escape sequences, the coloured text is the plain one; markup and long lines stay as they are."""
    lines = [[("[bold]not markup[/bold] :smile: ", "bold"), ("x" * 300, "link"), ("   ", "")], [], [("end", "")]]
    plain, colored = io.StringIO(), io.StringIO()
    terminal.write(lines, plain, "never")
    terminal.write(lines, colored, "always")

    assert colored.getvalue().replace("\x1b[1m", "").replace("\x1b[4m", "").replace("\x1b[0m", "") == plain.getvalue()


def test_every_style_is_known_to_rich() -> None:
    """A misspelt style would break the report only where there is colour."""
    out = io.StringIO()
    terminal.write([[(name or "none", name) for name in terminal.STYLES]], out, "always")

    assert out.getvalue().count("\x1b[0m") == len(terminal.STYLES) - 1


@pytest.mark.parametrize(("reported", "columns"), [("30", 40), ("100", 100), ("300", 120)])
def test_the_page_is_as_wide_as_the_terminal_within_reason(
    reported: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines of 300 columns cannot be read, and a page of 30 cannot be laid out."""
    monkeypatch.setenv("COLUMNS", reported)

    assert terminal.width(Screen()) == columns
    assert terminal.width(io.StringIO()) == 80
    assert terminal.width(Screen(), 70) == 70


def test_plain_text_loads_no_rich() -> None:
    """Whoever writes to a pipe does not wait for rich."""
    program = (
        "import io, sys; from wa_doctor.render import terminal; "
        "terminal.write([[('x', 'fail')]], io.StringIO(), 'never'); "
        "print([each for each in sys.modules if each.startswith('rich')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
