"""Which of a table's own columns means which of the schema's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: What columns that count in more than ones are said to count in.
SCALES = {1e3: "thousands", 1e6: "millions", 1e9: "billions", 1e12: "trillions"}
#: No table that a person means has more columns.
MOST_COLUMNS = 10_000


@dataclass(frozen=True, slots=True)
class Source:
    """Where a schema column's values come from."""

    #: The table's own column; empty for a constant.
    header: str
    #: Unit of bare numbers, where it is not the schema column's own.
    unit: str | None = None
    #: One value for every row.
    constant: str = ""
    #: What bare numbers are counted in: 1e9 in a column of billions.
    scale: float = 1.0
    #: What dates such as 01/02/2020 start with, of `dates.ORDERS`; '' where nothing says so.
    order: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """The table that some rows are a piece of."""

    #: Whether they are its first.
    first: bool
    #: What a look at some columns' cells sees in each of its pieces, a column each; looks that are equal are made once.
    each: Callable[[tuple[str, ...], Callable[[Any], Any]], tuple[tuple[Any, ...], ...]]


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Sources by schema column, and `architecture.*` columns by the family's parameter."""

    columns: Mapping[str, Source]
    architecture: Mapping[str, str] = field(default_factory=dict)
    #: What the rows are a piece of, where they are one.
    whole: Whole | None = field(default=None, repr=False, compare=False)

    def headers(self) -> set[str]:
        """The table's columns that mean something."""
        return {source.header for source in self.columns.values() if source.header} | set(self.architecture.values())
