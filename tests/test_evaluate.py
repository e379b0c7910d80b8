"""Candidates: whole columns at once, exactly what one row alone gives, with the spread that the inputs bring."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeest import estimate, registry, schema
from computeest.contract import Column, Method, Rule
from computeest.estimation.assumptions import defaults
from computeest.estimation.evaluate import LN10, Evaluation, evaluate, monomial
from computeest.estimation.evaluate import _groups as groups
from computeest.estimation.plan import Planner, parameters_of
from computeest.facts.paper import read_paper
from computeest.facts.spec import Spec, of_papers
from computeest.text.numbers import NINETY

LOADED = registry.load()
PLANNER = Planner(tuple(LOADED.methods.values()), LOADED.rules, defaults())
#: Facts a paper may state, and values that are in bounds.
FACTS = {
    "reported_compute": (1e15, 1e26), "parameters": (1e6, 1e12), "tokens_seen": (1e8, 1e13), "tokens": (1e8, 1e13),
    "steps": (1e3, 1e7), "batch_size": (1.0, 1e4), "batch_tokens": (1e3, 1e7), "forward_macs": (1e8, 1e12),
    "examples": (1e4, 1e9), "epochs": (1.0, 300.0), "chips": (1.0, 1e5), "time": (3600.0, 1e7),
    "peak": (1e12, 1e15), "utilization": (0.05, 0.9), "step_utilization": (0.05, 0.9), "backward_ratio": (1.0, 3.0),
}


def run(rows: Sequence[Mapping[str, Any]], planner: Planner = PLANNER) -> Evaluation:
    return evaluate(of_papers(read_paper(row) for row in rows), planner)


def test_rows_are_told_apart_by_every_column_however_many() -> None:
    names = list(schema.NUMERIC)
    assert len(names) > 64
    numbers = {name: np.array([1.0, np.nan, 1.0, np.nan, 1.0]) for name in names}
    numbers[names[-1]] = np.array([1.0, np.nan, np.nan, 1.0, 1.0])
    numbers[names[0]] = np.array([1.0, np.nan, 1.0, np.nan, np.nan])
    spec = Spec(5, numbers, {}, {}, np.arange(5))
    found = {frozenset(rows.tolist()): present for present, rows in groups(spec)}
    assert found == {frozenset([0]): set(names), frozenset([1]): set(), frozenset([2]): set(names[:-1]),
                     frozenset([3]): {names[-1]}, frozenset([4]): set(names[1:])}


def by_method(found: Evaluation, row: int) -> dict[str, tuple[float, float, float]]:
    """Each method's answer and its spreads for one row."""
    return {c.plan.method.name: (float(c.flop[at]), float(c.sigma_assumed[at]), float(c.sigma_other[at]))
            for c in found.candidates for at in np.flatnonzero(c.rows == row)}


ROW = st.fixed_dictionaries({}, optional={
    # three digits behind the point of a count of chips may be thousands, which a paper has to tell
    name: st.integers(int(bounds[0]), int(bounds[1])).map(float) if name == "chips" else st.floats(*bounds)
    for name, bounds in FACTS.items()})


@settings(max_examples=40)
@given(st.lists(ROW.filter(bool), min_size=1, max_size=12))
def test_a_table_gives_what_each_row_alone_gives(rows: list[dict[str, float]]) -> None:
    together = run(rows)
    for index, row in enumerate(rows):
        alone, among = by_method(run([row]), 0), by_method(together, index)
        assert alone.keys() == among.keys()
        for method, numbers in alone.items():
            assert among[method] == pytest.approx(numbers, rel=1e-12), method
    lacking = {int(row) for group, _ in together.lacking for row in group}
    assert lacking == {i for i in range(len(rows)) if not by_method(together, i)}, "a row never vanishes"


def test_float64_throughout() -> None:
    """As int64, 6 x 175e9 x 300e9 wraps to 3.4e18."""
    for parameters, tokens in ((175_000_000_000, 300_000_000_000), ("175B", "300B tokens")):
        record = estimate({"parameters": parameters, "tokens_seen": tokens})
        assert record["flop"] == pytest.approx(3.15e23, rel=1e-12)


def test_a_missing_fact_in_is_a_missing_answer_out_even_where_arithmetic_says_one() -> None:
    def shape_law(parameters: Column, epochs: Column) -> Column:
        """nan**0 is 1, so this formula alone would answer without the parameters."""
        return parameters ** (epochs * 0) * 1e20

    planner = Planner((Method("shape_law", shape_law, 0.1, "authors"),), (), {})
    found = run([{"epochs": 3}, {"epochs": 3, "parameters": 1e9}], planner)
    assert by_method(found, 0) == {}
    assert by_method(found, 1)["shape_law"][0] == 1e20


def test_elasticities_are_the_analytic_ones() -> None:
    def law(parameters: Column, tokens: Column, utilization: Column) -> Column:
        """Powers, a sum and a quotient."""
        return parameters**2 * (1 + utilization) / tokens

    planner = Planner((Method("law", law, 0.0, "authors"),), (), {})
    utilization = np.array([0.1, 0.5, 0.9])
    (candidates,) = run([{"parameters": 1e9, "tokens": 1e9, "utilization": u} for u in utilization],
                        planner).candidates
    assert candidates.elasticity["parameters"] == pytest.approx(2.0, abs=1e-6)
    assert candidates.elasticity["tokens"] == pytest.approx(-1.0, abs=1e-6)
    assert candidates.elasticity["utilization"] == pytest.approx(utilization / (1 + utilization), abs=1e-6)


