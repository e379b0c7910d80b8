"""The interval by Monte Carlo: every fact and assumption drawn, and the same formulas applied."""

from __future__ import annotations

import zlib
from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from computeest.estimation.base_models import UNKNOWN_RUN
from computeest.estimation.evaluate import LN10, Candidates, applied
from computeest.estimation.intervals import base_sigma, of_missing
from computeest.estimation.reconcile import said
from computeest.estimation.results import Results, candidates_of, taken
from computeest.problems import UsageError

Floats = NDArray[np.float64]

#: Draws below which an interval's ends are mostly chance.
FEWEST = 1000


@dataclass(frozen=True, slots=True)
class Sampled:
    """The median and the 90 % interval of one paper's training compute (FLOP), by Monte Carlo."""

    samples: int
    flop: float
    flop_low: float
    flop_high: float


def sampled(results: Results, paper: int, samples: int, seed: int = 0) -> Sampled:
    """One paper's interval by so many draws; the same seed gives the same draws.

    Every fact and every assumption is drawn lognormally once for the paper, so that runs which share it share the draw.
    What is undecided, and how methods are weighted, was decided before: the draws check what the spreads of facts and
    assumptions bring, and neither who is right nor the margin that was learned from other rows.
    """
    if samples < FEWEST:
        raise UsageError(f"{samples} samples are too few for a 90 % interval; take {FEWEST} or more")
    lower, drawn, upper = _Paper(results, paper, _Draws(samples, seed)).flop()
    return Sampled(samples, float(np.median(drawn)), float(np.quantile(lower, 0.05)), float(np.quantile(upper, 0.95)))


@dataclass(slots=True)
class _Draws:
    """Standard normal draws, one series for each key."""

    samples: int
    seed: int
    _series: dict[Hashable, Floats] = field(default_factory=dict)

    def of(self, *key: Hashable) -> Floats:
        """The series of that key, always the same."""
        if key not in self._series:
            stream = zlib.crc32(repr(key).encode())
            self._series[key] = np.random.default_rng((self.seed, stream)).standard_normal(self.samples)
        return self._series[key]


