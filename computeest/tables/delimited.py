"""Comma- and tab-separated text: cells as they stand, every row in its place."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from computeest.problems import files as wrong
from computeest.tables.csv_records import LARGEST_CELL, Records, fields, records
from computeest.tables.source import (
    CHUNK,
    LARGEST_PIECE,
    Piece,
    Raw,
    Rows,
    checked_columns,
    file_fingerprint,
    piece_rows,
)
from computeest.tables.streams import BLOCK, NOT_UTF8, as_utf8, blocks, plain_suffix, two_bytes, unreadable

if TYPE_CHECKING:
    import pyarrow as pa

#: What parts the cells of files that are called .csv all the same: where the comma is decimal, and of databases.
_OTHERS = {b";": "semicolons", b"\t": "tabs", b"|": "bars"}

#: Excel's own first line, which says what parts the cells: the line below it shows that, too.
_TOLD = re.compile(rb'\s*"?sep=[;,|\t]"?[\r\n]+')


@dataclass(frozen=True, slots=True)
class _Text:
    """Records that follow one another."""

    data: bytes
    #: Whether any reader splits it alike.
    plain: bool
    #: Lengths of the records, and which of them are broken, where it is not plain.
    ends: tuple[int, ...] = ()
    broken: frozenset[int] = frozenset()
    #: Where the data stands instead: its first byte in the file, how many there are, and the file's size and time.
    place: tuple[int, int, int, int] | None = None


@dataclass(frozen=True)
class Delimited:
    """A .csv or .tsv file."""

    path: Path
    delimiter: str = ","
    chunk: int = CHUNK
    shown: str = ""
    #: Whether pieces say where they stand in the file, for processes of this machine, rather than hold their text.
    by_place: bool = False

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.shown or str(self.path)

    def fingerprint(self) -> str:
        """Tells apart inputs that differ."""
        return file_fingerprint(self.path)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The header's cells."""
        names, below = (_texts(record, self._separator) for record in self._first_two[:2])
        return checked_columns(names, self.name, below)

    @cached_property
    def _header(self) -> tuple[list[bytes], int]:
        """The first record's cells, and how many bytes come before the second."""
        return fields(self._first_two[0], self._separator), self._first_two[2]

    @cached_property
    def _first_two(self) -> tuple[bytes, bytes, int]:
        """The first record and the second, where there is one, and how many bytes come before that."""
        held = b""
        for block in chain(blocks(self.path), (b"",)):
            held += block
            told = _TOLD.match(held)
            blank = told.end() if told else len(held) - len(held.lstrip(b"\r\n"))
            found = records(held[blank:], self.delimiter.encode(), 0, last=not block)
            ends = [blank + int(end) for end in found.ends[:2]]
            if len(ends) == 2 or (ends and (not block or len(held) > LARGEST_CELL)):
                return held[blank:ends[0]], held[ends[0]:ends[-1]], ends[0]
            if len(held) > LARGEST_CELL:
                raise unreadable(self.name, wrong.HEADER_TOO_LONG(most=LARGEST_CELL))
        raise unreadable(self.name, wrong.TABLE_EMPTY())

    @cached_property
    def _separator(self) -> bytes:
        """What parts the cells: what the form says, or what else parts a header of one cell, and the row below it."""
        own = self.delimiter.encode()
        first, second, _ = self._first_two
        if len(fields(first, own)) == 1:
            for other in _OTHERS:
                cells = [len(fields(record, other)) for record in (first, second or first)]
                if other != own and cells[0] > 1 and cells[0] == cells[1]:
                    return other
        return own

    def pieces(self) -> Iterator[Piece]:
        """The file in runs of whole records."""
        status = self.path.stat()
        size = status.st_size if not plain_suffix(self.path.name)[1] else 0
        at = self._begins() if self.by_place and size else None
        read, number = 0, 0
        gathered = _Gathered(piece_rows(self.chunk, len(self.columns)), keeps=at is None)
        for block, found in self._blocks():
            read += int(found.ends[-1]) if len(found.ends) else 0
            for text, length in gathered.add(block, found):
                text, at = _placed(text, length, at, status)
                yield Piece(number, text, min(1.0, read / size) if size else float("nan"))
                number += 1
        if (rest := gathered.rest()) is not None:
            yield Piece(number, _placed(*rest, at, status)[0], 1.0)

    def _begins(self) -> int | None:
        """Where the first record after the header begins in the file; None where its bytes are not read as they are."""
        with self.path.open("rb") as file:
            first = file.read(BLOCK)
        if two_bytes(first)[0]:
            return None
        return self._header[1] + len(codecs.BOM_UTF8) * first.startswith(codecs.BOM_UTF8)

    def _blocks(self) -> Iterator[tuple[bytes, Records]]:
        """Blocks with their records; what is left of one begins the next."""
        width, skip = len(self.columns), self._header[1]
        held = b""
        for block in blocks(self.path):
            held = held + block if held else block
            if skip:
                skip, held = max(0, skip - len(held)), held[skip:]
            found = records(held, self._separator, width, last=False)
            if len(found.ends):
                yield held[:found.ends[-1]], found
                held = held[found.ends[-1]:]
            elif len(held) > 2 * LARGEST_CELL:
                raise unreadable(self.name, wrong.LINE_TOO_LONG(most=LARGEST_CELL))
        while held:
            found = records(held, self._separator, width, last=True)
            yield held[:found.ends[-1]], found
            held = held[found.ends[-1]:]

    def read(self, piece: Piece, columns: tuple[str, ...] | None = None) -> Rows:
        """The cells as texts."""
        import pyarrow as pa

        text: _Text = piece.content
        if text.place is not None:
            text = replace(text, data=self._at(text.place))
        data, recoded = as_utf8(text.data)
        notes = {NOT_UTF8} if recoded else set()
        if self._separator != self.delimiter.encode():
            notes.add(f"its cells are parted by {_OTHERS[self._separator]}")
        if text.plain:
            try:
                raw = Raw(data, self._separator.decode(), len(self.columns)) if columns is None else None
                return Rows(self._parsed(data, columns), notes=frozenset(notes), raw=raw)
            except pa.ArrowInvalid:
                pass  # a row has too few or too many cells: one by one, then
        table, broken = self._split(text)
        return Rows(table.select(columns) if columns is not None else table, broken, frozenset(notes))

    def _at(self, place: tuple[int, int, int, int]) -> bytes:
        """What stands in a place of the file; InputError where the file is another by now."""
        try:
            with self.path.open("rb") as file:
                status = os.fstat(file.fileno())
                if (status.st_size, status.st_mtime_ns) != place[2:]:
                    raise OSError("it changed while it was read")
                file.seek(place[0])
                return file.read(place[1])
        except OSError as error:
            raise unreadable(self.name, wrong.TABLE_UNREADABLE(error=error.strerror or str(error))) from None

    def _parsed(self, data: bytes, columns: tuple[str, ...] | None) -> pa.Table:
        import pyarrow as pa
        import pyarrow.csv as pc

        wanted = list(columns if columns is not None else self.columns)
        if data.startswith(codecs.BOM_UTF8):  # a cell's own: that of the file is gone, and Arrow takes one away
            data = codecs.BOM_UTF8 + data
        # its own handler of Ctrl-C, there while it reads, now and then swallows the signal: Python's does not
        pa.enable_signal_handlers(False)  # noqa: FBT003  its own way to call it
        return pc.read_csv(
            pa.BufferReader(data),
            read_options=pc.ReadOptions(column_names=list(self.columns), block_size=max(len(data) + 1, 1 << 20),
                                        use_threads=False),  # whose heaps take 10 to 20 MB in each process
            parse_options=pc.ParseOptions(delimiter=self._separator.decode(), newlines_in_values=True),
            convert_options=pc.ConvertOptions(column_types=dict.fromkeys(wanted, pa.string()), include_columns=wanted,
                                              strings_can_be_null=False, check_utf8=False))

    def _split(self, text: _Text) -> tuple[pa.Table, dict[int, str]]:
        import pyarrow as pa

        width = len(self.columns)
        ends = text.ends or tuple(records(text.data, self._separator, width, last=True).ends.tolist())
        rows: list[list[str]] = []
        broken: dict[int, str] = {}
        for place, (start, end) in enumerate(zip((0, *ends), ends, strict=False)):
            record = text.data[start:end]
            if not record.strip(b"\r\n"):
                continue
            bad = place in text.broken
            line = record.rstrip(b"\r\n")
            cells = [cell.decode("utf-8", "computeest-cp1252")
                     for cell in (line.split(self._separator) if bad else fields(record, self._separator))]
            if bad:
                broken[len(rows)] = "a quote that opens in this row is not closed in it"
            elif len(cells) != width:
                broken[len(rows)] = f"the row has {len(cells)} cells and the header {width}"
            rows.append([*cells[:width], *[""] * (width - len(cells))])
        transposed: list[Any] = list(zip(*rows, strict=True)) if rows else [()] * width
        return pa.table({name: pa.array(cells, pa.string())
                         for name, cells in zip(self.columns, transposed, strict=True)}), broken


