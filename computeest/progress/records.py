"""Records as the progress fits need them: which rows of a frame can be used, and why the others cannot."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from computeest.progress.model import Array
from computeest.text import dates
from computeest.text.suggest import did_you_mean

if TYPE_CHECKING:
    import pandas as pd


class ProgressError(ValueError):
    """Why records cannot be read or fitted, in one line."""


@dataclass(frozen=True, slots=True)
class Centre:
    """Where the model's intercepts are: the year, compute and data at which the arguments hold constants only."""

    year: float
    compute: float
    data: float

    def to_dict(self) -> dict[str, float]:
        """The three numbers by name."""
        return {"year": self.year, "compute": self.compute, "data": self.data}


@dataclass(frozen=True, slots=True)
class Observations:
    """The rows of a frame that a frontier fit uses, as arrays of one length."""

    model: tuple[str, ...]
    year: Array
    compute: Array
    data: Array
    score: Array
    parameters: Array
    centre: Centre
    #: Rows left out, counted by reason: nothing vanishes.
    excluded: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.score)

    def columns(self) -> dict[str, Array]:
        """The model's columns, centred."""
        return centred(self.centre, self.year, self.compute, self.data, self.parameters)


def centred(centre: Centre, year: Array | float, compute: Array | float, data: Array | float,
            parameters: Array | None = None) -> dict[str, Array]:
    """The columns a frontier model reads, at given years and resources."""
    year = np.atleast_1d(np.asarray(year, dtype=np.float64))
    columns = {
        "constant": np.ones_like(year),
        "year": year - centre.year,
        "log_compute": np.log(np.atleast_1d(compute)) - np.log(centre.compute),
        "log_data": np.log(np.atleast_1d(data)) - np.log(centre.data),
    }
    if parameters is not None:
        columns["log_parameters"] = np.log(np.atleast_1d(parameters))
    return columns


def decimal_year(frame: pd.DataFrame) -> pd.Series:
    """When each model was published, as a decimal calendar year, from `year` or else from `published`."""
    import pandas as pd

    year = numbers(frame, "year") if "year" in frame else pd.Series(np.nan, index=frame.index)
    if "published" not in frame:
        return year
    date = pd.to_datetime(frame["published"].map(_day), errors="coerce", format="mixed")
    start = pd.to_datetime(pd.DataFrame({"year": date.dt.year.fillna(2000).astype(int), "month": 1, "day": 1}))
    length = np.where(date.dt.is_leap_year, 366.0, 365.0)
    return year.fillna(date.dt.year + (date - start).dt.days / length)


def _day(published: object) -> object:
    """A date as annotated tables write it, '2021' or '2024-Q3', as the day in its middle; what is none as it stands."""
    try:
        found = dates.read(published) if isinstance(published, str) else None
    except ValueError:
        return published
    return published if found is None else datetime.datetime(found.year, found.month, found.day)


def numbers(frame: pd.DataFrame, column: str) -> pd.Series:
    """A column as float64; what is not a number is missing.

    An annotated table keeps its own cells and has the record's beside them under `<column>_estimated`: those are read.
    """
    import pandas as pd

    return pd.to_numeric(frame[_recorded(frame, column)], errors="coerce").astype("float64")


def _recorded(frame: pd.DataFrame, column: str) -> str:
    return f"{column}_estimated" if f"{column}_estimated" in frame else column


def observations(frame: pd.DataFrame, centre: Centre | None = None, *, data: str = "training_examples",
                 compute: str = "flop", required: Sequence[str] = ()) -> Observations:
    """The usable rows of a frame of records; without a centre, the sample's own minima (as Ho et al. 2024 do)."""
    require(frame, ("score", compute, data, *required))
    if "year" not in frame and "published" not in frame:
        raise ProgressError("no column says when: expected `year` or `published`")
    reasons = _reasons(frame, data, compute, required)
    kept = frame[reasons == ""]
    if kept.empty:
        raise ProgressError(f"no record can be used: {_counted(reasons)}")
    year, flop, size = decimal_year(kept), numbers(kept, compute), numbers(kept, data)
    if centre is None:
        centre = Centre(float(np.floor(year.min())), float(flop.min()), float(size.min()))
    parameters = numbers(kept, "parameters") if "parameters" in kept else year * np.nan
    names = kept["model"].astype(str) if "model" in kept else kept.index.astype(str)
    return Observations(tuple(names), year.to_numpy(), flop.to_numpy(), size.to_numpy(),
                        numbers(kept, "score").to_numpy(), parameters.to_numpy(), centre,
                        _counts(reasons))


