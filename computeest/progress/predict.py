"""What a fit says of models that are not there: a score and its uncertainty, compute for a score, effective compute."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from computeest.progress.bootstrap import Summary, summary
from computeest.progress.fit import FrontierFit
from computeest.progress.model import PRODUCT, Array
from computeest.progress.records import EXPONENTS, Observations, ProgressError, centred
from computeest.progress.thresholds import check_score, compute_needed
from computeest.progress.years import FIRST_YEAR, LAST_YEAR

_NOISE = 20


@dataclass(frozen=True, slots=True)
class Prediction:
    """A score of a model that is not there."""

    year: float
    compute: float
    data: float | None
    #: Expected score, with an interval for what the parameters leave open.
    score: Summary
    #: The same with the scatter of single models.
    low: float | None
    high: float | None
    #: What of year, compute and data lies outside the records.
    outside: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Plain numbers."""
        return {"year": self.year, "compute": self.compute, "data": self.data, "score": self.score.to_dict(),
                "model_low": self.low, "model_high": self.high, "extrapolates": list(self.outside)}


def predict_score(fit: FrontierFit, seen: Observations, year: float, compute: float, data: float | None) -> Prediction:
    """The score expected of a model of a year, compute and data, and where a single model may lie."""
    if compute <= 0.0 or (data is not None and data <= 0.0):
        raise ProgressError("predict: compute and data are more than 0")
    if EXPONENTS[0] <= compute <= EXPONENTS[1] and seen.compute.min() > EXPONENTS[1]:
        raise ProgressError(f"predict: {compute:g} FLOP looks like a power of ten: write {10 ** compute:.2g}")
    size = float(np.exp(np.nanmean(np.log(seen.data)))) if data is None and np.isfinite(seen.data).any() else data
    if "log_data" in fit.model.columns and size is None:
        raise ProgressError("predict: the fit needs a size of training set (--data-size)")
    columns = centred(fit.centre, year, compute, 1.0 if size is None else size)
    point = float(fit.model.accuracy(fit.vector()[None, :-1], columns)[0, 0])
    draws = low = high = None
    if fit.draws is not None:
        draws = fit.model.accuracy(fit.draws[:, :-1], columns)[:, 0]
        low, high = _of_one_model(fit, draws)
    return Prediction(year, compute, size, summary(point, draws, fit.level), low, high,
                      _outside(seen, year, compute, size))


def _of_one_model(fit: FrontierFit, expected: Array) -> tuple[float, float]:
    """An interval for one model's score: parameters and the scatter of models, drawn together."""
    drawn = np.empty((0, 1)) if fit.draws is None else fit.draws
    rng = np.random.default_rng(fit.seed)
    spread = np.exp(drawn[:, -1])[:, None] * rng.normal(size=(len(expected), _NOISE))
    scores = fit.model.scores(fit.model.log_odds(expected)[:, None] + spread)
    tail = 0.5 * (1.0 - fit.level)
    low, high = np.quantile(scores, [tail, 1.0 - tail])
    return float(low), float(high)


def _outside(seen: Observations, year: float, compute: float, data: float | None) -> tuple[str, ...]:
    found = []
    asked = ("year", year, seen.year), ("compute", compute, seen.compute), ("data", data, seen.data)
    for name, value, known in asked:
        if value is not None and np.isfinite(known).all() and not known.min() <= value <= known.max():
            found.append(f"{name} {value:.4g} is outside the records' {known.min():.4g} to {known.max():.4g}")
    return tuple(found)


def needed_for(fit: FrontierFit, score: float, year: float, data: float) -> Summary:
    """Compute [FLOP] that a score takes in a year at a size of training set; infinite where none suffices."""
    if fit.model.factors != PRODUCT.factors:
        raise ProgressError("compute for a score needs the model with a compute and a data factor")
    check_score(score, fit.model.floor)
    point = float(compute_needed(fit.vector(), fit.centre, score, year, data, **fit.model.ends))
    if fit.draws is None:
        return Summary(point)
    drawn = compute_needed(fit.draws, fit.centre, score, year, data, **fit.model.ends)
    tail = 0.5 * (1.0 - fit.level)
    low, median, high = np.quantile(drawn, [tail, 0.5, 1.0 - tail], method="nearest")
    return Summary(point, median=float(median), low=float(low), high=float(high))


@dataclass(frozen=True, slots=True)
class Effective:
    """A model's compute in units of a reference year's algorithms."""

    model: str
    year: float
    compute: float
    reference: float
    #: Compute that the reference year's algorithms would need for the same compute factor.
    effective: Summary

    def to_dict(self) -> dict[str, object]:
        """Plain numbers."""
        return {"model": self.model, "year": self.year, "compute": self.compute, "reference_year": self.reference,
                "effective_compute": self.effective.to_dict()}


def effective_compute(fit: FrontierFit, seen: Observations, model: str, reference: float | None) -> Effective:
    """Compute x exp(a_y / a_c (year - reference)): what the model's training would have taken then."""
    from computeest.text.suggest import did_you_mean

    if model not in seen.model:
        close = did_you_mean(model, list(seen.model))
        raise ProgressError(f"no record is called {model!r}" + (f"; {close}" if close else ""))
    at = seen.model.index(model)
    begin = fit.centre.year if reference is None else reference
    growth = fit.growth()["effective_compute"]
    years = float(seen.year[at]) - begin
    compute = float(seen.compute[at])

    def grown(rate: float | None) -> float | None:
        return None if rate is None else float(np.exp(min(log(compute) + years * rate, 700.0)))

    low, high = (growth.low, growth.high) if years >= 0.0 else (growth.high, growth.low)
    return Effective(model, float(seen.year[at]), compute, begin,
                     Summary(grown(growth.point) or compute, median=grown(growth.median), low=grown(low),
                             high=grown(high)))


def answers(fit: FrontierFit, seen: Observations, *, year: float | None, compute: float | None, score: float | None,
            data: float | None, name: str | None, reference: float | None) -> dict[str, object]:
    """What is asked of a fit, as one object."""
    found: dict[str, object] = {"n": fit.n, "level": fit.level}
    for option, asked in (("--year", year), ("--reference-year", reference)):
        if asked is not None and seen.year.min() >= FIRST_YEAR and not FIRST_YEAR <= asked <= LAST_YEAR:
            raise ProgressError(f"{option}: expected a year such as 2025 or 2025.5, not {asked:.10g}")
    if year is not None and compute is not None:
        found["prediction"] = predict_score(fit, seen, year, compute, data).to_dict()
    if year is not None and score is not None:
        size = data if data is not None else float(np.median(seen.data))
        needed = needed_for(fit, score, year, size)
        found["compute_needed"] = {"score": score, "year": year, "data": size, **needed.to_dict(),
                                   "reachable": bool(np.isfinite(needed.point))}
    if name is not None:
        found["effective"] = effective_compute(fit, seen, name, reference).to_dict()
    return found
