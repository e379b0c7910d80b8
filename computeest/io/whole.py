"""A whole table at once, for what looks at all of its rows together."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from computeest.io.annotator import without_broken
from computeest.io.inputs import source

if TYPE_CHECKING:
    import pyarrow as pa


def read_whole(text: str, form: str = "") -> pa.Table:
    """All rows of the table that a path or '-' names; cells that cannot be told apart are empty."""
    import pyarrow as pa

    with tempfile.TemporaryDirectory(prefix="computeest-") as keep:
        found = source(text, form, keep=Path(keep))
        pieces = [without_broken(found.read(piece)) for piece in found.pieces()]
        empty = pa.table({name: pa.array([], pa.string()) for name in found.columns})
        return pa.concat_tables(pieces, promote_options="permissive") if pieces else empty
