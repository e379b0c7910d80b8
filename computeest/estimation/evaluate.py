"""Candidates: what each method says of each run, with its spread and what it rests on.

Rows that give the same columns follow the same plan, so a plan is made once for each such group and its rules run once
over the group's columns, however many rows there are.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.estimation.assumptions import Assumption, choose
from computeest.estimation.hints import Missing
from computeest.estimation.plan import Plan, Planner, Step
from computeest.facts.lookup import Floats, distinct, in_order, untouched
from computeest.facts.spec import Spec
from computeest.offers import OURS
from computeest.problems import fails, note_failure, told

LN10 = float(np.log(10.0))
_NUDGE = 1e-5
_UP, _DOWN = float(np.exp(_NUDGE)), float(np.exp(-_NUDGE))


@dataclass(slots=True)
class Candidates:
    """One method's answers for one group of rows, all by the same plan."""

    plan: Plan
    #: Which rows of the spec.
    rows: NDArray[np.intp]
    flop: Floats
    #: One-sigma spread in natural log: of what was assumed, and of everything else.
    sigma_assumed: Floats
    sigma_other: Floats
    #: Every column the plan filled or used.
    values: dict[str, Floats]
    #: d ln flop / d ln fact, for each fact and assumption.
    elasticity: Mapping[str, Floats | float]
    #: One sigma of ln flop that each uncertain fact and each assumption brings.
    spread: dict[str, Floats]

    @property
    def sigma(self) -> Floats:
        """One-sigma spread in natural log, of everything."""
        return np.hypot(self.sigma_assumed, self.sigma_other)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All candidates, and why the rows without any have none."""

    candidates: list[Candidates]
    #: Which of `plans` each row follows: rows of one group have the same facts.
    group: NDArray[np.intp]
    #: For each assumption with cases, which of its variants each row takes.
    cases: Mapping[str, NDArray[np.intp]] = field(default_factory=dict)
    #: For each group, a plan for each method that its facts allow.
    plans: list[list[Plan]] = field(default_factory=list)
    #: Columns whose presence would allow a method, for each group of rows without an estimate.
    lacking: list[tuple[NDArray[np.intp], Missing]] = field(default_factory=list)
    #: Methods that raised or gave no finite number: (rows, method, sentence).
    failures: list[tuple[NDArray[np.intp], str, str]] = field(default_factory=list)
    _index: list[NDArray[np.intp]] = field(default_factory=list)

    def of_row(self, row: int) -> list[tuple[Candidates, int]]:
        """The candidates of one row, and its place in each; asked once all candidates are there."""
        if len(self.group) == 1:  # 4 % of a record that is made whole
            return [(candidates, 0) for candidates in self.candidates]
        if not self._index:
            # in all at once: row by row and group by group, a table of 2,500 groups took four minutes
            sizes = np.array([len(candidates.rows) for candidates in self.candidates], dtype=np.intp)
            rows = np.concatenate([np.zeros(0, dtype=np.intp), *(candidates.rows for candidates in self.candidates)])
            order = np.argsort(rows, kind="stable")
            which = np.repeat(np.arange(len(sizes), dtype=np.intp), sizes)
            place = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            self._index.extend((rows[order], which[order], place[order]))
        rows, which, place = self._index
        start, end = np.searchsorted(rows, (row, row + 1)).tolist()
        return [(self.candidates[one], at) for one, at in zip(which[start:end].tolist(), place[start:end].tolist(),
                                                              strict=True)]


def evaluate(spec: Spec, planner: Planner) -> Evaluation:
    """What every method says of every row of the spec."""
    cases = {name: np.zeros(spec.size, dtype=np.intp) for name in planner.with_cases}
    result = Evaluation([], np.zeros(spec.size, dtype=np.intp), cases)
    for present, rows in _groups(spec):
        plans = planner.plans(present)
        result.group[rows] = len(result.plans)
        result.plans.append(plans)
        with _silent(planner.ours):
            _choose_cases(spec, rows, plans, planner, cases)
            found = [c for plan in plans for c in _attempts(plan, spec, rows, planner, result)]
        result.candidates.extend(found)
        if not found:
            result.lacking.append((rows, planner.missing(present)))
    return result


def _choose_cases(spec: Spec, rows: NDArray[np.intp], plans: list[Plan], planner: Planner,
                  cases: Mapping[str, NDArray[np.intp]]) -> None:
    """Choose, for the rows, between the cases of what the plans assume."""
    possible = planner.cases(frozenset((*spec.numbers, *spec.words)))
    for name in possible.keys() & {name for plan in plans for name in plan.assumed}:
        cases[name][rows] = choose(possible[name], spec, rows)


def _groups(spec: Spec) -> Iterator[tuple[frozenset[str], NDArray[np.intp]]]:
    """Rows by which numeric columns they have."""
    if spec.size == 1:  # 3 % of an estimate
        yield frozenset(name for name, column in spec.numbers.items() if (one := column.item()) == one), \
            np.zeros(1, dtype=np.intp)
        return
    columns = [name for name in schema.NUMERIC if name in spec.numbers]
    given = [~np.isnan(spec.numbers[name]) for name in columns]
    eights = [np.zeros(spec.size, dtype=np.uint8) for _ in range(len(given) // 8 + 1)]
    for place, there in enumerate(given):  # eight columns as one: 2 % of a table's time
        eights[place // 8] |= there.view(np.uint8) << (7 - place % 8)
    first, kind = distinct(*eights)
    order = in_order(kind, len(first))
    for rows in np.split(order, np.cumsum(np.bincount(kind, minlength=len(first)))[:-1]) if spec.size else ():
        yield frozenset(name for name, there in zip(columns, given, strict=True) if there[rows[0]]), rows


class _RuleError(Exception):
    """A rule, or the method itself, that raised or gave no number from numbers on some of the rows."""

    def __init__(self, step: Step, bad: NDArray[np.bool_], sentence: str) -> None:
        super().__init__(sentence)
        self.step = step
        self.bad = bad


def _attempts(plan: Plan, spec: Spec, rows: NDArray[np.intp], planner: Planner,
              result: Evaluation) -> Iterator[Candidates]:
    """The method's answers; rows on which a rule of its chain fails are tried again without that rule."""
    try:
        found = _candidates(plan, spec, rows, planner.assumptions, result)
        if found is not None:
            yield found
    except _RuleError as failed:
        result.failures.append((rows[failed.bad], plan.method.name, str(failed)))
        if failed.step is plan.steps[-1]:
            return  # it is the method itself
        if not failed.bad.all():
            yield from _attempts(plan, spec, rows[~failed.bad], planner, result)
        without = replace(planner, methods=(plan.method,),
                          rules=tuple(rule for rule in planner.rules if rule.name != failed.step.name))
        present = frozenset(name for name in spec.numbers if not np.isnan(spec.numbers[name][rows[0]]))
        others = without.plans(present)
        _choose_cases(spec, rows[failed.bad], others, without, result.cases)
        for other in others:
            yield from _attempts(other, spec, rows[failed.bad], without, result)


