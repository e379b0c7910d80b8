"""Arrow's columns as Python's cells, whatever kind they are of."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from computeest.text.files import encoded
from computeest.text.fold import EMPTY, no_value

if TYPE_CHECKING:
    import pyarrow as pa


def cells_of(column: pa.ChunkedArray | pa.Array) -> list[Any]:
    """A column's cells; days and times beyond Python's calendar, and bytes that are no text, as texts all the same."""
    import pyarrow as pa

    if column.null_count == len(column):
        return [None] * len(column)
    try:
        return column.to_pylist()  # type: ignore[no-any-return]
    except (ValueError, OverflowError, pa.ArrowInvalid):
        return [_cell(cell) for cell in column]


def as_json(cell: Any) -> str:
    """A cell in JSON, which has no NaN and no infinity: null stands for them, however deep they are."""
    try:
        return json.dumps(cell, ensure_ascii=False, default=str, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(cell), ensure_ascii=False, default=str, allow_nan=False)


def _finite(cell: Any) -> Any:
    if isinstance(cell, dict):
        return {name: _finite(value) for name, value in cell.items()}
    if isinstance(cell, list | tuple):
        return [_finite(value) for value in cell]
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


def _cell(cell: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return cell.as_py()
    except (ValueError, OverflowError, pa.ArrowInvalid):
        pass
    if pa.types.is_duration(cell.type):
        return seconds(cell).as_py()
    try:
        return pc.cast(cell, pa.string()).as_py()
    except (ValueError, OverflowError, pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return f"a {cell.type} beyond the calendar"


def texts(column: pa.ChunkedArray) -> pa.Array:
    """A column as texts; empty where there is nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type) and pa.types.is_duration(column.type.value_type):
        column = pc.cast(column, column.type.value_type)
    if pa.types.is_duration(column.type):
        column = seconds(column)
    try:
        found = column if pa.types.is_string(column.type) else pc.cast(column, pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array([None if cell is None else str(cell) for cell in cells_of(column)], pa.string())
    return found.combine_chunks()


#: So many of the units of a duration are a second.
_OF_A_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def seconds(durations: Any) -> Any:
    """Durations as texts with their unit, which the numbers behind them do not say: any of four."""
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers = pc.cast(pc.cast(durations, pa.int64()), pa.float64(), safe=False)
    told = pc.divide(numbers, float(_OF_A_SECOND[durations.type.unit]))
    return pc.binary_join_element_wise(pc.cast(told, pa.string()), "s", " ")


class Texts(Sequence[str]):
    """Arrow's texts, all there, as Python's: made where one is asked for, as names of most tables never are."""

    def __init__(self, array: pa.Array) -> None:
        self._array = array

    @cached_property
    def _made(self) -> list[str]:
        return plain_texts(self._array)

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, place: Any) -> Any:
        return self._made[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)