def _texts(record: bytes, separator: bytes) -> list[str]:
    """A record's cells as texts."""
    return [cell.decode("utf-8", "computeest-cp1252") for cell in fields(record, separator)]


def _placed(text: _Text, size: int, at: int | None, status: os.stat_result) -> tuple[_Text, int | None]:
    """The text with its place, where one is known, and where the next begins."""
    if at is None:
        return text, None
    return replace(text, place=(at, size, status.st_size, status.st_mtime_ns)), at + size


class _Gathered:
    """Records put together until they make a piece.

    Its text is kept where it is asked for: to leave it out takes a quarter less of the main process's time.
    """

    def __init__(self, chunk: int, keeps: bool) -> None:
        self._chunk, self._keeps = chunk, keeps
        self._start()

    def _start(self) -> None:
        self._parts: list[bytes] = []
        self._records = 0
        self._size = 0
        self._plain = True
        self._ends: list[NDArray[np.intp]] = []
        self._broken: set[int] = set()

    def add(self, block: bytes, found: Records) -> Iterator[tuple[_Text, int]]:
        """Take a block's records; give every piece that is full, with its length."""
        start, done = 0, 0
        ends = found.ends
        while done < len(ends):
            room = self._chunk - self._records
            upto = min(done + room, len(ends))
            within = int(np.searchsorted(ends, start + LARGEST_PIECE - self._size, side="right"))
            upto = max(min(upto, within), done + 1)
            if self._keeps:
                self._parts.append(block[start:ends[upto - 1]])
            self._take(found, done, upto, start)
            start, done = int(ends[upto - 1]), upto
            if self._records >= self._chunk or self._size >= LARGEST_PIECE:
                rest = self.rest()
                if rest is not None:
                    yield rest

    def _take(self, found: Records, done: int, upto: int, start: int) -> None:
        self._plain &= found.plain
        self._broken |= {self._records + place - done for place in found.broken if done <= place < upto}
        self._ends.append(found.ends[done:upto] - start + self._size)
        self._records += upto - done
        self._size += int(found.ends[upto - 1]) - start

    def rest(self) -> tuple[_Text, int] | None:
        """What is there so far, and its length."""
        if not self._records:
            return None
        ends = () if self._plain else tuple(np.concatenate(self._ends).tolist())
        text, size = _Text(b"".join(self._parts), self._plain, ends, frozenset(self._broken)), self._size
        self._start()
        return text, size
