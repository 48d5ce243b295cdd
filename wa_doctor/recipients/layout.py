"""Finds out how a list is laid out: lines or CSV, which delimiter, whether it has a header, which column counts."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from wa_doctor.recipients.judge import judge
from wa_doctor.recipients.spelling import same_spelling
from wa_doctor.recipients.verdict import INVALID

DELIMITERS = ",;\t|"

# What a column of recipients is called, the surest first, without spaces, accents and punctuation.
_HEADERS = """
    waid wanumber whatsappid whatsappnumber whatsappphone whatsappphonenumber whatsapp userid bsuid
    e164 phonee164 phonenumber phoneno phone telephonenumber telephone telno tel msisdn
    mobilenumber mobilephone mobileno mobile cellphone cellnumber cell
    telefono numerodetelefono telefonomovil movil celular telefone telefonnummer telefonnr telefon handynummer handy
    telefoonnummer telefoon telefonnumarasi ceptelefonu numerodetelephone portable cellulare
    телефон номертелефона номер мобильный رقمالهاتف هاتف جوال تلفن موبایل 电话 手机 手机号 電話 電話番号 携帯番号
    전화번호 휴대폰 recipientphone recipientid recipient destinatario destination contactnumber to number numero nummer
    countrycode countryiso country pais land
"""
_WA_ID_HEADERS = ("waid", "whatsappid")

_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_LOOKS_LIKE_NUMBER = 5  # digits in a field of the first row that make it a value, not a heading


class UnclearList(Exception):
    """A list whose column of recipients cannot be told; the message says what to add."""


@dataclass(frozen=True, slots=True)
class Layout:
    """
    How a list is laid out.

    Without a delimiter every line is one value. `header` is empty where the first row is one like the others;
    `column` counts from 0. `wa_id`: the column says that its values are wa_ids.
    """

    delimiter: str = ""
    header: tuple[str, ...] = ()
    column: int = 0
    width: int = 1
    wa_id: bool = False

    @property
    def column_name(self) -> str:
        """The heading of the column of recipients, or its number from 1."""
        return self.header[self.column] if self.header else str(self.column + 1)


def find_layout(sample: Sequence[str], wanted: str = "") -> Layout:
    """
    Find out the layout from the first lines. `wanted` is the heading of the column, or its number from 1.

    Raises:
        UnclearList: no column is called that, or there are several and none has a heading known here.

    """
    lines = [line for line in sample if line.strip()]
    if not lines:
        return Layout()
    delimiter = _delimiter(lines)
    fields = split(lines[0], delimiter) if delimiter else [lines[0].strip().strip('"')]
    if wanted:
        return _wanted(fields, delimiter, wanted)
    is_value = judge(lines[0], suggest=False).verdict != INVALID  # a heading such as "to" is a code too: Tonga
    column = _known_column(fields)
    if column is not None and not is_value:
        return _with_header(fields, delimiter, column)
    if not delimiter or is_value or not _is_even(lines, delimiter):
        return Layout()
    shown = ", ".join(repr(field) for field in fields[:12])
    raise UnclearList(
        f"which column holds the recipients? Give --column its heading or number; the first row is {shown}"
    )


def split(line: str, delimiter: str) -> list[str]:
    """Split a row of CSV; one that is quoted wrongly is split at every delimiter."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return line.split(delimiter)


def _delimiter(lines: Sequence[str]) -> str:
    best, best_rank = "", (False, 0, 0)
    bare = [_QUOTED.sub("", line) for line in lines]
    for delimiter in DELIMITERS:
        count = bare[0].count(delimiter)
        if not count:
            continue
        even = sum(line.count(delimiter) == count for line in bare)
        rank = (_known_column(split(lines[0], delimiter)) is not None, even, count)
        if rank > best_rank:
            best, best_rank = delimiter, rank
    return best


def _is_even(lines: Sequence[str], delimiter: str) -> bool:
    counts = {_QUOTED.sub("", line).count(delimiter) for line in lines}
    return len(counts) == 1


def _wanted(fields: list[str], delimiter: str, wanted: str) -> Layout:
    names = [field.strip() for field in fields]
    for key in (str, _key):
        keys = [key(name) for name in names]
        if key(wanted) in keys:
            return _with_header(fields, delimiter, keys.index(key(wanted)))
    if wanted.isdecimal() and 1 <= int(wanted) <= len(fields):
        column = int(wanted) - 1
        if _is_value(fields[column]):
            return Layout(delimiter, (), column, len(fields))
        return _with_header(fields, delimiter, column)
    near = difflib.get_close_matches(wanted, names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(map(repr, names[:12]))}"
    raise UnclearList(f"no column is called {wanted!r}; {hint}")


def _is_value(field: str) -> bool:
    return sum(map(str.isdecimal, field)) >= _LOOKS_LIKE_NUMBER or judge(field, suggest=False).verdict != INVALID


def _with_header(fields: list[str], delimiter: str, column: int) -> Layout:
    header = tuple(field.strip() for field in fields)
    return Layout(delimiter, header, column, len(header), _key(header[column]) in _WA_ID_HEADERS)


def _known_column(fields: Sequence[str]) -> int | None:
    keys = [_key(field) for field in fields]
    return next((keys.index(name) for name in _KNOWN if name in keys), None)


def _key(heading: str) -> str:
    return same_spelling(heading).replace(" ", "")


_KNOWN = tuple(dict.fromkeys(_key(name) for name in _HEADERS.split()))
