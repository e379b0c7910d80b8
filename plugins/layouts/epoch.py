"""Epoch AI's database of models, as downloaded since 2022: its columns in every version, and their conventions."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest.contract import (
    Code,
    ColumnMap,
    InputError,
    Layout,
    Problem,
    Wanted,
    active_parameters,
    counted,
    each_of,
    hookimpl,
    one_of,
)

#: Above this many data points a model of several domains, language among them, counts tokens rather than pairs.
_TOKENS_FROM = 1e10


#: Tasks whose data are labelled examples or entities, and the number of them that nobody has labelled.
_LABELLED, _LABELLED_UP_TO = re.compile(r"classification|embedding|extraction|tagging", re.IGNORECASE), 1e9


#: The columns that are read, by the names they had in the exports of 2022 to December 2025.
_COLUMNS = (
    Wanted("model", ("model", "system")),
    Wanted("published", ("publication date", "date")),
    Wanted("link", ("link",), matters=False),
    Wanted("organization", ("organization", "organizations", "organization(s)"), frozenset(
        ("from organization", "s")), matters=False),
    Wanted("domain", ("domain",)),
    Wanted("task", ("task",)),
    Wanted("parameters", ("parameters",)),
    Wanted("examples", ("training dataset size", "dataset size"), frozenset(("datapoints", "gradients"))),
    Wanted("epochs", ("epochs",)),
    Wanted("time", ("training time",), unit="hour"),
    Wanted("chip", ("training hardware",)),
    Wanted("chips", ("hardware quantity",)),
    Wanted("chip_time", ("training chip-hours", "training chip hours"), unit="chip * hour"),
    Wanted("step_utilization", ("hardware utilization",), frozenset(("mfu",))),
    Wanted("hardware_flop_utilization", ("hardware utilization",), frozenset(("hfu",)), bracketed=True, matters=False),
    Wanted("number_format", ("numerical format",)),
    Wanted("base_model", ("base model", "finetuned from")),
)

#: The notes beside the columns: quotes of what they were entered from, and how.
_NOTES = {"examples": ("dataset size notes",), "parameters": ("parameters notes",), "time": ("training time notes",)}

def _folded(header: str) -> str:
    return " ".join(header.split()).lower()


#: So many of its columns under their usual names make a table one of this layout.
_FITS = 7

#: One sigma in natural log by which cells of the database differ from what a run used: a data set's size from the
#: tokens a model saw, hours and chips of a paper from those of the final run. Measured as the scatter between the
#: database's cells and the published figures; two exports of the database differ by more than 1.5x in 8 % of the rows.
_EPOCH_SPREADS = {"tokens": 0.5, "examples": 0.5, "epochs": 0.2, "chip_time": 0.4, "time": 0.35, "chips": 0.15}

#: More tokens than any model has been published to have seen; 2025's largest runs saw 4e13.
_MOST_TOKENS = 1e14

#: Parameters that no neural network had before 2012; the tables of n-gram models have as many entries.
_LARGEST_BEFORE_2012 = 1.2e9

#: No dense model above 600e9 parameters has been published, and since 2023 none above Llama 3.1's 405e9; mixtures of
#: experts of that size use 3 to 15 % of their parameters for a token (DeepSeek-V3 5.5 %, GLaM 8 %, Arctic 3.5 %).
_LARGEST_DENSE, _SHARE = {0: 6e11, 2023: 4.1e11}, 0.08

#: Since 2025 nearly all models above 100e9 parameters are mixtures of experts, and those up to 600e9 use 17e9 (Llama 4)
#: to 94e9 (Jamba 1.5) for a token, DBRX, MiniMax-01, GLM-4.5, ERNIE 4.5 and DeepSeek-V3 32e9 to 47e9.
_EXPERTS_SINCE, _EXPERTS_ABOVE, _ACTIVE_USUAL = 2025, 1e11, 36e9

#: The active parameters that a mixture of experts carries in its name: 'Qwen3-30B-A3B'.
_ACTIVE = re.compile(r"(?:^|[-_ ])A(\d+(?:\.\d+)?)B(?:$|[-_ (])")


#: Cards for desktops, which small groups use: their code runs in the framework's single precision as often as not. How
#: much of the way to the single-precision rate is taken where they state no format, and one sigma of it.
_DESKTOP, _DESKTOP_SHARE = re.compile(r"\b(GeForce|TITAN|Quadro|RTX)\b", re.IGNORECASE), 0.5


WORDS_IN_NOTE = Code(
    "words-in-note", "info", "The note beside a data set's size in Epoch AI's layout says that it is words",
    "the data set's size, {size:.3g}, is words as its note says, of which three make four tokens")
ACTIVE_IN_NOTE = Code(
    "active-in-note", "info", "The note beside the parameters in Epoch AI's layout says how many are active",
    "the note of its {parameters:.3g} parameters says that {active:.3g} are active")
EACH_IN_NOTE = Code(
    "each-in-note", "warning", "The note beside the hours in Epoch AI's layout speaks of each of several models",
    "the note of its {hours:g} hours speaks of each of {each:g}, so all of them are counted")
ONE_IN_NOTE = Code(
    "one-in-note", "warning", "The note beside the hours in Epoch AI's layout speaks of one of several runs",
    "the note of its {hours:g} hours speaks of '{words}': they may be those of one of several")


@dataclass(frozen=True, slots=True)
class EpochLayout(Layout):
    """Epoch AI's database of models, as downloaded.

    Data points are tokens in rows of the language domain, in rows of several domains that hold too many to be anything
    else, and in rows whose note says so; samples elsewhere. They are the size of the data set, epochs apart. The
    utilization is what authors state, which is mostly that of a step. Parameters are all of a mixture of experts.
    """

    name: str = "epoch"
    columns: tuple[Wanted, ...] = _COLUMNS
    codes: tuple[Code, ...] = (WORDS_IN_NOTE, ACTIVE_IN_NOTE, EACH_IN_NOTE, ONE_IN_NOTE)

    def columns_of(self, headers: Sequence[str]) -> ColumnMap:
        """The layout's columns, whatever its version called them."""
        found = Layout.columns_of(self, headers)
        if "model" not in found.columns:
            raise InputError([Problem("", 0, "Model", "the table has no such column",
                                      "Epoch AI's export; or name the columns with a column map")])
        return found

    def fits(self, headers: Sequence[str]) -> bool:
        """Whether most of the columns bear their usual names, and their notes do."""
        names = {" ".join(header.partition("(")[0].split()).lower() for header in headers}
        usual = sum(any(name in names for name in wanted.names) for wanted in _COLUMNS)
        return usual >= _FITS and any(name.endswith(" notes") for name in names)

    def quotes(self, headers: Sequence[str]) -> list[str]:
        """The notes of the columns that are read."""
        return [header for header in headers if any(_folded(header) in names for names in _NOTES.values())]

    def chip(self, fact: Any) -> Any:
        """A desktop card without a stated number format half way (in log) to its single-precision rate."""
        if fact.format_gap <= 1 or not _DESKTOP.search(fact.name):
            return fact
        return replace(
            fact, peak=fact.peak / fact.format_gap**_DESKTOP_SHARE, number_format=f"{fact.number_format} or fp32",
            peak_sigma=math.hypot(fact.peak_sigma, _DESKTOP_SHARE * math.log(fact.format_gap)),
            note=f"no number format is stated, and {fact.name} is a desktop card, so its rate is taken half way (in "
                 f"log) between {fact.number_format} and single precision")

    def adjust(self, spec: Any, table: Any) -> None:
        """Data points as tokens where they are, and active parameters where the name says them."""
        _quoted(spec, table)
        points = spec.column("examples")
        tokens = _counts_tokens(spec, points) & ~np.isnan(points)
        spec.fill("tokens", points, tokens)
        spec.numbers["examples"] = np.where(tokens, np.nan, points)
        spec.fill("active_parameters", _named_active(spec), np.ones(spec.size, dtype=bool))
        for column, sigma in _EPOCH_SPREADS.items():
            if column in spec.numbers:
                spec.sigmas[column] = np.full(spec.size, sigma)
        years = _years(spec)
        _experts_by_size(spec, years)
        _refuse_tables(spec, years)
        _refuse_epochs(spec)


