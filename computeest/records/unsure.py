"""Answers whose label is held down: on a bound, a context window or doubtful chips, or without a stated factor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from computeest.estimation.results import CONFIDENT, Results
from computeest.problems.records import CHIPS_OR_CORES_OF_SLICE
from computeest.records.checks import rests_on
from computeest.text.bounds import VAGUE

#: Facts of which an answer is a multiple, and which are one, or as usual, where they are lost.
_MULTIPLY = ("ensemble", "epochs", "utilization", "peak", "achieved_rate", "goodput", "backward_ratio",
             "active_parameters", "chips_per_node", "nodes")


def unsure(results: Results) -> Results:
    """The results, of which none is confident that rests on a mere bound, or on a chip beside whose name a word is not
    understood or whose number contradicts its slice's name, or that lacks a factor that was not understood."""
    spec = results.spec
    shaken = np.zeros(len(results.first), dtype=bool)
    lost = [row for row, problem in spec.problems if problem.place.rpartition(".")[2] in _MULTIPLY]
    shaken[spec.paper[np.array(lost, dtype=np.intp)]] = True
    for chip, named in spec.chips.by_fact():
        if chip.unknown:
            shaken[spec.paper[named]] |= rests_on(results, "peak")[spec.paper[named]]
    bounded: dict[str, list[int]] = {}
    for row, column, kind in spec.bounds:
        if kind != VAGUE:
            bounded.setdefault(column, []).append(row)
    for column, rows in bounded.items():
        papers = spec.paper[np.array(rows, dtype=np.intp)]
        shaken[papers[rests_on(results, column)[papers]]] = True
    slices = [row for row, finding in spec.readings if finding["code"] == CHIPS_OR_CORES_OF_SLICE.name]
    if slices:
        papers = spec.paper[np.array(slices, dtype=np.intp)]
        shaken[papers[rests_on(results, "chips")[papers]]] = True
    for column in ("flop_per_parameter", "sequence_length"):  # a window bounds what was trained on
        if "context_window" in spec.numbers:
            shaken |= rests_on(results, column, filled=True) & ~np.isnan(results.columns["context_window"])
    if not shaken.any():
        return results
    sigma, least = results.columns["sigma"], np.nextafter(CONFIDENT, np.inf)
    return replace(results, columns={**results.columns, "sigma": np.where(shaken, np.fmax(sigma, least), sigma)})
