"""A table with what its columns mean, and the columns on where a value is from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Row = dict[str, Any]
Kind = Literal["string", "number", "integer", "boolean", "date"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what is in its cells, and what they mean."""

    name: str
    kind: Kind
    means: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with their schema."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    #: The column that tells the rows apart, if one does.
    key: str = ""
    #: Columns that hold another table's key.
    refers: tuple[tuple[str, str], ...] = ()


ORIGIN: Final = (
    Column("source", "string", "the document the value is from: sources.id"),
    Column("source_kind", "string", "datasheet, whitepaper, vendor-doc, press, database or derived"),
    Column("opened", "boolean", "whether the document was opened; empty where the value is computed"),
    Column("confirmed", "string", "an opened document that says the same: sources.id"),
    Column("accessed", "date", "when the document was read"),
)


@dataclass(frozen=True, slots=True)
class Origin:
    """The sources of one file."""

    file: str
    sources: Mapping[str, Mapping[str, str]]

    def of(self, key: str | None, confirmed: str | None = None) -> Row:
        """The columns on the document that a key names."""
        source = self.sources.get(key or "", {})
        return {"source": self.id(key), "source_kind": source.get("kind"), "opened": opened(source),
                "confirmed": self.id(confirmed), "accessed": source.get("accessed")}

    def id(self, key: str | None) -> str | None:
        """The key as it is among all files' keys."""
        return f"{self.file.removesuffix('.yaml')}:{key}" if key else None


def opened(source: Mapping[str, str]) -> bool | None:
    """Whether a document was opened; None of what is computed."""
    if not source or source.get("kind") == "derived":
        return None
    return source.get("unopened") != "true"


def joined(names: Iterable[object] | None) -> str | None:
    """Names in one cell."""
    return "; ".join(map(str, names)) if names else None
