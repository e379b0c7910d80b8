"""Thresholds: the compute that a score needs in each year, how fast it halves, and what is out of reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.typing import NDArray

from computeest.progress.bootstrap import Summary, summary
from computeest.progress.fit import FrontierFit
from computeest.progress.model import PRODUCT, Array
from computeest.progress.process import factors_per_year
from computeest.progress.records import Centre, Observations, ProgressError

_MONTHS = 12.0


@dataclass(frozen=True, slots=True)
class Threshold:
    """What one score takes, year by year, at one size of training set."""

    score: float
    data: float
    #: Compute [FLOP] by year; infinite where the data factor alone is below the score.
    compute: dict[int, float]
    #: Months in which the compute needed halves: geometric mean of the yearly factors; None where out of reach.
    halving_months: Summary | None
    #: Share of bootstrap fits in which the score is within reach in every year.
    reachable_share: float | None
    #: The first decimal year in which the score is within reach at all; None if it always or never is.
    reachable_from: float | None
    #: Years whose compute is read off the fit beyond the records: of a year, at a compute or a size that none has.
    extrapolated: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The threshold as plain numbers; what is out of reach is null."""
        compute = {str(year): value if np.isfinite(value) else None for year, value in self.compute.items()}
        return {"score": self.score, "data": self.data, "compute": compute,
                "halving_months": None if self.halving_months is None else self.halving_months.to_dict(),
                "factor_per_year": None if self.halving_months is None else
                factors_per_year(self.halving_months.to_dict(), "point"),
                "reachable_share": self.reachable_share, "reachable_from": self.reachable_from,
                "extrapolated": list(self.extrapolated)}


def compute_needed(vectors: Array, centre: Centre, score: float, year: Array | float, data: Array | float, *,
                   ceiling: float = 1.0, floor: float = 0.0) -> Array:
    """Compute [FLOP] at which the product model predicts the score; infinite where no compute suffices.

    s(C) s(D) = score is solved in closed form: C = logit(score / s(D)), and C is linear in log compute. With a floor
    and a ceiling the share of the way from one to the other is meant.
    """
    a1, a_y, a_c, b1, b_y, b_d = (np.asarray(vectors)[..., i] for i in range(6))
    elapsed = np.asarray(year) - centre.year
    against = np.exp(-(b1 + b_y * elapsed + b_d * np.log(np.asarray(data) / centre.data)))
    share = (score - floor) / (ceiling - floor) * (1.0 + against)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        argument = np.log(share) - np.log1p(-share)
        needed = centre.compute * np.exp((argument - a1 - a_y * elapsed) / a_c)
    return np.where(share < 1.0, needed, np.inf)


def find_thresholds(fit: FrontierFit, scores: Sequence[float], years: Sequence[int], data: float,
                    seen: Observations | None = None) -> list[Threshold]:
    """What each score takes over the years, with bootstrap intervals where the fit has them."""
    if fit.model.factors != PRODUCT.factors:
        raise ProgressError("thresholds need the model with a compute and a data factor")
    found = [_threshold(fit.vector(), fit.centre, score, years, data, draws=fit.draws, level=fit.level,
                        **fit.model.ends) for score in scores]
    return [replace(one, extrapolated=_extrapolated(one, seen)) for one in found]


def _extrapolated(found: Threshold, seen: Observations | None) -> tuple[int, ...]:
    years, needed = (np.array(list(some), dtype=np.float64) for some in (found.compute, found.compute.values()))
    known = within(seen, years, needed, found.data) | ~np.isfinite(needed)
    return tuple(year for year, inside in zip(found.compute, known, strict=True) if not inside)


def within(seen: Observations | None, year: Array | float, compute: Array, data: Array | float) -> NDArray[np.bool_]:
    """Which compute needed lies within the records, of a year, a compute and a size between theirs, as far as known."""
    inside = np.ones(np.shape(compute), dtype=bool)
    if seen is None:
        return inside
    inside &= np.asarray((year >= np.floor(seen.year.min())) & (year <= np.ceil(seen.year.max())))
    for value, known in ((compute, seen.compute), (data, seen.data)):
        if np.isfinite(known).all():
            inside &= np.asarray((value >= known.min()) & (value <= known.max()))
    return inside


def beyond(found: Sequence[Threshold]) -> list[str]:
    """Which of the thresholds are read off the fit beyond the records, in words."""
    return [f"{one.score:g}: the compute of {spans(one.extrapolated)} is extrapolated beyond the records"
            for one in found if one.extrapolated]


def spans(years: Sequence[int]) -> str:
    """Years that follow each other as one span: '2012, 2018 to 2022'."""
    first = [year for year in years if year - 1 not in years]
    last = [year for year in years if year + 1 not in years]
    return ", ".join(f"{one}" if one == two else f"{one} to {two}" for one, two in zip(first, last, strict=True))


def thresholds_at(vector: Array, centre: Centre, scores: Sequence[float], years: Sequence[int],
                  data: float) -> list[Threshold]:
    """What each score takes at given parameters of the product model."""
    return [_threshold(vector, centre, score, years, data) for score in scores]


def check_score(score: float, floor: float = 0.0) -> None:
    """Complain of what is no score: 80 instead of 0.8, or what chance alone reaches."""
    if not floor < score < 1.0:
        raise ProgressError(f"a score is a fraction between {floor:g} and 1, not {score:g}")


def _threshold(vector: Array, centre: Centre, score: float, years: Sequence[int], data: float, *,
               draws: Array | None = None, level: float = 0.95, ceiling: float = 1.0, floor: float = 0.0) -> Threshold:
    check_score(score, floor)
    if len(years) < 2 or data <= 0.0:
        raise ProgressError("thresholds need at least two years and a positive size of training set")
    span = np.array(sorted(years))
    needed = compute_needed(vector, centre, score, span, data, ceiling=ceiling, floor=floor)
    halving, share = None, None
    months = None
    if draws is not None and len(draws):
        ends = compute_needed(draws[:, None, :], centre, score, span[[0, -1]], data, ceiling=ceiling, floor=floor)
        within = np.isfinite(ends).all(axis=1)
        share, months = float(within.mean()), _halving(ends[within], span)
    if np.isfinite(needed).all():
        halving = summary(float(_halving(needed[None, [0, -1]], span)[0]), months, level)
    compute = {int(year): float(value) for year, value in zip(span, needed, strict=True)}
    begin = None
    if not np.isfinite(needed).all():
        begin = _reachable_from(vector, centre, (score - floor) / (ceiling - floor), data)
    return Threshold(score, data, compute, halving, share, begin)


def _halving(ends: Array, span: Array) -> Array:
    """The yearly factors' geometric mean is that of the two ends alone."""
    fall = np.log(ends[:, 0] / ends[:, 1])
    return np.asarray(_MONTHS * log(2.0) * (span[-1] - span[0]) / fall)


def _reachable_from(vector: Array, centre: Centre, share: float, data: float) -> float | None:
    """When the data factor passes the score: b1 + b_y t + b_d ln(data) = logit(score)."""
    b1, b_y, b_d = vector[3:6]
    if b_y <= 0.0 or share >= 1.0:
        return None
    missing = log(share / (1.0 - share)) - b1 - b_d * log(data / centre.data)
    return float(centre.year + missing / b_y)


def pareto(vector: Array, centre: Centre, score: float, year: float, data: Array, *, ceiling: float = 1.0,
           floor: float = 0.0) -> Array:
    """Compute [FLOP] needed for a score in a year at each size of training set: one Pareto frontier."""
    return compute_needed(vector, centre, score, year, data, ceiling=ceiling, floor=floor)
