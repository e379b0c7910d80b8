"""The log posterior of a frontier model with its exact derivatives, for a whole batch of fits at once."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest.progress.model import Array, FrontierModel

#: Which fits: by number or by a mask.
Rows = NDArray[np.integer[Any]] | NDArray[np.bool_]

#: Numbers in an array of the fits that are evaluated in one piece: what a processor's cache holds, and enough that
#: numpy does the looping and threads seldom wait for one another.
_CELLS = 100_000
_STEEPEST = 300.0
_DELTA_STEPS = 60


@dataclass(frozen=True, slots=True)
class Priors:
    """Normal priors around zero, by standard deviation; the defaults are those of Erdil and Besiroglu's code."""

    intercept: float = 1.0
    #: Per year, or per factor e of compute or data.
    slope: float = 0.09
    #: Of the log standard deviation of the errors.
    delta: float = 1.0

    def widths(self, model: FrontierModel) -> Array:
        """The standard deviation of each coefficient's prior."""
        terms = [term for factor in model.factors for term in factor.terms]
        return np.array([self.intercept if term.intercept else self.slope for term in terms])


@dataclass(frozen=True, slots=True)
class Problem:
    """Observations to fit: designs are shared, scores and weights may differ from fit to fit."""

    model: FrontierModel
    priors: Priors
    #: One matrix a factor: a row an observation, a column a term; or one such matrix for each fit.
    designs: tuple[Array, ...]
    #: Observed log-odds, shape (1 or fits, observations).
    log_odds: Array
    #: How often each observation counts, shape (1 or fits, observations).
    weights: Array
    #: How many observations count in each fit, where that is known: to add them up each time took 1 % of a bootstrap.
    counts: Array | None = None

    def rows(self, index: Rows | slice) -> Problem:
        """The problem of some of the fits."""
        def take(values: Array) -> Array:
            return values if len(values) == 1 else values[index]

        designs = tuple(design if design.ndim == 2 else design[index] for design in self.designs)
        return Problem(self.model, self.priors, designs, take(self.log_odds), take(self.weights),
                       None if self.counts is None else take(self.counts))

    def counted(self) -> Problem:
        """The same, of which it is known how many observations count."""
        return replace(self, counts=self.weights.sum(axis=1))


@dataclass(frozen=True, slots=True)
class Value:
    """Minus the log posterior of each fit (constants of the priors left out), the error scale profiled out.

    Fits are the last axis of each: numpy then loops over fits, not over few coefficients, in two thirds of the time.
    """

    objective: Array
    gradient: Array
    #: Second derivatives along the profile: those of the full posterior, reduced by the error scale.
    hessian: Array
    delta: Array
    squares: Array
    #: Second derivative in the error scale alone; with `hessian` it gives the full determinant.
    delta_curvature: Array

    def take(self, index: NDArray[np.intp]) -> Value:
        """The values of some of the fits."""
        return Value(*(np.take(getattr(self, name), index, axis=-1) for name in self.__slots__))

    def put(self, index: NDArray[np.intp], other: Value) -> None:
        """Overwrite some of the fits' values."""
        for name in self.__slots__:
            getattr(self, name)[..., index] = getattr(other, name)


def evaluate(problem: Problem, coefficients: Array, fits: NDArray[np.intp] | None = None,
             pool: Executor | None = None) -> Value:
    """Objective, gradient and Hessian at one coefficient vector a fit: of all fits, or of some of the problem's."""
    priors = problem.priors
    precision = 1.0 / priors.widths(problem.model) ** 2
    fits = np.arange(len(coefficients)) if fits is None else fits
    squares, slope, curve = _in_pieces(problem, coefficients, fits, pool)
    count = problem.weights.sum(axis=1) if problem.counts is None else problem.counts
    count = count if len(count) == 1 else count[fits]
    delta = _best_delta(squares, count, priors.delta)
    sharpness = np.exp(-2.0 * delta)
    delta_curvature = 2.0 * sharpness * squares + priors.delta**-2
    prior = (coefficients**2) @ precision + (delta / priors.delta) ** 2
    objective = count * delta + 0.5 * (sharpness * squares + prior)
    slope *= sharpness
    gradient = slope + coefficients.T * precision[:, None]
    cross = -2.0 * slope
    hessian = np.multiply(curve, sharpness, out=curve)
    hessian += np.diag(precision)[:, :, None]
    hessian -= cross[:, None] * (cross / delta_curvature)
    return Value(objective, gradient, hessian, delta, squares, delta_curvature)


