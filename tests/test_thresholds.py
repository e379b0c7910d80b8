"""Thresholds: the guidelines' own examples, probabilities of a lognormal, what was counted, and wrong names."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from computeest import pipeline
from computeest.cli.app import app
from computeest.facts.paper import read_paper
from computeest.problems import UsageError
from computeest.records import thresholds

EXAMPLES = Path(__file__).parents[1] / "examples"

# European Commission 2025, C(2025) 5045, Annex A.3, paragraphs 137 to 144: facts and the compute they print
ANNEX: dict[str, tuple[dict[str, Any], float]] = {
    "A": ({"parameters": "3.8B", "tokens_seen": "3.3T"}, 7.5e22),
    "B": ({"chip": "A100 SXM 40GB", "chip_time": "200,000 GPU-hours", "peak": "300 TFLOP/s", "number_format": "bf16",
           "utilization": "50 %"}, 1e23),
    "C": ({"parameters": "0.6B", "tokens_seen": "36T"}, 1.3e23),
    "D": ({"parameters": "1.54B", "tokens_seen": "18T"}, 1.663e23),
    "E": ({"parameters": "1.7B", "tokens_seen": "36T"}, 3.7e23),
    "F": ({"parameters": "2.5B", "tokens_seen": "12T"}, 1.8e23),
    "G": ({"parameters": "2.6B", "tokens": "61B", "epochs": 164}, 1.5e23),
    "H": ({"chip": "H100 SXM 80GB", "chip_time": "370,000 GPU-hours", "number_format": "bf16", "utilization": "50 %"},
          6.5e23),
}


def judged(paper: Any, *wanted: str) -> dict[str, dict[str, Any]]:
    return {found["threshold"]: found for found in pipeline.estimate(paper, thresholds=wanted)["thresholds"]}


@pytest.mark.parametrize("letter", ANNEX)
def test_the_guidelines_own_examples(letter: str) -> None:
    facts, printed = ANNEX[letter]
    found = judged(facts, "eu-gpai")["eu-gpai"]
    assert found["flop"] == pytest.approx(printed, rel=0.09)  # G is printed for "about 10 trillion" of 10.004
    # paragraph 135: all but Model A are at or above the 1e23 of paragraph 17
    assert (found["probability_above"] > 0.5) is (letter != "A")


def test_a_lognormal_of_known_spread() -> None:
    low, high = (1e25 * math.exp(side * 0.5 * 1.6448536) for side in (-1, 1))
    # one sigma above: the normal distribution's 0.1587 on the far side
    assert thresholds.probability(1e25, low, high, 1e25 * math.exp(0.5)) == 0.16
    assert thresholds.probability(1e25, low, high, 1e25 * math.exp(-0.5)) == 0.84
    assert thresholds.probability(1e25, low, high, 1e25) == 0.5
    # 90 % within 3x means 5 % beyond either end
    assert thresholds.probability(1e25, 1e25 / 3, 3e25, 3e25) == 0.05


def test_each_side_of_a_figure_has_its_own_reach() -> None:
    assert thresholds.probability(1e25, 1e24, 1.5e25, 1e24) == 0.95
    assert thresholds.probability(1e25, 1e24, 1.5e25, 1.5e25) == 0.05
    assert thresholds.probability(1e25, 1e24, 1.5e25, 4e25) < 0.001


def test_probabilities_are_never_said_to_be_certain() -> None:
    assert thresholds.in_words(1.0) == "more than 0.999"
    assert thresholds.in_words(0.0) == "less than 0.001"
    assert thresholds.in_words(0.9973) == "0.9973"
    assert thresholds.in_words(0.012) == "0.012"


def test_the_base_models_compute_counts_toward_the_cumulative_threshold() -> None:
    found = judged(EXAMPLES / "flan-palm-540b.yaml", "eu-systemic-risk")["eu-systemic-risk"]
    assert found["flop"] == pytest.approx(2.506e24, rel=0.01)
    said = {rule["rule"]: rule["says"] for rule in found["rules"]}
    assert said["base-model"].startswith("the 2.5e+24 FLOP of the base model, PaLM 540B, are counted in")
    assert said["figures"] == "to be reported as 2.5e+24 FLOP, with two significant figures"


def test_a_modifier_is_held_against_a_third_of_what_it_modifies() -> None:
    paper = {"base_model": "M", "base_compute": "3e24 FLOP", "reported_compute": "1.01e24 FLOP"}
    found = judged(paper, "eu-downstream-systemic-risk")["eu-downstream-systemic-risk"]
    assert found["threshold_flop"] == pytest.approx(1e24)
    assert found["flop"] == pytest.approx(1.01e24)  # the run by itself
    assert 0.5 < found["probability_above"] < 0.6


def test_a_modifier_of_an_unknown_model_is_held_against_a_third_of_the_threshold() -> None:
    found = judged({"base_model": "Nobody knows", "reported_compute": "1e23 FLOP"}, "all")
    assert found["eu-downstream-systemic-risk"]["threshold_flop"] == pytest.approx(1e25 / 3)
    assert found["eu-downstream-gpai"]["threshold_flop"] == pytest.approx(1e23 / 3)
    assert "not known" in found["eu-downstream-gpai"]["rules"][0]["says"]


def test_no_base_model_no_modification() -> None:
    assert "eu-downstream-gpai" not in judged(EXAMPLES / "gpt3.yaml", "all")


def test_recomputation_is_taken_out_of_a_hardware_utilization() -> None:
    facts = {"chip": "A100 SXM", "chip_time": "1e6 GPU-hours", "number_format": "bf16"}
    plain = judged(facts | {"utilization": "0.4"}, "eu-systemic-risk")["eu-systemic-risk"]
    hardware = judged(facts | {"hfu": "0.4"}, "eu-systemic-risk")["eu-systemic-risk"]
    assert hardware["flop"] < plain["flop"]
    said = {rule["rule"]: rule["says"] for rule in hardware["rules"]}
    assert said["recomputation"].endswith("they are taken out again")


def test_synthetic_data_is_counted_where_a_run_makes_it() -> None:
    runs = [{"stage": "synthetic data", "reported_compute": "1e23 FLOP"},
            {"stage": "pretraining", "reported_compute": "4e23 FLOP"}]
    found = judged({"model": "M", "runs": runs}, "eu-systemic-risk")["eu-systemic-risk"]
    assert found["flop"] == pytest.approx(5e23)
    assert "(synthetic data) are counted" in {r["rule"]: r["says"] for r in found["rules"]}["synthetic-data"]


def test_every_threshold_says_where_it_stands_and_every_rule_has_words() -> None:
    for key, threshold in thresholds.known().items():
        assert threshold.source.startswith("https://"), key
        assert threshold.where
        assert threshold.status
        assert threshold.applies >= threshold.adopted > "2023"
        assert not threshold.ended or (threshold.ended > threshold.applies and threshold.status == "rescinded")
        assert threshold.counts in ("whole", "modification")
    for found in judged(EXAMPLES / "flan-palm-540b.yaml", "all").values():
        assert {rule["rule"] for rule in found["rules"]} == set(thresholds.known()[found["threshold"]].rules)
        assert found["sentence"].endswith("not legal advice.")


def test_numbers_are_thresholds_too() -> None:
    found = judged(EXAMPLES / "gpt3.yaml", "1e25", "3640 petaflop/s-day")
    assert found["1e+25"]["threshold_flop"] == 1e25
    assert found["3.14496e+23"]["probability_above"] == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(("wrong", "says"), [
    ("eu-sistemic-risk", "no threshold is called 'eu-sistemic-risk'; closest: 'eu-systemic-risk', "),
    ("-3", "a threshold is a positive number of FLOP, and '-3' is none"),
    ("3 days", "no threshold is called '3 days'; there are "),
])
def test_wrong_thresholds(wrong: str, says: str) -> None:
    with pytest.raises(UsageError) as raised:
        thresholds.named([wrong])
    assert str(raised.value).startswith(says)


def test_the_command_line_says_it_in_words_and_in_json() -> None:
    paper = str(EXAMPLES / "llama3.1-405b.yaml")
    words = CliRunner().invoke(app, ["estimate", paper, "--threshold", "eu-systemic-risk"])
    assert "The probability that it exceeds 1e+25 FLOP" in words.stdout
    assert "is more than 0.999" in words.stdout
    found = json.loads(CliRunner().invoke(app, ["estimate", paper, "-f", "json", "--threshold", "1e25"]).stdout)
    assert found["thresholds"][0]["probability_above"] > 0.999
    assert "thresholds" not in json.loads(CliRunner().invoke(app, ["estimate", paper, "-f", "json"]).stdout)


def test_data_that_another_paper_made_is_not_counted() -> None:
    """The rule speaks of the paper's own runs: of two papers in one table, of that one alone."""
    made = {"model": "A", "runs": [{"stage": "synthetic data", "reported_compute": "1e23 FLOP"},
                                   {"stage": "pretraining", "reported_compute": "4e23 FLOP"}]}
    plain = {"model": "B", "runs": [{"stage": "pretraining", "reported_compute": "4e23 FLOP"},
                                    {"stage": "fine-tuning", "reported_compute": "1e22 FLOP"}]}
    results = pipeline.evaluated([read_paper(made), read_paper(plain)])
    assert thresholds._making_data(results, 0) == ["synthetic data"]
    assert thresholds._making_data(results, 1) == []
