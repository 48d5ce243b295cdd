"""
How old the facts are, kind by kind, and what they were read from.

A kind is a top-level name in the data directory, a file or a directory of files. It is found by being there.
A `sources.toml` inside such a directory lists the sources of that kind alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from wa_doctor.knowledge import facts
from wa_doctor.knowledge.facts import InvalidFact, Source

MAX_AGE_DAYS = 180

_SUFFIXES = (".toml", ".json")
_DATE_KEYS = ("checked", "read", "checked_on")
# No word boundary in front: the search is then for one of two letters, which takes a tenth of the time.
_DATES = re.compile(r'(?:checked|read|checked_on)"?\s*[=:]\s*"?(\d{4}-\d{2}-\d{2})\b')


@dataclass(frozen=True, slots=True)
class Citation:
    """A source that facts cite; `read` is None and `title` empty where the key is in no list of sources."""

    key: str
    title: str
    url: str
    read: date | None


@dataclass(frozen=True, slots=True)
class FactFile:
    """
    One kind of facts, such as `errors` or `scopes`.

    `newest` and `oldest` are the days between which it was read, None where it carries no day. `overridden` names
    the files of a user that replace or extend ours, relative to the facts directory.
    """

    name: str
    records: int
    newest: date | None
    oldest: date | None
    files: int
    overridden: tuple[str, ...]
    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Freshness:
    """Every kind of facts, and the names of those that were last read more than `max_age_days` before `today`."""

    files: tuple[FactFile, ...]
    today: date
    max_age_days: int
    stale: tuple[str, ...]


def freshness(today: date, max_age_days: int = MAX_AGE_DAYS) -> Freshness:
    """
    Load every fact there is, and say how old each kind is.

    Raises:
        InvalidFact: a file cannot be read, or a record in it is wrong.

    """
    validate()
    files = fact_files()
    return Freshness(files, today, max_age_days, tuple(each.name for each in files if stale(each, today, max_age_days)))


def fact_files() -> tuple[FactFile, ...]:
    """
    Describe every kind of facts, sorted by name.

    Raises:
        InvalidFact: a file cannot be read.

    """
    return tuple(_fact_file(kind, tuple(paths)) for kind, paths in _kinds().items())


def newest_days() -> Mapping[str, date]:
    """
    Return the newest day of every kind that carries one.

    The same days as `fact_files()` finds, from the text alone: every check-up prints them and must not pay for
    parsing the whole catalogue.
    """
    found = {
        kind: [day for path in _split(kind, paths)[0] for text in _DATES.findall(_text(path)) if (day := _day(text))]
        for kind, paths in _kinds().items()
    }
    return {kind: max(days) for kind, days in found.items() if days}


def stale(file: FactFile, today: date, days: int = MAX_AGE_DAYS) -> bool:
    """Tell whether a kind was last read more than that many days ago; one without a day cannot be called fresh."""
    return file.newest is None or today - file.newest > timedelta(days=days)


def validate() -> None:
    """
    Load every fact by the rules of its kind, so that an override is refused before anything is built on it.

    The rules of a kind are the module of its name in this package with a function of the same name. Kinds without
    one are only parsed.

    Raises:
        InvalidFact: a file breaks the rules of its kind.

    """
    for kind, paths in _kinds().items():
        for path in paths:
            _read(path)
        if loader := _loader(kind):
            for _ in loader():
                pass


def _loader(kind: str) -> Callable[[], Iterable[object]] | None:
    if kind == "sources":
        return facts.sources
    name = f"{__package__}.{kind}"
    return getattr(import_module(name), kind, None) if kind.isidentifier() and find_spec(name) else None


def _kinds() -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for top in sorted(path for path in facts.DATA.iterdir() if not path.name.startswith((".", "__"))):
        patterns = [f"{top.name}/**/*{suffix}" for suffix in _SUFFIXES] if top.is_dir() else [top.name]
        paths = [path for pattern in patterns for path in facts.files(pattern) if path.suffix in _SUFFIXES]
        if paths:
            found.setdefault(top.stem, []).extend(paths)
    return dict(sorted(found.items()))


def _split(kind: str, paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    lists = [path for path in paths if path.name == "sources.toml" and kind != "sources"]
    return [path for path in paths if path not in lists], lists


def _fact_file(kind: str, paths: tuple[Path, ...]) -> FactFile:
    read, lists = _split(kind, paths)
    documents = [_read(path) for path in read]
    own = {key: table for path in lists for key, table in _read(path).items()}
    days = [day for document in documents for day in _days(document)]
    cited = sorted({key for document in documents for key in _cited(document)})
    return FactFile(
        name=kind,
        records=sum(_records(kind, document) for document in documents),
        newest=max(days, default=None),
        oldest=min(days, default=None),
        files=len(paths),
        overridden=tuple(name for name in facts.overrides() if Path(name.split("/")[0]).stem == kind),
        sources=tuple(_citation(key, own) for key in cited),
    )


def _records(kind: str, document: Mapping[str, Any]) -> int:
    """Count the `[[scope]]` of scopes, the tables of sources; a file of neither shape is one record."""
    listed = document.get(kind.removesuffix("s"))
    if isinstance(listed, list):
        return len(listed)
    if document and all(isinstance(value, dict) for value in document.values()):
        return len(document)
    return 1


def _citation(key: str, own: Mapping[str, Any]) -> Citation:
    source = facts.build(Source, own[key], f"sources.toml: {key}") if key in own else facts.sources().get(key)
    return Citation(key, source.title, source.url, source.read) if source else Citation(key, "", "", None)


def _days(value: Any) -> Iterator[date]:
    for key, each in _pairs(value):
        if key in _DATE_KEYS and (day := _day(each)):
            yield day


def _cited(value: Any) -> Iterator[str]:
    for key, each in _pairs(value):
        if key == "sources" and isinstance(each, list):
            yield from (name for name in each if isinstance(name, str))


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield key, each
            yield from _pairs(each)
    elif isinstance(value, list):
        for each in value:
            yield from _pairs(each)


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _read(path: Path) -> Mapping[str, Any]:
    if path.suffix == ".toml":
        return facts.read(path)
    try:
        document = json.loads(_text(path))
    except (json.JSONDecodeError, RecursionError) as exc:
        raise InvalidFact(f"{path}: {exc}") from exc
    if not isinstance(document, dict):
        raise InvalidFact(f"{path}: must be an object")
    return document


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise InvalidFact(f"{path}: {exc}") from exc
