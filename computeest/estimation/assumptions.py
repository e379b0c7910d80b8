"""Documented defaults for facts that papers leave out: value, spread and source of each."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.contract import Default
from computeest.facts.lookup import each_once, untouched
from computeest.problems import CellError, UsageError
from computeest.schema import cells
from computeest.text import numbers
from computeest.text.suggest import did_you_mean
from computeest.text.yaml_nodes import of_package

if TYPE_CHECKING:
    from computeest.facts.spec import Spec


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of one column; a missing fact never passes it."""

    column: str
    operator: str
    value: Any

    def holds(self, spec: Spec, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """For each of the rows whether the condition holds; the column is one that some row may have."""
        if self.operator in _OPERATORS:
            numeric = schema.FIELDS[self.column].numeric
            column, value = (spec.column(self.column), self.value) if numeric else \
                (spec.days(self.column), self.value.toordinal())
            return np.asarray(_OPERATORS[self.operator](column[rows], value), dtype=bool)
        words = spec.kinds(self.column)
        if spec.size == 1:
            return words.marked(lambda text: self.value.search(str(text)))
        passing, codes = np.zeros(len(words.facts) + 1, dtype=bool), words.codes[rows]
        asked = each_once(codes[codes >= 0])
        if len(asked) > 1:
            from computeest.text.many import may_be_in, places_with  # which one paper needs not

            if (joined := words.joined(asked)) is not None and not may_be_in(self.value, joined):
                return passing[codes]  # of which no text is touched: 2 % of a table's time
        texts = [*map(str, words.some(asked))]
        if len(texts) > 1:
            passing[asked[places_with(self.value, texts)]] = True
        elif texts:
            passing[asked] = self.value.search(texts[0]) is not None
        return passing[codes]


def condition(column: str, text: str) -> Condition:
    """A condition from its text: `< 1e9`, `>= 2020-06-01`, or `/regular expression/`; ValueError for anything else."""
    field = schema.FIELDS[column]
    match = re.fullmatch(r"\s*(<=|>=|<|>)\s*(.+?)\s*", text)
    if match and field.numeric:
        return Condition(column, match[1], numbers.read(match[2]).value)
    if match and field.kind == "date":
        return Condition(column, match[1], cells.date(match[2]))
    if field.kind in ("text", "choice") and len(text) > 2 and text[0] == text[-1] == "/":
        return Condition(column, "matches", re.compile(text[1:-1]))
    raise ValueError(f"'{text}' is no condition on '{column}'")


class AssumptionError(UsageError):
    """An `--assume` that cannot be followed."""


@dataclass(frozen=True, slots=True)
class Case:
    """Where another value than the usual one is taken: all its conditions hold."""

    conditions: tuple[Condition, ...]
    value: float
    sigma: float
    source: str
    why: str
    #: The table layout whose conventions it is of; empty where it holds anywhere, none where only without a layout.
    layout: str = ""
    #: What it may be instead, where nothing stated decides: the interval spans both.
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True, slots=True)
class Assumption:
    """What is taken for a fact that is not given."""

    column: str
    value: float
    #: One-sigma spread in natural log.
    sigma: float
    source: str
    why: str
    #: True by definition: it is not named among what a record assumed.
    definition: bool = False
    #: The first whose conditions hold is taken instead.
    cases: tuple[Case, ...] = ()
    low: float = math.nan
    high: float = math.nan
    _one: dict[tuple[int, str], NDArray[np.float64]] = field(default_factory=dict, init=False, compare=False,
                                                             repr=False)

    def one(self, place: int, part: str) -> NDArray[np.float64]:
        """The value, the spread or an end of one of the variants as a column of one row, made once."""
        if (place, part) not in self._one:
            self._one[place, part] = untouched(np.array([getattr(self.variants()[place], part)], dtype=np.float64))
        return self._one[place, part]

    @property
    def undecided(self) -> bool:
        """Whether it, or one of its cases, may be something else instead."""
        return any(one.low == one.low or one.high == one.high for one in self.variants())

    def variants(self) -> tuple[Assumption | Case, ...]:
        """The usual value, then the cases: what `choose` gives the places of."""
        return (self, *self.cases)

    def possible(self, stated: Set[str]) -> tuple[tuple[int, Case], ...]:
        """The cases that may hold where these columns are stated, the last first, with their places in `variants`."""
        return tuple((place, case) for place, case in reversed(list(enumerate(self.cases, 1)))
                     if all(one.column in stated for one in case.conditions))


def choose(cases: Iterable[tuple[int, Case]], spec: Spec, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """For each of the rows which of the variants holds, 0 for the usual value, of the cases that may."""
    codes = np.zeros(len(rows), dtype=np.intp)
    for place, case in cases:
        holding: Any = slice(None)
        for one in case.conditions:
            holds = one.holds(spec, rows)
            holding = holds if isinstance(holding, slice) else holding & holds
            if not np.count_nonzero(holding):
                break
        else:
            codes[holding] = place
    return codes


@lru_cache(maxsize=1)
def defaults() -> Mapping[str, Assumption]:
    """The assumptions of assumptions.yaml, by column."""
    entries = of_package("assumptions.yaml")
    return MappingProxyType({
        column: Assumption(column, float(e["value"]), float(e["sigma"]), e["source"], " ".join(e["why"].split()),
                           bool(e.get("definition", False)), tuple(_case(case, e) for case in e.get("cases", ())))
        for column, e in entries.items()
    })


def _case(case: Mapping[str, Any], usual: Mapping[str, Any]) -> Case:
    return Case(tuple(condition(column, test) for column, test in case["when"].items()), float(case["value"]),
                float(case["sigma"]), case.get("source", usual["source"]), " ".join(case["why"].split()),
                case.get("layout", ""), float(case.get("low", math.nan)), float(case.get("high", math.nan)))


def with_overrides(overrides: Mapping[str, str | float], layout: str = "",
                   of_plugins: Mapping[str, Default] | None = None) -> Mapping[str, Assumption]:
    """The defaults with the user's own in their place; a range such as '0.3..0.5' also sets the spread.

    `of_plugins` holds the defaults of columns that plugins bring.
    Cases that are of one table layout's conventions hold only in that layout.
    """
    holding = ("", layout or "none")
    found = {column: replace(assumption, cases=tuple(case for case in assumption.cases if case.layout in holding))
             for column, assumption in defaults().items()}
    found |= {column: Assumption(column, default.value, default.sigma, default.source, default.why)
              for column, default in (of_plugins or {}).items()}
    for name, text in overrides.items():
        column = schema.column(name) or name
        if column not in found:
            raise AssumptionError(f"nothing is assumed about '{name}'; {did_you_mean(name, found)}".rstrip("; "))
        try:
            cell = cells.number(schema.FIELDS[column], str(text))
        except CellError as error:
            raise AssumptionError(f"{name}: {error.what}; {error.expected}".rstrip("; ")) from None
        found[column] = replace(found[column], value=float(cell.value), sigma=cell.sigma or found[column].sigma,
                                source="user", why="set by the user", definition=False, cases=())
    return MappingProxyType(found)
