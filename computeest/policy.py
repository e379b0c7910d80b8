"""Whose answer is taken where methods differ: the table that `docs/reconcile.md` explains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest.quantity import NINETY
from computeest.spreads import Grid

Floats = NDArray[np.float64]

#: How much more uncertain (one sigma, natural log) a method one step more reliable may be and still lead.
PREFERENCE = 0.1

#: From this ratio on two methods are apart, whatever their spreads: one of them rests on a wrong fact.
APART = 3.0

#: How likely it is that a less reliable method that disagrees is the right one after all.
DISSENT = 0.25

#: From this spread on (one sigma, natural log), what a model saw was inferred rather than counted.
INFERRED = 0.4

#: A chip whose assumed number format is this many times faster than single precision bounds nothing.
FORMAT_MATTERS = 4.0

#: The reliability of a method that the user prefers: above any other.
PREFERRED = 1_000_000


@dataclass(frozen=True, slots=True)
class Pair:
    """Two methods' answers for each row, and what decides between them."""

    #: The answer that may yield, over the other one.
    ratio: Floats
    #: Spread of the one that may yield (one sigma, natural log).
    sigma: Floats
    #: Utilization that the answer that may yield implies, NaN where the accelerator time is not known.
    utilization: Floats
    #: How many times single precision the peak is, where nobody stated the number format; else 1.
    format_gap: Floats

    @property
    def apart(self) -> NDArray[np.bool_]:
        """Whether one of the two must rest on a wrong fact."""
        return np.asarray(np.maximum(self.ratio, 1 / self.ratio) > APART)


@dataclass(frozen=True, slots=True)
class Precedence:
    """Where one method's answer yields to another's."""

    yields: str
    to: str
    when: Callable[[Pair], Any]
    reason: str


def _impossible(pair: Pair) -> Any:
    return pair.utilization > 1


def _inferred(pair: Pair) -> Any:
    return pair.apart & (pair.sigma >= INFERRED) & (pair.format_gap <= FORMAT_MATTERS)


TABLE = (
    Precedence("operation_counting", "gpu_time", _impossible,
               "the chips could not have done so much in that time"),
    Precedence("operation_counting", "gpu_time", _inferred,
               "an inferred number of tokens can be off by any factor, accelerator time by that of the utilization"),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What bounds each row's answers: how busy GPU time takes the chips to be, and how sure their peak is."""

    utilization: Floats
    format_gap: Floats

    def by_paper(self, paper: NDArray[np.intp], count: int) -> Bounds:
        """The bounds of whole papers: those of the run that leaves most open."""
        if len(paper) == count:
            return self
        utilization, gap = np.full(count, -np.inf), np.ones(count)
        np.maximum.at(utilization, paper, np.nan_to_num(self.utilization, nan=-np.inf))
        np.maximum.at(gap, paper, self.format_gap)
        return Bounds(np.where(np.isinf(utilization), np.nan, utilization), gap)

    def yielding(self, grid: Grid, methods: NDArray[np.intp], names: Sequence[str],
                 reliability: NDArray[np.int_]) -> NDArray[np.intp]:
        """The column that each answer yields to, -1 for none.

        `methods` has the place in `names` of each column's method; it may be one row that holds for all.
        """
        found = np.full(grid.log.shape, -1, dtype=np.intp)
        for rule in TABLE:
            if rule.yields in names and rule.to in names:
                yields, yielded_to = methods == names.index(rule.yields), methods == names.index(rule.to)
                for column in np.flatnonzero(yields.any(axis=0)).tolist():
                    for to in np.flatnonzero(yielded_to.any(axis=0)).tolist():
                        holds = self._holds(rule, grid, column, to) & (reliability[:, column] < PREFERRED)
                        holds &= yields[:, column] & yielded_to[:, to] & (found[:, column] < 0)
                        found[holds, column] = to
        return found

    def _holds(self, rule: Precedence, grid: Grid, column: int, to: int) -> NDArray[np.bool_]:
        with np.errstate(all="ignore"):
            ratio = np.exp(grid.log[:, column] - grid.log[:, to])
            pair = Pair(ratio, grid.sigma[:, column], ratio * self.utilization, self.format_gap)
            return np.asarray(rule.when(pair), dtype=bool) & ~np.isnan(ratio)


@dataclass(frozen=True, slots=True)
class Combined:
    """The methods of each row as one: log FLOP, spreads, weights, and the column of the method that leads."""

    log: Floats
    common: Floats
    own: Floats
    weight: Floats
    leader: NDArray[np.intp]
    #: Variance of ln FLOP that the methods' disagreement brings; it is part of `own`.
    disagreement: Floats

    def grid(self) -> Grid:
        """The same as a grid of one column."""
        return Grid(self.log[:, None], self.common[:, :, None], self.own[:, None])


def combine(grid: Grid, reliability: NDArray[np.int_], yielding: NDArray[np.intp]) -> Combined:
    """Precision-weighted mean of the methods that agree with the leading one; wider where others do not."""
    there = ~np.isnan(grid.log)
    some = there.any(axis=1)
    sigma = np.where(there, np.maximum(grid.sigma, 1e-6), np.inf)
    finite = np.where(there, sigma, 0.0)
    columns, index = np.arange(grid.log.shape[1]), np.arange(len(grid.log))
    leader = _leader(np.where(there, PREFERENCE * reliability - finite, -np.inf), yielding)
    leads = columns == leader[:, None]
    gap = np.where(there, np.abs(grid.log - grid.log[index, leader][:, None]), 0.0)
    alone = (reliability[index, leader] >= PREFERRED)[:, None] & ~leads
    near = np.minimum(NINETY * np.hypot(finite, sigma[index, leader][:, None]), np.log(APART))
    agrees = leads & there | there & ~alone & (yielding < 0) & (gap <= near)
    precision = np.where(agrees, 1 / sigma**2, 0.0)
    total = precision.sum(axis=1, keepdims=True)
    weight = np.divide(precision, total, out=np.zeros_like(precision), where=total > 0)
    log = np.where(some, np.nansum(weight * np.where(there, grid.log, 0.0), axis=1), np.nan)
    scatter = (weight * np.where(there, grid.log - log[:, None], 0.0) ** 2).sum(axis=1)
    dissent = np.where(there & ~agrees & ~alone, gap, 0.0).max(axis=1, initial=0.0)
    disagreement = np.where(some, scatter + DISSENT * dissent**2, np.nan)
    common = (weight * np.where(there, grid.common, 0.0)).sum(axis=2)
    own = np.sqrt(((weight * np.where(there, grid.own, 0.0)) ** 2).sum(axis=1) + disagreement)
    return Combined(log, common + np.where(some, 0.0, np.nan), own, weight, leader, disagreement)


def _leader(rank: Floats, yielding: NDArray[np.intp]) -> NDArray[np.intp]:
    """The column of the highest rank, where one that yields ranks below what it yields to."""
    below = np.take_along_axis(rank, np.maximum(yielding, 0), axis=1) - 1e-9
    return np.asarray(np.argmax(np.where(yielding >= 0, np.minimum(rank, below), rank), axis=1), dtype=np.intp)

