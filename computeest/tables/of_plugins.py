"""Formats that plugins bring: whole tables, read and written in one go, in the engine's pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeest import registry
from computeest.contract import TableFormat
from computeest.problems import fails, told
from computeest.problems import files as wrong
from computeest.tables.format import Annotated, Assembly
from computeest.tables.source import CHUNK, Piece, Rows, checked_columns, file_fingerprint, stream, tables
from computeest.tables.streams import unreadable
from computeest.text.files import OutputError

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class PluginSource:
    """A table that a plugin's format reads."""

    path: Path
    format: str
    #: The plugins named beside the installed ones; formats hold functions, which do not travel to other processes.
    plugins: tuple[str, ...] = ()
    chunk: int = CHUNK

    @property
    def form(self) -> TableFormat:
        """The plugin's descriptor."""
        return registry.load(self.plugins).formats[self.format]

    @property
    def name(self) -> str:
        """What messages call it."""
        return str(self.path)

    @cached_property
    def _table(self) -> pa.Table:
        import pyarrow as pa

        read = self.form.read
        if read is None:
            raise unreadable(self.name, wrong.FORMAT_NOT_READ(form=self.form.name))
        try:
            found = read(self.path)
        except fails() as error:  # a plugin's reader may raise anything, and costs this file alone
            raise unreadable(self.name, wrong.FORMAT_FAILS(form=self.form.name, error=told(error))) from None
        if not isinstance(found, pa.Table):
            raise unreadable(self.name, wrong.FORMAT_GIVES_NO_TABLE(form=self.form.name, kind=type(found).__name__))
        return found.rename_columns(list(checked_columns(found.column_names, self.name)))

    @property
    def columns(self) -> tuple[str, ...]:
        """The table's columns."""
        return tuple(self._table.column_names)

    def pieces(self) -> Iterator[Piece]:
        """All rows, in order."""
        rows = self._table.num_rows
        for number, start in enumerate(range(0, rows, self.chunk)):
            yield Piece(number, (start, min(self.chunk, rows - start)), min(1.0, (start + self.chunk) / rows))

    def read(self, piece: Piece, columns: tuple[str, ...] | None = None) -> Rows:
        """The rows of a piece; `columns` are those that are needed."""
        start, length = piece.content
        return Rows(self._table.select(list(columns or self.columns)).slice(start, length))

    def fingerprint(self) -> str:
        """Tells apart inputs that differ."""
        return file_fingerprint(self.path)


@dataclass(frozen=True, slots=True)
class PluginForm:
    """A plugin's format, written when all rows are there."""

    format: str
    plugins: tuple[str, ...] = ()
    joined: bool = False
    of_results: bool = False

    def refuse(self, name: str, empty: Annotated, rows: Iterable[pa.Table]) -> None:
        """Nothing: it holds any table."""

    def first(self, empty: Annotated) -> bytes:
        """Nothing."""
        return b""

    def encoded(self, annotated: Annotated, number: int) -> bytes:
        """The rows in Arrow's form."""
        return stream(annotated.table)

    def assembly(self, path: Path, empty: Annotated) -> Assembly:
        """The file, written at the end."""
        return _Gathered(path, empty.table, registry.load(self.plugins).formats[self.format])


class _Gathered:
    """Rows kept until the end."""

    def __init__(self, path: Path, empty: pa.Table, form: TableFormat) -> None:
        self._path, self._form = path, form
        self._pieces: list[Any] = [empty]

    def add(self, content: bytes) -> None:
        """Keep a piece."""
        self._pieces.append(tables(content)[0])

    def finish(self) -> None:
        """Write the table, dictionaries as texts."""
        import pyarrow as pa

        rows = [_plain(piece) for piece in self._pieces[1:] or self._pieces]
        write = self._form.write
        if write is None:
            raise OutputError(f"the format '{self._form.name}' is not written")
        try:
            write(pa.concat_tables(rows, promote_options="permissive"), self._path)
        except fails() as error:  # a plugin's writer may raise anything
            raise OutputError(f"the format '{self._form.name}' does not write it: {told(error)}") from None

    def abandon(self) -> None:
        """Nothing is open."""


def _plain(table: pa.Table) -> pa.Table:
    import pyarrow as pa

    return table.cast(pa.schema([field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
                                 for field in table.schema]))


def names(plugins: tuple[str, ...], *, writes: bool) -> tuple[str, ...]:
    """What plugins' formats are called that are written, or read."""
    return tuple(found.name for found in registry.load(plugins).formats.values()
                 if (found.write if writes else found.read) is not None)


def named(form: str, suffix: str, plugins: tuple[str, ...], *, writes: bool) -> str:
    """The plugin's format of that name, or of files that end so; '' where there is none."""
    for found in registry.load(plugins).formats.values():
        if (found.write if writes else found.read) is not None and (
                form == found.name or (not form and suffix in found.suffixes)):
            return found.name
    return ""
