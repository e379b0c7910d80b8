"""The closed form and Monte Carlo, by the same formulas, give the same interval."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from computeest import pipeline
from computeest.estimation.combine import total_of
from computeest.estimation.monte_carlo import Sampled, sampled
from computeest.facts.paper import read_paper
from computeest.problems import UsageError
from computeest.text.numbers import NINETY

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.yaml"))
SAMPLES = 20_000
GPUS = {"peak": "312 TFLOP/s", "chips": 8}


def both(paper: Any, seed: int = 0) -> tuple[float, Sampled]:
    """The width (high over low) of the closed form, and the draws."""
    results = pipeline.evaluated([read_paper(paper)])
    return float(results.columns["flop_high"][0] / results.columns["flop_low"][0]), sampled(results, 0, SAMPLES, seed)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in EXAMPLES])
def test_widths_agree_within_five_percent_on_every_example(path: Path) -> None:
    width, draws = both(path)
    if "words-for-tokens" in {check["code"] for check in pipeline.estimate(path)["checks"]}:
        assert 1 < draws.flop_high / draws.flop_low < width, "what a check says may be meant is in no draw"
    else:
        assert draws.flop_high / draws.flop_low == pytest.approx(width, rel=0.05)


@pytest.mark.parametrize("paper", [
    pytest.param({**GPUS, "runs": [{"time": "1 day"}, {"time": "20 days"}, {"time": "~5 days"}]}, id="assumed-alike"),
    pytest.param({"peak": "100..400 TFLOP/s", "utilization": 0.4, "chips": 8, "runs": [{"time": "1 day"}] * 4},
                 id="one-fact-for-all-runs"),
    pytest.param({**GPUS, "utilization": 0.4, "runs": [{"time": "1..9 days"}] * 4}, id="a-fact-of-each-run"),
    pytest.param({**GPUS, "parameters": 1e9, "runs": [{"time": "9 days"}, {"tokens": 2e10}]}, id="two-methods"),
    pytest.param({**GPUS, "time": "3 days", "parameters": 1e9, "tokens_seen": "~1.5e10"}, id="averaged"),
    pytest.param({**GPUS, "time": "3 days", "parameters": 1e9, "tokens_seen": 1e9}, id="far-apart"),
    pytest.param({**GPUS, "time": "40 days", "base_model": "GPT-3", "base_compute": 1e20}, id="base-model"),
    pytest.param({"forward_flop_per_token": 2e9, "tokens": 1e8, "backward_ratio": "0.5..4"}, id="a-sum-in-the-formula"),
])
def test_widths_agree_for_runs_methods_and_base_models(paper: dict[str, Any]) -> None:
    width, draws = both(paper)
    assert math.log(draws.flop_high / draws.flop_low) == pytest.approx(math.log(width), rel=0.05)


def test_a_fact_stated_once_is_drawn_once() -> None:
    """Four runs on chips of one unknown peak are as unsure as one; four unknown times average out."""
    spread = {"peak": "100..400 TFLOP/s", "utilization": 0.4, "chips": 8}
    one, four = both(spread | {"time": "1 day"})[1], both(spread | {"runs": [{"time": "1 day"}] * 4})[1]
    assert four.flop_high / four.flop_low == pytest.approx(one.flop_high / one.flop_low, rel=0.1)
    apart = both({**GPUS, "utilization": 0.4, "runs": [{"time": "1..16 days"}] * 4})[1]
    alone = both({**GPUS, "utilization": 0.4, "time": "1..16 days"})[1]
    assert apart.flop_high / apart.flop_low < 0.6 * alone.flop_high / alone.flop_low


def test_the_same_seed_gives_the_same_draws_and_another_one_others() -> None:
    paper = {**GPUS, "time": "1 day"}
    assert both(paper)[1] == both(paper)[1]
    assert both(paper)[1] != both(paper, seed=1)[1]


def test_sums_have_the_moments_of_the_lognormals_that_they_add() -> None:
    """Against numbers drawn: three runs, a common part and parts of their own."""
    log = np.log(np.array([[1.0], [2.0], [4.0]]))
    common, own = np.array([[[0.5], [0.5], [0.5]]]), np.array([[0.8], [0.3], [0.6]])
    total, alike, apart = total_of(log, common, own)
    rng = np.random.default_rng(1)
    shared, each = rng.standard_normal(400_000), rng.standard_normal((3, 400_000))
    drawn = np.exp(log + common[0] * shared + own * each).sum(axis=0)
    assert math.exp(total[0]) == pytest.approx(7.0), "the sum of what the runs say"
    assert math.hypot(alike[0, 0], apart[0]) == pytest.approx(math.sqrt(math.log(1 + drawn.var() / drawn.mean() ** 2)),
                                                             rel=0.01)


def test_equal_independent_runs_follow_fenton() -> None:
    """Fenton 1960: n equal lognormals sum to one of variance ln(1 + (exp(s^2) - 1) / n)."""
    n, s = 5, 0.7
    zero = np.zeros((n, 1))
    _, alike, apart = total_of(zero, zero[None], zero + s)
    assert alike[0, 0] == 0
    assert apart[0] ** 2 == pytest.approx(math.log(1 + (math.exp(s * s) - 1) / n), rel=1e-12)
    assert total_of(zero, zero[None] + s, zero)[1][0, 0] == pytest.approx(s), "runs that are wrong alike"


def test_a_base_model_is_drawn_too() -> None:
    paper = {**GPUS, "utilization": 0.4, "time": "1 hour", "base_model": "GPT-3", "base_compute": 3e23}
    draws = both(paper)[1]
    assert math.log(draws.flop_high / draws.flop_low) / (2 * NINETY) == pytest.approx(0.2, rel=0.05)


def test_too_few_draws_are_refused() -> None:
    with pytest.raises(UsageError, match="999 samples are too few for a 90 % interval; take 1000 or more"):
        pipeline.estimate({**GPUS, "time": "1 day"}, samples=999)


def test_the_record_holds_the_draws_beside_the_closed_form() -> None:
    record = pipeline.estimate({**GPUS, "time": "1 day"}, samples=SAMPLES)
    assert record["sampled"].keys() == {"samples", "flop", "flop_low", "flop_high"}
    assert record["sampled"]["samples"] == SAMPLES
    for name in ("flop", "flop_low", "flop_high"):
        assert record["sampled"][name] == pytest.approx(record[name], rel=0.05)
