"""Where the records of delimited text end, quoted line ends apart, and which of them are broken.

A quote opens a quoted cell only where the cell begins; within, a doubled quote is one quote. Blocks that keep to that
are scanned with whole-array operations. The others are read record by record: where a quote that opens is never closed,
or closes in another line so that the number of cells is wrong, its line is a row of its own, broken, and the next line
begins the next row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
#: A quoted cell that is longer than this is one that nobody closed.
LARGEST_CELL = 1 << 24


@dataclass(frozen=True, slots=True)
class Records:
    """The complete records of a block."""

    #: Where each ends, its line end included.
    ends: NDArray[np.intp]
    #: Whether any reader of delimited text splits them alike.
    plain: bool
    #: Places of records in which a quote is wrong.
    broken: frozenset[int] = frozenset()


def records(block: bytes, delimiter: bytes, width: int, last: bool) -> Records:
    """The records that end within the block; `width` is the number of cells that each should have, 0 for any."""
    data = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(data == _NEWLINE)
    quotes = np.flatnonzero(data == _QUOTE)
    bare = False
    if b"\r" in block:
        returns = np.flatnonzero(data == _RETURN)
        bare = bool((data[np.minimum(returns + 1, len(data) - 1)] != _NEWLINE).any())
    if not len(quotes):
        return Records(_with_rest(ends + 1, len(data), last), plain=not bare)
    outside = np.searchsorted(quotes, ends) % 2 == 0
    whole = ends[outside] + 1
    if not (len(quotes) % 2 and last) and _regular(data, quotes, delimiter[0]):
        lines = np.diff(np.flatnonzero(outside), prepend=-1)
        starts = np.append(0, whole[:-1]) if len(whole) else whole
        several = np.flatnonzero(lines > 1)
        long = len(data) - (int(whole[-1]) if len(whole) else 0) > LARGEST_CELL
        if not long and all(
                not width or len(fields(block[starts[i]:whole[i]], delimiter)) == width for i in several):
            return Records(_with_rest(whole, len(data), last), plain=not bare)
    return _one_by_one(block, delimiter, width, last)


def _with_rest(ends: NDArray[np.intp], size: int, last: bool) -> NDArray[np.intp]:
    if last and size and (not len(ends) or ends[-1] < size):
        return np.append(ends, size)
    return ends


def _regular(data: NDArray[np.uint8], quotes: NDArray[np.intp], delimiter: int) -> bool:
    """Whether every quote opens a cell, closes one, or is one of two within one."""
    before = data[np.maximum(quotes[::2] - 1, 0)]
    opens = (before == delimiter) | (before == _NEWLINE) | (before == _QUOTE) | (quotes[::2] == 0)
    closing = quotes[1::2]
    after = data[np.minimum(closing + 1, len(data) - 1)]
    closes = (after == delimiter) | (after == _NEWLINE) | (after == _RETURN) | (after == _QUOTE) | \
        (closing == len(data) - 1)
    return bool(opens.all() and closes.all())


def _one_by_one(block: bytes, delimiter: bytes, width: int, last: bool) -> Records:
    ends: list[int] = []
    broken: set[int] = set()
    at = 0
    while at < len(block):
        line = block.find(b"\n", at)
        line = len(block) if line < 0 else line + 1
        end = _end(block, at, delimiter[0])
        if end is None and not last and len(block) - at <= LARGEST_CELL:
            break
        if end is None or (end > line and not _whole(block[at:end], delimiter, width)):
            broken.add(len(ends))
            end = line
        if end == len(block) and block[-1] != _NEWLINE and not last:
            break
        ends.append(end)
        at = end
    return Records(np.array(ends, dtype=np.intp), plain=False, broken=frozenset(broken))


def _whole(record: bytes, delimiter: bytes, width: int) -> bool:
    """Whether a record of several lines is meant as one: its quotes are in order, and so is its number of cells."""
    data = np.frombuffer(record, dtype=np.uint8)
    quotes = np.flatnonzero(data == _QUOTE)
    return (len(record) <= LARGEST_CELL and len(quotes) % 2 == 0 and _regular(data, quotes, delimiter[0])
            and (not width or len(fields(record, delimiter)) == width))


def _end(block: bytes, at: int, delimiter: int) -> int | None:
    """Where the record that begins at a place ends; None where a quote is still open at the end of the block."""
    while True:
        line = block.find(b"\n", at)
        line = len(block) if line < 0 else line
        if block[at:at + 1] != b'"':
            quote = block.find(bytes((delimiter, _QUOTE)), at, line)
            if quote < 0:
                return min(line + 1, len(block))
            at = quote + 1
        close = _closing(block, at + 1)
        if close is None:
            return None
        line = block.find(b"\n", close)
        line = len(block) if line < 0 else line
        following = block.find(bytes((delimiter,)), close, line)
        if following < 0:
            return min(line + 1, len(block))
        at = following + 1


def _closing(block: bytes, at: int) -> int | None:
    """The place after the quote that closes a cell."""
    while True:
        at = block.find(b'"', at)
        if at < 0:
            return None
        if block[at + 1:at + 2] != b'"':
            return at + 1
        at += 2


def fields(record: bytes, delimiter: bytes) -> list[bytes]:
    """The cells of one record."""
    record = record.removesuffix(b"\n").removesuffix(b"\r")
    if b'"' not in record:
        return record.split(delimiter)
    found, at = [], 0
    while True:
        text, at = _field(record, at, delimiter)
        found.append(text)
        if at > len(record):
            return found


def _field(record: bytes, at: int, delimiter: bytes) -> tuple[bytes, int]:
    """One cell, and where the next begins: beyond the record's end after the last."""
    quoted, rest = b"", at
    if record[at:at + 1] == b'"':
        close = _closing(record, at + 1)
        if close is not None:
            quoted, rest = record[at + 1:close - 1].replace(b'""', b'"'), close
    end = record.find(delimiter, rest)
    end = len(record) if end < 0 else end
    return quoted + record[rest:end], end + 1
