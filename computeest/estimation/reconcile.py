"""One answer a paper: runs add up, methods are combined where they agree and shown where they do not.

Methods whose answers lie within each other's 90 % spread are averaged in log, each with the weight of its certainty. A
method that disagrees with the leading one is left out of the average, and the interval spans both (`core`). Who leads
is the matter of `combine`. Runs of one paper add up; what they assume alike is wrong alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.contract import Method
from computeest.estimation import core
from computeest.estimation.assumptions import Assumption
from computeest.estimation.combine import PREFERRED, Combined, Grid, by_paper, combine, several_of, starts_of, summed
from computeest.estimation.core import Core
from computeest.estimation.evaluate import Candidates, Evaluation
from computeest.estimation.plan import Plan
from computeest.estimation.readings import doubt, shifts
from computeest.facts.lookup import blank
from computeest.facts.spec import Spec


def said(column: str) -> frozenset[str]:
    """What the paper says where it gives a column, or where that was looked up."""
    return frozenset(schema.FIELDS[column].said_by or (column,))


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
            behind[row] |= said(column)
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


Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One answer for each paper, and what each method said; rows are papers, columns are methods."""

    #: The methods' descriptors, in the order of the columns.
    offered: tuple[Method, ...]
    flop: Floats
    sigma: Floats
    #: What each method says of the whole paper, NaN where it cannot.
    method_flop: Floats
    method_sigma: Floats
    #: Weight of each method in the answer; rows sum to 1 (0 where there is no answer).
    weight: Floats
    #: Largest over smallest of the methods' answers; NaN with fewer than two.
    agreement: Floats
    #: For each run: the method taken for it, -1 where none could be.
    run_method: NDArray[np.intp]
    #: Whether the answer is a sum over runs that leaves some run out.
    partial: NDArray[np.bool_]
    #: For each run and method, whether the answer rests on nothing of the run's own: then it speaks of all such runs.
    whole: NDArray[np.bool_]
    #: How each run's methods became one, and how their sum and what is said of the whole paper did.
    of_runs: Combined
    of_papers: Combined
    #: What is undecided of each paper's own runs; how far (ln) each run's answer by each method has other readings.
    core: Core
    moved: Floats

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods' names, in the order of the columns."""
        return tuple(method.name for method in self.offered)


def reconcile(spec: Spec, evaluation: Evaluation, methods: Sequence[Method], assumptions: Mapping[str, Assumption],
              prefer: str = "") -> Reconciled:
    """The answer for each paper; `prefer` names a method to be taken alone wherever it has one."""
    names = tuple(method.name for method in methods)
    reliability = np.array([method.reliability + (PREFERRED if method.name == prefer else 0) for method in methods])
    sources = _Sources.of(spec, evaluation)
    grid = Grid.empty(spec.size, len(names), len(sources.places))
    utilization = blank(spec.size)
    whole = np.zeros((spec.size, len(names)), dtype=bool, order="F")
    stages = any(run.own for run in spec.runs)
    for candidates in evaluation.candidates:
        column, rows = names.index(candidates.plan.method.name), candidates.rows
        here: Any = slice(None) if len(rows) == spec.size else rows
        grid.log[here, column], grid.own[here, column] = np.log(candidates.flop), candidates.sigma
        if sources.places:
            common = sources.loadings(spec, candidates)
            grid.common[:, rows, column] = common
            grid.own[rows, column] = np.sqrt(np.maximum(candidates.sigma**2 - (common**2).sum(axis=0), 0.0))
        if "utilization" in candidates.values:
            utilization[here] = candidates.values["utilization"]
        if stages:
            whole[rows, column] = [_is_whole(spec, row, candidates) for row in rows]
    open_ = _Open(*shifts(spec, evaluation, names, assumptions), utilization)
    return _papers(spec, grid, whole, methods, reliability, open_, sources.alike(spec.size, names, evaluation))


