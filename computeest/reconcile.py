"""One answer a paper: runs add up, methods are combined where they agree and shown where they do not.

The policy in three sentences. Methods whose answers lie within each other's 90 % spread are averaged in log, each with
the weight of its certainty. A method that disagrees with the most reliable one is left out of the average, but the
interval grows by what the disagreement says. Runs of one paper add up; what they assume alike is wrong alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest.contract import Method
from computeest.evaluate import Candidates, Evaluation
from computeest.quantity import NINETY
from computeest.runs import facts_behind, first
from computeest.spec import Spec

Floats = NDArray[np.float64]

#: How likely it is that a less reliable method that disagrees is the right one after all.
DISSENT = 0.25

#: How much more uncertain (one sigma, natural log) a method one step more reliable may be and still lead.
PREFERENCE = 0.1


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One answer for each paper, and what each method said; rows are papers, columns are methods."""

    methods: tuple[str, ...]
    flop: Floats
    sigma: Floats
    #: What each method says of the whole paper, NaN where it cannot.
    method_flop: Floats
    method_sigma: Floats
    #: Weight of each method in the answer; rows sum to 1 (0 where there is no answer).
    weight: Floats
    #: Largest over smallest of the methods' answers; NaN with fewer than two.
    agreement: Floats
    #: For each run: the method taken for it, -1 where none could be.
    run_method: NDArray[np.intp]
    #: Whether the answer is a sum over runs that leaves some run out.
    partial: NDArray[np.bool_]
    #: For each run and method, whether the answer rests on nothing of the run's own, so that it speaks of all such runs.
    whole: NDArray[np.bool_]


@dataclass(slots=True)
class _Grid:
    """Log FLOP and spreads by row and method."""

    log: Floats
    assumed: Floats
    other: Floats

    @property
    def sigma(self) -> Floats:
        return np.hypot(self.assumed, self.other)

    def where(self, mask: NDArray[np.bool_]) -> _Grid:
        """Missing wherever the mask is not set."""
        return _Grid(*(np.where(mask, part, np.nan) for part in (self.log, self.assumed, self.other)))

    def rows(self, index: NDArray[np.intp]) -> _Grid:
        return _Grid(self.log[index], self.assumed[index], self.other[index])

    def beside(self, more: _Grid) -> _Grid:
        """The columns of both."""
        return _Grid(np.hstack([self.log, more.log]), np.hstack([self.assumed, more.assumed]),
                     np.hstack([self.other, more.other]))

    def filled(self, more: _Grid) -> _Grid:
        """`more` wherever it has something, this elsewhere."""
        there = ~np.isnan(more.log)
        return _Grid(np.where(there, more.log, self.log), np.where(there, more.assumed, self.assumed),
                     np.where(there, more.other, self.other))

    @classmethod
    def empty(cls, rows: int, methods: int) -> _Grid:
        return cls(*(np.full((rows, methods), np.nan) for _ in range(3)))


def reconcile(spec: Spec, evaluation: Evaluation, methods: Sequence[Method], prefer: str = "") -> Reconciled:
    """The answer for each paper; `prefer` names a method to be taken alone wherever it has one."""
    names = tuple(method.name for method in methods)
    reliability = np.array([method.reliability + (1_000_000 if method.name == prefer else 0) for method in methods])
    grid = _Grid.empty(spec.size, len(names))
    whole = np.zeros((spec.size, len(names)), dtype=bool)
    for candidates in evaluation.candidates:
        column = names.index(candidates.plan.method.name)
        grid.log[candidates.rows, column] = np.log(candidates.flop)
        grid.assumed[candidates.rows, column] = candidates.sigma_assumed
        grid.other[candidates.rows, column] = candidates.sigma_other
        if spec.runs:
            whole[candidates.rows, column] = [_is_whole(spec, row, candidates) for row in candidates.rows]
    return _papers(spec, grid, whole, names, reliability)


def _is_whole(spec: Spec, row: int, candidates: Candidates) -> bool:
    """Whether nothing that the method used is the run's own: then it speaks of the whole paper."""
    run = spec.runs[row]
    return bool(run.own) and not facts_behind(candidates.plan, "flop") & run.own


def _papers(spec: Spec, grid: _Grid, whole: NDArray[np.bool_], names: tuple[str, ...],
            reliability: NDArray[np.int_]) -> Reconciled:
    """Each run's methods as one, the runs added up, and that sum held against what is said of the whole paper."""
    count = int(spec.paper[-1]) + 1 if spec.size else 0
    runs = np.bincount(spec.paper, minlength=count)
    by_run = grid.where(~whole)
    chosen = combine(by_run, np.broadcast_to(reliability, by_run.log.shape))
    # a table has a run a row, and then nothing is said of several
    of_whole = _of_whole(grid, whole, chosen, spec.paper, count) if whole.any() else _Grid.empty(count, 0)
    estimated = np.bincount(spec.paper, weights=~np.isnan(chosen.log), minlength=count)
    some_whole = (~np.isnan(of_whole.log)).any(axis=1)
    partial = (estimated > 0) & (estimated < runs) & ~some_whole
    stages = _summed(_Grid(chosen.log[:, None], chosen.assumed[:, None], chosen.other[:, None]), spec.paper, count,
                     np.where(partial, estimated, runs))
    leading = np.full(count, -1)
    np.maximum.at(leading, spec.paper, np.where(np.isnan(chosen.log), -1, reliability[chosen.leader]))
    believed = np.column_stack([leading, np.broadcast_to(reliability[:of_whole.log.shape[1]], of_whole.log.shape)])
    answer = combine(stages.beside(of_whole), believed)
    methods = _summed(by_run, spec.paper, count, runs)
    weight = answer.weight[:, :1] * _shares(chosen, spec.paper, count)
    if whole.any():
        methods, weight = methods.filled(of_whole), weight + answer.weight[:, 1:]
    return Reconciled(
        names, np.exp(answer.log), np.hypot(answer.assumed, answer.other), np.exp(methods.log), methods.sigma,
        weight, _agreement(methods.log),
        np.where(np.isnan(chosen.log), -1, chosen.leader), partial, whole)


