"""Rows of cells as text, whatever the form spells them like.

Columns of few texts are spelled text by text, and neighbours among them are joined kind by kind; then every row is
taken from all texts, cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from computeest.facts.columns import codes_of, places, present, strings

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows that show whether a column's texts repeat, and how many rows to each text are many.
_SOME, _FEW = 1000, 4
#: The same for numbers, which take five times as long to write as to look up.
_FEW_NUMBERS = 1.25
#: So many numbers to a row are looked up in a table of all: half the time of Arrow's.
_TABLE = 8
#: The bytes of texts whose bounds are four bytes long.
_SMALL = np.iinfo(np.int32).max
#: So many characters are not looked for one by one.
_SEARCHED = 8
#: Rows put together at once.
_AT_ONCE = 1 << 11

Codes = NDArray[np.int32]


class Form(Protocol):
    """How a line is spelled."""

    @property
    def start(self) -> str:
        """What begins a line."""

    @property
    def between(self) -> str:
        """What parts two cells."""

    @property
    def end(self) -> str:
        """What ends a line."""

    @property
    def nothing(self) -> str:
        """What stands for no cell."""

    def key(self, name: str) -> str:
        """What stands before each cell of a column."""

    def spelled(self, array: pa.Array) -> pa.Array:
        """Cells that are no float64, as texts that rows may share."""

    def numbers(self, array: pa.Array) -> pa.Array:
        """Finite numbers as texts."""


def blocks(table: pa.Table, form: Form, begun: pa.Array | None = None) -> Iterator[bytes]:
    """Some rows after the other: written before the next are made, they take 13 MB less and a fifth less time.

    What each row is `begun` with stands before its cells.
    """
    if not table.num_rows:
        return
    parts = _together(list(_cells(table, form)), form)
    if begun is not None:
        parts = chain([_Cells(begun, np.arange(len(begun), dtype=np.int32), few=True)], parts)
    texts, cells = _laid_out(parts, form)
    for start in range(0, table.num_rows, _AT_ONCE):
        yield _lines(texts, cells, slice(start, min(start + _AT_ONCE, table.num_rows)))


def _lines(texts: pa.Array, cells: list[int | Codes], rows: slice) -> Any:
    """Some of the rows as bytes: what Arrow takes of the texts, one after the other, in half the time of its join."""
    import pyarrow as pa
    import pyarrow.compute as pc

    where = np.empty((rows.stop - rows.start, len(cells)), dtype=np.int32)
    for place, codes in enumerate(cells):
        where[:, place] = codes if isinstance(codes, int) else codes[rows]
    try:
        return texts.take(places(where.ravel())).buffers()[2] or b""
    except pa.ArrowInvalid:  # long texts again and again: more than small bounds hold
        return pc.cast(texts, pa.large_string()).take(places(where.ravel())).buffers()[2]


@dataclass(frozen=True, slots=True)
class _Cells:
    """A column, or several, as they are written."""

    texts: pa.Array
    #: Which of the texts each row has, -1 where it has none.
    codes: Codes
    #: Whether the texts are few beside the rows.
    few: bool = False
    #: What stands before each.
    key: str = ""

    def at(self, codes: Codes, *, few: bool) -> _Cells:
        """Rows that have these cells, -1 where they have none."""
        # most dictionaries hold each text once: with rows' codes left alone where none lacks, 6 % of the time
        if not np.array_equal(self.codes, np.arange(len(self.codes))):
            codes = np.where(codes < 0, codes, self.codes[codes])
        return _Cells(self.texts, codes, few)


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


def _cells(table: pa.Table, form: Form) -> Iterator[_Cells]:
    """The columns as they are written."""
    import pyarrow as pa

    nothing = _Cells(all_there([form.nothing]), np.zeros(table.num_rows, dtype=np.int32), few=True)
    known: list[_Numbers] = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
        if isinstance(array, pa.ChunkedArray):
            array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.nulls(0, array.type)
        found = nothing if array.null_count == len(array) else _column(array, form, known)
        key = form.key(name)
        yield replace(found, key=key) if key else found


def _together(cells: list[_Cells], form: Form) -> Iterator[_Cells]:
    """The same with neighbours of few texts as one, where they have few texts together, and with what parts them."""
    done = 0
    for few, found in groupby(cells, lambda one: one.few):
        run = list(found)
        before, done = done > 0, done + len(run)
        yield from _as_one(list(_folded(run, form)), form, before=before, after=done < len(cells)) if few else run


def _folded(run: list[_Cells], form: Form) -> Iterator[_Cells]:
    """Columns with those that say the same in all rows as one: a third of the time of joining them row by row."""
    for same, found in groupby(run, lambda one: len(one.texts) == 1 and int(one.codes.min()) == 0):
        if same:
            several = list(found)
            texts = [joined((text(one.key), one.texts), "") for one in several]
            yield replace(several[0], texts=joined(texts, form.between), key="")
        else:
            yield from found


def _as_one(run: list[_Cells], form: Form, *, before: bool, after: bool) -> list[_Cells]:
    """Columns of few texts as one, or each half of them as one, with a separator before and after."""
    varied = [place for place, one in enumerate(run) if len(one.texts) > 1 or one.codes.min() < 0]
    most = len(run[0].codes) // _FEW
    # mostly there are as many kinds as texts: to number too many took a sixth of the time of this
    many = len(varied) > 1 and sum(len(run[place].texts) for place in varied) > most
    found = None if many else _kinds(run[place].codes for place in varied or [0])
    if found is None or (len(varied) > 1 and len(found[0]) > most):
        half = varied[len(varied) // 2]
        return [*_as_one(run[:half], form, before=before, after=False),
                *_as_one(run[half:], form, before=True, after=after)]
    rows, kinds = found
    columns = [one.texts.take(places(one.codes[rows])) if place in varied or not varied else one.texts[0]
               for place, one in enumerate(run)]
    columns = [joined((text(one.key), column), "", form.nothing) if one.key else column
               for one, column in zip(run, columns, strict=True)]
    none = [text("")]
    return [_Cells(joined([*none * before, *columns, *none * after], form.between, form.nothing), kinds, few=True)]


def _kinds(columns: Iterable[Codes]) -> tuple[Codes, Codes]:
    """A row of each combination of codes that there is, and which combination each row has."""
    combined, count = np.zeros(1, dtype=np.int64), 1
    for codes in columns:
        least = int(codes.min())
        span = int(codes.max()) - least + 1
        if count * span > np.iinfo(np.int64).max:
            combined, count = _numbered(combined, count).astype(np.int64), len(codes)
        combined, count = combined * span + (codes - least), count * span
    kinds = _numbered(combined, count)
    rows = np.empty(int(kinds.max()) + 1, dtype=np.int32)
    rows[kinds] = np.arange(len(kinds), dtype=np.int32)
    return rows, kinds


def _numbered(values: NDArray[np.int64], count: int) -> Codes:
    """A number for each value, from 0: by a table of all, or by Arrow, which takes a quarter of the time of sorting."""
    import pyarrow as pa

    if count <= _TABLE * len(values):
        there = np.zeros(count, dtype=bool)
        there[values] = True
        found = np.flatnonzero(there)
        numbers = np.empty(count, dtype=np.int32)
        numbers[found] = np.arange(len(found), dtype=np.int32)
        return numbers[values]
    array = pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(values)])
    return codes_of(array.dictionary_encode())


def _laid_out(parts: Iterable[_Cells], form: Form) -> tuple[pa.Array, list[int | Codes]]:
    """All texts in one array, and which of them each row's cells are, with what parts them and ends the line."""
    import pyarrow as pa
    import pyarrow.compute as pc

    nothing, start, end = range(3)
    signs = [form.nothing, form.start, form.end]
    cells: list[int | tuple[pa.Array, Codes]] = [start] if form.start else []
    parted = True
    for part in parts:
        if sign := ("" if part.few or parted else form.between) + part.key:
            cells.append(len(signs) if sign not in signs else signs.index(sign))
            signs = signs if sign in signs else [*signs, sign]
        parted = part.few
        cells.append((part.texts, part.codes))
    arrays = {0: all_there(signs)}
    starts, size = {}, len(signs)
    found: list[int | Codes] = []
    for cell in cells:
        if isinstance(cell, int):
            found.append(cell)
            continue
        texts, codes = cell
        if id(texts) not in arrays:
            arrays[id(texts)] = texts
            starts[id(texts)] = size
            size += len(texts)
        place = codes + np.int32(starts[id(texts)])
        found.append(place if codes.min() >= 0 else np.where(codes < 0, np.int32(nothing), place))
    laid = pa.concat_arrays(map(_plain, arrays.values()))
    # bounds of half the size: a seventh of the time to take them
    return pc.cast(laid, pa.string()) if laid.nbytes <= _SMALL else laid, [*found, end]