def _in_pieces(problem: Problem, coefficients: Array, fits: NDArray[np.intp], pool: Executor | None) -> list[Array]:
    """What `_least_squares` gives of some fits, piece by piece, side by side in a pool."""
    def piece(fits: NDArray[np.intp], coefficients: Array) -> tuple[Array, Array, Array]:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # of the thread's own
            return _least_squares(problem.rows(fits), coefficients)

    # The pieces are fixed by the number of fits, so the number of threads cannot change a result.
    count = -(-len(fits) * problem.log_odds.shape[1] // _CELLS)
    if count <= 1 or pool is None:
        return list(piece(fits, coefficients))
    parts = pool.map(piece, np.array_split(fits, count), np.array_split(coefficients, count))
    return [np.concatenate(part, axis=-1) for part in zip(*parts, strict=True)]


def _least_squares(problem: Problem, coefficients: Array) -> tuple[Array, Array, Array]:
    """Weighted sum of squared residuals, and the gradient and Hessian of half of it.

    With P = p1 p2 ... and R = (1 - P)/P, logit P = -ln R; its slope in a factor's argument is (1 - p)/(1 - P) = g,
    its second slopes are g (g - 1) within a factor and g g' P between two.
    """
    model, designs, weights = problem.model, problem.designs, problem.weights
    odds, beside, against = _odds_against(problem, coefficients)
    # written over one another where they are used no more: an eighth of a bootstrap
    whole = 1.0 + against
    ratio = whole / against
    residual = np.log(against, out=against)
    residual += problem.log_odds
    slopes = [np.divide(np.multiply(odd, ratio, out=odd), one, out=one) for odd, one in zip(odds, beside, strict=True)]
    weighted = weights * residual
    squares = np.einsum("bi,bi->b", weighted, residual)
    within = weights - weighted
    between = np.subtract(weights, np.divide(weighted, whole, out=whole), out=whole)
    size = len(model.coefficients)
    gradient, hessian = np.empty((size, len(coefficients))), np.empty((size, size, len(coefficients)))
    for i, rows in enumerate(model.slices):
        pull = slopes[i] * weighted
        gradient[rows] = -_against(pull, designs[i]).T
        bend = slopes[i] * within
        bend *= slopes[i]
        bend += pull
        hessian[rows, rows] = _block(bend, designs[i], designs[i])
        for j, columns in enumerate(model.slices[:i]):
            bend = slopes[i] * slopes[j]
            bend *= between
            block = _block(bend, designs[i], designs[j])
            hessian[rows, columns] = block
            hessian[columns, rows] = block.transpose(1, 0, 2)
    return squares, gradient, hessian


def _odds_against(problem: Problem, coefficients: Array) -> tuple[list[Array], list[Array], Array]:
    """(1 - p)/p of each factor, one more than each, and that of the product, built up without cancellation."""
    odds = [_odd(-coefficients[:, part], design)
            for part, design in zip(problem.model.slices, problem.designs, strict=True)]
    beside = [1.0 + odd for odd in odds]
    if len(odds) == 1:
        return odds, beside, odds[0].copy()
    against = odds[1] * beside[0]
    against += odds[0]
    for odd in odds[2:]:
        against = against + odd * (1.0 + against)
    return odds, beside, against


def _odd(opposite: Array, design: Array) -> Array:
    argument = opposite @ design.T if design.ndim == 2 else np.matmul(design, opposite[:, :, None])[:, :, 0]
    # asked of few numbers whether any can be that steep: a thirtieth of a bootstrap
    if design.ndim > 2 or not (np.abs(opposite) @ np.abs(design).max(axis=0) < _STEEPEST).all():
        np.clip(argument, -_STEEPEST, _STEEPEST, out=argument)
    return np.asarray(np.exp(argument, out=argument))


def _against(values: Array, design: Array) -> Array:
    """Sum over observations of value x design, one row a fit."""
    if design.ndim == 2:
        return np.asarray(values @ design)
    return np.asarray(np.matmul(values[:, None, :], design)[:, 0, :])


def _block(weights: Array, left: Array, right: Array) -> Array:
    """Sum over observations of weight x left x right, one small matrix a fit, fits the last axis."""
    if left.ndim == 3:
        return np.asarray(np.matmul((weights[:, :, None] * left).transpose(0, 2, 1), right)).transpose(1, 2, 0)
    products = (left[:, :, None] * right[:, None, :]).reshape(len(left), -1)
    return np.asarray(weights @ products).T.reshape(left.shape[1], right.shape[1], -1)


def _best_delta(squares: Array, count: Array, width: float) -> Array:
    """The log error scale that maximizes the posterior given the squares: Newton on a concave, increasing slope."""
    delta = 0.5 * np.log(np.maximum(squares, np.finfo(float).tiny) / count)
    for _ in range(_DELTA_STEPS):
        fitted = squares * np.exp(-2.0 * delta)
        step = (count - fitted + delta * width**-2) / (2.0 * fitted + width**-2)
        delta = delta - step
        if np.all(np.abs(step) < 1e-13):
            break
    return delta
