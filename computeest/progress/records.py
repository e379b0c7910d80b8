"""Records as the progress fits need them: which rows of a frame can be used, and why the others cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from computeest.progress.model import Array
from computeest.progress.years import decimal_year, failures_of_year
from computeest.text.numbers import NINETY
from computeest.text.suggest import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

Named = TypeVar("Named")


class ProgressError(ValueError):
    """Why records cannot be read or fitted, in one line."""


class ColumnError(ProgressError):
    """Which column records lack: of which table, the command line says."""


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
    #: One sigma in natural log of each record's compute and data; None where the records have no intervals.
    compute_error: Array | None = None
    data_error: Array | None = None
    #: Which paper each record is of, and which way its compute was estimated; None where nothing says.
    cluster: NDArray[np.intp] | None = None
    method: NDArray[np.intp] | None = None
    #: Size of the data that each record was pre-trained on, 0 for none; None where nothing says.
    pretraining: Array | None = None

    def __len__(self) -> int:
        return len(self.score)

    def columns(self) -> Columns:
        """The model's columns, centred."""
        columns = centred(self.centre, self.year, self.compute, self.data, self.parameters)
        if self.pretraining is not None:
            columns["log_transfer"] = np.log1p(self.pretraining / self.data)
        return columns


class Columns(dict[str, Array]):
    """Centred columns, and those made of them: `after_2016` (years since then), `in_2016`, `a_x_b` (a product)."""

    def __init__(self, begin: float, *given: Any) -> None:
        super().__init__(*given)
        self.begin = begin

    def __missing__(self, name: str) -> Array:
        if name.startswith("after_"):
            return np.asarray(np.maximum(self["year"] + self.begin - float(name.removeprefix("after_")), 0.0))
        if name.startswith("in_"):
            inside = np.floor(self["year"] + self.begin) == float(name.removeprefix("in_"))
            return np.asarray(inside, dtype=np.float64)
        first, times, second = name.partition("_x_")
        if not times:
            raise KeyError(name)
        return np.asarray(self[first] * self[second])


def centred(centre: Centre, year: Array | float, compute: Array | float, data: Array | float,
            parameters: Array | None = None) -> Columns:
    """The columns a frontier model reads, at given years and resources."""
    year = np.atleast_1d(np.asarray(year, dtype=np.float64))
    columns = Columns(centre.year)
    columns |= {
        "constant": np.ones_like(year),
        "year": year - centre.year,
        "log_compute": np.log(np.atleast_1d(compute)) - np.log(centre.compute),
        "log_data": np.log(np.atleast_1d(data)) - np.log(centre.data),
    }
    if parameters is not None:
        columns["log_parameters"] = np.log(np.atleast_1d(parameters))
    return columns


def numbers(frame: pd.DataFrame, column: str) -> pd.Series:
    """A column as float64; what is not a number is missing (`cells.read_cells` turns '85.4 %' into one before).

    An annotated table keeps its own cells and has the record's beside them under `<column>_estimated`: those are read.
    """
    import pandas as pd

    return pd.to_numeric(frame[_recorded(frame, column)], errors="coerce").astype("float64")


def _recorded(frame: pd.DataFrame, column: str) -> str:
    return f"{column}_estimated" if f"{column}_estimated" in frame else column


def observations(frame: pd.DataFrame, centre: Centre | None = None, *, data: str | None = "training_examples",
                 compute: str = "flop", required: Sequence[str] = (), scale: Scale | None = None,
                 cluster: str | None = None, pretraining: str | None = None) -> Observations:
    """The usable rows of a frame of records; without a centre, the sample's own minima (as Ho et al. 2024 do).

    With `data` None the column is looked for (DATA_COLUMNS); where there is none the size is missing in every record,
    and a model leaves it out (`identify.reduced`).
    """
    data, listed = _data_column(frame, data)
    require(frame, ("score", compute, *listed, *required, *((pretraining,) if pretraining else ())))
    require_date(frame)
    scale = scale or Scale()
    score = numbers(frame, "score")
    reasons = _reasons(frame, score, (compute, *listed, *required), scale)
    kept = frame[reasons == ""]
    if kept.empty:
        raise ProgressError(f"no record can be used: {counted(counts_of(reasons))}")
    year, flop = decimal_year(kept), numbers(kept, compute)
    size = numbers(kept, data) if listed else year * np.nan
    if centre is None:
        centre = Centre(float(np.floor(year.min())), float(flop.min()), float(size.min()) if listed else 1.0)
    elif not listed:
        centre = Centre(centre.year, centre.compute, 1.0)
    parameters = numbers(kept, "parameters") if "parameters" in kept else year * np.nan
    names = kept["model"].astype(str) if "model" in kept else kept.index.astype(str)
    return Observations(tuple(names), year.to_numpy(), flop.to_numpy(), size.to_numpy(),
                        score[kept.index].to_numpy(), parameters.to_numpy(), centre, counts_of(reasons),
                        compute_error=log_error(kept, compute), data_error=log_error(kept, data),
                        cluster=clusters(kept, cluster),
                        method=clusters(kept, "method") if "method" in kept else None,
                        pretraining=numbers(kept, pretraining).fillna(0.0).to_numpy() if pretraining else None)


