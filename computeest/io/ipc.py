"""Tables as bytes between processes, and in the work directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def stream(*tables: pa.Table) -> bytes:
    """Tables as bytes, one after the other."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    for table in tables:
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table.unify_dictionaries().combine_chunks())
    return bytes(sink.getvalue())


def tables(content: bytes) -> list[pa.Table]:
    """The tables in a piece."""
    import pyarrow as pa

    reader = pa.BufferReader(content)
    found = []
    while reader.tell() < len(content):
        with pa.ipc.open_stream(reader) as piece:
            found.append(piece.read_all())
    return found
