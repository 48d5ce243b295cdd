"""
Say what an error code or any pasted text means, and what to do. No network is used.

WHAT is an error code (190, 190/463, "(#131030)"), the id of a check, or the words of a message. A body, a log or a
whole ticket comes from --from FILE or from stdin.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from wa_doctor.cli import options as given

if TYPE_CHECKING:
    from wa_doctor.cli.output import Destination
    from wa_doctor.explain.explanation import Explanation
    from wa_doctor.render import Look

_STDIN = "-"


def command(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WHAT]...", help="Codes, check ids, or a message; - reads a text from stdin."),
    ] = None,
    from_file: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Read a text: a body, a log, a ticket.")
    ] = None,
    list_codes: Annotated[bool, typer.Option("--list", help="List the codes that are known.")] = False,
    category: Annotated[
        str,
        typer.Option("--category", metavar="NAME", help="List only the codes of a category, such as template."),
    ] = "",
    format: Annotated[str, given.format_option("text, json, markdown, junit or github")] = "text",
    report: given.Reports = None,
    facts: given.Facts = None,
    color: given.Color = "auto",
    verbose: given.Verbose = False,
    quiet: given.Quiet = False,
) -> None:
    from wa_doctor.cli.output import deliver, destinations, spare
    from wa_doctor.knowledge.facts import InvalidFact

    given.lay_over(facts)
    look = given.look(color, verbose, quiet)
    document = "catalogue" if list_codes or category else "explain"
    given.known_format(format, document)
    files = destinations(report, document)
    words = list(what or ())
    if document == "explain" and (from_file or words in ([], [_STDIN])):
        spare([from_file or _STDIN], files)
    try:
        if document == "catalogue":
            raise _list(category, words, from_file, format, look, files)
        found = _explain(words, from_file)
    except InvalidFact as exc:
        raise typer.BadParameter(str(exc)) from exc
    raise deliver(document, found, format, look, files, found.exit_code)


def _list(
    category: str, words: list[str], from_file: Path | None, format: str, look: Look, files: tuple[Destination, ...]
) -> typer.Exit:
    from wa_doctor.cli.output import deliver
    from wa_doctor.explain.catalogue import UnknownCategory, catalogue

    if words or from_file:
        raise typer.BadParameter("--list takes nothing to explain beside it")
    try:
        found = catalogue(category)
    except UnknownCategory as exc:
        raise typer.BadParameter(str(exc)) from exc
    return deliver("catalogue", found, format, look, files, 0)


def _explain(words: list[str], from_file: Path | None) -> Explanation:
    if from_file and words:
        raise typer.BadParameter("give something to explain or --from FILE, not both")
    if from_file and str(from_file) != _STDIN:
        try:
            with from_file.open("rb") as stream:
                return _read(stream)
        except OSError as exc:
            raise typer.BadParameter(f"{from_file} cannot be read: {exc.strerror or exc}") from exc
    if words and words != [_STDIN]:
        from wa_doctor.explain.arguments import explain_words

        return explain_words(words)
    if not (words or from_file) and sys.stdin.isatty():
        raise typer.BadParameter(
            "nothing to explain; give a code such as 190, a check id, a message, or a text with --from FILE or a pipe"
        )
    return _read(sys.stdin.buffer)


def _read(stream: BinaryIO) -> Explanation:
    from wa_doctor.explain.diagnosis import diagnose
    from wa_doctor.explain.reading.source import pieces

    return diagnose(pieces(stream))