def test_elasticities_follow_the_chain_of_rules() -> None:
    (candidates,) = run([{"chips": 8, "time": "3 days", "peak": "312 TFLOP/s"}]).candidates
    assert {name: float(np.max(slope)) for name, slope in candidates.elasticity.items()} == pytest.approx(
        {"chips": 1.0, "time": 1.0, "peak": 1.0, "utilization": 1.0})


def test_spreads_of_facts_assumptions_and_method_add_in_squares() -> None:
    found = run([{"chips": 8, "time": "2..4 days", "peak": "~312 TFLOP/s"}])
    (candidates,) = found.candidates
    method = LOADED.methods["gpu_time"].dex * LN10
    time = math.log(2) / (2 * NINETY)
    assert candidates.sigma_other[0] == pytest.approx(math.sqrt(method**2 + time**2 + 0.1**2))
    assert candidates.sigma_assumed[0] == pytest.approx(defaults()["utilization"].sigma)
    assert candidates.sigma[0] == pytest.approx(math.hypot(candidates.sigma_other[0], candidates.sigma_assumed[0]))


def test_backward_ratio_counts_as_its_share_of_the_sum() -> None:
    (candidates,) = run([{"forward_flop_per_token": 1e9, "tokens_seen": 1e9, "backward_ratio": 2}]).candidates
    assert np.max(candidates.elasticity["backward_ratio"]) == pytest.approx(2 / 3, abs=1e-6)


@pytest.mark.parametrize(("formula", "powers"), [
    (lambda chips, time: chips * time, {"chips": 1.0, "time": 1.0}),
    (lambda cost, chip_price: cost / chip_price, {"cost": 1.0, "chip_price": -1.0}),
    (lambda steps: 3 * steps**0.5, {"steps": 0.5}),
    (lambda steps, epochs: steps + epochs, None),
    (lambda steps: 1 + steps, None),
    (lambda steps: 1 / 0, None),
])
def test_products_of_powers_are_known_as_such(formula: Any, powers: dict[str, float] | None) -> None:
    assert monomial(formula, parameters_of(formula)) == powers


def raising(parameters: Column) -> Column:
    """A formula with a mistake in it."""
    raise KeyError("oops")


def misshapen(parameters: Column) -> Column:
    """Too many answers."""
    return np.concatenate([parameters, parameters])


def negative(parameters: Column) -> Column:
    """Less than nothing."""
    return -parameters


def wordy(parameters: Column) -> Column:
    """No number at all."""
    return "a lot"


@pytest.mark.parametrize(("formula", "sentence"), [
    (raising, "fails: KeyError: 'oops'"),
    (misshapen, "fails: ValueError: an array of shape (2,) out, of one number for each row"),
    (negative, "gives no positive number"),
    (wordy, "fails: ValueError: could not convert string to float: 'a lot'"),
])
def test_a_method_that_fails_spoils_only_its_own_answer(formula: Any, sentence: str) -> None:
    bad = Method("bad", formula, 0.1, "authors")
    planner = Planner((bad, *PLANNER.methods), PLANNER.rules, PLANNER.assumptions)
    facts = {"parameters": 1e9, "tokens_seen": 1e9}
    found = run([facts], planner)
    assert by_method(found, 0) == by_method(run([facts]), 0)
    assert [(list(rows), method, said) for rows, method, said in found.failures] == [([0], "bad", sentence)]


def nowhere(parameters: Column) -> Column:
    """Tokens, but not for large models."""
    return np.where(parameters > 1e9, np.nan, parameters * 20)


def broken(parameters: Column) -> Column:
    """A rule with a mistake in it."""
    raise ZeroDivisionError("by nought")


def test_a_rule_that_fails_is_left_out_and_the_next_best_taken() -> None:
    planner = Planner(PLANNER.methods, (*PLANNER.rules, Rule("tokens_seen", broken, "authors")), PLANNER.assumptions)
    facts = {"parameters": 1e9, "tokens": 1e9}
    found = run([facts], planner)
    assert by_method(found, 0) == by_method(run([facts]), 0), "tokens and an assumed epoch, as without the plugin"
    assert [(method, said) for _, method, said in found.failures] == [
        ("operation_counting", "broken fails: ZeroDivisionError: by nought")]


def test_a_rule_that_gives_no_number_on_some_rows_spoils_only_these() -> None:
    planner = Planner(PLANNER.methods, (*PLANNER.rules, Rule("tokens_seen", nowhere, "authors")), PLANNER.assumptions)
    small, large = {"parameters": 1e9, "tokens": 1e9}, {"parameters": 1e10, "tokens": 1e9}
    found = run([small, large], planner)
    assert by_method(found, 0)["operation_counting"][0] == pytest.approx(6 * 1e9 * 20e9)
    assert by_method(found, 1) == by_method(run([large]), 0)
    assert [(list(rows), method, said) for rows, method, said in found.failures] == [
        ([1], "operation_counting", "nowhere gives no number")]
