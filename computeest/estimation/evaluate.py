"""Candidates: what each method says of each run, with its spread and what it rests on.

Rows that give the same columns follow the same plan, so a plan is made once for each such group and its rules run once
over the group's columns, however many rows there are.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.estimation.assumptions import Assumption
from computeest.estimation.hints import Missing
from computeest.estimation.plan import Plan, Planner, Step
from computeest.facts.lookup import Floats, distinct, in_order, untouched
from computeest.facts.spec import Spec
from computeest.offers import OURS
from computeest.problems import fails, note_failure, told

LN10 = float(np.log(10.0))
_NUDGE = 1e-5
_UP, _DOWN = np.exp(_NUDGE), np.exp(-_NUDGE)


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
    elasticity: dict[str, Floats | float]
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
    cases = {name: np.zeros(spec.size, dtype=np.intp) for name, a in planner.assumptions.items() if a.cases}
    result = Evaluation([], np.zeros(spec.size, dtype=np.intp), cases)
    for present, rows in _groups(spec):
        plans = planner.plans(present)
        result.group[rows] = len(result.plans)
        result.plans.append(plans)
        _choose_cases(spec, rows, plans, planner, cases)
        with _silent():
            found = [c for plan in plans for c in _attempts(plan, spec, rows, planner, result)]
        result.candidates.extend(found)
        if not found:
            result.lacking.append((rows, planner.missing(present)))
    return result


def _choose_cases(spec: Spec, rows: NDArray[np.intp], plans: list[Plan], planner: Planner,
                  cases: Mapping[str, NDArray[np.intp]]) -> None:
    """Choose, for the rows, between the cases of what the plans assume."""
    for name in cases.keys() & {name for plan in plans for name in plan.assumed}:
        cases[name][rows] = planner.assumptions[name].choose(spec, rows)


def _groups(spec: Spec) -> Iterator[tuple[frozenset[str], NDArray[np.intp]]]:
    """Rows by which numeric columns they have."""
    columns = [name for name in schema.NUMERIC if name in spec.numbers]
    if spec.size == 1:  # 3 % of an estimate
        known = frozenset(name for name in columns if not math.isnan(spec.numbers[name][0]))
        yield known, np.zeros(1, dtype=np.intp)
        return
    given = [~np.isnan(spec.numbers[name]) for name in columns]
    first, kind = distinct(np.zeros(spec.size, dtype=np.intp), *(there.astype(np.intp) - 1 for there in given))
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
    values: dict[str, Any] = {name: spec.numbers[name][rows] for name in plan.given}
    values |= {name: _assumed(assumptions[name], "value", rows, result) for name in plan.assumed}
    elasticity = _followed(plan, values, len(rows))
    flop = values.pop("flop")
    good = np.isfinite(flop) & (flop > 0)
    if not good.all():
        result.failures.append((rows[~good], plan.method.name, "gives no positive number"))
        if not good.any():
            return None
        rows, flop = rows[good], flop[good]
        values = {name: column[good] for name, column in values.items()}
        elasticity = {n: e if isinstance(e, float) else e[good] for n, e in elasticity.items()}
    spread = {name: elasticity.get(name, 0.0) * _assumed(assumptions[name], "sigma", rows, result)
              for name in plan.assumed}
    spread |= {name: elasticity.get(name, 0.0) * spec.sigmas[name][rows] for name in plan.given if name in spec.sigmas}
    assumed, other = np.zeros(len(rows)), np.full(len(rows), (plan.method.dex * LN10) ** 2)
    for name, sigma in spread.items():
        part = assumed if name in plan.assumed else other
        part += sigma**2
    return Candidates(plan, rows, flop, np.sqrt(assumed), np.sqrt(other), values, elasticity, spread)


def _followed(plan: Plan, values: dict[str, Any], size: int) -> dict[str, Floats | float]:
    """d ln flop / d ln fact, for each fact; every column that the plan fills is added to the values, FLOP last."""
    slopes: dict[str, dict[str, Floats | float]] = {name: {name: 1.0} for name in values}
    for step in plan.steps:
        inputs = {name: values[name] for name in step.inputs}
        last = step is plan.steps[-1]
        try:
            values[step.target] = _answer(step, inputs)
            slopes[step.target] = _chained(step, inputs, slopes)
        except fails() as error:  # a plugin's formula may raise anything; its own answer is lost, by name
            note_failure(f"{step.name} fails: {told(error)}")
            sentence = f"fails: {told(error)}"
            raise _RuleError(step, np.ones(size, dtype=bool), sentence if last else f"{step.name} {sentence}") from None
        if not last and not (good := schema.FIELDS[step.target].holds(values[step.target])).all():
            raise _impossible(step, ~good, values[step.target])
    return slopes["flop"]


def _impossible(step: Step, bad: NDArray[np.bool_], said: Floats) -> _RuleError:
    """A rule that gives what its column cannot hold; one that is not ours is named for it."""
    column = schema.FIELDS[step.target]
    if not str(getattr(step.formula, "__module__", "")).startswith(OURS):
        note_failure(f"{step.name} gives what no {step.target} can be")
    if not np.isfinite(said[bad]).all():
        return _RuleError(step, bad, f"{step.name} gives no number")
    return _RuleError(step, bad, f"{step.name} gives {said[bad][0]:.3g}, and {step.target} is of {column.low:g} to "
                      f"{column.high:g}")


def _assumed(assumption: Assumption, part: str, rows: NDArray[np.intp], result: Evaluation) -> Floats:
    """The value or the spread assumed for each row."""
    if len(rows) == 1:  # 2 % of an estimate
        place = int(result.cases[assumption.column][rows[0]]) if assumption.cases else 0
        return np.array([getattr(assumption.variants()[place], part)], dtype=np.float64)
    values = np.array([getattr(variant, part) for variant in assumption.variants()], dtype=np.float64)
    return values[result.cases[assumption.column][rows]] if assumption.cases else np.full(len(rows), values[0])


def applied(step: Step, inputs: Mapping[str, Floats]) -> Floats:
    """What a rule gives for each row; nothing where an input is missing."""
    with _silent():
        return _answer(step, inputs)


@contextmanager
def _silent() -> Iterator[None]:
    """Whatever formulas are given to compute with, no warning of numpy is shown; once for a group, not once a step."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def _answer(step: Step, inputs: Mapping[str, Floats]) -> Floats:
    answer = np.asarray(step.formula(**{name: untouched(one) for name, one in inputs.items()}), dtype=np.float64)
    size = len(next(iter(inputs.values()))) if inputs else 1
    if answer.shape != (size,):  # one number for all rows would be the first row's, for every paper
        raise ValueError(f"an array of shape {answer.shape} out, of one number for each row")
    # whatever a formula does with a missing fact, a missing fact in is a missing answer out
    found = answer.copy()
    if size == 1:  # 3 % of an estimate
        if any(math.isnan(column.item()) for column in inputs.values()):
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
        one = all(len(column) == 1 for column in inputs.values())
        exponents = _slopes_of_one(step, inputs) if one else {name: _slope(step, inputs, name) for name in step.inputs}
    total: dict[str, Floats | float] = {}
    for name in step.inputs:
        own = exponents[name]
        for fact, slope in slopes[name].items():
            total[fact] = total.get(fact, 0.0) + own * slope
    return total