@dataclass(frozen=True, slots=True)
class _Paper:
    """One paper's draws."""

    results: Results
    paper: int
    draws: _Draws

    def flop(self) -> tuple[Floats, Floats, Floats]:
        """Training compute by draw, with the base models': at the lower end of what is undecided, as taken, and above.

        Where a method that was left out is at an end, it is drawn there in place of the answer.
        """
        reconciled, nothing = self.results.reconciled, np.zeros(self.draws.samples)
        if np.isnan(reconciled.flop[self.paper]):
            of_base = self._with_base(nothing)
            return of_base, of_base, of_base
        own, answer, core = self._own(), np.log(reconciled.flop[self.paper]), reconciled.core
        ends = [own + (core.low[self.paper] - answer), own, own + (core.high[self.paper] - answer)]
        for place, method, log in ((0, core.low_by, core.low), (2, core.high_by, core.high)):
            column, rows = int(method[self.paper]), np.flatnonzero(self.results.spec.paper == self.paper)
            if column >= 0 and len(rows) == 1:
                name = reconciled.methods[column]
                drawn = next(self._method(c, at, int(rows[0])) for c, at in candidates_of(self.results, int(rows[0]))
                             if c.plan.method.name == name)
                ends[place] = drawn + (log[self.paper] - np.median(drawn))
        low, middle, high = (self._with_base(np.exp(end)) for end in ends)
        return low, middle, high

    def _with_base(self, own: Floats) -> Floats:
        """The base models' compute beside the own runs', and what is missing of either."""
        lineage, reconciled = self.results.lineage, self.results.reconciled
        if self.paper in lineage.missing or reconciled.partial[self.paper]:
            # what is missing only adds: the lower end is that of the part that is known
            missing = of_missing(self.results.spec, reconciled, lineage)[self.paper]
            own = own * np.exp(missing * np.maximum(self.draws.of("missing part"), 0.0))
        base = float(lineage.base[self.paper])
        if np.isnan(base):
            return own
        stated = float(base_sigma(self.results.spec, self.results.first, lineage)[self.paper])
        unknown = UNKNOWN_RUN if np.isnan(reconciled.flop[self.paper]) else 0.0
        return np.asarray(own + base * np.exp(stated * self.draws.of("base") + unknown * self.draws.of("unknown run")))

    def _own(self) -> Floats:
        """Log FLOP of the paper's own runs, weighted as they were reconciled."""
        reconciled = self.results.reconciled
        rows = np.flatnonzero(self.results.spec.paper == self.paper).tolist()
        said_of = {row: {c.plan.method.name: self._method(c, at, row) for c, at in candidates_of(self.results, row)}
                   for row in rows}
        runs = {row: self._combined(row, said_of[row]) for row in rows if not np.isnan(reconciled.of_runs.log[row])}
        weight = reconciled.of_papers.weight[self.paper]
        total = np.zeros(self.draws.samples)
        if weight[0] > 0:
            total += weight[0] * _added([runs[row] for row in rows if row in runs])
        for column, share in enumerate(weight[1:].tolist()):
            if share > 0:
                total += share * self._whole(column, rows, said_of, runs)
        scatter = float(np.sqrt(reconciled.of_papers.disagreement[self.paper]))
        return np.asarray(total + scatter * self.draws.of("disagreement"))

    def _whole(self, column: int, rows: list[int], said_of: dict[int, dict[str, Floats]],
               runs: dict[int, Floats]) -> Floats:
        """What one method says of the whole paper: what runs share once, and the other runs as they were taken."""
        reconciled = self.results.reconciled
        shared = [row for row in rows if reconciled.whole[row, column]]
        others = [runs[row] for row in rows if row not in shared]
        return _added([said_of[shared[0]][reconciled.methods[column]], *others])

    def _combined(self, row: int, answers: dict[str, Floats]) -> Floats:
        """One run's methods as one."""
        reconciled = self.results.reconciled
        total = np.sqrt(reconciled.of_runs.disagreement[row]) * self.draws.of("disagreement", row)
        for name, weight in zip(reconciled.methods, reconciled.of_runs.weight[row].tolist(), strict=True):
            if weight > 0:
                total = total + weight * answers[name]
        return np.asarray(total)

    def _method(self, candidates: Candidates, at: int, row: int) -> Floats:
        """Log FLOP of one run by one method."""
        plan = candidates.plan
        values = {name: self._fact(candidates, at, row, name) for name in plan.given}
        values |= {name: self._assumption(candidates, at, row, name) for name in plan.assumed}
        for step in plan.steps:
            values[step.target] = applied(step, {name: values[name] for name in step.inputs})
        of_method = plan.method.dex * LN10 * self.draws.of("method", plan.method.name, row)
        return np.asarray(np.log(values["flop"]) + of_method)

    def _fact(self, candidates: Candidates, at: int, row: int, name: str) -> Floats:
        spec = self.results.spec
        value = float(candidates.values[name][at])
        sigma = float(spec.sigmas[name][row]) if name in spec.sigmas else 0.0
        own = not spec.runs or not spec.runs[row].own or bool(said(name) & spec.runs[row].own)
        draws = self.draws.of("fact", name, row if own else None) if sigma else np.zeros(self.draws.samples)
        return value * np.exp(sigma * draws)

    def _assumption(self, candidates: Candidates, at: int, row: int, name: str) -> Floats:
        assumption = taken(self.results, row, name)
        draws = self.draws.of("assumption", name, assumption.value, assumption.sigma)
        return float(candidates.values[name][at]) * np.exp(assumption.sigma * draws)


def _added(logs: list[Floats]) -> Floats:
    """The log of the sum."""
    return np.asarray(np.logaddexp.reduce(np.stack(logs), axis=0), dtype=np.float64)
