"""A frame in memory as an Arrow table of which every cell can be read, whatever kinds its cells are of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from computeest.facts.columns import cells_of
from computeest.problems import InputError, Problem, fails, told
from computeest.problems import facts as wrong
from computeest.problems import files as wrong_files
from computeest.schema.column_map import MOST_COLUMNS
from computeest.text.files import encoded

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: Lists within lists of a cell: one that holds itself ends a process in Arrow's own code.
DEEPEST = 24
_LISTS = (list, tuple, dict, set, frozenset, np.ndarray)


def of_frame(frame: pd.DataFrame) -> pa.Table:
    """A pandas frame's columns as Arrow columns; cells of mixed kinds as texts."""
    import pyarrow as pa

    names = [_said(name) for name in frame.columns]
    refuse(names)
    columns = {name: sound(name, _of_series(frame[own])) for name, own in zip(names, frame.columns, strict=True)}
    return pa.table(columns) if columns else pa.table({"": pa.nulls(len(frame))})


def of_arrow(table: pa.Table) -> pa.Table:
    """An Arrow table's columns, each of which is what it says."""
    import pyarrow as pa

    refuse(table.column_names)
    columns = [sound(name, column) for name, column in zip(table.column_names, table.columns, strict=True)]
    return pa.table(columns, names=table.column_names) if columns else table


def of_series(name: str, series: Any) -> pa.Array:
    """A column of another library, as texts where Arrow has no such kind."""
    try:
        return sound(name, series.to_arrow())
    except fails():
        return _texts(series.to_list())


def refuse(names: Iterable[str]) -> None:
    """InputError where two columns of a frame have one name, or there are more than any table has."""
    known: set[str] = set()
    for name in names:
        if name in known:
            raise InputError([Problem("", 0, name, wrong.COLUMN_NAMED_TWICE())])
        known.add(name)
    if len(known) > MOST_COLUMNS:
        raise InputError([Problem("", 0, "", wrong_files.COLUMNS_TOO_MANY(count=len(known), most=MOST_COLUMNS))])


def sound(name: str, column: Any) -> Any:
    """The column, where its parts lie within its memory, else InputError; kinds that others added, as texts."""
    import pyarrow as pa

    try:
        for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
            raw = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}.get(chunk.type)
            # bytes that are no text cost their cell and not the table
            # nor do digits beyond those of their kind: only what points into memory can lead out of it
            flat = pa.types.is_primitive(chunk.type) or pa.types.is_decimal(chunk.type)
            (chunk if raw is None else chunk.view(raw)).validate(full=not flat)
    except pa.ArrowException as error:
        raise InputError([Problem("", 0, name, wrong.FRAME_NOT_READ(error=told(error)[:200]))]) from None
    return _texts(cells_of(column)) if isinstance(column.type, pa.BaseExtensionType) else column


def _of_series(series: pd.Series[Any]) -> Any:
    import pandas as pd
    import pyarrow as pa

    mixed = series.dtype == object and pd.api.types.infer_dtype(series).startswith("mixed")
    if not (mixed and any(_deep(cell) for cell in series if isinstance(cell, _LISTS))):
        try:
            found = pa.Array.from_pandas(series)
            # the numbers behind a period are those of its months since 1970, and no facts
            if not isinstance(found.type, pa.BaseExtensionType):
                return found
        except fails():  # a cell of somebody's own kind may raise whatever it likes
            pass
    return _texts([None if pd.api.types.is_scalar(cell) and _missing(cell) else cell for cell in series])


def _missing(cell: Any) -> bool:
    """Whether a cell is one of pandas' many kinds of nothing; a signalling NaN ends its own test."""
    import pandas as pd

    try:
        return bool(pd.isna(cell))
    except fails():
        return False


def _deep(cell: Any) -> bool:
    """Whether lists lie in lists deeper than any table's do; one that holds itself does."""
    level: list[Any] = [cell]
    for _ in range(DEEPEST):
        inner = [one for outer in level for one in (outer.values() if isinstance(outer, dict) else
                                                    outer.flat if isinstance(outer, np.ndarray) else outer)
                 if isinstance(one, _LISTS)]
        level = list({id(one): one for one in inner}.values())
        if not level:
            return False
    return True


def _texts(cells: Iterable[Any]) -> pa.Array:
    import pyarrow as pa

    return pa.array([None if cell is None else _said(cell) for cell in cells], pa.string())


def _said(cell: Any) -> str:
    """A cell's or a name's own words; its kind where it has none, or where they are not to be had."""
    try:
        return encoded(str(cell)).decode()
    except fails():
        return f"<{type(cell).__name__}>"
