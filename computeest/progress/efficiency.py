"""Efficiency: how much less compute reaches one fixed level of performance as algorithms improve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, isfinite, log
from typing import TYPE_CHECKING

import numpy as np

from computeest.progress.model import Array
from computeest.progress.process import METHODS, Drift, drift, factor_per_year, factors_per_year
from computeest.progress.records import (
    MOST_FLOP,
    ProgressError,
    counted,
    counts_of,
    failures_of_count,
    first_reasons,
    log_error,
    numbers,
    refuse_exponents,
    require,
    require_date,
)
from computeest.progress.regression import Line, end_points, least_squares, median_of_slopes
from computeest.progress.years import decimal_year, failures_of_year

if TYPE_CHECKING:
    import pandas as pd

#: FLOP in one of each unit that compute is stated in.
UNITS: Mapping[str, float] = {
    "FLOP": 1.0, "GFLOP": 1e9, "TFLOP": 1e12, "PFLOP": 1e15, "EFLOP": 1e18,
    "TFLOP/s-day": 8.64e16, "PFLOP/s-day": 8.64e19,
}
#: What a source counts a multiply-add as, and the FLOP in one of its counts.
COUNTS: Mapping[str, float] = {"flop": 1.0, "mac": 2.0}
MOORE_MONTHS = 24.0
#: Months in which other technologies double what they give for the same money, as Hernandez and Brown 2020 and Erdil
#: and Besiroglu 2022 compare with.
OTHER_RATES: Mapping[str, float] = {
    "transistors on a chip (Moore's law)": MOORE_MONTHS, "DNA sequencing": 10.0, "solar electricity": 72.0}
#: Below this share of the factor that is seen, most of it may be luck of the estimates.
_LUCKY = 0.6
_MONTHS = 12.0


@dataclass(frozen=True, slots=True)
class Step:
    """One model that reaches the level."""

    model: str
    year: float
    #: Training compute, a multiply-add counted as two.
    flop: float
    tflop_s_days: float
    #: How many times less than the baseline.
    factor: float
    #: Whether nothing published before took less.
    running_best: bool

    def to_dict(self) -> dict[str, object]:
        """The step as plain numbers."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Halving:
    """How fast the compute needed halves, by one regression of log2 compute on time."""

    method: str
    records: str
    months: float
    low: float | None
    high: float | None
    n: int

    def to_dict(self) -> dict[str, object]:
        """The halving time; an end of the interval that is not there is null."""
        return {**{name: getattr(self, name) for name in self.__slots__},
                "factor_per_year": factor_per_year(self.months)}