def _slope(step: Step, inputs: Mapping[str, Floats], name: str) -> Floats:
    """d ln target / d ln input, by a nudge to either side."""
    up = _answer(step, {**inputs, name: inputs[name] * _UP})
    down = _answer(step, {**inputs, name: inputs[name] * _DOWN})
    slope = (np.log(np.abs(up)) - np.log(np.abs(down))) / (2 * _NUDGE)
    return np.where(np.isfinite(slope), slope, 0.0)


def _slopes_of_one(step: Step, inputs: Mapping[str, Floats]) -> dict[str, Floats]:
    """The slopes of one row by all its inputs, nudged in rows of their own: 3 % of an estimate."""
    nudged = {name: np.full(2 * len(inputs), column.item()) for name, column in inputs.items()}
    for place, (name, column) in enumerate(inputs.items()):
        nudged[name][2 * place:2 * place + 2] = column.item() * _UP, column.item() * _DOWN
    size = np.log(np.abs(_answer(step, nudged)))
    slopes = (size[::2] - size[1::2]) / (2 * _NUDGE)
    slopes = np.where(np.isfinite(slopes), slopes, 0.0)
    return {name: slopes[place:place + 1] for place, name in enumerate(inputs)}


@lru_cache(maxsize=1024)
def monomial(formula: Callable[..., Any], names: tuple[str, ...]) -> Mapping[str, float] | None:
    """The powers of a formula of these columns that is a product of powers, found by probing it; None for any other."""
    # any points between 0.5 and 2 do that no simple relation ties, such as multiples of the golden ratio; to import
    # `numpy.random` takes 2 % of a start
    golden = (5**0.5 - 1) / 2
    spread: Floats = np.arange(1, 3 * len(names) + 1, dtype=np.float64) * golden % 1.0
    points: Floats = 0.5 + 1.5 * spread.reshape(3, len(names))
    step = Step("", formula.__name__, formula, names, "")
    inputs = {name: points[:, i] for i, name in enumerate(names)}
    try:
        with _silent():
            slopes = {name: _slope(step, inputs, name) for name in names}
    except fails():  # a formula that cannot be probed, whatever it raises, is not known to be a product of powers
        return None
    rounded = {name: float(np.round(slope[0], 6)) for name, slope in slopes.items()}
    if all(np.allclose(slope, rounded[name], atol=1e-6) for name, slope in slopes.items()):
        return rounded
    return None
