"""Thrift's compact protocol, in which a Parquet file says what is in it: values read where they stand, or changed.

The protocol is github.com/apache/thrift, doc/specs/thrift-compact-protocol.md. What is no such structure ends with
`IndexError`, `KeyError` or `RecursionError`, and in time in proportion to its length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

#: Kinds of values; yes and no are kinds of their own, without a value but in a list.
I64, _BINARY, LIST, _SET, STRUCT = 6, 8, 9, 10, 12
_NUMBERS = (4, 5, I64)
_WIDTHS = {1: 0, 2: 0, 3: 1, 7: 8}
_YES_OR_NO = (1, 2)
#: Bits of the largest number.
_MOST_BITS = 64

#: From bytes, and where a value begins in them, to the bytes that stand in its place, and where it ends.
Change = Callable[[bytes, int], tuple[bytes, int]]


def changed(changes: Mapping[int, Change], data: bytes, at: int) -> tuple[bytes, int]:
    """The struct that begins at a place with some of its fields changed, and where it ends."""
    parts, done, name = [], at, 0
    while head := data[at]:
        at += 1
        if head >> 4:
            name += head >> 4
        else:
            name, at = number(data, at)
        if name in changes:
            parts.append(data[done:at])
            new, at = changes[name](data, at)
            parts.append(new)
            done = at
        else:
            at = end_of(data, at, head & 15)
    return b"".join((*parts, data[done:at + 1])), at + 1


def each(change: Change, data: bytes, at: int, into: list[bytes] | None = None) -> tuple[bytes, int]:
    """The list of structs that begins at a place, each of them changed; `into` gets them besides."""
    size, _, at = _head(data, at)
    found = []
    for _ in range(size):
        one, at = change(data, at)
        found.append(one)
    if into is not None:
        into += found
    return list_of(found), at


def kept(found: dict[int, bytes], name: int, kind: int, data: bytes, at: int) -> tuple[bytes, int]:
    """The value as it is; `found` gets it."""
    end = end_of(data, at, kind)
    found[name] = data[at:end]
    return found[name], end


def end_of(data: bytes, at: int, kind: int) -> int:
    """Where a value ends."""
    if kind in _NUMBERS:
        while data[at] & 128:
            at += 1
        return at + 1
    if kind == _BINARY:
        size, at = _varint(data, at)
        return at + size
    if kind == STRUCT:
        return changed({}, data, at)[1]
    if kind in (LIST, _SET):
        size, inner, at = _head(data, at)
        if inner in _YES_OR_NO:
            return at + size
        for _ in range(size):
            at = end_of(data, at, inner)
        return at
    return at + _WIDTHS[kind]


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """How many values a list has, their kind, and where the first begins."""
    size, kind, at = data[at] >> 4, data[at] & 15, at + 1
    if size == 15:
        size, at = _varint(data, at)
    if size > len(data) - at:
        raise IndexError("a list has more values than there are bytes")
    return size, kind, at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number without a sign, seven bits a byte, and where it ends."""
    found, shift = data[at] & 127, 7
    while data[at] & 128:
        at += 1
        found |= (data[at] & 127) << shift
        shift += 7
        if shift > _MOST_BITS:
            raise IndexError("a number is longer than any")
    return found, at + 1


def number(data: bytes, at: int) -> tuple[int, int]:
    """A number whose last bit is its sign, and where it ends."""
    found, at = _varint(data, at)
    return (found >> 1) ^ -(found & 1), at


def encoded(value: int, signed: bool = True) -> bytes:
    """A number from 0 as it is written."""
    found, value = bytearray(), value << 1 if signed else value
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


def list_of(structs: list[bytes]) -> bytes:
    """A list of structs as it is written."""
    size = len(structs)
    return b"".join((bytes([min(size, 15) << 4 | STRUCT]), b"" if size < 15 else encoded(size, signed=False),
                     *structs))
