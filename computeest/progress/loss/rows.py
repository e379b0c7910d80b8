"""Evaluations as the loss models need them: which rows can be used, the unit of their score, and what is copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from computeest.progress.model import Array
from computeest.progress.records import (
    FEW_PAPERS,
    SIZES,
    ColumnError,
    ProgressError,
    clusters,
    counted,
    counts_of,
    first_reasons,
    numbers,
    paper_column,
    refuse_exponents,
    require,
)
from computeest.progress.years import decimal_year, failures_of_year

if TYPE_CHECKING:
    import pandas as pd

_LN2 = float(np.log(2.0))
#: Columns that hold a loss-like score, in the order in which they are looked for, and what turns them into nats.
KINDS: Mapping[str, str] = {
    "loss": "nats", "log_perplexity": "nats", "log_ppl": "nats", "cross_entropy": "nats",
    "perplexity": "perplexity", "ppl": "perplexity",
    "bits_per_byte": "bits", "bpb": "bits", "bits_per_character": "bits", "bpc": "bits", "bits_per_token": "bits",
}
UNITS = ("nats", "bits", "perplexity")
DATA = ("training_tokens", "tokens", "training_examples", "dataset")
#: Muennighoff et al. 2023 (arXiv:2305.16264), table 1: how many repetitions of data are worth their first reading.
REPETITIONS = 2.9157
#: Forward and backward FLOP of one token and parameter (Kaplan et al. 2020, arXiv:2001.08361, section 2.1).
FLOP_PER_PARAMETER_AND_TOKEN = 6.0


@dataclass(frozen=True, slots=True)
class LossRows:
    """Usable evaluations as arrays of one length; loss in nats, compute in FLOP, the first benchmark the reference."""

    model: tuple[str, ...]
    benchmark: NDArray[np.str_]
    benchmarks: tuple[str, ...]
    year: Array
    parameters: Array
    data: Array
    compute: Array
    loss: Array
    epochs: Array
    vocabulary: Array
    #: 1 for rows of the group whose own gain is asked for, 0 for others; NaN where there is no such column.
    group: Array
    #: Which paper (or organization) a row is of: rows of one are drawn together.
    cluster: NDArray[np.intp]
    #: What the clusters are of; empty where every row stands alone.
    clustered_by: str
    excluded: Mapping[str, int]
    #: Rows that repeat a model's score on another benchmark.
    copied: int = 0

    def __len__(self) -> int:
        return len(self.loss)

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> LossRows:
        """Some of the rows, with the same reference benchmark."""
        arrays = {name: getattr(self, name)[index] for name in ("benchmark", "year", "parameters", "data", "compute",
                                                                "loss", "epochs", "vocabulary", "group", "cluster")}
        names = np.asarray(self.model, dtype=object)[index].tolist()
        return replace(self, model=tuple(names), **arrays)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where resources and time count from: the sample's minima, as the authors take them."""

    year: float
    parameters: float
    data: float
    compute: float

    @classmethod
    def of(cls, rows: LossRows) -> Origin:
        """The smallest of each."""
        with np.errstate(all="ignore"):
            return cls(float(rows.year.min()), float(rows.parameters.min()), float(rows.data.min()),
                       float(rows.compute.min()))


def columns(rows: LossRows, origin: Origin, *, repeats: bool = False) -> dict[str, Array]:
    """The models' columns, counted from the origin."""
    data = rows.data * effective_epochs(rows.epochs) if repeats else rows.data
    least = origin.data * (float(effective_epochs(np.ones(1))[0]) if repeats else 1.0)
    log_parameters, log_data = np.log(rows.parameters / origin.parameters), np.log(data / least)
    bend = np.log(rows.year)
    return {"constant": np.ones(len(rows)), "year": rows.year - origin.year, "log_parameters": log_parameters,
            "log_data": log_data, "log_compute": np.log(rows.compute / origin.compute),
            "log_year_x_log_parameters": bend * log_parameters, "log_year_x_log_data": bend * log_data,
            "log_vocabulary": np.log(rows.vocabulary), "group": rows.group}


