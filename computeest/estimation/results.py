"""One row a paper, by column: what the facts, the methods and the reconciling gave, for records and checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.contract import Layout
from computeest.estimation import base_models, intervals, reconcile
from computeest.estimation.assumptions import Assumption, Case
from computeest.estimation.base_models import Ancestors, Lineage
from computeest.estimation.combine import by_paper, starts_of
from computeest.estimation.evaluate import Candidates, Evaluation
from computeest.estimation.margins import PLACE, groups, of_layout
from computeest.estimation.plan import Plan
from computeest.estimation.reconcile import Reconciled
from computeest.facts.lookup import blank, nothing
from computeest.facts.spec import Spec
from computeest.registry import Registry
from computeest.text.numbers import NINETY

Floats = NDArray[np.float64]

PETAFLOP_S_DAY = 8.64e19

#: What is not a fact but follows from a run's: what its chips could have done in FLOP, and its chips x wall-clock time.
_OF_RUN = {"capacity": ("chip_time", "peak"), "wall_chip_time": ("chips", "time")}

#: Shares of what the chips could do: of several runs, their mean by that.
_SHARES_OF_PEAK = frozenset(("utilization", "step_utilization", "hardware_flop_utilization"))
#: One sigma in natural log of 90 % within 3x and within 10x: METHODS of Epoch's confidence words.
CONFIDENT, LIKELY = np.log(3) / NINETY, np.log(10) / NINETY


@dataclass(frozen=True, slots=True)
class Results:
    """Everything the pipeline found, by paper."""

    spec: Spec
    evaluation: Evaluation
    reconciled: Reconciled
    registry: Registry
    assumptions: Mapping[str, Assumption]
    #: First run of each paper.
    first: NDArray[np.intp]
    #: Numbers by paper: every column that a paper gives or a plan filled, and the results.
    columns: Mapping[str, Floats]
    #: The same by run, for what does not add up: what a check is asked of each run.
    by_run: Mapping[str, Floats]
    #: What was found out about base models.
    lineage: Lineage
    #: What the runs have besides FLOP, where that is asked for: `computeest.consequences.Answers`.
    consequences: Any = None
    #: What checks were asked before the answers were widened: `computeest.records.check_columns.Asked`.
    asked: Any = None

    def after(self, asked: Any, columns: Mapping[str, Floats]) -> Results:
        """The same after checks were asked, which may have changed columns; `replace` takes 1 % of an estimate."""
        return Results(self.spec, self.evaluation, self.reconciled, self.registry, self.assumptions, self.first,
                       columns, self.by_run, self.lineage, self.consequences, asked)

    def runs(self, paper: int) -> range:
        """The rows of one paper's runs, in an order that does not depend on the one in which they are written."""
        if self.spec.size == len(self.first):
            return range(paper, paper + 1)
        return range(int(self.first[paper]), int(np.searchsorted(self.spec.paper, paper, side="right")))

    def as_written(self, paper: int) -> list[int]:
        """The rows of one paper's runs, in the order in which they are written."""
        rows = self.runs(paper)
        return sorted(rows, key=lambda row: self.spec.runs[row].number) if self.spec.runs else list(rows)


