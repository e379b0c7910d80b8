"""The modes of a frontier model's posterior, each with the share of the posterior that lies around it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from os import cpu_count

import numpy as np
from numpy.typing import NDArray

from computeest.progress.model import Array, FrontierModel
from computeest.progress.posterior import Priors, Problem, Rows, Value, evaluate
from computeest.progress.records import Observations, ProgressError

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


#: Two searches found one mode when no coefficient differs by more than this, in prior standard deviations.
_SAME = 1e-3


@dataclass(frozen=True, slots=True)
class Mode:
    """One local maximum of the posterior."""

    parameters: Mapping[str, float]
    #: Log density of the scores themselves (not of their log-odds).
    log_likelihood: float
    log_posterior: float
    #: Share of the posterior around this mode, in Laplace's approximation (a normal around each mode).
    weight: float
    #: How many of the searches ended here.
    starts: int

    def to_dict(self) -> dict[str, object]:
        """The mode as plain numbers."""
        return {"parameters": dict(self.parameters), "log_likelihood": self.log_likelihood,
                "log_posterior": self.log_posterior, "weight": self.weight, "starts": self.starts}

    def vector(self) -> Array:
        """The parameters in the model's order."""
        return np.array(list(self.parameters.values()))


def problem(seen: Observations, model: FrontierModel, priors: Priors, weights: Array | None = None) -> Problem:
    """The fit of a model to observations, all counting once unless weights say otherwise."""
    columns = seen.columns()
    for factor in model.factors:
        for term in factor.terms:
            if not np.isfinite(columns[term.column]).all():
                needed = term.column.removeprefix("log_")
                raise ProgressError(f"the model {model.name!r} needs {needed} in every record")
    if model.bounded and not (seen.score > model.floor).all():
        raise ProgressError(f"a score of {seen.score.min():.4g} is not above the floor of {model.floor:.4g}")
    if model.bounded and not (seen.score < model.ceiling).all():
        raise ProgressError(f"a score of {seen.score.max():.4g} is above the ceiling of {model.ceiling:.4g}")
    if len(seen) <= len(model.parameters):
        raise ProgressError(f"{len(seen)} usable records cannot determine {len(model.parameters)} parameters")
    designs = tuple(factor.design(columns) for factor in model.factors)
    ones = np.ones((1, len(seen)))
    return Problem(model, priors, designs, model.log_odds(seen.score)[None, :], ones if weights is None else weights)


def random_starts(rng: np.random.Generator, model: FrontierModel, priors: Priors, count: int) -> Array:
    """Starting points drawn from the priors, or from the default ones where those are narrower."""
    width = np.minimum(priors.widths(model), Priors().widths(model))
    return rng.normal(size=(count, len(width))) * width


def find_modes(task: Problem, seen: Observations, starts: Array) -> tuple[Mode, ...]:
    """Every mode that a search from the starts ends in, the heaviest posterior density first."""
    optima = maximize(task, starts)
    # A search that stopped at a saddle has no determinant: it is no mode.
    found = optima.take(np.flatnonzero(optima.converged & np.isfinite(optima.log_determinant)))
    if not len(found.objective):
        raise ProgressError("no search for a posterior mode converged")
    chosen, counts = _distinct(found, task.priors.widths(task.model))
    best = found.take(np.array(chosen))
    mass = -best.objective - 0.5 * best.log_determinant
    weights = np.exp(mass - mass.max())
    likelihood = log_likelihood(task, best, seen)
    posterior = likelihood + log_prior(task, best)
    return tuple(
        Mode(dict(zip(task.model.parameters, map(float, best.parameters[i]), strict=True)), float(likelihood[i]),
             float(posterior[i]), float(weights[i] / weights.sum()), counts[i])
        for i in range(len(chosen)))


def _distinct(found: Optima, widths: Array) -> tuple[list[int], list[int]]:
    chosen: list[int] = []
    counts: list[int] = []
    for index in np.argsort(found.objective, kind="stable"):
        apart = [np.abs((found.coefficients[index] - found.coefficients[k]) / widths).max() for k in chosen]
        if apart and min(apart) < _SAME:
            counts[int(np.argmin(apart))] += 1
        else:
            chosen.append(int(index))
            counts.append(1)
    return chosen, counts


def log_likelihood(task: Problem, at: Optima, seen: Observations) -> Array:
    """Log density of the observed scores at each optimum, every observation counted once."""
    count = len(seen)
    normal = -count * (at.delta + 0.5 * np.log(2 * np.pi)) - 0.5 * np.exp(-2.0 * at.delta) * at.squares
    return np.asarray(normal + task.model.log_jacobian(seen.score).sum())


def log_prior(task: Problem, at: Optima) -> Array:
    """Log prior density at each optimum."""
    widths = np.append(task.priors.widths(task.model), task.priors.delta)
    standard = at.parameters / widths
    return np.asarray(-0.5 * (standard**2).sum(axis=1) - np.log(widths * np.sqrt(2 * np.pi)).sum())


def nearest_mode(modes: tuple[Mode, ...], coefficients: Array, widths: Array) -> NDArray[np.intp]:
    """Which mode each coefficient vector is nearest to, distances in prior standard deviations."""
    centres = np.array([mode.vector()[:-1] for mode in modes])
    apart = (coefficients[..., None, :] - centres) / widths
    return np.asarray((apart**2).sum(axis=-1).argmin(axis=-1))
