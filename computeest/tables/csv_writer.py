"""Tables as delimited text: cells quoted where they must be, and no cell that a spreadsheet would run.

Each cell is quoted by what it holds, whatever its neighbours hold. Columns of few texts are quoted text by text, and
neighbours among them are joined kind by kind; then every row is taken from all texts, cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from computeest.facts.columns import as_json, cells_of, codes_of, flags, places, present, strings, yes

if TYPE_CHECKING:
    import pyarrow as pa

_FORMULA = np.zeros(256, dtype=bool)
_FORMULA[list(b"=+-@\t\r")] = True
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
#: Rows that show whether a column's texts repeat, and how many rows to each text are many.
_SOME, _FEW = 1000, 4
#: The same for numbers, which take five times as long to write as to look up.
_FEW_NUMBERS = 1.25
#: Rows put together at once.
_AT_ONCE = 1 << 11

Codes = NDArray[np.int32]


def header(columns: list[str], delimiter: str) -> bytes:
    """The first line."""
    import pyarrow as pa

    return lines(pa.table({str(place): strings([name]) for place, name in enumerate(columns)}), delimiter)


def lines(table: pa.Table, delimiter: str) -> bytes:
    """The table's rows, a line each."""
    return b"".join(blocks(table, delimiter))


def blocks(table: pa.Table, delimiter: str) -> Iterator[bytes]:
    """Some rows after the other: written before the next are made, they take 13 MB less and a fifth less time."""
    if not table.num_rows:
        return
    texts, cells = _laid_out(_together(list(_cells(table, delimiter)), delimiter), delimiter)
    for start in range(0, table.num_rows, _AT_ONCE):
        yield _lines(texts, cells, slice(start, min(start + _AT_ONCE, table.num_rows)))


def _lines(texts: pa.Array, cells: list[int | Codes], rows: slice) -> Any:
    """Some of the rows as bytes: what Arrow takes of the texts, one after the other, in half the time of its join."""
    where = np.empty((rows.stop - rows.start, len(cells)), dtype=np.int32)
    for place, codes in enumerate(cells):
        where[:, place] = codes if isinstance(codes, int) else codes[rows]
    return texts.take(places(where.ravel())).buffers()[2] or b""


@dataclass(frozen=True, slots=True)
class _Cells:
    """A column, or several, as they are written."""

    texts: pa.Array
    #: Which of the texts each row has, -1 where it has none.
    codes: Codes
    #: Whether the texts are few beside the rows.
    few: bool = False

    def at(self, codes: Codes, *, few: bool) -> _Cells:
        """Rows that have these cells, -1 where they have none."""
        return _Cells(self.texts, np.where(codes < 0, codes, self.codes[codes]), few)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """A column of numbers that is written already."""

    bits: NDArray[np.int64]
    there: NDArray[np.bool_]
    texts: pa.Array

    def others(self, bits: NDArray[np.int64], there: NDArray[np.bool_]) -> NDArray[np.intp]:
        """The rows in which another column has another number; all, where it begins with another."""
        first = int(there.argmax())
        if bits[first] != self.bits[first]:
            return np.arange(len(bits))
        return np.flatnonzero(there & ~(self.there & (bits == self.bits)))


def _cells(table: pa.Table, delimiter: str) -> Iterator[_Cells]:
    """The columns as they are written."""
    import pyarrow as pa

    nothing = _Cells(_texts([""]), np.zeros(table.num_rows, dtype=np.int32), few=True)
    known: list[_Numbers] = []
    for column in table.columns:
        array = column.combine_chunks()
        if isinstance(array, pa.ChunkedArray):
            array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.nulls(0, array.type)
        yield nothing if array.null_count == len(array) else _column(array, delimiter, known)


def _together(cells: list[_Cells], delimiter: str) -> Iterator[_Cells]:
    """The same with neighbours of few texts as one, where they have few texts together, and with what parts them."""
    done = 0
    for few, found in groupby(cells, lambda one: one.few):
        run = list(found)
        before, done = done > 0, done + len(run)
        yield from _as_one(run, delimiter, before=before, after=done < len(cells)) if few else run


def _as_one(run: list[_Cells], delimiter: str, *, before: bool, after: bool) -> list[_Cells]:
    """Columns of few texts as one, or each half of them as one, with a separator before and after."""
    import pyarrow as pa

    if len(run) == 1:
        codes, columns = run[0].codes, [pa.concat_arrays([_plain(run[0].texts), _texts([""])])]
        kinds = np.where(codes < 0, np.int32(len(run[0].texts)), codes)
    else:
        rows, kinds = _kinds({id(one.codes): one.codes for one in run}.values())
        if _FEW * len(rows) > len(kinds):
            half = len(run) // 2
            return [*_as_one(run[:half], delimiter, before=before, after=False),
                    *_as_one(run[half:], delimiter, before=True, after=after)]
        columns = [one.texts.take(places(one.codes[rows])) for one in run]
    none = [_text("")]
    return [_Cells(_joined([*none * before, *columns, *none * after], delimiter), kinds, few=True)]


def _kinds(columns: Iterable[Codes]) -> tuple[Codes, Codes]:
    """A row of each combination of codes that there is, and which combination each row has."""
    combined, count = np.zeros(1, dtype=np.int64), 1
    for codes in columns:
        span = int(codes.max()) + 2
        if count * span > np.iinfo(np.int64).max:
            combined, count = _numbered(combined).astype(np.int64), len(codes)
        combined, count = combined * span + (codes + 1), count * span
    kinds = _numbered(combined)
    rows = np.zeros(int(kinds.max()) + 1, dtype=np.int32)
    rows[kinds[::-1]] = np.arange(len(kinds) - 1, -1, -1)  # of several rows the last written is the first
    return rows, kinds