def _candidates(plan: Plan, spec: Spec, rows: NDArray[np.intp], assumptions: Mapping[str, Assumption],
                result: Evaluation) -> Candidates | None:
    values: dict[str, Any] = {name: untouched(spec.numbers[name][rows]) for name in plan.given}
    values |= {name: assumed(assumptions[name], "value", rows, result.cases) for name in plan.assumed}
    elasticity = _followed(plan, values, len(rows))
    flop = values.pop("flop")
    good = None if len(rows) == 1 and 0 < flop.item() < math.inf else np.isfinite(flop) & (flop > 0)
    if good is not None and np.count_nonzero(good) < len(good):
        result.failures.append((rows[~good], plan.method.name, "gives no positive number"))
        if not good.any():
            return None
        rows, flop = rows[good], flop[good]
        values = {name: column[good] for name, column in values.items()}
        elasticity = {n: e if isinstance(e, float) else e[good] for n, e in elasticity.items()}
    spread = {name: elasticity.get(name, 0.0) * assumed(assumptions[name], "sigma", rows, result.cases)
              for name in plan.assumed}
    spread |= {name: elasticity.get(name, 0.0) * spec.sigmas[name][rows] for name in plan.given if name in spec.sigmas}
    of_assumed, other = np.zeros(len(rows)), np.zeros(len(rows)) + (plan.method.dex * LN10) ** 2
    for name, sigma in spread.items():
        part = of_assumed if name in plan.assumed else other
        part += sigma * sigma
    return Candidates(plan, rows, flop, np.sqrt(of_assumed), np.sqrt(other), values, elasticity, spread)


