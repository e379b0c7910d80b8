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


#: Rows that show whether a column's numbers repeat; a table of no more is small as it is.
_SOME = 1024
#: Bytes for each row from which on the texts of a dictionary are worth packing.
_LONG = 0.4
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
    with pq.ParquetWriter(file, schema, **_ways(table), store_schema=False, write_statistics=_numbers(schema),
                          write_batch_size=max(_BATCH, table.num_rows)) as writer:  # 4 % of the writing
        writer.add_key_value_metadata({"ARROW:schema": encoded, **version})
        writer.write_table(table, row_group_size=max(CHUNK, table.num_rows))
    return bytes(file.getvalue())


def _ways(table: pa.Table) -> dict[str, Any]:
    """How the columns are written: which with a dictionary of what several rows share, and which are packed.

    A dictionary of one-off names takes longer, and more room. To pack our own numbers, and words of few kinds, takes a
    tenth of the writing, for 5 % of all bytes.
    """
    import pyarrow as pa

    shared, packed = [], []
    for field, column in zip(table.schema, table.columns, strict=True):
        if pa.types.is_dictionary(field.type):
            kinds = [part.dictionary for part in column.chunks]
            few = 2 * sum(map(len, kinds)) < table.num_rows
            loose = few and sum(texts.nbytes for texts in kinds) < _LONG * table.num_rows
        elif loose := (table.num_rows > _SOME and pa.types.is_floating(field.type)
                       and b"unit" in (field.metadata or {})):
            some = column[:_SOME]
            few = 1.5 * len(some.unique()) < len(some) - some.null_count
        else:
            few = False
        shared += [field.name] * few
        packed += [field.name] * (not loose)
    how: dict[str, Any] = {"compression": "zstd", "compression_level": 1}
    if not any(pa.types.is_nested(field.type) for field in table.schema):  # whose parts have names of their own
        how = {"compression": {name: "zstd" if name in packed else "none" for name in table.column_names},
               "compression_level": dict.fromkeys(packed, 1)}
    return how | {"use_dictionary": shared}


def _few_kinds(schema: pa.Schema) -> list[str]:
    import pyarrow as pa

    return [field.name for field in schema if pa.types.is_dictionary(field.type)]


def _numbers(schema: pa.Schema) -> list[str]:
    """Columns worth the cost of a smallest and a largest value: those of texts help nobody."""
    import pyarrow as pa

    return [field.name for field in schema if pa.types.is_floating(field.type) or pa.types.is_integer(field.type)]
