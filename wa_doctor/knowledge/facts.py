"""
Reads fact files: where they are, what overrides them, and what makes one invalid.

Facts are TOML under `wa_doctor/knowledge/data`. A directory given with `--facts` (or by the profile) is
laid over them: a file of the same name replaces ours, a new one adds to them, both under the same rules.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, ParamSpec, TypeVar, Union, cast, get_args, get_origin, get_type_hints

DATA = Path(__file__).parent / "data"

_overlays: list[Path] = []

_remembered: list[Callable[[], None]] = []

Fact = TypeVar("Fact")
Loaded = TypeVar("Loaded")
Given = ParamSpec("Given")


class InvalidFact(ValueError):
    """A fact file that cannot be used; the message names the file and what is wrong in it."""


def remembered(load: Callable[Given, Loaded]) -> Callable[Given, Loaded]:
    """Cache what a loader returns, until a directory is laid over the facts."""
    cached = cache(load)
    _remembered.append(cached.cache_clear)
    return cast("Callable[Given, Loaded]", cached)


def overlay(directory: Path) -> None:
    """
    Lay a user's directory over the built-in facts.

    Raises:
        InvalidFact: it is not a directory, or holds no fact file of a name we know how to read.

    """
    if not directory.is_dir():
        raise InvalidFact(f"{directory} is not a directory of fact files")
    known = {path.name for path in DATA.iterdir()}
    named = sorted(path.name for path in directory.iterdir() if not path.name.startswith("."))
    strangers = [name for name in named if name not in known]
    if strangers or not named:
        found = f"holds {strangers[0]!r}, which is no fact file" if strangers else "is empty"
        raise InvalidFact(f"{directory} {found}; known are {', '.join(sorted(known))}")
    if directory not in _overlays:
        _overlays.append(directory)
        for each in _remembered:
            each()


def forget() -> None:
    """Take away every directory that was laid over the facts, and what was read of them."""
    _overlays.clear()
    for each in _remembered:
        each()


def overrides() -> tuple[str, ...]:
    """Name every file of a user that replaces or extends ours, relative to the facts directory."""
    return tuple(
        sorted(path.relative_to(directory).as_posix() for directory in _overlays for path in directory.rglob("*.toml"))
    )


def files(pattern: str) -> Iterator[Path]:
    """Yield the fact files that match, sorted by name; an override stands in the place of what it replaces."""
    found = {path.relative_to(root): path for root in (DATA, *_overlays) for path in root.glob(pattern)}
    for name in sorted(found):
        yield found[name]


def find(name: str) -> Path | None:
    """Return one fact file by its name below the data directory, the user's before ours."""
    for root in (*reversed(_overlays), DATA):
        if (root / name).is_file():
            return root / name
    return None


@remembered
def read(path: Path) -> Mapping[str, Any]:
    """
    Parse one fact file.

    Raises:
        InvalidFact: it cannot be read or is not TOML.

    """
    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise InvalidFact(f"{path}: {exc}") from exc


def build(kind: type[Fact], table: Mapping[str, Any], where: str) -> Fact:
    """
    Turn a TOML table into a frozen dataclass, tables inside it into theirs, arrays into tuples.

    Raises:
        InvalidFact: a key is missing, unknown or of the wrong type, or the class itself refuses a value.

    """
    hints = _hints(kind)
    fields = {each.name: each for each in dataclasses.fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(table) - set(fields))
    if unknown:
        raise InvalidFact(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(fields)}")
    missing = [
        name
        for name, each in fields.items()
        if name not in table and each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise InvalidFact(f"{where}: the key {missing[0]!r} is missing")
    values = {name: _value(hints[name], value, f"{where}: {name}") for name, value in table.items()}
    try:
        return kind(**values)
    except ValueError as exc:
        raise InvalidFact(f"{where}: {exc}") from exc


@remembered
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(hint: Any, value: Any, where: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        hint = next(each for each in arguments if each is not type(None))
        return _value(hint, value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise InvalidFact(f"{where} must be an array")
        return tuple(_value(arguments[0], each, f"{where}[{index}]") for index, each in enumerate(value))
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        if not isinstance(value, dict):
            raise InvalidFact(f"{where} must be a table")
        return {key: _value(arguments[1], each, f"{where}.{key}") for key, each in value.items()}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise InvalidFact(f"{where} must be a table")
        return build(hint, value, where)
    if hint is Any:
        return value
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise InvalidFact(f"{where} must be {hint.__name__}, not {value!r}")
    return value


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """
    One step of a fix: an imperative sentence that names the menu path, and the command if one does it.

    `url` is set only where the step has a page of its own.
    """

    text: str
    command: str = ""
    url: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read: what it is, its address if it has one, and the day (of the version) that was read."""

    title: str
    read: date
    url: str = ""


@remembered
def sources() -> Mapping[str, Source]:
    """Return every source by the key that facts cite it by; a user's are added to ours, or replace one of them."""
    found: dict[str, Source] = {}
    for root in (DATA, *_overlays):
        for path in sorted(root.glob("sources.toml")):
            for key, table in read(path).items():
                found[key] = build(Source, table, f"{path.name}: {key}")
    return found
