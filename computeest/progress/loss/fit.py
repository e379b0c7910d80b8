"""A fitted loss model: every minimum of its objective with a weight, bootstrap by paper, rates, and what to doubt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from computeest.progress.loss.model import LossModel, predict
from computeest.progress.loss.rates import Place, Rate, growth, months
from computeest.progress.loss.rows import LossRows, Origin, clusters_of, columns
from computeest.progress.loss.solver import Task, log_volume, minimize, objective
from computeest.progress.model import Array
from computeest.progress.records import FEW_PAPERS, ProgressError

#: Searches on the full sample: every minimum has to turn up.
STARTS = 240
#: Random searches on each resample, beside those from the full sample's minima.
_RESAMPLE_STARTS = 2
#: Two searches found one minimum when no parameter differs by more.
_SAME = 2e-3
#: Spread of starting points: offsets and constants, rates and exponents.
_WIDE, _NARROW = 1.0, 0.1
#: Minima of less than this share of the heaviest's posterior are not listed.
_LIGHT = 1e-6
_SURE = 0.95
#: Guessing among so many words is the worst that a language model can do: e^14 is 1.2 million.
_MOST_NATS = 14.0


@dataclass(frozen=True, slots=True)
class LossMode:
    """One minimum of the objective."""

    vector: Array
    #: Mean squared error plus delta times the sum of absolute parameters.
    objective: float
    error: float
    #: Share of the posterior around it: see `solver.log_volume`.
    weight: float
    starts: int


@dataclass(frozen=True)
class LossFit:
    """A loss model fitted to evaluations."""

    model: LossModel
    delta: float
    rows: LossRows
    origin: Origin
    modes: tuple[LossMode, ...]
    #: The best minimum of each resample, whichever it is near; None without a bootstrap.
    draws: Array | None
    #: Which of the full sample's minima each draw is nearest to.
    member: NDArray[np.intp] | None
    level: float
    seed: int

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return self.model.parameters(self.rows.benchmarks)

    @property
    def place(self) -> Place:
        """Where rates are read that change: the sample's last year, its median sizes."""
        with np.errstate(all="ignore"):
            return Place(float(self.rows.year.max()),
                         float(np.median(np.log(self.rows.parameters / self.origin.parameters))),
                         float(np.median(np.log(self.rows.data / self.origin.data))))

    @property
    def parameters(self) -> dict[str, float]:
        """The minimum of lowest objective."""
        return dict(zip(self.names, map(float, self.modes[0].vector), strict=True))

    def rates(self, vector: Array | None = None) -> dict[str, Rate]:
        """Growth of effective parameters, data and compute; at given parameters without an interval."""
        point = growth(self.model, self.names, (self.modes[0].vector if vector is None else vector)[None], self.place)
        drawn = None if self.draws is None or vector is not None else \
            growth(self.model, self.names, self.draws, self.place)
        return {name: Rate.of(float(value[0]), None if drawn is None else drawn[name], self.level)
                for name, value in point.items()}

    def predicted(self, rows: LossRows, vectors: Array) -> Array:
        """Loss in nats: one row a parameter vector, one column an evaluation."""
        terms, linear = self.model.designs(columns(rows, self.origin, repeats=self.model.repeats), rows.benchmark,
                                           self.rows.benchmarks)
        return predict(terms, linear, np.atleast_2d(vectors))[1]

    def objective_at(self, vector: Array) -> float:
        """The objective at any parameters: what an optimizer that stopped there left on the table."""
        return float(objective(task_of(self.model, self.rows, self.origin, self.delta), vector[None])[0][0])

    def mode_rates(self, mode: LossMode) -> dict[str, float | None]:
        """Doubling times at one minimum."""
        return {name: months(rate.point) for name, rate in self.rates(mode.vector).items()}

    def warnings(self) -> list[str]:
        """What the headline does not show."""
        found = []
        if self.modes[0].weight < _SURE:
            others = ", ".join(_months(self.mode_rates(mode)["compute"]) for mode in self.modes[1:4])
            found.append(f"the objective has {len(self.modes)} minima; the lowest holds {self.modes[0].weight:.0%} of "
                         f"the posterior, the others say {others} months")
        for name, rate in self.rates().items():
            if rate.low is not None and rate.low <= 0.0 and rate.without_growth is not None:
                found.append(f"effective {name} does not grow in {rate.without_growth:.0%} of resamples: the interval "
                             "of its doubling time is over the others, that of its growth over all")
        if self.rows.loss.max() > _MOST_NATS:
            found.append(f"losses up to {self.rows.loss.max():.4g} nats are more than any vocabulary gives: are they "
                         "perplexities or bits (--unit)?")
        if self.rows.copied:
            found.append(f"{self.rows.copied} rows repeat a model's score on another benchmark to the last digit, as a "
                         "table filled from one benchmark does: --without-copied-scores leaves them out")
        papers = len(np.unique(self.rows.cluster))
        if self.rows.clustered_by and papers < FEW_PAPERS:
            found.append(f"resamples of {papers} papers say little of what others would: the intervals are too narrow")
        if not self.rows.clustered_by:
            found.append("no column says which paper a row is of (--cluster): rows count as independent, and the "
                         "intervals are too narrow where papers publish several models")
        return found


def _months(value: float | None) -> str:
    return "no" if value is None else f"{value:.1f}"


