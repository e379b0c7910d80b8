"""What is not known stays open; what runs reached, and attention over a long context, is taken as published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from computeest import annotate, estimate
from computeest.cli.app import app
from computeest.hardware import load
from computeest.hardware.peak import Peak
from computeest.problems import InputError

TUNED = {"model": "T", "published": "2024-01-01", "parameters": "7B", "tokens": "10B", "epochs": 1}
OWN = 6 * 7e9 * 10e9


@pytest.mark.parametrize("paper", [
    pytest.param({**TUNED, "base_model": "Nobody's 7B"}, id="base"),
    pytest.param({"parameters": "7B", "published": "2026-01-01", "model": "T", "runs": [
        {"stage": "pretraining"}, {"stage": "fine-tuning", "tokens": "10B", "epochs": 1}]}, id="run"),
    pytest.param({"model": "T", "runs": [
        {"stage": "self-play", "chip": "TPU v1", "chips": 5000, "time": "34 hours"},
        {"parameters": "7B", "tokens": "10B", "epochs": 1}]}, id="run on chips without a rate"),
])
def test_what_is_known_is_the_lower_end_of_what_is_not(paper: dict[str, Any]) -> None:
    record = estimate(paper, thresholds=["eu-systemic-risk", "1e20"])
    alone = estimate(TUNED)
    assert record["flop"] == pytest.approx(OWN, rel=0.01)
    assert record["flop_low"] == pytest.approx(alone["flop_low"], rel=0.1)
    assert record["flop_high"] > 30 * alone["flop_high"]
    assert record["confidence"] == "speculative"
    assert record["bound"] == "at_least"
    law, small = record["thresholds"]
    assert law["bound"] == small["bound"] == "at_least"
    assert "cannot be told" in law["sentence"]
    assert "less than 0.001." not in law["sentence"].partition("cannot be told")[0]
    assert "is at least" in small["sentence"]
    assert law["flop_high"] == record["flop_high"]


def test_a_missing_run_of_a_large_model_reaches_as_far_as_such_models_do() -> None:
    """A run of 2e12 parameters without its tokens: Llama 4 Behemoth's 288e9 active ones took more than 1e25 FLOP."""
    record = estimate({"published": "2025-04-05", "model": "T", "parameters": "2T", "runs": [
        {"stage": "pretraining"}, {"stage": "post-training", "tokens_seen": "2B"}]})
    assert record["bound"] == "at_least"
    assert record["flop_high"] > 5e25


@pytest.mark.parametrize(("stage", "other", "reach"), [
    ("fine-tuning", "pretraining", 6.0),
    ("SFT and preference optimization", "base", 6.0),
    ("reinforcement learning", "pretraining", 100.0),
    ("continued pretraining", "pretraining", 100.0),
    ("fine-tuning", "fine-tuning on code", 100.0),  # what was tuned before is not there
])
def test_tuning_of_unknown_compute_is_not_much_larger_than_what_it_tunes(stage: str, other: str, reach: float) -> None:
    known = {"stage": other, "tokens": "2T", "epochs": 1}
    record = estimate({"model": "T", "parameters": "7B", "runs": [known, {"stage": stage, "epochs": 3}]})
    assert record["bound"] == "at_least"
    assert record["confidence"] != "confident"
    assert "run-not-estimated" in {check["code"] for check in record["checks"]}
    assert (record["flop_high"] / record["flop"] < reach) == (reach < 10)
    # the same beside a base model of known compute, which is what was tuned
    tuned = {"stage": "fine-tuning", "tokens": "10B", "epochs": 1}
    record = estimate({"model": "T", "parameters": "7B", "base_model": "B", "base_compute": "1e23",
                       "runs": [tuned, {"stage": stage, "epochs": 3}]})
    assert (record["flop_high"] / record["flop"] < 10) == ("tuning" in stage or "SFT" in stage)
    # what made DeepSeek-R1 of DeepSeek-V3 is 0.13 of that in Epoch AI's data, the most of seven such models
    assert record["flop_high"] > 1.13 * record["flop"]


def test_a_part_that_is_not_known_is_a_problem_to_programs(tmp_path: Path) -> None:
    path = tmp_path / "paper.yaml"
    path.write_text("model: T\nparameters: 7B\ntokens: 10B\nepochs: 1\nbase_model: Nobody's 7B\n", "utf-8")
    assert CliRunner().invoke(app, ["estimate", str(path)]).exit_code == 1
    path.write_text("model: T\nparameters: 7B\ntokens: 10B\nepochs: 1\n", "utf-8")
    assert CliRunner().invoke(app, ["estimate", str(path)]).exit_code == 0


