"""Records as a process: how fast a frontier falls when its records are steps that come when they come.

Records are not independent points around a line: each starts where the last one left off, so a regression through them
counts the same progress again and again and is far too sure. Here the frontier is a random walk with drift: between two
records lie a time and a fall, the drift is all falls over all time, the time since the last record included, and its
uncertainty is what falls scatter around what their times would give (a renewal-reward process: Cox 1962, *Renewal
Theory*, chapter 8; Brownian motion with drift and compound Poisson steps are cases of it).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isfinite

import numpy as np
from numpy.typing import NDArray

from computeest.progress.model import Array
from computeest.progress.records import ProgressError

#: How records are read: as a process, or as a regression through them takes them.
METHODS = ("process", "ols")
_MONTHS = 12.0
#: Steps below which a scatter of steps says next to nothing: then there is a rate and no interval.
_LEAST_STEPS = 4
#: Errors added on top of the records' own, in units of their variance; no error at all is at -1.
_ADDED = np.array([0.0, 0.5, 1.0, 1.5, 2.0])
_REMEASURED = 100
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
        return _interval(*_steps(year, value, end), level, "random walk")
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
    steps = len(_steps(year, value, end)[0])
    return _around(point, float(np.sqrt(variance)), steps, end - float(year.min()), level,
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


def _interval(falls: Array, times: Array, level: float, method: str) -> Drift:
    if not len(falls) or not times.sum() > 0.0:
        raise ProgressError("the records are of one time: nothing tells how fast they fall")
    return _around(_rate(falls, times), float(np.sqrt(_variance(falls, times))), len(falls), float(times.sum()), level,
                   method)


def _around(rate: float, error: float, steps: int, years: float, level: float, method: str) -> Drift:
    from scipy.stats import t as student

    if steps < _LEAST_STEPS or not isfinite(error):
        return Drift(rate, None, None, None, steps, years, method)
    reach = float(student.ppf(0.5 + level / 2.0, steps - 1)) * error
    if rate <= 0.0:
        return Drift(rate, rate - reach, rate + reach, error, steps, years, method)
    # a frontier only falls, and few large steps make its rate skewed: the interval is one of factors
    factor = exp(min(reach / rate, _WIDEST))
    return Drift(rate, rate / factor, rate * factor, error, steps, years, method)


def _extrapolated(values: Array) -> float:
    """A parabola through the values at each added noise, read where there is none at all."""
    return float(np.polyval(np.polyfit(_ADDED, values, 2), -1.0))
