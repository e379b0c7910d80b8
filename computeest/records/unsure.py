"""Answers whose label is held down: those that rest on a mere bound, and those that lack a factor that was stated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from computeest.estimation.results import CONFIDENT, Results
from computeest.records.checks import rests_on
from computeest.text.bounds import VAGUE
from computeest.text.numbers import NINETY

#: Facts of which an answer is a multiple, and which are one, or as usual, where they are lost.
_MULTIPLY = ("ensemble", "epochs", "utilization", "peak", "achieved_rate", "goodput", "backward_ratio",
             "active_parameters", "chips_per_node", "nodes")


def unsure(results: Results) -> Results:
    """The results, of which none is confident that rests on a mere bound, or lacks a factor that was not understood.

    Where all there is of compute is a bound, its interval is what the bound leaves open.
    """
    spec, columns = results.spec, dict(results.columns)
    shaken = np.zeros(len(results.first), dtype=bool)
    lost = [row for row, problem in spec.problems if problem.place.rpartition(".")[2] in _MULTIPLY]
    shaken[spec.paper[np.array(lost, dtype=np.intp)]] = True
    for row, column, kind in spec.bounds:
        paper = int(spec.paper[row])
        if kind == VAGUE or not rests_on(results, column)[paper]:
            continue
        shaken[paper] = True
        if column == "reported_compute" and _alone(results, paper, "reported_compute"):
            reach = np.exp(NINETY * spec.sigmas[column][row])
            for name, side in (("flop_low", 1 / reach), ("flop_high", reach), ("known_high", reach)):
                columns[name] = columns[name].copy()
                columns[name][paper] = spec.get(column, row) * side
    least = np.nextafter(CONFIDENT, np.inf)
    columns["sigma"] = np.where(shaken, np.fmax(columns["sigma"], least), columns["sigma"])
    return replace(results, columns=columns) if shaken.any() else results


def _alone(results: Results, paper: int, column: str) -> bool:
    """Whether one fact of a single run gives the whole answer."""
    rows = np.flatnonzero(results.spec.paper == paper)
    return len(rows) == 1 and np.isclose(results.columns["flop"][paper], results.spec.get(column, int(rows[0])))
