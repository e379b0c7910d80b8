"""Straight lines through points: least squares, Theil and Sen's median of slopes, and known errors in the points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from computeest.progress.model import Array
from computeest.progress.records import ProgressError

_NARROW = 1e-10


@dataclass(frozen=True, slots=True)
class Line:
    """y = intercept + slope x, with an interval for the slope."""

    method: str
    slope: float
    intercept: float
    #: Ends of the interval; None where the method has none.
    low: float | None
    high: float | None
    standard_error: float | None
    #: Standard deviation of the points around the line, their own known errors apart.
    scatter: float | None
    n: int

    def to_dict(self) -> dict[str, object]:
        """The line as plain numbers."""
        return {name: getattr(self, name) for name in self.__slots__}


def least_squares(x: Array, y: Array, level: float = 0.95) -> Line:
    """Ordinary least squares, with Student's interval for the slope."""
    return _weighted("least squares", x, y, np.ones_like(x), level, known_scale=False)


def with_known_errors(x: Array, y: Array, errors: Array, level: float = 0.95) -> Line:
    """A line through points of known standard errors that also scatter on their own (random-effects regression).

    Each point weighs 1/(scatter^2 + error^2); the scatter maximizes the restricted likelihood (REML).
    """
    _check(x)
    scatter = _least(lambda t: -_restricted_likelihood(x, y, t**2 + errors**2), 0.0, 3.0 * float(np.std(y)))
    if scatter**2 + float(np.min(errors)) ** 2 == 0.0:
        raise ProgressError("points without error on one line: there is nothing to weigh them by")
    line = _weighted("known errors", x, y, 1.0 / (scatter**2 + errors**2), level, known_scale=True)
    return Line(line.method, line.slope, line.intercept, line.low, line.high, line.standard_error, scatter, line.n)


def median_of_slopes(x: Array, y: Array, level: float = 0.95) -> Line:
    """Theil and Sen's line: the median slope over all pairs of points, which outliers hardly move."""
    from scipy.stats import theilslopes

    _check(x)
    slope, intercept, low, high = theilslopes(y, x, alpha=level)
    return Line("median of slopes", float(slope), float(intercept), float(low), float(high), None, None, len(x))


def end_points(x: Array, y: Array) -> Line:
    """The line from the first point to the last, as quoted ratios have it: no interval."""
    _check(x, least=2)
    first, last = int(np.argmin(x)), int(np.argmax(x))
    slope = float((y[last] - y[first]) / (x[last] - x[first]))
    return Line("end points", slope, float(y[first] - slope * x[first]), None, None, None, None, 2)


def _check(x: Array, least: int = 3) -> None:
    if len(x) < least or len(np.unique(x)) < 2:
        raise ProgressError(f"a line needs at least {least} records at two different times, not {len(x)}")


def _weighted(method: str, x: Array, y: Array, weights: Array, level: float, *, known_scale: bool) -> Line:
    from scipy.stats import t as student

    _check(x)
    middle = float(np.average(x, weights=weights))
    spread = float((weights * (x - middle) ** 2).sum())
    slope = float((weights * (x - middle) * (y - y[0])).sum() / spread)  # of what is level exactly none
    intercept = float(np.average(y, weights=weights)) - slope * middle
    freedom = len(x) - 2
    around = float((weights * (y - intercept - slope * x) ** 2).sum() / freedom)
    error = float(np.sqrt((1.0 if known_scale else around) / spread))
    reach = float(student.ppf(0.5 + level / 2.0, freedom)) * error
    return Line(method, slope, intercept, slope - reach, slope + reach, error, float(np.sqrt(around)), len(x))


def _restricted_likelihood(x: Array, y: Array, variance: Array) -> float:
    """Log restricted likelihood of a line under known variances, constants left out."""
    if np.min(variance) <= 0.0:
        return -np.inf
    design = np.column_stack([np.ones_like(x), x - x.mean()])
    information = design.T @ (design / variance[:, None])
    fitted = np.linalg.solve(information, design.T @ (y / variance))
    squares = ((y - design @ fitted) ** 2 / variance).sum()
    return float(-0.5 * (np.log(variance).sum() + np.linalg.slogdet(information)[1] + squares))


def _least(loss: Callable[[float], float], low: float, high: float) -> float:
    """Where a function of one valley is least; the lower end itself if that is at least as good."""
    from scipy.optimize import minimize_scalar

    if low == high:
        return low
    found = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": _NARROW * (high - low)})
    return float(found.x) if found.fun < loss(low) else low
