"""Parquet: a file, a directory of files, or a URL that fsspec knows; row groups are read where they are estimated."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeest.problems import InputError, UsageError
from computeest.problems import files as wrong
from computeest.tables.format import Annotated, Assembly
from computeest.tables.source import CHUNK, LARGEST_PIECE, Piece, Rows, checked_columns, piece_rows
from computeest.tables.streams import unreadable
from computeest.tables.texts import as_texts
from computeest.text.files import OutputError

if TYPE_CHECKING:
    import pyarrow as pa

#: Bytes unpacked of one column of a row group: they may all be of one page, which is unpacked as a whole.
LARGEST_CHUNK = 1 << 27
#: Rows of one row group, whose rows can be read forwards alone.
LARGEST_GROUP = 10_000_000
#: More rows than this, and more than so many for each byte of the file, say nothing of runs: they were made to keep us.
FEW_ROWS, ROWS_A_BYTE = 50_000, 8
#: Footers of files that are remembered; before one of more bytes than this is, all others are forgotten.
_MOST_FOOTERS, _LARGE_FOOTER = 256, 1 << 18
#: Bytes of a column that are read at a time.
_BUFFER = 1 << 20


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows of one row group."""

    path: str
    group: int
    start: int
    length: int
    #: Which state of the file it is of.
    stamp: tuple[int, int]


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
        state = hashlib.blake2b(digest_size=16)
        for path in self._files:
            state.update("\0".join((path, *map(str, _stamp(self.location, path)), "")).encode())
            state.update(str(_about(self.location, path).metadata.serialized_size).encode())
        return state.hexdigest()

    @cached_property
    def _files(self) -> tuple[str, ...]:
        import pyarrow.fs as fs

        system, path = filesystem(self.location)
        try:
            about = system.get_file_info(path)
            if about.type == fs.FileType.NotFound:
                raise unreadable(self.location, wrong.TABLE_MISSING())
            if about.is_file:
                return (path,)
            found = system.get_file_info(fs.FileSelector(path, recursive=True))
        except OSError as error:
            raise unreadable(self.location, wrong.TABLE_UNREADABLE(error=error)) from None
        files = tuple(sorted(info.path for info in found if info.is_file and info.path.endswith(".parquet")))
        if not files:
            raise unreadable(self.location, wrong.NO_PARQUET_FILES())
        return files

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of the first file; the others must have them too."""
        return checked_columns(list(_schema(self.location, self._files[0]).names), self.location)

    @cached_property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(_about(self.location, path).metadata.num_rows for path in self._files)

    def pieces(self) -> Iterator[Piece]:
        """Row groups, large ones in parts."""
        number, read, most = 0, 0, piece_rows(self.chunk, len(self.columns))
        for path in self._files:
            stamp = _stamp(self.location, path)
            metadata = _known(self.location, path, stamp).metadata
            for group in range(metadata.num_row_groups):
                size = metadata.row_group(group).num_rows
                for start in range(0, size, most):
                    length = min(most, size - start)
                    read += length
                    yield Piece(number, _Group(path, group, start, length, stamp), read / max(1, self.rows))
                    number += 1

    def read(self, piece: Piece, columns: tuple[str, ...] | None = None) -> Rows:
        """The rows as they are stored; bytes as the texts they are."""
        group: _Group = piece.content
        wanted = columns if columns is not None else self.columns
        opened = _here.batches(self.location, group.path, group.group, wanted, group.stamp)
        return as_texts(opened.rows(group.start, group.length))


class _Batches:
    """One row group, decoded piece by piece, forwards: the whole of it, however large, is never in memory."""

    def __init__(self, location: str, path: str, group: int, columns: tuple[str, ...],
                 stamp: tuple[int, int]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._path, self._group, self._columns = path, group, list(columns)
        about = _known(location, path, stamp)
        schema = about.metadata.schema.to_arrow_schema()
        missing = [name for name in columns if name not in schema.names]
        if missing:
            raise unreadable(path, wrong.PARQUET_COLUMN_MISSING(column=missing[0]))
        _check_chunks(about, path, group)
        self._file = filesystem(location)[0].open_input_file(path)
        # texts that many rows share stay one text each, so that they cannot multiply
        texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_binary(field.type)
                 or pa.types.is_large_string(field.type) or pa.types.is_large_binary(field.type)]
        self._parquet = pq.ParquetFile(self._file, pre_buffer=False, buffer_size=_BUFFER, read_dictionary=texts)
        self._at, self._size = 0, about.metadata.row_group(group).num_rows
        self._iterator: Iterator[pa.RecordBatch] | None = None
        self._held: pa.RecordBatch | None = None

    def rows(self, start: int, length: int) -> pa.Table:
        """Some rows; those before are passed over."""
        import pyarrow as pa

        try:
            if start < self._at or self._iterator is None:
                self._at, self._held = 0, None
                self._iterator = self._parquet.iter_batches(length, [self._group], self._columns, use_threads=False)
            found: list[pa.RecordBatch] = []
            while self._at < start + length:
                batch = self._held if self._held is not None else next(self._iterator, None)
                self._held = None
                if batch is None:
                    break
                first, room = max(0, start - self._at), start + length - self._at
                if batch.num_rows > room:
                    self._held, batch = batch.slice(room), batch.slice(0, room)
                self._at += batch.num_rows
                if first < batch.num_rows:
                    found.append(self._checked(batch.slice(first)))
            if sum(batch.num_rows for batch in found) != length:
                raise unreadable(self._path, wrong.ROW_GROUP_TOO_SHORT(group=self._group))
            if self._at >= self._size:
                self._iterator = None  # what it has unpacked is not kept for a file that nobody may read again
            table = pa.Table.from_batches(found).select(self._columns)
            return table.cast(pa.schema([_plain(field) for field in table.schema]))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, EOFError, KeyError) as error:
            raise unreadable(self._path, wrong.ROW_GROUP_UNREADABLE(group=self._group, error=_short(error))) from None

    def _checked(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The rows, where their texts, each written out in every row that shares it, still fit."""
        import pyarrow as pa
        import pyarrow.compute as pc

        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if pa.types.is_dictionary(column.type):
                lengths = pc.cast(pc.binary_length(column.dictionary), pa.int64())
                size = pc.sum(lengths.take(column.indices)).as_py() or 0
                if size > LARGEST_PIECE:
                    chunk = max(1, batch.num_rows * LARGEST_PIECE // (2 * size))
                    raise unreadable(self._path, wrong.CELLS_TOO_LARGE(
                        name=name, size=size, rows=batch.num_rows, most=LARGEST_PIECE, chunk=chunk))
        return batch


def _plain(field: pa.Field) -> pa.Field:
    import pyarrow as pa

    return field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field


def _check_chunks(about: _About, path: str, number: int) -> None:
    """InputError where a column of a row group has more than can be unpacked at once, as a page of it may be."""
    for place, unpacked in enumerate(about.sizes[number]):
        if unpacked > LARGEST_CHUNK:
            size = f"{unpacked:,} bytes in row group {number}"
            raise unreadable(path, wrong.COLUMN_CHUNK_TOO_LARGE(
                column=about.metadata.schema.column(place).path, size=size, most=LARGEST_CHUNK))


def _batches(location: str, path: str, group: int, columns: tuple[str, ...], stamp: tuple[int, int]) -> _Batches:
    """One row group, open while its parts are asked for."""
    import pyarrow as pa

    if stamp != _stamp(location, path):
        raise unreadable(path, wrong.PARQUET_BROKEN(error="it changed while it was read"))
    try:
        return _Batches(location, path, group, columns, stamp)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, EOFError, UnicodeDecodeError) as error:
        raise unreadable(path, wrong.ROW_GROUP_UNREADABLE(group=group, error=_short(error))) from None


