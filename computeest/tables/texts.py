"""Columns of any kind as cells that every reader and every format takes: no bytes, no day beyond the calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from computeest.tables.source import Rows
from computeest.tables.streams import NOT_UTF8, as_utf8

if TYPE_CHECKING:
    import pyarrow as pa


def as_texts(table: pa.Table) -> Rows:
    """The table with its bytes as texts; texts that are not UTF-8, as Windows-1252, with a note."""
    import pyarrow as pa

    notes: set[str] = set()
    columns: list[Any] = []
    for column in table.columns:
        kind = column.type
        if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind) or \
                ((pa.types.is_string(kind) or pa.types.is_large_string(kind)) and not _valid(column)):
            raw = [_bytes(cell) for cell in column.cast(pa.large_binary())]
            texts = [None if cell is None else as_utf8(cell) for cell in raw]
            notes |= {NOT_UTF8} if any(text is not None and text[1] for text in texts) else set()
            column = pa.array([None if text is None else text[0].decode("utf-8") for text in texts], pa.string())
        columns.append(column)
    return Rows(pa.table(dict(zip(table.column_names, columns, strict=True))), notes=frozenset(notes))


def _bytes(cell: Any) -> bytes | None:
    buffer = cell.as_buffer()
    return None if buffer is None else bytes(buffer)


def _valid(column: pa.ChunkedArray) -> bool:
    """Whether a column's texts are what they say they are: Parquet may hold any bytes as such."""
    import pyarrow as pa

    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True
