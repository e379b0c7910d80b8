"""Sensitivity: shares of the variance in closed form, what a known fact narrows to, and the command."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from computeest import pipeline
from computeest.cli.app import app
from computeest.questions.sensitivity import Influence, Question, Sensitivity, sensitivity

EXAMPLES = Path(__file__).parents[1] / "examples"
NINETY = 1.6448536269514722


def by_column(found: Sensitivity) -> dict[str, Influence]:
    return {influence.column: influence for influence in found.influences}


def question(found: Sensitivity, *columns: str) -> Question:
    return next(q for q in found.questions if q.columns == columns)


def test_shares_are_elasticity_times_spread_over_the_whole() -> None:
    # reported compute alone: one method, one fact with the spread of a range whose ends are its 90 % interval
    found = sensitivity({"reported_compute": "1e23..4e23"})
    fact = by_column(found)["reported_compute"]
    assert fact.elasticity == pytest.approx(1, abs=1e-6)
    assert fact.factor == pytest.approx(2, rel=1e-6)
    whole = math.log(found.flop_high / found.flop) / NINETY
    assert fact.share == pytest.approx((math.log(2) / NINETY) ** 2 / whole**2, rel=1e-6)


def test_shares_add_up_and_come_largest_first() -> None:
    for name in ("gpt3", "llama2-70b", "flan-palm-540b", "stable-diffusion-v1", "alphago-zero"):
        found = sensitivity(EXAMPLES / f"{name}.yaml")
        shares = [influence.share for influence in found.influences]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) == pytest.approx(1, abs=0.02)  # what is below a thousandth is left out
        record = pipeline.estimate(EXAMPLES / f"{name}.yaml")
        assert (found.flop, found.flop_low) == pytest.approx((record["flop"], record["flop_low"]))


def test_the_elasticity_of_a_power_is_its_exponent() -> None:
    # words x tokens per word x 6 x parameters: every factor to the first power, and backward_ratio 2 / (1 + 2)
    found = by_column(sensitivity({"words": "~1B", "parameters": "~1B", "epochs": "3"}))
    assert found["tokens_per_word"].elasticity == pytest.approx(1, abs=1e-5)
    assert found["parameters"].elasticity == pytest.approx(1, abs=1e-5)
    assert found["words"].kind == "fact"
    assert found["tokens_per_word"].kind == "assumed"
    assert found["backward_ratio"].elasticity == pytest.approx(2 / 3, abs=1e-4)


def test_knowing_the_utilization_leaves_what_a_known_one_leaves() -> None:
    facts: dict[str, Any] = {"chip": "A100 SXM", "chip_time": "1e6 GPU-hours", "number_format": "bf16"}
    then = question(sensitivity(facts), "utilization")
    known = pipeline.estimate(facts | {"utilization": 0.3})
    assert then.now == "assumed"
    assert (then.flop_low, then.flop_high) == pytest.approx((known["flop_low"], known["flop_high"]))
    assert then.width == pytest.approx(then.flop_high / then.flop_low)


def test_an_absent_fact_that_enables_a_method_narrows_as_stating_it_does() -> None:
    facts: dict[str, Any] = {"chip": "A100 SXM", "chip_time": "1e6 GPU-hours", "number_format": "bf16"}
    found = sensitivity(facts)
    then = question(found, "reported_compute")
    assert (then.now, then.enables) == ("absent", "reported")
    stated = pipeline.estimate(facts | {"reported_compute": f"{found.flop} FLOP"})
    assert (then.flop_low, then.flop_high) == pytest.approx((stated["flop_low"], stated["flop_high"]), rel=1e-4)
    assert found.best is not None
    assert found.best.width < found.width


def test_questions_come_best_first_and_all_narrow() -> None:
    found = sensitivity(EXAMPLES / "stable-diffusion-v1.yaml")
    widths = [q.width for q in found.questions]
    assert widths == sorted(widths)
    assert all(width < found.width for width in widths)


def test_a_base_model_of_unknown_compute_is_what_to_ask_for() -> None:
    found = sensitivity({"base_model": "Unknown", "parameters": "7B", "tokens": "10B", "epochs": 1})
    assert next(one for one in found.influences if one.kind != "methods").column == "base_compute"
    assert found.best is not None
    assert found.best.columns == ("base_compute",)


def test_a_base_models_share_is_its_own_spread() -> None:
    found = sensitivity(EXAMPLES / "flan-palm-540b.yaml")
    assert by_column(found)["base_compute"].share > 0.95


def test_the_command_draws_bars_and_writes_json() -> None:
    paper = str(EXAMPLES / "stable-diffusion-v1.yaml")
    drawn = CliRunner().invoke(app, ["sensitivity", paper]).stdout
    line = next(text for text in drawn.splitlines() if "utilization (assumed)" in text)
    share = by_column(sensitivity(paper))["utilization"].share
    assert line.count("█") == round(40 * share)
    assert "most worth asking the authors: " in drawn
    found = json.loads(CliRunner().invoke(app, ["sensitivity", paper, "-f", "json"]).stdout)
    assert found["influences"][0]["column"] == "utilization"
    assert found["questions"][0]["width"] < found["width"]


def test_a_wrong_form_is_wrong_usage() -> None:
    assert CliRunner().invoke(app, ["sensitivity", str(EXAMPLES / "gpt3.yaml"), "-f", "pdf"]).exit_code == 2
