"""One answer a paper: methods that agree are averaged, runs add up, what runs share counts once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeest import estimate
from computeest.estimation.assumptions import defaults
from computeest.estimation.combine import sigma_of_two
from computeest.estimation.intervals import MISSING_PART
from computeest.records.columns import Record
from computeest.registry import load
from computeest.text.numbers import NINETY

CHIP = {"peak": "312 TFLOP/s", "utilization": 0.4}
NETWORK = {"parameters": 1e9}


def sigma(record: Record) -> float:
    """One-sigma spread in natural log that a record's interval says."""
    return math.log(record["flop_high"] / record["flop_low"]) / (2 * NINETY)


def spread(method: Record) -> float:
    return math.log(method["flop_high"] / method["flop_low"]) / (2 * NINETY)


def codes(record: Record) -> set[str]:
    return {check["code"] for check in record["checks"]}


@pytest.mark.parametrize(("facts", "method", "flop"), [
    ({"reported_compute": 3e20}, "reported", 3e20),
    ({**NETWORK, "tokens_seen": 1e10}, "operation_counting", 6e19),
    ({**CHIP, "chips": 8, "time": "10 days"}, "gpu_time", 8 * 10 * 86400 * 312e12 * 0.4),
])
def test_one_method_alone_is_the_answer(facts: dict[str, Any], method: str, flop: float) -> None:
    record = estimate(facts)
    assert record["method"] == method
    assert record["flop"] == pytest.approx(flop, rel=1e-12)
    assert record["agreement"] is None
    for key in ("flop", "flop_low", "flop_high"):
        assert record[key] == pytest.approx(record["methods"][method][key], rel=1e-12)


def test_methods_that_agree_are_averaged_in_log_by_their_certainty_and_the_interval_narrows() -> None:
    record = estimate({"reported_compute": 6.6e19, **NETWORK, "tokens_seen": 1e10})
    methods = record["methods"]
    logs = {name: math.log(m["flop"]) for name, m in methods.items()}
    weights = {name: spread(m) ** -2 for name, m in methods.items()}
    mean = sum(weights[n] * logs[n] for n in logs) / sum(weights.values())
    assert math.log(record["flop"]) == pytest.approx(mean, abs=1e-9)
    assert methods["operation_counting"]["flop"] < record["flop"] < methods["reported"]["flop"]
    assert sigma(record) < min(spread(m) for m in methods.values())
    assert record["agreement"] == pytest.approx(1.1)
    assert record["method"] == "operation_counting+reported", "the more certain first"


def test_methods_that_disagree_leave_the_most_reliable_and_a_wider_interval() -> None:
    record = estimate({"reported_compute": 6e20, **NETWORK, "tokens_seen": 1e10})
    assert record["method"] == "reported"
    assert record["flop"] == pytest.approx(6e20)
    assert sigma(record) > spread(record["methods"]["reported"])
    assert record["agreement"] == pytest.approx(10)
    assert "methods-disagree" in codes(record)


def test_the_wider_the_dissent_the_wider_the_interval() -> None:
    widths = [sigma(estimate({"reported_compute": 6e19 * ratio, **NETWORK, "tokens_seen": 1e10}))
              for ratio in (1, 3, 10, 100)]
    assert widths == sorted(widths)


def test_prefer_takes_one_method_alone_wherever_it_has_an_answer() -> None:
    facts = {"reported_compute": 6e20, **NETWORK, "tokens_seen": 1e10}
    record = estimate(facts, prefer="operation_counting")
    assert record["method"] == "operation_counting"
    assert record["flop"] == pytest.approx(6e19)
    assert sigma(record) == pytest.approx(spread(record["methods"]["operation_counting"]))
    assert estimate(facts, prefer="gpu_time")["method"] == "reported", "where it has none, as ever"


def test_runs_add_up() -> None:
    record = estimate({**NETWORK, "runs": [{"stage": "pretraining", "tokens_seen": 1e10},
                                           {"stage": "fine-tuning", "tokens_seen": 1e9}]})
    assert record["flop"] == pytest.approx(6.6e19)
    assert record["training_tokens"] == pytest.approx(1.1e10)
    assert "run-not-estimated" not in codes(record)


def test_runs_by_different_methods_add_up() -> None:
    record = estimate({**NETWORK, **CHIP, "runs": [{"tokens_seen": 1e10}, {"chips": 8, "time": "10 days"}]})
    assert record["flop"] == pytest.approx(6e19 + 8 * 864000 * 312e12 * 0.4)
    assert record["method"] == "gpu_time+operation_counting"