def _numbered(values: NDArray[np.int64]) -> Codes:
    """A number for each value, from 0: Arrow takes a quarter of the time of sorting them."""
    import pyarrow as pa

    array = pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(values)])
    return codes_of(array.dictionary_encode())


def _laid_out(parts: Iterable[_Cells], delimiter: str) -> tuple[pa.Array, list[int | Codes]]:
    """All texts in one array, and which of them each row's cells are, with what parts them and ends the line."""
    import pyarrow as pa

    nothing, between, end = range(3)
    arrays = [_texts(["", delimiter, "\n"])]
    starts: dict[int, int] = {}
    size = len(arrays[0])
    cells: list[int | Codes] = []
    parted = True
    for part in parts:
        if not (part.few or parted):
            cells.append(between)
        parted = part.few
        if id(part.texts) not in starts:
            starts[id(part.texts)] = size
            arrays.append(part.texts)
            size += len(part.texts)
        start = starts[id(part.texts)]
        cells.append(np.where(part.codes < 0, np.int32(nothing), part.codes + np.int32(start)))
    return pa.concat_arrays(map(_plain, arrays)), [*cells, end]


def _column(array: Any, delimiter: str, known: list[_Numbers]) -> _Cells:
    """An array as it is written: numbers as they are, texts quoted; `known` are the numbers before it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    if pa.types.is_dictionary(kind):
        few = _FEW * len(array.dictionary) < len(array)
        return _column(array.dictionary, delimiter, []).at(codes_of(array), few=few)
    if pa.types.is_float64(kind):
        return _numbers(array, known)
    if pa.types.is_floating(kind):
        array = pc.if_else(pc.is_finite(array), array, pa.nulls(len(array), kind))
    if pa.types.is_nested(kind):
        array = pa.array([None if cell is None else as_json(cell) for cell in cells_of(array)], pa.string())
    elif pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_floating(kind):
        return _own(pc.cast(array, pa.large_string()), present(array))
    array = pc.cast(array, pa.large_string())
    if _repeats(array, _FEW):
        return _column(array.dictionary_encode(), delimiter, [])  # texts that rows share: quoted once
    return _own(_quoted(harmless(array), delimiter), present(array))


def _own(texts: pa.Array, there: NDArray[np.bool_]) -> _Cells:
    """Each row's own text, where it has one."""
    rows = np.arange(len(there), dtype=np.int32)
    if there.all():
        return _Cells(texts, rows)
    if _FEW * there.sum() < len(there):
        kept = texts.take(places(rows[there]))
        return _Cells(kept, np.where(there, np.cumsum(there, dtype=np.int32) - np.int32(1), np.int32(-1)), few=True)
    return _Cells(texts, np.where(there, rows, np.int32(-1)))


def _numbers(array: pa.Array, known: list[_Numbers]) -> _Cells:
    """A column of numbers: nothing where there is none, or one that is not finite."""
    import pyarrow as pa
    import pyarrow.compute as pc

    values = np.frombuffer(array.buffers()[1] or b"", np.float64)[array.offset:array.offset + len(array)]
    bits, there = values.view(np.int64), present(array) & np.isfinite(values)
    # `own_flop` and its like are mostly `flop` again, and so is what one method gives: a tenth of the time
    for one in known:
        others = one.others(bits, there)
        if not len(others):
            return _own(one.texts, there)
        if _FEW * len(others) < len(bits):
            rows = np.where(there, np.arange(len(there), dtype=np.int32), np.int32(-1))
            rows[others] = len(rows) + np.arange(len(others))
            new = pc.cast(array.take(places(others)), pa.large_string())
            return _Cells(pa.concat_arrays([_plain(one.texts), _plain(new)]), rows)
    if _repeats(array, _FEW_NUMBERS):
        return _column(array.dictionary_encode(), "", [])
    texts = pc.cast(array, pa.large_string())
    known.append(_Numbers(bits, there, texts))
    return _own(texts, there)


def _repeats(array: pa.Array, share: float) -> bool:
    """Whether rows share what a column says, so many each."""
    some = array[:_SOME]
    return len(array) > _SOME and bool(share * len(some.unique()) < len(some) - some.null_count)


def _texts(texts: list[str]) -> pa.Array:
    return _plain(strings(texts))


def _plain(texts: pa.Array) -> pa.Array:
    """Texts as Arrow takes them fastest: none is marked as missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.cast(texts, pa.large_string())
    return pa.Array.from_buffers(texts.type, len(texts), [None, *texts.buffers()[1:]], 0, texts.offset)


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
    data = np.frombuffer(array.buffers()[2] or b"", dtype=np.uint8)[bounds[0]:bounds[-1]]
    return data, bounds[:-1] - bounds[0], np.diff(bounds)


def _quoted(array: pa.Array, delimiter: str) -> pa.Array:
    """Texts, in quotes those that hold quotes, separators or line ends."""
    import pyarrow.compute as pc

    data, starts, _ = _content(array)
    raw = data.tobytes()
    if not any(sign in raw for sign in (b'"', b"\n", b"\r", delimiter.encode())):  # a tenth of looking at each byte
        return array
    special = np.zeros(256, dtype=bool)
    special[[*b'"\n\r', ord(delimiter)]] = True
    where = np.flatnonzero(special[data])
    mask = np.zeros(len(array), dtype=bool)
    mask[np.searchsorted(starts, where, side="right") - 1] = True
    some = pc.replace_substring(array.take(places(np.flatnonzero(mask))), '"', '""')
    return pc.replace_with_mask(array, flags(mask), _joined((_text('"'), some, _text('"')), ""))
