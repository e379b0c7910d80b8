"""What must not be, said out loud: each check's test runs over whole columns, its sentence over the rows it marks."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.estimation.combine import FORMAT_MATTERS
from computeest.estimation.plan import parameters_of
from computeest.estimation.results import Results
from computeest.facts.lookup import Lookup
from computeest.facts.spec import Spec
from computeest.records import check_columns
from computeest.schema import cells
from computeest.schema.cells import Cell


@dataclass(frozen=True, slots=True)
class Reading:
    """A quote that speaks of another unit than its cell."""

    code: str
    columns: tuple[str, ...]
    #: What the quote says, and what it does not.
    says: re.Pattern[str]
    unless: re.Pattern[str]
    sentence: str


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


_TOKENS = ("tokens", "tokens_seen")
READINGS = (
    Reading("words-for-tokens", _TOKENS, _words("words?"), _words(r"(?:sub)?tokens?|sub-?words?|word[- ]?pieces?"),
            "{column} is {text}, but the quote speaks of words: write the unit words, 4 tokens make about 3 of them"),
    Reading("samples-for-tokens", _TOKENS, _words("sentences?|examples?|documents?|images?|sequences?|samples?|pairs"),
            _words(r"(?:sub)?tokens?|words?|(?:sub|word)-?(?:words?|pieces?)"),
            "{column} is {text}, but the quote speaks of samples: write how many tokens each of them has"),
    Reading("mac-for-flop", ("forward_flop", "forward_flop_per_token"),
            _words(r"multiply[- ]adds?|mult[- ]adds?|multi[- ]adds|G?MACs?|multiply[- ]accumulates?"), _words("flops?"),
            "{column} is {text}, but the quote counts multiply-adds, two FLOP each: write it as forward_macs"),
    Reading("cores-for-chips", ("chips", "chip_time"), _words(r"cores?|core-(?:hours|days)"), _words("chips?"),
            "{column} is {text}, but the quote speaks of cores: write the unit cores, of which a chip may hold two"),
    Reading("peak-with-sparsity", ("peak",), _words("sparsity|sparse"), _words("without sparsity|dense"),
            "{column} is {text}, but the quote speaks of sparsity: the dense peak is half of that"),
)

#: What is in cores already where the chip's name says so: 'TPU v3 core'.
_OF_CHIP = ("chips", "chip_time")


def of_cells(spec: Spec) -> Iterator[tuple[int, str, str]]:
    """For each cell that its own words speak against: the row, a code and a sentence."""
    for row, run in enumerate(spec.runs):
        for column, cell in run.cells.items():
            if run.own and column not in run.own and row and spec.paper[row] == spec.paper[row - 1]:
                continue  # said of the first run that has it from the paper
            if cells.without_unit(schema.FIELDS[column], cell.text):
                yield row, "unit-not-stated", without_unit(column, f"'{cell.text}'")
            for reading in READINGS:
                if column in reading.columns and reading.says.search(cell.quote) and not (
                        reading.unless.search(cell.quote)
                        or (column in _OF_CHIP and "core" in _chip(run.cells))):
                    yield row, reading.code, reading.sentence.format(column=column, text=f"'{cell.text}'")


def _chip(known: Mapping[str, Cell]) -> str:
    return known["chip"].text.lower() if "chip" in known else ""


def without_unit(column: str, said: str) -> str:
    """What to say of a number that stands for a time, and says of what unit."""
    field = schema.FIELDS[column]
    return (f"{column} is {said} without a unit, and taken in {str(field.unit).replace(' * ', '-')}s: write the unit, "
            f"as in '{field.example}'")


Finding = dict[str, str]

_LEVELS = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Mark:
    """One finding on some of the papers."""

    papers: Sequence[int]
    finding: Finding


def findings(results: Results) -> list[list[Finding]]:
    """What each paper's checks say, as [{code, level, message}], worst first."""
    marked = by_paper(results)
    return [marked.get(index, []) for index in range(len(results.first))]


