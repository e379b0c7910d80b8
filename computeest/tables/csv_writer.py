"""Tables as delimited text: cells quoted where they must be, and no cell that a spreadsheet would run.

Each cell is quoted by what it holds, whatever its neighbours hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from computeest.facts.columns import as_json, cells_of, flags, places, strings, yes
from computeest.tables import text_rows
from computeest.tables.text_rows import content, having, joined, text

if TYPE_CHECKING:
    import pyarrow as pa

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


def blocks(table: pa.Table, delimiter: str) -> Iterator[bytes]:
    """The same, some rows after the other."""
    return text_rows.blocks(table, _Delimited(delimiter))


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

    data, starts, lengths = content(array)
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
    return pc.replace_with_mask(array, flags(mask), joined((text("'"), array.take(places(bad))), ""))


def _quoted(array: pa.Array, delimiter: str) -> pa.Array:
    """Texts, in quotes those that hold quotes, separators or line ends."""
    import pyarrow.compute as pc

    mask = having(array, b'"\n\r' + delimiter.encode())
    if not mask.any():
        return array
    some = pc.replace_substring(array.take(places(np.flatnonzero(mask))), '"', '""')
    return pc.replace_with_mask(array, flags(mask), joined((text('"'), some, text('"')), ""))