def _counts_tokens(spec: Any, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    known: dict[str, tuple[bool, bool]] = {}
    language, only = np.zeros(spec.size, dtype=bool), np.zeros(spec.size, dtype=bool)
    for row in range(spec.size):
        domain = spec.word("domain", row) or ""
        if domain not in known:
            fields = {part.strip().lower() for part in domain.split(",")}
            known[domain] = ("language" in fields, fields <= {"language", "medicine", "recommendation", "search"})
        language[row], only[row] = known[domain]
    with np.errstate(invalid="ignore"):
        labelled = _only_labels(spec) & (points < _LABELLED_UP_TO)
        return (language & only & ~labelled) | (language & (points >= _TOKENS_FROM))


def _only_labels(spec: Any) -> NDArray[np.bool_]:
    """Rows all of whose tasks learn from labelled examples, which are then what is counted."""
    tasks = spec.kinds("task")
    only = [all(_LABELLED.search(task) for task in str(text).split(",")) for text in tasks.facts]
    return np.asarray(np.array([*only, False], dtype=bool)[tasks.codes])


def _years(spec: Any) -> NDArray[np.int_]:
    published = spec.kinds("published")
    return np.asarray(np.array([*(day.year for day in published.facts), 0])[published.codes])


def _refuse_tables(spec: Any, years: NDArray[np.int_]) -> None:
    """Parameters that are entries of a table: nothing multiplies by all of them for each token."""
    with np.errstate(invalid="ignore"):
        tables = np.flatnonzero((spec.column("parameters") > _LARGEST_BEFORE_2012) & (years > 0) & (years < 2012))
    for row in tables.tolist():
        spec.problem(row, "parameters", f"{spec.get('parameters', row):.3g} parameters before 2012 are entries of a"
                     " table, not those of a neural network", "a forward_flop, or accelerator time")
        spec.set("parameters", row, np.nan)


def _refuse_epochs(spec: Any) -> None:
    """Epochs that belong to another data set than the one whose size is given."""
    with np.errstate(invalid="ignore"):
        beyond = np.flatnonzero(spec.column("tokens") * spec.column("epochs") > _MOST_TOKENS)
    for row in beyond.tolist():
        spec.problem(row, "epochs", f"{spec.get('epochs', row):g} epochs of {spec.get('tokens', row):.3g} tokens are"
                     " more than any model has seen", "the epochs of that data set")
        spec.set("epochs", row, np.nan)
    # unique data points of a run that did not finish an epoch are those that it read
    if "epochs" in spec.numbers:
        spec.numbers["epochs"] = np.where(spec.numbers["epochs"] < 1, 1.0, spec.numbers["epochs"])


def _experts_by_size(spec: Any, years: NDArray[np.int_]) -> None:
    """Shares and spreads for models so large that most of their size and time are mixtures of experts."""
    parameters, tokens = spec.column("parameters"), spec.column("tokens")
    limit = np.array(list(_LARGEST_DENSE.values()))[np.searchsorted(list(_LARGEST_DENSE), years, "right") - 1]
    silent = np.isnan(spec.column("active_parameters")) & ~np.isnan(tokens)
    with np.errstate(invalid="ignore"):
        usual = silent & (years >= _EXPERTS_SINCE) & (parameters > _EXPERTS_ABOVE) & (parameters <= _LARGEST_DENSE[0])
        largest = silent & ~usual & (parameters > limit)
        likely = silent & ~largest & ~usual & (parameters > 1e11) & (years >= 2024)
    spec.fill("active_share", _ACTIVE_USUAL / parameters, usual, np.full(spec.size, 0.7))
    if largest.any():
        spec.fill("active_share", np.full(spec.size, _SHARE), largest, np.full(spec.size, 1.0))
    if likely.any():
        spec.sigmas["parameters"] = np.where(likely, 0.8, spec.sigmas.get("parameters", np.zeros(spec.size)))


def _named_active(spec: Any) -> NDArray[np.float64]:
    found = np.full(spec.size, np.nan)
    for row in range(spec.size):
        if match := _ACTIVE.search(str(spec.word("model", row) or "")):
            found[row] = float(match[1]) * 1e9
    return found




def _quoted(spec: Any, table: Any) -> None:
    """What the notes say of the numbers beside them: words, tokens of other domains, active parameters, one of many."""
    names = {_folded(name): name for name in table.column_names}
    for column, wanted in _NOTES.items():
        header = next((names[name] for name in wanted if name in names), None)
        if header is None or column not in spec.numbers:
            continue
        values = spec.numbers[column]
        notes = table.column(header).to_pylist()
        for row in np.flatnonzero(~np.isnan(values)).tolist():
            if notes[row]:
                _READERS[column](spec, row, str(notes[row]), float(values[row]))


#: As the database's own notes reckon: 'at 0.75 words/token'.
_TOKENS_OF_A_WORD = 4 / 3


def _of_size(spec: Any, row: int, note: str, value: float) -> None:
    kind = counted(note, value)
    language = "language" in str(spec.word("domain", row) or "language").lower()
    if not kind or (kind == "words" and not language):
        return  # words of speech or of captions are not what the network reads
    spec.set("examples", row, math.nan)
    spec.set("tokens", row, value * (_TOKENS_OF_A_WORD if kind == "words" else 1.0), _EPOCH_SPREADS["tokens"])
    if kind == "words":
        spec.readings.append((row, WORDS_IN_NOTE.says(size=value)))


def _of_parameters(spec: Any, row: int, note: str, value: float) -> None:
    active = active_parameters(note, value)
    if not math.isnan(active) and math.isnan(spec.get("active_parameters", row)):
        spec.set("active_parameters", row, active)
        spec.readings.append((row, ACTIVE_IN_NOTE.says(parameters=value, active=active)))


def _of_time(spec: Any, row: int, note: str, value: float) -> None:
    each = each_of(note)
    if not math.isnan(each) and math.isnan(spec.get("ensemble", row)):
        spec.set("ensemble", row, each)
        spec.readings.append((row, EACH_IN_NOTE.says(hours=value / 3600, each=each)))
    elif one := one_of(note):
        spec.readings.append((row, ONE_IN_NOTE.says(hours=value / 3600, words=one)))


_READERS = {"examples": _of_size, "parameters": _of_parameters, "time": _of_time}


@hookimpl
def computeest_layouts() -> list[Layout]:
    """The layout by the name that `--preset` takes."""
    return [EpochLayout()]