@dataclass(frozen=True, slots=True)
class _Open:
    """What is left open of each run: how far each method's answer has other readings, how busy its chips were."""

    down: Floats
    up: Floats
    utilization: Floats

    def of_whole(self, whole: NDArray[np.bool_], paper: NDArray[np.intp], count: int) -> tuple[Floats, Floats]:
        """What is left open of what methods say of whole papers: as much as of the run that leaves most open."""
        starts = starts_of(paper, count)
        return (np.asarray(np.minimum.reduceat(np.where(whole, self.down, 0.0), starts)),
                np.asarray(np.maximum.reduceat(np.where(whole, self.up, 0.0), starts)))


#: What stands for a method's own error, where several methods rest on all the same facts and assumptions.
_OWN = "error of the method"


@dataclass(frozen=True, slots=True)
class _Sources:
    """What answers can get wrong alike, each with its place.

    Runs of one paper share assumptions, and facts that the paper states once; methods share what both rest on.
    """

    #: Name, case, and which of a paper's runs (0 for what all its runs share) -> place.
    places: dict[tuple[str, int, int], int]
    several: NDArray[np.bool_]
    #: Which of its paper's runs each row is, from 1.
    number: NDArray[np.intp]
    cases: Mapping[str, NDArray[np.intp]]
    #: Facts and assumptions that more than one method rests on, and groups of methods that rest on all the same.
    shared: frozenset[str]
    groups: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, spec: Spec, evaluation: Evaluation) -> _Sources:
        several, number = np.zeros(spec.size, dtype=bool), np.ones(spec.size, dtype=np.intp)
        if spec.size and spec.paper[-1] + 1 < spec.size:
            several = np.bincount(spec.paper)[spec.paper] > 1
            number = np.arange(spec.size) - np.searchsorted(spec.paper, spec.paper) + 1
        resting: dict[str, set[str]] = {}
        alike: dict[frozenset[str], set[str]] = {}
        for candidates in evaluation.candidates:
            plan = candidates.plan
            alike.setdefault(plan.inputs, set()).add(plan.method.name)
            for name in candidates.spread:
                resting.setdefault(name, set()).add(plan.method.name)
        groups = {name: inputs for inputs, names in alike.items() if len(names) > 1 for name in names}
        shared = frozenset(name for name, methods in resting.items() if len(methods) > 1)
        found = cls({}, several, number, evaluation.cases, shared, groups)
        for candidates in evaluation.candidates if shared or groups or np.count_nonzero(several) else ():
            for name in (*candidates.spread, *([_OWN] if found._group(candidates) else [])):
                case, run = found._case(name, candidates), found._run(spec, name, candidates)
                for key in sorted(set(zip(case[run >= 0].tolist(), run[run >= 0].tolist(), strict=True))):
                    found.places.setdefault((name, *key), len(found.places))
        return found

    def _run(self, spec: Spec, name: str, candidates: Candidates) -> NDArray[np.intp]:
        """For each row, which run a source is of: 0 where all runs share it, -1 where nothing shares it."""
        rows = candidates.rows
        if name == _OWN:
            return np.where(self.several[rows], self.number[rows], 0)
        of_several = self.number[rows] if name in self.shared else np.full(len(rows), -1)
        alike = np.zeros(len(rows), dtype=bool)
        if self.several[rows].any():
            once = np.array([_stated_once(spec, row, name) for row in rows.tolist()], dtype=bool)
            alike = self.several[rows] & (once | (self._case(name, candidates) >= 0))
        single = 0 if name in self.shared else -1
        return np.where(alike, 0, np.where(self.several[rows], of_several, single))

    def _group(self, candidates: Candidates) -> bool:
        """Whether another method rests on all that this one rests on."""
        return self.groups.get(candidates.plan.method.name) == candidates.plan.inputs

    def _case(self, name: str, candidates: Candidates) -> NDArray[np.intp]:
        """Which of an assumption's cases each row takes, -1 for a fact; which group of methods errs alike."""
        if name == _OWN:
            inputs = sorted((*candidates.plan.given, *candidates.plan.assumed))
            return np.full(len(candidates.rows), sorted(map(sorted, set(self.groups.values()))).index(inputs))
        if name not in candidates.plan.assumed:
            return np.full(len(candidates.rows), -1)
        return self.cases.get(name, np.zeros(len(self.several), dtype=np.intp))[candidates.rows]

    def alike(self, size: int, names: Sequence[str], evaluation: Evaluation) -> NDArray[np.intp] | None:
        """For each run and method how many methods rest on all the same facts and assumptions, itself included.

        None where each rests on its own.
        """
        if not self.groups:
            return None
        found = np.ones((size, len(names)), dtype=np.intp)
        for candidates in evaluation.candidates:
            if self._group(candidates):
                inputs = self.groups[candidates.plan.method.name]
                found[candidates.rows, names.index(candidates.plan.method.name)] = sum(
                    other == inputs for other in self.groups.values())
        return found

    def loadings(self, spec: Spec, candidates: Candidates) -> Floats:
        """One sigma of ln FLOP that each source brings to each row."""
        rows = candidates.rows
        found = np.zeros((len(self.places), len(rows)))
        spread = dict(candidates.spread)
        if self._group(candidates):
            rest = candidates.sigma**2 - sum(np.square(sigma) for sigma in spread.values())
            spread[_OWN] = np.sqrt(np.maximum(rest, 0.0))
        elif not self.several[rows].any() and not self.shared & spread.keys():
            return found
        for name, sigma in spread.items():
            case, run = self._case(name, candidates), self._run(spec, name, candidates)
            for (source, of_case, of_run), place in self.places.items():
                if source == name:
                    found[place] += np.where((case == of_case) & (run == of_run), sigma, 0.0)
        return found