class _Here(threading.local):
    """What one thread reads: two would take rows from each other."""

    def __init__(self) -> None:
        self.batches = lru_cache(maxsize=1)(_batches)


_here = _Here()
if hasattr(os, "register_at_fork"):  # a copy of this process would read on where this one is in the open file
    os.register_at_fork(before=lambda: _here.batches.cache_clear())


@dataclass(frozen=True, slots=True)
class _About:
    """What a file says of itself."""

    metadata: Any
    #: Bytes unpacked of each column of each row group.
    sizes: list[list[int]]


def _about(location: str, path: str) -> _About:
    return _known(location, path, _stamp(location, path))


def _stamp(location: str, path: str) -> tuple[int, int]:
    """Size and time of a file: another state of it is another file, to a process that reads both."""
    try:
        about = filesystem(location)[0].get_file_info(path)
    except OSError as error:
        raise unreadable(path, wrong.TABLE_UNREADABLE(error=_short(error))) from None
    return int(about.size or 0), int(about.mtime_ns or 0)


@lru_cache(maxsize=_MOST_FOOTERS)
def _known(location: str, path: str, stamp: tuple[int, int]) -> _About:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from computeest.tables.parquet_joined import footer_of, unpacked_sizes  # of files that are Parquet alone

    try:
        system, _ = filesystem(location)
        with system.open_input_file(path) as file:
            size = file.size()
            metadata = pq.ParquetFile(file).metadata
            sizes = unpacked_sizes(footer_of(file, size))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, EOFError, UnicodeDecodeError) as error:
        raise unreadable(path, wrong.PARQUET_BROKEN(error=_short(error))) from None
    except (IndexError, KeyError, RecursionError):
        sizes = []
    if [*map(len, sizes)] != [metadata.num_columns] * metadata.num_row_groups:
        raise unreadable(path, wrong.PARQUET_BROKEN(error="its footer does not say the columns of each row group"))
    _check_rows(metadata, size, path)
    if metadata.serialized_size > _LARGE_FOOTER:
        _known.cache_clear()
    return _About(metadata, sizes)


