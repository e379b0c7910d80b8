"""What is known of one column: its name, unit, bounds, meaning and aliases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

#: How far what is computed may lie beyond a bound: the last digits of a float.
_ROUNDED = 1e-9
#: Numbers next to nothing lose their digits, and what is divided by them is no float.
LEAST = 1e-100


@dataclass(frozen=True, slots=True, eq=False)  # each is itself alone, so that what is read of it can be kept
class Field:
    """One column: what a key of paper.yaml and a column of a dataset mean."""

    name: str
    group: str
    means: str
    #: The unit of the stored float64 (see units.txt); None for text, dates and structures.
    unit: str | None = None
    #: Values at or beyond these bounds are refused, except that `low` itself is allowed when `low_included`.
    low: float = 0.0
    high: float = float("inf")
    low_included: bool = False
    kind: str = "number"
    aliases: tuple[str, ...] = ()
    #: Other names whose bare numbers are in a unit of their own: name -> unit.
    unit_aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    #: Units that say the same by leaving out what is implied: '300B tokens' in a column of tokens per epoch.
    also: tuple[str, ...] = ()
    #: Where a value goes whose unit says it is another quantity: unit -> column.
    routes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    #: A good cell, shown by error messages and the JSON Schema.
    example: str = ""
    choices: tuple[str, ...] = ()
    #: Words that mean a value, looked up folded: {"full": 1.0} of a number, {"student": "trained"} of a choice.
    says: Mapping[str, float | str] = field(default_factory=lambda: MappingProxyType({}))
    #: What to write to have it, where other keys are more usual: 'chips and time (or chip_time)'.
    asks_for: str = ""
    #: Whether those of several runs add up: an amount that belongs to a run.
    adds_up: bool = False
    #: What a paper says where the column was looked up; nothing for a column that papers state themselves.
    said_by: tuple[str, ...] = ()

    @property
    def least(self) -> float:
        """What a value that is more than nothing is at least."""
        return max(self.low, LEAST)

    def holds(self, values: Any) -> Any:
        """For each of an array of computed numbers, whether the column can hold it; what is missing it cannot."""
        low, high = self.low * (1 - _ROUNDED), self.high * (1 + _ROUNDED)
        return (values >= low if self.low_included else values > low) & (values <= high) & (values < float("inf"))

    @property
    def numeric(self) -> bool:
        """Whether the column holds float64 in a unit."""
        return self.kind == "number"


def text(name: str, group: str, means: str, *aliases: str, example: str = "") -> Field:
    """A column of texts."""
    return Field(name, group, means, kind="text", aliases=aliases, example=example)
