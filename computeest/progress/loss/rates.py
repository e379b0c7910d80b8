"""Rates: how fast better algorithms make parameters, data and compute go further, by a fitted loss model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from computeest.progress.loss.model import Coefficient, LossModel
from computeest.progress.model import Array

_MONTHS = 12.0
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
    """Months in which what grows at this rate (ln a year) doubles; negative where it shrinks, None where it stands."""
    if not np.isfinite(rate):
        return 0.0 if not np.isnan(rate) else None
    return _MONTHS * log(2.0) / rate if rate else None


@dataclass(frozen=True, slots=True)
class Rate:
    """A growth rate with its interval, and the same as a doubling time.

    Quantiles are taken of the growth: a doubling time jumps from plus to minus infinity where growth passes zero. An
    end at which there is no growth has no doubling time: None.
    """

    point: float
    low: float | None = None
    median: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, point: float, draws: Array | None, level: float) -> Rate:
        """The rate with percentiles of its draws."""
        if draws is None or not len(draws):
            return cls(float(point))
        tail = 0.5 * (1.0 - level)
        with np.errstate(invalid="ignore"):
            low, median, high = np.quantile(np.nan_to_num(draws, nan=0.0, posinf=1e9, neginf=-1e9),
                                            [tail, 0.5, 1.0 - tail])
        return cls(float(point), float(low), float(median), float(high))

    def doubling(self) -> dict[str, float | None]:
        """Months: the point, and the ends that there are; the fastest growth gives the lower end."""
        def end(rate: float | None) -> float | None:
            return None if rate is None or rate <= 0.0 else months(rate)

        return {"point": months(self.point), "low": end(self.high), "median": end(self.median), "high": end(self.low)}

    def growth(self) -> dict[str, float | None]:
        """Difference of natural logs in a year."""
        return {"point": self.point, "low": self.low, "median": self.median, "high": self.high}

    def factor(self) -> dict[str, float | None]:
        """Factor in a year."""
        return {name: None if value is None else float(np.exp(min(value, 700.0)))
                for name, value in self.growth().items()}