def _column(array: Any, form: Form, known: list[_Numbers]) -> _Cells:
    """An array as it is written; `known` are the numbers before it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    if pa.types.is_dictionary(kind):
        few = _FEW * len(array.dictionary) < len(array)
        return _column(array.dictionary, form, []).at(codes_of(array), few=few)
    if pa.types.is_float64(kind):
        return _numbers(array, form, known)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        if _repeats(array, _FEW):
            return _column(array.dictionary_encode(), form, [])  # texts that rows share: spelled once
        array = pc.cast(array, pa.large_string())
    found = form.spelled(array)
    return _own(found, present(found))


def _own(texts: pa.Array, there: NDArray[np.bool_]) -> _Cells:
    """Each row's own text, where it has one."""
    rows = np.arange(len(there), dtype=np.int32)
    if there.all():
        return _Cells(texts, rows)
    if _FEW * there.sum() < len(there):
        kept = texts.take(places(rows[there]))
        return _Cells(kept, np.where(there, np.cumsum(there, dtype=np.int32) - np.int32(1), np.int32(-1)), few=True)
    return _Cells(texts, np.where(there, rows, np.int32(-1)))


def _numbers(array: pa.Array, form: Form, known: list[_Numbers]) -> _Cells:
    """A column of numbers: nothing where there is none, or one that is not finite."""
    import pyarrow as pa

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
            new = form.numbers(array.take(places(others)))
            return _Cells(pa.concat_arrays([_plain(one.texts), _plain(new)]), rows)
    if _FEW * np.count_nonzero(there) < len(there):
        codes = np.where(there, np.cumsum(there, dtype=np.int32) - np.int32(1), np.int32(-1))
        return _numbers(array.take(places(np.flatnonzero(there))), form, []).at(codes, few=True)
    if _repeats(array, _FEW_NUMBERS):
        return _column(array.dictionary_encode(), form, [])
    texts = form.numbers(array)
    known.append(_Numbers(bits, there, texts))
    return _own(texts, there)


