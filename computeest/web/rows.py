"""Many rows at once: the record of each, what is wrong with it, and what of a table was not read."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeest.facts.columns import cells_of
from computeest.pipeline import Estimated, Options, estimated, of_sources
from computeest.problems import InputError, Problem
from computeest.problems.files import ROW_REFUSED
from computeest.records.columns import FIELDS, Record, objects, records

if TYPE_CHECKING:
    import pyarrow as pa

#: What tells an annotated table from one of facts: its numbers are not read as the authors' own.
_OF_RECORDS = frozenset(("flop", "flop_low", "flop_high", "confidence", "method", "derivation", "versions"))
_LEVELS = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Rows:
    """A table's records, `problems` (a text, or None) and `row` (from 1) in each."""

    records: list[Record]
    #: Headers that mean nothing, and were left out.
    unread: tuple[str, ...] = ()
    #: The layout by whose conventions it was read.
    preset: str = ""

    def counts(self) -> dict[str, int]:
        """How many rows there are, are estimated, have something wrong, and draw which level of check."""
        found = {"rows": len(self.records), "estimated": sum(r.get("flop") is not None for r in self.records),
                 "problems": sum(bool(r.get("problems")) for r in self.records)}
        for level in _LEVELS:
            found[level] = sum(any(c["level"] == level for c in r.get("checks") or ()) for r in self.records)
        return found


def of_papers(papers: Sequence[Mapping[str, Any] | Path], options: Options) -> Rows:
    """The records of papers, each broken one with its reasons; one may be the base model of others."""
    return Rows(_records(of_sources(list(papers), options)))


def of_file(path: Path, options: Options, form: str = "") -> Rows:
    """The records of a table: those that it holds, where `annotate` wrote it, or else estimated of its facts."""
    from computeest.tables.inputs import read_whole

    return of_table(read_whole(str(path), form), options)


def of_text(text: str, options: Options, *, suffix: str = ".csv") -> Rows:
    """The records of a table that is a text."""
    with tempfile.TemporaryDirectory(prefix="computeest-") as folder:
        path = Path(folder) / f"table{suffix}"
        path.write_text(text, "utf-8")
        try:
            return of_file(path, options)
        except InputError as error:  # by the name that the user knows it by
            raise InputError(replace(problem, file="") for problem in error.problems) from None


def of_table(table: pa.Table, options: Options) -> Rows:
    """The records of a table's rows."""
    if set(table.column_names) >= _OF_RECORDS:
        rows = zip(*map(cells_of, table.columns), strict=True)
        return Rows(of_rows(table.column_names, (dict(zip(table.column_names, row, strict=True)) for row in rows)))
    preset = options.preset or next(iter(options.registry.fitting(table.column_names)), "")
    options = replace(options, preset=preset)
    found = estimated(table, options)
    read = options.columns_of(table.column_names).headers()
    return Rows(_records(found), tuple(name for name in table.column_names if name not in read), preset)


def _records(found: Estimated) -> list[Record]:
    said = objects(found.columns["problems"])
    return [record | {"problems": said[index], "row": index + 1} for index, record in enumerate(records(found.results))]


def of_rows(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> list[Record]:
    """The records in an annotated table: a table's own column of a record's name has the record's beside it."""
    names = {name: max((c for c in columns if c == name or c == f"{name}_estimated"), key=len)
             for name in (*FIELDS, "problems") if {name, f"{name}_estimated"} & set(columns)}
    methods = [name for name in columns if name.startswith("flop_by_")]
    return [_kept_row(row, names, methods, index) for index, row in enumerate(rows, 1)]


def _kept_row(row: Mapping[str, Any], names: Mapping[str, str], methods: Iterable[str], index: int) -> Record:
    record: Record = dict.fromkeys((*FIELDS, "problems"))
    record |= {name: _text(row[header]) if name in _WORDS else _value(row[header]) for name, header in names.items()}
    record["methods"] = {name.removeprefix("flop_by_"): {"flop": value, "flop_low": None, "flop_high": None}
                         for name in methods if (value := _value(row[name])) is not None}
    record["checks"] = [_finding(text) for text in str(record["checks"] or "").split("; ") if text]
    record["assumed"] = dict(part.split("=", 1) for part in str(record["assumed"] or "").split(", ") if "=" in part)
    record["sources"] = [text for text in str(record["sources"] or "").split("; ") if text]
    record["derivation"] = str(record["derivation"] or "").replace("; ", "\n")
    return record | {"row": index}


#: Fields of the record that are words, whatever they look like.
_WORDS = frozenset(("model", "published", "link", "organization", "domain", "task", "benchmark", "metric",
                    "confidence", "method", "chip", "base_model", "assumed", "bound", "checks", "problems",
                    "derivation", "sources", "versions"))


def _text(value: Any) -> str | None:
    return None if value is None or value == "" or value != value else str(value)  # NaN is not itself


def _value(value: Any) -> float | None:
    """A number of a file that may have texts alone; None where there is none."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def _finding(text: str) -> dict[str, str]:
    """`code (level): message`, as a table has it, as a finding."""
    head, _, message = text.partition("): ")
    code, _, level = head.partition(" (")
    return {"code": code, "level": level if level in _LEVELS else "info", "message": message or text}


def as_problem(record: Record) -> Problem | None:
    """What is wrong with a row, None where nothing is."""
    text = record.get("problems")
    return Problem("", int(record["row"]), str(record.get("model") or ""), ROW_REFUSED(what=text)) if text else None
