"""An ONNX file without its weights, read piece by piece: gigabytes of them take a few megabytes of memory.

The file is a message of protocol buffers, of which only what says how the graph is built is kept: field numbers are
those of onnx.proto (github.com/onnx/onnx), the encoding that of protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import BinaryIO, Final

#: Numbers of a constant that are kept: sizes and indices are short; longer constants are weights.
LONGEST: Final = 4096
#: Bytes of a graph without its weights, and pieces that are looked at: the largest exports have some MB and 100,000.
MOST_KEPT: Final = 8 * 1024**2
_MOST_PIECES = 400_000
#: A message of no more is kept as it is: nodes by the ten thousand.
_SHORT = 2048
#: Messages within messages, as protobuf itself reads them.
_DEEPEST = 100
#: Extents of a tensor that are looked at here.
_MOST_DIMS = 64
#: What a message's fields are, where they may hold weights.
_INSIDE: Final = {
    "model": {7: "graph", 25: "function"},
    "function": {7: "node"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 10: "tensor", 6: "graph", 11: "graph", 22: "sparse", 23: "sparse"},
    "tensor": {},
}
#: Fields of these that say how the graph is built; nothing else of them is read.
_NEEDED: Final = {"model": frozenset((1, 7, 8, 25)), "graph": frozenset((1, 2, 5, 11, 12, 13, 15))}
_DIMS, _TYPE, _RAW, _FLOAT = 1, 2, 9, 1
#: The fields of a tensor that hold its numbers.
_VALUES: Final = frozenset((4, 5, 6, 7, _RAW, 10, 11))
#: Bytes of a type of fixed size.
_FIXED: Final = {1: 8, 5: 4}


class GraphTooLargeError(ValueError):
    """The graph alone, without weights, is more than is read."""


class NoMessageError(ValueError):
    """What is read is no message of protocol buffers."""


def read(path: Path) -> bytes:
    """The model as bytes, without the values of long constants.

    Of a long matrix that holds two numbers only, which may be a mask, those two are kept as its values.
    """
    with path.open("rb", buffering=1 << 18) as file:
        return bytes(_Reader(file).message("model", path.stat().st_size, 0))


@dataclass(slots=True)
class _Seen:
    """What was read of a message, if it is a tensor."""

    dims: list[int] = field(default_factory=list)
    of_type: int = 0

    def number(self, at: int, value: int) -> None:
        """Take a number that stands in this field."""
        if at == _DIMS and len(self.dims) < _MOST_DIMS:
            self.dims.append(value)
        elif at == _TYPE:
            self.of_type = value


class _Reader:
    """A file, how much of it was looked at, and how much was kept."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._pieces = self._kept = 0

    def message(self, kind: str, end: int, depth: int) -> bytearray:
        """What is kept of a message of this kind, which begins here and ends at `end`."""
        if depth > _DEEPEST:
            raise NoMessageError
        found, seen = bytearray(), _Seen()
        while self._file.tell() < end:
            self._pieces += 1
            if self._pieces > _MOST_PIECES:
                raise GraphTooLargeError
            key = self._varint()
            at, form = key >> 3, key & 7
            if form == 2:
                length = self._varint()
                if length > end - self._file.tell():
                    raise NoMessageError
                if at not in _NEEDED.get(kind, (at,)):
                    self._file.seek(length, 1)
                    continue
                body = self._body(kind, at, length, seen, depth)
                found += _written(key) + _written(len(body)) + body
            elif form in _FIXED:
                found += _written(key) + self._bytes(_FIXED[form])
            elif form == 0:
                value = self._varint()
                found += _written(key) + _written(value)
                seen.number(at, value)
            else:
                raise NoMessageError
        return found

    def _body(self, kind: str, at: int, length: int, seen: _Seen, depth: int) -> bytes | bytearray:
        """What is kept of a field of so many bytes."""
        if kind == "tensor" and at in _VALUES and (length > 16 * LONGEST or prod(seen.dims) > LONGEST):
            if at == _RAW and seen.of_type == _FLOAT:
                return self._two(length)
            self._file.seek(length, 1)
            return b""
        inner = _INSIDE[kind].get(at)
        if inner is not None and length > _SHORT:
            return self.message(inner, self._file.tell() + length, depth + 1)
        body = self._bytes(length)
        if kind == "tensor" and at == _DIMS:
            for value in _packed(body[:_MOST_DIMS]):
                seen.number(at, value)
        return body

    def _bytes(self, length: int) -> bytes:
        self._kept += length
        if self._kept > MOST_KEPT:
            raise GraphTooLargeError
        found = self._file.read(length)
        if len(found) < length:
            raise NoMessageError
        return found

    def _varint(self) -> int:
        value = shift = 0
        while True:
            read = self._file.read(1)
            if not read or shift > 63:
                raise NoMessageError
            value |= (read[0] & 127) << shift
            if read[0] < 128:
                return value
            shift += 7

    def _two(self, length: int) -> bytes:
        """The two numbers of floats that hold no third; nothing of others, which are looked at no further."""
        import numpy as np

        end, known = self._file.tell() + length, set[float]()
        while (left := end - self._file.tell()) > 0 and len(known) < 3 and not length % 4:
            part = np.frombuffer(self._file.read(min(left, 1 << 20)), "<f4")
            if not len(part):
                break  # the file is shorter than it says: the next to read finds out
            lowest, highest = part.min(), part.max()
            known |= {lowest, highest} if ((part == lowest) | (part == highest)).all() else {0.0, 1.0, 2.0}
        self._file.seek(end)
        return np.array(sorted(known), "<f4").tobytes() if len(known) < 3 else b""


def _packed(body: bytes) -> list[int]:
    found, value, shift = [], 0, 0
    for byte in body:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(value)
            value = shift = 0
    return found


def _written(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)