def _repeats(array: pa.Array, share: float) -> bool:
    """Whether rows share what a column says, so many each."""
    some = array[:_SOME]
    return len(array) > _SOME and bool(share * len(some.unique()) < len(some) - some.null_count)


def all_there(texts: list[str]) -> pa.Array:
    """Texts as an array of those that are joined."""
    return _plain(strings(texts))


def _plain(texts: pa.Array) -> pa.Array:
    """Texts as Arrow takes them fastest: none is marked as missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.cast(texts, pa.large_string())
    return pa.Array.from_buffers(texts.type, len(texts), [None, *texts.buffers()[1:]], 0, texts.offset)


def joined(arrays: Iterable[Any], delimiter: str, nothing: str = "") -> pa.Array:
    """Texts of the same rows, one after the other, and what stands where there is none."""
    import pyarrow.compute as pc

    return pc.binary_join_element_wise(*arrays, text(delimiter), null_handling="replace", null_replacement=nothing)


def text(text: str) -> pa.Scalar:
    """A text as Arrow's functions take it: `pa.scalar` would import pandas."""
    import pyarrow as pa

    data = text.encode()
    bounds = np.array([0, len(data)], dtype=np.int64)
    return pa.Array.from_buffers(pa.large_string(), 1, [None, pa.py_buffer(bounds), pa.py_buffer(data)])[0]


def _bounds(array: pa.Array) -> NDArray[np.integer[Any]]:
    """Where each of an array's texts begins among its bytes, and where the last ends."""
    import pyarrow as pa

    kind: Any = np.int32 if pa.types.is_string(array.type) else np.int64
    offsets = array.buffers()[1]
    return np.frombuffer(offsets, dtype=kind)[array.offset:array.offset + len(array) + 1] if offsets is not None \
        else np.zeros(len(array) + 1, dtype=kind)


def content(array: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.integer[Any]], NDArray[np.integer[Any]]]:
    """The bytes of an array of texts, and where each text starts and how long it is."""
    bounds = _bounds(array)
    data = np.frombuffer(array.buffers()[2] or b"", dtype=np.uint8)[bounds[0]:bounds[-1]]
    return data, bounds[:-1] - bounds[0], np.diff(bounds)


def having(array: pa.Array, signs: bytes) -> NDArray[np.bool_]:
    """Which texts hold any of some characters."""
    data, starts, _ = content(array)
    raw, mask = data.tobytes(), np.zeros(len(array), dtype=bool)
    if len(signs) < _SEARCHED and not any(signs[place:place + 1] in raw for place in range(len(signs))):
        return mask  # a tenth of the time of looking at each byte
    special = np.zeros(256, dtype=bool)
    special[list(signs)] = True
    mask[np.searchsorted(starts, np.flatnonzero(special[data]), side="right") - 1] = True
    return mask & present(array)
