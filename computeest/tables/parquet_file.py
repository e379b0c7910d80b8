"""A Parquet file: a row group for each piece, made wherever the piece was estimated."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeest.schema import SCHEMA_VERSION
from computeest.tables.parquet_joined import Joined
from computeest.tables.source import CHUNK

if TYPE_CHECKING:
    import pyarrow as pa


#: Rows that show whether a column's numbers repeat.
_SOME = 256
#: Rows that Arrow encodes at a time at least: its own number.
_BATCH = 1 << 10


class Assembled:
    """A Parquet file that is put together from those of its pieces."""

    def __init__(self, path: Path, empty: pa.Table) -> None:
        self._file, self._empty = path.open("wb"), empty
        self._joined, self._first = Joined(self._file), b""

    def add(self, content: bytes) -> None:
        """Put a piece in as a row group."""
        self._first = self._first or content
        if not self._joined.add(content):
            self._joined.add(self._as_first(content))

    def _as_first(self, content: bytes) -> bytes:
        """The piece with its columns of the first one's types."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pq.read_schema(pa.BufferReader(self._first))
        table = pq.read_table(pa.BufferReader(content)).cast(schema)
        few = _few_kinds(self._empty.schema)
        return file_of(pa.table({name: column.dictionary_encode() if name in few else column
                                  for name, column in zip(schema.names, table.columns, strict=True)}))

    def finish(self) -> None:
        """Write the footer."""
        if not self._first:
            self.add(file_of(self._empty))
        self._joined.finish()
        self._file.close()

    def abandon(self) -> None:
        """Close the file."""
        self._file.close()


def file_of(table: pa.Table) -> bytes:
    """Rows as a file of one row group; texts of few kinds stay so on disk, and are texts to who reads them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema, file = table.schema.remove_metadata(), pa.BufferOutputStream()
    shown = [field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field for field in schema]
    version = {"schema_version": str(SCHEMA_VERSION)}
    encoded = base64.b64encode(pa.schema(shown, metadata=version).serialize().to_pybytes()).decode()
    with pq.ParquetWriter(file, schema, **_packing(table), store_schema=False,
                          use_dictionary=_shared(table), write_statistics=_numbers(schema),
                          write_batch_size=max(_BATCH, table.num_rows)) as writer:  # 4 % of the writing
        writer.add_key_value_metadata({"ARROW:schema": encoded, **version})
        writer.write_table(table.cast(schema), row_group_size=max(CHUNK, table.num_rows))
    return bytes(file.getvalue())


def _shared(table: pa.Table) -> list[str]:
    """Columns whose texts stand in several rows each: a dictionary of one-off names takes longer, and more room."""
    return [name for name in _few_kinds(table.schema)
            if 2 * sum(len(part.dictionary) for part in table.column(name).chunks) < table.num_rows]


def _packing(table: pa.Table) -> dict[str, Any]:
    """All columns packed but FLOP that differ from row to row: a tenth of the writing, for 4 % of their bytes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    level = dict.fromkeys(table.column_names, 1)
    for field, column in zip(table.schema, table.columns, strict=True):
        if pa.types.is_floating(field.type) and b"FLOP" in (field.metadata or {}).get(b"unit", b""):
            some = pc.drop_null(column.slice(0, _SOME))
            if 2 * len(some.unique()) > len(some):
                del level[field.name]
    if any(pa.types.is_nested(field.type) for field in table.schema):  # whose parts have names of their own
        return {"compression": "zstd", "compression_level": 1}
    return {"compression": {name: "zstd" if name in level else "none" for name in table.column_names},
            "compression_level": level}


def _few_kinds(schema: pa.Schema) -> list[str]:
    import pyarrow as pa

    return [field.name for field in schema if pa.types.is_dictionary(field.type)]


def _numbers(schema: pa.Schema) -> list[str]:
    """Columns worth the cost of a smallest and a largest value: those of texts help nobody."""
    import pyarrow as pa

    return [field.name for field in schema if pa.types.is_floating(field.type) or pa.types.is_integer(field.type)]
