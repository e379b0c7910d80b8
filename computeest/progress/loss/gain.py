"""Compute-equivalent gain: how much more compute the old way would take to lose as little as the new way does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from computeest.progress.loss.fit import LossFit
from computeest.progress.loss.model import LossModel
from computeest.progress.loss.rows import Origin
from computeest.progress.loss.shapley import LossPoint, loss_at
from computeest.progress.model import Array

_ROUNDS = 200
#: More than anybody would believe; a gain that reaches it has no end.
_MOST = 1e12


def equivalent_gain(model: LossModel, origin: Origin, benchmarks: Sequence[str], vectors: Array, factors: Array, *,
                    compute: float, year: float) -> Array:
    """Gain in compute of a factor on the loss, at a budget split evenly (N = D = sqrt(C / 6)), one for each vector.

    Solved by bisection: factor x loss(N, D) = loss(s N, s D), and s^2 is the gain. Infinite where no compute suffices.
    """
    size = float(np.sqrt(compute / 6.0))
    aim = factors * loss_at(model, origin, benchmarks, [LossPoint("", year, size, size, 0.0)], vectors)[:, 0]
    low, high = np.full(len(vectors), -np.log(_MOST)), np.full(len(vectors), np.log(_MOST))
    for _ in range(_ROUNDS):
        middle = 0.5 * (low + high)
        reached = _losses(model, origin, benchmarks, vectors, size * np.exp(0.5 * middle), year) <= aim
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    gain = np.exp(0.5 * (low + high))
    return np.where(gain > 0.99 * _MOST, np.inf, gain)


def _losses(model: LossModel, origin: Origin, benchmarks: Sequence[str], vectors: Array, sizes: Array,
            year: float) -> Array:
    points = [LossPoint("", year, float(size), float(size), 0.0) for size in sizes]
    return np.diagonal(loss_at(model, origin, benchmarks, points, vectors))


def group_gain(fit: LossFit, *, compute: float, year: float) -> dict[str, float | None]:
    """The compute-equivalent gain of the group that the fit has a factor for, with the bootstrap's interval."""
    at = fit.names.index("group_gain")
    vectors = fit.modes[0].vector[None]
    point = float(equivalent_gain(fit.model, fit.origin, fit.rows.benchmarks, vectors, np.exp(-vectors[:, at]),
                                  compute=compute, year=year)[0])
    found: dict[str, float | None] = {"compute": compute, "year": year, "point": point, "low": None, "median": None,
                                      "high": None}
    if fit.draws is not None:
        gains = equivalent_gain(fit.model, fit.origin, fit.rows.benchmarks, fit.draws, np.exp(-fit.draws[:, at]),
                                compute=compute, year=year)
        tail = 0.5 * (1.0 - fit.level)
        ends = np.quantile(gains, [tail, 0.5, 1.0 - tail], method="nearest")
        found.update(zip(("low", "median", "high"), map(float, ends), strict=True))
    return found
