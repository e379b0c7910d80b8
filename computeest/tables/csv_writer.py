"""Tables as delimited text: cells quoted where they must be, and no cell that a spreadsheet would run.

Each cell is quoted by what it holds, whatever its neighbours hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from computeest.facts.columns import as_json, cells_of, flags, places, seconds, strings, yes
from computeest.tables import text_rows
from computeest.tables.source import Raw
from computeest.tables.text_rows import content, having, joined, text

if TYPE_CHECKING:
    import pyarrow as pa

_NEWLINE, _QUOTE = b"\n\""
_FORMULA = np.zeros(256, dtype=bool)
_FORMULA[list(b"=+-@\t\r")] = True
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


def header(columns: list[str], delimiter: str) -> bytes:
    """The first line."""
    import pyarrow as pa

    return lines(pa.table({str(place): strings([name]) for place, name in enumerate(columns)}), delimiter)


def lines(table: pa.Table, delimiter: str) -> bytes:
    """The table's rows, a line each."""
    return b"".join(blocks(table, delimiter))


def blocks(table: pa.Table, delimiter: str, raw: Raw | None = None) -> Iterator[bytes]:
    """The same, some rows after the other; `raw` are the first columns as they stand in the input."""
    form = _Delimited(delimiter)
    if raw is not None and raw.delimiter == delimiter and raw.columns < table.num_columns \
            and all(map(_all_harmless, table.columns[:raw.columns])) \
            and (begun := _begun(raw.data, delimiter, table.num_rows)) is not None:
        return text_rows.blocks(table.select(range(raw.columns, table.num_columns)), form, begun)
    return text_rows.blocks(table, form)


def _all_harmless(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa

    found = [chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk for chunk in column.chunks]
    return not any(len(_formulas(texts)) for texts in found)


def _begun(raw: bytes, delimiter: str, rows: int) -> pa.Array | None:
    """Rows as they stand, each with a separator after it, where all cells are quoted as they are here; else None.

    A tenth less time for a piece's text.
    """
    import pyarrow as pa

    if b"\r" in raw:
        if not rows == raw.count(b"\r\n") == raw.count(b"\r") == raw.count(b"\n"):
            return None
        raw = raw.replace(b"\r\n", b"\n")
    data = np.frombuffer(raw if raw.endswith(b"\n") else raw + b"\n", dtype=np.uint8).copy()
    ends, quotes = np.flatnonzero(data == _NEWLINE), np.flatnonzero(data == _QUOTE)
    if len(quotes) % 2 or (len(quotes) and not _needed(data, delimiter, quotes)):
        return None
    if len(ends) != rows:
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
    if len(ends) != rows:
        return None
    data[ends] = ord(delimiter)
    bounds = np.append(0, ends + 1).astype(np.int32)
    return pa.Array.from_buffers(pa.string(), rows, [None, pa.py_buffer(bounds), pa.py_buffer(data)])


def _needed(data: NDArray[np.uint8], delimiter: str, quotes: NDArray[np.intp]) -> bool:
    """Whether every cell in quotes holds what needs them; two quotes that touch are one within a cell."""
    opening, closing = quotes[::2], quotes[1::2]
    touch = opening[1:] == closing[:-1] + 1
    alone = ~(np.append(False, touch) | np.append(touch, False))
    if not alone.any():
        return True
    signs = np.flatnonzero((data == ord(delimiter)) | (data == _NEWLINE))
    return bool((np.searchsorted(signs, opening[alone]) < np.searchsorted(signs, closing[alone])).all())


@dataclass(frozen=True, slots=True)
class _Delimited:
    """A line of cells."""

    between: str
    start: str = ""
    end: str = "\n"
    nothing: str = ""

    def key(self, name: str) -> str:
        """Columns have their names in the header."""
        return ""

    def spelled(self, array: Any) -> pa.Array:
        """Numbers as they are, texts quoted."""
        import pyarrow as pa
        import pyarrow.compute as pc

        kind = array.type
        if pa.types.is_floating(kind):
            array = pc.if_else(pc.is_finite(array), array, pa.nulls(len(array), kind))
        if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_floating(kind):
            return pc.cast(array, pa.large_string())
        if pa.types.is_duration(kind):
            array = seconds(array)
        if pa.types.is_nested(kind):
            array = pa.array([None if cell is None else as_json(cell) for cell in cells_of(array)], pa.string())
        return _quoted(harmless(pc.cast(array, pa.large_string())), self.between)

    def numbers(self, array: pa.Array) -> pa.Array:
        """As few digits as tell them apart."""
        import pyarrow as pa
        import pyarrow.compute as pc

        return pc.cast(array, pa.large_string())


def harmless(array: pa.Array) -> pa.Array:
    """Texts that no spreadsheet runs: those that begin like a formula get an apostrophe; numbers stay numbers."""
    import pyarrow.compute as pc

    bad = _formulas(array)
    if not len(bad):
        return array
    mask = np.zeros(len(array), dtype=bool)
    mask[bad] = True
    return pc.replace_with_mask(array, flags(mask), joined((text("'"), array.take(places(bad))), ""))


def _formulas(array: pa.Array) -> NDArray[np.intp]:
    """Where a text begins like a formula and is no number."""
    import pyarrow.compute as pc

    data, starts, lengths = content(array)
    if not len(data):
        return np.empty(0, dtype=np.intp)
    suspect = np.flatnonzero((lengths > 0) & _FORMULA[data[np.minimum(starts, len(data) - 1)]])
    if not len(suspect):
        return suspect
    return suspect[yes(pc.invert(pc.match_substring_regex(array.take(places(suspect)), _NUMBER)))]


def _quoted(array: pa.Array, delimiter: str) -> pa.Array:
    """Texts, in quotes those that hold quotes, separators or line ends."""
    import pyarrow.compute as pc

    mask = having(array, b'"\n\r' + delimiter.encode())
    if not mask.any():
        return array
    some = pc.replace_substring(array.take(places(np.flatnonzero(mask))), '"', '""')
    return pc.replace_with_mask(array, flags(mask), joined((text('"'), some, text('"')), ""))
