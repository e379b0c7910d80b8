"""What every input is: a table's columns, and its rows in pieces that any process can read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from computeest.problems import InputError, Problem
from computeest.problems import files as wrong
from computeest.schema.column_map import MOST_COLUMNS
from computeest.schema.headers import own_name

if TYPE_CHECKING:
    import pyarrow as pa



#: Rows of a piece: a seventh less time than with half as many; two processes need 410 MB in all, 480 with 49,152 rows.
CHUNK = 36_864
#: A piece ends early at this size, so that no row, however long, fills the memory.
LARGEST_PIECE = 1 << 24
#: A piece of a wide table has fewer rows: no more cells than this.
MOST_CELLS = 1 << 22


def piece_rows(chunk: int, columns: int) -> int:
    """How many rows a piece has."""
    return max(1, min(chunk, MOST_CELLS // max(1, columns)))


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the rows, not yet read."""

    number: int
    content: Any
    #: How much of the input is done with this piece, from 0 to 1; NaN where nobody knows.
    done: float = float("nan")


@dataclass(frozen=True, slots=True)
class Raw:
    """Rows as they stand in a file of delimited text that any reader splits alike."""

    data: bytes
    delimiter: str
    columns: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Some of the rows, read."""

    table: pa.Table
    #: Rows whose cells cannot be told apart, and why: they pass through, and nothing is estimated from them.
    broken: Mapping[int, str] = field(default_factory=dict)
    #: What is worth one warning.
    notes: frozenset[str] = frozenset()
    #: The same, all columns of them, as they stand, where that is known.
    raw: Raw | None = None


class Source(Protocol):
    """An input table; sources travel to other processes, so they hold no open files."""

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The table's columns."""

    def pieces(self) -> Iterator[Piece]:
        """All rows, in order."""

    def read(self, piece: Piece, columns: tuple[str, ...] | None = None) -> Rows:
        """The rows of a piece; `columns` are those that are needed."""

    def fingerprint(self) -> str:
        """Tells apart inputs that differ."""


def checked_columns(columns: list[str], name: str, below: Sequence[str] = ()) -> tuple[str, ...]:
    """The columns, where there are no two of one name and not too many; columns without a name get one.

    Those of a title, which says of one cell and of no fact, are refused where the row `below` holds headers.
    """
    if len(columns) > MOST_COLUMNS:
        raise InputError([Problem(name, 1, "", wrong.COLUMNS_TOO_MANY(count=len(columns), most=MOST_COLUMNS))])
    if sum(bool(column.strip()) for column in columns) <= 1 and sum(
            own_name(cell) is not None for cell in below if cell.strip()) > 1:
        raise InputError([Problem(name, 1, "", wrong.TITLE_ABOVE_HEADERS(first=below[0].strip()[:40]))])
    seen: dict[str, int] = {}
    found = []
    for place, column in enumerate(columns, 1):
        own = column if column.strip() else f"column {place}"
        if own in seen:
            raise InputError([Problem(name, 1, own, wrong.HEADER_TWICE(first=seen[own], second=place))])
        seen[own] = place
        found.append(own)
    return tuple(found)


def file_fingerprint(path: Path) -> str:
    """A file's size, when it was changed, and its first and last blocks, as one word."""
    state = hashlib.blake2b(digest_size=16)
    status = path.stat()
    state.update(f"{status.st_size} {status.st_mtime_ns}".encode())
    with path.open("rb") as file:
        state.update(file.read(1 << 16))
        file.seek(max(0, status.st_size - (1 << 16)))
        state.update(file.read(1 << 16))
    return state.hexdigest()


def stream(*tables: pa.Table) -> bytes:
    """Tables as bytes, one after the other."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    # a third of the bytes between processes and in the work directory, for 14 ms of the 300 that a piece takes
    options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    for table in tables:
        with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
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



