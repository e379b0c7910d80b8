"""Epoch AI's database of models, as downloaded since 2022: its columns in every version, and their conventions."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest.contract import Code, ColumnMap, Layout, Wanted, hookimpl, quotes

#: Above this many data points a model of several domains, language among them, counts tokens rather than pairs.
_TOKENS_FROM = 1e10


#: Domains all of whose data are texts; one sigma (natural log) of data points taken for tokens beside any other.
_TEXT, _SEVERAL_SIGMA = {"language", "medicine", "recommendation", "search"}, 0.7

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

#: More tokens than any model has been published to have seen; 2025's largest runs saw 4e13.
_MOST_TOKENS = 1e14

#: Parameters that no neural network had before 2012; the tables of n-gram models have as many entries.
_LARGEST_BEFORE_2012 = 1.2e9

#: Mixtures of experts above 100e9 parameters use 3 to 15 % of them for a token (Kimi K2 3.2 %, DeepSeek-V3 5.5 %, GLaM
#: 8 %), and most models of that size have been such since 2024: unless a row says so, nothing decides.
_EXPERTS_SINCE, _EXPERTS_ABOVE, _LEAST_SHARE = 2024, 1e11, 0.03

#: How far a note's tokens may be from the cell's before the two are no longer the same corpus counted twice.
_OTHER_SIZE = 3.0

#: The active parameters that a mixture of experts carries in its name: 'Qwen3-30B-A3B'.
_ACTIVE = re.compile(r"(?:^|[-_ ])A(\d+(?:\.\d+)?)B(?:$|[-_ (])")


TABLE_OF_N_GRAMS = Code(
    "table-of-n-grams", "error", "Parameters before 2012 in Epoch AI's layout are more than any neural network had",
    "{parameters:.3g} parameters before 2012 are entries of a table, not those of a neural network",
    expected="a forward_flop, or accelerator time")
WORDS_IN_NOTE = Code(
    "words-in-note", "info", "The note beside a data set's size in Epoch AI's layout says that it is words",
    "the data set's size, {size:.3g}, is words as its note says, of which three make four tokens")
ACTIVE_IN_NOTE = Code(
    "active-in-note", "info", "The note beside the parameters in Epoch AI's layout says how many are active",
    "the note of its {parameters:.3g} parameters says that {active:.3g} are active")
PASSES_IN_NOTE = Code(
    "passes-in-note", "info", "The note beside a data set's size in Epoch AI's layout says how often it was read",
    "no epochs are entered, and the note of the data set's size, {size:.3g}, says that it was read {count:g} times")
SIZE_FROM_NOTE = Code(
    "size-from-note", "info", "The note beside a data set's size in Epoch AI's layout says it where the cell is empty",
    "no data set's size is entered, and its note says that the model was trained on {said:.3g} tokens")
SIZE_AND_NOTE = Code(
    "size-and-note", "warning", "The note beside a data set's size in Epoch AI's layout says another number of tokens",
    "the data set's size is {size:.3g}, and its note says that the model was trained on {said:.3g} tokens: the interval"
    " spans both")
EACH_IN_NOTE = Code(
    "each-in-note", "warning", "The note beside the hours in Epoch AI's layout speaks of each of several models",
    "the note of its {hours:g} hours speaks of each of {each:g}, so all of them are counted")
CHIP_TIME_IN_NOTE = Code(
    "chip-time-in-note", "info", "The note beside the hours in Epoch AI's layout says the accelerator hours",
    "no accelerator time is entered, and the note of the hours says {said:.6g} accelerator hours")
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
    codes: tuple[Code, ...] = (TABLE_OF_N_GRAMS, WORDS_IN_NOTE, ACTIVE_IN_NOTE, SIZE_FROM_NOTE, SIZE_AND_NOTE,
                               EACH_IN_NOTE, ONE_IN_NOTE, CHIP_TIME_IN_NOTE, PASSES_IN_NOTE)
    bases_undecided: bool = True

    def columns_of(self, headers: Sequence[str]) -> ColumnMap:
        """The layout's columns, whatever its version called them."""
        found = Layout.columns_of(self, headers)
        if "model" not in found.columns:
            raise self.lacks("Model")
        return found

    def fits(self, headers: Sequence[str]) -> bool:
        """Whether most of the columns bear their usual names, and their notes do."""
        names = {" ".join(header.partition("(")[0].split()).lower() for header in headers}
        usual = sum(any(name in names for name in wanted.names) for wanted in _COLUMNS)
        return usual >= _FITS and any(name.endswith(" notes") for name in names)

    def quotes(self, headers: Sequence[str]) -> list[str]:
        """The notes of the columns that are read."""
        return [header for header in headers if any(_folded(header) in names for names in _NOTES.values())]

    def adjust(self, spec: Any, table: Any) -> None:
        """Data points as tokens where they are, and active parameters where the name says them."""
        spec.fill("active_parameters", _named_active(spec), np.ones(spec.size, dtype=bool))
        _quoted(spec, table)
        points = spec.column("examples")
        tokens = _counts_tokens(spec, points) & ~np.isnan(points)
        spec.fill("tokens", points, tokens, np.where(_several(spec), _SEVERAL_SIGMA, 0.0))
        spec.numbers["examples"] = np.where(tokens, np.nan, points)
        years = _years(spec)
        _experts_or_dense(spec, years)
        _undecided_epochs(spec)
        _refuse_tables(spec, years)


