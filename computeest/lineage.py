"""Base models: a model that starts from another one carries that one's training compute, once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from computeest.reconcile import Reconciled
from computeest.spec import Spec

#: A run this close to its base model's compute is the base model's own run, described again.
SAME_RUN = 1.25


@dataclass(slots=True)
class Lineage:
    """What was found out about each paper's base model; rows are papers."""

    #: Compute of the base models, NaN where there is none or it is not known.
    base: NDArray[np.float64]
    #: Names of base models whose compute is not known, by paper.
    missing: dict[int, str] = field(default_factory=dict)
    #: Base models whose compute was scaled from a sibling's, as sentences, by paper.
    scaled: dict[int, str] = field(default_factory=dict)
    #: Papers whose facts already describe the base model's run: base models by paper.
    same_run: dict[int, str] = field(default_factory=dict)
    #: Papers that are their own base model's base model.
    cycles: dict[int, str] = field(default_factory=dict)


def find(spec: Spec, reconciled: Reconciled, reference: Mapping[str, float]) -> Lineage:
    """The compute of each paper's base models, from the paper, from the rows at hand or from a reference table."""
    count = len(reconciled.flop)
    first = np.searchsorted(spec.paper, np.arange(count))
    found = Lineage(spec.column("base_compute")[first].copy())
    if "base_model" not in spec.words:
        return found
    known = {fold(name): flop for name, flop in reference.items()}
    models = spec.words.get("model")
    here: dict[str, int] = {}
    for paper, row in enumerate(first.tolist()):
        if models is not None and models[row]:
            here.setdefault(fold(models[row]), paper)
    names = {name: flop for name, flop in reference.items()}
    search = _Search(spec, reconciled.flop, first, known, here, found, _Siblings.of(names, models, first))
    for paper, row in enumerate(first.tolist()):
        if spec.words["base_model"][row] and np.isnan(found.base[paper]):
            search.resolve(paper, ())
    return found


@dataclass(slots=True)
class _Search:
    """Resolves base models, those of base models first."""

    spec: Spec
    flop: NDArray[np.float64]
    first: NDArray[np.intp]
    known: Mapping[str, float]
    here: Mapping[str, int]
    found: Lineage
    siblings: _Siblings
    done: dict[int, float] = field(default_factory=dict)

    def resolve(self, paper: int, above: tuple[int, ...]) -> float:
        """The compute of one paper with its base models', NaN where it is not known."""
        if paper in self.done:
            return self.done[paper]
        text = self.spec.word("base_model", int(self.first[paper]))
        own = float(self.flop[paper])
        base = float(self.found.base[paper])
        if text and np.isnan(base):
            base = self._sum(paper, split(str(text)), (*above, paper))
            if not np.isnan(base) and not np.isnan(own) and max(own / base, base / own) <= SAME_RUN:
                self.found.same_run[paper] = str(text)
                base = float("nan")
            self.found.base[paper] = base
        self.done[paper] = own if np.isnan(base) else base if np.isnan(own) else own + base
        return self.done[paper]

    def _sum(self, paper: int, names: list[str], above: tuple[int, ...]) -> float:
        total, missing = 0.0, []
        for name in names:
            flop = self.known.get(fold(name), float("nan"))
            place = self.here.get(fold(name))
            if place in above:
                self.found.cycles[paper] = name
            elif np.isnan(flop) and place is not None:
                flop = self.resolve(place, above)
            if np.isnan(flop):
                flop = self._sibling(paper, name, above)
            if np.isnan(flop):
                missing.append(name)
            else:
                total += flop
        if missing:
            self.found.missing[paper] = ", ".join(missing)
        return total if total > 0 else float("nan")

    def _sibling(self, paper: int, name: str, above: tuple[int, ...]) -> float:
        """A model of unknown compute by one of its series, which saw about the same data: as its parameters are more."""
        series, size = series_of(name)
        near = sorted(self.siblings.series.get(series, ()), key=lambda s: abs(np.log(s[0] / size))) if size else []
        for other_size, other, place in near:
            if place in above:
                continue
            flop = self.known[fold(other)] if place < 0 else self.resolve(place, above)
            if not np.isnan(flop):
                self.found.scaled[paper] = (f"the compute of the base model, {name}, is not known and was scaled from that "
                                            f"of {other} by their parameters")
                return flop * size / other_size
        return float("nan")


@dataclass(slots=True)
class _Siblings:
    """Models whose names differ only in their size: series -> (size, name, paper or -1 for the reference table)."""

    series: dict[str, list[tuple[float, str, int]]]

    @classmethod
    def of(cls, reference: Mapping[str, float], models: NDArray[np.object_] | None,
           first: NDArray[np.intp]) -> _Siblings:
        found: dict[str, list[tuple[float, str, int]]] = {}
        here = [(str(models[row]), paper) for paper, row in enumerate(first.tolist()) if models is not None and models[row]]
        for name, place in [*((name, -1) for name in reference), *here]:
            series, size = series_of(name)
            if size:
                found.setdefault(series, []).append((size, name, place))
        return cls(found)


_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s?([MBT])(?![\w])", re.IGNORECASE)


def series_of(name: str) -> tuple[str, float]:
    """A model's series and its parameters, where the name says them: 'Llama 2-13B' is 13e9 of 'llama2'."""
    match = _SIZE.search(name)
    if match is None:
        return fold(name), 0.0
    size = float(match[1]) * {"m": 1e6, "b": 1e9, "t": 1e12}[match[2].lower()]
    return re.sub(r"[()]", "", fold(name[:match.start()] + name[match.end():])), size


def split(text: str) -> list[str]:
    """The models that a cell names: commas outside brackets separate them."""
    return [name for part in re.split(r"[,;]\s*(?![^()]*\))", text) if (name := part.strip())]


def fold(name: str) -> str:
    """A model's name without what spelling varies: case, spaces and hyphens."""
    return re.sub(r"[\s_\-–]+", "", name.lower())