def test_an_ensemble_counts_with_every_method() -> None:
    """Vinyals et al. 2019: each of 12 agents on 32 TPU v3 (123 TFLOP/s) for 44 days."""
    run = {"chip": "TPU v3", "chips": 32, "time": "44 days", "utilization": 0.3}
    assert estimate({**run, "ensemble": 12})["flop"] == pytest.approx(12 * 32 * 44 * 86400 * 123e12 * 0.3, rel=0.01)
    assert "accelerator-time-mismatch" not in {check["code"] for check in estimate({**run, "ensemble": 12})["checks"]}
    assert estimate({**run, "ensemble": 12})["chip_hours"] == pytest.approx(12 * 32 * 44 * 24)
    assert estimate(run)["flop"] == pytest.approx(32 * 44 * 86400 * 123e12 * 0.3, rel=0.01)


def test_runs_in_fp8_reach_less_of_their_peak() -> None:
    """DeepSeek-V3: 2.788M H800 hours for 3.3e24 FLOP (6 x 37e9 x 14.8e12)."""
    run = {"chip": "H800 SXM", "chip_time": "2.788M GPU hours"}
    found = estimate({**run, "number_format": "fp8"})
    assert found["assumed"]["utilization"] == 0.17
    assert found["flop"] == pytest.approx(3.3e24, rel=0.15)
    assert estimate({**run, "number_format": "bf16"})["assumed"]["utilization"] == 0.3


@pytest.mark.parametrize(("chip", "domain", "utilization"), [
    ("A100 SXM 80GB", "Language", 0.38), ("H100 SXM", "Language", 0.20), ("V100 SXM2", "Language", 0.3),
    ("A100 SXM 80GB", "Vision", 0.3), ("H100 SXM", "Vision", 0.3)])
def test_utilization_of_language_models_follows_the_generation(chip: str, domain: str, utilization: float) -> None:
    run = {"chip": chip, "number_format": "fp16", "chips": 8, "time": "10 days", "domain": domain}
    assert estimate(run)["assumed"]["utilization"] == utilization


def test_epochs_layout_keeps_the_analysts_convention() -> None:
    pd = pytest.importorskip("pandas")
    row = {"Model": "X", "Domain": "Language", "Publication date": "2024-01-01", "Training hardware": "NVIDIA A100",
           "Hardware quantity": "64", "Training time (hours)": "240"}
    assert "utilization=0.3" in annotate(pd.DataFrame([row]), preset="epoch")["assumed"][0]


#: Share of attention in all FLOP as layers, width and context give it: 12 L w^2 parameters, 4 L w c attention a token.
SHAPES = [(32, 4096, 4096), (32, 4096, 16384), (32, 4096, 65536), (80, 8192, 8192), (80, 8192, 131072),
          (24, 2048, 32768)]


@pytest.mark.parametrize(("layers", "width", "context"), SHAPES)
def test_attention_over_a_long_context_lies_in_the_interval(layers: int, width: int, context: int) -> None:
    """Kaplan et al. 2020, table 1 (scores over the whole context)."""
    parameters = 12 * layers * width**2
    record = estimate({"parameters": parameters, "tokens_seen": 1e11, "sequence_length": context})
    counted = 3 * (2 * parameters + 4 * layers * width * context) * 1e11
    assert record["flop_low"] < counted < record["flop_high"]
    assert record["flop"] == pytest.approx(counted, rel=0.35)
    assert "flop_per_parameter" in record["assumed"]


#: What a developer's own code counted of its models, of 2,048 to 65,536 tokens: parameters, tokens in a sequence, model
#: FLOP for each parameter and token (MosaicML, llm-foundry, scripts/train/benchmarking: model FLOP utilization, time).
STEPS = [(64.86e9, 2048, 6.25), (29.98e9, 2048, 6.28), (30.02e9, 8192, 7.13), (12.85e9, 2048, 6.39),
         (13.01e9, 32768, 12.2), (6.66e9, 2048, 6.48), (6.92e9, 65536, 20.9), (2.65e9, 2048, 6.76)]


