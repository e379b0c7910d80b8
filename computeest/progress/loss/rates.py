"""Rates: how fast better algorithms make parameters, data and compute go further, by a fitted loss model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from computeest.progress.loss.model import Coefficient, LossModel
from computeest.progress.model import Array

_MONTHS = 12.0
#: A rate whose exponent is zero has no end: this stands for it in quantiles.
_FASTEST = 1e9
#: The resource of a term, by the column that its exponent multiplies.
RESOURCES: Mapping[str, str] = {"log_parameters": "parameters", "log_data": "data", "log_compute": "compute"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where rates are read that depend on it: only models whose exponents change with time have such."""

    year: float
    log_parameters: float
    log_data: float


def growth(model: LossModel, names: Sequence[str], vectors: Array, at: Place) -> dict[str, Array]:
    """Growth of effective parameters, data and compute in a year, as a difference of natural logs.

    Progress at fixed loss: a_year / a_param for parameters, b_year / b_data for data; with C = 6 N D effective compute
    grows by the sum of both. Rates are the reference benchmark's, exponents those of new architectures.
    """
    found: dict[str, Array] = {}
    for term in model.terms:
        resource = next(one.column for one in term if one.column in RESOURCES)
        rate = _sum(term, "year", names, vectors)
        exponent = _sum(term, resource, names, vectors)
        bend = _sum(term, f"log_year_x_{resource}", names, vectors)
        size = at.log_parameters if resource == "log_parameters" else at.log_data
        rate, exponent = rate + bend * size / at.year, exponent + bend * log(at.year)
        with np.errstate(divide="ignore", invalid="ignore"):
            found[RESOURCES[resource]] = np.where(rate == 0.0, 0.0, rate / exponent)
    if "compute" not in found:
        with np.errstate(invalid="ignore"):
            found["compute"] = np.asarray(sum(found.values()))
    return found


def _sum(term: Sequence[Coefficient], column: str, names: Sequence[str], vectors: Array) -> Array:
    parts = [vectors[:, names.index(one.name)] for one in term
             if one.column == column and not one.name.endswith("_old")]
    return np.asarray(sum(parts, np.zeros(len(vectors))))


def months(rate: float) -> float | None:
    """Months in which what grows at this rate (ln a year) doubles; negative where it shrinks, None where it stands.

    None too where the rate has no end, because the resource does nothing: there is nothing to double.
    """
    return _MONTHS * log(2.0) / rate if rate and np.isfinite(rate) else None


@dataclass(frozen=True, slots=True)
class Rate:
    """A growth rate with its interval, and the same as a doubling time.

    A draw that does not grow has no doubling time: it is in the interval of the growth, and its share is stated beside
    that of the doubling time, which is over the draws that grow.
    """

    point: float
    low: float | None = None
    median: float | None = None
    high: float | None = None
    #: Doubling times, months, of the draws that grow: the ends and the middle.
    times: tuple[float | None, float | None, float | None] = (None, None, None)
    #: Share of draws that do not grow.
    without_growth: float | None = None

    @classmethod
    def of(cls, point: float, draws: Array | None, level: float) -> Rate:
        """The rate with percentiles of its draws."""
        if draws is None or not len(draws):
            return cls(float(point))
        tail = 0.5 * (1.0 - level)
        finite = np.nan_to_num(draws, nan=0.0, posinf=_FASTEST, neginf=-_FASTEST)
        low, median, high = np.quantile(finite, [tail, 0.5, 1.0 - tail])
        growing = finite[finite > 0.0]
        times = np.quantile(_MONTHS * log(2.0) / growing, [tail, 0.5, 1.0 - tail]).tolist() if len(growing) else \
            [None] * 3
        return cls(float(point), float(low), float(median), float(high), tuple(times), 1.0 - len(growing) / len(finite))

    def doubling(self) -> dict[str, float | None]:
        """Months: the point, the ends and the middle, and the share of draws that have none."""
        low, median, high = self.times
        return {"point": months(self.point), "low": low, "median": median, "high": high,
                "without_growth": self.without_growth}

    def growth(self) -> dict[str, float | None]:
        """Difference of natural logs in a year."""
        return {"point": self.point, "low": self.low, "median": self.median, "high": self.high}

    def factor(self) -> dict[str, float | None]:
        """Factor in a year."""
        return {name: None if value is None else float(np.exp(min(value, 700.0)))
                for name, value in self.growth().items()}
