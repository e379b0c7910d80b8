"""The core of an interval: what is undecided between the answers that stand.

It spans the answers of methods that are too far apart to be averaged, both sides where the chips could not have done
what was counted, and what the readings of facts leave open (`estimation/readings.py`). How far the truth may lie beyond
it is the matter of `estimation/margins.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from computeest.contract import Method
from computeest.estimation.combine import Combined, Floats, Grid, starts_of
from computeest.text.numbers import NINETY


@dataclass(frozen=True, slots=True)
class Core:
    """The ends of what is undecided, in natural log of FLOP, with the one-sigma spread of the answer at each end."""

    low: Floats
    high: Floats
    low_sigma: Floats
    high_sigma: Floats
    #: The column of the answer that was left out and is at the end, -1 where it is the one taken.
    low_by: NDArray[np.intp]
    high_by: NDArray[np.intp]
    #: Whether it spans answers of methods that contradict each other.
    apart: NDArray[np.bool_]

    def added(self, stages: Grid, paper: NDArray[np.intp], count: int) -> Core:
        """The core of papers whose runs add up: all at their lower ends, all at their upper ends."""
        if len(paper) == count:
            return self
        starts, there = starts_of(paper, count), ~np.isnan(self.low)
        several, total = np.bincount(paper, minlength=count) > 1, stages.sigma[:, 0]
        low, high = (np.where(np.isnan(stages.log[:, 0]), np.nan, np.logaddexp.reduceat(
            np.where(there, end, -np.inf), starts)) for end in (self.low, self.high))
        apart = self.apart & there
        sigmas = []
        for end, of_paper, each in ((self.low, low, self.low_sigma), (self.high, high, self.high_sigma)):
            with np.errstate(invalid="ignore"):
                # of the sum, by the run's share of it
                part = np.where(apart, np.exp(end - of_paper[paper]) * each, 0.0)
            sigmas.append(np.where(several, np.sqrt(total**2 + np.add.reduceat(part**2, starts)), each[starts]))
        low_by, high_by = (np.where(several, -1, each[starts]) for each in (self.low_by, self.high_by))
        return Core(low, high, sigmas[0], sigmas[1], low_by, high_by, np.logical_or.reduceat(apart, starts))

    def or_apart(self, other: Core) -> Core:
        """The same, apart where the other one is as well."""
        return replace(self, apart=self.apart | other.apart)

    def where(self, here: NDArray[np.bool_], other: Core) -> Core:
        """The same of the rows marked, and the other one's elsewhere."""
        return Core(*(np.where(here, getattr(self, one.name), getattr(other, one.name)) for one in fields(self)))


def of(grid: Grid, answer: Combined, down: Floats, up: Floats, contradicted: NDArray[np.bool_]) -> Core:
    """The core of each row's methods as one: `down` and `up` say how far each answer may be moved.

    `contradicted` marks answers that are spanned even where they were averaged.
    """
    low, high = (answer.log + np.add.reduce(answer.weight * moved, axis=1) if np.count_nonzero(moved) else answer.log
                 for moved in (down, up))
    low_sigma = high_sigma = answer.sigma
    low_by = high_by = np.full(len(low), -1, dtype=np.intp)
    spanned = (answer.left_out | contradicted) & ~np.isnan(grid.log)
    if not np.count_nonzero(spanned):  # as of most: 1 % of an estimate
        return Core(np.fmin(low, answer.log), np.fmax(high, answer.log), low_sigma, high_sigma, low_by, high_by,
                    np.zeros(len(low), dtype=bool))
    apart = np.asarray(spanned.any(axis=1))
    for column in np.flatnonzero(spanned.any(axis=0)).tolist():
        here, spread = spanned[:, column], grid.sigma[:, column]
        lower, upper = grid.log[:, column] + down[:, column], grid.log[:, column] + up[:, column]
        with np.errstate(invalid="ignore"):
            below = here & (lower - NINETY * spread < low - NINETY * low_sigma)
            above = here & (upper + NINETY * spread > high + NINETY * high_sigma)
        if np.count_nonzero(below):
            low, low_sigma = np.where(below, lower, low), np.where(below, spread, low_sigma)
            low_by = np.where(below, column, low_by)
        if np.count_nonzero(above):
            high, high_sigma = np.where(above, upper, high), np.where(above, spread, high_sigma)
            high_by = np.where(above, column, high_by)
    return Core(np.fmin(low, answer.log), np.fmax(high, answer.log), low_sigma, high_sigma, low_by, high_by, apart)


def impossible(grid: Grid, several: NDArray[np.bool_], methods: Sequence[Method],
               utilization: Floats) -> NDArray[np.bool_]:
    """Answers of which one must be wrong: more was counted, or stated, than the chips could have done."""
    found = np.zeros(grid.log.shape, dtype=bool)
    # of most there is one answer, which nothing contradicts
    rows, = (several & ~np.isnan(utilization)).nonzero()
    if not len(rows):
        return found
    hardware, log = [place for place, method in enumerate(methods) if method.rests_on == "hardware"], grid.log[rows]
    for place in hardware:
        with np.errstate(all="ignore"):
            above = log - log[:, place:place + 1] + np.log(utilization[rows])[:, None] > 0
        above[:, hardware] = False
        if np.count_nonzero(above):
            found[rows] |= above
            found[rows, place] |= above.any(axis=1)
    return found
