"""Base models: a model that starts from another one carries that one's training compute, once."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from computeest.estimation.combine import starts_of
from computeest.estimation.reconcile import Reconciled
from computeest.facts.spec import Spec
from computeest.text.model_names import fold, series_of, size_of, split

#: One sigma in natural log of a compute figure that authors state.
REPORTED_SIGMA = 0.2

#: One sigma in natural log by which the compute of a model exceeds its base model's, where its own run is unknown.
UNKNOWN_RUN = 0.3

#: The bundled table: what it knows of some folded names.
Table = Callable[[Set[str]], Mapping[str, "Known"]]

#: A run this close to its base model's compute is the base model's own run, described again.
SAME_RUN = 1.1
#: Stages that come on top of the base model's own run, however large; nobody tunes on as much as that took.
_ON_TOP = re.compile(r"\bcontinu|\bfurther|\bmid-?\s?train|\banneal|\badapt", re.IGNORECASE)

#: A base model that is larger than what starts from it by more than names are rounded is a teacher, another size, or
#: was pruned. What is grown has up to 3.2 times as many parameters (FLM-101B, from 16e9 to 51e9: Li et al. 2023), and
#: where experts are copies (Komatsuzaki et al. 2022) a token passes a few of them only.
SHRUNK, GROWN = 1.5, 4.0

#: A reported figure this many times what the facts of the run give, and this close to that with the base model's, holds
#: the base model's compute.
COUNTED_IN, SUMS_ALIKE = 3.0, 1.5


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
    #: Compute of the base models that those leave out.
    not_added: dict[int, float] = field(default_factory=dict)
    #: Papers whose authors' figure holds the base model's compute already: base models by paper.
    counted_in: dict[int, str] = field(default_factory=dict)
    #: Papers that are their own base model's base model.
    cycles: dict[int, str] = field(default_factory=dict)
    #: Papers whose base models the bundled table knows: what it calls them, and one sigma in natural log of their sum.
    bundled: dict[int, tuple[str, float]] = field(default_factory=dict)
    #: Papers whose model is of another size than its base model: what that is called, its parameters and the model's.
    other_size: dict[int, tuple[str, float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """A base model that the bundled table knows."""

    name: str
    #: Its own run's compute, and that of each model it starts from, by folded name.
    parts: Mapping[str, float]
    #: One sigma in natural log of all of them together.
    sigma: float
    #: What its own run is described by, NaN where it is not; with these facts a paper describes it once more.
    parameters: float = float("nan")
    tokens: float = float("nan")


def tuned(known: Known) -> Known:
    """A release made of a model by tuning of unknown compute: at least the model's, and less surely so."""
    return replace(known, name=f"{known.name}, from which it was tuned,", parameters=float("nan"),
                   sigma=float(np.hypot(known.sigma, UNKNOWN_RUN)))


@dataclass(frozen=True, slots=True)
class Ancestors:
    """What is known of models that others may start from; names are folded."""

    #: Compute of each, with that of its own base models; models that are not known are not here.
    flop: Mapping[str, float]
    #: Models whose names differ only in their size: series -> (size, name, its compute, nothing scaled).
    series: Mapping[str, Sequence[tuple[float, str, float]]]
    #: Models that are, by way of others, their own base models.
    cyclic: frozenset[str] = frozenset()
    #: What each model's compute is made of where that is known: its own run's and each base model's own, by name.
    parts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    #: Those that neither the rows at hand nor a reference table know, but the bundled table.
    bundled: Mapping[str, Known] = field(default_factory=dict)


def named(texts: Iterable[str]) -> tuple[set[str], set[str]]:
    """The models that cells name as base models, folded, and the series of those that say their size."""
    names = {name for text in texts for name in split(text)}
    return {fold(name) for name in names}, {series for series, size in map(series_of, names) if size}


def ancestors(spec: Spec, reconciled: Reconciled, reference: Mapping[str, float],
              wanted: tuple[Set[str], Set[str]] | None = None, table: Table | None = None) -> Ancestors:
    """What a reference table, then the rows at hand, then the bundled `table`, know of base models.

    `wanted` says which, as `named` does, where other rows than those at hand name them.
    """
    models, bases = spec.kinds("model"), spec.kinds("base_model")
    names, series = wanted if wanted is not None else named(bases.facts)
    if not (names or reference):
        return Ancestors({}, {})
    known = {fold(name): flop for name, flop in reference.items()}
    first = starts_of(spec.paper, len(reconciled.flop))
    here: dict[str, _Model] = {}
    for paper, row in enumerate(first.tolist() if names else ()):
        name = models.at(row)
        if name is None or (fold(name) not in names and series_of(name)[0] not in series) or fold(name) in here:
            continue
        stated = spec.get("base_compute", row)
        text = bases.at(row)
        here[fold(name)] = _Model(name, float(reconciled.flop[paper]), stated,
                                  tuple(split(text)) if text and np.isnan(stated) else ())
    order, cyclic = _in_order(here, known)
    plain = _totals(order, here, Ancestors(known, {}, cyclic))
    bundled = table(names - plain.flop.keys() - cyclic) if table is not None and names else {}
    known |= {name: math.fsum(model.parts.values()) for name, model in bundled.items()}
    parts = {name: model.parts for name, model in bundled.items()}
    return _totals(order, here, Ancestors(known, _series(reference, here, plain.flop), cyclic, parts, bundled))


