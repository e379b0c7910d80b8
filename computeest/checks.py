"""What must not be, said out loud: each check's test runs over whole columns, its sentence over the rows it marks."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest.plan import parameters_of
from computeest.results import Results, candidates_of

Finding = dict[str, str]

#: From this ratio of peaks on, an unstated number format is worth a warning.
FORMAT_MATTERS = 4.0


def findings(results: Results) -> list[list[Finding]]:
    """What each paper's checks say, as [{code, level, message}], worst first."""
    columns = {**results.columns, **_years(results)}
    found: list[list[Finding]] = [[] for _ in results.first]
    for check in results.registry.checks:
        for index in np.flatnonzero(_marked(check.test, columns, len(found))):
            said = {name: float(columns[name][index]) for name in parameters_of(check.test)}
            found[int(index)].append(_finding(check.code, check.level, check.sentence.format(**said)))
    for index, more in enumerate(found):
        more.extend(_of_words(results, index))
        more.sort(key=lambda f: ("error", "warning", "info").index(f["level"]))
    return found


def _marked(test: Any, columns: Mapping[str, NDArray[np.float64]], count: int) -> NDArray[np.bool_]:
    names = parameters_of(test)
    if any(name not in columns for name in names):
        return np.zeros(count, dtype=bool)
    there = ~np.logical_or.reduce([np.isnan(columns[name]) for name in names])
    with np.errstate(all="ignore"):
        return np.asarray(there & np.asarray(test(**{name: columns[name] for name in names}), dtype=bool))


def _years(results: Results) -> dict[str, NDArray[np.float64]]:
    """Dates as decimal years, so that checks can compare them."""
    chips = [results.spec.chips.at(row) for row in results.first]
    published = [results.spec.word("published", int(row)) for row in results.first]
    return {"announced_year": np.array([decimal_year(c.announced) if c and c.announced else np.nan for c in chips]),
            "published_year": np.array([decimal_year(p) if p else np.nan for p in published])}


def decimal_year(day: datetime.date) -> float:
    """A date as a year with its fraction."""
    start = datetime.date(day.year, 1, 1).toordinal()
    return day.year + (day.toordinal() - start) / (datetime.date(day.year + 1, 1, 1).toordinal() - start)


def _finding(code: str, level: str, message: str) -> Finding:
    return {"code": code, "level": level, "message": message}


def _of_words(results: Results, index: int) -> Iterator[Finding]:
    """Findings of look-ups and of what is missing, which are words already."""
    row = int(results.first[index])
    chip = results.spec.chips.at(row)
    if chip is not None and chip.refusal is None:
        if chip.ambiguous:
            yield _finding("chip-ambiguous", "info", chip.ambiguous)
        if chip.flag:
            level = "warning" if chip.flag.startswith("low confidence") else "info"
            yield _finding("chip-uncertain", level, chip.flag)
        if chip.format_gap > FORMAT_MATTERS and _rests_on_peak(results, index):
            yield _finding("number-format-assumed", "warning",
                           f"no number format is stated, and {chip.name} is {chip.format_gap:.0f} times slower in single "
                           f"precision than in the {chip.number_format} that is assumed")
        elif chip.note:
            yield _finding("number-format", "info", chip.note)
        if chip.no_peak and np.isnan(results.columns.get("peak", np.full(index + 1, np.nan))[index]):
            yield _finding("chip-without-peak", "warning", chip.no_peak)
    if results.reconciled.partial[index]:
        yield _finding("run-not-estimated", "warning",
                       "some of the paper's runs lack facts, so the number covers only the others")
    yield from _of_lineage(results, index)
    for rows, method, sentence in results.evaluation.failures:
        if row in rows:
            yield _finding("method-failed", "warning", f"{method}: {sentence}")


def _rests_on_peak(results: Results, index: int) -> bool:
    """Whether most of the answer comes from a method that uses the chip's peak."""
    weight, names = results.reconciled.weight[index], results.reconciled.methods
    return sum(float(weight[names.index(c.plan.method.name)])
               for c, _ in candidates_of(results, int(results.first[index])) if "peak" in c.plan.given) > 0.5


def _of_lineage(results: Results, index: int) -> Iterator[Finding]:
    """Findings about the base model."""
    lineage = results.lineage
    if index in lineage.missing:
        yield _finding("base-compute-missing", "warning",
                       f"the compute of the base model, {lineage.missing[index]}, is not known, so the number leaves it out")
    if index in lineage.same_run:
        yield _finding("base-described-again", "info",
                       f"the facts are those of the base model, {lineage.same_run[index]}, so it is not added again")
    if index in lineage.scaled:
        yield _finding("base-compute-scaled", "warning", lineage.scaled[index])
    if index in lineage.cycles:
        yield _finding("base-cycle", "error", f"the model starts from {lineage.cycles[index]}, which starts from it")
    own = results.reconciled.flop[index]
    if own < 0.1 * lineage.base[index]:
        yield _finding("base-dominates", "warning",
                       f"the model's own run is {own:.2g} FLOP, the rest is its base model's: a source that counts "
                       "fine-tuning apart states only the former")
    if not np.isnan(lineage.base[index]) and np.isnan(own):
        yield _finding("run-not-estimated", "warning",
                       "the facts of the model's own run are missing, so the number is its base model's")