@dataclass(frozen=True, slots=True)
class Efficiency:
    """How the compute for one level fell."""

    level: float | None
    baseline: str
    #: "mac": the source counted multiply-adds as one, and they were doubled here.
    counts: str
    steps: tuple[Step, ...]
    halvings: tuple[Halving, ...]
    #: Baseline over best compute, and what Moore's law alone gives over the same time.
    best_factor: float
    moore_factor: float
    excluded: Mapping[str, int]
    #: The headline: how fast the frontier falls, as asked for.
    halving: Mapping[str, float | str | None]
    #: Growth of efficiency in a year, as a factor.
    growth: Mapping[str, float | None]
    #: The end of the period that was looked at, a decimal year: time without a record counts.
    until: float
    #: Baseline over frontier with the estimates' own noise taken out; None where they have no intervals.
    corrected_factor: float | None
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The whole table as plain numbers."""
        return {
            "halving": dict(self.halving), "factor_per_year": dict(self.growth), "until": self.until,
            "corrected_factor": self.corrected_factor, "warnings": list(self.warnings),
            "level": self.level, "baseline": self.baseline, "counts": self.counts, "best_factor": self.best_factor,
            "moore_factor": self.moore_factor, "beyond_moore": self.best_factor / self.moore_factor,
            "compared": self.compared(),
            "halving_months": [halving.to_dict() for halving in self.halvings],
            "steps": [step.to_dict() for step in self.steps], "excluded": dict(self.excluded),
        }

    def compared(self) -> list[dict[str, float | str]]:
        """What other rates give over the time in which the level got cheaper."""
        elapsed = MOORE_MONTHS * log(self.moore_factor) / log(2.0)
        return [{"rate": name, "months": months, "factor_per_year": 2.0 ** (_MONTHS / months),
                 "factor": 2.0 ** (elapsed / months)} for name, months in OTHER_RATES.items()]


def efficiency_gains(frame: pd.DataFrame, level: float | None = None, baseline: str | None = None, *,
                     compute: str = "flop", unit: str = "FLOP", counts: str = "flop", interval: float = 0.95,
                     method: str = "process", until: float | None = None, errors: bool = True) -> Efficiency:
    """Records that reach a level of performance, their compute against the baseline's, and its halving time.

    The period ends with the table's last record, of whatever level, or where `until` says.
    """
    if unit not in UNITS or counts not in COUNTS:
        raise ProgressError(f"expected a unit of {', '.join(UNITS)} and counts of {', '.join(COUNTS)}")
    if method not in METHODS:
        raise ProgressError(f"no method is called {method!r}; expected {' or '.join(METHODS)}")
    kept, excluded = _reaching(frame, level, compute, unit == "FLOP")
    year = decimal_year(kept).to_numpy()
    flop = numbers(kept, compute).to_numpy() * UNITS[unit] * COUNTS[counts]
    if compute == "flop" and flop.max() > MOST_FLOP:
        raise ProgressError(f"flop: {flop.max():.3g} FLOP is more than any training took" + (
            f": are the cells in {unit} (--unit), or state their own?" if unit != "FLOP" else ""))
    names = [str(name) for name in kept["model"]]
    first = _baseline(names, year, baseline)
    best = np.array([flop[i] <= flop[(year < year[i]) | ((year == year[i]) & (flop < flop[i]))].min(initial=np.inf)
                     for i in range(len(flop))])
    since = year >= year[first]
    order = np.lexsort((flop, year))
    steps = tuple(Step(names[i], float(year[i]), float(flop[i]), float(flop[i] / UNITS["TFLOP/s-day"]),
                       float(flop[first] / flop[i]), bool(best[i] and since[i])) for i in order)
    winners = best & since
    last = int(np.flatnonzero(winners)[np.argmin(flop[winners])])
    elapsed = _MONTHS * (year[last] - year[first])
    error = log_error(kept, compute) if errors else None
    end = max(float(decimal_year(frame).max()), float(year.max())) if until is None else until
    if end < year.max():
        raise ProgressError(f"--until: {end:.4g} is before the last record, of {year.max():.1f}")
    halvings = _halvings(year, np.log2(flop), winners, interval)
    walk = None
    if since.sum() > 1 and end > year[first]:
        walk = drift(year[since], np.log2(flop)[since], end, level=interval,
                     error=None if error is None else error[since] / log(2.0))
    headline, said = _headline(method, walk, halvings)
    said = (*_of_no_level(kept, level), *said)
    clean = None if walk is None or error is None else float(2.0 ** (walk.rate * (end - year[first])))
    whole = float(flop[first] / flop[last])
    if clean is not None and clean < _LUCKY * whole:
        said = (*said, f"of the factor {whole:.3g} about {max(clean, 1.0):.3g} is left when the estimates' errors are "
                       "taken as independent: the best of many uncertain estimates looks better than it is "
                       "(--ignore-errors)")
    return Efficiency(level, names[first], counts, steps, halvings, whole, exp(log(2.0) * elapsed / MOORE_MONTHS),
                      excluded, headline, factors_per_year(headline), end, clean, said)


def _of_no_level(kept: pd.DataFrame, level: float | None) -> tuple[str, ...]:
    """What is said of records that count as of one level without one being asked for."""
    score = numbers(kept, "score").dropna() if level is None and "score" in kept else None
    if score is None or score.empty or score.min() == score.max():
        return ()
    return (f"no level is asked for (--score): all records count as reaching one, though their scores go from "
            f"{score.min():.4g} to {score.max():.4g}",)


def _headline(method: str, walk: Drift | None,
              halvings: tuple[Halving, ...]) -> tuple[Mapping[str, float | str | None], tuple[str, ...]]:
    """The halving time as asked for, and what to doubt about it."""
    nothing: dict[str, float | str | None] = {"months": None, "low": None, "high": None, "method": method}
    if method == "ols":
        line = next((one for one in halvings if one.method == "least squares" and one.records == "running best"), None)
        found = nothing if line is None else {"months": line.months, "low": line.low, "high": line.high,
                                              "method": "least squares over the running best"}
        return found, ("--method ols takes records for independent points around a line: its interval is too narrow, "
                       "and time since the last record does not count",)
    if walk is None:
        return nothing, ("records of one time: nothing tells how fast the level gets cheaper",)
    said = []
    if walk.low is None:
        few = "1 step of the frontier is" if walk.steps == 1 else f"{walk.steps} steps of the frontier are"
        said.append(f"{few} too few for an interval")
    elif walk.low <= 0.0:
        said.append("the compute needed may not fall at all: the halving time has no upper end")
    return walk.halving(), tuple(said)


def _reaching(frame: pd.DataFrame, level: float | None, compute: str,
              in_flop: bool) -> tuple[pd.DataFrame, dict[str, int]]:
    require(frame, ("model", compute, *(("score",) if level is not None else ())))
    require_date(frame)
    if compute == "flop" and in_flop:
        refuse_exponents(numbers(frame, compute))
    failures = [*failures_of_year(frame), *failures_of_count(frame, compute)]
    if level is not None:
        score = numbers(frame, "score")
        if level <= 1.0:  # a share, which no percent among shares reaches by being one
            failures.append(("score is above 1", score > 1.0))
        failures.append(("below the level", ~(score >= level)))
    reasons = first_reasons(frame, failures)
    if not (reasons == "").any():
        best = "" if level is None else f" {level:g}; the best score is {numbers(frame, 'score').max():g}"
        raise ProgressError(f"no record with a date and compute reaches the level{best}: {counted(counts_of(reasons))}")
    return frame[reasons == ""], counts_of(reasons)


def _baseline(names: list[str], year: Array, wanted: str | None) -> int:
    if wanted is None:
        return int(np.argmin(year))
    if wanted not in names:
        from computeest.text.suggest import did_you_mean

        close = did_you_mean(wanted, names)
        raise ProgressError(f"no record that reaches the level is called {wanted!r}" + (f"; {close}" if close else ""))
    return names.index(wanted)


def _halvings(year: Array, log2: Array, winners: Array, interval: float) -> tuple[Halving, ...]:
    """The same rate by several roads: they agree only if the data determine it."""
    best, value = year[winners], log2[winners]
    lines: list[tuple[str, Line]] = []
    if len(best) >= 2 and len(np.unique(best)) >= 2:
        lines.append(("running best", end_points(best, value)))
    if len(best) >= 3:
        lines += [("running best", least_squares(best, value, interval)),
                  ("running best", median_of_slopes(best, value, interval))]
    if len(year) >= 3 and len(np.unique(year)) >= 2:
        lines += [("all", least_squares(year, log2, interval)), ("all", median_of_slopes(year, log2, interval))]
    return tuple(Halving(line.method, records, *_months(line), line.n) for records, line in lines)


def _months(line: Line) -> tuple[float, float | None, float | None]:
    """Slopes in doublings a year as halving times; an interval around zero has no finite ends on that side."""
    point = -_MONTHS / line.slope if line.slope else float("inf")
    if line.low is None or line.high is None:
        return point, None, None
    fastest, slowest = -line.low, -line.high
    low = _MONTHS / fastest if fastest > 0 else None
    high = _MONTHS / slowest if slowest > 0 and isfinite(_MONTHS / slowest) else None
    return point, low, high