def collect(spec: Spec, evaluation: Evaluation, reconciled: Reconciled, registry: Registry,
            assumptions: Mapping[str, Assumption], ancestors: Ancestors | None = None,
            layout: Layout | None = None) -> Results:
    """The results with every number by paper; without `ancestors` the papers themselves say what base models took."""
    layout, count = layout or Layout(), len(reconciled.flop)
    first = starts_of(spec.paper, count)
    by_run = _by_run(spec, evaluation)
    columns = _by_paper(by_run, spec, evaluation, count)
    group, margins = groups(reconciled, spec.paper, count), of_layout(layout.name)
    columns |= intervals.own(reconciled, margins, group)
    if spec.bounds:
        columns |= intervals.of_bounds(spec, reconciled, columns)
    columns |= {f"own_{name}": columns[name] for name in ("flop", "flop_low", "flop_high")}
    ancestry = base_models.find(spec, reconciled, ancestors or base_models.ancestors(spec, reconciled, {}))
    if np.count_nonzero(~np.isnan(ancestry.base)):
        columns |= intervals.of_base(spec, first, ancestry)
        group = intervals.group_with_base(group, columns)
        columns |= intervals.with_base(columns, margins, group, layout.bases_undecided)
    if ancestry.not_added and not layout.bases_undecided:
        columns |= intervals.of_same_run(columns, ancestry)
    if ancestry.other_size and not layout.bases_undecided:
        columns |= intervals.of_other_size(columns, ancestry)
    lacking = reconciled.partial.copy()
    if ancestry.missing:
        lacking[list(ancestry.missing)] = True
    missing = intervals.of_missing(spec, reconciled, ancestry) if np.count_nonzero(lacking) else nothing(count)
    columns |= intervals.at_least(columns, missing, lacking)
    columns["group"] = np.where(lacking, float(PLACE["open"]), group)
    if np.count_nonzero(silent := np.isnan(columns["flop"])) or np.count_nonzero(lacking):
        from computeest.estimation.prior import prior  # data that only rows without an answer, or a part of it, need

        unknown = lacking & (missing == intervals.MISSING_PART)
        if unknown.any():
            columns |= intervals.reaching(columns, prior(spec, first, unknown), unknown)
        columns |= prior(spec, first, silent)
    columns["utilization_implied"] = _implied(columns, reconciled)
    for column, name in enumerate(reconciled.methods):
        columns[f"flop_by_{name}"] = reconciled.method_flop[:, column]
    adding = _adding()
    apart = {name: column for name, column in by_run.items() if name not in adding}
    return Results(spec, evaluation, reconciled, registry, assumptions, first, columns, apart, ancestry)


def _by_run(spec: Spec, evaluation: Evaluation) -> dict[str, Floats]:
    """Every fact and every filled column, by run."""
    by_run = {name: column.copy() for name, column in spec.numbers.items()}
    for candidates in evaluation.candidates:
        rows = candidates.rows
        for name, values in candidates.values.items():
            if name in candidates.plan.given:  # it is there in all these rows
                continue
            column = by_run.get(name)
            if column is None and len(rows) == spec.size:
                by_run[name] = values.copy()
                continue
            if column is None:
                column = by_run[name] = blank(spec.size)
            here = np.isnan(column[rows])
            column[rows[here]] = values[here]
    none = nothing(spec.size)
    by_run |= {name: by_run.get(first_part, none) * by_run.get(second_part, none)
               for name, (first_part, second_part) in _OF_RUN.items()}
    if "ensemble" in spec.numbers:
        by_run["wall_chip_time"] = by_run["wall_chip_time"] * np.nan_to_num(spec.numbers["ensemble"], nan=1.0)
    # a run without a peak has no accelerator time, and then nothing that its chips x time could be held against
    by_run["wall_chip_time"] = np.where(np.isnan(by_run.get("chip_time", none)), np.nan, by_run["wall_chip_time"])
    return by_run


def _adding() -> Set[str]:
    """The amounts that belong to a run, so that those of several add up."""
    return schema.in_use().adding | _OF_RUN.keys()


def _by_paper(by_run: Mapping[str, Floats], spec: Spec, evaluation: Evaluation, count: int) -> dict[str, Floats]:
    """Every number by paper: the sum where runs add up, the mean by capacity of a utilization, else the largest.

    What several runs share, because the paper states it for all of them, counts once.
    """
    adding = _adding()
    if spec.size == count:
        return {name: _some(column) if name in adding else column for name, column in by_run.items()}
    found = {}
    for name, column in by_run.items():
        if name in adding:
            own = reconcile.own(spec, evaluation, _OF_RUN.get(name, (name,)))
            counted = ~np.isnan(column) & (own | reconcile.first(~own & ~np.isnan(column), spec.paper, count))
            total = by_paper(np.where(counted, column, 0.0), spec.paper, count)
            found[name] = np.where(total > 0, total, np.nan)
        elif name in _SHARES_OF_PEAK:
            weight = np.where(np.isnan(column), 0.0, np.nan_to_num(by_run["capacity"], nan=0.0))
            whole = by_paper(weight, spec.paper, count)
            mean = by_paper(np.nan_to_num(column) * weight, spec.paper, count) / np.where(whole > 0, whole, np.nan)
            found[name] = np.where(np.isnan(mean), _largest(column, spec.paper, count), mean)
        else:
            found[name] = _largest(column, spec.paper, count)
    return found