def _followed(plan: Plan, values: dict[str, Any], size: int) -> Mapping[str, Floats | float]:
    """d ln flop / d ln fact, for each fact; every column that the plan fills is added to the values, FLOP last."""
    slopes: dict[str, Mapping[str, Floats | float]] = {**_constant_slopes(plan)}
    for step in plan.steps:
        inputs = {name: values[name] for name in step.inputs}
        last = step is plan.steps[-1]
        try:
            values[step.target] = found = untouched(_answer(step, inputs, size))
            if step.target not in slopes:
                slopes[step.target] = _chained(step, inputs, slopes)
        except fails() as error:  # a plugin's formula may raise anything; its own answer is lost, by name
            note_failure(f"{step.name} fails: {told(error)}")
            sentence = f"fails: {told(error)}"
            raise _RuleError(step, np.ones(size, dtype=bool), sentence if last else f"{step.name} {sentence}") from None
        if last:
            continue
        holds = schema.FIELDS[step.target].holds
        if size == 1:  # as a number: 1 % of an estimate
            if not holds(found.item()):
                raise _impossible(step, np.ones(1, dtype=bool), found)
        elif not (good := holds(found)).all():
            raise _impossible(step, ~good, found)
    return slopes["flop"]


def _constant_slopes(plan: Plan) -> Mapping[str, Mapping[str, float]]:
    """The slopes of what the plan takes, and of what products of powers make of it: 3 % of an estimate."""
    if not plan.slopes:
        plan.slopes.update({name: {name: 1.0} for name in (*plan.given, *plan.assumed)})
        for step in plan.steps:
            exponents = monomial(step.formula, step.inputs)
            if exponents is not None and all(name in plan.slopes for name in step.inputs):
                plan.slopes[step.target] = _along(step, exponents, plan.slopes)
    return plan.slopes


def _impossible(step: Step, bad: NDArray[np.bool_], said: Floats) -> _RuleError:
    """A rule that gives what its column cannot hold; one that is not ours is named for it."""
    column = schema.FIELDS[step.target]
    if not str(getattr(step.formula, "__module__", "")).startswith(OURS):
        note_failure(f"{step.name} gives what no {step.target} can be")
    if not np.isfinite(said[bad]).all():
        return _RuleError(step, bad, f"{step.name} gives no number")
    return _RuleError(step, bad, f"{step.name} gives {said[bad][0]:.3g}, and {step.target} is of {column.low:g} to "
                      f"{column.high:g}")


def assumed(assumption: Assumption, part: str, rows: NDArray[np.intp],
            cases: Mapping[str, NDArray[np.intp]]) -> Floats:
    """The value, the spread or an end of what is assumed, for each of the rows, to be read."""
    if len(rows) == 1:  # 3 % of an estimate
        return assumption.one(int(cases[assumption.column][rows[0]]) if assumption.cases else 0, part)
    values = np.array([getattr(variant, part) for variant in assumption.variants()], dtype=np.float64)
    return untouched(values[cases[assumption.column][rows]] if assumption.cases else np.full(len(rows), values[0]))


def applied(step: Step, inputs: Mapping[str, Floats]) -> Floats:
    """What a rule gives for each row; nothing where an input is missing."""
    with _silent():
        return _answer(step, {name: untouched(one) for name, one in inputs.items()}, _size(inputs))


def _silent(ours: bool = False) -> AbstractContextManager[None]:
    """Whatever formulas are given to compute with, no warning of numpy is shown; once for a group, not once a step.

    Of `ours` none warns by another way than numpy's own: to watch for that takes 1 % of an estimate.
    """
    return np.errstate(all="ignore") if ours else _without_warnings()


@contextmanager
def _without_warnings() -> Iterator[None]:
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _size(inputs: Mapping[str, Floats]) -> int:
    return len(next(iter(inputs.values()))) if inputs else 1