def test_what_is_assumed_alike_is_wrong_alike_and_the_rest_averages_out() -> None:
    """n equal runs: the common part of the spread stays, the other shrinks by the root of n."""
    one = estimate({"peak": "312 TFLOP/s", "chips": 8, "time": "1 day"})
    four = estimate({"peak": "312 TFLOP/s", "runs": [{"chips": 8, "time": "1 day"}] * 4})
    assert four["flop"] == pytest.approx(4 * one["flop"])
    utilization, method = defaults()["utilization"].sigma, load().methods["gpu_time"].dex * math.log(10)
    assert sigma(one) == pytest.approx(math.hypot(utilization, method), rel=1e-6)
    assert sigma(four) == pytest.approx(math.hypot(utilization, method / 2), rel=1e-3), "lognormals: nearly that"


GROUPS = [{"stage": "first", "chips": 64, "time": "10 days"}, {"stage": "second", "chips": 128, "time": "10 days"}]


def test_facts_of_the_whole_paper_count_once_over_hardware_groups() -> None:
    record = estimate({**NETWORK, **CHIP, "tokens_seen": 1e12, "runs": GROUPS})
    assert record["methods"]["operation_counting"]["flop"] == pytest.approx(6e21)
    assert record["methods"]["gpu_time"]["flop"] == pytest.approx(192 * 864000 * 312e12 * 0.4)
    assert record["training_tokens"] == pytest.approx(1e12)
    assert record["chip_hours"] == pytest.approx(192 * 240)


def test_derived_totals_of_the_whole_paper_count_once_too() -> None:
    record = estimate({**NETWORK, **CHIP, "tokens": 5e11, "epochs": 2, "runs": GROUPS})
    assert record["methods"]["operation_counting"]["flop"] == pytest.approx(6e21)


def test_a_reported_total_is_held_against_the_sum_of_the_runs() -> None:
    record = estimate({**NETWORK, "reported_compute": 6.6e19, "runs": [{"tokens_seen": 1e10}, {"tokens_seen": 1e9}]})
    assert record["methods"]["reported"]["flop"] == pytest.approx(6.6e19)
    assert record["methods"]["operation_counting"]["flop"] == pytest.approx(6.6e19)
    assert record["flop"] == pytest.approx(6.6e19)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_run_with_tokens_of_its_own_counts_beside_those_that_share(order: tuple[int, ...]) -> None:
    runs = [*GROUPS, {"stage": "fine-tuning", "tokens_seen": 1e10, "chips": 8, "time": "1 day"}]
    record = estimate({**NETWORK, **CHIP, "tokens_seen": 1e12, "runs": [runs[i] for i in order]})
    fine = estimate({**NETWORK, **CHIP, "tokens_seen": 1e10, "chips": 8, "time": "1 day"})["flop"]
    assert record["methods"]["operation_counting"]["flop"] == pytest.approx(6e21 + fine)
    assert record["training_tokens"] == pytest.approx(1.01e12)


def test_a_sum_that_leaves_a_run_out_says_so() -> None:
    record = estimate({**NETWORK, "runs": [{"tokens_seen": 1e10}, {"stage": "a run without facts"}]})
    assert record["flop"] == pytest.approx(6e19)
    assert "run-not-estimated" in codes(record)


def test_base_compute_is_added_once() -> None:
    facts = {**NETWORK, "base_model": "Another", "base_compute": "1e21 FLOP"}
    alone = estimate({**facts, "tokens_seen": 1e10})
    assert alone["flop"] == pytest.approx(1e21 + 6e19)
    assert alone["base_flop"] == pytest.approx(1e21)
    two = estimate({**facts, "runs": [{"tokens_seen": 5e9}, {"tokens_seen": 5e9}]})
    assert two["flop"] == pytest.approx(1e21 + 6e19)


RUN = st.fixed_dictionaries({}, optional={
    "tokens_seen": st.floats(1e8, 1e12), "chips": st.integers(1, 1000), "time": st.floats(1e4, 1e7),
    "reported_compute": st.floats(1e18, 1e23)}).filter(bool)
TOP = st.fixed_dictionaries({"parameters": st.just(1e9), "peak": st.just(1e14)}, optional={
    "tokens_seen": st.floats(1e8, 1e12), "reported_compute": st.floats(1e18, 1e23), "utilization": st.just(0.4)})


