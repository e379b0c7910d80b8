"""The spec: facts as float64 columns in schema units, one row a run, with chips and networks looked up."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.contract import Network
from computeest.facts.lookup import Floats, Lookup, blank, nothing
from computeest.facts.paper import Paper, Run
from computeest.problems import Fault, Problem
from computeest.problems import records as codes
from computeest.problems.kind import Finding
from computeest.schema.cells import Cell
from computeest.text import chip_words
from computeest.text.numbers import NINETY

#: Columns whose cells may name the chip, or the machine, whose time they are.
OF_CHIPS = ("chip_time", "core_time", "chip_time_per_token", "chip_time_per_epoch", "chip_time_each")
_MAY_NAME_CHIPS = frozenset((*OF_CHIPS, "time", "chips"))


@dataclass(frozen=True, slots=True)
class ChipFact:
    """One chip text of one date and number format, looked up."""

    text: str
    #: Why there is no chip, and what might have been meant; None where one was found.
    refusal: Fault | None
    suggestions: tuple[str, ...] = ()
    chip: str = ""
    name: str = ""
    #: Chips that one of the units named is: 0.5 for a TPU core, 8 for a DGX.
    chips_per_unit: float = 1.0
    #: Chips that the text itself counts, NaN where it counts none.
    chips: float = math.nan
    #: at_least or at_most where the text only bounds them, and one-sigma spread (natural log) of what that leaves open.
    chips_bound: str = ""
    chips_sigma: float = 0.0
    #: How many times as many there may be: the nodes, where the number may be that of each.
    chips_times: float = 1.0
    #: The number in a slice's name, 1024 of v3-1024; NaN for all else.
    slice: float = math.nan
    #: Chips whose time an accelerator-hour of the text is: 0.5 for a GCD, but 1 for a DGX, whose GPUs have GPU-hours.
    chips_timed: float = 1.0
    ambiguous: str = ""
    #: A word beside the chip's name that is not understood, and may make another chip of it.
    unknown: str = ""
    #: What was taken of several kinds of chips in one text; empty for one kind.
    mixed: str = ""
    alternatives: tuple[str, ...] = ()
    #: Dense peak, FLOP/s for each chip; NaN where it has none to train with, and why.
    peak: float = math.nan
    peak_sigma: float = 0.0
    #: Multiples of the peak that it may be instead: 0.5 where the card or one of its two GPUs may be counted.
    peak_least: float = 1.0
    peak_most: float = 1.0
    no_peak: str = ""
    #: How many times the chip's single-precision rate the peak is, where nobody stated a format; else 1.
    format_gap: float = 1.0
    #: Whether that rate is TF32's, which libraries take for convolutions unasked.
    tf32: bool = False
    number_format: str = ""
    format_assumed: bool = False
    source: str = ""
    note: str = ""
    flag: str = ""
    power: float = math.nan
    #: Mean power of a node for each of its chips while it trains, where that was measured.
    node_power: float = math.nan
    node_power_sigma: float = 0.0
    #: Where that power is from, and whether nobody measured it.
    node_power_source: str = ""
    node_power_estimated: bool = False
    chips_per_core: float = math.nan
    announced: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """A number that was looked up for a place, a price or a power: in its column's unit, and where it is from."""

    value: float
    sigma: float
    says: str
    source: str


@dataclass(frozen=True, slots=True)
class PlaceFact:
    """Where and when a run took place and what that means: grid, PUE, prices; by column."""

    found: Mapping[str, Looked]
    #: Why a column could not be looked up, as a sentence.
    lacking: Mapping[str, str]
    #: The year of its prices, and what a dollar of 2023 was worth then.
    year: int | None = None
    dollars: float = math.nan
    #: Who runs the data centre, and where it says that it matches its electricity with purchases of clean energy.
    operator: str = ""
    matched: str = ""
    #: The words that stand in for words that nobody stated: {"price_basis": "rental"}.
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NetworkFact:
    """One architecture, counted."""

    family: str
    example: str
    source: str
    network: Network | None
    forward_flop: float
    #: NaN where the family's data has no tokens, or its network no such number.
    forward_flop_per_token: float = math.nan
    parameters: float = math.nan
    active_parameters: float = math.nan
    trainable_parameters: float = math.nan
    #: Exact, and given only where part of the network's work is frozen: the usual ratio is that of one trained whole.
    backward_ratio: float = math.nan
    #: Parameters of the family that nobody stated, with the defaults taken, and one sigma of ln that they bring to the
    #: forward FLOP, to those of a token and to the parameters.
    assumed: Mapping[str, float] = field(default_factory=dict)
    forward_sigma: float = 0.0
    token_sigma: float = 0.0
    parameter_sigma: float = 0.0
    #: What is wrong with the architecture, where something is.
    fault: Fault | None = None