def effective_epochs(epochs: Array) -> Array:
    """How many times its size a corpus is worth when it is read so often: as the authors take it, 1.85 for one epoch.

    1 + R (1 - exp(-epochs / R)) with R from Muennighoff et al.; those count repetitions after the first reading, the
    authors of the language models' fit all epochs. Where every model reads its data once the difference is a constant.
    """
    return np.asarray(1.0 + REPETITIONS * (1.0 - np.exp(-epochs / REPETITIONS)))


def loss_rows(frame: pd.DataFrame, *, score: str | None = None, unit: str | None = None, data: str | None = None,
              group: str | None = None, cluster: str | None = None, reference: str | None = None,
              drop_copied: bool = False) -> LossRows:
    """The usable rows of a frame of evaluations."""
    score, unit = _score(frame, score, unit)
    size = data or next((name for name in DATA if name in frame), None)
    if "year" not in frame and "published" not in frame:
        raise ColumnError("no column says when: expected `year` or `published`")
    if "parameters" not in frame and "flop" not in frame:
        raise ColumnError("no column says how large a model is: expected `parameters` or `flop`")
    if data is not None:
        require(frame, (data,))
    values, resources = numbers(frame, score), _resources(frame, size)
    reasons = _reasons(frame, score, unit, values, resources)
    kept = frame[reasons == ""]
    if kept.empty:
        raise ProgressError(f"no evaluation can be used: {counted(counts_of(reasons))}")
    loss = _nats(values[kept.index].to_numpy(), unit)
    names = kept["model"].astype(str) if "model" in kept else kept.index.astype(str)
    benchmark = _in_one_spelling(kept["benchmark"]) if "benchmark" in kept else np.full(len(kept), "benchmark")
    column = paper_column(kept, cluster, FEW_PAPERS)
    rows = LossRows(
        tuple(names), benchmark.astype(np.str_), _benchmarks(benchmark, reference), decimal_year(kept).to_numpy(),
        resources["parameters"][kept.index].to_numpy(), resources["data"][kept.index].to_numpy(),
        resources["compute"][kept.index].to_numpy(), loss, _optional(kept, "epochs", 1.0),
        _optional(kept, "vocabulary", np.nan), _group(kept, group), _alone(clusters(kept, column), len(kept)),
        column or "",
        counts_of(reasons))
    return _without_copies(rows, drop_copied)


def _in_one_spelling(cells: pd.Series) -> np.ndarray:
    """Names of benchmarks, those that differ in case and blanks alone as they first stand."""
    names = cells.astype(str).str.split().str.join(" ")
    return np.asarray(names.groupby(names.str.casefold()).transform("first").to_numpy())


def _score(frame: pd.DataFrame, score: str | None, unit: str | None) -> tuple[str, str]:
    if score is None:
        score = next((name for name in KINDS if name in frame), None)
    if score is None:
        raise ColumnError(f"no column holds a loss: expected one of {', '.join(KINDS)}, or --score-column")
    require(frame, (score,))
    unit = unit or KINDS.get(score)
    if unit not in UNITS:
        raise ProgressError(f"column `{score}`: expected its unit with --unit: {', '.join(UNITS)}")
    return score, unit


def _resources(frame: pd.DataFrame, size: str | None) -> dict[str, pd.Series]:
    """Parameters, data and compute, each of which the other two give where it is not stated: C = 6 N D."""
    import pandas as pd

    blank = pd.Series(np.nan, index=frame.index)
    parameters = numbers(frame, "parameters") if "parameters" in frame else blank
    data = blank if size is None else numbers(frame, size)
    compute = numbers(frame, "flop") if "flop" in frame else blank
    for name, values in (("flop", compute), ("parameters", parameters), *(() if size is None else ((size, data),))):
        if name == "flop" or name in SIZES:
            refuse_exponents(values, name)
    six = FLOP_PER_PARAMETER_AND_TOKEN
    data = data.fillna(compute / (six * parameters))
    parameters = parameters.fillna(compute / (six * data))
    return {"parameters": parameters, "data": data, "compute": compute.fillna(six * parameters * data)}


