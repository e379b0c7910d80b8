"""One piece of a table, from its cells to the text or the columns that are written: what every process runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from computeest.estimation.results import Results
from computeest.facts.lookup import Lookup
from computeest.pipeline import Options, estimated, of_sources
from computeest.records import frames
from computeest.records.columns import Column, flat, objects, units_of
from computeest.tables.format import Annotated, Format
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

    def annotate(self, piece: Piece) -> Done:
        """The piece as it is written, and what became of its rows."""
        rows = self.source.read(piece)
        annotated, summary = annotated_rows(rows, self)
        return Done(piece.number, self.form.encoded(annotated, piece.number), summary, piece.done)

    def empty(self) -> Annotated:
        """What is written of a table without rows."""
        import pyarrow as pa

        table = pa.table({name: pa.array([], pa.string()) for name in self.source.columns})
        results, problems = estimated(table, self.options)
        found = flat(results, problems)
        return Annotated(frames.joined(table, found, units_of(results), records_only=self.records_only), None, {})


@dataclass(frozen=True, slots=True)
class Done:
    """A piece that is finished."""

    number: int
    content: bytes
    summary: Summary
    #: How much of the input is done with it, from 0 to 1.
    done: float


def annotated_rows(rows: Rows, work: Work) -> tuple[Annotated, Summary]:
    """The rows with their records beside them, and their summary."""
    if isinstance(work.source, Papers):
        results, problems = of_sources([Path(file) for file in rows.table.column("file").to_pylist()], work.options)
    else:
        facts = without_broken(rows)
        results, problems = estimated(facts, work.options)
        for row, reason in rows.broken.items():
            problems[row] = f"row: {reason}"
    found = flat(results, problems)
    table = frames.joined(rows.table, found, units_of(results), records_only=work.records_only)
    return Annotated(table, results, problems), _summary(results, found, problems, rows)


def without_broken(rows: Rows) -> pa.Table:
    """The table with nothing in the broken rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = rows.table
    if not rows.broken:
        return table
    whole = np.ones(table.num_rows, dtype=bool)
    whole[list(rows.broken)] = False
    return pa.table({name: pc.if_else(pa.array(whole), table.column(name), pa.scalar(None, table.column(name).type))
                     for name in table.column_names})


def _summary(results: Results, found: Mapping[str, Column], problems: Mapping[int, str], rows: Rows) -> Summary:
    summary = Summary(notes=dict.fromkeys(sorted(rows.notes)))
    for text, count in _counts(found["assumed"]).items():
        summary.assumed.update({part.partition("=")[0]: count for part in text.split(", ")})
    estimated_ = ~np.isnan(results.columns["flop"])
    said = objects(found["problems"])
    reasons = {row: str(said[row]) for row in np.flatnonzero(~estimated_).tolist()}
    summary.count(_counts(found["method"]), _counts(found["confidence"]), estimated_, problems, reasons)
    return summary


def _counts(column: Column) -> dict[str, int]:
    if not isinstance(column, Lookup):
        return {}
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.facts))
    return {str(fact): int(count) for fact, count in zip(column.facts, counts, strict=True) if count}
