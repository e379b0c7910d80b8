"""Hardware and algorithms told apart: records of time to a level, tables of old and new on old and new, re-runs.

Time to a level = work / (chips x rate of a chip x utilization). From one record to another the speed-up is the product
of faster chips, more chips, and less work for the same level; what is left after chips and their number is what
algorithms and software did together, utilization with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

import numpy as np

from computeest.progress.cells import TIMES
from computeest.progress.model import Array
from computeest.progress.process import Drift, drift, factors_per_year, running_best
from computeest.progress.records import ColumnError, ProgressError, numbers, require
from computeest.progress.years import decimal_year

if TYPE_CHECKING:
    import pandas as pd

#: What a cell of a table of old and new may hold: the less the better.
_VALUES = ("seconds", "minutes", "hours", "days", "flop", "error", "value")
#: What is the better the more: problems solved in a given time; a rating, of which 400 points are odds of 10 to 1.
_GAINS = ("solved", "speed", "elo")
_ELO = 400.0
#: Two columns that say one time differ by rounding alone: 12 minutes, 741 seconds.
_ROUNDED = 0.05
PARTS = ("hardware", "scale", "algorithm")


@dataclass(frozen=True, slots=True)
class TimedRecord:
    """A record of time to the level, against the first."""

    model: str
    year: float
    seconds: float
    chips: float
    #: Dense peak of one chip, FLOP/s.
    peak: float
    #: Speed-up against the first record, and its factors.
    speedup: float
    hardware: float
    scale: float
    algorithm: float

    def to_dict(self) -> dict[str, object]:
        """Plain numbers."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Split:
    """How much of a speed-up came from chips, from more of them, and from algorithms."""

    records: tuple[TimedRecord, ...]
    #: Share of the log of the whole speed-up.
    shares: Mapping[str, float]
    #: How fast the time to the level falls, and how fast the work (chips x peak x time) does.
    time: Mapping[str, float | str | None]
    work: Mapping[str, float | str | None]
    excluded: Mapping[str, int]
    #: Rows that could be used, records or not.
    n: int

    def to_dict(self) -> dict[str, object]:
        """Plain numbers."""
        last = self.records[-1]
        return {"speedup": last.speedup, "factors": {part: getattr(last, part) for part in PARTS},
                "shares": dict(self.shares), "halving_time": dict(self.time), "halving_work": dict(self.work),
                "factor_per_year": {"time": factors_per_year(self.time), "work": factors_per_year(self.work)},
                "records": [record.to_dict() for record in self.records], "excluded": dict(self.excluded)}


def split_times(frame: pd.DataFrame, *, until: float | None = None, level: float = 0.95) -> Split:
    """The records of time among rows with a date, a time, chips (`chips`) and their peak (`peak`, FLOP/s)."""
    require(frame, ("chips", "peak"))
    year, taken = decimal_year(frame), _seconds(frame)
    chips, peak = numbers(frame, "chips"), numbers(frame, "peak")
    usable = (taken > 0) & (chips > 0) & (peak > 0) & year.notna()
    if usable.sum() < 2:
        raise ProgressError(f"{int(usable.sum())} rows have a date, a time, chips and their peak: expected two or more")
    kept = frame[usable]
    names = (kept["model"] if "model" in kept else kept.index.to_series()).astype(str).tolist()
    at = year[usable].to_numpy(), taken[usable].to_numpy(), chips[usable].to_numpy(), peak[usable].to_numpy()
    best = running_best(at[0], at[1])
    records = tuple(_record(names[i], *(column[i] for column in at), *(column[best[0]] for column in at[1:]))
                    for i in best.tolist())
    whole = log(records[-1].speedup) if records[-1].speedup > 1.0 else float("nan")
    shares = {part: log(getattr(records[-1], part)) / whole for part in PARTS}
    work = np.log2(at[1] * at[2] * at[3])
    left = {"no date, time, chips or peak": int((~usable).sum())} if (~usable).any() else {}
    rates = [_halving(at[0], values, until, level) for values in (np.log2(at[1]), work)]
    return Split(records, shares, rates[0], rates[1], left, int(usable.sum()))