def _some(amounts: Floats) -> Floats:
    """The amounts that are more than nothing."""
    if len(amounts) == 1 and amounts.item() > 0:
        return amounts
    return np.where(amounts > 0, amounts, np.nan)


def _largest(column: Floats, paper: NDArray[np.intp], count: int) -> Floats:
    """The largest of each paper's runs that have a number."""
    found = np.full(count, -np.inf)
    np.maximum.at(found, paper, np.where(np.isnan(column), -np.inf, column))
    return np.where(np.isinf(found), np.nan, found)


def _implied(columns: Mapping[str, Floats], reconciled: Reconciled) -> Floats:
    """Utilization that the answers not resting on the hardware imply: what was done, over what the chips could do."""
    found, capacity = nothing(len(reconciled.flop)), columns["capacity"]
    rows, = (~np.isnan(capacity)).nonzero()
    if len(rows):
        found = blank(len(capacity))
        with np.errstate(all="ignore"):
            found[rows] = mean_of(reconciled, "hardware", rows) / capacity[rows]
    return found


def mean_of(reconciled: Reconciled, without: str, rows: NDArray[np.intp]) -> Floats:
    """What the methods that do not rest on something say together of some papers, by their certainty."""
    others = [place for place, method in enumerate(reconciled.offered) if method.rests_on != without]
    # of neighbours a view: 1 % of an estimate
    chosen: Any = slice(others[0], others[-1] + 1) if others and others[-1] - others[0] < len(others) else others
    with np.errstate(all="ignore"):
        flop, sigma = reconciled.method_flop[:, chosen], reconciled.method_sigma[:, chosen]
        if len(rows) < len(flop):
            flop, sigma = flop[rows], sigma[rows]
        logs = np.log(flop)
        silent = np.isnan(logs)
        weight = np.where(silent, 0.0, 1 / np.maximum(sigma, 1e-6) ** 2)
        total = np.add.reduce(np.where(silent, 0.0, logs) * weight, axis=1)
        return np.asarray(np.exp(total / np.add.reduce(weight, axis=1)), dtype=np.float64)


def confidence(sigma: float) -> str:
    """The word for a spread: 90 % within 3x, within 10x, or wider (Epoch's confident, likely, speculative)."""
    return "confident" if sigma <= CONFIDENT else "likely" if sigma <= LIKELY else "speculative"


def candidates_of(results: Results, row: int) -> list[tuple[Candidates, int]]:
    """The candidates of one run, and its place in each, by method name."""
    return sorted(results.evaluation.of_row(row), key=lambda pair: pair[0].plan.method.name)


def per_paper(results: Results, function: Callable[[int], Any]) -> list[Any]:
    """A value for each paper."""
    return [function(index) for index in range(len(results.first))]


#: Columns that a counted network gives.
_COUNTED = {"forward_flop", "forward_flop_per_token", "parameters", "active_parameters"}


def assumed_sizes(results: Results, row: int, plan: Plan) -> dict[str, float]:
    """Sizes of the network that were left to its family, where a plan rests on what was counted with them."""
    fact = results.spec.networks.at(row)
    if fact is None or not fact.assumed or _COUNTED.isdisjoint(plan.given):
        return {}
    return {f"architecture.{name}": value for name, value in fact.assumed.items()}


def taken(results: Results, row: int, column: str) -> Assumption | Case:
    """What was assumed about a column in one row: the usual value, or the case that holds."""
    assumption = results.assumptions[column]
    return assumption.variants()[int(results.evaluation.cases[column][row])] if assumption.cases else assumption


def worth_naming(results: Results, row: int, column: str) -> bool:
    """Whether an assumption is one that a record names: not a definition, unless a case was taken."""
    return not results.assumptions[column].definition or taken(results, row, column) is not results.assumptions[column]
