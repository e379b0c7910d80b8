"""Trends: how fast the compute of published models grows, the errors of the estimates taken into account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, log10
from typing import TYPE_CHECKING

import numpy as np

from computeest.progress.model import Array
from computeest.progress.process import METHODS, drift
from computeest.progress.records import (
    MOST_FLOP,
    ProgressError,
    counted,
    counts_of,
    failures_of_count,
    first_reasons,
    known_errors,
    numbers,
    refuse_exponents,
    require,
    require_date,
)
from computeest.progress.regression import Line, least_squares, with_known_errors
from computeest.progress.years import decimal_year, failures_of_year

if TYPE_CHECKING:
    import pandas as pd

_MONTHS = 12.0


@dataclass(frozen=True, slots=True)
class Growth:
    """Log-linear growth of compute."""

    line: Line

    @property
    def doubling_months(self) -> float:
        """Months in which compute doubles; negative where it falls."""
        return _MONTHS * log10(2.0) / self.line.slope if self.line.slope else float("inf")

    def doubling(self) -> dict[str, float | str | None]:
        """The doubling time with its interval; a growth that may be zero has no upper end."""
        line = self.line
        low, high = (None if rate is None or rate <= 0 else _MONTHS * log10(2.0) / rate
                     for rate in (line.high, line.low))
        return {"months": self.doubling_months, "low": low, "high": high, "method": line.method}

    def says(self) -> str:
        """The doubling time in words, with its interval."""
        months, found = self.doubling_months, self.doubling()
        said = f"doubles every {months:.1f} months" if months > 0 else f"halves every {-months:.1f} months"
        low, high = found["low"], found["high"]
        if self.line.low is None or low is None:
            return said
        return f"{said} ({low:.1f} to {high:.1f})" if high is not None else f"{said}, and may not grow at all"

    def to_dict(self) -> dict[str, object]:
        """Growth in powers of ten a year, as a yearly factor, and as a doubling time, with intervals."""
        line, ends = self.line, self.doubling()
        return {
            "method": line.method, "n": line.n, "doubling_months": self.doubling_months,
            "doubling_low": ends["low"], "doubling_high": ends["high"], "growth_factor_per_year": 10.0**line.slope,
            "powers_of_ten_per_year": line.slope, "low": line.low, "high": line.high, "scatter": line.scatter,
        }


@dataclass(frozen=True, slots=True)
class Trend:
    """Growth of compute over a set of records."""

    #: Every estimate taken as exact.
    ignoring_errors: Growth
    #: Estimates weighed by their own intervals; None where no record has one.
    with_errors: Growth | None
    #: Growth over the records that took more compute than any before; None where fewer than three did.
    record_holders: Growth | None
    holders: tuple[str, ...]
    #: Records whose own interval is missing; `with_errors` takes the median of the others for them.
    without_interval: int
    excluded: Mapping[str, int]

    def kinds(self) -> dict[str, Growth]:
        """The ways of fitting it that there are."""
        every = {"errors ignored": self.ignoring_errors, "with errors": self.with_errors,
                 "record holders": self.record_holders}
        return {name: growth for name, growth in every.items() if growth is not None}

    def headline(self) -> Growth:
        """The growth of all records, their errors taken into account where they have any."""
        return self.with_errors or self.ignoring_errors

    def doubling(self) -> dict[str, float | str | None]:
        """The headline: months in which the compute of all records doubles."""
        return self.headline().doubling()

    def warnings(self) -> list[str]:
        """What the doubling times do not show: growth whose sign is open."""
        return [f"{name}: compute falls: the doubling time is negative, and is a halving time"
                if growth.line.high is not None and growth.line.high < 0.0 else
                f"{name}: compute may not grow at all: the doubling time has no upper end"
                for name, growth in self.kinds().items() if growth.line.low is not None and growth.line.low <= 0.0]

    def to_dict(self) -> dict[str, object]:
        """The trend as plain numbers."""
        return {
            "warnings": self.warnings(),
            "doubling": self.doubling(),
            "doubling_months": [{"trend": name, **growth.doubling(), "n": growth.line.n,
                                 "factor_per_year": 10.0**growth.line.slope}
                                for name, growth in self.kinds().items()],
            "ignoring_errors": self.ignoring_errors.to_dict(),
            "with_errors": None if self.with_errors is None else self.with_errors.to_dict(),
            "record_holders": None if self.record_holders is None else self.record_holders.to_dict(),
            "holders": list(self.holders), "without_interval": self.without_interval, "excluded": dict(self.excluded),
        }


@dataclass(frozen=True, slots=True)
class ComputeSeries:
    """Dates and compute of records, in powers of ten, with the standard error of each estimate."""

    model: tuple[str, ...]
    year: Array
    log10_flop: Array
    #: NaN where the record has no interval.
    error: Array
    excluded: Mapping[str, int]


def compute_series(frame: pd.DataFrame, compute: str = "flop") -> ComputeSeries:
    """The records with a date and compute, in order of time."""
    require(frame, (compute,))
    require_date(frame)
    flop, year = numbers(frame, compute), decimal_year(frame)
    failures = [*failures_of_year(frame), *failures_of_count(frame, compute)]
    if compute == "flop":
        refuse_exponents(flop)
        failures.append((f"flop is above {MOST_FLOP:g}", flop > MOST_FLOP))
    reasons = first_reasons(frame, failures)
    usable = reasons == ""
    if usable.sum() < 3:
        raise ProgressError(f"a trend needs at least three records with a date and compute, not {int(usable.sum())}"
                            + ("" if usable.all() else f": {counted(counts_of(reasons))}"))
    frame, flop, year = frame[usable], flop[usable], year[usable]
    error = known_errors(frame, compute) / log(10.0)
    names = frame["model"].astype(str) if "model" in frame else frame.index.astype(str)
    # Of one day's records the largest comes first, so that only it can be the most compute so far.
    order = np.lexsort((-flop.to_numpy(), year.to_numpy()))
    listed = list(names)
    return ComputeSeries(tuple(listed[i] for i in order), year.to_numpy()[order], np.log10(flop.to_numpy()[order]),
                         error[order], counts_of(reasons))


def _holders(series: ComputeSeries, holds: np.ndarray[tuple[int], np.dtype[np.bool_]], level: float,
             until: float | None) -> Growth:
    """Growth of the most compute so far as a process: time since the last record counts (see `process`)."""
    end = float(series.year.max()) if until is None else until
    per_log10 = 1.0 / log10(2.0)
    error = series.error * per_log10 if np.isfinite(series.error).all() else None
    found = drift(series.year, -series.log10_flop * per_log10, end, error=error, level=level)
    low, high = (None if one is None else one * log10(2.0) for one in (found.low, found.high))
    slope = found.rate * log10(2.0)
    intercept = float(series.log10_flop[holds][0] - slope * series.year[holds][0])
    error10 = None if found.standard_error is None else found.standard_error * log10(2.0)
    return Growth(Line(found.method, slope, intercept, low, high, error10, None, int(holds.sum())))


def compute_trend(frame: pd.DataFrame, level: float = 0.95, *, compute: str = "flop", until: float | None = None,
                  method: str = "process") -> Trend:
    """Growth of compute over time: ignoring the estimates' errors, with them, and of the most compute so far."""
    series = compute_series(frame, compute)
    if method not in METHODS:
        raise ProgressError(f"no method is called {method!r}; expected {' or '.join(METHODS)}")
    plain = Growth(least_squares(series.year, series.log10_flop, level))
    known = np.isfinite(series.error)
    weighed = None
    if known.any():
        errors = np.where(known, series.error, np.median(series.error[known]))
        weighed = Growth(with_known_errors(series.year, series.log10_flop, errors, level))
    holds = record_holders(series)
    top = None
    if holds.sum() >= 3:
        top = _holders(series, holds, level, until) if method == "process" else \
            Growth(least_squares(series.year[holds], series.log10_flop[holds], level))
    names = tuple(name for name, held in zip(series.model, holds, strict=True) if held)
    return Trend(plain, weighed, top, names, int((~known).sum()), series.excluded)


def record_holders(series: ComputeSeries) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which records took more compute than every earlier one."""
    before = np.concatenate([[-np.inf], np.maximum.accumulate(series.log10_flop)[:-1]])
    return np.asarray(series.log10_flop > before)
