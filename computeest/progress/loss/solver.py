"""Least squares with an L1 penalty, solved to its kinks: many fits and starts side by side, exact derivatives.

The objective, mean squared error + delta x sum |parameter|, has a kink wherever a parameter is zero, at which smooth
optimizers stop short. Each step here minimizes the quadratic picture of the smooth part and the penalty as it is, by
coordinate descent over the parameters as p = p+ - p- with both at least zero (its solution in one coordinate is soft
thresholding), then solves exactly for those that are not zero. A step that does not lower the objective is not taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from computeest.progress.loss.model import predict
from computeest.progress.model import Array

_CHUNK = 256
_STEPS = 400
#: Sweeps of coordinate descent between two looks at whether they have told which parameters are zero, and looks.
_SWEEPS, _ROUNDS = 6, 10
#: What a step promises when a fit has converged.
_TOLERANCE = 1e-15
_LOOSE = 1e-10
_LARGEST_DAMPING = 1e10
#: An objective past which exponents are beyond what doubles can tell apart.
_WILD = 1e6
#: A start that is so far off is halved, so often at most.
_HALVINGS = 30
#: Longest step of one parameter: far away the quadratic picture is wrong.
_LONGEST = 1.0


@dataclass(frozen=True, slots=True)
class Task:
    """What is fitted: designs are shared, weights may differ from fit to fit."""

    terms: tuple[Array, ...]
    linear: Array
    loss: Array
    #: How often each observation counts, shape (1 or fits, observations).
    weights: Array
    delta: float

    def rows(self, index: slice | NDArray[np.intp]) -> Task:
        """Some of the fits."""
        weights = self.weights if len(self.weights) == 1 else self.weights[index]
        return Task(self.terms, self.linear, self.loss, weights, self.delta)


@dataclass(frozen=True, slots=True)
class Solved:
    """Where each search ended."""

    vectors: Array
    #: Mean squared error plus penalty.
    objective: Array
    #: Mean squared error alone.
    error: Array
    converged: NDArray[np.bool_]


def objective(task: Task, vectors: Array) -> tuple[Array, Array]:
    """The objective and the mean squared error at parameter vectors."""
    _, fitted = predict(task.terms, task.linear, vectors)
    error = (task.weights * (fitted - task.loss) ** 2).sum(axis=1) / task.weights.sum(axis=1)
    return error + task.delta * np.abs(vectors).sum(axis=1), error


def derivatives(task: Task, vectors: Array) -> tuple[Array, Array]:
    """Gradient and Hessian of the mean squared error."""
    parts, fitted = predict(task.terms, task.linear, vectors)
    residual = fitted - task.loss
    scale = 2.0 / task.weights.sum(axis=1)
    slope = sum(part[:, :, None] * term for part, term in zip(parts, task.terms, strict=True)) + task.linear
    gradient = np.einsum("bn,bnp->bp", task.weights * residual, slope)
    hessian = np.matmul((task.weights[:, :, None] * slope).transpose(0, 2, 1), slope)
    for part, term in zip(parts, task.terms, strict=True):
        products = (term[:, :, None] * term[:, None, :]).reshape(len(term), -1)
        hessian += ((task.weights * residual * part) @ products).reshape(hessian.shape)
    return gradient * scale[:, None], hessian * scale[:, None, None]


def minimize(task: Task, starts: Array) -> Solved:
    """Descend from each start to the minimum of its basin; fits do not influence each other."""
    parts = [_descend(task.rows(slice(first, first + _CHUNK)), starts[first:first + _CHUNK])
             for first in range(0, len(starts), _CHUNK)]
    return Solved(*(np.concatenate([getattr(part, name) for part in parts]) for name in Solved.__slots__))


def _descend(task: Task, starts: Array) -> Solved:
    with np.errstate(over="ignore", invalid="ignore"):
        vectors = starts.copy()
        value, error = objective(task, vectors)
        for _ in range(_HALVINGS):
            wild = ~(value < _WILD)
            if not wild.any():
                break
            vectors[wild] *= 0.5
            value, error = objective(task, vectors)
        damping = np.full(len(starts), 1e-3)
        promise = np.full(len(starts), np.inf)
        active = np.arange(len(starts))
        for _ in range(_STEPS):
            own = task.rows(active)
            step, promise[active] = _step(own, vectors[active], damping[active])
            tried = vectors[active] + step
            there, there_error = objective(own, tried)
            better = there < value[active]
            kept, rest = active[better], active[~better]
            vectors[kept], value[kept], error[kept] = tried[better], there[better], there_error[better]
            damping[kept] = np.maximum(damping[kept] * 0.2, 1e-14)
            damping[rest] = np.maximum(damping[rest] * 10.0, 1e-6)
            active = active[(promise[active] > _TOLERANCE) & (damping[active] < _LARGEST_DAMPING)]
            if not len(active):
                break
    return Solved(vectors, value, error, promise < _LOOSE)


def _step(task: Task, vectors: Array, damping: Array) -> tuple[Array, Array]:
    """The step to the minimum of the quadratic picture with the penalty, and how much it promises to gain."""
    gradient, hessian = derivatives(task, vectors)
    scale = np.sqrt(np.maximum(np.abs(np.diagonal(hessian, axis1=1, axis2=2)), 1e-12))
    scaled = hessian / (scale[:, :, None] * scale[:, None, :])
    sizes, directions = np.linalg.eigh(scaled)
    sizes = np.maximum(np.abs(sizes), 1e-10) + damping[:, None]
    curve = np.matmul(directions * sizes[:, None, :], directions.transpose(0, 2, 1))
    curve *= scale[:, :, None] * scale[:, None, :]
    step = np.zeros_like(vectors)
    left = np.arange(len(vectors))
    for _ in range(_ROUNDS):
        moved = step[left]
        _sweep(task.delta, vectors[left], moved, gradient[left], curve[left])
        exact, whole = _polished(task.delta, vectors[left], moved, gradient[left], curve[left])
        step[left] = np.where(whole[:, None], exact, moved)
        left = left[~whole]
        if not len(left):
            break
    step *= np.minimum(1.0, _LONGEST / np.maximum(np.abs(step).max(axis=1), 1e-300))[:, None]
    penalty = np.abs(vectors + step).sum(axis=1) - np.abs(vectors).sum(axis=1)
    bend = np.einsum("bi,bij,bj->b", step, curve, step)
    return step, -((gradient * step).sum(axis=1) + 0.5 * bend + task.delta * penalty)


def _sweep(delta: float, vectors: Array, step: Array, gradient: Array, curve: Array) -> None:
    """Some rounds of coordinate descent on the quadratic picture; the step moves in place."""
    slope = gradient + np.einsum("bij,bj->bi", curve, step)
    # One parameter after the other over all fits: rows that lie together in memory.
    rows, here, slope = curve.transpose(1, 2, 0).copy(), (vectors + step).T.copy(), slope.T.copy()
    for _ in range(_SWEEPS):
        for own, bent, drop in zip(range(len(here)), rows, slope, strict=True):
            aim = bent[own] * here[own] - drop
            there = (aim - np.minimum(np.maximum(aim, -delta), delta)) / bent[own]
            slope += bent * (there - here[own])
            here[own] = there
    step[:] = here.T - vectors
    # Adding and taking away again leaves dust: what descent put at zero is at zero.
    step[here.T == 0.0] = -vectors[here.T == 0.0]


def _polished(delta: float, vectors: Array, step: Array, gradient: Array,
              curve: Array) -> tuple[Array, NDArray[np.bool_]]:
    """The exact solution for the parameters that are not at zero, and whether each stays on its side of it."""
    end = vectors + step
    side = np.sign(end) if delta > 0.0 else np.ones_like(end)
    free = side != 0.0
    kept = free[:, :, None] & free[:, None, :]
    matrix = np.where(kept, curve, 0.0) + np.eye(end.shape[1]) * ~free[:, None, :]
    fixed = np.where(free, 0.0, -vectors)
    right = np.where(free, -gradient - delta * side - np.einsum("bij,bj->bi", curve, fixed), fixed)
    exact = np.linalg.solve(matrix, right[:, :, None])[:, :, 0]
    same = np.asarray(np.isfinite(exact).all(axis=1))
    if delta > 0.0:
        same = same & (np.where(free, np.sign(vectors + exact), 0.0) == side).all(axis=1)
    return exact, same


def log_volume(task: Task, vectors: Sequence[float] | Array, error: float) -> float:
    """Log of the posterior's volume around one minimum, the objective read as minus a log posterior.

    Errors are normal with the variance `error`, so the objective times n / (2 error) is minus the log density and the
    penalty a Laplace prior. A parameter that is not zero has a normal's width; one that the penalty holds at zero has
    the width of the two half normals on either side of the kink.
    """
    vector = np.asarray(vectors, dtype=np.float64)[None, :]
    sharp = float(task.weights.sum()) / (2.0 * error)
    gradient, hessian = derivatives(task, vector)
    free = (vector[0] != 0.0) if task.delta > 0.0 else np.ones(vector.shape[1], dtype=bool)
    own = hessian[0][np.ix_(free, free)] * sharp
    sign, size = np.linalg.slogdet(own) if free.any() else (1.0, 0.0)
    if sign <= 0:
        return float("nan")
    kinked = _log_kinks(task.delta, gradient[0], hessian[0], free, sharp)
    return float(0.5 * free.sum() * np.log(2 * np.pi) - 0.5 * size + kinked)


def _log_kinks(delta: float, gradient: Array, hessian: Array, free: NDArray[np.bool_], sharp: float) -> float:
    """Log of the product of the widths of the parameters held at zero: each a half normal on either side.

    Integral of exp(-s ((d +- g) p + h p^2 / 2)) over p > 0, h the curvature that is left when the free parameters
    follow: sqrt(pi / (2 s h)) erfcx((d +- g) sqrt(s / (2 h))).
    """
    from scipy.special import erfcx

    if free.all():
        return 0.0
    cross = hessian[np.ix_(~free, free)]
    along = np.linalg.solve(hessian[np.ix_(free, free)], cross.T).T if free.any() else cross
    curve = np.maximum(np.diagonal(hessian)[~free] - (along * cross).sum(axis=1), 1e-12)
    sides = [delta + sign * gradient[~free] for sign in (1.0, -1.0)]
    widths = sum(np.sqrt(np.pi / (2.0 * sharp * curve)) * erfcx(side * np.sqrt(sharp / (2.0 * curve)))
                 for side in sides)
    return float(np.log(widths).sum())
