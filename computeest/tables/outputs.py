"""What is written: each format's pieces, and how they become one file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeest.facts.columns import cells_of
from computeest.problems import UsageError
from computeest.tables import csv_writer, json_writer, of_plugins
from computeest.tables.format import Annotated, Assembly, Content, Format
from computeest.tables.parquet import Dataset, ParquetForm
from computeest.tables.source import stream, tables
from computeest.tables.streams import compressed
from computeest.text.suggest import did_you_mean

if TYPE_CHECKING:
    import pyarrow as pa


SUFFIXES = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet",
            ".pq": "parquet", ".xlsx": "xlsx", ".db": "sqlite", ".sqlite": "sqlite", ".sqlite3": "sqlite"}
NAMES = tuple(dict.fromkeys(SUFFIXES.values()))



def of_name(name: str, wanted: str = "", plugins: tuple[str, ...] = ()) -> Format:
    """The format that a file's name or the user says."""
    from computeest.tables.streams import plain_suffix

    suffix, compression = plain_suffix(name)
    if wanted in ("", "parquet") and (name.endswith("/") or ("://" in name and suffix != ".parquet")):
        return Dataset(name)
    form = wanted or SUFFIXES.get(suffix, "csv" if name == "-" else "")
    if form not in NAMES and (own := of_plugins.named(form, suffix, plugins, writes=True)):
        if name == "-":
            raise UsageError(f"{form} cannot be written to standard output: name a file with -o")
        return of_plugins.PluginForm(own, plugins)
    if form not in NAMES:
        there = (*NAMES, *of_plugins.names(plugins, writes=True))
        close = did_you_mean(form, there) if form else ""
        if read := of_plugins.named(form, suffix, plugins, writes=False):
            raise UsageError(f"the format '{read}' is read and not written; there are {', '.join(there)}")
        raise UsageError((f"no format is called '{form}'" if form else f"'{name}' does not say its format")
                         + f"; {close or 'there are ' + ', '.join(there)}")
    if form in ("csv", "tsv", "jsonl"):
        return Text(form, compression)
    if compression:
        raise UsageError(f"{form} is not written compressed: leave out '{compression}'")
    if name == "-":
        raise UsageError(f"{form} cannot be written to standard output: name a file with -o")
    binary: dict[str, Format] = {"parquet": ParquetForm(), "xlsx": XlsxForm(), "sqlite": SqliteForm()}
    return binary[form]


@dataclass(frozen=True, slots=True)
class Text:
    """Comma- or tab-separated text, or JSON Lines; compressed piece by piece."""

    form: str
    compression: str = ""
    joined: bool = True
    of_results: bool = False

    def refuse(self, name: str, empty: Annotated, rows: Iterable[pa.Table]) -> None:
        """Nothing: it holds any table."""

    def first(self, empty: Annotated) -> bytes:
        """The header."""
        header = b"" if self.form == "jsonl" else csv_writer.header(empty.table.column_names, self._delimiter)
        return compressed(header, self.compression) if header else b""

    def encoded(self, annotated: Annotated, number: int) -> Content:
        """The rows, a line each."""
        table = annotated.table
        blocks = json_writer.blocks(table) if self.form == "jsonl" else \
            csv_writer.blocks(table, self._delimiter, annotated.raw)
        return compressed(b"".join(blocks), self.compression) if self.compression else blocks

    @property
    def _delimiter(self) -> str:
        return "\t" if self.form == "tsv" else ","

    def assembly(self, path: Path, empty: Annotated) -> Assembly:
        """None is needed."""
        raise UsageError(f"{self.form} is joined, not assembled")


@dataclass(frozen=True, slots=True)
class XlsxForm:
    """One workbook with one sheet."""

    joined: bool = False
    of_results: bool = False

    def refuse(self, name: str, empty: Annotated, rows: Iterable[pa.Table]) -> None:
        """OutputError where there are more columns or rows than a sheet holds, or longer cells."""
        from computeest.tables import workbook  # each where its format is written

        workbook.refuse(name, empty.table, rows)

    def first(self, empty: Annotated) -> bytes:
        """Nothing."""
        return b""

    def encoded(self, annotated: Annotated, number: int) -> bytes:
        """The rows in Arrow's form."""
        return stream(annotated.table)

    def assembly(self, path: Path, empty: Annotated) -> Assembly:
        """The workbook, written at the end."""
        return _Gathered(path, empty)


def _sheet_cells(column: pa.ChunkedArray) -> list[Any]:
    """A column's cells as a sheet holds them."""
    from computeest.tables.workbook import number_or_text

    return [cell if cell is None else number_or_text(cell) for cell in cells_of(column)]


class _Gathered:
    """Pieces kept until the end."""

    def __init__(self, path: Path, empty: Annotated) -> None:
        self._path = path
        self._columns = empty.table.column_names
        self._pieces: list[bytes] = []
        self._rows = 0

    def add(self, content: bytes) -> None:
        """Keep a piece; more rows than a sheet holds are refused at once."""
        from computeest.tables import workbook

        self._rows += tables(content)[0].num_rows
        workbook.check_rows(self._path, self._rows)
        self._pieces.append(content)

    def finish(self) -> None:
        """Write the workbook."""
        from computeest.tables import workbook

        workbook.write(self._path, self._columns, self._cells())

    def _cells(self) -> Iterable[tuple[Any, ...]]:
        for piece in self._pieces:
            table = tables(piece)[0]
            yield from zip(*map(_sheet_cells, table.columns), strict=True)

    def abandon(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class SqliteForm:
    """One SQLite database: records, estimates, checks, problems."""

    joined: bool = False
    of_results: bool = True

    def refuse(self, name: str, empty: Annotated, rows: Iterable[pa.Table]) -> None:
        """OutputError where there are more columns than a table of SQLite has."""
        from computeest.tables import sqlite

        sqlite.refuse(name, empty.table)

    def first(self, empty: Annotated) -> bytes:
        """Nothing."""
        return b""

    def encoded(self, annotated: Annotated, number: int) -> bytes:
        """The four tables in Arrow's form."""
        from computeest.tables import sqlite

        return stream(annotated.table, *sqlite.parts(annotated))

    def assembly(self, path: Path, empty: Annotated) -> Assembly:
        """The database, filled as pieces come."""
        from computeest.tables import sqlite

        return sqlite.Database(path, empty.table)
