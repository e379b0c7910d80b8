"""The modes of a frontier model's posterior, each with the share of the posterior that lies around it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, fields
from os import cpu_count

import numpy as np
from numpy.typing import NDArray

from computeest.progress.model import Array, FrontierModel
from computeest.progress.posterior import Priors, Problem, Rows, Value, evaluate
from computeest.progress.records import Observations, ProgressError

#: Fits that climb side by side: in fewer steps of all than in shares of 1,024, a sixth of a bootstrap's time.
_SHARE = 8192
#: Numbers of an array that is freed before any is made: from then on the C library keeps what arrays up to its size
#: leave, as much as half of a process's first fit had gone into asking for it again.
_KEPT = 2_000_000
_STEPS = 300
#: Newton decrement (nats) below which a fit has converged.
_TOLERANCE = 1e-11
_LOOSE = 1e-8
_LARGEST_DAMPING = 1e12
#: Longest step in prior standard deviations: far from a mode the quadratic picture of the posterior is wrong.
_LONGEST = 0.5
_LEAST_PIVOT = 1e-10
#: A search so near to a known mode, in prior standard deviations and in nats, ends there: modes lie further apart.
_REACH, _HEIGHT = 0.02, 1e-3


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

    def replaced(self, index: NDArray[np.intp], other: Optima) -> Optima:
        """The searches, those with an index of at least 0 by that one of the other's."""
        there = np.flatnonzero(index >= 0)
        for field in fields(self):
            getattr(self, field.name)[there] = getattr(other, field.name)[index[there]]
        return self


def maximize(problem: Problem, starts: Array, known: Optima | None = None) -> Optima:
    """Climb from each start to the posterior mode of its basin; fits do not influence each other.

    With `known`, where other searches of the same posteriors ended (as many for each fit, in its order), a search that
    comes within reach of one ends there: a sixth of the steps are spent on closing in on a mode that is known.
    """
    np.empty(_KEPT)
    problem = problem.counted()
    shares = [slice(first, first + _SHARE) for first in range(0, len(starts), _SHARE)]
    with ThreadPoolExecutor(cpu_count()) as pool:
        parts = [_climb(problem.rows(share), starts[share], _of(known, share, len(starts)), pool) for share in shares]
    return Optima(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Optima)))


def _of(known: Optima | None, share: slice, fits: int) -> Optima | None:
    """The known modes of some of the fits."""
    if known is None:
        return None
    each = len(known.delta) // fits
    return known.take(np.arange(each * share.start, each * min(share.stop, fits)))


def _climb(problem: Problem, starts: Array, known: Optima | None, pool: Executor) -> Optima:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        coefficients, active = starts.copy(), np.arange(len(starts))
        value = evaluate(problem, coefficients, active, pool)
        damping = np.full(len(starts), 1e-3)
        decrement = np.full(len(starts), np.inf)
        joined = np.full(len(starts), -1)
        for _ in range(_STEPS):
            decrement[active] = _step(problem, active, coefficients, value, damping, pool)
            active = active[(decrement[active] > _TOLERANCE) & (damping[active] < _LARGEST_DAMPING)]
            if known is not None:
                joined[active] = _within_reach(problem, known, active, coefficients, value)
                active = active[joined[active] < 0]
            if not len(active):
                break
    found = Optima(coefficients, value.delta, value.objective, value.squares, _log_determinant(value),
                   decrement < _LOOSE)
    return found if known is None else found.replaced(joined, known)


def _within_reach(problem: Problem, known: Optima, active: NDArray[np.intp], coefficients: Array,
                  value: Value) -> NDArray[np.intp]:
    """The known mode that each search is all but at, and not above; -1 where there is none."""
    each = len(known.delta) // len(coefficients)
    at = each * active[:, None] + np.arange(each)
    below = value.objective[active][:, None] - known.objective[at]
    near = (below < _HEIGHT) & (below > -_LOOSE) & known.converged[at]
    row, place = near.nonzero()  # few are so high: to ask of all how near they are took 2 % of a bootstrap
    apart = np.abs(known.coefficients[at[row, place]] - coefficients[active[row]])
    near[row, place] = (apart / problem.priors.widths(problem.model)).max(axis=1) < _REACH
    return np.where(near.any(axis=1), at[np.arange(len(active)), near.argmax(axis=1)], -1)


def _step(problem: Problem, active: NDArray[np.intp], coefficients: Array, value: Value, damping: Array,
          pool: Executor) -> Array:
    """Try one step for the active fits, keep the ones that climb; returns how much each step promised."""
    here = value.take(active)
    step, promised = _newton(here, damping[active])
    length = np.abs(step / problem.priors.widths(problem.model)[:, None]).max(axis=0)
    tried = coefficients[active] + (step * np.minimum(1.0, _LONGEST / length)).T
    there = evaluate(problem, tried, active, pool)
    better = there.objective <= here.objective
    kept = active[better]
    coefficients[kept] = tried[better]
    value.put(kept, there.take(np.flatnonzero(better)))
    # Within rounding of the mode no step can climb any more: that is convergence, not failure.
    stuck = ~better & (promised < _LOOSE) & (np.abs(there.objective - here.objective) < _LOOSE)
    promised[stuck] = 0.0
    damping[kept] = np.maximum(damping[kept] * 0.3, 1e-15)
    damping[active[~better]] = np.maximum(damping[active[~better]] * 8.0, 1e-3)
    return promised


def _newton(value: Value, damping: Array) -> tuple[Array, Array]:
    """Step against the Hessian made positive, so that every step climbs."""
    diagonal = np.abs(np.einsum("iib->ib", value.hessian))
    scale = 1.0 / np.sqrt(np.maximum(diagonal, 1e-12))
    step = -scale * _solved(value.hessian * scale[:, None] * scale, damping, value.gradient * scale)
    return step, -(step * value.gradient).sum(axis=0)


def _solved(rows: Array, damping: Array, found: Array) -> Array:
    """Solve with L |D| L' in the place of L D L', and damped: Gauss's elimination over all fits side by side, in place.

    It finds the modes that absolute eigenvalues find, in as many steps, at an eighth of the time.
    """
    for k in range(len(rows)):
        rows[k, k] = np.maximum(np.abs(rows[k, k]), _LEAST_PIVOT) + damping
        below = rows[k + 1:, k] / rows[k, k]
        rows[k + 1:, k + 1:] -= below[:, None] * rows[k, k + 1:]
        found[k + 1:] -= below * found[k]
    for k in reversed(range(len(rows))):
        found[k] -= (rows[k, k + 1:] * found[k + 1:]).sum(axis=0)
        found[k] /= rows[k, k]
    return found


def _log_determinant(value: Value) -> Array:
    sign, size = np.linalg.slogdet(value.hessian.transpose(2, 0, 1))
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