def _stated_once(spec: Spec, row: int, name: str) -> bool:
    """Whether the paper states a fact for several runs."""
    return bool(spec.runs) and bool(spec.runs[row].own) and not said(name) & spec.runs[row].own


def _is_whole(spec: Spec, row: int, candidates: Candidates) -> bool:
    """Whether nothing that the method used is the run's own: then it speaks of the whole paper."""
    run = spec.runs[row]
    return bool(run.own) and not facts_behind(candidates.plan, "flop") & run.own


def _papers(spec: Spec, grid: Grid, whole: NDArray[np.bool_], offered: Sequence[Method],
            reliability: NDArray[np.int_], open_: _Open, alike: NDArray[np.intp] | None) -> Reconciled:
    """Each run's methods as one, the runs added up, and that sum held against what is said of the whole paper."""
    count = int(spec.paper[-1]) + 1 if spec.size else 0
    of_runs_alone = not np.count_nonzero(whole)
    by_run = grid if of_runs_alone else grid.where(~whole)
    believed = reliability[None].repeat(spec.size, axis=0)
    chosen = combine(by_run, believed, doubt(open_.down, open_.up), alike)
    contradicted = core.impossible(by_run, chosen.several, offered, open_.utilization)
    if np.count_nonzero(reliability >= PREFERRED):  # who prefers a method has decided
        contradicted &= (reliability[chosen.leader] < PREFERRED)[:, None]
    undecided = core.of(by_run, chosen, open_.down, open_.up, contradicted)
    if of_runs_alone and spec.size == count > 0:  # a table has a run a row, and most papers one: 7 % of an estimate
        answer = chosen.alone()
        return _reconciled(offered, grid, answer, chosen, answer.weight * _shares(chosen, spec.paper, count),
                           np.zeros(count, dtype=bool), whole, undecided, open_)
    runs = np.bincount(spec.paper, minlength=count)
    of_whole = Grid.empty(count, 0, len(grid.common)) if of_runs_alone else \
        _of_whole(grid, whole, chosen, spec.paper, count)
    estimated = np.bincount(spec.paper, weights=~np.isnan(chosen.log), minlength=count)
    some_whole: NDArray[np.bool_] = np.asarray((~np.isnan(of_whole.log)).any(axis=1))
    partial = (estimated > 0) & (estimated < runs) & ~some_whole
    stages = summed(chosen.grid(), spec.paper, count, np.where(partial, estimated, runs))
    answer = _answer(stages.beside(of_whole), _leading(chosen, spec.paper, count, reliability), reliability)
    undecided = undecided.added(stages, spec.paper, count)
    methods = summed(by_run, spec.paper, count, runs)
    weight = answer.weight[:, :1] * _shares(chosen, spec.paper, count)
    if whole.any():
        methods, weight = methods.filled(of_whole), weight + answer.weight[:, 1:]
        down, up = open_.of_whole(whole, spec.paper, count)
        down = np.column_stack([np.minimum(np.nan_to_num(undecided.low - stages.log[:, 0]), 0.0), down])
        up = np.column_stack([np.maximum(np.nan_to_num(undecided.high - stages.log[:, 0]), 0.0), up])
        both = stages.beside(of_whole)
        of_both = core.of(both, answer, down, up, np.zeros(both.log.shape, dtype=bool)).or_apart(undecided)
        undecided = of_both.where(some_whole, undecided)  # of other papers nothing is said of the whole
    return _reconciled(offered, methods, answer, chosen, weight, partial, whole, undecided, open_)


