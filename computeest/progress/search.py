"""The search for posterior modes: damped Newton steps for thousands of fits side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from os import cpu_count

import numpy as np
from numpy.typing import NDArray

from computeest.progress.model import Array
from computeest.progress.posterior import Problem, Rows, Value, evaluate

#: Fits in one chunk: small enough for the processor's cache, large enough that numpy does the looping.
_CHUNK = 512
_STEPS = 300
#: Newton decrement (nats) below which a fit has converged.
_TOLERANCE = 1e-14
_LOOSE = 1e-8
_LARGEST_DAMPING = 1e12
#: Longest step in prior standard deviations: far from a mode the quadratic picture of the posterior is wrong.
_LONGEST = 0.5


@dataclass(frozen=True, slots=True)
class Optima:
    """Where each search ended."""

    coefficients: Array
    delta: Array
    #: Minus the log posterior, the priors' constants left out.
    objective: Array
    squares: Array
    #: Log determinant of the Hessian in all parameters; NaN where it is not positive definite.
    log_determinant: Array
    converged: NDArray[np.bool_]

    @property
    def parameters(self) -> Array:
        """Coefficients and the log error scale, one row a search."""
        return np.column_stack([self.coefficients, self.delta])

    def take(self, index: Rows) -> Optima:
        """Some of the searches."""
        return Optima(*(getattr(self, field.name)[index] for field in fields(self)))


def maximize(problem: Problem, starts: Array) -> Optima:
    """Climb from each start to the posterior mode of its basin; fits do not influence each other."""
    chunks = [slice(first, first + _CHUNK) for first in range(0, len(starts), _CHUNK)]
    # The chunks are fixed by the number of fits, so the number of threads cannot change a result.
    with ThreadPoolExecutor(max_workers=min(len(chunks), cpu_count() or 1)) as pool:
        parts = list(pool.map(lambda chunk: _climb(problem.rows(chunk), starts[chunk]), chunks))
    return Optima(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Optima)))


def _climb(problem: Problem, starts: Array) -> Optima:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        coefficients = starts.copy()
        value = evaluate(problem, coefficients)
        damping = np.full(len(starts), 1e-3)
        decrement = np.full(len(starts), np.inf)
        active = np.arange(len(starts))
        for _ in range(_STEPS):
            decrement[active] = _step(problem, active, coefficients, value, damping)
            active = active[(decrement[active] > _TOLERANCE) & (damping[active] < _LARGEST_DAMPING)]
            if not len(active):
                break
    return Optima(coefficients, value.delta, value.objective, value.squares, _log_determinant(value),
                  decrement < _LOOSE)


def _step(problem: Problem, active: NDArray[np.intp], coefficients: Array, value: Value, damping: Array) -> Array:
    """Try one step for the active fits, keep the ones that climb; returns how much each step promised."""
    here = value.take(active)
    step, promised = _newton(here, damping[active])
    length = np.abs(step / problem.priors.widths(problem.model)).max(axis=1)
    tried = coefficients[active] + step * np.minimum(1.0, _LONGEST / length)[:, None]
    there = evaluate(problem.rows(active), tried)
    better = there.objective <= here.objective
    kept = active[better]
    coefficients[kept] = tried[better]
    value.put(kept, there.take(better))
    # Within rounding of the mode no step can climb any more: that is convergence, not failure.
    stuck = ~better & (promised < _LOOSE) & (np.abs(there.objective - here.objective) < _LOOSE)
    promised[stuck] = 0.0
    damping[kept] = np.maximum(damping[kept] * 0.3, 1e-15)
    damping[active[~better]] = np.maximum(damping[active[~better]] * 8.0, 1e-3)
    return promised


def _newton(value: Value, damping: Array) -> tuple[Array, Array]:
    """Step against the Hessian with its eigenvalues made positive, so that every step climbs."""
    diagonal = np.abs(np.diagonal(value.hessian, axis1=1, axis2=2))
    scale = 1.0 / np.sqrt(np.maximum(diagonal, 1e-12))
    scaled = value.hessian * scale[:, :, None] * scale[:, None, :]
    sizes, directions = np.linalg.eigh(scaled)
    sizes = np.maximum(np.abs(sizes), 1e-10) + damping[:, None]
    along = np.einsum("bij,bi->bj", directions, value.gradient * scale)
    step = -np.einsum("bij,bj->bi", directions, along / sizes) * scale
    return step, -np.einsum("bi,bi->b", step, value.gradient)


def _log_determinant(value: Value) -> Array:
    sign, size = np.linalg.slogdet(value.hessian)
    return np.where(sign > 0, size + np.log(value.delta_curvature), np.nan)
