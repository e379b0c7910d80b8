"""Which numbers are a run's own, and which it shares with the others because the paper states them for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from computeest.evaluate import Evaluation
from computeest.plan import Plan
from computeest.spec import Spec

#: What the paper says where a column was looked up: the peak comes from the chip's name.
_SAID: Mapping[str, frozenset[str]] = {
    "peak": frozenset(("peak", "chip", "number_format")), "chip_power": frozenset(("chip",)),
    "chips": frozenset(("chips", "chip", "cores")), "chips_per_core": frozenset(("chip",)),
    "forward_flop": frozenset(("forward_flop", "family", "architecture", "layers")),
    "forward_flop_per_token": frozenset(("forward_flop_per_token", "family", "architecture", "layers")),
}


def said(column: str) -> frozenset[str]:
    """What the paper says where it gives a column, or where that was looked up."""
    return _SAID.get(column, frozenset((column,)))


def facts_behind(plan: Plan, column: str) -> frozenset[str]:
    """What the paper says that a column rests on, along the plan's rules."""
    steps = {step.target: step for step in plan.steps}
    found: set[str] = set()
    waiting = [column]
    while waiting:
        name = waiting.pop()
        if name in steps:
            waiting.extend(steps[name].inputs)
        elif name in plan.given:
            found |= said(name)
    return frozenset(found)


def own(spec: Spec, evaluation: Evaluation, columns: Iterable[str]) -> NDArray[np.bool_]:
    """Rows whose value of any of the columns rests on something that the run itself states."""
    if not spec.runs:
        return np.ones(spec.size, dtype=bool)
    behind: list[set[str]] = [set() for _ in spec.runs]
    for column in columns:
        given = ~np.isnan(spec.column(column))
        for row in np.flatnonzero(given):
            behind[row] |= _SAID.get(column, {column})
        for candidates in evaluation.candidates:
            if column in candidates.values:
                facts = facts_behind(candidates.plan, column)
                for row in candidates.rows[~given[candidates.rows]]:
                    behind[row] |= facts
    return np.array([not run.own or bool(facts & run.own) for facts, run in zip(behind, spec.runs, strict=True)])


def first(marked: NDArray[np.bool_], paper: NDArray[np.intp], count: int) -> NDArray[np.bool_]:
    """Each paper's first marked row; by column where there are several."""
    rows = np.arange(len(paper)).reshape((-1,) + (1,) * (marked.ndim - 1))
    leading = np.full((count, *marked.shape[1:]), len(paper))
    np.minimum.at(leading, paper, np.where(marked, rows, len(paper)))
    return np.asarray(leading[paper] == rows)