def _counts_tokens(spec: Any, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    known: dict[str, tuple[bool, bool]] = {}
    language, only = np.zeros(spec.size, dtype=bool), np.zeros(spec.size, dtype=bool)
    for row in range(spec.size):
        domain = spec.word("domain", row) or ""
        if domain not in known:
            fields = {part.strip().lower() for part in domain.split(",")}
            known[domain] = ("language" in fields, fields <= _TEXT)
        language[row], only[row] = known[domain]
    with np.errstate(invalid="ignore"):
        labelled = _only_labels(spec) & (points < _LABELLED_UP_TO)
        return (language & only & ~labelled) | (language & (points >= _TOKENS_FROM))


def _several(spec: Any) -> NDArray[np.bool_]:
    """Rows of domains beside language, whose data points may be pairs or images however many they are."""
    words = spec.kinds("domain")
    several = [not {part.strip().lower() for part in str(text).split(",")} <= _TEXT for text in words.facts]
    return np.asarray(np.array([*several, False], dtype=bool)[words.codes])


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
        spec.problem(row, "parameters", TABLE_OF_N_GRAMS(parameters=spec.get("parameters", row)))
        spec.set("parameters", row, np.nan)


def _undecided_epochs(spec: Any) -> None:
    """Passes below one, of all the data or over the unique points that were read; and more than anybody made."""
    epochs = spec.column("epochs")
    with np.errstate(invalid="ignore"):
        doubted = (epochs < 1) | (spec.column("tokens") * epochs > _MOST_TOKENS)
    if doubted.any():
        spec.alternatives["epochs"] = (np.where(doubted, np.fmin(epochs, 1.0), np.nan),
                                       np.where(doubted, np.fmax(epochs, 1.0), np.nan))


def _experts_or_dense(spec: Any, years: NDArray[np.int_]) -> None:
    """Models so large and late that they may be mixtures of experts, whose active parameters the row does not say."""
    with np.errstate(invalid="ignore"):
        silent = (np.isnan(spec.column("active_parameters")) & np.isnan(spec.column("active_share"))
                  & (spec.column("parameters") > _EXPERTS_ABOVE))
    likely = silent & (years >= _EXPERTS_SINCE)
    if likely.any():
        spec.alternatives["active_share"] = np.where(likely, _LEAST_SHARE, np.nan), np.where(likely, 1.0, np.nan)


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
        if header is None:
            continue
        values = spec.column(column)
        notes = table.column(header).to_pylist()
        for row in np.flatnonzero(~np.isnan(values)).tolist():
            if notes[row]:
                _READERS[column](spec, row, str(notes[row]), float(values[row]))
        for row in np.flatnonzero(np.isnan(values)).tolist() if column in _SILENT else ():
            if notes[row]:
                _SILENT[column](spec, row, str(notes[row]))


#: As the database's own notes reckon: 'at 0.75 words/token'.
_TOKENS_OF_A_WORD = 4 / 3


def _of_size(spec: Any, row: int, note: str, value: float) -> None:
    kind = quotes.counted(note, value)
    language = "language" in str(spec.word("domain", row) or "language").lower()
    count = quotes.passes(note, value)
    if not math.isnan(count) and math.isnan(spec.get("epochs", row)):
        spec.set("epochs", row, count)
        spec.readings.append((row, PASSES_IN_NOTE.says(size=value, count=count)))
    if kind != "words" and language:
        _of_another_size(spec, row, note, value)
    if not kind or (kind == "words" and not language):
        return  # words of speech or of captions are not what the network reads
    spec.set("examples", row, math.nan)
    spec.set("tokens", row, value * (_TOKENS_OF_A_WORD if kind == "words" else 1.0))
    if kind == "words":
        spec.readings.append((row, WORDS_IN_NOTE.says(size=value)))


def _of_another_size(spec: Any, row: int, note: str, value: float) -> None:
    """A note that says another number of tokens than the cell, and that number nowhere: one of the two is wrong."""
    said, epochs = quotes.trained_on(note), spec.get("epochs", row)
    of_one = said / (epochs if epochs > 1 else 1.0)
    if math.isnan(said) or min(abs(math.log(size / value)) for size in (said, of_one)) < math.log(_OTHER_SIZE):
        return
    if quotes.holds(note, value):
        return  # the note speaks of both, and the other figure is that of a part or of another model
    low, high = spec.alternatives.setdefault("tokens", tuple(np.full(spec.size, np.nan) for _ in range(2)))
    low[row], high[row] = min(value, of_one), max(value, of_one)
    spec.readings.append((row, SIZE_AND_NOTE.says(size=value, said=said)))


def _of_no_size(spec: Any, row: int, note: str) -> None:
    said, epochs = quotes.trained_on(note), spec.get("epochs", row)
    if not math.isnan(said) and not epochs > 1 and np.isnan(spec.get("tokens", row)):
        spec.set("tokens", row, said)
        spec.readings.append((row, SIZE_FROM_NOTE.says(said=said)))


def _of_parameters(spec: Any, row: int, note: str, value: float) -> None:
    active = quotes.active_parameters(note, value)
    if not math.isnan(active) and math.isnan(spec.get("active_parameters", row)):
        spec.set("active_parameters", row, active)
        spec.readings.append((row, ACTIVE_IN_NOTE.says(parameters=value, active=active)))
    elif math.isnan(spec.get("active_parameters", row)) and quotes.of_experts(note) and not quotes.SIZES.search(
            str(spec.word("model", row) or "")):
        spec.set("active_share", row, quotes.SHARE_OF_EXPERTS, quotes.SHARE_SIGMA)


def _of_time(spec: Any, row: int, note: str, value: float) -> None:
    each = quotes.each_of(note)
    if not math.isnan(each) and math.isnan(spec.get("ensemble", row)):
        spec.set("ensemble", row, each)
        spec.readings.append((row, EACH_IN_NOTE.says(hours=value / 3600, each=each)))
    elif one := quotes.one_of(note, value / 3600):
        spec.readings.append((row, ONE_IN_NOTE.says(hours=value / 3600, words=one)))


def _of_no_time(spec: Any, row: int, note: str) -> None:
    said = quotes.gpu_hours(note)
    if not math.isnan(said) and math.isnan(spec.get("chip_time", row)):
        spec.set("chip_time", row, said * 3600)
        spec.readings.append((row, CHIP_TIME_IN_NOTE.says(said=said)))


_SILENT = {"examples": _of_no_size, "time": _of_no_time}
_READERS = {"examples": _of_size, "parameters": _of_parameters, "time": _of_time}


@hookimpl
def computeest_layouts() -> list[Layout]:
    """The layout by the name that `--preset` takes."""
    return [EpochLayout()]