def _seconds(frame: pd.DataFrame) -> pd.Series:
    """How long each run took, in seconds, by whichever column says it; two that say it must agree."""
    names = [one for one in TIMES if one in frame]
    if not names:
        raise ColumnError(f"no column says how long a run took: expected {', '.join(TIMES)}")
    taken = numbers(frame, names[0]) * TIMES[names[0]]
    for name in names[1:]:
        own = numbers(frame, name) * TIMES[name]
        apart = int(((taken - own).abs() > _ROUNDED * np.maximum(taken, own)).sum())
        if apart:
            raise ProgressError(f"{' and '.join(names)} say different times in {apart} rows: if they are parts of one "
                                "time, add them up in one column")
        taken = taken.fillna(own)
    return taken


def _halving(year: Array, value: Array, until: float | None, level: float) -> Mapping[str, float | str | None]:
    if np.ptp(year) <= 0.0:
        return Drift(0.0, None, None, None, 0, 0.0, "one date").halving()
    return drift(year, value, until, level=level).halving()


def _record(model: str, year: float, seconds: float, chips: float, peak: float, first_seconds: float,
            first_chips: float, first_peak: float) -> TimedRecord:
    hardware, scale = peak / first_peak, chips / first_chips
    speedup = first_seconds / seconds
    return TimedRecord(model, float(year), float(seconds), float(chips), float(peak), float(speedup), float(hardware),
                       float(scale), float(speedup / (hardware * scale)))


@dataclass(frozen=True, slots=True)
class Crossing:
    """Old and new algorithms on old and new hardware: what each gained, with the other old and new."""

    level: str
    #: Gain of new hardware with the old and the new algorithm, of new algorithms on old and new hardware; None where a
    #: cell that it needs is missing.
    hardware_with_old: float | None
    hardware_with_new: float | None
    algorithm_on_old: float | None
    algorithm_on_new: float | None
    both: float | None
    #: The two gains of one kind over each other: above 1, each makes more of the other.
    interaction: float | None
    #: Each kind's gain, both orders averaged in logs; of the one order that there is where a cell is missing.
    hardware: float | None
    algorithm: float | None

    def to_dict(self) -> dict[str, object]:
        """Plain numbers."""
        return {name: getattr(self, name) for name in self.__slots__}


def cross(frame: pd.DataFrame) -> list[Crossing]:
    """A table of cells `algorithm` (old or new), `hardware` (old or new) and what it took; one table a `level`."""
    require(frame, ("algorithm", "hardware"))
    name = next((one for one in (*_VALUES, *_GAINS) if one in frame), None)
    if name is None:
        raise ColumnError(f"no column says what each took: expected {', '.join((*_VALUES, *_GAINS))}")
    levels = frame["level"].astype(str) if "level" in frame else frame["algorithm"].astype(str) * 0 + "level"
    return [_crossed(level, frame[levels == level], name) for level in dict.fromkeys(levels)]


def _crossed(level: str, frame: pd.DataFrame, name: str) -> Crossing:
    cells: dict[tuple[str, str], float] = {}
    for algorithm, hardware, value in zip(frame["algorithm"], frame["hardware"], numbers(frame, name), strict=True):
        key = str(algorithm).strip().lower(), str(hardware).strip().lower()
        if key[0] not in ("old", "new") or key[1] not in ("old", "new"):
            raise ProgressError(f"algorithm and hardware: expected old or new, not {algorithm!r} and {hardware!r}")
        if key in cells:
            raise ProgressError(f"{level}: two rows have {key[0]} algorithms on {key[1]} hardware")
        if not value > 0.0:
            raise ProgressError(f"{level}: {name} of {key[0]} algorithms on {key[1]} hardware is not more than 0")
        cells[key] = _taken(name, float(value))

    def gain(before: tuple[str, str], after: tuple[str, str]) -> float | None:
        return cells[before] / cells[after] if before in cells and after in cells else None

    hardware = gain(("old", "old"), ("old", "new")), gain(("new", "old"), ("new", "new"))
    algorithm = gain(("old", "old"), ("new", "old")), gain(("old", "new"), ("new", "new"))
    first, second = hardware
    interaction = second / first if first is not None and second is not None else None
    return Crossing(level, *hardware, *algorithm, gain(("old", "old"), ("new", "new")), interaction,
                    _average(hardware), _average(algorithm))


def _taken(name: str, value: float) -> float:
    """A cell as what it took: the less the better."""
    if name in _VALUES:
        return value
    return float(10.0 ** (-value / _ELO)) if name == "elo" else 1.0 / value


def _average(gains: Sequence[float | None]) -> float | None:
    known = [log(gain) for gain in gains if gain is not None]
    return exp(sum(known) / len(known)) if known else None
