"""Tables as lines of JSON, cells spelled as Python's json spells them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from computeest.facts.columns import as_json, cells_of, flags, floats, places, strings
from computeest.tables import text_rows
from computeest.tables.text_rows import having, joined, text

if TYPE_CHECKING:
    import pyarrow as pa

#: Characters that are escaped within a text.
_ESCAPED = bytes((*range(32), *b'"\\'))
#: Between these Arrow's numbers are Python's, whole ones apart; so are they again from the third on.
_LEAST, _MOST, _AGAIN = 1e-4, 1e10, 1e16


def blocks(table: pa.Table) -> Iterator[bytes]:
    """The table's rows, a line each, some rows after the other."""
    return text_rows.blocks(table, _Json())


@dataclass(frozen=True, slots=True)
class _Json:
    """A line that is an object."""

    start: str = "{"
    between: str = ", "
    end: str = "}\n"
    nothing: str = "null"

    def key(self, name: str) -> str:
        """The column's name."""
        return f"{json.dumps(name, ensure_ascii=False)}: "

    def spelled(self, array: Any) -> pa.Array:
        """Whole numbers as they are, texts in quotes."""
        import pyarrow as pa
        import pyarrow.compute as pc

        kind = array.type
        if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
            return pc.cast(array, pa.large_string())
        if not pa.types.is_large_string(kind):
            return pa.array([None if cell is None else as_json(cell) for cell in cells_of(array)], pa.large_string())
        found = pc.binary_join_element_wise(text('"'), array, text('"'), text(""))
        rows = np.flatnonzero(having(array, _ESCAPED))
        return _with(found, rows, [as_json(cell) for cell in cells_of(array.take(places(rows)))])

    def numbers(self, array: pa.Array) -> pa.Array:
        """As few digits as tell them apart, and a point in whole numbers."""
        import pyarrow as pa
        import pyarrow.compute as pc

        values = floats(array)
        size = np.abs(values)
        found = pc.cast(array, pa.large_string())
        whole = (size < _MOST) & (values == np.floor(values))
        pointed = joined((found.take(places(np.flatnonzero(whole))), text(".0")), "")
        found = pc.replace_with_mask(found, flags(whole), pointed)
        rows = np.flatnonzero(((size < _LEAST) & (size > 0)) | ((size >= _MOST) & (size < _AGAIN)))
        return _with(found, rows, map(repr, values[rows].tolist()))


def _with(texts: pa.Array, rows: NDArray[np.intp], others: Iterable[str]) -> pa.Array:
    """The texts with others in some rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(rows):
        return texts
    mask = np.zeros(len(texts), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(texts, flags(mask), pc.cast(strings(list(others)), pa.large_string()))