def _of_whole(grid: _Grid, whole: NDArray[np.bool_], chosen: Combined, paper: NDArray[np.intp], count: int) -> _Grid:
    """What each method says of the whole paper: what runs share is counted once, a run with facts of its own beside it.

    Such a run counts with what was taken for it, by whichever method.
    """
    own = _Grid(*(np.broadcast_to(part[:, None], whole.shape) for part in (chosen.log, chosen.assumed, chosen.other)))
    counted = own.where(~whole).filled(grid.where(whole & first(whole, paper, count)))
    needed, shared = _by_paper(~whole, paper, count), _by_paper(whole, paper, count) > 0
    return _summed(counted, paper, count, np.where(shared, needed + 1, -1))


def _by_paper(amounts: NDArray[Any], paper: NDArray[np.intp], count: int) -> Floats:
    """Each paper's sum over its runs, which are neighbours."""
    amounts = amounts.astype(np.float64)
    if len(paper) == count:
        return amounts
    return np.asarray(np.add.reduceat(amounts, np.searchsorted(paper, np.arange(count)), axis=0), dtype=np.float64)


def _agreement(log: Floats) -> Floats:
    """Largest over smallest answer of each row with at least two."""
    several = (~np.isnan(log)).sum(axis=1) > 1
    highest = np.where(np.isnan(log), -np.inf, log).max(axis=1, initial=-np.inf)
    lowest = np.where(np.isnan(log), np.inf, log).min(axis=1, initial=np.inf)
    return np.asarray(np.where(several, np.exp(np.where(several, highest - lowest, 0.0)), np.nan), dtype=np.float64)


def _shares(chosen: Combined, paper: NDArray[np.intp], count: int) -> Floats:
    """The share of each paper's sum over runs that each method brought."""
    amount = np.where(np.isnan(chosen.log), 0.0, np.exp(chosen.log))[:, None] * chosen.weight
    shares = _by_paper(amount, paper, count)
    total = shares.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(shares, total, out=np.zeros_like(shares), where=total > 0))


@dataclass(frozen=True, slots=True)
class Combined:
    """The methods of each row as one: log FLOP, spreads, weights, and the column of the method that leads."""

    log: Floats
    assumed: Floats
    other: Floats
    weight: Floats
    leader: NDArray[np.intp]


def combine(grid: _Grid, reliability: NDArray[np.int_]) -> Combined:
    """Precision-weighted mean of the methods that agree with the most reliable one; wider where others do not."""
    there = ~np.isnan(grid.log)
    some = there.any(axis=1)
    sigma = np.where(there, np.maximum(grid.sigma, 1e-6), np.inf)
    finite = np.where(there, sigma, 0.0)
    # the most certain method leads; reliability decides between methods of about the same certainty
    rank = np.where(there, PREFERENCE * reliability - finite, -np.inf)
    leader = np.argmax(rank, axis=1)
    index = np.arange(len(leader))
    lead_log, lead_sigma = grid.log[index, leader], sigma[index, leader]
    gap = np.where(there, np.abs(grid.log - lead_log[:, None]), 0.0)
    alone = (reliability[index, leader] >= 1_000_000)[:, None] & (np.arange(grid.log.shape[1]) != leader[:, None])
    agrees = there & ~alone & (gap <= NINETY * np.hypot(finite, lead_sigma[:, None]))
    precision = np.where(agrees, 1 / sigma**2, 0.0)
    total = precision.sum(axis=1, keepdims=True)
    weight = np.divide(precision, total, out=np.zeros_like(precision), where=total > 0)
    log = np.where(some, np.nansum(weight * np.where(there, grid.log, 0.0), axis=1), np.nan)
    scatter = (weight * np.where(there, grid.log - log[:, None], 0.0) ** 2).sum(axis=1)
    assumed = (weight * np.where(there, grid.assumed, 0.0) ** 2 * weight).sum(axis=1)
    other = (weight * np.where(there, grid.other, 0.0) ** 2 * weight).sum(axis=1)
    dissent = np.where(there & ~agrees & ~alone, gap, 0.0).max(axis=1, initial=0.0)
    other = other + scatter + DISSENT * dissent**2
    missing = np.where(some, 0.0, np.nan)
    return Combined(log, np.sqrt(assumed) + missing, np.sqrt(other) + missing, weight, leader)


def _summed(grid: _Grid, paper: NDArray[np.intp], count: int, runs: NDArray[Any]) -> _Grid:
    """Runs added up, where `runs` of them are there: spreads of what is assumed alike add up, the rest in squares."""
    there = ~np.isnan(grid.log)
    amount = np.where(there, np.exp(np.where(there, grid.log, 0.0)), 0.0)
    total, assumed, other, present = (_by_paper(part, paper, count) for part in (
        amount, amount * np.where(there, grid.assumed, 0.0), (amount * np.where(there, grid.other, 0.0)) ** 2, there))
    complete = (present == (runs if runs.ndim == 2 else runs[:, None])) & (present > 0)
    with np.errstate(all="ignore"):
        return _Grid(*(np.where(complete, part, np.nan)
                       for part in (np.log(total), assumed / total, np.sqrt(other) / total)))
