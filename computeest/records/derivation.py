"""The derivation: from the paper's own words to the number, one line a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from computeest.estimation.assumptions import Assumption, Case
from computeest.estimation.evaluate import Candidates
from computeest.estimation.plan import Step
from computeest.estimation.results import Results, assumed_sizes, candidates_of, taken, worth_naming
from computeest.problems import fails
from computeest.records import wording
from computeest.schema import FORWARD_ONLY

_SUM, _PRODUCT, _ATOM = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name or a value that writes down what is done with it."""

    text: str
    #: How tightly the text holds together: a sum needs brackets within a product.
    binding: int = _ATOM

    def __add__(self, other: Any) -> Symbol:
        if _is(other, 0):
            return self
        return Symbol(f"{self.text} + {_symbol(other).text}", _SUM)

    def __radd__(self, other: Any) -> Symbol:
        if _is(other, 0):
            return self
        return _symbol(other) + self

    def __sub__(self, other: Any) -> Symbol:
        return Symbol(f"{self.text} - {_symbol(other)._within(_PRODUCT)}", _SUM)

    def __rsub__(self, other: Any) -> Symbol:
        return _symbol(other) - self

    def __mul__(self, other: Any) -> Symbol:
        if _is(other, 1):
            return self
        return Symbol(f"{self._within(_PRODUCT)} x {_symbol(other)._within(_PRODUCT)}", _PRODUCT)

    def __rmul__(self, other: Any) -> Symbol:
        return _symbol(other) * self

    def __truediv__(self, other: Any) -> Symbol:
        if _is(other, 1):
            return self
        return Symbol(f"{self._within(_PRODUCT)} / {_symbol(other)._within(_ATOM)}", _PRODUCT)

    def __rtruediv__(self, other: Any) -> Symbol:
        return _symbol(other) / self

    def __pow__(self, other: Any) -> Symbol:
        return Symbol(f"{self._within(_ATOM)}^{_symbol(other)._within(_ATOM)}", _PRODUCT)

    def _within(self, binding: int) -> str:
        return self.text if self.binding >= binding else f"({self.text})"


def _is(value: Any, number: int) -> bool:
    """Whether it is the number that changes nothing: what a fact stands for that is not there."""
    return not isinstance(value, Symbol) and bool(value == number)


def _symbol(value: Any) -> Symbol:
    return value if isinstance(value, Symbol) else Symbol(f"{value:g}" if isinstance(value, float) else str(value))


def written(formula: Callable[..., Any], inputs: Mapping[str, str]) -> str:
    """A formula of its inputs' texts; of one that does not take symbols, its name and those texts."""
    pieces = _pieces(formula, tuple(inputs))
    if not pieces:
        return str(formula(**{name: Symbol(text) for name, text in inputs.items()}))
    return "".join(inputs[piece] if place % 2 else piece for place, piece in enumerate(pieces))


@lru_cache(maxsize=1024)  # 3 % of a record that is made whole
def _pieces(formula: Callable[..., Any], names: tuple[str, ...]) -> Sequence[str]:
    """A formula in pieces, every other one the name of an input; nothing where what it gives is no symbol."""
    symbols = {name: Symbol(f"\0{name}\0") for name in names}
    try:
        answer = formula(**symbols)
    except fails():  # a plugin's formula may do with numbers what symbols cannot, and raise anything
        answer = Symbol(f"{formula.__name__}({', '.join(symbol.text for symbol in symbols.values())})")
    return answer.text.split("\0") if isinstance(answer, Symbol) else ()


@dataclass(frozen=True, slots=True)
class Place:
    """One method's answer for one run."""

    results: Results
    candidates: Candidates
    at: int

    @property
    def row(self) -> int:
        """The run, as a row of the facts."""
        return int(self.candidates.rows[self.at])


def derivation(results: Results, paper: int) -> str:
    """How each method reached its answer for one paper, and how they became one number."""
    spec = results.spec
    rows = results.as_written(paper)
    lines: list[str] = []
    told: set[str] = set()
    for row in rows:
        found = candidates_of(results, int(row))
        if len(rows) > 1:
            said_of = [word for word in (spec.word("stage", int(row)), spec.word("role", int(row))) if word]
            lines.append(", ".join((f"run {spec.runs[row].number if spec.runs else 1}", *said_of)) + ":")
        lines.extend(_network_lines(results, int(row), "  " if len(rows) > 1 else ""))
        for candidates, at in found:
            method = candidates.plan.method.name
            whole = bool(results.reconciled.whole[row, results.reconciled.methods.index(method)])
            if whole and method in told:
                continue  # once, at the first run that shares it
            told |= {method} if whole else set()
            lines.extend(_method_lines(Place(results, candidates, at), "  " if len(rows) > 1 else "",
                                       " (of all runs without such facts of their own)" if whole else ""))
        if not found:
            lines.append("  no method applies")
    lines.extend(_conclusion(results, paper, len(rows)))
    return "\n".join(lines)


def _method_lines(place: Place, indent: str, scope: str) -> Iterator[str]:
    plan = place.candidates.plan
    yield f"{indent}{plan.method.name}{scope}: {wording.flop(float(place.candidates.flop[place.at]))}"
    for step in plan.steps:
        yield f"{indent}  {_step_line(step, place)}"


