"""The consequences of every paper's runs, each counted in every way that its facts allow."""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from computeest.contract import Consequence, Method
from computeest.estimation.combine import by_paper
from computeest.estimation.evaluate import Candidates, Evaluation, evaluate
from computeest.estimation.plan import Planner
from computeest.estimation.reconcile import facts_behind, first
from computeest.estimation.results import Results
from computeest.facts import place_lookup
from computeest.facts.spec import Spec
from computeest.problems import records as codes
from computeest.registry import Registry, parameters
from computeest.text import units
from computeest.text.numbers import NINETY

if TYPE_CHECKING:
    from computeest.hardware import Database

Floats = NDArray[np.float64]

#: A stated figure contradicts its own facts where it lies so many times outside all intervals that they give.
CONTRADICTS = 2.0
_LN10 = math.log(10)


@dataclass(frozen=True, slots=True)
class Reading:
    """A consequence counted in one way: by paper, in the unit that records give it in."""

    value: Floats
    #: One-sigma spread in natural log.
    sigma: Floats
    #: Whether some run of the paper is left out.
    partial: NDArray[np.bool_]

    def interval(self) -> tuple[Floats, Floats]:
        """The ends of the 90 % interval."""
        return self.value * np.exp(-NINETY * self.sigma), self.value * np.exp(NINETY * self.sigma)


@dataclass(frozen=True, slots=True)
class Answers:
    """The consequences that were asked for, and what they rest on."""

    #: The facts with what was looked up for them, one row a run.
    spec: Spec
    evaluation: Evaluation
    planner: Planner
    wanted: tuple[Consequence, ...]
    #: By consequence and way to count it.
    readings: Mapping[tuple[str, str], Reading]
    #: For each consequence which of its formulas is the one meant, by paper; -1 where none can be reached.
    chosen: Mapping[str, NDArray[np.intp]]
    #: What authors state themselves, by paper, in the same units.
    stated: Mapping[str, Floats]
    #: Stated figures that contradict the other facts, by consequence: such are not used.
    contradicted: Mapping[str, NDArray[np.bool_]]

    def reading(self, name: str) -> Reading:
        """A consequence counted in the way that is meant, NaN where there is none."""
        of = next(one for one in self.wanted if one.name == name)
        count = len(self.chosen[name])
        parts = [self.readings[(name, way)] for way in of.formulas]
        place, papers = np.maximum(self.chosen[name], 0), np.arange(count)
        none = self.chosen[name] < 0
        value = np.where(none, np.nan, np.array([part.value for part in parts])[place, papers])
        sigma = np.where(none, np.nan, np.array([part.sigma for part in parts])[place, papers])
        return Reading(value, sigma, ~none & np.array([part.partial for part in parts])[place, papers])

    def known(self, names: Sequence[str]) -> frozenset[int]:
        """The papers of which any of these consequences has a number."""
        there = [np.flatnonzero(~np.isnan(self.reading(name).value)).tolist() for name in names]
        return frozenset(paper for papers in there for paper in papers)

    def candidates(self, name: str, way: str, rows: Sequence[int]) -> Iterator[tuple[Candidates, int]]:
        """How a way to count was followed in each of these runs that it can be, and the run's place there."""
        for row in rows:
            for found in self.evaluation.candidates:
                if found.plan.method.name == f"{name}/{way}":
                    at = int(np.searchsorted(found.rows, row))
                    if at < len(found.rows) and found.rows[at] == row:
                        yield found, at


def answers(results: Results, names: Sequence[str], load: Callable[[], Database]) -> Answers:
    """Each of these consequences of every paper; stated figures that contradict the other facts are not used."""
    registry = results.registry
    wanted = tuple(registry.consequences[name] for name in names)
    spec = _spec(results, load, wanted)
    found = _answered(results, spec, wanted)
    wrong = {one.name: _contradicted(found, one) for one in wanted if one.stated}
    if not any(bad.any() for bad in wrong.values()):
        return found
    for one in wanted:
        bad = wrong.get(one.name)
        if bad is not None and bad.any() and one.stated in spec.numbers:
            spec.numbers[one.stated] = np.where(bad[spec.paper], np.nan, spec.numbers[one.stated])
    again = _answered(results, spec, wanted)
    return dataclasses.replace(again, stated=found.stated, contradicted=wrong)


