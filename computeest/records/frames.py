"""Records as columns beside those of a frame: pandas', Arrow's, or any other's that narwhals knows."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from computeest.facts import columns as arrow_columns
from computeest.facts.lookup import Lookup
from computeest.problems import InputError, Problem, UsageError, fails, told
from computeest.problems import facts as wrong
from computeest.records.columns import UNITS, Column, objects

if TYPE_CHECKING:
    import pyarrow as pa


def arrow(frame: Any) -> pa.Table:
    """The frame's columns as an Arrow table; UsageError for what is no frame, InputError for what cannot be read."""
    from computeest.facts import frame as frames  # tables in files need none of it

    if _is_pandas(frame):
        return frames.of_frame(frame)
    import pyarrow as pa

    if isinstance(frame, pa.Table):
        return frames.of_arrow(frame)
    collected = _collected(frame)
    frames.refuse(collected.columns)
    try:
        found: pa.Table = collected.to_arrow()
    except fails():  # of some kinds Arrow has none
        found = pa.table({name: frames.of_series(name, collected[name]) for name in collected.columns})
    return frames.of_arrow(found)


def with_columns(frame: Any, table: pa.Table, found: Mapping[str, Column]) -> Any:
    """The frame with the record's columns beside its own, as a frame of its kind."""
    if _is_pandas(frame):
        from computeest.records.notebook import with_overview

        annotated = with_overview(frame.copy())
        for name, values in found.items():
            annotated[beside(name, frame.columns)] = objects(values)
        return annotated
    import pyarrow as pa

    if isinstance(frame, pa.Table):
        return joined(frame, found)
    import narwhals as nw

    collected = _collected(frame)
    if collected.implementation.is_pyarrow():  # what was not collected has no frame of its own kind
        return joined(collected.to_native(), found)
    both = joined(table, found)
    new = both.column_names[table.num_columns:]
    plain = pa.table({name: column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
                      for name, column in zip(new, both.columns[table.num_columns:], strict=True)})
    records = nw.from_arrow(plain, backend=collected.implementation)
    # the frame's own columns stay of their own kinds
    return nw.concat([collected, records], how="horizontal").to_native()


def joined(table: pa.Table, found: Mapping[str, Column], units: Mapping[str, str] = UNITS, *,
           records_only: bool = False) -> pa.Table:
    """The table's columns, then the record's; units stand in the fields' metadata."""
    import pyarrow as pa

    columns = {} if records_only else {name: table.column(name) for name in table.column_names}
    fields = [] if records_only else [table.schema.field(name) for name in table.column_names]
    for name, column in found.items():
        own = beside(name, columns)
        columns[own] = array(column)
        unit = units.get(name) or ("FLOP" if name.startswith("flop_by_") else "")
        fields.append(pa.field(own, columns[own].type, metadata={"unit": unit} if unit else None))
    return pa.table(list(columns.values()), schema=pa.schema(fields))


def array(column: Column) -> pa.Array:
    """One column of records: numbers, null where there is none, or texts, each kept once."""
    import pyarrow as pa

    if isinstance(column, Lookup):
        # facts that read alike are one text: Parquet writes a dictionary with doubles as bytes that nobody set
        texts, place = column.facts, column.codes
        if column.texts is not None:  # 4 % of the time of a table of names
            return pa.DictionaryArray.from_arrays(arrow_columns.places(place), column.texts)
        if not set(map(type, texts)) <= {str}:
            texts = tuple(map(str, texts))
        if len(set(texts)) < len(texts):
            once = dict.fromkeys(texts)
            number = {text: code for code, text in enumerate(once)}
            texts, place = tuple(once), np.array([*(number[text] for text in texts), -1])[column.codes]
        return pa.DictionaryArray.from_arrays(arrow_columns.places(place), arrow_columns.strings(texts))
    return arrow_columns.numbers(column)


def beside(name: str, taken: Any) -> str:
    """What a record's column is called beside columns that are `taken`."""
    while name in taken:
        name = f"{name}_estimated"
    return name


def _is_pandas(frame: Any) -> bool:
    """Whether it is a pandas frame, without importing pandas where nobody has."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(frame, pandas.DataFrame)


def _collected(frame: Any) -> Any:
    """The frame as narwhals knows it, collected."""
    import narwhals as nw

    try:
        known = nw.from_native(frame)
    except TypeError:
        raise UsageError(f"a {type(frame).__name__} is no frame; annotate takes a frame of pandas, Arrow, Polars or "
                         "another library that narwhals knows") from None
    except fails() as error:
        raise InputError([Problem("", 0, "", wrong.FRAME_NOT_READ(error=told(error)))]) from error
    if not isinstance(known, nw.LazyFrame):
        return known
    try:
        return known.collect("pyarrow")
    except fails() as error:  # what its library has to say of a query that cannot be answered
        raise InputError([Problem("", 0, "", wrong.FRAME_NOT_READ(error=told(error)))]) from error
