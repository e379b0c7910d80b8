"""JSON Lines: an object a row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeest.tables.source import CHUNK, LARGEST_PIECE, Piece, Rows, checked_columns, file_fingerprint
from computeest.tables.streams import as_utf8, opened, plain_suffix, unreadable

if TYPE_CHECKING:
    import pyarrow as pa

_EXACT = 2**53


@dataclass(frozen=True)
class JsonLines:
    """A .jsonl file."""

    path: Path
    chunk: int = CHUNK
    shown: str = ""

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.shown or str(self.path)

    def fingerprint(self) -> str:
        """Tells apart inputs that differ."""
        return file_fingerprint(self.path)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The keys of all objects, in the order in which they first come."""
        return tuple(self._kinds)

    @cached_property
    def _kinds(self) -> dict[str, str]:
        """Each key's kind of value: int, float, bool, or text for anything else and for mixtures."""
        kinds: dict[str, str] = {}
        objects = 0
        for piece in self.pieces():
            for entry in _entries(piece.content):
                if isinstance(entry, dict):
                    objects += 1
                    for key, value in entry.items():
                        kinds[key] = _joined(kinds.get(key, ""), _kind(value))
            checked_columns(list(kinds), self.name)
        if not objects:
            raise unreadable(self.name, "there is no JSON object in it", "an object on each line")
        return {key: kind or "text" for key, kind in kinds.items()}

    def pieces(self) -> Iterator[Piece]:
        """The file in runs of whole lines."""
        size = self.path.stat().st_size if not plain_suffix(self.path.name)[1] else 0
        read, number = 0, 0
        with opened(self.path) as stream:
            while lines := list(_upto(islice(stream, self.chunk))):
                read += sum(map(len, lines))
                yield Piece(number, b"".join(lines), min(1.0, read / size) if size else float("nan"))
                number += 1

    def read(self, piece: Piece, columns: tuple[str, ...] | None = None) -> Rows:
        """The values by key; a line that is no object is a row without any."""
        import pyarrow as pa

        entries = list(_entries(piece.content))
        broken = {row: entry for row, entry in enumerate(entries) if isinstance(entry, str)}
        rows = [{} if isinstance(entry, str) else entry for entry in entries]
        return Rows(pa.table({key: _column([row.get(key) for row in rows], self._kinds[key])
                              for key in columns or self.columns}), broken)


def _upto(lines: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for line in lines:
        yield line
        size += len(line)
        if size > LARGEST_PIECE:
            return


def _entries(data: bytes) -> Iterator[dict[str, Any] | str]:
    """Each line's object, or what is wrong with the line; empty lines are none."""
    for line in as_utf8(data)[0].split(b"\n"):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield f"the line is not JSON: {str(error)[:100]}"
            continue
        yield entry if isinstance(entry, dict) else "the line is no JSON object"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int" if abs(value) <= _EXACT else "text"
    return "float" if isinstance(value, float) else "" if value is None else "text"


def _joined(one: str, other: str) -> str:
    if not one or not other or one == other:
        return one or other
    return "float" if {one, other} == {"int", "float"} else "text"


def _column(values: list[Any], kind: str) -> pa.Array:
    import pyarrow as pa

    if kind == "text":
        return pa.array([None if value is None else value if isinstance(value, str) else
                         json.dumps(value, ensure_ascii=False) for value in values], pa.string())
    return pa.array(values, {"int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}[kind])
