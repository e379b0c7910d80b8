"""How far beyond its core an interval reaches: a margin by group of records, learned from rows with known answers.

`margins.yaml` holds for each group the distance (natural log) within which nine in ten of the rows that it was fitted
on lie of the core, drawn towards that of all rows where a group has few. Facts of a layout whose cells say no spread
have this margin alone; facts that papers state, or tables of no layout, carry their own, and the margin comes on top.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest.estimation.combine import Floats, several_of
from computeest.estimation.reconcile import Reconciled
from computeest.text.numbers import NINETY
from computeest.text.yaml_nodes import of_package

#: The groups, in the order in which they are looked for: how a record was estimated, and what is doubtful of it.
GROUPS: Mapping[str, str] = {
    "open": "a run, or a base model, of unknown compute is left out",
    "base-alone": "the base model's compute, and nothing of the model's own run",
    "base": "with the compute of a base model",
    "apart": "methods contradict each other",
    "agree": "methods agree",
    "doubtful": "counted from facts that are doubtful, or have two readings",
    "format": "accelerator time, of a peak whose number format is not known",
    "hardware": "accelerator time",
    "stated": "the authors' figure",
    "counted": "counted from sound facts",
    "other": "any other method",
}
PLACE: Mapping[str, int] = {name: place for place, name in enumerate(GROUPS)}

#: From this on (natural log), what readings leave open of a count, or one sigma of its facts, makes it doubtful.
DOUBTFUL = 0.4

#: The least share of an answer that makes a method part of it.
PART = 0.005


@dataclass(frozen=True, slots=True)
class Margins:
    """The margins of one layout."""

    #: Whether the spreads of facts and assumptions count besides.
    propagated: bool
    #: By place in GROUPS, natural log.
    margin: Floats

    def reach(self, group: NDArray[np.intp], sigma: Floats) -> Floats:
        """How far the interval reaches beyond an end of the core."""
        if self.propagated:
            return np.hypot(self.margin[group], NINETY * sigma)
        return np.where(np.isnan(sigma), np.nan, self.margin[group])


@lru_cache(maxsize=1)
def known() -> Mapping[str, Margins]:
    """The margins of margins.yaml, by layout; `none` are those of papers and of tables of no layout."""
    return {name: _margins(entry) for name, entry in of_package("margins.yaml")["layouts"].items()}


def _margins(entry: Mapping[str, Any]) -> Margins:
    common = float(entry["common"]["margin"])
    groups = entry["groups"]
    return Margins(bool(entry["propagated"]), np.array(
        [float(groups[name]["margin"]) if name in groups else common for name in GROUPS]))


def of_layout(layout: str) -> Margins:
    """A layout's margins, or those of papers."""
    return known().get(layout or "none", known()["none"])


def groups(reconciled: Reconciled, paper: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """The group of each paper's own runs, by place in GROUPS: that of its largest run, of several."""
    runs = _of_runs(reconciled)
    if len(paper) != count:
        order = np.lexsort((np.nan_to_num(reconciled.of_runs.log, nan=-np.inf), paper))
        runs = runs[order[np.searchsorted(paper[order], np.arange(count), side="right") - 1]]
    found = np.where(several_of(reconciled.of_papers.weight > PART), PLACE["agree"], runs)
    return np.asarray(np.where(reconciled.core.apart, PLACE["apart"], found), dtype=np.intp)


def _of_runs(reconciled: Reconciled) -> NDArray[np.intp]:
    leader, weight = reconciled.of_runs.leader, reconciled.of_runs.weight
    moved = np.add.reduce(weight * reconciled.moved, axis=1) > DOUBTFUL
    unsure = moved | (reconciled.of_runs.sigma > DOUBTFUL)
    found = _places(tuple(method.rests_on for method in reconciled.offered))[leader]
    if np.count_nonzero(unsure):
        found = np.where(unsure & (found == PLACE["counted"]), PLACE["doubtful"], found)
        found = np.where(moved & (found == PLACE["hardware"]), PLACE["format"], found)
    return np.asarray(np.where(several_of(weight > PART), PLACE["agree"], found), dtype=np.intp)


@lru_cache(maxsize=64)
def _places(rests: tuple[str, ...]) -> NDArray[np.intp]:
    """The groups of methods by what they rest on."""
    return np.array([PLACE.get(kind, PLACE["other"]) for kind in rests], dtype=np.intp)
