"""What a document is made of: passages and tables in reading order, each with its page or line and its headings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from computeest.problems import FaultError

Kind = Literal["prose", "heading", "item", "caption", "code"]


class DocumentError(FaultError):
    """A document that cannot be read."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Text that belongs together: a paragraph, a heading, an item of a list, a caption, a block of code."""

    #: The document's own words, and the same with markup blanked and powers of ten written out, as long.
    text: str
    plain: str
    kind: Kind
    sections: tuple[str, ...] = ()
    #: Offsets at which a page or a line begins, and its number.
    places: tuple[tuple[int, int], ...] = ((0, 1),)

    def place(self, offset: int) -> int:
        """The page or line of a character."""
        return self.places[max(0, bisect_right(self.places, (offset, 1 << 40)) - 1)][1]


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell's text, and the document's words around it that hold it, to quote."""

    text: str
    quote: str
    place: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table, headers first; every row as long as the longest."""

    rows: tuple[tuple[TableCell, ...], ...]
    headers: int
    caption: str = ""
    sections: tuple[str, ...] = ()

    @property
    def place(self) -> int:
        """Where it begins."""
        return self.rows[0][0].place


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read."""

    name: str
    blocks: tuple[Passage | Table, ...]
    #: 'page' or 'line': what the numbers of places count.
    counts: Literal["page", "line"]
    #: Front matter and other fields that are no prose: key, value.
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    #: What could not be read of it.
    notes: tuple[str, ...] = ()

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Its passages."""
        return tuple(block for block in self.blocks if isinstance(block, Passage))

    @property
    def tables(self) -> tuple[Table, ...]:
        """Its tables."""
        return tuple(block for block in self.blocks if isinstance(block, Table))