def distinct(column: pa.ChunkedArray) -> tuple[NDArray[np.intp], Sequence[Any], pa.Array | None]:
    """A code for each cell, -1 for none, and the distinct cells; Arrow's own array of those, where it found them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_nested(column.type):
        cells_ = cells_of(column)
        known: dict[str, int] = {}
        codes = np.array([-1 if cell is None else known.setdefault(repr(cell), len(known)) for cell in cells_],
                         dtype=np.intp)
        first = np.unique(codes, return_index=True)[1][int(codes.min(initial=0) < 0):]
        return codes, [cells_[row] for row in first], None
    array = column.combine_chunks()
    given = pa.types.is_dictionary(array.type)  # by others, who may say a text twice
    array = array if given else pc.dictionary_encode(array)
    codes, found = whole(array.indices), array.dictionary
    if pa.types.is_string(found.type) and not found.null_count:
        return codes, Texts(found), None if given else found
    return codes, cells_of(found), None


def of_texts(kind: pa.DataType) -> bool:
    """Whether cells of a kind are texts, or become some, rather than numbers or lists."""
    import pyarrow as pa

    return not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
                or pa.types.is_nested(kind) or pa.types.is_null(kind))


#: A number as programs write them.
_PLAIN = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"


def parsed(column: pa.ChunkedArray) -> tuple[NDArray[np.float64], dict[int, str]]:
    """A column's bare numbers, and the texts of its other cells by row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        found = floats(pc.cast(column.combine_chunks(), pa.float64(), safe=False))
        infinite = np.flatnonzero(np.isinf(found))
        return np.where(np.isinf(found), np.nan, found), {int(row): str(found[row]) for row in infinite}
    if pa.types.is_null(column.type):
        return np.full(len(column), np.nan), {}
    if pa.types.is_nested(column.type):
        said = {row: str(cell) for row, cell in enumerate(cells_of(column)) if cell is not None}
        return np.full(len(column), np.nan), said
    cells = texts(column)
    given = np.flatnonzero(whole(pc.binary_length(cells)) > 0)
    some = cells.take(places(given))
    found = np.full(len(cells), np.nan)
    found[given], plain = _bare(some)
    if plain.all():
        return found, {}
    odd = zip(given[~plain].tolist(), some.filter(flags(~plain)).to_pylist(), strict=True)
    return found, {row: text for row, text in odd if not no_value(text, EMPTY)}


#: '143.000' and '1,281 M': three figures behind a point or a comma, and no more of the number.
_MAY_PART = re.compile(r"\s*[~≈]?\s*(?P<number>[1-9]\d{0,2}[.,]\d{3})(?![\d.,]|[eE][+-]?\d|\s*[-–—/&;x×*])")


def begins_in_doubt(text: str) -> re.Match[str] | None:
    """Whether a text begins with a number whose point may part thousands, or whose comma may be a point."""
    return _MAY_PART.match(text) if "," in text or "." in text else None


def pointed(values: NDArray[np.float64], column: pa.ChunkedArray) -> dict[int, str]:
    """The bare numbers of a column with a point that may part thousands, by row: '143.000'."""
    import pyarrow.compute as pc

    if not of_texts(column.type):
        return {}
    with np.errstate(invalid="ignore"):
        small = np.flatnonzero((values >= 1) & (values < 1000))
    some = texts(column).take(places(small))
    alike = yes(pc.match_substring_regex(some, r"^\s*[1-9]\d{0,2}\.\d{3}\s*$"))
    return dict(zip(small[alike].tolist(), some.filter(flags(alike)).to_pylist(), strict=True))