@pytest.mark.parametrize(("parameters", "context", "each"), STEPS)
def test_attention_is_as_a_developer_counted_it(parameters: float, context: int, each: float) -> None:
    record = estimate({"parameters": parameters, "tokens_seen": 1e12, "sequence_length": context})
    counted = each * parameters * 1e12
    assert record["flop_low"] < counted < record["flop_high"]
    assert record["flop"] == pytest.approx(counted, rel=0.2)
    assert ("attention-from-size" in {check["code"] for check in record["checks"]}) is (context >= 16384)


def test_a_short_context_is_left_to_the_parameters() -> None:
    for context in ({}, {"sequence_length": 2048}):
        record = estimate({"parameters": 7e9, "tokens_seen": 1e11, **context})
        assert record["flop"] == pytest.approx(6 * 7e9 * 1e11, rel=1e-6)


def test_stated_fp32_is_the_matrix_rate_where_the_chip_has_one() -> None:
    """Intel's Gaudi 3 white paper: 229 TFLOP/s of matrices, 14.3 of vectors; AMD's MI250X: 95.7 and 47.9."""
    for name, rate in (("Gaudi 3", 229e12), ("MI250X", 95.7e12)):
        match = load(()).find(name)
        peak = load(()).peak(match.chip, "fp32")  # type: ignore[union-attr]
        assert isinstance(peak, Peak)
        assert peak.value == pytest.approx(rate, rel=0.01)
        assert "TF32" not in peak.note


@pytest.mark.parametrize(("facts", "key"), [
    ({"reported_compute": "1e-300..1e300 FLOP"}, "reported_compute"),
    ({"chip": "A100", "chips": 8, "time": "1 day", "utilization": "0.01..50"}, "utilization"),
    ({"parameters": "1e-9..1e9", "tokens": 1e9}, "parameters"),
    ({"parameters": 0.001, "tokens": 100}, "parameters"), ({"parameters": 1e9, "tokens": 0.5}, "tokens"),
    ({"parameters": 1e9, "steps": 0.2, "batch_size": "1M tokens"}, "steps"),
])
def test_both_ends_of_a_range_and_no_less_than_one_of_a_count(facts: dict[str, Any], key: str) -> None:
    with pytest.raises(InputError, match=key):
        estimate(facts)


def test_what_reaches_a_little_over_the_edge_is_a_fact() -> None:
    run = {"chip": "A100", "chips": 8, "time": "1 day"}
    assert estimate({**run, "utilization": "~0.9"})["flop"] > 0
    assert estimate({"parameters": 1, "tokens": 1})["flop"] == pytest.approx(6, rel=0.01)
    assert estimate({**run, "chips": 0.5, "utilization": "0.3..0.5"})["flop"] > 0


@pytest.mark.parametrize(("bare", "meant"), [
    ({"chip": "A100", "chips": 8, "time": "3.5"}, "3.5 hours"), ({"chip": "A100", "chips": 8, "time": 10}, "10 days")])
def test_a_number_without_its_unit_leaves_open_what_people_mean(bare: dict[str, Any], meant: str) -> None:
    found, right = estimate(bare), estimate({**bare, "time": meant})
    assert found["confidence"] == "speculative"
    assert found["flop_low"] < right["flop"] < found["flop_high"]


def test_a_missing_unit_of_what_the_answer_does_not_rest_on_changes_nothing() -> None:
    run = {"reported_compute": 6.5e20, "chip": "A100", "chips": 8, "time": 864000}
    assert "unit-not-stated" in {check["code"] for check in estimate(run)["checks"]}
    assert estimate(run)["confidence"] == "confident"


def test_parameters_without_their_unit_leave_it_open() -> None:
    found = estimate({"parameters": 7, "tokens": 2e12})
    assert found["confidence"] == "speculative"
    assert found["flop_high"] > 6 * 7e9 * 2e12


@pytest.mark.parametrize(("chip", "low", "high", "bound"), [
    ("up to 384 A100", 192, 384, "at_most"), ("more than 1,000 A100", 1000, 3000, "at_least"),
    ("fewer than 90 A100s", 30, 90, "at_most")])
def test_a_bound_beside_a_chips_name_is_what_it_is_beside_chips(chip: str, low: float, high: float, bound: str) -> None:
    run = {"time": "10 days", "number_format": "bf16", "utilization": 0.4}
    found = estimate({**run, "chip": chip})
    assert found["bound"] == bound
    assert found["chip_hours"] == pytest.approx((low * high) ** 0.5 * 240)
    ends = [estimate({**run, "chip": "A100", "chips": count})["flop"] for count in (low, high)]
    assert found["flop_low"] <= ends[0] * 1.01
    assert found["flop_high"] >= ends[1] * 0.99