def _answer(step: Step, inputs: Mapping[str, Floats], size: int) -> Floats:
    """What a rule gives for columns that it can only read."""
    answer = np.asarray(step.formula(**inputs), dtype=np.float64)
    if answer.shape != (size,):  # one number for all rows would be the first row's, for every paper
        raise ValueError(f"an array of shape {answer.shape} out, of one number for each row")
    # whatever a formula does with a missing fact, a missing fact in is a missing answer out
    found = answer.copy()
    if size == 1:  # 3 % of an estimate
        for column in inputs.values():
            if math.isnan(column.item()):
                found[0] = np.nan
        return found
    missing = np.zeros(size, dtype=bool)
    for column in inputs.values():
        missing |= np.isnan(column)
    found[missing] = np.nan
    return found


def _chained(step: Step, inputs: Mapping[str, Floats],
             slopes: Mapping[str, Mapping[str, Floats | float]]) -> dict[str, Floats | float]:
    """d ln target / d ln fact by the chain rule, for every fact that the inputs rest on."""
    exponents: Mapping[str, Floats | float] | None = monomial(step.formula, step.inputs)
    if exponents is None:
        exponents = _slopes_of_one(step, inputs) if _size(inputs) == 1 else \
            {name: _slope(step, inputs, name) for name in step.inputs}
    return _along(step, exponents, slopes)


def _along(step: Step, exponents: Mapping[str, Any], slopes: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The slopes of a step's target by all facts, of its slopes by its inputs and of theirs."""
    total: dict[str, Any] = {}
    for name in step.inputs:
        own = exponents[name]
        for fact, slope in slopes[name].items():
            total[fact] = total.get(fact, 0.0) + own * slope
    return total


def _slope(step: Step, inputs: Mapping[str, Floats], name: str) -> Floats:
    """d ln target / d ln input, by a nudge to either side."""
    size = _size(inputs)
    up = _answer(step, {**inputs, name: untouched(inputs[name] * _UP)}, size)
    down = _answer(step, {**inputs, name: untouched(inputs[name] * _DOWN)}, size)
    slope = (np.log(np.abs(up)) - np.log(np.abs(down))) / (2 * _NUDGE)
    return np.where(np.isfinite(slope), slope, 0.0)


def _slopes_of_one(step: Step, inputs: Mapping[str, Floats]) -> dict[str, float]:
    """The slopes of one row by all its inputs, nudged in rows of their own: 3 % of an estimate."""
    nudged = {}
    for place, (name, column) in enumerate(inputs.items()):
        values = [column.item()] * (2 * len(inputs))
        values[2 * place:2 * place + 2] = values[0] * _UP, values[0] * _DOWN
        nudged[name] = untouched(np.array(values))
    size = np.log(np.abs(_answer(step, nudged, 2 * len(inputs))))
    slopes = (size[::2] - size[1::2]) / (2 * _NUDGE)
    return {name: slope if math.isfinite(slope) else 0.0 for name, slope in zip(inputs, slopes.tolist(), strict=True)}


@lru_cache(maxsize=1024)
def monomial(formula: Callable[..., Any], names: tuple[str, ...]) -> Mapping[str, float] | None:
    """The powers of a formula of these columns that is a product of powers, found by probing it; None for any other."""
    # any points between 0.5 and 2 do that no simple relation ties, such as multiples of the golden ratio; to import
    # `numpy.random` takes 2 % of a start
    golden = (5**0.5 - 1) / 2
    spread: Floats = np.arange(1, 3 * len(names) + 1, dtype=np.float64) * golden % 1.0
    points: Floats = 0.5 + 1.5 * spread.reshape(3, len(names))
    step = Step("", formula.__name__, formula, names, "")
    inputs = {name: untouched(points[:, i]) for i, name in enumerate(names)}
    try:
        with _silent():
            slopes = {name: _slope(step, inputs, name) for name in names}
    except fails():  # a formula that cannot be probed, whatever it raises, is not known to be a product of powers
        return None
    rounded = {name: float(np.round(slope[0], 6)) for name, slope in slopes.items()}
    if all(np.allclose(slope, rounded[name], atol=1e-6) for name, slope in slopes.items()):
        return rounded
    return None
