"""Tables as delimited text: cells quoted where they must be, and no cell that a spreadsheet would run.

Each cell is quoted by what it holds, whatever its neighbours hold. Columns of few texts are quoted text by text, and
neighbours among them are joined kind by kind, before any row is written.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from computeest.facts.columns import as_json, cells_of, flags, places, strings, whole, yes
from computeest.facts.lookup import distinct

if TYPE_CHECKING:
    import pyarrow as pa

_FORMULA = np.zeros(256, dtype=bool)
_FORMULA[list(b"=+-@\t\r")] = True
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
#: Rows that show whether a column's texts repeat, and how many rows to each text are many.
_SOME, _FEW = 1000, 4
#: Rows joined at once: 25 MB less for each process than all of a piece, in the same time.
_AT_ONCE = 1 << 12


def header(columns: list[str], delimiter: str) -> bytes:
    """The first line."""
    import pyarrow as pa

    return lines(pa.table({str(place): strings([name]) for place, name in enumerate(columns)}), delimiter)


def lines(table: pa.Table, delimiter: str) -> bytes:
    """The table's rows, a line each."""
    if not table.num_rows:
        return b""
    cells = list(_cells(table, delimiter))
    cells[-1] = _Cells(_joined((cells[-1].texts, _text("\n")), ""), cells[-1].codes)
    parts = list(_together(cells, delimiter))
    found = io.BytesIO()  # rather than a list of parts beside the whole: 13 MB for each process
    for start in range(0, table.num_rows, _AT_ONCE):
        found.write(_lines(parts, slice(start, start + _AT_ONCE), delimiter))
    return found.getvalue()


def _lines(parts: list[_Cells], rows: slice, delimiter: str) -> Any:
    """Some of the rows as bytes."""
    # Arrow's join takes two thirds of the time of its CSV writer, which cannot be told that all is quoted
    found = _joined([part.of(rows) for part in parts], delimiter)
    bounds, data = _bounds(found), found.buffers()[2]
    return data.slice(int(bounds[0]), int(bounds[-1] - bounds[0]))


@dataclass(frozen=True, slots=True)
class _Cells:
    """A column, or several, as they are written."""

    texts: pa.Array
    #: Which of the texts each row has; None where each row has its own.
    codes: NDArray[np.intp] | None = None

    def by_row(self, rows: NDArray[np.intp] | None = None) -> pa.Array:
        """The text of every row, or of some."""
        if self.codes is None:
            return self.texts if rows is None else self.texts.take(places(rows))
        return self.texts.take(places(self.codes if rows is None else self.codes[rows]))

    def of(self, rows: slice) -> pa.Array:
        """The texts of neighbouring rows."""
        if self.codes is None:
            return self.texts.slice(rows.start, rows.stop - rows.start)
        return self.texts.take(places(self.codes[rows]))


def _cells(table: pa.Table, delimiter: str) -> Iterator[_Cells]:
    """The columns as they are written."""
    import pyarrow as pa

    numbers: list[tuple[Any, _Cells]] = []
    for column in table.columns:
        array = column.combine_chunks()
        if isinstance(array, pa.ChunkedArray):
            array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.nulls(0, array.type)
        # `own_flop` and its like are mostly `flop` again: 8 % of the time
        found = next((cells for other, cells in numbers if other.equals(array)), None) or _column(array, delimiter)
        if pa.types.is_floating(array.type):
            numbers.append((array, found))
        yield found


def _together(cells: Iterable[_Cells], delimiter: str) -> Iterator[_Cells]:
    """The same with neighbours of few texts as one, where they have few texts together."""
    for few, found in groupby(cells, lambda one: one.codes is not None):
        run = list(found)
        if few:
            first, kind = distinct(*(one.codes for one in run if one.codes is not None))
            if 2 * len(first) < len(kind):
                run = [_Cells(_joined([one.by_row(first) for one in run], delimiter), kind)]
        yield from run


