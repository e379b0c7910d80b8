"""Records as a process: how fast a frontier falls when its records are steps that come when they come.

Records are not independent points around a line: each starts where the last one left off, so a regression through them
counts the same progress again and again and is far too sure. Here the frontier is a random walk with drift: between two
records lie a time and a fall, the drift is all falls over all time, the time since the last record included, and its
uncertainty is what falls scatter around what their times would give (a renewal-reward process: Cox 1962, *Renewal
Theory*, chapter 8; Brownian motion with drift and compound Poisson steps are cases of it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, isfinite

import numpy as np
from numpy.typing import NDArray

from computeest.progress.model import Array
from computeest.progress.records import ProgressError

#: How records are read: as a process, or as a regression through them takes them.
METHODS = ("process", "ols")
_MONTHS = 12.0
#: More doublings a year than this are no finite factor.
_MOST_DOUBLINGS = 1000.0
#: Steps below which a scatter of steps says next to nothing: then there is a rate and no interval.
_LEAST_STEPS = 4
#: Errors added on top of the records' own, in units of their variance; no error at all is at -1.
_ADDED = np.array([0.0, 0.5, 1.0, 1.5, 2.0])
_REMEASURED = 100
#: Steps below which resamples of them are too few to tell their skew; resamples; and the fewest degrees of freedom.
_LEAST_RESAMPLED, _RESAMPLES, _LEAST_FREEDOM = 10, 999, 1.5
#: Log of a factor that says nothing any more.
_WIDEST = 50.0


@dataclass(frozen=True, slots=True)
class Drift:
    """How many doublings a year a frontier moves, with an interval."""

    rate: float
    low: float | None
    high: float | None
    standard_error: float | None
    #: Steps of the frontier, and years from its first record to the end of what was looked at.
    steps: int
    years: float
    method: str

    def halving(self) -> dict[str, float | str | None]:
        """Months in which what is needed halves. A rate that may be zero has no upper end."""
        def months(rate: float | None) -> float | None:
            return _MONTHS / rate if rate is not None and rate > 0 and isfinite(_MONTHS / rate) else None

        return {"months": _MONTHS / self.rate if self.rate else None, "low": months(self.high),
                "high": months(self.low), "method": self.method}


def factor_per_year(months: object) -> float | None:
    """The factor in a year of what doubles or halves in so many months: 68.2 % a year from 16 months."""
    if not isinstance(months, float | int) or not months or not isfinite(months):
        return None
    doublings = _MONTHS / months
    return float(2.0**doublings) if abs(doublings) < _MOST_DOUBLINGS else None


def factors_per_year(times: Mapping[str, object], point: str = "months") -> dict[str, float | None]:
    """The factors of a time and of the ends of its interval; the shortest time gives the highest."""
    return {"point": factor_per_year(times[point]), "low": factor_per_year(times["high"]),
            "high": factor_per_year(times["low"])}


def running_best(year: Array, value: Array) -> NDArray[np.intp]:
    """The records: what is lower than everything before it, in order of time; of one day's the lowest counts."""
    order = np.lexsort((value, year))
    best: list[int] = []
    for at in order.tolist():
        if not best or value[at] < value[best[-1]]:
            best.append(at)
    return np.array(best, dtype=np.intp)


def drift(year: Array, value: Array, end: float | None = None, *, error: Array | None = None, level: float = 0.95,
          seed: int = 0) -> Drift:
    """The fall of a frontier of log2 values, from all that reach a level, until `end` (or the last of them).

    With standard errors (in log2), the lowest of many noisy values is too low and becomes so the sooner the noisier:
    more noise is added in steps, and what no noise would give is extrapolated (Cook and Stefanski 1994, SIMEX).
    """
    end = float(year.max()) if end is None else max(end, float(year.max()))
    if not isfinite(end):
        raise ProgressError("the end of the period is no date")
    if error is None or not np.any(error > 0.0):
        return _interval(*_steps(year, value, end), level)
    own = np.where(np.isfinite(error), error, 0.0)
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(_REMEASURED, len(value))) * own
    rates, variances = [], []
    for added in _ADDED:
        found = [_steps(year, value + np.sqrt(added) * one, end) for one in (noise if added else noise[:1] * 0.0)]
        own_rates = np.array([_rate(*one) for one in found])
        rates.append(own_rates.mean())
        variances.append(np.mean([_variance(*one) for one in found]) - (own_rates.var() if added else 0.0))
    point, variance = (_extrapolated(np.array(values)) for values in (rates, variances))
    variance = max(variance, 0.25 * variances[0], (own[0] ** 2) / max(end - year.min(), 1e-9) ** 2)
    return _around(point, float(np.sqrt(variance)), *_steps(year, value, end), level,
                   "random walk with observation error")


