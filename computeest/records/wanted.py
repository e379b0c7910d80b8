"""Which columns are written: all, numbers with the least words, or those that are named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from computeest.problems import UsageError
from computeest.records.columns import Column
from computeest.text.suggest import did_you_mean

if TYPE_CHECKING:
    import pyarrow as pa

#: What --records may say.
KINDS = ("full", "slim")
#: The words of a slim record: whose it is, how sure, by which method, and why there is none.
_SHORT = frozenset(("model", "confidence", "method", "bound", "problems"))
#: What a record's column is called besides where the table has one of its name.
_BESIDE = "_estimated"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user wants written; what nobody wants is not made."""

    slim: bool = False
    #: Names as they stand in the output, of the table's columns and of the record's; empty for all.
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, kind: str, names: str) -> Wanted:
        """From what --records and --columns-out say."""
        if kind not in KINDS:
            raise UsageError(f"no records are called '{kind}'; {did_you_mean(kind, KINDS) or 'full or slim'}")
        return cls(kind == "slim", tuple(dict.fromkeys(name.strip() for name in names.split(",") if name.strip())))

    def asks(self, name: str, *, text: bool) -> bool:
        """Whether a field of the record is wanted, one of words or of numbers."""
        if self.names:
            return any(own.startswith(name) and not own[len(name):].replace(_BESIDE, "") for own in self.names)
        return not (self.slim and text) or name in _SHORT

    def check(self, columns: Iterable[str]) -> None:
        """UsageError for a name that no column of the output has."""
        there = tuple(columns)
        for name in self.names:
            if name not in there:
                raise UsageError(f"no column of the output is called '{name}'; "
                                 + (did_you_mean(name, there) or f"there are {', '.join(there[:8])}, ..."))

    def within(self, table: pa.Table) -> pa.Table:
        """The columns that are wanted, in the table's order."""
        return table.select([name for name in table.column_names if name in self.names]) if self.names else table


#: Every column.
ALL = Wanted()


def kept(found: dict[str, Column], wanted: Wanted) -> dict[str, Column]:
    """The record's columns that are wanted, of those that were made."""
    from numpy import ndarray

    return {name: column for name, column in found.items()
            if wanted.asks(name, text=not isinstance(column, ndarray))}
