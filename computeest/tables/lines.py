"""JSON Lines: an object a row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from computeest.problems import InputError, Problem
from computeest.problems import files as wrong
from computeest.tables.source import CHUNK, Piece, Rows, checked_columns, file_fingerprint, piece_rows
from computeest.tables.streams import as_utf8, opened, plain_suffix, unreadable

if TYPE_CHECKING:
    import pyarrow as pa

_EXACT = 2**53
#: A longer line is no paper's, and would take many times its size as objects; pieces end early for the same reason.
LONGEST_LINE = 1 << 22
LARGEST_PIECE = 1 << 23
#: Levels of lists and objects in a line, and characters of a cell that is one.
DEEPEST = 24
#: Halves of a character that UTF-8 has no bytes for, as JSON may spell them.
_HALVES = re.compile(rb"\\u[dD][89a-fA-F]")


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
        for piece in self._runs(self.chunk):
            for entry in _entries(piece.content):
                if isinstance(entry, dict):
                    objects += 1
                    for key, value in entry.items():
                        kinds[key] = _joined(kinds.get(key, ""), _kind(value))
            checked_columns(list(kinds), self.name)
        if not objects or not kinds:
            raise unreadable(self.name, wrong.LINES_WITHOUT_OBJECT())
        return {key: kind or "text" for key, kind in kinds.items()}

    def pieces(self) -> Iterator[Piece]:
        """The file in runs of whole lines."""
        yield from self._runs(piece_rows(self.chunk, len(self.columns)))

    def _runs(self, chunk: int) -> Iterator[Piece]:
        size = self.path.stat().st_size if not plain_suffix(self.path.name)[1] else 0
        read, number, before = 0, 0, 0
        with opened(self.path) as stream:
            while lines := list(self._upto(stream, chunk, before)):
                read += sum(map(len, lines))
                before += len(lines)
                yield Piece(number, b"".join(lines), min(1.0, read / size) if size else float("nan"))
                number += 1

    def _upto(self, stream: IO[bytes], chunk: int, before: int) -> Iterator[bytes]:
        """Lines until they fill a piece; InputError where one is longer than any paper's."""
        size = 0
        for number in range(before + 1, before + chunk + 1):
            line = stream.readline(LONGEST_LINE + 1)
            if len(line) > LONGEST_LINE:
                raise InputError([Problem(self.name, number, "", wrong.JSON_LINE_TOO_LONG(most=LONGEST_LINE))])
            if not line:
                return
            yield line
            size += len(line)
            if size > LARGEST_PIECE:
                return

    def read(self, piece: Piece, columns: tuple[str, ...] | None = None) -> Rows:
        """The values by key; a line that is no object is a row without any."""
        import pyarrow as pa

        entries = list(_entries(piece.content))
        broken = {row: entry for row, entry in enumerate(entries) if isinstance(entry, str)}
        rows = [{} if isinstance(entry, str) else entry for entry in entries]
        return Rows(pa.table({key: _column([row.get(key) for row in rows], self._kinds[key])
                              for key in columns or self.columns}), broken)


def _entries(data: bytes) -> Iterator[dict[str, Any] | str]:
    """Each line's object, or what is wrong with the line; empty lines are none."""
    for line in as_utf8(data)[0].split(b"\n"):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield f"the line is not JSON: {str(error).partition(';')[0][:100]}"
            continue
        yield entry if isinstance(entry, dict) and not (wrong := _wrong(line, entry)) else \
            wrong if isinstance(entry, dict) else "the line is no JSON object"


def _wrong(line: bytes, entry: dict[str, Any]) -> str:
    """What keeps a line's object from being a row; '' for nothing."""
    if _HALVES.search(line) and not _whole(entry):
        return "the line holds half a character (a lone surrogate)"
    if line.count(b"[") + line.count(b"{") > DEEPEST and _depth(entry) > DEEPEST:
        return f"its values are nested more than {DEEPEST} levels deep"
    return ""


def _whole(entry: dict[str, Any]) -> bool:
    try:
        json.dumps(entry, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _depth(value: Any) -> int:
    """Levels of lists and objects; one more than are allowed where there are more."""
    level, here = 0, [value]
    while here and level <= DEEPEST:
        here = [inner for one in here if isinstance(one, list | dict)
                for inner in (one.values() if isinstance(one, dict) else one)]
        level += 1
    return level


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