@dataclass(frozen=True, slots=True)
class _Model:
    """A row that others may start from: its name, its own run's compute, its base models."""

    name: str
    flop: float
    stated: float
    bases: tuple[str, ...]


def _in_order(here: Mapping[str, _Model], known: Mapping[str, float]) -> tuple[list[str], frozenset[str]]:
    """The models with base models before what starts from them, and those that start from themselves."""
    above = {name: {fold(b) for b in model.bases} & (here.keys() - known.keys()) for name, model in here.items()}
    order, left = _peeled(above)
    below: dict[str, set[str]] = {name: set() for name in left}
    for name in left:
        for base in above[name] & left:
            below[base].add(name)
    cyclic = frozenset(_peeled(below)[1])
    rest, _ = _peeled({name: above[name] & left - cyclic for name in here if name in left})
    return order + rest, cyclic


def _peeled(above: Mapping[str, set[str]]) -> tuple[list[str], set[str]]:
    """Names after all that are above them; and those for which there is no such order."""
    waiting = {name: len(others) for name, others in above.items()}
    below: dict[str, list[str]] = {}
    for name, others in above.items():
        for other in others:
            below.setdefault(other, []).append(name)
    order = [name for name, count in waiting.items() if not count]
    for name in order:
        for other in below.get(name, ()):
            waiting[other] -= 1
            if not waiting[other]:
                order.append(other)
    return order, {name for name, count in waiting.items() if count}


def _totals(order: Iterable[str], here: Mapping[str, _Model], ancestors: Ancestors) -> Ancestors:
    """The ancestors with the models at hand, each with the compute of its base models."""
    flop, parts = dict(ancestors.flop), dict(ancestors.parts)
    growing = Ancestors(flop, ancestors.series, ancestors.cyclic, parts, ancestors.bundled)
    for name in order:
        model = here[name]
        made = {} if np.isnan(model.stated) else {f"{name}'s base": model.stated}
        if model.bases:
            bases = _Bases.of(model.name, model.bases, growing)
            made = {} if _same_run(model.flop, bases.total) else dict(bases.parts)
        if not np.isnan(model.flop):
            made[name] = model.flop
        if made and name not in flop:
            flop[name], parts[name] = math.fsum(made.values()), made
    return growing


def _series(reference: Mapping[str, float], here: Mapping[str, _Model],
            flop: Mapping[str, float]) -> dict[str, list[tuple[float, str, float]]]:
    found: dict[str, list[tuple[float, str, float]]] = {}
    for name in dict.fromkeys([*reference, *(model.name for model in here.values())]):
        series, size = series_of(name)
        if size and fold(name) in flop:
            found.setdefault(series, []).append((size, name, flop[fold(name)]))
    return found


def _same_run(own: float, base: float) -> bool:
    return bool(max(own / base, base / own) <= SAME_RUN) if own > 0 and base > 0 else False


def _holding(reconciled: Reconciled, base: NDArray[np.float64]) -> NDArray[np.intp]:
    """Papers whose authors' figure is that of the base model and of what their facts say of their own run together."""
    stated = np.array([method.rests_on == "stated" for method in reconciled.offered], dtype=bool)
    if not stated.any() or np.isnan(base).all():
        return np.zeros(0, dtype=np.intp)
    figures, others = reconciled.method_flop[:, stated], reconciled.method_flop[:, ~stated]
    with np.errstate(all="ignore"):
        reported = np.exp(np.nansum(np.log(figures), axis=1) / (~np.isnan(figures)).sum(axis=1))
        own = np.exp(np.nansum(np.log(others), axis=1) / (~np.isnan(others)).sum(axis=1))
        sums = np.abs(np.log(reported / (base + own))) < np.log(SUMS_ALIKE)
        return np.flatnonzero((reported >= base) & (own < reported / COUNTED_IN) & sums)


