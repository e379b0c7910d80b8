"""Which rules reach a method's answer from the facts at hand: the least uncertain chain of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from computeest.contract import Method, Rule
from computeest.estimation import hints
from computeest.estimation.assumptions import Assumption, Case
from computeest.estimation.hints import Missing
from computeest.offers import OURS
from computeest.registry import optional, parameters

#: An assumption without spread still loses against a fact that is known.
_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Step:
    """One rule applied: its target from its inputs."""

    target: str
    name: str
    formula: Callable[..., Any]
    inputs: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Plan:
    """How one method's answer follows from the facts: rules in the order they apply, the method's own formula last."""

    method: Method
    steps: tuple[Step, ...]
    #: Columns the paper (or a look-up) gives, in the order they are met.
    given: tuple[str, ...]
    #: Columns taken from assumptions.
    assumed: tuple[str, ...]
    #: d ln of what its steps fill / d ln fact, where that is the same whatever the facts: kept once it is worked out.
    slopes: dict[str, Mapping[str, float]] = field(default_factory=dict, init=False, compare=False, repr=False)

    @cached_property
    def inputs(self) -> frozenset[str]:
        """All facts and assumptions that it rests on."""
        return frozenset((*self.given, *self.assumed))


@dataclass(frozen=True)
class Planner:
    """Finds plans; the same facts always give the same plan."""

    methods: tuple[Method, ...]
    rules: tuple[Rule, ...]
    assumptions: Mapping[str, Assumption]
    _plans: dict[frozenset[str], list[Plan]] = field(default_factory=dict, init=False, compare=False, repr=False)
    _missing: dict[frozenset[str], Missing] = field(default_factory=dict, init=False, compare=False, repr=False)
    _cases: dict[frozenset[str], Mapping[str, Sequence[tuple[int, Case]]]] = field(
        default_factory=dict, init=False, compare=False, repr=False)

    @cached_property
    def ours(self) -> bool:
        """Whether all formulas are those that come with the package."""
        formulas = [*(method.formula for method in self.methods), *(rule.formula for rule in self.rules)]
        return all(str(getattr(formula, "__module__", "")).startswith(OURS) for formula in formulas)

    @cached_property
    def with_cases(self) -> tuple[str, ...]:
        """The columns of which more than one value may be assumed."""
        return tuple(name for name, one in self.assumptions.items() if one.cases)

    def plans(self, present: frozenset[str]) -> list[Plan]:
        """A plan for each method that the facts allow, by method name."""
        if present not in self._plans:
            chosen = self._chosen(present)
            self._plans[present] = [plan for method in self.methods
                                    if (plan := self._plan(method, present, chosen)) is not None]
        return self._plans[present]

    def cases(self, stated: frozenset[str]) -> Mapping[str, Sequence[tuple[int, Case]]]:
        """The cases of assumptions that may hold where these columns are stated, numbers and words; others have none.

        Kept, for most papers state the same: 2 % of an estimate.
        """
        if stated not in self._cases:
            possible = {name: self.assumptions[name].possible(stated) for name in self.with_cases}
            self._cases[stated] = {name: cases for name, cases in possible.items() if cases}
        return self._cases[stated]

    def missing(self, present: frozenset[str]) -> Missing:
        """For each method that the facts do not allow: the columns that are nearest to making it possible."""
        if present not in self._missing:
            self._missing[present] = self._lacking(present)
        return self._missing[present]

    def _lacking(self, present: frozenset[str]) -> Missing:
        able = {plan.method.name for plan in self.plans(present)}
        return hints.missing([method for method in self.methods if method.name not in able], self.rules,
                             self.assumptions, present)

    def _chosen(self, present: frozenset[str]) -> dict[str, Rule | Assumption | None]:
        """For each reachable column the source with the least variance: a fact (None), an assumption or a rule.

        Costs only grow along a chain, so relaxing until nothing changes finds the least, whatever the cycles.
        """
        cost: dict[str, float] = dict.fromkeys(present, 0.0)
        chosen: dict[str, Rule | Assumption | None] = dict.fromkeys(present)
        for column, assumption in self.assumptions.items():
            if column not in cost:
                cost[column], chosen[column] = assumption.sigma**2 + _LEAST, assumption
        changed = True
        while changed:
            changed = False
            for rule in self.rules:
                total = self._cost(rule, present, cost)
                if total < cost.get(rule.target, float("inf")) * (1 - 1e-12):
                    cost[rule.target], chosen[rule.target] = total, rule
                    changed = True
        return chosen

    @staticmethod
    def _cost(rule: Rule, present: frozenset[str], cost: Mapping[str, float]) -> float:
        """The variance that a rule brings to its target; infinite where it cannot be taken."""
        inputs = needed_by(rule.formula)
        if rule.target in present or any(i not in cost for i in inputs) or _usual_holds(rule, present):
            return float("inf")
        inputs = _there(rule.formula, cost)
        return sum(cost[i] for i in inputs) + _LEAST * (len(rule.beyond) - 0.5 if rule.beyond else len(inputs))

    def _plan(self, method: Method, present: frozenset[str],
              chosen: Mapping[str, Rule | Assumption | None]) -> Plan | None:
        if any(column not in chosen for column in needed_by(method.formula)):
            return None
        inputs = _there(method.formula, chosen)
        steps: list[Step] = []
        given: dict[str, None] = {}
        assumed: dict[str, None] = {}
        self._trace(inputs, present, chosen, steps, given, assumed)
        if not given:
            return None  # defaults alone are no answer
        steps.append(Step("flop", method.name, method.formula, inputs, method.source))
        return Plan(method, tuple(steps), tuple(given), tuple(assumed))

    def _trace(self, columns: Iterable[str], present: frozenset[str], chosen: Mapping[str, Rule | Assumption | None],
               steps: list[Step], given: dict[str, None], assumed: dict[str, None]) -> None:
        done = {step.target for step in steps}
        for column in columns:
            source = chosen[column]
            if column in done:
                continue
            if column in present:
                given[column] = None
            elif isinstance(source, Rule):
                inputs = _there(source.formula, chosen)
                self._trace(inputs, present, chosen, steps, given, assumed)
                steps.append(Step(column, source.name, source.formula, inputs, source.source))
                done = {step.target for step in steps}
            else:
                assumed[column] = None


@lru_cache(maxsize=1024)
def parameters_of(formula: Callable[..., Any]) -> tuple[str, ...]:
    """The columns a formula takes, looked up once."""
    return parameters(formula)


@lru_cache(maxsize=1024)
def needed_by(formula: Callable[..., Any]) -> tuple[str, ...]:
    """The columns without which a formula has no answer: its parameters without a default."""
    return tuple(name for name in parameters_of(formula) if name not in optional(formula))


def _there(formula: Callable[..., Any], known: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that a formula takes here: all that it needs, and of the others those that are known."""
    needed = needed_by(formula)
    return tuple(name for name in parameters_of(formula) if name in needed or name in known)


def _usual_holds(rule: Rule, present: frozenset[str]) -> bool:
    """Whether the usual rule is to be taken for one that goes beyond it: what that one needs besides is not stated."""
    return bool(rule.beyond) and not set(parameters_of(rule.formula)) - set(rule.beyond) <= present