def task_of(model: LossModel, rows: LossRows, origin: Origin, delta: float, weights: Array | None = None) -> Task:
    """The least-squares task of a model on rows, each counting once unless weights say otherwise."""
    own = columns(rows, origin, repeats=model.repeats)
    for name in sorted(model.columns):
        if not np.isfinite(own[name]).all():
            raise ProgressError(f"the model {model.name} needs {_NEEDS.get(name, name.removeprefix('log_'))} "
                                "in every record")
    terms, linear = model.designs(own, rows.benchmark, rows.benchmarks)
    return Task(terms, linear, rows.loss, np.ones((1, len(rows))) if weights is None else weights, delta)


_NEEDS: Mapping[str, str] = {"log_compute": "compute", "log_data": "data", "group": "a group (--group COLUMN)"}


def fit_loss(rows: LossRows, model: LossModel, delta: float = 0.0025, *, resamples: int = 0, starts: int = STARTS,
             seed: int = 0, level: float = 0.95, origin: Origin | None = None) -> LossFit:
    """Fit a loss model: all minima of the objective, and the bootstrap by cluster."""
    if delta < 0.0 or starts < 1 or resamples < 0 or not 0.0 < level < 1.0:
        raise ProgressError("expected delta of at least 0, one start or more, and a level between 0 and 1")
    names = model.parameters(rows.benchmarks)
    if len(rows) <= len(names):
        raise ProgressError(f"{len(rows)} usable evaluations cannot determine {len(names)} parameters")
    if len(np.unique(rows.year)) < 2 and "year" in model.columns:
        raise ProgressError(f"every evaluation is of {rows.year[0]:.6g}: nothing tells how fast algorithms improve")
    for name, values in (("parameters", rows.parameters), ("data", rows.data), ("compute", rows.compute)):
        if f"log_{name}" in model.columns and np.isfinite(values).all() and np.ptp(np.log(values)) == 0.0:
            other = " (--variant m18 fits compute alone)" if name != "compute" and np.ptp(np.log(rows.compute)) else ""
            raise ProgressError(f"every evaluation has {name} {values[0]:.4g}: nothing tells what they add{other}")
    origin = origin or Origin.of(rows)
    task = task_of(model, rows, origin, delta)
    searching, resampling, random = (np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(3))
    modes = find_minima(task, random_starts(searching, names, starts))
    draws = member = None
    if resamples:
        weights = _cluster_weights(resampling, rows, resamples)
        draws, member = _resampled(task, modes, weights, names, random)
    return LossFit(model, delta, rows, origin, modes, draws, member, level, seed)


def random_starts(rng: np.random.Generator, names: tuple[str, ...], count: int) -> Array:
    """Starting points around zero: wide in what lifts the loss, narrow in rates and exponents."""
    narrow = np.array([any(word in name for word in ("year", "param", "data", "compute", "rate")) for name in names])
    return rng.normal(size=(count, len(names))) * np.where(narrow, _NARROW, _WIDE)


def find_minima(task: Task, starts: Array) -> tuple[LossMode, ...]:
    """Every minimum that a search ends in, the lowest objective first, with its share of the posterior."""
    solved = minimize(task, starts)
    chosen: list[int] = []
    counts: list[int] = []
    for index in np.argsort(np.where(solved.converged, solved.objective, np.inf), kind="stable").tolist():
        if not solved.converged[index]:
            break
        apart = [float(np.abs(solved.vectors[index] - solved.vectors[k]).max()) for k in chosen]
        if apart and min(apart) < _SAME:
            counts[int(np.argmin(apart))] += 1
        else:
            chosen.append(index)
            counts.append(1)
    if not chosen:
        raise ProgressError("no search for a minimum converged")
    least = float(solved.error[chosen[0]])
    sharp = float(task.weights.sum()) / (2.0 * least)
    mass = np.array([log_volume(task, solved.vectors[k], least) - sharp * solved.objective[k] for k in chosen])
    share = np.exp(np.nan_to_num(mass, nan=-np.inf) - np.nanmax(mass))
    kept = [i for i in range(len(chosen)) if i == 0 or share[i] >= _LIGHT]
    total = float(share[kept].sum())
    return tuple(LossMode(solved.vectors[chosen[i]], float(solved.objective[chosen[i]]),
                          float(solved.error[chosen[i]]), float(share[i] / total), counts[i]) for i in kept)


def _cluster_weights(rng: np.random.Generator, rows: LossRows, resamples: int) -> Array:
    """How often each row counts when clusters are drawn with replacement."""
    groups = clusters_of(rows)
    drawn = rng.multinomial(len(groups), np.full(len(groups), 1.0 / len(groups)), size=resamples)
    weights = np.empty((resamples, len(rows)))
    for number, group in enumerate(groups):
        weights[:, group] = drawn[:, [number]]
    return weights


def _resampled(task: Task, modes: tuple[LossMode, ...], weights: Array, names: tuple[str, ...],
               rng: np.random.Generator) -> tuple[Array, NDArray[np.intp]]:
    known = np.array([mode.vector for mode in modes[:6]])
    count = len(weights)
    free = random_starts(rng, names, count * _RESAMPLE_STARTS).reshape(count, _RESAMPLE_STARTS, -1)
    begin = np.concatenate([np.broadcast_to(known, (count, *known.shape)), free], axis=1)
    many = Task(task.terms, task.linear, task.loss, np.repeat(weights, begin.shape[1], axis=0), task.delta)
    solved = minimize(many, begin.reshape(-1, begin.shape[2]))
    value = np.where(solved.converged, solved.objective, np.inf).reshape(count, -1)
    best = value.argmin(axis=1)
    draws = solved.vectors.reshape(count, -1, begin.shape[2])[np.arange(count), best]
    member = np.abs(draws[:, None, :] - known).max(axis=2).argmin(axis=1)
    return draws, np.asarray(member, dtype=np.intp)
