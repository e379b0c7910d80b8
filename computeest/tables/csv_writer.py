"""Tables as delimited text: cells quoted where they must be, and no cell that a spreadsheet would run.

Quotes, separators and line ends within cells travel as bytes that UTF-8 never has while Arrow writes the lines, and
take their places at the end: so each cell is quoted by what it holds, whatever its neighbours hold.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from computeest.facts.columns import as_json, cells_of, flags, places, strings, yes

if TYPE_CHECKING:
    import pyarrow as pa

#: What stands for a quote, a separator, a line feed and a carriage return.
_STAND_INS = (0xF8, 0xF9, 0xFA, 0xFB)
_FORMULA = np.zeros(256, dtype=bool)
_FORMULA[list(b"=+-@\t\r")] = True
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


def header(columns: list[str], delimiter: str) -> bytes:
    """The first line."""
    import pyarrow as pa

    return lines(pa.table({str(place): strings([name]) for place, name in enumerate(columns)}), delimiter)


def lines(table: pa.Table, delimiter: str) -> bytes:
    """The table's rows, a line each."""
    import pyarrow as pa
    import pyarrow.csv as pc

    columns = [_column(column.combine_chunks(), delimiter) for column in table.columns]
    buffer = io.BytesIO()
    pc.write_csv(pa.table(columns, names=[str(place) for place in range(len(columns))]), buffer,
                 pc.WriteOptions(include_header=False, delimiter=delimiter, quoting_style="none", batch_size=16_384))
    stood_for = bytearray(range(256))
    for stand_in, char in zip(_STAND_INS, (b'"', delimiter.encode(), b"\n", b"\r"), strict=True):
        stood_for[stand_in] = char[0]
    return buffer.getvalue().translate(bytes(stood_for))


def _column(array: Any, delimiter: str) -> pa.Array:
    """An array as the CSV writer takes it: numbers as they are, texts as bytes that need no quotes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.nulls(0, kind)
    if array.null_count == len(array):
        return pa.nulls(len(array), pa.string())
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_finite(array), array, pa.nulls(len(array), kind))
    if pa.types.is_dictionary(kind):
        return _column(array.dictionary, delimiter).take(array.indices)
    if pa.types.is_nested(kind):
        array = pa.array([None if cell is None else as_json(cell) for cell in cells_of(array)], pa.string())
    elif not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return array if pa.types.is_integer(kind) or pa.types.is_boolean(kind) else \
            _column(pc.cast(array, pa.string()), delimiter)
    plain = pc.dictionary_encode(array) if _many_special(array, delimiter) else array
    if len(plain) and pa.types.is_dictionary(plain.type) and 2 * len(plain.dictionary) < len(plain):
        return _column(plain, delimiter)  # texts in JSON that rows share: quoted once
    return _quoted(harmless(pc.cast(array, pa.large_string())), delimiter)


def harmless(array: pa.Array) -> pa.Array:
    """Texts that no spreadsheet runs: those that begin like a formula get an apostrophe; numbers stay numbers."""
    import pyarrow as pa
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
    return pc.replace_with_mask(array, flags(mask), pc.binary_join_element_wise(
        _scalar(b"'", pa.large_string()), array.take(places(bad)), _scalar(b"", pa.large_string())))


def _scalar(text: bytes, kind: pa.DataType) -> pa.Scalar:
    """A text as Arrow's functions take it: `pa.scalar` would import pandas."""
    import pyarrow as pa

    bounds = np.array([0, len(text)], dtype=np.int64)
    return pa.Array.from_buffers(kind, 1, [None, pa.py_buffer(bounds), pa.py_buffer(text)])[0]


def _content(array: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """The bytes of an array of texts, and where each text starts and how long it is."""
    _, offsets, data = array.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int64)[array.offset:array.offset + len(array) + 1] if offsets is not None \
        else np.zeros(len(array) + 1, dtype=np.int64)
    return np.frombuffer(data or b"", dtype=np.uint8), bounds[:-1], np.diff(bounds)


def _many_special(array: pa.Array, delimiter: str) -> bool:
    """Whether many cells must be quoted, as the first thousand show."""
    import pyarrow.compute as pc

    some = array[:1000]
    asked = pc.match_substring_regex(some, f'["{delimiter}\\n\\r]')
    return bool(yes(asked).sum() > 0.1 * len(some))


def _quoted(array: pa.Array, delimiter: str) -> pa.Array:
    """Cells that hold quotes, separators or line ends in quotes, with stand-ins for what the writer must not see."""
    import pyarrow as pa
    import pyarrow.compute as pc

    data, starts, lengths = _content(array)
    special = np.zeros(256, dtype=bool)
    special[[*b'"\n\r', ord(delimiter)]] = True
    where = np.flatnonzero(special[data])
    if not len(where):
        return array
    found = pc.cast(array, pa.large_binary())
    cells = np.searchsorted(starts, where, side="right") - 1
    rows = np.unique(cells[(cells >= 0) & (where < starts[cells] + lengths[cells])])
    some = found.take(places(rows))
    quote, separator, feed, back = (bytes((code,)) for code in _STAND_INS)
    for char, stand_in in ((b'"', quote * 2), (delimiter.encode(), separator), (b"\n", feed), (b"\r", back)):
        some = pc.replace_substring(some, char, stand_in)
    some = pc.binary_join_element_wise(_scalar(quote, pa.large_binary()), some, _scalar(quote, pa.large_binary()),
                                       _scalar(b"", pa.large_binary()))
    mask = np.zeros(len(found), dtype=bool)
    mask[rows] = True
    found = pc.replace_with_mask(found, flags(mask), some)
    # the writer takes texts only, and would look into bytes
    return pa.Array.from_buffers(pa.large_string(), len(found), found.buffers(), offset=found.offset)