#: Columns of the size of a training set, in the order in which they are looked for.
DATA_COLUMNS = ("training_examples", "training_tokens")


def _data_column(frame: pd.DataFrame, data: str | None) -> tuple[str, tuple[str, ...]]:
    """The column on the data axis, and the same as what is required: nothing where there is none."""
    if data is not None:
        return data, (data,)
    for name in DATA_COLUMNS:
        if name in frame and numbers(frame, name).notna().any():
            return name, (name,)
    return DATA_COLUMNS[0], ()


@dataclass(frozen=True, slots=True)
class Scale:
    """What scores are: shares between chance and 1, or any numbers."""

    #: The score of chance alone, as a fraction.
    floor: float = 0.0
    #: False for scores without bounds, such as Elo.
    bounded: bool = True

    def bounds(self) -> tuple[float, float]:
        """What a usable score lies between."""
        return (self.floor, 1.0) if self.bounded else (-np.inf, np.inf)


def log_error(frame: pd.DataFrame, column: str) -> Array | None:
    """One sigma in natural log of each record's own interval, `<column>_low` to `<column>_high`; None without both.

    Where a record lacks an interval it is taken to be as wide as the others' median.
    """
    error = known_errors(frame, column)
    known = np.isfinite(error)
    return np.where(known, error, np.median(error[known])) if known.any() else None


def known_errors(frame: pd.DataFrame, column: str) -> Array:
    """One sigma in natural log of each record's own interval; NaN where it has none."""
    low_name, high_name = f"{column}_low", f"{column}_high"
    if low_name not in frame or high_name not in frame:
        return np.full(len(frame), np.nan)
    low, high = numbers(frame, low_name).to_numpy(), numbers(frame, high_name).to_numpy()
    crossed = int(np.sum(low > high))
    if crossed:
        raise ProgressError(f"{low_name} lies above {high_name} in {crossed} records: are the columns exchanged?")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((low > 0) & (high >= low) & np.isfinite(high), np.log(high / low) / (2.0 * NINETY), np.nan)


#: Columns that say which records are of one paper, in the order in which they are looked for.
PAPER_COLUMNS = ("paper", "reference", "link")


#: What is asked for in the place of a column where records are to count as independent.
ALONE = "none"


#: Papers below which resamples of them tell too little: a column of fewer is not taken without being asked for.
FEW_PAPERS = 10


def paper_column(frame: pd.DataFrame, asked: str | None, least: int = 1) -> str | None:
    """The column that says which records are of one paper: as asked, or else the first with so many papers."""
    if asked == ALONE:
        return None
    return asked or next((name for name in PAPER_COLUMNS if name in frame and
                          frame[name].nunique() + int(frame[name].isna().sum()) >= least), None)


def clusters(frame: pd.DataFrame, column: str | None) -> NDArray[np.intp] | None:
    """A number for each cluster of records; a record whose cell is empty stands alone. None without a column."""
    if column is None:
        return None
    require(frame, (column,))
    alone = "\0" + frame.index.to_series().astype(str)
    named = frame[column].astype(str).where(frame[column].notna(), alone)
    return np.asarray(np.unique(named.to_numpy().astype(str), return_inverse=True)[1], dtype=np.intp)