def _column(array: Any, delimiter: str) -> _Cells:
    """An array as it is written: numbers as they are, texts quoted."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    if array.null_count == len(array):
        return _Cells(pa.nulls(1, pa.large_string()), np.zeros(len(array), dtype=np.intp))
    if pa.types.is_floating(kind):
        if _repeats(array):
            return _column(array.dictionary_encode(), delimiter)
        if yes(finite := pc.is_finite(array)).sum() + array.null_count < len(array):
            array = pc.if_else(finite, array, pa.nulls(len(array), kind))
        return _Cells(pc.cast(array, pa.large_string()))
    if pa.types.is_dictionary(kind):
        texts = pa.concat_arrays([_column(array.dictionary, delimiter).by_row(), pa.nulls(1, pa.large_string())])
        codes = whole(array.indices) % len(texts)  # none is the last
        return _Cells(texts, codes) if _FEW * len(texts) < len(codes) else _Cells(texts.take(places(codes)))
    if pa.types.is_nested(kind):
        array = pa.array([None if cell is None else as_json(cell) for cell in cells_of(array)], pa.string())
    elif pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return _Cells(pc.cast(array, pa.large_string()))
    array = pc.cast(array, pa.large_string())
    if _repeats(array):
        return _column(array.dictionary_encode(), delimiter)  # texts that rows share: quoted once
    return _Cells(_quoted(harmless(array), delimiter))


def _repeats(array: pa.Array) -> bool:
    """Whether rows share what a column says."""
    return len(array) > _SOME and bool(_FEW * len(array[:_SOME].unique()) < _SOME)


def _joined(arrays: Iterable[Any], delimiter: str) -> pa.Array:
    """Texts of the same rows, one after the other; nothing where there is none."""
    import pyarrow.compute as pc

    return pc.binary_join_element_wise(*arrays, _text(delimiter), null_handling="replace", null_replacement="")


def harmless(array: pa.Array) -> pa.Array:
    """Texts that no spreadsheet runs: those that begin like a formula get an apostrophe; numbers stay numbers."""
    import pyarrow.compute as pc

    data, starts, lengths = _content(array)
    if not len(data):
        return array
    suspect = np.flatnonzero((lengths > 0) & _FORMULA[data[np.minimum(starts, len(data) - 1)]])
    if not len(suspect):
        return array
    texts = array.take(places(suspect))
    bad = suspect[yes(pc.invert(pc.match_substring_regex(texts, _NUMBER)))]
    if not len(bad):
        return array
    mask = np.zeros(len(array), dtype=bool)
    mask[bad] = True
    return pc.replace_with_mask(array, flags(mask), _joined((_text("'"), array.take(places(bad))), ""))


def _text(text: str) -> pa.Scalar:
    """A text as Arrow's functions take it: `pa.scalar` would import pandas."""
    import pyarrow as pa

    data = text.encode()
    bounds = np.array([0, len(data)], dtype=np.int64)
    return pa.Array.from_buffers(pa.large_string(), 1, [None, pa.py_buffer(bounds), pa.py_buffer(data)])[0]


def _bounds(array: pa.Array) -> NDArray[np.int64]:
    """Where each of an array's texts begins among its bytes, and where the last ends."""
    offsets = array.buffers()[1]
    return np.frombuffer(offsets, dtype=np.int64)[array.offset:array.offset + len(array) + 1] if offsets is not None \
        else np.zeros(len(array) + 1, dtype=np.int64)


def _content(array: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """The bytes of an array of texts, and where each text starts and how long it is."""
    bounds = _bounds(array)
    return np.frombuffer(array.buffers()[2] or b"", dtype=np.uint8), bounds[:-1], np.diff(bounds)


def _quoted(array: pa.Array, delimiter: str) -> pa.Array:
    """Texts, in quotes those that hold quotes, separators or line ends."""
    import pyarrow.compute as pc

    data, starts, lengths = _content(array)
    special = np.zeros(256, dtype=bool)
    special[[*b'"\n\r', ord(delimiter)]] = True
    where = np.flatnonzero(special[data])
    if not len(where):
        return array
    cells = np.searchsorted(starts, where, side="right") - 1
    mask = np.zeros(len(array), dtype=bool)
    mask[cells[(cells >= 0) & (where < starts[cells] + lengths[cells])]] = True
    some = pc.replace_substring(array.take(places(np.flatnonzero(mask))), '"', '""')
    return pc.replace_with_mask(array, flags(mask), _joined((_text('"'), some, _text('"')), ""))
