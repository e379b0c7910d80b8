"""The variants side by side: objective, how well each foresees evaluations that it has not seen, and its rates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from computeest.progress.loss.fit import LossMode, find_minima, random_starts, task_of
from computeest.progress.loss.model import VARIANTS, LossModel, predict
from computeest.progress.loss.rates import Place, growth, months
from computeest.progress.loss.rows import LossRows, Origin
from computeest.progress.loss.solver import Task, derivatives, minimize
from computeest.progress.model import Array
from computeest.progress.process import factor_per_year
from computeest.progress.records import ProgressError

#: Searches for each variant: its lowest minimum has to turn up, not all.
_STARTS, _FEW = 40, 16
#: Minima from which a fit without a row is searched for.
_KNOWN = 2
_MOST_LEVERAGE = 0.95

Row = dict[str, object]


def compare(rows: LossRows, deltas: Sequence[float], models: Iterable[LossModel] = VARIANTS.values(), *, seed: int = 0,
            left_out: NDArray[np.intp] | None = None, exact: bool = True) -> list[Row]:
    """One row a variant and penalty. What the table cannot determine has a reason under `lacks` instead of numbers.

    `left_out` are the rows that are left out in turn; all of them unless given. Where not `exact`, what a fit without
    each row would foresee is read off the curvature at the minimum, and few searches are made.
    """
    return [_compared(rows, model, delta, seed, left_out, exact) for model in models for delta in deltas]


def _compared(rows: LossRows, model: LossModel, delta: float, seed: int, left_out: NDArray[np.intp] | None,
              exact: bool) -> Row:
    names = model.parameters(rows.benchmarks)
    base: Row = {"model": model.name, "says": model.says, "delta": delta, "parameters": len(names)}
    origin = Origin.of(rows)
    try:
        if model.repeats and len(np.unique(rows.epochs)) < 2:
            raise ProgressError("every record has the same epochs: m7 says the same")
        task = task_of(model, rows, origin, delta)
        modes = find_minima(task, random_starts(np.random.default_rng(seed), names, _STARTS if exact else _FEW))
    except ProgressError as error:
        return {**base, "objective": None, "mean_squared_error": None, "left_out_error": None, "minima": None,
                "doubling_months": None, "factor_per_year": None, "lacks": str(error)}
    rate = growth(model, names, modes[0].vector[None], _place(rows, origin))["compute"]
    return {**base, "objective": modes[0].objective, "mean_squared_error": modes[0].error,
            "left_out_error": left_out_error(task, modes, left_out) if exact else foreseen_error(task, modes[0]),
            "minima": len(modes), "doubling_months": months(float(rate[0])),
            "factor_per_year": factor_per_year(months(float(rate[0]))), "lacks": None}


def _place(rows: LossRows, origin: Origin) -> Place:
    return Place(float(rows.year.max()), float(np.median(np.log(rows.parameters / origin.parameters))),
                 float(np.median(np.log(rows.data / origin.data))))


def left_out_error(task: Task, modes: Sequence[LossMode], rows: NDArray[np.intp] | None = None) -> float:
    """Mean squared error of rows foreseen by fits to all others; each fit is searched from the lowest minima."""
    rows = np.arange(len(task.loss)) if rows is None else rows
    known = np.array([mode.vector for mode in modes[:_KNOWN]])
    weights = np.ones((len(rows), len(task.loss)))
    weights[np.arange(len(rows)), rows] = 0.0
    begin = np.tile(known, (len(rows), 1))
    many = Task(task.terms, task.linear, task.loss, np.repeat(weights, len(known), axis=0), task.delta)
    solved = minimize(many, begin)
    best = solved.objective.reshape(len(rows), -1).argmin(axis=1) + np.arange(len(rows)) * len(known)
    return float(np.mean((_at(task, rows, solved.vectors[best]) - task.loss[rows]) ** 2))


def foreseen_error(task: Task, mode: LossMode) -> float:
    """Mean squared error of each row foreseen without it, by the curvature at one minimum.

    A row's residual grows by 1 / (1 - h), h its leverage among the parameters that are not zero (Rahnama Rad and Maleki
    2020, arXiv:1801.10243).
    """
    vector = mode.vector[None]
    _, hessian = derivatives(task, vector)
    free = mode.vector != 0.0
    parts, fitted = predict(task.terms, task.linear, vector)
    slope = sum(part[0][:, None] * term for part, term in zip(parts, task.terms, strict=True)) + task.linear
    slope = slope[:, free]
    inverse = np.linalg.pinv(hessian[0][np.ix_(free, free)])
    leverage = 2.0 / len(task.loss) * np.einsum("ni,ij,nj->n", slope, inverse, slope)
    residual = (fitted[0] - task.loss) / (1.0 - np.clip(leverage, 0.0, _MOST_LEVERAGE))
    return float(np.mean(residual**2))


def _at(task: Task, rows: NDArray[np.intp], vectors: Array) -> Array:
    """Each vector's prediction of its own row."""
    parts = [np.exp(np.clip((vectors * term[rows]).sum(axis=1), -60.0, 60.0)) for term in task.terms]
    return np.asarray(sum(parts) + (vectors * task.linear[rows]).sum(axis=1))