class Words(dict[str, Any]):
    """Words of a table's rows: a column is held by distinct value until its rows are asked for, which most never are.

    Found for each row of each column, they took 2 % of a table's time.
    """

    def __getitem__(self, column: str) -> Any:
        found = super().__getitem__(column)
        if isinstance(found, Lookup):
            found = self[column] = found.objects()
        return found

    def get(self, column: str, otherwise: Any = None) -> Any:
        """A column's words, where there are any."""
        if column not in self:
            return otherwise
        return self[column]

    def setdefault(self, column: str, otherwise: Any = None) -> Any:
        """A column's words, those given where there are none."""
        if column not in self:
            self[column] = otherwise
        return self[column]


@dataclass(slots=True)
class Spec:
    """Facts of many runs, by column."""

    size: int
    #: column -> float64 in the column's unit, NaN where the fact is missing.
    numbers: dict[str, Floats]
    #: column -> one-sigma spread in natural log; a column that is not here is exact.
    sigmas: dict[str, Floats]
    #: column -> texts, dates and structures; None where missing.
    words: dict[str, Any]
    #: Which paper (or table row) each run belongs to; runs of one paper are neighbours.
    paper: NDArray[np.intp]
    #: The runs themselves, for explanations, where they were read from papers.
    runs: Sequence[Run] = ()
    #: What the chip's name and the network's family meant, for each row.
    chips: Lookup[ChipFact] = field(default_factory=lambda: Lookup.nothing(0))
    networks: Lookup[NetworkFact] = field(default_factory=lambda: Lookup.nothing(0))
    #: What operator, region and date meant, where anything asks for it.
    places: Lookup[PlaceFact] = field(default_factory=lambda: Lookup.nothing(0))
    #: What is wrong, with the row it is wrong in.
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    #: column -> rows of a table whose number says no unit, where the column's own is seldom meant.
    unitless: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    #: column -> rows of a table whose number may be in full, and what its header counts in all the same.
    in_full: dict[str, tuple[NDArray[np.bool_], float]] = field(default_factory=dict)
    #: What was read another way than it stands, or in doubt: the row, and the finding.
    readings: list[tuple[int, Finding]] = field(default_factory=list)
    #: The chip or machine that an accelerator time names, by row, and the one that a number of chips names.
    time_of: dict[int, str] = field(default_factory=dict)
    count_of: dict[int, str] = field(default_factory=dict)
    #: Rows whose accelerator time is said to be of each chip, whatever machine it names besides.
    time_of_each: set[int] = field(default_factory=set)
    #: The line of accelerators that such a cell names, by row and column, and its text: 'TPU' of '64 TPUs'.
    lines: dict[tuple[int, str], tuple[str, str]] = field(default_factory=dict)
    #: column -> the chip that its header names, the A100 of 'Training time (A100 days)', and whether the time is said
    #: to be of each chip, whatever holds them.
    header_of: dict[str, tuple[str, bool]] = field(default_factory=dict)
    #: How many chips or machines ran for a time, by row, and the words that say so.
    counts_timed: dict[int, tuple[float, str]] = field(default_factory=dict)
    #: Facts that are no more than a bound: row, column, at_least, at_most or vague.
    bounds: list[tuple[int, str, str]] = field(default_factory=list)
    #: column -> the lowest and highest value that it may have instead: what nothing stated decides between.
    alternatives: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)
    #: Numbers that texts alone say, computed once.
    of_words: dict[str, Floats] = field(default_factory=dict)
    #: Columns of `words` by distinct value; whoever changes such a column drops it here.
    coded: dict[str, Lookup[Any]] = field(default_factory=dict)
    #: Runs that searched for those that count, as papers of their own, and whose they are: role `search` and its like.
    apart: Spec | None = None
    apart_of: tuple[int, ...] = ()

    def word(self, column: str, row: int) -> Any:
        """The text, date or structure of one row, or None."""
        return self.words[column][row] if column in self.words else None

    def kinds(self, column: str) -> Lookup[Any]:
        """A column of words by distinct value."""
        if column not in self.coded:
            words = self.words.get(column)
            if words is None:
                return Lookup.nothing(self.size)
            if self.size == 1:
                return self.coded.setdefault(column, Lookup.one(words[0]))
            by_key = {repr(word) if isinstance(word, dict | list) else word: word for word in words.tolist()}
            keys = (repr(word) if isinstance(word, dict | list) else word for word in words.tolist())
            self.coded[column] = Lookup.of(keys, by_key.__getitem__)
        return self.coded[column]

    def days(self, column: str) -> Floats:
        """A column of dates as numbers of days, NaN where there is none; read once, for many conditions ask."""
        if column not in self.of_words:
            days = self.kinds(column)
            self.of_words[column] = np.array([*(day.toordinal() for day in days.facts), np.nan])[days.codes]
        return self.of_words[column]

    def set(self, column: str, row: int, value: float, sigma: float = 0.0) -> None:
        """Fill one cell."""
        if column not in self.numbers:
            self.numbers[column] = blank(self.size)
        self.numbers[column][row] = value
        if sigma or column in self.sigmas:
            self.sigmas.setdefault(column, np.zeros(self.size))[row] = sigma

    def column(self, name: str) -> Floats:
        """A column of numbers, all NaN where no row has it."""
        return self.numbers[name] if name in self.numbers else nothing(self.size)

    def fill(self, name: str, values: Floats, where: NDArray[np.bool_], sigma: Floats | None = None) -> None:
        """Fill a column's missing cells, where `where` says so and there is a value."""
        column = self.column(name)
        if self.size == 1:  # with `kinds` of one row, 2 % of an estimate
            if where[0] and math.isnan(column[0]) and not math.isnan(values[0]):
                self.numbers[name] = values.copy()
                if sigma is not None and sigma[0] > 0:
                    self.sigmas[name] = sigma.copy()
            return
        empty = where & ~np.isnan(values)
        if name in self.numbers:
            empty &= np.isnan(column)
        if empty.any():
            self.numbers[name] = np.where(empty, values, column)
            if sigma is not None and (sigma[empty] > 0).any():
                self.sigmas[name] = np.where(empty, sigma, self.sigmas.get(name, np.zeros(self.size)))

    def note(self, row: int, cell: Cell) -> None:
        """Keep what a cell says besides its number: a bound, another key's fact, the chip whose time it is."""
        if cell.of_chip and cell.column in (*OF_CHIPS, "time"):
            self.time_of[row] = cell.of_chip
            if chip_words.of_each_chip(cell.text):
                self.time_of_each.add(row)
        if not math.isnan(cell.of_chips):
            self.counts_timed[row] = cell.of_chips, cell.text
        if cell.of_chip and cell.column == "chips":
            self.count_of[row] = cell.of_chip
        if cell.column in _MAY_NAME_CHIPS and (line := chip_words.line(cell.text)):
            self.lines[row, cell.column] = line, cell.text
        if cell.under:
            self.readings.append((row, codes.FACT_UNDER_ANOTHER_KEY.says(under=cell.under, text=cell.text,
                                                                         column=cell.column)))
        if cell.bound:
            self.bounds.append((row, cell.column, cell.bound))
            reach = math.exp(NINETY * cell.sigma)
            factor, unit = _shown(schema.FIELDS[cell.column].unit or "")
            self.readings.append((row, codes.BOUND.says(
                column=cell.column, text=cell.text, kind=cell.bound.replace("_", " "), low=cell.value / reach / factor,
                high=cell.value * reach / factor, unit=unit)))

    def no_peak(self, row: int) -> str:
        """Why the chip of a row has no peak to train with, where it has none."""
        fact = self.chips.at(row)
        return fact.no_peak if fact else ""

    def machine(self, row: int) -> str:
        """How many chips the machine holds that a row names without counting any; nothing where it names none."""
        fact = self.chips.at(row)
        several = fact is not None and fact.chips_per_unit > 1 and math.isnan(fact.chips)
        return f"one '{fact.text}' is {fact.chips_per_unit:g}" if fact is not None and several else ""

    def line(self, row: int, column: str) -> int:
        """The line of a fact in its file, 0 where there is none."""
        cells = self.runs[row].cells if self.runs else {}
        return cells[column].line if column in cells else 0

    def problem(self, row: int, column: str, fault: Fault) -> None:
        """Note what is wrong with one row."""
        self.problems.append((row, Problem("", self.line(row, column), column, fault)))

    def get(self, column: str, row: int) -> float:
        """The number of one row, NaN where it is missing."""
        return float(self.numbers[column][row]) if column in self.numbers else float("nan")


