"""Whose answer is taken where methods differ, as `docs/reconcile.md` explains."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest.text.numbers import NINETY

Floats = NDArray[np.float64]

#: A spread (one sigma, natural log) beyond which nothing is known, and numbers overflow.
_WIDEST = 15.0


@dataclass(slots=True)
class Grid:
    """Log FLOP by row and method, NaN where a method says nothing, with one-sigma spreads in natural log."""

    log: Floats
    #: What the runs of a paper get wrong alike, by source (first axis): assumptions, and facts that the paper states
    #: once for several runs. Papers of one run have it in `own`, and tables have no source at all.
    common: Floats
    #: Everything else.
    own: Floats

    @property
    def sigma(self) -> Floats:
        """One-sigma spread in natural log, of everything."""
        return spread(self.common, self.own)

    def where(self, mask: NDArray[np.bool_]) -> Grid:
        """Missing wherever the mask is not set."""
        return Grid(*(np.where(mask, part, np.nan) for part in (self.log, self.common, self.own)))

    def beside(self, more: Grid) -> Grid:
        """The columns of both."""
        return Grid(*(np.concatenate(parts, axis=-1) for parts in (
            (self.log, more.log), (self.common, more.common), (self.own, more.own))))

    def filled(self, more: Grid) -> Grid:
        """`more` wherever it has something, this elsewhere."""
        there = ~np.isnan(more.log)
        return Grid(np.where(there, more.log, self.log), np.where(there, more.common, self.common),
                    np.where(there, more.own, self.own))

    @classmethod
    def empty(cls, rows: int, methods: int, sources: int = 0) -> Grid:
        """Nothing said."""
        # column after column: sums over three methods take a third of the time that they take row after row
        one = np.full((2 + sources, methods, rows), np.nan)
        return cls(one[0].T, one[2:].transpose(0, 2, 1), one[1].T)


def spread(common: Floats, own: Floats) -> Floats:
    """One-sigma spread in natural log of everything: of what runs get wrong alike, by source, and of all else."""
    if not len(common):  # as of tables and of most papers: 1 % of their time
        return own
    return np.asarray(np.sqrt((common * common).sum(axis=0) + own * own), dtype=np.float64)


def summed(grid: Grid, paper: NDArray[np.intp], count: int, runs: NDArray[Any]) -> Grid:
    """Each paper's runs added up, where `runs` of them are there."""
    there, wanted = ~np.isnan(grid.log), runs if runs.ndim == 2 else runs[:, None]
    if len(paper) == count:
        return grid.where(there & (wanted == 1))
    present = by_paper(there, paper, count)
    complete = (present == wanted) & (present > 0)
    found = Grid(*(np.where(complete, _first_there(part, there, paper, count), np.nan)
                   for part in (grid.log, grid.common, grid.own)))
    starts = np.searchsorted(paper, np.arange(count + 1))
    for index in np.flatnonzero((complete & (present > 1)).any(axis=1)).tolist():
        rows = slice(starts[index], starts[index + 1])
        total, common, own = total_of(grid.log[rows], grid.common[:, rows], grid.own[rows])
        several = complete[index] & (present[index] > 1)
        found.log[index] = np.where(several, total, found.log[index])
        found.common[:, index] = np.where(several, common, found.common[:, index])
        found.own[index] = np.where(several, own, found.own[index])
    return found


def _first_there(part: Floats, there: NDArray[np.bool_], paper: NDArray[np.intp], count: int) -> Floats:
    """The value of each paper's first run that has one."""
    rows = np.where(there, np.arange(len(paper))[:, None], len(paper))
    first = np.minimum.reduceat(rows, np.searchsorted(paper, np.arange(count)), axis=0)
    padded = np.concatenate([part, np.full((*part.shape[:-2], 1, part.shape[-1]), np.nan)], axis=-2)
    return np.asarray(padded[..., first, np.arange(part.shape[-1])], dtype=np.float64)


