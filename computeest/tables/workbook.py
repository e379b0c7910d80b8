"""Excel workbooks: the first sheet in; records out, as text, numbers and nothing that runs."""

from __future__ import annotations

import datetime
import math
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from computeest.problems import UsageError
from computeest.tables.source import CHUNK, MOST_COLUMNS, Piece, Rows, checked_columns, file_fingerprint
from computeest.tables.streams import unreadable
from computeest.text.files import OutputError

#: Rows that a sheet holds below its header.
MOST_ROWS = 1_048_575
#: Characters that a cell holds.
LONGEST_CELL = 32_767
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
        with _sheet(self.path) as rows:
            header = next(rows, None)
        if header is None:
            raise unreadable(self.name, "there is nothing in its first sheet", "a header, then a row for each model")
        names = [_text(cell) or "" for cell in header[:MOST_COLUMNS + 1]]
        while names and not names[-1]:
            names.pop()
        return checked_columns(names, self.name)

    def pieces(self) -> Iterator[Piece]:
        """The sheet in runs of rows; rows without any cell are none."""
        width = len(self.columns)
        with _sheet(self.path) as rows:
            next(rows, None)
            texts = (tuple(_text(cell) for cell in row[:width]) for row in rows)
            there = (row for row in texts if any(cell is not None for cell in row))
            number = 0
            while some := list(islice(there, self.chunk)):
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


@contextmanager
def _sheet(path: Path) -> Iterator[Iterator[tuple[Any, ...]]]:
    openpyxl = _openpyxl()
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except FileNotFoundError:
        raise unreadable(path, "there is no such file") from None
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, openpyxl.utils.exceptions.InvalidFileException) as error:
        raise unreadable(path, f"this is no whole Excel workbook: {str(error)[:100]}") from None
    try:
        yield _rows(book.worksheets[0], path)
    finally:
        book.close()


def _rows(sheet: Any, path: Path) -> Iterator[tuple[Any, ...]]:
    try:
        yield from sheet.iter_rows(values_only=True)
    except (OSError, EOFError, SyntaxError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise unreadable(path, f"its sheet cannot be read to the end: {str(error)[:100]}") from None


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


def number_or_text(cell: Any) -> Any:
    """A text that is a number just as spreadsheets write it as that number; '007' stays a text."""
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
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
        made = WriteOnlyCell(sheet, _CONTROL.sub(" ", value)[:LONGEST_CELL])
        made.data_type = "s"  # a text that begins with = is a text
        return made

    sheet.append([cell(name) for name in columns])
    for row in rows:
        sheet.append([cell(value) for value in row])
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