def _reasons(frame: pd.DataFrame, data: str, compute: str, required: Sequence[str]) -> pd.Series:
    """Why each row is left out; empty text where it is not. The first reason counts."""
    import pandas as pd

    reasons = pd.Series("", index=frame.index)
    score = numbers(frame, "score")
    failures = [("year is missing", decimal_year(frame).isna()),
                ("score is missing", frame[_recorded(frame, "score")].isna()),
                ("score is not a number", score.isna()),
                ("score is not between 0 and 1", ~((score > 0) & (score < 1)))]
    for column in (compute, data, *required):
        values = numbers(frame, column)
        failures.append((f"{column} is missing", frame[_recorded(frame, column)].isna()))
        failures.append((f"{column} is not a number", values.isna()))
        failures.append((f"{column} is not positive", ~((values > 0) & np.isfinite(values))))
    for reason, failed in failures:
        reasons = reasons.mask((reasons == "") & failed, reason)
    return reasons


def _counts(reasons: pd.Series) -> dict[str, int]:
    counts = reasons[reasons != ""].value_counts().sort_index()
    return {str(reason): int(count) for reason, count in counts.items()}


def _counted(reasons: pd.Series) -> str:
    return ", ".join(f"{reason} in {count}" for reason, count in _counts(reasons).items()) or "the table has no rows"


def require(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Complain of the first column that is not there, with the nearest that is."""
    for column in columns:
        if column not in frame:
            close = did_you_mean(column, [str(name) for name in frame.columns])
            raise ProgressError(f"no column `{column}`" + (f"; {close}" if close else ""))


def select(frame: pd.DataFrame, **wanted: str | None) -> pd.DataFrame:
    """Rows whose columns hold the wanted words; where nothing is asked, there must be only one word to hold."""
    for column, word in wanted.items():
        frame = take(frame, column, word)
        words = sorted(frame[column].dropna().astype(str).unique()) if column in frame else []
        if len(words) > 1:
            raise ProgressError(f"several {column}s: choose one with --{column}: " + ", ".join(map(repr, words[:8])))
    return frame


def take(frame: pd.DataFrame, column: str, word: str | None) -> pd.DataFrame:
    """Rows whose column holds a word; all of them where no word is asked for."""
    if word is None:
        return frame
    require(frame, (column,))
    held = frame[column].astype(str)
    if not (held == word).any():
        close = did_you_mean(word, sorted(held.unique()))
        raise ProgressError(f"no record has {column} {word!r}" + (f"; {close}" if close else ""))
    return frame[held == word]


def read_table(path: Path) -> pd.DataFrame:
    """A table of records: CSV, TSV, Parquet or JSON lines, by the file's name."""
    import pandas as pd

    if not path.is_file():
        raise ProgressError(f"{path}: no such file")
    readers: dict[str, Callable[[Path], pd.DataFrame]] = {
        ".csv": pd.read_csv, ".tsv": lambda p: pd.read_csv(p, sep="\t"), ".parquet": pd.read_parquet,
        ".jsonl": lambda p: pd.read_json(p, lines=True),
    }
    if path.suffix not in readers:
        raise ProgressError(f"{path}: expected a name that ends in {', '.join(readers)}")
    try:
        frame = readers[path.suffix](path)
    except (ValueError, OSError, UnicodeDecodeError) as error:
        raise ProgressError(f"{path}: cannot be read: {str(error).splitlines()[0]}") from None
    if frame.empty:
        raise ProgressError(f"{path}: has no rows")
    return frame
