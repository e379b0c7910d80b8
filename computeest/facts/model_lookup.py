"""What the bundled table knows of the models that rows are about: the active parameters of mixtures of experts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from computeest.facts.spec import Spec
from computeest.problems.records import ACTIVE_FROM_TABLE
from computeest.text.model_names import beginning_like, fold
from computeest.text.package_data import files

#: Parameters this close to the table's are those of the model of that name: cards round, and count a module or leave it
#: out (DeepSeek-V3 is 671B, and 685B with its prediction module).
ALIKE = 1.1


class Mixture(NamedTuple):
    """A model of which only some parameters work on a token."""

    name: str
    parameters: float
    active: float


@cache
def mixtures() -> Mapping[str, Mixture]:
    """The mixtures of the bundled table by folded name, those of releases tuned from them too."""
    found = json.loads(files("computeest.models").joinpath("mixtures.json").read_text("utf-8"))
    return {name: Mixture(entry["name"], entry["parameters"], entry["active"])
            for entry in found for name in entry["names"]}


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(name[:end] for name in mixtures() for end in range(1, len(name) + 1))


def fill(spec: Spec) -> None:
    """Active parameters of mixtures that the table knows, or the share of them where a quote says what they are."""
    _named(spec)
    quoted = (said for run in spec.runs for cell in run.cells.values() for said in (cell.quote, cell.note) if said)
    if any("xpert" in said or "MoE" in said or "parsely" in said for said in quoted) or "note" in spec.words:
        from computeest.facts import experts_said  # of such words alone

        experts_said.fill_quoted(spec)


def _named(spec: Spec) -> None:
    """Active parameters where the model's name and its parameters are those of a mixture that the table knows."""
    if "model" not in spec.words or "parameters" not in spec.numbers:
        return
    parameters = spec.column("parameters")
    silent, = (parameters == parameters).nonzero()
    silent = silent[_of_a_mixture(parameters[silent])]
    if "active_parameters" in spec.numbers:
        silent = silent[np.isnan(spec.numbers["active_parameters"][silent])]
    if not len(silent):
        return
    models = spec.kinds("model")
    silent = silent[models.codes[silent] >= 0]
    names = [*map(str, models.some(models.codes[silent]))]
    known = {name: mixture for name in beginning_like(names, _beginnings())
             if (mixture := mixtures().get(fold(name))) is not None}
    for row, name in zip(silent.tolist(), names, strict=True) if known else ():
        if (mixture := known.get(name)) is None:
            continue
        own = spec.get("parameters", row)
        if max(own / mixture.parameters, mixture.parameters / own) <= ALIKE:
            spec.set("active_parameters", row, mixture.active)
            spec.readings.append((row, ACTIVE_FROM_TABLE.says(name=mixture.name, active=mixture.active)))
            if "active_share" in spec.numbers:  # what the layout took for granted of models of this size
                spec.numbers["active_share"][row] = np.nan


def _of_a_mixture(parameters: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where the parameters are like those of any mixture: names take long to fold, and most rows are of none."""
    highest, lowest = _totals()
    return np.asarray(lowest[highest.searchsorted(parameters)] <= parameters)  # NaN is behind all


@cache
def _totals() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The most and the least parameters that are like those of each mixture."""
    totals = np.array(sorted({mixture.parameters for mixture in mixtures().values()}))
    return totals * ALIKE, np.append(totals, np.inf) / ALIKE