def by_paper(results: Results) -> dict[int, list[Finding]]:
    """The findings of the papers that have any, worst first."""
    found: dict[int, list[Finding]] = {}
    for mark in _marks(results):
        for index in mark.papers:
            found.setdefault(index, []).append(mark.finding)
    several = results.spec.size != len(results.first)
    for index, more in found.items():
        if several:  # runs may say the same, and one after the other
            more = found[index] = [dict(finding) for finding in sorted({tuple(f.items()) for f in more})]
        if len(more) > 1:
            more.sort(key=lambda f: _LEVELS.index(f["level"]))
    return found


def _marks(results: Results) -> Iterator[Mark]:
    columns = check_columns.columns(results)
    for check in results.registry.checks:
        names = parameters_of(check.test)
        marked = np.flatnonzero(_marked(check.test, columns, results.spec.size))
        said = zip(*(columns[name][marked].tolist() for name in names), strict=True) if len(marked) else ()
        for index, values in zip(results.spec.paper[marked].tolist(), said, strict=True):
            message = check.sentence.format(**dict(zip(names, values, strict=True)))
            yield Mark((index,), _finding(check.code, check.level, message))
    for row, code, sentence in of_cells(results.spec):
        yield Mark((int(results.spec.paper[row]),), _finding(code, "warning", sentence))
    for column, bare in results.spec.unitless.items():
        yield Mark(np.flatnonzero(bare).tolist(), _finding(
            "unit-not-stated", "warning", without_unit(column, "a number")))
    for row, code, level, sentence in results.spec.readings:
        yield Mark((int(results.spec.paper[row]),), _finding(code, level, sentence))
    yield from _of_dates(results)
    yield from _of_chips(results)
    yield from _of_machines(results)
    if results.reconciled.partial.any():
        partial = np.flatnonzero(results.reconciled.partial).tolist()
        yield Mark(partial, _finding("run-not-estimated", "warning",
                                     "some of the paper's runs lack facts, so the number covers only the others"))
    yield from _of_lineage(results)
    for rows, method, sentence in results.evaluation.failures:
        yield Mark(np.unique(results.spec.paper[rows]).tolist(),
                   _finding("method-failed", "warning", f"{method}: {sentence}"))


def _marked(test: Any, columns: Mapping[str, NDArray[np.float64]], count: int) -> NDArray[np.bool_]:
    names = parameters_of(test)
    if any(name not in columns for name in names):
        return np.zeros(count, dtype=bool)
    there = ~np.logical_or.reduce([np.isnan(columns[name]) for name in names])
    with np.errstate(all="ignore"):
        return np.asarray(there & np.asarray(test(**{name: columns[name] for name in names}), dtype=bool))


def _finding(code: str, level: str, message: str) -> Finding:
    return {"code": code, "level": level, "message": message}


def _of_chips(results: Results) -> Iterator[Mark]:
    """Findings of the look-up of chips, each chip's once."""
    lookup, resting = results.spec.chips, _rest_on_peak(results)
    peak, paper = results.by_run.get("peak"), results.spec.paper
    without = np.isnan(peak) if peak is not None else np.ones(results.spec.size, dtype=bool)
    for chip, rows in lookup.by_fact():
        if chip.refusal is not None:
            continue
        papers = np.unique(paper[rows])
        if chip.mixed:
            yield Mark(papers.tolist(), _finding("chips-mixed", "warning", chip.mixed))
        if chip.ambiguous:
            yield Mark(papers.tolist(), _finding("chip-ambiguous", "info", chip.ambiguous))
        if chip.flag:
            level = "warning" if chip.flag.startswith("low confidence") else "info"
            yield Mark(papers.tolist(), _finding("chip-uncertain", level, chip.flag))
        guess = resting[papers] & (chip.format_gap > FORMAT_MATTERS)
        guessed = papers[guess]
        if len(guessed):
            yield Mark(guessed.tolist(), _finding(
                "number-format-assumed", "warning",
                f"no number format is stated, and {chip.name} is {chip.format_gap:.0f} times slower in single "
                f"precision than in the {chip.number_format} that is assumed"))
        if chip.note:
            yield Mark(papers[~guess].tolist(), _finding("number-format", "info", chip.note))
        if chip.no_peak:
            lacking = np.unique(paper[rows[without[rows]]]).tolist()
            yield Mark(lacking, _finding("chip-without-peak", "warning", chip.no_peak))


