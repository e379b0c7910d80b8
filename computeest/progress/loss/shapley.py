"""What a fall in loss came from: Shapley values of parameters, data, and algorithms in each, in nats of loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np

from computeest.progress.loss.fit import LossFit
from computeest.progress.loss.model import LossModel, predict
from computeest.progress.loss.rows import LossRows, Origin, columns
from computeest.progress.model import Array
from computeest.progress.records import ProgressError

PLAYERS = ("parameters", "data", "parameter_efficiency", "data_efficiency")


@dataclass(frozen=True, slots=True)
class LossPoint:
    """A model as the attribution sees it."""

    name: str
    year: float
    parameters: float
    data: float
    group: float = float("nan")


@dataclass(frozen=True, slots=True)
class LossShares:
    """Shares of a fall in predicted loss."""

    before: str
    after: str
    loss_before: float
    loss_after: float
    shares: dict[str, float]
    low: dict[str, float] | None = None
    high: dict[str, float] | None = None

    def to_dict(self) -> dict[str, object]:
        """The shares as plain numbers."""
        return {name: getattr(self, name) for name in self.__slots__}


def shapley(fit: LossFit, before: LossPoint, after: LossPoint, vector: Array | None = None) -> LossShares:
    """Shares at the lowest minimum with the bootstrap's intervals, or at given parameters without."""
    where = fit.model, fit.origin, fit.rows.benchmarks, before, after
    found = shares_at(*where, fit.modes[0].vector if vector is None else vector)
    if vector is not None or fit.draws is None:
        return found
    drawn = _average(_coalitions(*where, fit.draws))
    tail = 0.5 * (1.0 - fit.level)
    ends = np.nanquantile(drawn, [tail, 1.0 - tail], axis=0)
    low, high = (dict(zip(PLAYERS, map(float, end), strict=True)) for end in ends)
    return replace(found, low=low, high=high)


def shares_at(model: LossModel, origin: Origin, benchmarks: Sequence[str], before: LossPoint, after: LossPoint,
              vector: Array) -> LossShares:
    """Shares at given parameters."""
    values = _coalitions(model, origin, benchmarks, before, after, vector[None])
    return LossShares(before.name, after.name, float(values[0, 0]), float(values[0, -1]),
                      dict(zip(PLAYERS, map(float, _average(values)[0]), strict=True)))


def points_of(rows: LossRows) -> tuple[LossPoint, LossPoint]:
    """The earliest evaluation on the reference benchmark, and the one of lowest loss."""
    own = np.flatnonzero(rows.benchmark == rows.benchmarks[0])
    first = own[np.lexsort((rows.loss[own], rows.year[own]))[0]]
    last = own[np.argmin(rows.loss[own])]
    if first == last:
        raise ProgressError("the earliest evaluation has the lowest loss: there is no fall to attribute")
    return point_at(rows, int(first)), point_at(rows, int(last))


def point_at(rows: LossRows, at: int) -> LossPoint:
    """One evaluation as a point."""
    return LossPoint(rows.model[at], float(rows.year[at]), float(rows.parameters[at]), float(rows.data[at]),
                     float(rows.group[at]))


def loss_at(model: LossModel, origin: Origin, benchmarks: Sequence[str], points: Sequence[LossPoint],
            vectors: Array) -> Array:
    """Predicted loss on the reference benchmark."""
    year, parameters, data, group = (np.array([getattr(point, name) for point in points])
                                     for name in ("year", "parameters", "data", "group"))
    return _loss(model, origin, benchmarks, year, year, parameters, data, group, vectors)


def _loss(model: LossModel, origin: Origin, benchmarks: Sequence[str], year_in_parameters: Array, year_in_data: Array,
          parameters: Array, data: Array, group: Array, vectors: Array) -> Array:
    """Loss where time may have moved in one term and not in the other."""
    ones = np.ones(len(parameters))
    own = []
    for year in (year_in_parameters, year_in_data):
        at = LossRows(("",) * len(ones), np.full(len(ones), benchmarks[0]), tuple(benchmarks), year, parameters, data,
                      6.0 * parameters * data, ones, ones, ones, group, np.arange(len(ones)), "", {})
        own.append(columns(at, origin, repeats=model.repeats))
    benchmark = np.full(len(ones), benchmarks[0])
    first, linear = model.designs(own[0], benchmark, benchmarks)
    second, _ = model.designs(own[1], benchmark, benchmarks)
    terms = (first[0], *second[1:])
    return predict(terms, linear, vectors)[1]


def _coalitions(model: LossModel, origin: Origin, benchmarks: Sequence[str], before: LossPoint, after: LossPoint,
                vectors: Array) -> Array:
    """Loss for every set of players moved to `after`: bit i of the column's number is player i."""
    sets = np.arange(2 ** len(PLAYERS))

    def moved(player: int, name: str) -> Array:
        ends = float(getattr(after, name)), float(getattr(before, name))
        return np.asarray(np.where(sets >> player & 1, *ends), dtype=np.float64)

    return _loss(model, origin, benchmarks, moved(2, "year"), moved(3, "year"), moved(0, "parameters"),
                 moved(1, "data"), np.full(len(sets), before.group), vectors)


def _average(values: Array) -> Array:
    """Average marginal gain over all 24 orders, as a share of the whole."""
    orders = list(permutations(range(len(PLAYERS))))
    shares = np.zeros((len(values), len(PLAYERS)))
    for order in orders:
        moved = 0
        for player in order:
            joined = moved | 1 << player
            shares[:, player] += values[:, joined] - values[:, moved]
            moved = joined
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(shares / (len(orders) * (values[:, -1] - values[:, 0])[:, None]))