@settings(max_examples=40)
@given(TOP, st.lists(RUN, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_runs_does_not_matter(top: dict[str, Any], runs: list[dict[str, Any]], random: Any) -> None:
    if not estimable(top, runs):
        return
    one = estimate({**top, "runs": runs})
    other = estimate({**top, "runs": random.sample(runs, len(runs))})
    for key in ("flop", "flop_low", "flop_high"):
        assert one[key] == pytest.approx(other[key], rel=1e-9)
    assert one["method"] == other["method"]
    assert {n: m["flop"] for n, m in one["methods"].items()} == pytest.approx(
        {n: m["flop"] for n, m in other["methods"].items()})
    assert codes(one) == codes(other)


def estimable(top: dict[str, Any], runs: list[dict[str, Any]]) -> bool:
    return any({"tokens_seen"} & {*top, *run} or {"reported_compute"} & {*top, *run} or {"chips", "time"} <= {*run}
               for run in runs)


@settings(max_examples=40)
@given(st.lists(st.fixed_dictionaries({"tokens_seen": st.floats(1e8, 1e12)}), min_size=1, max_size=6))
def test_a_sum_is_no_less_than_any_of_its_runs(runs: list[dict[str, float]]) -> None:
    record = estimate({**NETWORK, "runs": runs})
    assert record["flop"] == pytest.approx(sum(6e9 * run["tokens_seen"] for run in runs))
    assert record["flop_low"] < record["flop"] < record["flop_high"]


@settings(max_examples=60)
@given(st.floats(1e18, 1e24), st.floats(1e8, 1e13), st.floats(3600, 1e8))
def test_the_answer_lies_between_the_methods_and_is_one_of_them_where_they_disagree(
        reported: float, tokens: float, time: float) -> None:
    facts = {"reported_compute": reported, "tokens_seen": tokens, "chips": 8, "time": time}
    record = estimate({**NETWORK, **CHIP, **facts})
    answers = [m["flop"] for m in record["methods"].values()]
    assert min(answers) * (1 - 1e-9) <= record["flop"] <= max(answers) * (1 + 1e-9)
    assert record["flop_low"] < record["flop"] < record["flop_high"]
    assert record["agreement"] == pytest.approx(max(answers) / min(answers))


@given(st.floats(1.0, 1e6), st.floats(0.01, 2.0), st.floats(1.0, 1e6), st.floats(0.01, 2.0))
def test_the_spread_of_two_is_that_of_their_moments(one: float, one_sigma: float, other: float,
                                                    other_sigma: float) -> None:
    """Fenton 1960: mean exp(mu + s^2 / 2) and variance mean^2 (exp(s^2) - 1) of each, which add up."""
    means = [median * math.exp(sigma**2 / 2) for median, sigma in ((one, one_sigma), (other, other_sigma))]
    variance = sum(mean**2 * math.expm1(sigma**2)
                   for mean, sigma in zip(means, (one_sigma, other_sigma), strict=True))
    found = sigma_of_two(*(np.array([x]) for x in (one, one_sigma, other, other_sigma)))
    assert found[0] == pytest.approx(math.sqrt(math.log1p(variance / sum(means) ** 2)))


def test_the_utilization_implied_is_that_of_the_other_methods_weighted_by_certainty() -> None:
    """Counted and reported FLOP, each with the inverse square of its spread, over what the chips could do."""
    record = estimate({"parameters": "1e9", "tokens_seen": "2e10", "reported_compute": "1.3e20 FLOP",
                       "chip": "A100 SXM 80GB", "number_format": "bf16", "chips": 8, "time": "5 days"})
    others = [record["methods"][name] for name in ("operation_counting", "reported")]
    weights = [(2 * NINETY / math.log(one["flop_high"] / one["flop_low"])) ** 2 for one in others]
    mean = sum(weight * math.log(one["flop"]) for weight, one in zip(weights, others, strict=True)) / sum(weights)
    assert record["utilization_implied"] == pytest.approx(math.exp(mean) / (8 * 5 * 86_400 * 312e12), rel=1e-3)


def test_a_number_without_its_base_model_reaches_as_high_as_what_is_missing() -> None:
    record = estimate({"model": "M", "reported_compute": "1e20 FLOP", "base_model": "Nobody Knows"})
    assert record["bound"] == "at_least"
    assert record["flop_high"] >= record["flop"] * math.exp(NINETY * MISSING_PART)