def _steps(year: Array, value: Array, end: float) -> tuple[Array, Array]:
    """The fall and the time of each step; the last has no fall, and the time since the last record."""
    best = running_best(year, value)
    falls = np.append(-np.diff(value[best]), 0.0)
    times = np.append(np.diff(year[best]), end - year[best[-1]])
    return (falls, times) if times[-1] > 0.0 else (falls[:-1], times[:-1])


def _rate(falls: Array, times: Array) -> float:
    total = float(times.sum())
    return float(falls.sum()) / total if total > 0.0 else float("nan")


def _variance(falls: Array, times: Array) -> float:
    """Variance of a ratio of two sums over steps."""
    count, total = len(falls), float(times.sum())
    if count < 2 or not total > 0.0:
        return float("nan")
    around = falls - _rate(falls, times) * times
    return count / (count - 1) * float((around**2).sum()) / total**2


def _interval(falls: Array, times: Array, level: float) -> Drift:
    if not len(falls) or not times.sum() > 0.0:
        raise ProgressError("the records are of one time: nothing tells how fast they fall")
    return _around(_rate(falls, times), float(np.sqrt(_variance(falls, times))), falls, times, level, "random walk")


def _around(rate: float, error: float, falls: Array, times: Array, level: float, method: str) -> Drift:
    """The interval of a rate with this standard error, as skewed and heavy-tailed as the frontier's steps are."""
    steps, years = len(falls), float(times.sum())
    if steps < _LEAST_STEPS or not isfinite(error):
        return Drift(rate, None, None, None, steps, years, method)
    plain = _student(falls, times, level)
    if rate <= 0.0:
        return Drift(rate, rate - plain * error, rate + plain * error, error, steps, years, method)
    below, above = _resampled(falls, times, level)
    # a frontier only falls, and few large steps make its rate skewed: the interval is one of factors
    down, up = (exp(min(max(reach, plain) * error / rate, _WIDEST)) for reach in (below, above))
    return Drift(rate, rate / down, rate * up, error, steps, years, method)


def _student(falls: Array, times: Array, level: float) -> float:
    """Standard errors to either end, by Student's t.

    Its degrees of freedom are those that the scatter of the steps has: fewer than steps where a few large ones make it
    (Satterthwaite 1946).
    """
    from scipy.stats import t as student

    around = (falls - _rate(falls, times) * times) ** 2
    peaked = float((around**2).mean() / max(float(around.mean()) ** 2, 1e-300))
    most = float(len(falls) - 1)
    freedom = min(max(2.0 * most / max(peaked - 1.0, 1e-9), _LEAST_FREEDOM), most)
    return float(student.ppf(0.5 + level / 2.0, freedom))


def _resampled(falls: Array, times: Array, level: float) -> tuple[float, float]:
    """Standard errors of the log rate below and above it, by resampling steps (bootstrap-t: Hall 1988)."""
    count, rate = len(falls), _rate(falls, times)
    if count < _LEAST_RESAMPLED or rate <= 0.0:
        return 0.0, 0.0
    drawn = np.random.default_rng(count).integers(0, count, (_RESAMPLES, count))
    own_falls, own_times = falls[drawn], times[drawn]
    total = own_times.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = own_falls.sum(axis=1) / total
        scatter = ((own_falls - rates[:, None] * own_times) ** 2).sum(axis=1)
        apart = np.log(rates / rate) * rates * total / np.sqrt(count / (count - 1) * scatter)
    low, high = np.quantile(apart[np.isfinite(apart)], [0.5 - level / 2.0, 0.5 + level / 2.0])
    return float(high), float(-low)


def _extrapolated(values: Array) -> float:
    """A parabola through the values at each added noise, read where there is none at all."""
    return float(np.polyval(np.polyfit(_ADDED, values, 2), -1.0))
