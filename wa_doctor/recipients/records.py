"""Takes lines apart into rows: one value each, and the text of the row as it is to be written again."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wa_doctor.recipients.layout import Layout

# A quoted field may hold line ends. More of them than this is a quote that was never closed.
_MOST_LINES = 100

# Other programs take one on its own for the end of the row, unless it is quoted.
_CARRIAGE = "a carriage return stands in the row"


@dataclass(slots=True)
class Rows:
    """
    Some rows, in order: their text without line end, and the value of the column that counts.

    `bad` says by index what is wrong with a row that cannot be taken apart; its value is empty, and its text is one
    quoted field with empty ones behind it, so that what is written has as many columns as the rest.
    """

    texts: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    bad: dict[int, str] = field(default_factory=dict)


class Records:
    """Makes rows of lines; a row that goes on in the next batch is kept until it is complete."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._delimiter = layout.delimiter
        self._pending: list[str] = []

    def take(self, lines: list[str]) -> Rows:
        """Return the rows that are complete with these lines."""
        if not self._delimiter:
            return self._plain_lines(lines)
        joined = "\n".join(lines)
        if self._pending or any(character in joined for character in '"\0\r'):
            return self._careful(lines, last=False)
        count, column = self._layout.width - 1, self._layout.column
        if [line.count(self._delimiter) for line in lines].count(count) < len(lines):
            return self._careful(lines, last=False)
        delimiter = self._delimiter
        return Rows(lines, [line.split(delimiter, column + 1)[column] for line in lines])

    def rest(self) -> Rows:
        """Return what is left when there are no more lines."""
        return self._careful([], last=True) if self._pending else Rows()

    def fields(self, text: str) -> Sequence[str]:
        """Take the text of a row apart into all its fields."""
        if not self._delimiter:
            return (text,)
        return _parsed(text, self._delimiter) if '"' in text else text.split(self._delimiter)

    def _plain_lines(self, lines: list[str]) -> Rows:
        texts = [line for line in lines if line and not line.isspace()]
        return Rows(texts, texts)

    def _careful(self, lines: list[str], *, last: bool) -> Rows:
        lines = self._pending + lines
        self._pending = []
        rows = Rows()
        position = 0
        while position < len(lines):
            line = lines[position]
            if not line or line.isspace():
                position += 1
                continue
            used, text, fields, trouble = self._row(lines, position, last=last)
            if not used:
                self._pending = lines[position:]
                break
            position += used
            self._add(rows, text, fields, trouble)
        return rows

    def _row(self, lines: list[str], position: int, *, last: bool) -> tuple[int, str, list[str], str]:
        """Return how many lines the row takes (0: not complete yet), its text, its fields, what is wrong with it."""
        line = lines[position]
        if '"' not in line:
            return 1, line, line.split(self._delimiter), _CARRIAGE if "\r" in line else ""
        try:
            fields = _parsed(line, self._delimiter)
            return 1, line, fields, _unquoted_carriage(line, fields)
        except csv.Error:
            pass
        text, quotes = line, line.count('"')
        for used in range(2, _MOST_LINES + 1):
            if position + used > len(lines):
                if last:
                    break
                return 0, "", [], ""
            following = lines[position + used - 1]
            text, quotes = f"{text}\n{following}", quotes + following.count('"')
            if quotes % 2 == 0:
                try:
                    fields = _parsed(text, self._delimiter)
                except csv.Error:
                    break
                if len(fields) == self._layout.width:
                    return used, text, fields, _unquoted_carriage(text, fields)
        return 1, line, [], "the quotes of this row do not match"

    def _add(self, rows: Rows, text: str, fields: list[str], trouble: str) -> None:
        width = self._layout.width
        if "\0" in text:
            trouble = "the row holds a NUL character"
        if len(fields) > width and not any(fields[width:]):
            fields = fields[:width]
            text = self._delimiter.join(map(self._quoted, fields))
        if not trouble and len(fields) != width:
            trouble = f"the row has {len(fields)} column{'' if len(fields) == 1 else 's'} and should have {width}"
        if trouble:
            rows.bad[len(rows.texts)] = trouble
            text = self._quoted(text.replace("\0", ""), always=True) + self._delimiter * (width - 1)
        rows.texts.append(text)
        rows.values.append("" if trouble else fields[self._layout.column])

    def _quoted(self, text: str, *, always: bool = False) -> str:
        if always or self._delimiter in text or '"' in text or "\n" in text or "\r" in text:
            return '"' + text.replace('"', '""') + '"'
        return text


def _unquoted_carriage(text: str, fields: list[str]) -> str:
    return _CARRIAGE if "\r" in text and text.count("\r") != "".join(fields).count("\r") else ""


def _parsed(text: str, delimiter: str) -> list[str]:
    return next(csv.reader([text], delimiter=delimiter, strict=True))
