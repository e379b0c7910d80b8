"""Excel workbooks: the first sheet in; records out, as text, numbers and nothing that runs."""

from __future__ import annotations

import datetime
import math
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeest.facts.columns import as_json, texts
from computeest.problems import UsageError
from computeest.problems import files as wrong
from computeest.schema.column_map import MOST_COLUMNS
from computeest.tables import workbook_parts
from computeest.tables.source import (
    CHUNK,
    LARGEST_PIECE,
    Piece,
    Rows,
    checked_columns,
    file_fingerprint,
    piece_rows,
)
from computeest.tables.streams import unreadable
from computeest.text.files import OutputError

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows that a sheet holds below its header.
MOST_ROWS = workbook_parts.MOST_ROWS - 1
#: Characters that a cell holds.
LONGEST_CELL = workbook_parts.LONGEST_CELL
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Workbook:
    """The first sheet of an .xlsx file."""

    path: Path
    chunk: int = CHUNK
    shown: str = ""

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.shown or str(self.path)

    def fingerprint(self) -> str:
        """Tells apart inputs that differ."""
        return file_fingerprint(self.path)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The cells of the first row."""
        rows = self._rows()
        header = next(rows, None)
        if header is None:
            raise unreadable(self.name, wrong.WORKBOOK_EMPTY())
        names = [_text(cell) or "" for cell in header[:MOST_COLUMNS + 1]]
        while names and not names[-1]:
            names.pop()
        return checked_columns(names, self.name, [_text(cell) or "" for cell in next(rows, ())])

    def pieces(self) -> Iterator[Piece]:
        """The sheet in runs of rows; rows without any cell are none."""
        width, rows = len(self.columns), self._rows()
        next(rows, None)
        cells = (tuple(map(_text, row[:width])) for row in rows)
        there = (row for row in cells if any(cell is not None for cell in row))
        number = 0
        while some := list(_upto(islice(there, piece_rows(self.chunk, width)))):
            yield Piece(number, some)
            number += 1

    def read(self, piece: Piece, columns: tuple[str, ...] | None = None) -> Rows:
        """The cells as texts."""
        import pyarrow as pa

        width = len(self.columns)
        cells = zip(*((*row, *[None] * (width - len(row))) for row in piece.content), strict=True)
        named = zip(self.columns, cells, strict=True)
        table = pa.table({name: pa.array(column, pa.string()) for name, column in named})
        return Rows(table.select(list(columns)) if columns is not None else table)

    def _rows(self) -> Iterator[list[Any]]:
        _openpyxl()
        return workbook_parts.rows(self.path, self.name)


def _upto(rows: Iterable[tuple[str | None, ...]]) -> Iterator[tuple[str | None, ...]]:
    """Rows until they fill a piece."""
    size = 0
    for row in rows:
        yield row
        size += sum(len(cell) for cell in row if cell is not None)
        if size > LARGEST_PIECE:
            return


def _openpyxl() -> Any:
    try:
        import openpyxl
        import openpyxl.utils.exceptions
    except ModuleNotFoundError:
        raise UsageError("Excel workbooks need openpyxl: pip install 'computeest[tables]'") from None
    return openpyxl


def _text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(sep=" ")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return repr(cell) if isinstance(cell, float) else str(cell)


def check_rows(path: Path, rows: int) -> None:
    """OutputError where there are more rows than a sheet holds."""
    if rows > MOST_ROWS:
        raise OutputError(f"{path.name}: an Excel sheet holds {MOST_ROWS:,} rows and there are more: "
                          "write .csv or .parquet")


def refuse(name: str, empty: pa.Table, rows: Iterable[pa.Table]) -> None:
    """OutputError where a sheet does not hold the table: its columns, its rows, or its longest cell."""
    import pyarrow.compute as pc

    most = workbook_parts.MOST_COLUMNS
    if empty.num_columns > most:
        raise OutputError(f"{name}: an Excel sheet holds {most:,} columns and there are {empty.num_columns:,}: "
                          "write .csv or .parquet, or --records-only")
    count = 0
    for table in rows:
        check_rows(Path(name), count + table.num_rows)
        for column in set(table.column_names) & set(empty.column_names):
            long = pc.greater(pc.utf8_length(texts(table.column(column))), LONGEST_CELL)
            if pc.any(long).as_py():
                row = count + pc.index(long, value=True).as_py() + 1
                raise OutputError(f"{name}: an Excel cell holds {LONGEST_CELL:,} characters and '{column}' has more in "
                                  f"row {row:,}: write .csv or .parquet, or --records-only")
        count += table.num_rows


#: What stands at the end of a text that is longer than a cell.
_CUT = " [...]"
#: What texts begin with that openpyxl would write as a formula or as an error: they stay texts.
_READ_OTHERWISE = ("=", "#")


def number_or_text(cell: Any) -> Any:
    """A text that is a number just as spreadsheets write it as that number; '007' stays a text."""
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if isinstance(cell, list | dict):
        return as_json(cell)
    if not isinstance(cell, str) or not cell[-1:].isdigit() or len(cell) > 17:
        return cell if cell is None or isinstance(cell, str | int | float) else str(cell)
    for kind in (int, float):
        try:
            number: float = kind(cell)
        except ValueError:
            continue
        if str(number) == cell:
            return number
    return cell


def write(path: Path, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """A workbook of one sheet; the same rows give the same bytes."""
    openpyxl = _openpyxl()
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    book.properties.created = book.properties.modified = datetime.datetime(2000, 1, 1)
    sheet = book.create_sheet("records")

    def cell(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = _CONTROL.sub(" ", value)
        text = text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL - len(_CUT)] + _CUT
        if not text.startswith(_READ_OTHERWISE):
            return text
        made = WriteOnlyCell(sheet, text)
        made.data_type = "s"
        return made

    sheet.append([cell(name) for name in columns])
    for row in rows:
        sheet.append([value if value is None else cell(value) for value in row])
    draft = path.with_name(f"{path.name}.draft")
    book.save(draft)
    _same_times(draft, path)
    draft.unlink()


def _same_times(draft: Path, path: Path) -> None:
    """The archive with no clock in it."""
    with zipfile.ZipFile(draft) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in sorted(source.namelist()):
            content = source.read(entry)
            if entry == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2000-01-01T00:00:00Z", content)
            target.writestr(zipfile.ZipInfo(entry, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