def added(results: Results, names: Sequence[str], load: Callable[[], Database]) -> Results:
    """The results with these consequences; checks speak of stated figures that contradict their own facts."""
    found = answers(results, names, load)
    for one in found.wanted:
        for paper in np.flatnonzero(found.contradicted.get(one.name, np.zeros(0, dtype=bool))).tolist():
            value, stated = float(found.reading(one.name).value[paper]), float(found.stated[one.name][paper])
            results.spec.readings.append((int(results.first[paper]), codes.STATED_CONTRADICTS.says(
                column=one.stated, stated=stated, value=value, unit=one.label,
                factor=max(value / stated, stated / value), way="low" if stated < value else "high")))
    return dataclasses.replace(results, consequences=found)


def _spec(results: Results, load: Callable[[], Database], wanted: Sequence[Consequence]) -> Spec:
    """The facts that consequences may rest on, with what operator, place, date and the answers say."""
    there = results.spec
    named = _reachable(results.registry, wanted)
    spec = dataclasses.replace(
        there, numbers={name: column.copy() for name, column in there.numbers.items() if name in named},
        sigmas={name: column.copy() for name, column in there.sigmas.items() if name in named}, problems=[],
        readings=[], coded={})
    rows = np.ones(spec.size, dtype=bool)
    place_lookup.counted(spec, rows)
    place_lookup.fill(spec, load, rows, {name for name, one in results.assumptions.items() if one.source == "user"})
    _usual_words(spec, wanted)
    timed = np.zeros(spec.size, dtype=bool)
    for candidates in results.evaluation.candidates:
        if "chip_time" in candidates.values:
            timed[candidates.rows] = True
    of_runs = results.reconciled.of_runs
    flop, sigma = np.exp(of_runs.log), of_runs.sigma
    whole = np.isnan(flop) & (np.arange(spec.size) == results.first[spec.paper])
    flop = np.where(whole, results.columns["own_flop"][spec.paper], flop)
    sigma = np.where(whole, results.reconciled.sigma[spec.paper], sigma)
    spec.fill("run_flop", np.where(flop > 0, flop, np.nan), ~timed, np.nan_to_num(sigma))
    return spec


def _usual_words(spec: Spec, wanted: Sequence[Consequence]) -> None:
    """Words that nobody stated and the place says: hardware of a cloud is rented."""
    for column in dict.fromkeys(one.chosen_by for one in wanted if one.chosen_by):
        said = [fact.words.get(column) for fact in spec.places.facts]
        if any(said):
            own = spec.words.get(column, np.full(spec.size, None, dtype=object)).copy()
            looked = np.array([*said, None], dtype=object)[spec.places.codes]
            spec.words = copy.copy(spec.words)
            spec.words[column] = np.where(own == None, looked, own)  # noqa: E711  # by element
            spec.coded.pop(column, None)


def _reachable(registry: Registry, wanted: Sequence[Consequence]) -> set[str]:
    """Every column that some formula, or some rule on the way to it, takes."""
    found = {name for one in wanted for formula in one.formulas.values() for name in parameters(formula)}
    found |= {one.stated for one in wanted if one.stated}
    while True:
        more = {name for rule in registry.rules if rule.target in found for name in parameters(rule.formula)} - found
        if not more:
            return found | {"chip_power", "power_per_chip", "time", "chip_price", "chip_time", "core_time",
                            "hours_used", "pue", *(name for one in wanted for name in one.asked_by)}
        found |= more


def methods(wanted: Sequence[Consequence]) -> tuple[Method, ...]:
    """Each way to count each consequence, as what a planner plans for."""
    return tuple(Method(f"{one.name}/{way}", formula, one.sigma / _LN10, one.source)
                 for one in wanted for way, formula in one.formulas.items())


def _answered(results: Results, spec: Spec, wanted: tuple[Consequence, ...]) -> Answers:
    planner = Planner(methods(wanted), results.registry.rules, results.assumptions)
    evaluation = evaluate(spec, planner)
    readings = {(one.name, way): _reading(spec, evaluation, one, way) for one in wanted
                for way in one.formulas}
    count = len(results.first)
    stated = {one.name: _stated(results, one) for one in wanted if one.stated}
    return Answers(spec, evaluation, planner, wanted, readings,
                   {one.name: _chosen(results, spec, readings, one) for one in wanted}, stated,
                   {name: np.zeros(count, dtype=bool) for name in stated})


