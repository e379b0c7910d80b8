"""What an output format is: rows with their records in, pieces of a file out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from computeest.estimation.results import Results
from computeest.tables.source import Raw

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Annotated:
    """Rows with their records."""

    table: pa.Table
    results: Results | None
    #: What is wrong with which row.
    problems: Mapping[int, str]
    #: The table's first columns as they stand in the input, where that is known.
    raw: Raw | None = None


#: A piece of a file: bytes, or blocks of bytes that are made one after the other as they are written.
Content = bytes | Iterator[bytes]


class Assembly(Protocol):
    """A file that grows by pieces."""

    def add(self, content: bytes) -> None:
        """Put the next piece in."""

    def finish(self) -> None:
        """Make the file whole."""

    def abandon(self) -> None:
        """Let go of a file that will not be whole."""


class Format(Protocol):
    """A format that records are written in."""

    @property
    def joined(self) -> bool:
        """Whether the pieces, one after the other, are the file."""

    @property
    def of_results(self) -> bool:
        """Whether it writes more of the results than the record has; they are let go before the others write."""

    def refuse(self, name: str, empty: Annotated, rows: Iterable[pa.Table]) -> None:
        """OutputError, before the work begins, where the format cannot hold the table whose rows these are."""

    def first(self, empty: Annotated) -> bytes:
        """What stands before the first piece."""

    def encoded(self, annotated: Annotated, number: int) -> Content:
        """A piece; bytes, where pieces are not just joined."""

    def assembly(self, path: Path, empty: Annotated) -> Assembly:
        """The file that pieces are put into, where they are not just joined."""