def total_of(log: Floats, common: Floats, own: Floats) -> tuple[Floats, Floats, Floats]:
    """The sum, over runs, of lognormal numbers: its log and its spreads, as a lognormal of the same moments.

    Parts of a common source are fully correlated, own parts independent (Fenton 1960). The sum is that of the medians,
    so that it is the sum of what the runs say; the spread is that of the lognormal with the sum's mean and variance.
    """
    there = ~np.isnan(log)
    common, own = np.where(there, common, 0.0), np.where(there, own, 0.0)
    log = np.where(there, log, -np.inf)
    shared = np.einsum("sic,sjc->ijc", common, common)  # covariance of the logs of each two runs
    means = log + (np.einsum("iic->ic", shared) + own**2) / 2
    pairs = means[:, None] + means[None, :] + shared + np.eye(len(log))[:, :, None] * own**2
    with np.errstate(invalid="ignore", divide="ignore"):
        total, mean = _log_sum(log), _log_sum(means)
        variance = np.maximum(_log_sum(pairs.reshape(-1, pairs.shape[-1])) - 2 * mean, 0.0)
        alike = np.array([_exact(source) for source in np.nan_to_num(np.exp(log - total) * common)])
        alike = alike.reshape(len(common), log.shape[-1])
        part = (alike**2).sum(axis=0)
        alike = alike * np.sqrt(np.minimum(1.0, np.where(part > 0, variance / part, 1.0)))
        return total, alike, np.sqrt(np.maximum(variance - (alike**2).sum(axis=0), 0.0))


def _exact(columns: Floats) -> Floats:
    """The exact sum of each column, rounded once: the same in any order of the rows."""
    # as buffers: pairs of a thousand runs are a million numbers, 32 bytes each as objects
    return np.array([math.fsum(column.data) for column in np.ascontiguousarray(columns.T)])


def _log_sum(logs: Floats) -> Floats:
    """The log of the exact sum of what each column holds the logs of."""
    largest = np.where(np.isfinite(most := logs.max(axis=0)), most, 0.0)
    return np.asarray(largest + np.log(_exact(np.exp(logs - largest))), dtype=np.float64)


def sigma_of_two(one: Floats, one_sigma: Floats, other: Floats, other_sigma: Floats) -> Floats:
    """The spread of the sum of two independent lognormal numbers, given by their medians; row by row."""
    one_variance, other_variance = np.minimum(one_sigma, _WIDEST) ** 2, np.minimum(other_sigma, _WIDEST) ** 2
    one_mean, other_mean = one * np.exp(one_variance / 2), other * np.exp(other_variance / 2)
    with np.errstate(invalid="ignore"):
        share = one_mean / (one_mean + other_mean)
        excess = share**2 * np.expm1(one_variance) + (1 - share) ** 2 * np.expm1(other_variance)
    return np.asarray(np.sqrt(np.log1p(excess)), dtype=np.float64)