def _of_dates(results: Results) -> Iterator[Mark]:
    """Papers of the future: of a month or a year, those that have not begun."""
    published, today = results.spec.kinds("published"), datetime.date.today()
    for day, papers in Lookup(published.codes[results.first], published.facts).by_fact():
        if day > today and day.isoformat() > today.isoformat()[:len(day.isoformat())]:
            yield Mark(papers.tolist(), _finding("date-in-future", "warning",
                                                 f"the date, {day.isoformat()}, is in the future"))


def _of_machines(results: Results) -> Iterator[Mark]:
    """Counts of machines where chips are counted: the 64 of a DGX A100 may be GPUs as well."""
    spec, chips = results.spec, results.spec.column("chips")
    many = np.append([fact.chips_per_unit > 1 and np.isnan(fact.chips) for fact in spec.chips.facts], [False])
    for row in np.flatnonzero(many.astype(bool)[spec.chips.codes] & ~np.isnan(chips)).tolist():
        fact = spec.chips.facts[spec.chips.codes[row]]
        if chips[row] != fact.chips_per_unit:
            yield Mark((int(spec.paper[row]),), _finding(
                "machines-counted", "warning", f"one '{fact.text}' is {fact.chips_per_unit:g} chips, and they are "
                f"taken to be {chips[row]:g} chips in all: where chips were counted, name the chip alone"))


def _rest_on_peak(results: Results) -> NDArray[np.bool_]:
    """For each paper whether most of the answer comes from a method that uses the chip's peak."""
    share, names = np.zeros(len(results.first)), results.reconciled.methods
    for candidates in results.evaluation.candidates:
        if "peak" in candidates.plan.given:
            papers = np.unique(results.spec.paper[candidates.rows])
            share[papers] += results.reconciled.weight[papers, names.index(candidates.plan.method.name)]
    return np.asarray(share > 0.5)


def _of_lineage(results: Results) -> Iterator[Mark]:
    """Findings about base models."""
    lineage, own = results.lineage, results.reconciled.flop
    for index, name in lineage.missing.items():
        yield Mark((index,), _finding("base-compute-missing", "warning", f"the compute of the base model, {name}, is "
                                      "not known, so the number leaves it out"))
    for index, name in lineage.same_run.items():
        yield Mark((index,), _finding("base-described-again", "info", f"the facts are those of the base model, {name}, "
                                      "so it is not added again"))
    for index, name in lineage.counted_in.items():
        yield Mark((index,), _finding("base-added-twice", "warning", "the figure that the authors state holds that of"
                                      f" the base model, {name}, already, so it is not added again"))
    for index, (name, _) in lineage.bundled.items():
        yield Mark((index,), _finding("base-from-table", "info", f"the compute of the base model is that of {name} in "
                                      "the bundled table, estimated from its facts: computeest models show"))
    for index, sentence in lineage.scaled.items():
        yield Mark((index,), _finding("base-compute-scaled", "warning", sentence))
    for index, name in lineage.cycles.items():
        yield Mark((index,), _finding("base-cycle", "error", f"the model starts from {name}, which starts from it"))
    with np.errstate(invalid="ignore"):
        small = np.flatnonzero(own < 0.1 * lineage.base).tolist()
    for index in small:
        yield Mark((index,), _finding(
            "base-dominates", "warning", f"the model's own run is {own[index]:.2g} FLOP, the rest is its base model's: "
            "a source that counts fine-tuning apart states only the former"))
    alone = np.flatnonzero(~np.isnan(lineage.base) & np.isnan(own)).tolist()
    yield Mark(alone, _finding("run-not-estimated", "warning", "the facts of the model's own run are missing, so the "
                               "number is its base model's"))