def _bare(cells: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The texts that are bare numbers as such, NaN for the others; and which are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        found = floats(pc.cast(cells, pa.float64()))
        plain = np.isfinite(found)
    except pa.ArrowInvalid:
        is_plain = pc.match_substring_regex(cells, _PLAIN)
        some = pc.if_else(is_plain, cells, pa.nulls(len(cells), cells.type))
        found = floats(pc.cast(pc.utf8_trim_whitespace(some), pa.float64()))
        plain = np.isfinite(found)
    return np.where(plain, found, np.nan), plain


# What follows goes between Arrow and numpy by their buffers: `pa.array`, `pa.scalar` and `to_numpy` would import pandas
# where it is installed, 0.3 s and 40 MB for each process.


def floats(array: pa.Array) -> NDArray[np.float64]:
    """A column of float64 as numbers, NaN where there is none."""
    found = np.frombuffer(array.buffers()[1] or b"", np.float64)[array.offset:array.offset + len(array)]
    return np.where(present(array), found, np.nan) if array.null_count else found


def whole(array: pa.Array) -> NDArray[np.intp]:
    """A column of whole numbers, such as codes and lengths, as such, -1 where there is none."""
    return _whole(array).astype(np.intp)


def codes_of(array: pa.DictionaryArray) -> NDArray[np.int32]:
    """Which of its texts each row of a column has, -1 where it has none."""
    return _whole(array.indices)


def _whole(array: pa.Array) -> NDArray[np.int32]:
    import pyarrow as pa
    import pyarrow.compute as pc

    array = array if array.type == pa.int32() else pc.cast(array, pa.int32())
    found = np.frombuffer(array.buffers()[1] or b"", np.int32)[array.offset:array.offset + len(array)]
    return np.where(present(array), found, np.int32(-1)) if array.null_count else found


def yes(array: pa.Array) -> NDArray[np.bool_]:
    """A column of yes and no, no where there is neither."""
    return _unpacked(array.buffers()[1], array) & present(array)


def plain_texts(array: pa.Array) -> list[str]:
    """A column of texts, all of which are there, as such."""
    import pyarrow as pa
    import pyarrow.compute as pc

    # joined by Arrow and split by Python: a fifth of what it takes to cut them out of its buffer one by one
    joined = pc.binary_join(pa.ListArray.from_arrays(places(np.array([0, len(array)])), array), strings(["\0"]))
    found: list[str] = joined[0].as_py().split("\0") if len(array) else []
    return found if len(found) == len(array) else array.to_pylist()


def letters(array: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """The bytes of a column of texts, and where each of them begins, and the last ends."""
    ends = np.frombuffer(array.buffers()[1] or bytes(4), np.int32)[array.offset:array.offset + len(array) + 1]
    return np.frombuffer(array.buffers()[2] or b"", np.uint8), ends


def present(array: pa.Array) -> NDArray[np.bool_]:
    """Which cells of a column have anything."""
    mask = array.buffers()[0]
    return np.ones(len(array), dtype=bool) if mask is None else _unpacked(mask, array)


def _unpacked(bits: pa.Buffer, array: pa.Array) -> NDArray[np.bool_]:
    found = np.unpackbits(np.frombuffer(bits or b"", np.uint8), count=array.offset + len(array), bitorder="little")
    return found[array.offset:].astype(bool)


def numbers(values: NDArray[np.float64]) -> pa.Array:
    """Numbers as a column, null where there is none."""
    import pyarrow as pa

    there = ~np.isnan(values)
    return pa.Array.from_buffers(pa.float64(), len(values), [_bits(there), _buffer(values, np.float64)],
                                 len(values) - int(np.count_nonzero(there)))


def places(values: NDArray[np.integer[Any]]) -> pa.Array:
    """Places of rows as a column, null where they are negative."""
    import pyarrow as pa

    there = values >= 0
    return pa.Array.from_buffers(pa.int32(), len(values), [None if there.all() else _bits(there),
                                                           _buffer(values, np.int32)])


def flags(values: NDArray[np.bool_]) -> pa.Array:
    """Yes or no for each row as a column."""
    import pyarrow as pa

    return pa.Array.from_buffers(pa.bool_(), len(values), [None, _bits(values)])


def strings(values: Sequence[str]) -> pa.Array:
    """Texts as a column."""
    import pyarrow as pa

    try:
        data = "".join(values).encode("utf-8")
    except UnicodeEncodeError:  # half a character, as JSON may escape it
        values = [encoded(text).decode("utf-8") for text in values]
        data = "".join(values).encode("utf-8")
    sizes = map(len, values) if data.isascii() else (len(text.encode("utf-8")) for text in values)
    bounds = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(sizes, np.int64, len(values)), out=bounds[1:])
    small = bounds[-1] <= np.iinfo(np.int32).max
    return pa.Array.from_buffers(pa.string() if small else pa.large_string(), len(values),
                                 [None, _buffer(bounds, np.int32 if small else np.int64), pa.py_buffer(data)])


def _buffer(values: NDArray[Any], kind: type[np.generic]) -> pa.Buffer:
    import pyarrow as pa

    return pa.py_buffer(np.ascontiguousarray(values, dtype=kind))


def _bits(values: NDArray[np.bool_]) -> pa.Buffer:
    import pyarrow as pa

    return pa.py_buffer(np.packbits(values, bitorder="little"))
