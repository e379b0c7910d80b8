"""One piece of a table, from its cells to the text or the columns that are written: what every process runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from computeest.facts import set_apart
from computeest.facts.lookup import Lookup
from computeest.facts.table import of_several
from computeest.pipeline import Estimated, Options, estimated, of_sources
from computeest.records import frames
from computeest.records.columns import Column, RecordField, units_of
from computeest.records.wanted import ALL, Wanted, kept
from computeest.schema.column_map import Whole
from computeest.tables.format import Annotated, Content, Format
from computeest.tables.papers import Papers
from computeest.tables.source import Piece, Rows, Source
from computeest.tables.summary import Summary

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Work:
    """What is done with each piece of a table."""

    source: Source
    options: Options
    form: Format
    records_only: bool = False
    wanted: Wanted = ALL
    #: The columns that mean something or are written; None for all.
    needed: tuple[str, ...] | None = None

    def annotate(self, piece: Piece) -> Done:
        """The piece as it is written, and what became of its rows."""
        rows = self.source.read(piece, self.needed)
        alone = piece.number == 0 and piece.done == 1.0
        annotated, summary = annotated_rows(rows, self if alone else replace(
            self, options=within(self.source, self.options, first=piece.number == 0)))
        return Done(piece.number, self.form.encoded(annotated, piece.number), summary, piece.done)

    def empty(self) -> Annotated:
        """What is written of a table without rows."""
        import pyarrow as pa

        table = pa.table({name: pa.nulls(0, pa.string()) for name in self.source.columns})
        made = estimated(table, self.options)
        if self.wanted.names:
            self.wanted.check(frames.joined(table, made.columns, records_only=self.records_only).column_names)
        return Annotated(self.written(table, made), None, {})

    def written(self, table: pa.Table, made: Estimated) -> pa.Table:
        """The rows with their records, as they are written."""
        both = frames.joined(table, kept(made.columns, self.wanted), units_of(made.results),
                             records_only=self.records_only)
        return self.wanted.within(both)

    def asked(self, field: RecordField) -> bool:
        """Whether a field of the record is made: it is written, or the summary tells of it."""
        told = field.name in ("method", "confidence") or (field.name == "assumed" and bool(self.options.assume))
        return told or self.wanted.asks(field.name, text=not field.unit)


@dataclass(frozen=True, slots=True)
class Done:
    """A piece that is finished."""

    number: int
    content: Content
    summary: Summary
    #: How much of the input is done with it, from 0 to 1.
    done: float
    #: What another process keeps of plugins that failed in it.
    failed: tuple[str, ...] = ()
    #: A file of the work directory that the content stands in, where another process left it there.
    part: Path | None = None

    def blocks(self) -> Iterator[bytes]:
        """The content, which is there once."""
        return iter((self.content,)) if isinstance(self.content, bytes) else self.content

    def whole(self) -> bytes:
        """The content at once."""
        return self.content if isinstance(self.content, bytes) else b"".join(self.content)


def annotated_rows(rows: Rows, work: Work) -> tuple[Annotated, Summary]:
    """The rows with their records beside them, and their summary."""
    if isinstance(work.source, Papers):
        table, found = rows.table, of_sources([Path(file) for file in work.source.files], work.options)
    else:
        table = _coded(rows.table, work.options)
        found = estimated(table, work.options, rows.broken, work.asked)
    table, summary = work.written(table, found), _summary(found, rows)
    raw = None if work.records_only or work.wanted.names else rows.raw
    return Annotated(table, found.results if work.form.of_results else None, found.problems, raw), summary


#: Rows that show whether others share their words.
_SOME = 2048


def _coded(table: pa.Table, options: Options) -> pa.Table:
    """The table with words that rows share each kept once, which facts and formats would both look for: 1.5 %."""
    import pyarrow as pa

    fields = options.registry.columns.fields
    for name, source in options.columns.columns.items() if options.columns is not None else ():
        if source.header and not fields[name].numeric:
            place = table.column_names.index(source.header)
            column = table.column(place)
            if pa.types.is_string(column.type) and 2 * len(column[:_SOME].unique()) < min(_SOME, len(column)):
                table = table.set_column(place, source.header, column.dictionary_encode())
    return table


def within(source: Source, options: Options, *, first: bool) -> Options:
    """The options of rows that are a piece of a table: what a cell means does not rest on how it is cut."""
    columns = options.columns
    if columns is None:
        return options
    model = columns.columns.get("model")
    named = model.header if model is not None else ""
    return replace(options, columns=replace(columns, whole=Whole(first, partial(_each, source, named))))


def _each(source: Source, model: str, headers: tuple[str, ...],
          look: Callable[[Any], Any]) -> tuple[tuple[Any, ...], ...]:
    return _seen(source, source.fingerprint(), model, headers, look)  # type: ignore[arg-type]  # each is frozen


@lru_cache(maxsize=256)
def _seen(source: Source, _: str, model: str, headers: tuple[str, ...],
          look: Callable[[Any], Any]) -> tuple[tuple[Any, ...], ...]:
    """What a look at columns sees in each piece of a table, but in rows that are broken or add up others."""
    found = []
    for piece in source.pieces():
        table = without_broken(source.read(piece, tuple(dict.fromkeys(filter(None, (*headers, model))))))
        if model:
            table = set_apart.emptied(table, list(of_several(table.column(model))))
        found.append(tuple(look(table.column(header)) for header in headers))
    return tuple(found)


def without_broken(rows: Rows) -> pa.Table:
    """The table with nothing in the broken rows."""
    return set_apart.emptied(rows.table, list(rows.broken))


def _summary(found: Estimated, rows: Rows) -> Summary:
    summary = Summary(notes=dict.fromkeys(sorted(rows.notes)))
    for text, count in _counts(found.columns["assumed"]).items() if "assumed" in found.columns else ():
        summary.assumed.update({part.partition("=")[0]: count for part in text.split(", ")})
    estimated_ = ~np.isnan(found.results.columns["flop"])
    said, without = found.columns["problems"], np.flatnonzero(~estimated_).tolist()
    reasons = {row: str(said.at(row)) for row in without} if isinstance(said, Lookup) else {}
    summary.count(_counts(found.columns["method"]), _counts(found.columns["confidence"]), estimated_, found.problems,
                  reasons)
    return summary


def _counts(column: Column) -> dict[str, int]:
    if not isinstance(column, Lookup):
        return {}
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.facts))
    return {str(fact): int(count) for fact, count in zip(column.facts, counts, strict=True) if count}
