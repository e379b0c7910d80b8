"""The spec: facts as float64 columns in schema units, one row a run, with chips and networks looked up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.facts import ChipFact, NetworkFact
from computeest.lookup import Floats, Lookup
from computeest.problems import Problem
from computeest.reader import Paper, Run


@dataclass(slots=True)
class Spec:
    """Facts of many runs, by column."""

    size: int
    #: column -> float64 in the column's unit, NaN where the fact is missing.
    numbers: dict[str, Floats]
    #: column -> one-sigma spread in natural log; a column that is not here is exact.
    sigmas: dict[str, Floats]
    #: column -> texts, dates and structures; None where missing.
    words: dict[str, NDArray[np.object_]]
    #: Which paper (or table row) each run belongs to; runs of one paper are neighbours.
    paper: NDArray[np.intp]
    #: The runs themselves, for explanations, where they were read from papers.
    runs: Sequence[Run] = ()
    #: What the chip's name and the network's family meant, for each row.
    chips: Lookup[ChipFact] = field(default_factory=lambda: Lookup.nothing(0))
    networks: Lookup[NetworkFact] = field(default_factory=lambda: Lookup.nothing(0))
    #: What is wrong, with the row it is wrong in.
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    #: column -> rows of a table whose number says no unit, where the column's own is seldom meant.
    unitless: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    #: Columns of `words` by distinct value; whoever changes such a column drops it here.
    coded: dict[str, Lookup[Any]] = field(default_factory=dict)

    def word(self, column: str, row: int) -> Any:
        """The text, date or structure of one row, or None."""
        return self.words[column][row] if column in self.words else None

    def kinds(self, column: str) -> Lookup[Any]:
        """A column of words by distinct value."""
        if column not in self.coded:
            words = self.words.get(column)
            if words is None:
                return Lookup.nothing(self.size)
            by_key = {repr(word) if isinstance(word, dict | list) else word: word for word in words.tolist()}
            keys = (repr(word) if isinstance(word, dict | list) else word for word in words.tolist())
            self.coded[column] = Lookup.of(keys, by_key.__getitem__)
        return self.coded[column]

    def set(self, column: str, row: int, value: float, sigma: float = 0.0) -> None:
        """Fill one cell."""
        if column not in self.numbers:
            self.numbers[column] = np.full(self.size, np.nan)
        self.numbers[column][row] = value
        if sigma or column in self.sigmas:
            self.sigmas.setdefault(column, np.zeros(self.size))[row] = sigma

    def column(self, name: str) -> Floats:
        """A column of numbers, all NaN where no row has it."""
        return self.numbers[name] if name in self.numbers else np.full(self.size, np.nan)

    def fill(self, name: str, values: Floats, where: NDArray[np.bool_], sigma: Floats | None = None) -> None:
        """Fill a column's missing cells, where `where` says so and there is a value."""
        column = self.column(name)
        empty = np.isnan(column) & where & ~np.isnan(values)
        if empty.any():
            self.numbers[name] = np.where(empty, values, column)
            if sigma is not None and (sigma[empty] > 0).any():
                self.sigmas[name] = np.where(empty, sigma, self.sigmas.get(name, np.zeros(self.size)))

    def no_peak(self, row: int) -> str:
        """Why the chip of a row has no peak to train with, where it has none."""
        fact = self.chips.at(row)
        return fact.no_peak if fact else ""

    def line(self, row: int, column: str) -> int:
        """The line of a fact in its file, 0 where there is none."""
        cells = self.runs[row].cells if self.runs else {}
        return cells[column].line if column in cells else 0

    def problem(self, row: int, column: str, what: str, expected: str = "") -> None:
        """Note what is wrong with one row."""
        self.problems.append((row, Problem("", self.line(row, column), column, what, expected)))

    def get(self, column: str, row: int) -> float:
        """The number of one row, NaN where it is missing."""
        return float(self.numbers[column][row]) if column in self.numbers else float("nan")


def of_papers(papers: Iterable[Paper]) -> Spec:
    """The facts that papers state, one row a run."""
    pairs = [(index, run) for index, paper in enumerate(papers) for run in paper.runs]
    size = len(pairs)
    spec = Spec(size, {}, {}, {}, np.array([index for index, _ in pairs], dtype=np.intp), [run for _, run in pairs],
                Lookup.nothing(size), Lookup.nothing(size))
    for row, (_, run) in enumerate(pairs):
        for column, cell in run.cells.items():
            if schema.FIELDS[column].numeric:
                spec.set(column, row, float(cell.value), cell.sigma)
            else:
                if column not in spec.words:
                    spec.words[column] = np.full(size, None, dtype=object)
                spec.words[column][row] = cell.value
    return spec
