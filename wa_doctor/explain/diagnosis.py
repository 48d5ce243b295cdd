"""Reads a text of any size and explains it: the way from characters to matches and ranked causes."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping

from wa_doctor.explain.explanation import Explanation, Match
from wa_doctor.explain.matching import is_known, match_error, match_symptom
from wa_doctor.explain.reading.envelopes import read_structure
from wa_doctor.explain.reading.fragments import Spans, read_fragments
from wa_doctor.explain.reading.lowered import lowered
from wa_doctor.explain.reading.numbers import read_numbers
from wa_doctor.explain.reading.record import Record
from wa_doctor.explain.reading.source import Chunk, chunks
from wa_doctor.explain.reading.structures import Effort, structures
from wa_doctor.explain.reading.transcript import read_statuses, read_transcript
from wa_doctor.explain.reasoning.evidence import fitting, gather
from wa_doctor.explain.reasoning.ranking import rank
from wa_doctor.explain.recognition import STORY, Recognised, comparable
from wa_doctor.knowledge import facts
from wa_doctor.knowledge.causes import causes
from wa_doctor.knowledge.symptoms import symptoms

_MOST = 40  # matches in one explanation
_SENTENCE = 3  # words; with fewer of them nothing is told
_INLINE = 80  # characters of a structure that is still part of a sentence
_FENCED = re.compile(r"^[ \t]*```.*?^[ \t]*```", re.MULTILINE | re.DOTALL)  # what is pasted is not what is told


def diagnose(parts: Iterable[str], effort: Effort | None = None) -> Explanation:
    """Explain a text that comes in parts; memory does not grow with its length."""
    record, recognised, beginning, account = Record(), Recognised(), "", ""
    effort = effort or Effort()
    for chunk in chunks(parts):
        spans = _read(chunk, record, effort)
        recognised.look(comparable(chunk.text))
        if chunk.first:
            beginning = chunk.text[:STORY]
            account = _account(beginning, spans)
            recognised.listen(comparable(_FENCED.sub(" ", account)))
    found = gather(record, recognised.settled(), recognised.circumstances, beginning, account)
    ranked = rank(found)
    return Explanation(
        matches=tuple(itertools.islice(_matches(record, recognised.settled()), _MOST)),
        causes=ranked,
        unmatched=(*record.strangers, *(() if ranked or record.errors else _healthy(record))),
        overrides=facts.overrides(),
    )


def _read(chunk: Chunk, record: Record, effort: Effort) -> list[tuple[int, int]]:
    """Read one chunk into the record; return where structures stood."""
    spans, telling = [], []
    for structure in structures(chunk.text, effort, chunk.own):
        span = (structure.start, structure.end)
        if read_structure(structure.value, record, effort):
            telling.append(span)
        spans.append(span)
    lower = lowered(chunk.text)
    read_fragments(chunk.text, lower, chunk.own, Spans(telling), is_known, record)
    read_transcript(chunk.text, lower, chunk.own, record)
    if chunk.first:
        told = min(chunk.own, STORY)
        read_statuses(chunk.text, told, record)
        read_numbers(chunk.text, told, record)
    return spans


def _account(text: str, spans: list[tuple[int, int]]) -> str:
    """Return what a person tells in a text: all but the structures, of which a short one may be part of a sentence."""
    told = _without(text, spans)
    if len(told.split()) < _SENTENCE:
        return told
    return _without(text, [(start, end) for start, end in spans if end - start > _INLINE])


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    kept, position = [], 0
    for start, end in spans:
        kept.append(text[position:start])
        position = max(position, end)
    kept.append(text[position:])
    return " ".join(kept)


def _healthy(record: Record) -> Iterator[str]:
    """Say of a body that was read and holds no error that this is so."""
    yield from (f"{body} was read, and there is no error in it" for body in record.bodies)


def _matches(record: Record, recognised: Mapping[str, str]) -> Iterator[Match]:
    errors = record.settled()
    trace = record.headers.get("x-fb-request-id", "")
    for seen in errors:
        yield match_error(dataclasses.replace(seen, fbtrace_id=trace) if trace and not seen.fbtrace_id else seen)
    told = {seen.code for seen in errors}
    recognised = fitting(recognised, told)
    by_id = {cause.id: cause for cause in causes()}
    for symptom in symptoms():
        if symptom.code is not None and symptom.code in told:
            continue
        if symptom.http:
            status = next((each for each in symptom.http if each in record.http), None)
            if status is not None and (not errors or status >= 407):
                yield match_symptom(symptom, by_id[symptom.cause], record.http[status])
        elif symptom.id in recognised:
            if symptom.code is not None:
                told.add(symptom.code)
            where = "header" if symptom.header else "text"
            yield match_symptom(symptom, by_id[symptom.cause], recognised[symptom.id], where)
