"""Parquet: a file, a directory of files, or a URL that fsspec knows; row groups are read where they are estimated."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from computeest.io.source import CHUNK, Piece, Rows, checked_columns
from computeest.io.streams import unreadable
from computeest.problems import InputError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows of one row group."""

    path: str
    group: int
    start: int
    length: int


@dataclass(frozen=True)
class Parquet:
    """A .parquet file, or a directory or URL of several, which are read in the order of their names."""

    location: str
    chunk: int = CHUNK

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.location

    def fingerprint(self) -> str:
        """Tells apart inputs that differ."""
        system, _ = filesystem(self.location)
        state = hashlib.blake2b(digest_size=16)
        for path in self._files:
            about = system.get_file_info(path)
            state.update(f"{path}\0{about.size}\0{about.mtime_ns}\0".encode())
            state.update(str(_metadata(self.location, path).serialized_size).encode())
        return state.hexdigest()

    @cached_property
    def _files(self) -> tuple[str, ...]:
        import pyarrow.fs as fs

        system, path = filesystem(self.location)
        try:
            about = system.get_file_info(path)
            if about.type == fs.FileType.NotFound:
                raise unreadable(self.location, "there is no such file")
            if about.is_file:
                return (path,)
            found = system.get_file_info(fs.FileSelector(path, recursive=True))
        except OSError as error:
            raise unreadable(self.location, f"cannot be read: {error}") from None
        files = tuple(sorted(info.path for info in found if info.is_file and info.path.endswith(".parquet")))
        if not files:
            raise unreadable(self.location, "there are no .parquet files in it")
        return files

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of the first file; the others must have them too."""
        return checked_columns(list(_schema(self.location, self._files[0]).names), self.location)

    @cached_property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(_metadata(self.location, path).num_rows for path in self._files)

    def pieces(self) -> Iterator[Piece]:
        """Row groups, large ones in parts."""
        number, read = 0, 0
        for path in self._files:
            metadata = _metadata(self.location, path)
            for group in range(metadata.num_row_groups):
                size = metadata.row_group(group).num_rows
                for start in range(0, size, self.chunk):
                    length = min(self.chunk, size - start)
                    read += length
                    yield Piece(number, _Group(path, group, start, length), read / max(1, self.rows))
                    number += 1

    def read(self, piece: Piece, columns: tuple[str, ...] | None = None) -> Rows:
        """The rows as they are stored."""
        group: _Group = piece.content
        wanted = columns if columns is not None else self.columns
        table = _row_group(self.location, group.path, group.group, wanted)
        return Rows(table.slice(group.start, group.length))


@lru_cache(maxsize=1)
def _row_group(location: str, path: str, group: int, columns: tuple[str, ...]) -> pa.Table:
    """One row group, kept while its parts are asked for."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        system, _ = filesystem(location)
        with system.open_input_file(path) as file:
            parquet = pq.ParquetFile(file)
            missing = [name for name in columns if name not in parquet.schema_arrow.names]
            if missing:
                raise unreadable(path, f"there is no column '{missing[0]}'", "the columns of the first file")
            return parquet.read_row_group(group, columns=list(columns)).select(list(columns))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, EOFError) as error:
        raise unreadable(path, f"row group {group} cannot be read: {_short(error)}") from None


@lru_cache(maxsize=4096)
def _metadata(location: str, path: str) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        system, _ = filesystem(location)
        with system.open_input_file(path) as file:
            return pq.ParquetFile(file).metadata
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, EOFError) as error:
        raise unreadable(path, f"this is no whole Parquet file: {_short(error)}") from None


def _schema(location: str, path: str) -> pa.Schema:
    return _metadata(location, path).schema.to_arrow_schema()


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200].rstrip(".")


def filesystem(location: str) -> tuple[Any, str]:
    """The file system of a path or URL, and the path on it."""
    import pyarrow.fs as fs

    if "://" not in location:
        return fs.LocalFileSystem(), location
    try:
        import fsspec
    except ModuleNotFoundError:
        raise UsageError("URLs need fsspec: pip install 'computeest[dask]'") from None
    try:
        system, path = fsspec.core.url_to_fs(location)
    except (ValueError, ImportError, OSError) as error:
        raise InputError(unreadable(location, f"cannot be opened: {_short(error)}").problems) from None
    return fs.PyFileSystem(fs.FSSpecHandler(system)), path