def _shown(unit: str) -> tuple[float, str]:
    """A unit as people read it, and how many of the column's own it is: hours of a time, chips of a number of chips."""
    counted, per, of = unit.partition("/")
    factor = 3600.0 if counted.endswith("second") else 3.6e6 if counted == "joule" else 1.0
    word = {"joule": "kWh", "dimensionless": ""}.get(counted, counted.replace("second", "hour").replace(" * ", "-"))
    plural = "" if word in ("", "kWh", "FLOP") else "s"
    return factor, f" {word}{plural}{' per ' if per else ''}{of}".rstrip()


def of_papers(papers: Iterable[Paper]) -> Spec:
    """The facts that papers state, one row a run; runs of a paper in an order that does not depend on the writer's.

    Runs that searched for the one that counts are kept apart, where there is one that counts.
    """
    apart: dict[int, tuple[Run, ...]] = {}
    pairs = []
    for index, paper in enumerate(papers):
        if len(paper.runs) == 1:
            pairs.append((index, paper.runs[0]))
            continue
        searched = tuple(run for run in paper.runs if "role" in run.cells and run.cells["role"].value in schema.APART)
        if 0 < len(searched) < len(paper.runs):
            apart[index] = searched
        counted = [run for run in paper.runs if index not in apart or run not in searched]
        pairs += [(index, run) for run in (sorted(counted, key=Run.order) if len(counted) > 1 else counted)]
    spec = _of_runs(pairs)
    if apart:
        spec.apart_of = tuple(apart)
        spec.apart = _of_runs([(place, run) for place, runs in enumerate(apart.values())
                               for run in sorted(runs, key=Run.order)])
    return spec