@dataclass(slots=True)
class _Bases:
    """The base models of one model, added up; what several of them start from counts once."""

    parts: dict[str, float] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    scaled: str = ""
    cycle: str = ""
    bundled: list[Known] = field(default_factory=list)

    @classmethod
    def of(cls, model: str | None, names: Iterable[str], ancestors: Ancestors) -> _Bases:
        found, own = cls(), fold(model or "")
        for name in names:
            flop = float("nan")
            if fold(name) in ancestors.cyclic and (own in ancestors.cyclic or own == fold(name)):
                found.cycle = name
            else:
                flop = ancestors.flop.get(fold(name), flop)
            if np.isnan(flop):
                flop = found._sibling(own, name, ancestors)
            if np.isnan(flop):
                found.missing.append(name)
            else:
                found.parts |= ancestors.parts.get(fold(name), {fold(name): flop})
                found.bundled += [ancestors.bundled[fold(name)]] if fold(name) in ancestors.bundled else []
        return found

    @property
    def total(self) -> float:
        """Compute of all of them, NaN where nothing is known."""
        return math.fsum(self.parts.values()) if self.parts else float("nan")

    @property
    def sigma(self) -> float:
        """One sigma in natural log of the sum, as if all of them erred the same way."""
        spread = {part: known.sigma for known in self.bundled for part in known.parts}
        return math.fsum(flop * spread.get(part, REPORTED_SIGMA) for part, flop in self.parts.items()) / self.total

    def described(self, spec: Spec, row: int) -> bool:
        """Whether a row's facts are those of its one base model: as many parameters, as many tokens."""
        tokens = spec.get("tokens_seen", row)
        if np.isnan(tokens):
            tokens = spec.get("tokens", row) * np.nan_to_num(spec.get("epochs", row), nan=1.0)
        return len(self.bundled) == 1 and len(self.missing) == 0 and _same_run(tokens, self.bundled[0].tokens) and \
            _same_run(spec.get("parameters", row), self.bundled[0].parameters)

    def resized(self, spec: Spec, row: int, name: str, sizes: Mapping[str, float]) -> bool:
        """Whether a row's parameters are not those of its one base model: it was grown, and its run is another's."""
        own = spec.get("parameters", row)
        base = self.bundled[0].parameters if len(self.bundled) == 1 else sizes.get(fold(name), np.nan)
        return bool(own > 0 and base > 0) and not _same_run(own, base)

    def other_size(self, spec: Spec, paper: int, row: int, name: str) -> dict[int, tuple[str, float, float]]:
        """The one base model with its parameters and the row's, by paper, where one does not become the other."""
        total, active = spec.get("parameters", row), spec.get("active_parameters", row)
        own = total if total > 0 else size_of(str(spec.word("model", row) or ""))
        base = self.bundled[0].parameters if len(self.bundled) == 1 else np.nan
        base = base if base > 0 else size_of(name)
        if len(self.parts) + len(self.missing) == 0 or len(split(name)) > 1 or not (own > 0 and base > 0):
            return {}
        grown = min(own, active if active > 0 else own) > GROWN * base
        return {paper: (name, base, own)} if base > SHRUNK * own or grown else {}

    def _sibling(self, own: str, name: str, ancestors: Ancestors) -> float:
        """A model of unknown compute by one of its series, which saw about the same data: in proportion to size."""
        series, size = series_of(name)
        near = sorted(ancestors.series.get(series, ()), key=lambda s: abs(np.log(s[0] / size))) if size else []
        for other_size, other, flop in near:
            if fold(other) != own and fold(other) != fold(name):
                self.scaled = (f"the compute of the base model, {name}, is not known and was scaled from that of "
                               f"{other} by their parameters")
                return flop * size / other_size
        return float("nan")


def find(spec: Spec, reconciled: Reconciled, ancestors: Ancestors) -> Lineage:
    """The compute of each paper's base models, from the paper itself or from what is known of base models."""
    first = starts_of(spec.paper, len(reconciled.flop))
    found = Lineage(spec.column("base_compute")[first].copy())
    if "base_model" not in spec.words and "base_compute" not in spec.numbers:
        return found  # as of most papers: 1 % of an estimate
    bases, models = spec.kinds("base_model"), spec.kinds("model")
    sizes: dict[str, float] = {}
    for paper in np.flatnonzero((bases.codes[first] >= 0) & np.isnan(found.base)).tolist():
        text = str(bases.at(int(first[paper])))
        base = _Bases.of(models.at(int(first[paper])), split(text), ancestors)
        if base.missing:
            found.missing[paper] = ", ".join(base.missing)
        if base.scaled:
            found.scaled[paper] = base.scaled
        if base.cycle:
            found.cycles[paper] = base.cycle
        found.base[paper] = base.total
        if base.bundled:
            found.bundled[paper] = ", ".join(known.name for known in base.bundled), base.sigma
        row = int(first[paper])
        found.other_size |= base.other_size(spec, paper, row, text)
        alike = _same_run(float(reconciled.flop[paper]), base.total)
        if alike and not sizes:  # few papers come so near to their base models that those's sizes decide
            sizes = {fold(str(name)): spec.get("parameters", at) for at in first.tolist()
                     if (name := spec.word("model", at))}
        if ((alike and not base.resized(spec, row, text, sizes)) or base.described(spec, row)) and \
                not _ON_TOP.search(str(spec.word("stage", row) or "")):
            found.same_run[paper], found.not_added[paper] = text, base.total
    for paper in _holding(reconciled, found.base).tolist():
        found.counted_in[paper] = str(bases.at(int(first[paper])) or "")
        found.same_run.pop(paper, None)
        found.not_added.pop(paper, None)
    found.base[[*found.same_run, *found.counted_in]] = np.nan
    found.other_size = {paper: said for paper, said in found.other_size.items() if found.base[paper] > 0}
    return found
