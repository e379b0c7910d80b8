"""A SQLite database that any browser for such opens: tables records, estimates, checks, problems."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from computeest.facts.columns import as_json, cells_of
from computeest.records.checks import by_paper
from computeest.schema import SCHEMA_VERSION
from computeest.tables.format import Annotated
from computeest.text.files import OutputError
from computeest.text.numbers import NINETY

if TYPE_CHECKING:
    import pyarrow as pa


#: Columns of a table that SQLite makes.
MOST_COLUMNS = 2000
_TABLES = {
    "estimates": "row INTEGER, method TEXT, flop REAL, flop_low REAL, flop_high REAL, weight REAL",
    "checks": "row INTEGER, code TEXT, level TEXT, message TEXT",
    "problems": "row INTEGER, problem TEXT",
}


def parts(annotated: Annotated) -> list[pa.Table]:
    """Estimates (one for each row and method), checks and problems of some rows; rows are counted from 0 there."""
    import pyarrow as pa

    results = annotated.results
    estimates: dict[str, list[Any]] = {
        name: [] for name in ("row", "method", "flop", "flop_low", "flop_high", "weight")}
    checks: dict[str, list[Any]] = {name: [] for name in ("row", "code", "level", "message")}
    if results is not None:
        reconciled = results.reconciled
        flop, sigma, weight = reconciled.method_flop, reconciled.method_sigma, reconciled.weight
        rows, places = np.nonzero(~np.isnan(flop))
        value, spread = flop[rows, places], np.exp(NINETY * sigma[rows, places])
        names = np.array(results.reconciled.methods, dtype=object)
        for name, column in (("row", rows), ("method", names[places]), ("flop", value), ("flop_low", value / spread),
                             ("flop_high", value * spread), ("weight", weight[rows, places])):
            estimates[name] = column.tolist()
        for row, findings in sorted(by_paper(results).items()):
            for finding in findings:
                for name, cell in (("row", row), *finding.items()):
                    checks[name].append(cell)
    wrong = sorted(annotated.problems.items())
    problems = {"row": [row for row, _ in wrong], "problem": [text for _, text in wrong]}
    kinds = {"row": pa.int64(), "flop": pa.float64(), "flop_low": pa.float64(), "flop_high": pa.float64(),
             "weight": pa.float64()}
    return [pa.table({name: pa.array(column, kinds.get(name, pa.string())) for name, column in table.items()})
            for table in (estimates, checks, problems)]


def refuse(name: str, empty: pa.Table) -> None:
    """OutputError where the table has more columns than SQLite makes."""
    if empty.num_columns + 1 > MOST_COLUMNS:  # and the number of the row
        raise OutputError(f"{name}: a SQLite table holds {MOST_COLUMNS:,} columns and there are "
                          f"{empty.num_columns + 1:,}: write .csv or .parquet, or --records-only")


class Database:
    """The database as it fills."""

    def __init__(self, path: Path, empty: pa.Table) -> None:
        self._rows = 0
        self._connection = sqlite3.connect(path)
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        # names in SQLite do not differ by case
        self._columns = _distinct_names(["row", *empty.column_names])
        kinds = ", ".join(f"{_quoted(name)} {kind}" for name, kind in zip(
            self._columns, ["INTEGER PRIMARY KEY", *map(_kind, empty.schema.types)], strict=True))
        self._connection.execute(f"CREATE TABLE records ({kinds})")
        for name, columns in _TABLES.items():
            self._connection.execute(f"CREATE TABLE {name} ({columns})")
        self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def add(self, content: bytes) -> None:
        """Put a piece in."""
        from computeest.tables.source import tables

        records, *more = tables(content)
        rows = range(self._rows + 1, self._rows + 1 + records.num_rows)
        cells = zip(rows, *map(_cells, records.columns), strict=True)
        marks = ", ".join("?" * len(self._columns))
        self._connection.executemany(f"INSERT INTO records VALUES ({marks})", cells)  # noqa: S608  # only question marks
        for name, table in zip(_TABLES, more, strict=True):
            lines = zip(*(column.to_pylist() for column in table.columns), strict=True)
            marks = ", ".join("?" * table.num_columns)
            self._connection.executemany(f"INSERT INTO {name} VALUES ({marks})",  # noqa: S608  # a name of ours
                                         ((self._rows + 1 + line[0], *line[1:]) for line in lines))
        self._rows += records.num_rows

    def finish(self) -> None:
        """Index the rows and close."""
        for name in _TABLES:
            self._connection.execute(f"CREATE INDEX {name}_row ON {name} (row)")
        self._connection.commit()
        self._connection.close()

    def abandon(self) -> None:
        """Close."""
        self._connection.close()


def _distinct_names(names: list[str]) -> list[str]:
    found: dict[str, str] = {}
    for name in names:
        own = name
        while own.lower() in found:
            own = f"{own}_"
        found[own.lower()] = own
    return list(found.values())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""').replace("\0", "") + '"'


def _kind(kind: Any) -> str:
    import pyarrow as pa

    if pa.types.is_uint64(kind):
        return "BLOB"  # as it comes: what SQLite's integers do not hold stays exact as a text
    return "REAL" if pa.types.is_floating(kind) else "INTEGER" if pa.types.is_integer(kind) else "TEXT"


def _cells(column: pa.ChunkedArray) -> list[Any]:
    """A column's cells as SQLite holds them."""
    import pyarrow as pa

    found = cells_of(column)
    return found if pa.types.is_string(column.type) or column.null_count == len(column) else list(map(_cell, found))


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return None if value != value else value
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return str(value)
    if isinstance(value, list | dict):
        return as_json(value)
    return value if value is None or isinstance(value, int | str | bytes) else str(value)
