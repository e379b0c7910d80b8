"""Any one unknown from the rest: the value at which a method that needs it gives what the other methods say."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from computeest import schema
from computeest.estimation.results import Results
from computeest.facts.paper import Paper, Run, read_paper
from computeest.pipeline import Options, evaluated
from computeest.problems import InputError, Problem
from computeest.problems import files as wrong
from computeest.schema.cells import Cell
from computeest.text.numbers import NINETY
from computeest.text.suggest import did_you_mean

_CLOSE = 1e-9
_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Solution:
    """What the unknown must be, with its 90 % interval, in the column's unit."""

    column: str
    value: float
    low: float
    high: float
    #: The method that needs the unknown, and what the others say the compute is.
    method: str
    flop: float
    based_on: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The solution as JSON has it."""
        return {"column": self.column, "value": self.value, "low": self.low, "high": self.high,
                "unit": schema.FIELDS[self.column].unit, "method": self.method, "flop": self.flop,
                "based_on": list(self.based_on)}


def solve(column: str, source: Path | str | Mapping[str, Any], **options: Any) -> Solution:
    """The unknown's value; InputError when the other facts do not determine it."""
    chosen = Options.of(**options)
    _ = chosen.registry  # whose plugins may bring the column
    wanted = schema.column(column)
    if wanted is None or wanted not in schema.INPUTS or not schema.FIELDS[wanted].numeric:
        names = [name for name in schema.NUMERIC if name in schema.INPUTS]
        near = did_you_mean(column, names) or did_you_mean(column, [n for n, of in schema.NAMES.items() if of in names])
        raise InputError([Problem("", 0, "", wrong.SOLVE_FOR_UNKNOWN(column=column, near=near))])
    paper = _without(wanted, read_paper(source))
    fixed = evaluated([_with(wanted, _start(wanted), paper)], chosen)
    needing, others = _split(fixed, wanted)
    if not others or not needing:
        what = "no method gives the compute without it" if not others else "no method needs it beside the facts given"
        raise InputError([Problem(paper.file, 0, wanted, wrong.SOLVE_UNDETERMINED(what=what))])
    target, spread = _combined(fixed, others)
    method = max(needing, key=lambda name: fixed.registry.methods[name].reliability)
    value, elasticity, own = _root(wanted, paper, method, target, chosen)
    width = math.exp(NINETY * math.hypot(spread, own) / abs(elasticity))
    return Solution(wanted, value, value / width, value * width, method, target, tuple(others))


def _without(column: str, paper: Paper) -> Paper:
    def stripped(cells: Mapping[str, Cell]) -> dict[str, Cell]:
        return {name: cell for name, cell in cells.items() if name != column}

    return Paper(paper.file, tuple(Run(stripped(run.cells), run.own - {column}, run.number) for run in paper.runs),
                 stripped(paper.top))


def _with(column: str, value: float, paper: Paper) -> Paper:
    cell = Cell(column, value)
    return Paper(paper.file, tuple(replace(run, cells={**run.cells, column: cell}) for run in paper.runs),
                 {**paper.top, column: cell})


def _start(column: str) -> float:
    """A first guess within the column's bounds."""
    return 0.5 if schema.FIELDS[column].high <= 1 else max(1.0, schema.FIELDS[column].low * 2)


def _split(results: Results, column: str) -> tuple[list[str], list[str]]:
    """The methods that rest on the column, and those that do not, of those that speak of the whole paper."""
    resting = {c.plan.method.name for c in results.evaluation.candidates
               if column in c.elasticity and np.any(np.abs(c.elasticity[column]) > 1e-6)}
    complete = [name for index, name in enumerate(results.reconciled.methods)
                if not math.isnan(float(results.reconciled.method_flop[0, index]))]
    return [n for n in complete if n in resting], [n for n in complete if n not in resting]


def _combined(results: Results, names: list[str]) -> tuple[float, float]:
    """Precision-weighted mean of what the named methods say, and its spread."""
    columns = [results.reconciled.methods.index(name) for name in names]
    logs = np.log(results.reconciled.method_flop[0, columns])
    weights = 1 / np.maximum(results.reconciled.method_sigma[0, columns], 1e-6) ** 2
    return float(np.exp(np.average(logs, weights=weights))), float(weights.sum() ** -0.5)


def _root(column: str, paper: Paper, method: str, target: float,
          options: Options) -> tuple[float, float, float]:
    """The unknown, the method's elasticity in it, and the method's spread.

    Newton's steps in logs, which are exact at once where the method is a product of powers.
    """
    log_value = math.log(_start(column))
    for _ in range(_ROUNDS):
        results = evaluated([_with(column, math.exp(log_value), paper)], options)
        index = results.reconciled.methods.index(method)
        flop, sigma = (float(part[0, index]) for part in
                       (results.reconciled.method_flop, results.reconciled.method_sigma))
        slope = _elasticity(results, method, column)
        gap = math.log(target / flop)
        if abs(gap) < _CLOSE:
            return math.exp(log_value), slope, sigma
        if abs(slope) < 1e-9 or abs(log_value + gap / slope) > 300:
            break
        log_value += gap / slope
    raise InputError([Problem(paper.file, 0, column, wrong.SOLVE_OUT_OF_REACH(method=method, target=target))])


def _elasticity(results: Results, method: str, column: str) -> float:
    """d ln FLOP / d ln unknown of the method over all runs, each run with its share of the sum."""
    flop: list[float] = []
    weighted: list[float] = []
    for candidates in results.evaluation.candidates:
        if candidates.plan.method.name == method:
            slope = np.broadcast_to(candidates.elasticity.get(column, 0.0), candidates.flop.shape)
            flop += candidates.flop.tolist()
            weighted += (slope * candidates.flop).tolist()
    total = math.fsum(flop)
    return math.fsum(weighted) / total if total else 0.0
