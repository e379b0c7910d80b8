"""Arrow's columns as Python's cells, whatever kind they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def cells_of(column: pa.ChunkedArray | pa.Array) -> list[Any]:
    """A column's cells; days and times beyond Python's calendar, and bytes that are no text, as texts all the same."""
    import pyarrow as pa

    try:
        return column.to_pylist()  # type: ignore[no-any-return]
    except (ValueError, OverflowError, pa.ArrowInvalid):
        return [_cell(cell) for cell in column]


def _cell(cell: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return cell.as_py()
    except (ValueError, OverflowError, pa.ArrowInvalid):
        pass
    try:
        return pc.cast(cell, pa.string()).as_py()
    except (ValueError, OverflowError, pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return f"a {cell.type} beyond the calendar"


def texts(column: pa.ChunkedArray) -> pa.Array:
    """A column as texts; empty where there is nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        found = column if pa.types.is_string(column.type) else pc.cast(column, pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array([None if cell is None else str(cell) for cell in cells_of(column)], pa.string())
    return found.combine_chunks()