def starts_of(paper: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """The first run of each paper."""
    # a table has a run a row: to look for them took 1 % of its time
    return np.arange(count) if len(paper) == count else np.searchsorted(paper, np.arange(count))


#: Up to so many rows are counted at once, 2 % of an estimate.
_FEW_ROWS = 64


def several_of(there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows in which more than one column is there."""
    if len(there) == 1:
        return np.array([np.count_nonzero(there) > 1])
    if len(there) < _FEW_ROWS:
        return np.asarray(np.add.reduce(there, axis=1) > 1)
    some, several = np.zeros(len(there), dtype=bool), np.zeros(len(there), dtype=bool)
    for column in there.T:  # column by column: a tenth of what counting row by row takes
        several |= some & column
        some |= column
    return several


def by_paper(amounts: NDArray[Any], paper: NDArray[np.intp], count: int) -> Floats:
    """Each paper's exact sum over its runs, which are neighbours: the same in any order of them."""
    amounts = amounts.astype(np.float64)
    if len(paper) == count:
        return amounts
    bounds = pairwise(np.searchsorted(paper, np.arange(count + 1)).tolist())
    if amounts.ndim == 1:
        return np.array([math.fsum(amounts[start:stop].tolist()) for start, stop in bounds])
    return np.array([_exact(amounts[start:stop]) for start, stop in bounds]).reshape(count, amounts.shape[1])


#: How much more uncertain (one sigma, natural log) a method one step more reliable may be and still lead.
PREFERENCE = 0.1

#: From this ratio on two methods are apart, whatever their spreads: one of them rests on a wrong fact.
APART = 3.0
_LOG_APART = np.log(APART)

#: The reliability of a method that the user prefers: above any other.
PREFERRED = 1_000_000


@dataclass(frozen=True, slots=True)
class Combined:
    """The methods of each row as one: log FLOP, spreads, weights, and the column of the method that leads."""

    log: Floats
    common: Floats
    own: Floats
    weight: Floats
    leader: NDArray[np.intp]
    #: Variance of ln FLOP that the scatter of the methods averaged brings; it is part of `own`.
    disagreement: Floats
    #: Answers that are no part of this one although nobody asked for that: they disagree with the leading one.
    left_out: NDArray[np.bool_]
    #: Rows of which more than one method has an answer.
    several: NDArray[np.bool_]

    @property
    def sigma(self) -> Floats:
        """One-sigma spread in natural log, of everything."""
        return spread(self.common, self.own)

    def grid(self) -> Grid:
        """The same as a grid of one column."""
        return Grid(self.log[:, None], self.common[:, :, None], self.own[:, None])

    def alone(self) -> Combined:
        """What `combine` makes of it where there is nothing else."""
        there = ~np.isnan(self.log)[:, None]
        return Combined(self.log, self.common, self.own, there.astype(np.float64),
                        np.zeros(len(self.log), dtype=np.intp), np.where(there[:, 0], 0.0, np.nan),
                        np.zeros(there.shape, dtype=bool), np.zeros(len(there), dtype=bool))


def combine(grid: Grid, reliability: NDArray[np.int_], doubt: Floats | None = None,
            alike: NDArray[np.intp] | None = None) -> Combined:
    """Precision-weighted mean of the methods that agree with the leading one; the others are left out, by name.

    `doubt` is a further spread of each answer, one sigma in natural log, that counts for who leads and for the weights,
    and is no part of the spread of what comes out: that of facts that have two readings. `alike` says of each answer
    how many rest on all the same facts and assumptions: together they weigh as one.
    """
    there = ~np.isnan(grid.log)
    several = several_of(there)
    if np.count_nonzero(several) == len(several):
        return _of_several(grid, reliability, doubt, alike)
    found = _of_one(grid, there, several)  # most rows have one answer: to average them all took 4 % of a table's time
    if np.count_nonzero(several):
        rows = np.flatnonzero(several)
        part = _of_several(Grid(grid.log[rows], grid.common[:, rows], grid.own[rows]),
                           reliability[rows], None if doubt is None else doubt[rows],
                           None if alike is None else alike[rows])
        for name in ("log", "own", "weight", "leader", "disagreement", "left_out"):
            getattr(found, name)[rows] = getattr(part, name)
        found.common[:, rows] = part.common
    return found


def _of_one(grid: Grid, there: NDArray[np.bool_], several: NDArray[np.bool_]) -> Combined:
    """The same of rows that do not have several answers."""
    rows, leader = np.arange(len(grid.log)), there.argmax(axis=1)
    log = grid.log[rows, leader]
    return Combined(log, grid.common[:, rows, leader], grid.own[rows, leader], there.astype(np.float64), leader,
                    np.where(np.isnan(log), np.nan, 0.0), np.zeros_like(there), several)


def _of_several(grid: Grid, reliability: NDArray[np.int_], doubt: Floats | None,
                alike: NDArray[np.intp] | None) -> Combined:
    """The same of rows each of which has several answers."""
    there = ~np.isnan(grid.log)
    spread = grid.sigma if doubt is None else np.hypot(grid.sigma, doubt)
    sigma = np.where(there, np.maximum(spread, 1e-6), np.inf)
    finite, logs = np.where(there, sigma, 0.0), np.where(there, grid.log, 0.0)
    columns, index = np.arange(grid.log.shape[1]), np.arange(len(grid.log))
    leader = np.where(there, PREFERENCE * reliability - finite, -np.inf).argmax(axis=1)
    leads = columns == leader[:, None]
    gap = np.where(there, np.abs(grid.log - grid.log[index, leader][:, None]), 0.0)
    near = np.minimum(NINETY * np.hypot(finite, sigma[index, leader][:, None]), _LOG_APART)
    alone = (reliability[index, leader] >= PREFERRED)[:, None] & ~leads
    agrees = there & (leads | (gap <= near)) & ~alone
    precision = np.where(agrees, 1 / (sigma * sigma), 0.0)
    if alike is not None:
        precision /= alike
    total = np.add.reduce(precision, axis=1, keepdims=True)
    weight = np.divide(precision, total, out=np.zeros(precision.shape), where=total > 0)
    log = np.add.reduce(weight * logs, axis=1)
    scatter = np.where(there, logs - log[:, None], 0.0)
    disagreement = np.add.reduce(weight * (scatter * scatter), axis=1)
    common = np.zeros((0, len(log)))
    if len(grid.common):
        common = (weight * np.where(there, grid.common, 0.0)).sum(axis=2) + 0.0
    own = weight * np.where(there, grid.own, 0.0)
    return Combined(log, common, np.sqrt(np.add.reduce(own * own, axis=1) + disagreement), weight, leader, disagreement,
                    there & ~agrees & ~alone, np.ones(len(log), dtype=bool))