def _reasons(frame: pd.DataFrame, score: str, unit: str, values: pd.Series,
             resources: Mapping[str, pd.Series]) -> pd.Series:
    least = 1.0 if unit == "perplexity" else 0.0
    failures = [*failures_of_year(frame),
                (f"{score} is missing", frame[score].isna()),
                (f"{score} is not a number", values.isna()),
                (f"{score} is not above {least:g}", ~(values > least) | ~np.isfinite(values))]
    both = resources["parameters"].notna().any() and resources["data"].notna().any()
    for name in ("parameters", "data") if both else ("compute",):
        failures.append((f"{name} is missing", resources[name].isna()))
        failures.append((f"{name} is not positive", ~(resources[name] > 0) | ~np.isfinite(resources[name])))
    return first_reasons(frame, failures)


def _nats(values: Array, unit: str) -> Array:
    return np.log(values) if unit == "perplexity" else values * _LN2 if unit == "bits" else values


def _benchmarks(benchmark: np.ndarray, reference: str | None) -> tuple[str, ...]:
    """The benchmarks, the reference first: as asked, or the one with most evaluations."""
    names, counts = np.unique(benchmark.astype(str), return_counts=True)
    ordered = [str(name) for name in names[np.argsort(-counts, kind="stable")]]
    if reference is not None:
        if reference not in ordered:
            raise ProgressError(f"no evaluation has benchmark {reference!r}; there are {', '.join(ordered)}")
        ordered.remove(reference)
        ordered.insert(0, reference)
    return tuple(ordered)


def _optional(frame: pd.DataFrame, column: str, otherwise: float) -> Array:
    if column not in frame:
        return np.full(len(frame), otherwise)
    return np.asarray(numbers(frame, column).fillna(otherwise).to_numpy(), dtype=np.float64)


def _group(frame: pd.DataFrame, column: str | None) -> Array:
    if column is None:
        return np.full(len(frame), np.nan)
    require(frame, (column,))
    cells = frame[column].astype(str).str.strip().str.lower()
    inside = cells.isin(("1", "1.0", "true", "yes", "y", "transformer"))
    known = inside | cells.isin(("0", "0.0", "false", "no", "n", "")) | frame[column].isna() | \
        ~cells.str.fullmatch(r"[\d.]+")
    if not known.all() or inside.all() or not inside.any():
        raise ProgressError(f"column `{column}`: expected yes or no (or transformer or another word), and both of them")
    return np.asarray(inside.to_numpy(), dtype=np.float64)


def _alone(found: NDArray[np.intp] | None, count: int) -> NDArray[np.intp]:
    return np.arange(count) if found is None else found


def _without_copies(rows: LossRows, drop: bool) -> LossRows:
    """A model with one score to all digits on several benchmarks was scored on one: the others are copies."""
    first = np.array([list(rows.benchmarks).index(name) for name in rows.benchmark.tolist()])
    held: dict[tuple[str, float], int] = {}
    copy = np.zeros(len(rows), dtype=bool)
    for at in np.argsort(first, kind="stable").tolist():
        key = rows.model[at], round(float(rows.loss[at]), 9)
        copy[at] = first[at] > first[held.setdefault(key, at)]
    rows = replace(rows, copied=int(copy.sum()))
    if not drop or not copy.any():
        return rows
    kept = rows.take(~copy)
    return replace(kept, copied=0, excluded={**rows.excluded, "score copied from another benchmark": int(copy.sum())})


def best_of_paper(rows: LossRows, most: int) -> NDArray[np.intp]:
    """The rows of the lowest losses of each paper, at most so many of each."""
    order = np.lexsort((rows.loss, rows.cluster))
    rank: dict[int, int] = {}
    kept = []
    for at in order.tolist():
        paper = int(rows.cluster[at])
        rank[paper] = rank.get(paper, 0) + 1
        if rank[paper] <= most:
            kept.append(at)
    return np.array(sorted(kept), dtype=np.intp)


def clusters_of(rows: LossRows) -> Sequence[NDArray[np.intp]]:
    """The rows of each cluster."""
    order = np.argsort(rows.cluster, kind="stable")
    ends = np.flatnonzero(np.diff(rows.cluster[order])) + 1
    return np.split(order, ends)