def _network_lines(results: Results, row: int, indent: str) -> Iterator[str]:
    """What the run's network was counted to cost, part by part, and what its backward pass costs exactly."""
    fact = results.spec.networks.at(row)
    network = fact.network if fact is not None else None
    if fact is None or network is None or not fact.forward_flop > 0:
        return
    a_token = f", {fact.forward_flop_per_token:.4g} a token" if fact.forward_flop_per_token > 0 else ""
    forward = f"{fact.forward_flop:.4g} FLOP forward{a_token}"
    yield f"{indent}one {fact.example} through the network, {fact.family}: {forward}"
    terms = (f"{term} {flop:.4g} ({flop / fact.forward_flop:.2%})" for term, flop in network.by_term().items())
    yield f"{indent}  forward_flop = " + " + ".join(terms)
    used = next((float(candidates.values["backward_ratio"][at]) for candidates, at in candidates_of(results, row)
                 if "backward_ratio" in candidates.values), None)
    beside = "" if used is None else f", {used:.4g} used"
    yield f"{indent}  backward / forward = {network.backward_ratio:.4g} counted exactly{beside}"
    if network.uncounted:
        yield f"{indent}  not in it: {'; '.join(network.uncounted)}"


def _step_line(step: Step, place: Place) -> str:
    answer = float(place.candidates.flop[place.at]) if step.target == "flop" else \
        float(place.candidates.values[step.target][place.at])
    parts = [step.target, written(step.formula, {name: name for name in step.inputs}),
             written(step.formula, {name: said(name, place) for name in step.inputs}),
             wording.amount(step.target, answer)]
    return " = ".join(part for i, part in enumerate(parts) if i < 2 or part != parts[i - 1]) + f"   [{step.source}]"


def said(name: str, place: Place) -> str:
    """An input's value, and where it is from: the paper's words, a look-up or an assumption."""
    candidates, spec = place.candidates, place.results.spec
    value = float(candidates.values[name][place.at])
    text = wording.amount(name, value)
    if name in candidates.plan.assumed:
        return f"{text} (assumed)"
    if name not in candidates.plan.given:
        return text
    cell = spec.runs[place.row].cells.get(name) if spec.runs else None
    if cell is not None and cell.text and float(cell.value) == value:
        words = text if cell.text.replace(",", "").replace("_", "").isdigit() or _bare(cell.text) else cell.text
        where = f" ({cell.source})" if cell.source else ""
        return f"{words}{where}"
    return f"{text} ({looked_up(name, place)})"


def _bare(text: str) -> bool:
    """Whether a text is a number alone, which reads better with the column's unit."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def looked_up(name: str, place: Place) -> str:
    """Where a fact that the paper does not state itself was looked up."""
    chip, network = place.results.spec.chips.at(place.row), place.results.spec.networks.at(place.row)
    if chip is not None and name in ("peak", "chip_power", "chips_per_core", "chips", "chip_time"):
        number_format = f", {chip.number_format}" if name == "peak" else ""
        usual = ", its usual format" if name == "peak" and chip.format_assumed else ""
        return f"{chip.name}{number_format}{usual}"
    if name == "backward_ratio" and place.results.spec.word("role", place.row) in FORWARD_ONLY:
        return f"role: {place.results.spec.word('role', place.row)}"
    if network is not None:
        return f"counted, {network.family}"
    return "given"


def _conclusion(results: Results, paper: int, runs: int) -> Iterator[str]:
    columns, reconciled = results.columns, results.reconciled
    flop = float(columns["flop"][paper])
    if np.isnan(flop):
        return
    weights = [(float(w), name) for w, name in zip(reconciled.weight[paper], reconciled.methods, strict=True) if w > 0]
    if runs > 1 or len(weights) > 1:
        shares = ", ".join(f"{weight:.0%} {name}" for weight, name in sorted(weights, reverse=True))
        yield f"together: {wording.flop(float(reconciled.flop[paper]))} ({shares})"
    base = float(columns["base_compute"][paper]) if "base_compute" in columns else np.nan
    if not np.isnan(base):
        yield f"with the base model's {wording.flop(base)}: {wording.flop(flop)}"
    low, high = float(columns["flop_low"][paper]), float(columns["flop_high"][paper])
    yield f"training compute: {wording.flop(flop)}, with 90 % between {low:.2g} and {high:.2g}"
    used = _assumed_by(results, paper)
    for name, assumption in used.items():
        yield f"assumed {name} = {assumption.value:g} [{assumption.source}]: {assumption.why}"
    for name, (value, family) in _sizes_assumed(results, paper).items():
        yield f"assumed {name} = {value:g}: the usual value of the family '{family}', which the paper does not state"


def _sizes_assumed(results: Results, paper: int) -> dict[str, tuple[float, str]]:
    """Sizes of networks that were left to their families, and which family."""
    return {name: (value, fact.family)
            for row in np.flatnonzero(results.spec.paper == paper)
            if (fact := results.spec.networks.at(int(row))) is not None
            for candidates, _ in candidates_of(results, int(row))
            for name, value in assumed_sizes(results, int(row), candidates.plan).items()}


def _assumed_by(results: Results, paper: int) -> dict[str, Assumption | Case]:
    """The assumptions that any method of one paper rests on, definitions left out."""
    return {name: taken(results, int(row), name)
            for row in np.flatnonzero(results.spec.paper == paper)
            for candidates, _ in candidates_of(results, int(row))
            for name in candidates.plan.assumed if worth_naming(results, int(row), name)}
