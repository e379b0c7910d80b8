"""The spec: facts as float64 columns in schema units, one row a run, with chips and networks looked up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.chips import ChipFact
from computeest.networks import NetworkFact
from computeest.problems import Problem
from computeest.reader import Paper, Run

Floats = NDArray[np.float64]


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
    chips: list[ChipFact | None] = field(default_factory=list)
    networks: list[NetworkFact | None] = field(default_factory=list)
    #: What is wrong, with the row it is wrong in.
    problems: list[tuple[int, Problem]] = field(default_factory=list)

    def word(self, column: str, row: int) -> Any:
        """The text, date or structure of one row, or None."""
        return self.words[column][row] if column in self.words else None

    def set(self, column: str, row: int, value: float, sigma: float = 0.0) -> None:
        """Fill one cell."""
        if column not in self.numbers:
            self.numbers[column] = np.full(self.size, np.nan)
        self.numbers[column][row] = value
        if sigma or column in self.sigmas:
            self.sigmas.setdefault(column, np.zeros(self.size))[row] = sigma

    def get(self, column: str, row: int) -> float:
        """The number of one row, NaN where it is missing."""
        return float(self.numbers[column][row]) if column in self.numbers else float("nan")


def of_papers(papers: Iterable[Paper]) -> Spec:
    """The facts that papers state, one row a run."""
    pairs = [(index, run) for index, paper in enumerate(papers) for run in paper.runs]
    size = len(pairs)
    spec = Spec(size, {}, {}, {}, np.array([index for index, _ in pairs], dtype=np.intp), [run for _, run in pairs],
                [None] * size, [None] * size)
    for row, (_, run) in enumerate(pairs):
        for column, cell in run.cells.items():
            if schema.FIELDS[column].numeric:
                spec.set(column, row, float(cell.value), cell.sigma)
            else:
                if column not in spec.words:
                    spec.words[column] = np.full(size, None, dtype=object)
                spec.words[column][row] = cell.value
    return spec