#: Between these lie the logarithms of training compute, to ten and then to e: never all of a table's compute in FLOP,
#: nor some of it beside compute that is so many times larger. Of sizes of networks and of their data never all.
EXPONENTS, _TO_E, _APART, EXPONENTS_OF_SIZES = (8.0, 81.0), 35.0, 1e6, (2.0, 37.0)
#: More than this no training took: the bound of the column that states it.
MOST_FLOP = 1e32
SIZES = ("training_examples", "training_tokens", "tokens", "parameters")


def refuse_exponents(values: pd.Series, column: str = "flop") -> None:
    """Numbers that are written as logarithms would be fitted as if they hardly grew."""
    known = values[np.isfinite(values)].to_numpy()
    told = exponents(column, known)
    if told is None:
        return
    size, some = column in SIZES, "values" if len(told) == len(known) else f"{len(told)} of {len(known)} values,"
    kind, base, sign = ("natural logarithms", np.e, "e") if told.max() > _TO_E else ("powers of ten", 10.0, "10")
    write = f"write {sign}^{told.min():.4g} as {base ** told.min():.2g}"
    if size:
        kind, write = "powers of ten or millions", "write the counts"
    raise ProgressError(f"{column}: {some} from {told.min():.4g} to {told.max():.4g} look like {kind}: {write}")


def exponents(column: str, known: Array) -> Array | None:
    """Those of a column's numbers that look like logarithms; None where none does."""
    size = column in SIZES
    least, most = EXPONENTS_OF_SIZES if size else EXPONENTS
    told = known[(known >= least) & (known <= most)]
    if not len(told) or (column != "flop" and not size):
        return None
    if len(told) == len(known):
        return None if size and np.ptp(told) == 0.0 else told
    return None if size or known.max() < _APART * most else told


def _reasons(frame: pd.DataFrame, score: pd.Series, columns: Sequence[str], scale: Scale) -> pd.Series:
    """Why each row is left out; empty text where it is not. The first reason counts."""
    low, high = scale.bounds()
    within = f"between {low:g} and {high:g}" if scale.bounded else "finite"
    failures = [*failures_of_year(frame), ("score is missing", frame[_recorded(frame, "score")].isna()),
                ("score is not a number", score.isna()),
                (f"score is not {within}", ~((score > low) & (score < high)))]
    for column in columns:
        values = numbers(frame, column)
        if column == "flop" or column in SIZES:
            refuse_exponents(values, column)
        failures += failures_of_count(frame, column)
        if column == "flop":
            failures.append((f"flop is above {MOST_FLOP:g}", values > MOST_FLOP))
    return first_reasons(frame, failures)


def failures_of_count(frame: pd.DataFrame, column: str) -> list[tuple[str, pd.Series]]:
    """Which records have no count of this column, by reason."""
    values = numbers(frame, column)
    return [(f"{column} is missing", frame[_recorded(frame, column)].isna()),
            (f"{column} is not a number", values.isna()),
            (f"{column} is not positive", ~((values > 0) & np.isfinite(values)))]


def first_reasons(frame: pd.DataFrame, failures: Sequence[tuple[str, pd.Series]]) -> pd.Series:
    """The first reason that holds for each row; empty text where none does."""
    import pandas as pd

    reasons = pd.Series("", index=frame.index)
    for reason, failed in failures:
        reasons = reasons.mask((reasons == "") & failed, reason)
    return reasons


def counts_of(reasons: pd.Series) -> dict[str, int]:
    """How many rows each reason leaves out."""
    counts = reasons[reasons != ""].value_counts().sort_index()
    return {str(reason): int(count) for reason, count in counts.items()}


def counted(counts: Mapping[str, int]) -> str:
    """The same in words."""
    return ", ".join(f"{reason} in {count}" for reason, count in counts.items()) or "the table has no rows"


def require(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Complain of the first column that is not there, with the nearest that is."""
    for column in columns:
        if column not in frame:
            close = did_you_mean(column, [str(name) for name in frame.columns])
            raise ColumnError(f"no column `{column}`" + (f"; {close}" if close else ""))


def named(name: str, known: Mapping[str, Named], what: str) -> Named:
    """The one of that name, or a complaint with the nearest that there is."""
    if name not in known:
        close = did_you_mean(name, known) or "expected " + ", ".join(known)
        raise ProgressError(f"no {what} is called {name!r}; {close}")
    return known[name]


def require_date(frame: pd.DataFrame) -> None:
    """Complain where no column says when."""
    if "year" not in frame and "published" not in frame:
        raise ColumnError("no column says when: expected `year` or `published`")


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