def _check_rows(metadata: Any, size: int, path: str) -> None:
    """InputError where there are more rows than a table of so many bytes has, or than one row group may have."""
    if metadata.num_rows > max(FEW_ROWS, ROWS_A_BYTE * size):
        raise unreadable(path, wrong.PARQUET_ROWS_TOO_MANY(rows=metadata.num_rows, bytes=size, few=FEW_ROWS,
                                                           most=ROWS_A_BYTE))
    for number in range(metadata.num_row_groups):
        rows = metadata.row_group(number).num_rows
        if rows > LARGEST_GROUP:
            raise unreadable(path, wrong.ROW_GROUP_TOO_LARGE(group=number, rows=rows, most=LARGEST_GROUP))


def _schema(location: str, path: str) -> pa.Schema:
    return _about(location, path).metadata.schema.to_arrow_schema()


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
        raise InputError(unreadable(location, wrong.PLACE_NOT_OPENED(error=_short(error))).problems) from None
    return fs.PyFileSystem(fs.FSSpecHandler(system)), path


@dataclass(frozen=True, slots=True)
class ParquetForm:
    """One Parquet file, a row group for each piece."""

    joined: bool = False
    of_results: bool = False

    def refuse(self, name: str, empty: Annotated, rows: Iterable[pa.Table]) -> None:
        """Nothing: it holds any table."""

    def first(self, empty: Annotated) -> bytes:
        """Nothing."""
        return b""

    def encoded(self, annotated: Annotated, number: int) -> bytes:
        """The rows as a file of their own."""
        from computeest.tables.parquet_file import file_of  # which those who only read do not need

        return file_of(annotated.table)

    def assembly(self, path: Path, empty: Annotated) -> Assembly:
        """The file, whose row groups the pieces are."""
        from computeest.tables.parquet_file import Assembled

        return Assembled(path, empty.table)


@dataclass(frozen=True, slots=True)
class Dataset:
    """A directory or URL of Parquet files, each written by the process that estimates it."""

    out: str
    folder: str = ""
    joined: bool = True
    of_results: bool = False

    def at(self, folder: Path, manifest: Mapping[str, str]) -> Dataset:
        """The same, on this machine in a folder of this work's own: workers may still be at that of one that failed."""
        name = f"dataset-{hashlib.blake2b(repr(manifest).encode(), digest_size=8).hexdigest()}"
        return self if "://" in self.out else Dataset(self.out, str(folder / name))

    def refuse(self, name: str, empty: Annotated, rows: Iterable[pa.Table]) -> None:
        """OutputError where something else is in its place."""
        if "://" not in self.out:
            _check_place(Path(self.out))

    def first(self, empty: Annotated) -> bytes:
        """Nothing, but an empty directory to write to."""
        if self.folder:
            for old in Path(self.folder).parent.glob("dataset-*"):
                shutil.rmtree(old, ignore_errors=True)
            Path(self.folder).mkdir(exist_ok=True)
        return b""

    def encoded(self, annotated: Annotated, number: int) -> bytes:
        """Nothing: the rows are a file of the dataset, which appears whole."""
        from computeest.tables.parquet_file import file_of

        content = file_of(annotated.table)
        system, path = filesystem(self.folder or self.out.rstrip("/"))
        name = f"{path.rstrip('/')}/part-{number:06d}.parquet"
        if "://" in self.out:
            with system.open_output_stream(name) as target:
                target.write(content)
        else:
            Path(f"{name}.draft").write_bytes(content)
            Path(f"{name}.draft").replace(name)
        return b""

    def assembly(self, path: Path, empty: Annotated) -> Assembly:
        """None is needed."""
        raise UsageError("a dataset is written file by file")

    def publish(self, out: Path | None) -> None:
        """Put the finished directory where it belongs."""
        if out is None or not self.folder:
            return
        _check_place(out)
        if out.is_dir():
            out.rmdir()
        Path(self.folder).replace(out)


def _check_place(out: Path) -> None:
    if out.is_dir() and any(out.iterdir()):
        raise OutputError(f"{out}: the directory is not empty")
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out}: this is a file, not a directory")