def _reconciled(offered: Sequence[Method], methods: Grid, answer: Combined, chosen: Combined, weight: Floats,
                partial: NDArray[np.bool_], whole: NDArray[np.bool_], undecided: Core, open_: _Open) -> Reconciled:
    return Reconciled(
        tuple(offered), np.exp(answer.log), answer.sigma, np.exp(methods.log), methods.sigma,
        weight, _agreement(methods.log),
        np.where(np.isnan(chosen.log), -1, chosen.leader), partial, whole, chosen, answer,
        undecided, open_.up - open_.down)


def _leading(chosen: Combined, paper: NDArray[np.intp], count: int, reliability: NDArray[np.int_]) -> NDArray[np.intp]:
    """The most reliable of the methods that were taken for a paper's runs, -1 where none was."""
    leading = np.full(count, -1)
    order = np.argsort(np.argsort(reliability, kind="stable"), kind="stable")
    np.maximum.at(leading, paper, np.where(np.isnan(chosen.log), -1, order[chosen.leader]))
    return np.where(leading < 0, -1, np.argsort(reliability, kind="stable")[leading])


def _answer(grid: Grid, leading: NDArray[np.intp], reliability: NDArray[np.int_]) -> Combined:
    """The sum over runs, in the first column, and what each method says of the whole paper, as one."""
    several = grid.log.shape[1] - 1
    methods = np.column_stack([leading, np.broadcast_to(np.arange(several), (len(leading), several))])
    return combine(grid, np.where(methods < 0, -1, reliability[methods]))


def _of_whole(grid: Grid, whole: NDArray[np.bool_], chosen: Combined, paper: NDArray[np.intp], count: int) -> Grid:
    """What each method says of the whole paper: what runs share is counted once, a run with facts of its own beside it.

    Such a run counts with what was taken for it, by whichever method.
    """
    one = chosen.grid()
    own = Grid(*(np.broadcast_to(part, (*part.shape[:-1], whole.shape[1])) for part in (one.log, one.common, one.own)))
    counted = own.where(~whole).filled(grid.where(whole & first(whole, paper, count)))
    needed, shared = by_paper(~whole, paper, count), by_paper(whole, paper, count) > 0
    return summed(counted, paper, count, np.where(shared, needed + 1, -1))


def _agreement(log: Floats) -> Floats:
    """Largest over smallest answer of each row with at least two."""
    several = several_of(~np.isnan(log))
    found = blank(len(log))
    if there := np.count_nonzero(several):
        some = log if there == len(log) else log[several]
        found[several] = np.exp(np.fmax.reduce(some, axis=1) - np.fmin.reduce(some, axis=1))
    return found


def _shares(chosen: Combined, paper: NDArray[np.intp], count: int) -> Floats:
    """The share of each paper's sum over runs that each method brought."""
    amount = np.where(np.isnan(chosen.log), 0.0, np.exp(chosen.log))[:, None] * chosen.weight
    shares = by_paper(amount, paper, count)
    total = np.add.reduce(shares, axis=1, keepdims=True)
    return np.asarray(np.divide(shares, total, out=np.zeros(shares.shape), where=total > 0))
