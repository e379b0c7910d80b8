"""Errors in compute and data carried into a fit, and records of one paper that are alike: calibration and weights.

Compute that is known within a factor flattens what compute seems to add, and so shortens the doubling time. Each
record's log compute is replaced by its expectation given its estimate, its year and its data (regression calibration:
Carroll, Ruppert, Stefanski and Crainiceanu 2006, chapter 4): records whose own error is as large as the scatter around
the trend are drawn half of the way towards it. That is the joint posterior of fit and true compute, maximized, with the
model taken as linear over each record's error. The calibration is done anew in every resample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from computeest.progress.model import Array, FrontierModel
from computeest.progress.modes import Mode, maximize
from computeest.progress.posterior import Priors, Problem
from computeest.progress.records import FEW_PAPERS, Columns, Observations

#: Simulations from a fit that say how far its doubling time comes out off, and the most that is believed of them: in
#: few records some go anywhere.
_SIMULATIONS, _MOST_BIAS = 60, 0.3
#: Below this share of true scatter among the scatter that is seen, compute tells next to nothing.
_LEAST_RELIABLE = 0.25


@dataclass(frozen=True, slots=True)
class Errors:
    """What was carried into a fit."""

    #: Median one-sigma error of a record's compute and data, in natural log; None where there is none.
    compute_sigma: float | None
    data_sigma: float | None
    #: Share of the scatter of compute around its trend that is not error.
    reliability: float | None
    #: Number of papers, and the correlation of the errors of two records of one.
    clusters: int | None
    correlation: float | None
    #: One sigma of the error that all records estimated in one way share, in natural log.
    shared_sigma: float = 0.0
    #: The doubling time of simulations from the fit over the fit's own (median), by which rates are corrected.
    bias: float = 1.0

    def to_dict(self) -> dict[str, float | int | None]:
        """Plain numbers."""
        return {name: getattr(self, name) for name in self.__slots__}

    def warnings(self) -> list[str]:
        """Where the errors leave little to fit."""
        found = []
        if self.clusters is not None and self.clusters < FEW_PAPERS:
            found.append(f"resamples of {self.clusters} papers say little of what others would: the intervals are too "
                         "narrow")
        if self.reliability is not None and self.reliability < _LEAST_RELIABLE:
            found += [f"only {self.reliability:.0%} of the scatter of compute around its trend is more than its own "
                    "error: the rates rest on the trend alone"]
        return found


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Expected log resources of each record, one row a set of weights; and the variance that is left."""

    log_compute: Array
    log_data: Array
    compute_variance: Array
    data_variance: Array
    reliability: Array


def calibrate(seen: Observations, weights: Array, shift: Array | float = 0.0) -> Calibrated:
    """The resources given what is known of them, for each set of weights (one row a set)."""
    ones = np.ones_like(weights)
    compute, data = np.log(seen.compute) + shift * ones, np.log(seen.data) * ones
    nothing = np.zeros_like(weights)
    has_data = np.isfinite(seen.data).all() and np.ptp(np.log(seen.data)) > 0.0
    data_variance, reliability = nothing, np.ones(len(weights))
    if seen.data_error is not None and has_data:
        data, data_variance, _ = _drawn(data, seen.data_error, (seen.year * ones,), weights)
    beside = (seen.year * ones, data) if has_data else (seen.year * ones,)
    variance = nothing
    if seen.compute_error is not None:
        compute, variance, reliability = _drawn(compute, seen.compute_error, beside, weights)
    return Calibrated(compute, data, variance, data_variance, reliability)


def _drawn(values: Array, error: Array, beside: Sequence[Array], weights: Array) -> tuple[Array, Array, Array]:
    """Each value drawn towards its trend by its error's share of the scatter; what is uncertain of it; reliability."""
    design = np.stack([np.ones_like(weights), *(one - one.mean(axis=1, keepdims=True) for one in beside)], axis=2)
    scaled = design * weights[:, :, None]
    normal = np.matmul(scaled.transpose(0, 2, 1), design)
    normal += 1e-12 * np.trace(normal, axis1=1, axis2=2)[:, None, None] * np.eye(design.shape[2])
    slope = np.linalg.solve(normal, np.matmul(scaled.transpose(0, 2, 1), values[:, :, None]))
    trend = np.matmul(design, slope)[:, :, 0]
    around = (weights * (values - trend) ** 2).sum(axis=1) / np.maximum(weights.sum(axis=1) - design.shape[2], 1.0)
    noise = (weights * error**2).sum(axis=1) / weights.sum(axis=1)
    true = np.maximum(around - noise, 1e-3 * around)
    share = true[:, None] / (true[:, None] + error**2)
    return trend + share * (values - trend), share * error**2, true / np.maximum(around, 1e-300)


def with_calibrated(seen: Observations, found: Calibrated) -> Observations:
    """The records with their expected resources."""
    return replace(seen, compute=np.exp(found.log_compute[0]), data=np.exp(found.log_data[0]))