def _of_runs(pairs: Sequence[tuple[int, Run]]) -> Spec:
    size = len(pairs)
    spec = Spec(size, {}, {}, {}, np.array([index for index, _ in pairs], dtype=np.intp), [run for _, run in pairs],
                Lookup.nothing(size), Lookup.nothing(size))
    fields = schema.in_use().fields
    found: dict[str, tuple[bool, list[int], list[Any]]] = {}
    for row, (_, run) in enumerate(pairs):
        for column, cell in run.cells.items():
            if (known := found.get(column)) is None:
                known = found[column] = fields[column].numeric, [], []
            numeric, rows, values = known
            rows.append(row)
            values.append(cell.value)
            if numeric and cell.sigma:
                spec.sigmas.setdefault(column, np.zeros(size))[row] = cell.sigma
            if numeric and (column in _MAY_NAME_CHIPS or cell.of_chip or cell.under or cell.bound
                            or not math.isnan(cell.of_chips)):
                spec.note(row, cell)
    for column, (numeric, rows, values) in found.items():  # column by column: half the time of cell by cell
        if numeric and len(rows) == size:
            spec.numbers[column] = np.array(values, dtype=np.float64)
        elif numeric:
            spec.numbers[column] = blank(size)
            spec.numbers[column][rows] = values
        else:
            words = spec.words[column] = np.empty(size, dtype=object)  # of None
            for row, value in zip(rows, values, strict=True):
                words[row] = value
    return spec


def problem_texts(spec: Spec) -> dict[int, str]:
    """What is wrong with each row or paper, in one line."""
    problems: dict[int, dict[str, None]] = {}
    for run, problem in spec.problems:
        place = f"{problem.place}: " if problem.place else ""
        line = f"line {problem.line}: " if problem.line else ""
        text = f"{place}{line}{problem.what}" + (f" ({problem.expected})" if problem.expected else "")
        problems.setdefault(int(spec.paper[run]), {})[text] = None
    return {row: "; ".join(texts) for row, texts in problems.items()}
