"""Facts that mean another thing than their key asks for are refused or spanned, and never read in silence."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import computeest
from computeest import estimate
from computeest.problems import InputError

STEPS: dict[str, Any] = {"parameters": 1e9, "steps": 1e5, "sequence_length": 2048}


@pytest.mark.parametrize("family", ["resnet-50", "stable-diffusion", "vit-b/16", "swin-t", "dit-xl/2", "alphafold2"])
@pytest.mark.parametrize("key", ["tokens", "tokens_seen", "words", "text_size"])
def test_tokens_of_a_network_without_tokens_are_refused(family: str, key: str) -> None:
    with pytest.raises(InputError, match="and none of tokens\n  expected: examples"):
        estimate({"family": family, key: "100 GB" if key == "text_size" else "1.28M", "epochs": 90})


@pytest.mark.parametrize(("facts", "flop"), [
    ({"family": "resnet-50", "tokens": "1.28M images", "epochs": 90}, 3 * 8.178e9 * 1.28e6 * 90),
    ({"family": "llama-7b", "tokens": "1T"}, 4.29e22),
])
def test_tokens_of_networks_that_have_them_and_examples_are_counted(facts: dict[str, Any], flop: float) -> None:
    assert estimate(facts)["flop"] == pytest.approx(flop, rel=0.01)


def test_a_row_of_such_tokens_keeps_what_else_it_says() -> None:
    [row] = computeest.annotate(pd.DataFrame([{"family": "resnet-50", "tokens": "1.28M", "chip": "8 V100",
                                               "time": "29 hours"}])).to_dict("records")
    assert row["method"] == "gpu_time"
    assert "none of tokens" in row["problems"]


@pytest.mark.parametrize("chip", ["K80", "MI250X", "GTX 690", "Titan Z", "GTX 590", "Tesla M60", "Tesla K10"])
def test_a_card_of_two_processors_may_be_counted_as_either(chip: str) -> None:
    facts = {"chip": chip, "chips": 8, "time": "1 day", "utilization": 0.3}
    record = estimate(facts)
    assert "chip-ambiguous" in {check["code"] for check in record["checks"]}
    assert record["flop_low"] < record["flop"] / 2 < 0.51 * record["flop"] < record["flop_high"]


@pytest.mark.parametrize(("text", "halved"), [("8 K80 cards", False), ("8 TPU v3 chips", False), ("8 P100", False)])
def test_a_card_that_is_said_to_be_one_is_one(text: str, halved: bool) -> None:
    record = estimate({"chip": text, "time": "1 day", "utilization": 0.3, "number_format": "fp32"} | (
        {"number_format": "bf16"} if "TPU" in text else {}))
    assert (record["flop_low"] < record["flop"] / 2) is halved


@pytest.mark.parametrize(("text", "low", "high"), [
    ("< 10^25 FLOP", 1 / 3 * 1e25, 1e25), ("up to 1e25 FLOP", 5e24, 1e25), ("more than 1e25 FLOP", 1e25, 3e25),
])
def test_a_bound_alone_leaves_open_what_it_says_and_is_not_confident(text: str, low: float, high: float) -> None:
    record = estimate({"reported_compute": text})
    assert (record["flop_low"], record["flop_high"]) == (pytest.approx(low), pytest.approx(high))
    assert record["confidence"] == "likely"
    assert estimate({"reported_compute": "1e25 FLOP"})["confidence"] == "confident"


def test_a_bound_that_another_method_contradicts_leaves_both_open() -> None:
    record = estimate({"reported_compute": "< 1e22 FLOP", "parameters": "7B", "tokens": "1T"})
    assert record["flop_low"] <= 1e22 / 3
    assert record["flop_high"] >= 6 * 7e9 * 1e12


def test_a_bound_on_the_own_run_is_added_to_its_base_model() -> None:
    alone = estimate({"reported_compute": "< 1e22 FLOP"})
    record = estimate({"reported_compute": "< 1e22 FLOP", "base_model": "X", "base_compute": "1e21 FLOP"})
    assert alone["flop_high"] == pytest.approx(1e22)
    assert record["flop_high"] == pytest.approx(1e22 + 1e21, rel=0.1)
    assert 1e22 / 3 < record["flop_low"] < record["flop"]


def test_bounds_are_asked_for_by_column_and_not_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    from computeest.records import unsure

    asked: list[str] = []
    true = unsure.rests_on
    monkeypatch.setattr(unsure, "rests_on", lambda results, column: asked.append(column) or true(results, column))
    rows = pd.DataFrame([{"parameters": "7B", "tokens": f"> {1 + row}T"} for row in range(50)])
    assert set(computeest.annotate(rows)["confidence"]) == {"likely"}
    assert asked == ["tokens"]


def test_an_answer_that_rests_on_a_bound_is_not_confident() -> None:
    facts = {"chip": "8 V100", "utilization": 0.3, "number_format": "fp16"}
    assert estimate({**facts, "time": "less than 2 days"})["confidence"] == "likely"
    assert estimate({**facts, "time": "2 days"})["confidence"] == "confident"


@pytest.mark.parametrize(("lost", "label"), [("5-fold", "likely"), ("5", "confident"), (None, "confident")])
def test_a_row_without_a_factor_that_was_stated_is_not_confident(lost: str | None, label: str) -> None:
    rows = pd.DataFrame([{"parameters": "7B", "tokens": "1T", "ensemble": lost}])
    [row] = computeest.annotate(rows).to_dict("records")
    assert row["confidence"] == label


@pytest.mark.parametrize("quote", [
    "a batch size of 8 per GPU, 512 in total", "a global batch of 512", "eight GPUs and a batch of 512",
])
def test_a_quote_of_all_devices_is_no_quote_of_one(quote: str) -> None:
    record = estimate({**STEPS, "chips": 64, "batch_size": {"value": 512, "quote": quote}})
    assert record["confidence"] == "confident"
    assert not record["checks"]


@pytest.mark.parametrize(("size", "tokens", "window", "published"), [
    ("8B", "15T", "128K", 7.2e23), ("7.6B", "18T", "32K", 8.2e23), ("70B", "15T", "128K", 6.4e24),
])
def test_a_long_context_window_leaves_training_without_attention_open(size: str, tokens: str, window: str,
                                                                     published: float) -> None:
    record = estimate({"parameters": size, "tokens": tokens, "context_length": window})
    assert record["flop_low"] < published < record["flop_high"]
    assert record["confidence"] != "confident"
    assert "attention-from-size" in {check["code"] for check in record["checks"]}