def bias_of(seen: Observations, model: FrontierModel, priors: Priors, vector: Array, weights: Array,
            seed: int) -> float:
    """The doubling time that records simulated from a fit come out with, over the fit's own: the median of many.

    A product of sigmoids, fitted to a hundred records, makes compute seem to add more than it does, and
    the more so the less exactly it is known (a parametric bootstrap: Efron and Tibshirani 1993, chapter 10).
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed).spawn(6)[5])
    found = calibrate(seen, np.ones((1, len(seen))))
    shape = (_SIMULATIONS, len(seen))
    true = found.log_compute[0] + np.sqrt(found.compute_variance[0]) * rng.normal(size=shape)
    own = with_calibrated(seen, found)
    expected = np.array([model.accuracy(vector[None, :-1], replace(own, compute=np.exp(one)).columns())[0]
                         for one in true])
    log_odds = model.log_odds(expected) + np.exp(vector[-1]) * rng.normal(size=shape)
    noise = 0.0 if seen.compute_error is None else seen.compute_error * rng.normal(size=shape)
    again = calibrate(seen, np.ones(shape), true + noise - np.log(seen.compute))
    task = Problem(model, priors, designs_of(model, seen, again), log_odds, np.broadcast_to(weights, shape))
    ends = maximize(task, np.repeat(vector[None, :-1], _SIMULATIONS, axis=0))
    top, bottom = (model.parameters.index(name) for name in ("a_c", "a_y"))
    there = ends.converged & np.isfinite(log_odds).all(axis=1)
    ratio = ends.parameters[there, top] / ends.parameters[there, bottom] / (vector[top] / vector[bottom])
    most = np.exp(_MOST_BIAS)
    return float(np.clip(np.median(ratio), 1.0 / most, most)) if there.any() else 1.0


def designs_of(model: FrontierModel, seen: Observations, found: Calibrated) -> tuple[Array, ...]:
    """One design a factor and a set of weights."""
    ones = np.ones_like(found.log_compute)
    columns = Columns(seen.centre.year, {
        "constant": ones, "year": (seen.year - seen.centre.year) * ones,
        "log_compute": found.log_compute - np.log(seen.centre.compute),
        "log_data": found.log_data - np.log(seen.centre.data), "log_parameters": np.log(seen.parameters) * ones})
    if seen.pretraining is not None:
        columns["log_transfer"] = np.log1p(seen.pretraining / seen.data) * ones
    return tuple(factor.design(columns) for factor in model.factors)


def balance(seen: Observations, model: FrontierModel, modes: tuple[Mode, ...],
            found: Calibrated) -> tuple[Array, float | None]:
    """How much each record counts at the point fit, on average 1; and the correlation within papers.

    A record whose compute is uncertain has the more uncertain score, and m records of one paper whose errors correlate
    by r tell as much as m / (1 + (m - 1) r).
    """
    own = with_calibrated(seen, found)
    vector = modes[0].vector()
    predicted = model.accuracy(vector[None, :-1], own.columns())[0]
    residual = model.log_odds(seen.score) - model.log_odds(predicted)
    extra = sum(_slope(model, vector, own, column) ** 2 * variance[0]
                for column, variance in (("log_compute", found.compute_variance), ("log_data", found.data_variance)))
    total = float((residual**2).mean())
    own_scatter = max(total - float(np.mean(extra)), 0.05 * total)
    weight = 1.0 / (own_scatter + extra) * np.ones(len(seen))
    correlation = None
    if seen.cluster is not None:
        scaled = residual * np.sqrt(weight)
        correlation = _within(scaled, seen.cluster)
        size = np.bincount(seen.cluster)[seen.cluster]
        weight = weight / (1.0 + (size - 1) * correlation)
    return weight / weight.mean(), correlation


def _slope(model: FrontierModel, vector: Array, seen: Observations, column: str) -> Array:
    """By how much the log-odds move with a column."""
    step = 1e-4
    columns = seen.columns()
    if column not in model.columns:
        return np.zeros(len(seen))
    # still columns that make others of themselves: the years since a knot
    moved = [Columns(columns.begin, {**columns, column: columns[column] + side * step}) for side in (1.0, -1.0)]
    ends = [model.log_odds(model.accuracy(vector[None, :-1], one)[0]) for one in moved]
    return np.asarray((ends[0] - ends[1]) / (2.0 * step))


def _within(residual: Array, cluster: NDArray[np.intp]) -> float:
    """Correlation of two residuals of one cluster: mean product of pairs over the variance, at least 0."""
    sums = np.bincount(cluster, weights=residual)
    squares = np.bincount(cluster, weights=residual**2)
    sizes = np.bincount(cluster)
    pairs = float((sizes * (sizes - 1)).sum())
    if not pairs:
        return 0.0
    products = float((sums**2 - squares).sum())
    return min(max(products / pairs / float((residual**2).mean()), 0.0), 0.99)


def cluster_weights(rng: np.random.Generator, seen: Observations, resamples: int) -> Array:
    """How often each record counts when papers are drawn with replacement; records, where no paper is known."""
    cluster = np.arange(len(seen)) if seen.cluster is None else seen.cluster
    count = int(cluster.max()) + 1
    drawn = rng.multinomial(count, np.full(count, 1.0 / count), size=resamples)
    return drawn[:, cluster].astype(np.float64)


def shared_shifts(rng: np.random.Generator, seen: Observations, resamples: int, sigma: float) -> Array | float:
    """An error that all records estimated in one way share, drawn anew for each resample."""
    if not sigma or seen.method is None:
        return 0.0
    drawn = rng.normal(0.0, sigma, size=(resamples, int(seen.method.max()) + 1))
    return np.asarray(drawn[:, seen.method])