def _reading(spec: Spec, evaluation: Evaluation, one: Consequence, way: str) -> Reading:
    """One way to count, by paper: runs add up, what they share counts once, and what they assume is wrong alike."""
    count = int(spec.paper[-1]) + 1 if spec.size else 0
    value, sigma = np.full(spec.size, np.nan), np.zeros(spec.size)
    shared = np.zeros(spec.size, dtype=bool)
    for candidates in evaluation.candidates:
        if candidates.plan.method.name != f"{one.name}/{way}":
            continue
        value[candidates.rows], sigma[candidates.rows] = candidates.flop, candidates.sigma
        if spec.runs and spec.size > count:
            behind = facts_behind(candidates.plan, "flop")
            shared[candidates.rows] = [bool(spec.runs[row].own) and not behind & spec.runs[row].own
                                       for row in candidates.rows.tolist()]
    value = value / per_unit(one)
    if spec.size == count:
        return Reading(value, np.where(np.isnan(value), np.nan, sigma), np.zeros(count, dtype=bool))
    there = ~np.isnan(value)
    counted = there & (~shared | first(shared & there, spec.paper, count))
    total = by_paper(np.where(counted, value, 0.0), spec.paper, count)
    spread = by_paper(np.where(counted, value * sigma, 0.0), spec.paper, count)
    with np.errstate(all="ignore"):
        own = np.where(total > 0, spread / total, np.nan)
    left_out = np.bincount(spec.paper, weights=~there, minlength=count) > 0
    every = np.bincount(spec.paper, weights=shared & there, minlength=count) > 0
    return Reading(np.where(total > 0, total, np.nan), own, (total > 0) & left_out & ~every)


#: Units that columns are stored in, in which formulas of one quantity come out.
_COHERENT = ("joule", "gram", "dollar", "litre", "second", "chip*second", "byte", "FLOP", "dimensionless")


def per_unit(one: Consequence) -> float:
    """How much of what its formulas give (joules, grams) is one of the unit that records give."""
    base = next((unit for unit in _COHERENT if units.dimension(unit) == units.dimension(one.unit)), one.unit)
    return units.factor(one.unit, base)


def _stated(results: Results, one: Consequence) -> Floats:
    """What the authors state, by paper, in the unit of records."""
    found = results.columns.get(one.stated)
    return found / per_unit(one) if found is not None else np.full(len(results.first), np.nan)


def _chosen(results: Results, spec: Spec, readings: Mapping[tuple[str, str], Reading],
            one: Consequence) -> NDArray[np.intp]:
    """The formula that is meant: the one that its column of words says, else the first that can be reached."""
    ways = tuple(one.formulas)
    there = np.array([~np.isnan(readings[(one.name, way)].value) for way in ways])
    chosen = np.where(there.any(axis=0), there.argmax(axis=0), -1)
    if one.chosen_by:
        kinds = spec.kinds(one.chosen_by)
        said = [one.words.get(str(word), str(word)) for word in kinds.facts]
        meant = np.array([*(ways.index(way) if way in ways else -1 for way in said), -1])[kinds.codes[results.first]]
        chosen = np.where(meant >= 0, np.where(there[np.maximum(meant, 0), np.arange(len(meant))], meant, -1), chosen)
    return chosen.astype(np.intp)


def _contradicted(found: Answers, one: Consequence) -> NDArray[np.bool_]:
    """Papers whose stated figure lies far outside what the other facts give, in whichever way it may be counted."""
    stated = found.stated[one.name]
    if np.isnan(stated).all():
        return np.zeros(len(stated), dtype=bool)
    numbers = {name: column for name, column in found.spec.numbers.items() if name != one.stated}
    without = dataclasses.replace(found.spec, numbers=numbers)
    evaluation = evaluate(without, found.planner)
    used = np.bincount(without.paper, ~np.isnan(found.spec.column(one.stated)), minlength=len(stated)) > 0
    intervals = [_reading(without, evaluation, one, way).interval() for way in one.formulas]
    with np.errstate(all="ignore"):
        low = np.fmin.reduce([ends[0] for ends in intervals])
        high = np.fmax.reduce([ends[1] for ends in intervals])
        return np.asarray(used & ((stated < low / CONTRADICTS) | (stated > high * CONTRADICTS)))
